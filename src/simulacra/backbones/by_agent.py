"""One backbone a role: the four agents need not share a model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.conversation import Agent, Usage
from simulacra.prompts.task import Task

AnswerT = TypeVar("AnswerT")


class ByAgent(Backbone):
    """Puts each task to the backbone of the agent that asks it.

    Args:
        backbones: The backbone of each agent that has one of its own.
        default: The backbone of all others.
    """

    def __init__(self, backbones: Mapping[Agent, Backbone], default: Backbone) -> None:
        self._backbones = dict(backbones)
        self._default = default
        roles = (*backbones.items(), ("default", default))
        self.spec = ",".join(f"{role}={each.spec}" for role, each in roles)

    async def ask(self, task: Task[AnswerT], *, sample: int = 0) -> Answer[AnswerT]:
        return await self._of(task).ask(task, sample=sample)

    async def stream(self, task: Task[str], *, sample: int = 0) -> AsyncIterator[str | Answer[str]]:
        async for each in self._of(task).stream(task, sample=sample):
            yield each

    def estimate(self, task: Task[Any], *, sample: int = 0) -> Usage:
        return self._of(task).estimate(task, sample=sample)

    async def aclose(self) -> None:
        for each in {id(each): each for each in (*self._backbones.values(), self._default)}.values():
            await each.aclose()

    def _of(self, task: Task[Any]) -> Backbone:
        return self._backbones.get(task.agent, self._default)
