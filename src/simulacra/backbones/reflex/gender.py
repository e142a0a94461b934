"""Whether somebody of the person's life is a "he" or a "she"."""

from __future__ import annotations

from simulacra.backbones.reflex.tokens import Gender
from simulacra.backbones.reflex.words import listed, words_of
from simulacra.domain.character import Person


def gender_of(person: Person, protagonist: Gender = "") -> Gender:
    """Somebody's gender by their relation, else by the pronouns of what is said about them.

    Args:
        person: Who is meant.
        protagonist: The protagonist's gender: where both "he" and "she" occur, the other one is meant.
    """
    words = [each.casefold() for each in words_of(person.about)]
    own = {"male": "he", "female": "she"}.get(protagonist)
    rivals = [each for each in ("he", "she") if each in words and each != own]
    for low in (person.relation.casefold().split()[-1].split("-")[-1], *rivals[:1], *words):
        if low in listed("people", "male") or low == "he":
            return "male"
        if low in listed("people", "female") or low == "she":
            return "female"
    return ""
