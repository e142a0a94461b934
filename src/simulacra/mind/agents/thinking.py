"""The thinking agent: logical analysis in a turn, content and thought in memory construction."""

from __future__ import annotations

from dataclasses import dataclass

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.domain.character import Character
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

    async def content(self, character: Character, chunk: str, when: str) -> Answer[ContentMemory]:
        """What happened in a chunk, as the person remembers it."""
        return await self.backbone.ask(MemoriseContent(character=character, chunk=chunk, when=when), sample=self.sample)

    async def thought(self, character: Character, chunk: str, when: str, content: str) -> Answer[ThoughtMemory]:
        """What went through the person's mind in a chunk."""
        task = MemoriseThought(character=character, chunk=chunk, when=when, content=content)
        return await self.backbone.ask(task, sample=self.sample)
