"""Who was spoken of so far in a sentence, and in what part."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulacra.backbones.reflex.tokens import SELF, Gender, Somebody


@dataclass(slots=True)
class Seen:
    """Who was spoken of so far in a sentence.

    Attributes:
        all: Position, who, and whether they do something.
        owns: Something was the protagonist's.
        about_own: The sentence begins with it.
        unclear: Somebody could not be told apart.
    """

    all: list[tuple[int, Somebody, bool]] = field(default_factory=list)
    clause_start: int = 0
    owns: bool = False
    unclear: bool = False
    about_own: bool = False

    def others(self, gender: Gender) -> list[Somebody]:
        return list(dict.fromkeys(who for _, who, _ in self.all if who != SELF and who.gender in (gender, "")))

    @property
    def has_self(self) -> bool:
        return self.owns or any(who == SELF for _, who, _ in self.all)

    def clause_subject(self) -> Somebody | None:
        return next((who for at, who, _ in self.all if at >= self.clause_start), None)

    def begins_with_self(self) -> bool:
        """Whether the protagonist is the first whom the sentence names, and does something in it."""
        return bool(self.all) and self.all[0][1] == SELF and self.all[0][2]

    def self_leads(self) -> bool:
        """Whether the protagonist is named first and nobody else does anything."""
        leads = self.about_own or (bool(self.all) and self.all[0][1] == SELF)
        return leads and not any(agent for _, who, agent in self.all if who != SELF)
