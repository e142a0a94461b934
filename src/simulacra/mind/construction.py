"""Memory construction: a chunk of text becomes a long-term memory (Human Simulacra, section 4.1).

Two styles. ``agents`` asks each agent for its part, two calls deep: content beside emotion, then thought beside
summary. ``fused`` asks once for all of it (ours: a quarter of the calls, two fifths of the price, half the time).

Every chunk is remembered by the person of that time: the agents see the character at the chunk's own temporal stage, so
that a childhood memory does not know how things turned out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.character import Character
from simulacra.domain.conversation import Counts, Usage
from simulacra.domain.memory import Memory, Source, memory_id
from simulacra.mind.agents.emotion import EmotionAgent
from simulacra.mind.agents.thinking import ThinkingAgent
from simulacra.mind.kinds import Style
from simulacra.prompts.construction import (
    Memorise,
    MemoriseContent,
    MemoriseEmotion,
    MemoriseThought,
    SummariseMemory,
    WholeMemory,
)
from simulacra.prompts.library import PromptLibrary
from simulacra.prompts.task import Task

_TASKS: dict[Style, tuple[type[Task[Any]], ...]] = {
    "agents": (MemoriseContent, MemoriseEmotion, MemoriseThought, SummariseMemory),
    "fused": (Memorise,),
}


@dataclass(frozen=True, slots=True)
class Event:
    """A piece of text that is to be remembered.

    Attributes:
        order: Its place in the life.
        when: The time of it in words, for the prompt.
        before: What was told just before, for the prompt.
    """

    text: str
    source: Source
    order: int
    stage: str | None = None
    when: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Constructed:
    """A memory with what it cost."""

    memory: Memory
    usage: Usage
    counts: Counts


def story_events(character: Character, paragraphs: int = 2) -> tuple[Event, ...]:
    """The chunks of a character's story as events.

    Args:
        character: Whose story it is.
        paragraphs: How many paragraphs make a chunk; two, as in the paper.
    """
    chunks = character.story.chunks(paragraphs)
    beginnings = {stage.name: stage.starts.year for stage in character.stages}
    return tuple(
        Event(
            text=chunk.text,
            source=Source(kind="story", position=chunk.index, start=chunk.start, end=chunk.end),
            order=chunk.index,
            stage=chunk.stage,
            when=f"{chunk.stage}, from {beginnings[chunk.stage]}" if chunk.stage else "",
            before=earlier.text.split("\n\n")[-1] if earlier and earlier.stage == chunk.stage else "",
        )
        for earlier, chunk in zip((None, *chunks), chunks, strict=False)
    )


class Constructor:
    """Turns events into memories.

    Args:
        backbone: Who is asked.
        prompts: Where the versions of the prompts come from; they are part of a memory's id.
        style: ``agents`` or ``fused``.
        sample: The number of the repeat.
    """

    def __init__(self, backbone: Backbone, prompts: PromptLibrary, style: Style = "agents", sample: int = 0) -> None:
        self.backbone, self.style, self.sample = backbone, style, sample
        self.versions = {task.prompt: prompts.version(task) for task in _TASKS[style]}
        self._thinking = ThinkingAgent(backbone, sample)
        self._emotion = EmotionAgent(backbone, sample)
        self._people_then: dict[tuple[str, str | None], Character] = {}

    def id_of(self, character: Character, event: Event) -> str:
        """The id that the event's memory will have; known before anything is asked."""
        return memory_id(character.id, event.source, event.text, self.versions, f"{self.backbone.spec}#{self.sample}")

    async def construct(self, character: Character, event: Event) -> Constructed:
        """Make the memory of an event.

        Raises:
            BackboneError: A call failed; the event has no memory then, never an empty one.
        """
        seen = self._seen(character, event)
        if self.style == "fused":
            whole = await self.backbone.ask(Memorise(**seen), sample=self.sample)
            return self._constructed(character, event, whole.value, [whole])
        content, emotion = await asyncio.gather(
            self._thinking.content(MemoriseContent(**seen)), self._emotion.emotion(MemoriseEmotion(**seen))
        )
        remembered, felt = content.value.content, emotion.value.emotion
        thought, summary = await asyncio.gather(
            self._thinking.thought(MemoriseThought(**seen, content=remembered)),
            self.backbone.ask(SummariseMemory(**seen, content=remembered, emotion=felt), sample=self.sample),
        )
        value = WholeMemory(
            **content.value.model_dump(),
            **emotion.value.model_dump(),
            **thought.value.model_dump(),
            **summary.value.model_dump(),
        )
        return self._constructed(character, event, value, [content, emotion, thought, summary])

    def estimate(self, character: Character, event: Event) -> Usage:
        """What constructing an event's memory would cost; parts that build on others are taken at a usual length."""
        fields = {**self._seen(character, event), "content": "x" * 500, "emotion": "x" * 200}
        tasks = (kind(**{name: fields[name] for name in kind.model_fields}) for kind in _TASKS[self.style])
        return sum((self.backbone.estimate(task, sample=self.sample) for task in tasks), Usage())

    def _seen(self, character: Character, event: Event) -> dict[str, Any]:
        """What every construction task sees: the event, and the person as they were then."""
        key = (character.digest, event.stage)
        if key not in self._people_then:
            self._people_then[key] = character.at(event.stage) if event.stage else character
        then = self._people_then[key]
        return {"character": then, "chunk": event.text, "when": event.when, "before": event.before}

    def _constructed(
        self, character: Character, event: Event, value: WholeMemory, answers: list[Answer[Any]]
    ) -> Constructed:
        memory = Memory(
            id=self.id_of(character, event),
            character=character.id,
            text=event.text,
            content=value.content,
            thought=value.thought,
            emotion=value.emotion,
            summary=value.summary,
            importance=(value.importance - 1) / 4,
            valence=value.valence,
            order=event.order,
            stage=event.stage,
            source=event.source,
            prompts=self.versions,
            made_by=self.backbone.spec,
        )
        usage = sum((answer.usage for answer in answers), Usage())
        counts = sum((answer.counts for answer in answers), Counts())
        return Constructed(memory, usage, counts)
