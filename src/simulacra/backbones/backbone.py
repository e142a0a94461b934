"""The protocol that every backbone keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simulacra.domain.conversation import Counts, Usage
from simulacra.prompts.task import Task

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class Answer(Generic[AnswerT]):
    """What a backbone answered, what it cost, and how it came about.

    Attributes:
        value: Of the task's output type; never empty text and never a default in place of an answer.
        usage: What the answer cost, repairs included.
        counts: ``asked`` is 1; the rung of the ladder that the answer was read on stands beside it.
    """

    value: AnswerT
    usage: Usage
    counts: Counts


class Backbone(ABC):
    """Answers tasks. Safe to use from many coroutines of one event loop at once.

    Attributes:
        spec: The backbone as the user would name it ("openai:gpt-x", "reflex"); without secrets.
    """

    spec: str

    @abstractmethod
    async def ask(self, task: Task[AnswerT], *, sample: int = 0) -> Answer[AnswerT]:
        """Answer a task.

        Args:
            task: The question.
            sample: The number of the repeat; another number asks the same question anew, the same number gives the
                recorded answer.

        Raises:
            GenerationError: The call failed after its retries.
            UnreadableAnswerError: Neither the answer nor its repair could be read.
            BudgetExceededError: The budget is spent.
            BackboneNotAvailableError: The endpoint, key or model is not to be had.
        """

    async def stream(self, task: Task[str], *, sample: int = 0) -> AsyncIterator[str | Answer[str]]:
        """Answer a plain-text task piece by piece; the whole answer comes last.

        Backbones that have the answer at once give it in one piece.
        """
        answer = await self.ask(task, sample=sample)
        yield answer.value
        yield answer

    def estimate(self, task: Task[Any], *, sample: int = 0) -> Usage:
        """What asking would cost: ``calls`` 0 where the ledger has the answer; tokens at four characters each.

        Backbones that cost nothing say so: no calls, no tokens.
        """
        return Usage()

    async def aclose(self) -> None:
        """Let go of connections and models."""
        return
