"""Memories: what a person keeps of an event, where it came from, and how it was recalled."""

from __future__ import annotations

import hashlib
from html import escape
from typing import Literal

from pydantic import Field

from simulacra.domain.card import card, faint, table, title
from simulacra.domain.character import CharacterId
from simulacra.domain.value import Value


class Source(Value):
    """Where a memory came from.

    Attributes:
        kind: ``story`` (a chunk of the life story), ``conversation`` (an exchange), ``experience`` (told by the user)
            or ``passage`` (a chunk of the story as it stands, for the mind ``rag``).
        position: The chunk's index, the turn's number, or the experience's running number.
        start, end: The character span in the story's text; 0 and 0 for what did not come from the story.
        session: The conversation's id; empty for what did not come from a conversation.
    """

    kind: Literal["story", "conversation", "experience", "passage"]
    position: int = Field(ge=0)
    start: int = 0
    end: int = 0
    session: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class Memory(Value):
    """One long-term memory: information, thought and emotion together (Human Simulacra, section 4.1).

    Attributes:
        id: A hash of the source, the source's text and the prompt versions; the same construction gives the same id.
        character: Whose memory it is.
        text: The words that it was made from, as they stood in the source.
        content: What happened, first person, at most 100 words.
        thought: What went through the person's mind then, at most 50 words.
        emotion: Feelings and impressions, at most 40 words.
        summary: At most 20 words; what the index shows.
        importance: How much it matters to who the person is, 0 to 1 (ours; after Generative Agents).
        valence: How it feels, -1 (painful) to 1 (happy) (ours).
        order: Its place in the life: later memories have higher numbers.
        stage: The temporal stage in which it happened.
        prompts: The ids of the prompts that made it, with their versions.
        made_by: The spec of the backbone that made it.
    """

    id: str
    character: CharacterId
    text: str
    content: str
    thought: str = ""
    emotion: str = ""
    summary: str = ""
    importance: float = Field(default=0.5, ge=0, le=1)
    valence: float = Field(default=0.0, ge=-1, le=1)
    order: int = 0
    stage: str | None = None
    source: Source
    prompts: dict[str, str] = {}
    made_by: str = ""

    @property
    def searchable(self) -> str:
        """The text under which the memory is found: summary, content and the source's own words."""
        return f"{self.summary}\n{self.content}\n{self.text}"


def memory_id(character: CharacterId, source: Source, text: str, prompts: dict[str, str], made_by: str) -> str:
    """The id of a memory: a hash over whose it is, where it came from, its text, and what made it."""
    parts = [
        character,
        source.model_dump_json(),
        text,
        made_by,
        *(f"{name}@{prompts[name]}" for name in sorted(prompts)),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


class Recollection(Value):
    """A memory that came to mind, with the reasons.

    Attributes:
        memory: The memory.
        score: The fused score; higher came first.
        terms: What the score is made of, by name (``vector``, ``bm25``, ``literal``, ``recency``, ``importance``,
            ``emotion``).
    """

    memory: Memory
    score: float
    terms: dict[str, float] = {}

    def _repr_html_(self) -> str:
        memory = self.memory
        terms = " + ".join(f"{name} {value:.3f}" for name, value in self.terms.items() if value)
        inside = {
            "content": escape(memory.content) if memory.content != memory.summary else "",
            "thought then": escape(memory.thought),
            "felt": f"{escape(memory.emotion)} {faint(f'({memory.valence:+.2f})')}" if memory.emotion else "",
            "from": escape(" · ".join(each for each in (memory.stage or "", str(memory.source)) if each)),
            "score": f"{self.score:.3f}" + (f" {faint('= ' + terms)}" if terms else ""),
        }
        return card(title(memory.summary or memory.content), table(inside))
