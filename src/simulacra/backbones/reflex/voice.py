"""How the person puts things: short, a little shy, never twice the same way in a row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulacra.backbones.reflex.words import capitalised, shortened, table
from simulacra.domain.character import Character
from simulacra.domain.conversation import Exchange

MOST_WORDS = 60
_REMEMBERED_TURNS = 3
_FIELD = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Voice:
    """Chooses among wordings by a hash of the moment, leaving out those that were heard in the last turns."""

    character: Character
    exchanges: tuple[Exchange, ...]
    stimulus: str
    speaker: str

    @property
    def open(self) -> bool:
        """Whether the leading tendency is extraverted; people without a ranking are taken for reserved."""
        ranking = self.character.personality.ranking
        return bool(ranking) and ranking[0].endswith("e")

    def say(self, key: str, **values: str) -> str:
        """One of the phrases under a key, filled in; with its open or reserved variants where there are such."""
        phrases = table("phrases")["voice"]
        options = [*phrases.get(f"{key}_{'open' if self.open else 'reserved'}", ()), *phrases[key]]
        if not self.speaker[:1].isupper():
            options = [each for each in options if "{speaker}" not in each]
        return self.fill(self.pick(options, key), **values)

    @property
    def called(self) -> str:
        """What the person calls the speaker in their thoughts: the name, or "the visitor"."""
        return self.speaker if self.speaker[:1].isupper() else f"the {self.speaker}"

    def fact(self, key: str, **values: str) -> str:
        """One of the wordings of a fact, filled in."""
        return capitalised(self.fill(self.pick(table("phrases")["facts"][key], key), **values))

    def fill(self, phrase: str, **values: str) -> str:
        """A phrase with its fields filled in."""
        given = self.character.profile.given_name
        return phrase.format_map({"speaker": self.speaker, "given": given, "name": self.character.name, **values})

    def pick(self, options: Sequence[str], salt: str) -> str:
        """One of several wordings."""
        fresh = [each for each in options if not self._heard_lately(each)] or list(options)
        return fresh[self.number(salt) % len(fresh)]

    def number(self, salt: str) -> int:
        """A number that depends on the moment alone."""
        moment = f"{self.character.id}\x1f{len(self.exchanges)}\x1f{self.stimulus}\x1f{salt}"
        return int.from_bytes(hashlib.blake2b(moment.encode(), digest_size=8).digest(), "big")

    def question_back(self) -> str:
        """Now and then a small question; empty mostly, and always after a reply that ended on one."""
        if self.number("back") % 8 or any("?" in each.reply for each in self.exchanges[-2:]):
            return ""
        return self.pick(table("phrases")["questions_back"]["open" if self.open else "reserved"], "back")

    def _heard_lately(self, option: str) -> bool:
        literal = [each.strip() for each in _FIELD.split(option) if any(letter.isalnum() for letter in each)]
        replies = [each.reply for each in self.exchanges[-_REMEMBERED_TURNS:]]
        return bool(literal) and any(all(part in reply for part in literal) for reply in replies)


def within_limit(reply: str) -> str:
    """A reply that is not longer than somebody shy would speak."""
    return shortened(" ".join(reply.split()), MOST_WORDS)
