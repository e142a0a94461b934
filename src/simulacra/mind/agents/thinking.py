"""The thinking agent: logical analysis in a turn, content and thought in memory construction."""

from __future__ import annotations

from dataclasses import dataclass

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.conversation import Thought
from simulacra.prompts.construction import ContentMemory, MemoriseContent, MemoriseThought, ThoughtMemory
from simulacra.prompts.conversation import Think


@dataclass(frozen=True, slots=True)
class ThinkingAgent:
    """Works out what is going on (Human Simulacra, sections 4.1 and 4.2)."""

    backbone: Backbone
    sample: int = 0

    async def think(self, situation: Think) -> Answer[Thought]:
        """What the person thinks of a stimulus."""
        return await self.backbone.ask(situation, sample=self.sample)

    async def content(self, event: MemoriseContent) -> Answer[ContentMemory]:
        """What happened, as the person remembers it."""
        return await self.backbone.ask(event, sample=self.sample)

    async def thought(self, event: MemoriseThought) -> Answer[ThoughtMemory]:
        """What went through the person's mind then."""
        return await self.backbone.ask(event, sample=self.sample)
