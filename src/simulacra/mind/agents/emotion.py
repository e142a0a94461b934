"""The emotion agent: emotional analysis in a turn, feelings and impressions in memory construction."""

from __future__ import annotations

from dataclasses import dataclass

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.conversation import Feeling
from simulacra.prompts.construction import EmotionalMemory, MemoriseEmotion
from simulacra.prompts.conversation import Feel


@dataclass(frozen=True, slots=True)
class EmotionAgent:
    """Feels (Human Simulacra, sections 4.1 and 4.2)."""

    backbone: Backbone
    sample: int = 0

    async def feel(self, situation: Feel) -> Answer[Feeling]:
        """What the person feels at a stimulus."""
        return await self.backbone.ask(situation, sample=self.sample)

    async def emotion(self, event: MemoriseEmotion) -> Answer[EmotionalMemory]:
        """How it felt, as the person remembers it."""
        return await self.backbone.ask(event, sample=self.sample)
