"""The tasks of memory construction: a chunk of text becomes content, emotion, thought and summary.

Two styles (Human Simulacra, section 4.1): the paper's separate calls, two deep (content beside emotion, then thought
beside summary), or ``Memorise``, one call for all of it (ours: a quarter of the calls).
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from simulacra.domain.conversation import Agent
from simulacra.domain.value import Value
from simulacra.prompts.task import OutputT, Task, Whole


class ContentMemory(Value):
    """What happened, first person, at most 100 words.

    Attributes:
        importance: How much it matters to who the person is, 1 (passing) to 5 (decisive).
    """

    content: str = Field(min_length=1)
    importance: int = Field(ge=1, le=5)


class EmotionalMemory(Value):
    """Feelings and impressions, first person, at most 40 words (100 in the paper; short ones leave room for others).

    Attributes:
        valence: -1 (painful) to 1 (happy).
    """

    emotion: str
    valence: float = Field(ge=-1, le=1)


class ThoughtMemory(Value):
    """What went through the person's mind then, first person, at most 50 words."""

    thought: str


class MemorySummary(Value):
    """The memory in at most 20 words, for the index."""

    summary: str = Field(min_length=1)


class WholeMemory(Value):
    """All parts of a memory at once."""

    content: str = Field(min_length=1)
    importance: int = Field(ge=1, le=5)
    emotion: str
    valence: float = Field(ge=-1, le=1)
    thought: str
    summary: str = Field(min_length=1)


class Construction(Task[OutputT]):
    """What every construction task sees.

    Attributes:
        chunk: The text to remember: two paragraphs of the story, an exchange, or an experience.
        when: The temporal stage, or when it happened, in words; empty where it is not known.
        before: The end of what the story tells just before, so that "that day" and "he" have a meaning; empty where
            nothing comes before.
    """

    character: Whole
    chunk: str
    when: str = ""
    before: str = ""


class MemoriseContent(Construction[ContentMemory]):
    """The thinking agent's account of what happened."""

    prompt: ClassVar[str] = "memorise-content"
    agent: ClassVar[Agent] = "thinking"
    output: ClassVar[type[ContentMemory]] = ContentMemory
    answer_tokens: ClassVar[int] = 160


class MemoriseEmotion(Construction[EmotionalMemory]):
    """The emotion agent's account of how it felt."""

    prompt: ClassVar[str] = "memorise-emotion"
    agent: ClassVar[Agent] = "emotion"
    output: ClassVar[type[EmotionalMemory]] = EmotionalMemory
    answer_tokens: ClassVar[int] = 140


class MemoriseThought(Construction[ThoughtMemory]):
    """The thinking agent's account of what went through the person's mind, given the content."""

    prompt: ClassVar[str] = "memorise-thought"
    agent: ClassVar[Agent] = "thinking"
    output: ClassVar[type[ThoughtMemory]] = ThoughtMemory

    content: str


class SummariseMemory(Construction[MemorySummary]):
    """The memory agent's entry for the index, given content and emotion."""

    prompt: ClassVar[str] = "summarise-memory"
    agent: ClassVar[Agent] = "memory"
    output: ClassVar[type[MemorySummary]] = MemorySummary

    content: str
    emotion: str


class Memorise(Construction[WholeMemory]):
    """The whole memory in one call."""

    prompt: ClassVar[str] = "memorise"
    agent: ClassVar[Agent] = "memory"
    output: ClassVar[type[WholeMemory]] = WholeMemory
    answer_tokens: ClassVar[int] = 400
