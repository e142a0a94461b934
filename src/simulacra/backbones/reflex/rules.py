"""Which rule answers which task. Other rooms add rules for their own tasks with ``answer.register``."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from simulacra.backbones.reflex import memorise
from simulacra.backbones.reflex.feeling import feel
from simulacra.backbones.reflex.memorise import Chunk
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.reply import reply
from simulacra.backbones.reflex.strangers import reply_for_nobody
from simulacra.backbones.reflex.thinking import reflect, think
from simulacra.domain.conversation import Feeling, Reflection, Thought
from simulacra.errors import BackboneNotAvailableError
from simulacra.prompts.construction import (
    Construction,
    ContentMemory,
    EmotionalMemory,
    Memorise,
    MemoriseContent,
    MemoriseEmotion,
    MemoriseThought,
    MemorySummary,
    SummariseMemory,
    ThoughtMemory,
    WholeMemory,
)
from simulacra.prompts.conversation import Feel, Reflect, Respond, RespondBlank, RespondFromText, Situation, Think
from simulacra.prompts.task import Task


@singledispatch
def answer(task: Task[Any]) -> Any:
    """The answer to a task by rules, of the task's output type.

    A room with tasks of its own registers its rules here: ``@answer.register`` above a function of the task.

    Raises:
        BackboneNotAvailableError: No rule was written for this kind of task.
    """
    raise BackboneNotAvailableError(
        f"The reflex backbone has no rule for {task.prompt!r}: it only converses and remembers. "
        "Give a language model for this, such as --backbone openai:MODEL."
    )


@answer.register
def _reflect(task: Reflect) -> Reflection:
    return reflect(_moment(task))


@answer.register
def _think(task: Think) -> Thought:
    return think(_moment(task))


@answer.register
def _feel(task: Feel) -> Feeling:
    return feel(_moment(task))


@answer.register
def _respond(task: Respond) -> str:
    return reply(_moment(task, further=task.further))


@answer.register
def _respond_from_text(task: RespondFromText) -> str:
    situation = (task.character, task.exchanges, (), task.passages, task.speaker, task.stimulus)
    # This mind knows the passages it is given, and no more of the story.
    return reply(Moment(*situation, knows_story=False))


@answer.register
def _respond_blank(task: RespondBlank) -> str:
    return reply_for_nobody(task.exchanges, task.speaker, task.stimulus)


@answer.register
def _memorise_content(task: MemoriseContent) -> ContentMemory:
    chunk = _chunk(task)
    return ContentMemory(content=memorise.content(chunk), importance=memorise.importance(chunk))


@answer.register
def _memorise_emotion(task: MemoriseEmotion) -> EmotionalMemory:
    text, valence = memorise.emotion(_chunk(task))
    return EmotionalMemory(emotion=text, valence=valence)


@answer.register
def _memorise_thought(task: MemoriseThought) -> ThoughtMemory:
    return ThoughtMemory(thought=memorise.thought(_chunk(task)))


@answer.register
def _summarise_memory(task: SummariseMemory) -> MemorySummary:
    return MemorySummary(summary=memorise.summary(_chunk(task)))


@answer.register
def _memorise(task: Memorise) -> WholeMemory:
    chunk = _chunk(task)
    emotion, valence = memorise.emotion(chunk)
    return WholeMemory(
        content=memorise.content(chunk),
        importance=memorise.importance(chunk),
        emotion=emotion,
        valence=valence,
        thought=memorise.thought(chunk),
        summary=memorise.summary(chunk),
    )


def _moment(task: Situation[Any], further: tuple[Any, ...] = ()) -> Moment:
    return Moment(
        task.character, task.exchanges, (*task.recalled, *further), (), task.speaker, task.stimulus, task.mood
    )


def _chunk(task: Construction[Any]) -> Chunk:
    return Chunk(task.character, task.chunk, task.when)
