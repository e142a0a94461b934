"""The tasks of a turn: reflect, think, feel, respond; and how the simpler minds answer."""

from __future__ import annotations

from typing import ClassVar

from simulacra.domain.conversation import Agent, Exchange, Feeling, Mood, Reflection, Thought
from simulacra.domain.memory import Recollection
from simulacra.prompts.task import OutputT, Task, Whole


class Situation(Task[OutputT]):
    """What every agent of a turn sees.

    Attributes:
        exchanges: The latest part of the conversation, oldest first (from working memory).
        recalled: The memories that the stimulus alone brought to mind, best first.
        mood: The mood that the person is in.
        speaker: Who speaks to the person.
        stimulus: What they say.
    """

    character: Whole
    exchanges: tuple[Exchange, ...] = ()
    recalled: tuple[Recollection, ...] = ()
    mood: Mood = Mood()
    speaker: str
    stimulus: str


class Reflect(Situation[Reflection]):
    """Extract the key elements and what to search the memory for (Human Simulacra, section 4.2)."""

    prompt: ClassVar[str] = "reflect"
    agent: ClassVar[Agent] = "top"
    output: ClassVar[type[Reflection]] = Reflection


class Think(Situation[Thought]):
    """The logical analysis of the stimulus (Human Simulacra, section 4.2)."""

    prompt: ClassVar[str] = "think"
    agent: ClassVar[Agent] = "thinking"
    output: ClassVar[type[Thought]] = Thought


class Feel(Situation[Feeling]):
    """The emotional analysis of the stimulus (Human Simulacra, section 4.2)."""

    prompt: ClassVar[str] = "feel"
    agent: ClassVar[Agent] = "emotion"
    output: ClassVar[type[Feeling]] = Feeling


class Respond(Situation[str]):
    """Formulate the reply from all that lies in working memory (Human Simulacra, section 4.2).

    Attributes:
        further: Memories that only the reflection's queries brought to mind.
        reflection, thought, feeling: What the agents contributed; None for one that gave no readable answer.
    """

    prompt: ClassVar[str] = "respond"
    agent: ClassVar[Agent] = "top"
    output: ClassVar[type[str]] = str

    further: tuple[Recollection, ...] = ()
    reflection: Reflection | None = None
    thought: Thought | None = None
    feeling: Feeling | None = None


class RespondFromText(Task[str]):
    """How the minds ``prompt`` and ``rag`` reply: profile, biography, and for ``rag`` passages of the life story.

    Attributes:
        passages: Passages of the story that resemble the stimulus, best first; empty for the mind ``prompt``.
    """

    prompt: ClassVar[str] = "respond-from-text"
    agent: ClassVar[Agent] = "top"
    output: ClassVar[type[str]] = str

    character: Whole
    exchanges: tuple[Exchange, ...] = ()
    passages: tuple[str, ...] = ()
    speaker: str
    stimulus: str


class RespondBlank(Task[str]):
    """How the mind ``none`` replies: a model that has been told nothing about anybody."""

    prompt: ClassVar[str] = "respond-blank"
    agent: ClassVar[Agent] = "top"
    output: ClassVar[type[str]] = str

    character: None = None
    exchanges: tuple[Exchange, ...] = ()
    speaker: str
    stimulus: str
