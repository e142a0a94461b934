"""The top agent: takes in the stimulus, and speaks for the person to the world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.conversation import Reflection
from simulacra.prompts.conversation import Reflect
from simulacra.prompts.task import Task


@dataclass(frozen=True, slots=True)
class TopAgent:
    """Reflects and responds (Human Simulacra, section 4.2)."""

    backbone: Backbone
    sample: int = 0

    async def reflect(self, situation: Reflect) -> Answer[Reflection]:
        """The key elements of a stimulus, and what to search the memory for."""
        return await self.backbone.ask(situation, sample=self.sample)

    async def respond(self, situation: Task[str]) -> Answer[str]:
        """The reply."""
        return await self.backbone.ask(situation, sample=self.sample)

    def stream(self, situation: Task[str]) -> AsyncIterator[str | Answer[str]]:
        """The reply, piece by piece; the whole answer comes last."""
        return self.backbone.stream(situation, sample=self.sample)
