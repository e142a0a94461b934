"""A conversation with a character whose whole story comes to mind at every turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulacra.backbones.reflex.rules import answer
from simulacra.domain.character import Character
from simulacra.domain.conversation import Exchange, Mood
from simulacra.domain.memory import Recollection
from simulacra.prompts.conversation import Respond


@dataclass
class Conversation:
    character: Character
    recalled: tuple[Recollection, ...]
    speaker: str = "Sam"
    exchanges: list[Exchange] = field(default_factory=list)

    def say(self, stimulus: str, mood: Mood | None = None) -> str:
        task = Respond(
            character=self.character,
            exchanges=tuple(self.exchanges),
            recalled=self.recalled,
            mood=mood or Mood(),
            speaker=self.speaker,
            stimulus=stimulus,
        )
        reply: str = answer(task)
        self.exchanges.append(
            Exchange(turn=len(self.exchanges) + 1, speaker=self.speaker, stimulus=stimulus, reply=reply)
        )
        return reply
