"""The words of a sentence, and who may stand behind them: names, titles, relatives and pronouns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from simulacra.backbones.reflex.words import listed

Gender = Literal["male", "female", ""]
Case = Literal["subject", "object", "possessive", "reflexive"]

PRONOUNS: dict[str, tuple[Gender, Case]] = {
    "he": ("male", "subject"),
    "him": ("male", "object"),
    "his": ("male", "possessive"),
    "himself": ("male", "reflexive"),
    "she": ("female", "subject"),
    "her": ("female", "possessive"),
    "hers": ("female", "possessive"),
    "herself": ("female", "reflexive"),
}
_TOKEN = re.compile(
    r"(?P<space>\s*)(?P<text>\"[^\"]*\"?|“[^”]*”?|[^\W\d_]*[nN]['’]t\b|['’](?:s|d|ll|ve|re|m)\b|[A-Z]['’][A-Z]\w+"
    r"|[^\W_]+(?:-[^\W_]+)*|\S)"
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who is spoken of; ``label`` is what the protagonist would call them, empty where it cannot tell."""

    label: str
    gender: Gender = ""


SELF = Somebody("I")


@dataclass(frozen=True)
class Cast:
    """The people of a story, as far as names tell.

    Attributes:
        selves: The protagonist's names, word by word, longest first.
        gender: The protagonist's; empty where neither "he" nor "she" is theirs.
        people: Names of others, word by word, and who they are.
    """

    selves: tuple[tuple[str, ...], ...]
    gender: Gender
    people: dict[tuple[str, ...], Somebody]

    @cached_property
    def by_first_word(self) -> dict[str, list[tuple[tuple[str, ...], Somebody]]]:
        """All names by their first word, the longest first."""
        found: dict[str, list[tuple[tuple[str, ...], Somebody]]] = {}
        names = [*((name, SELF) for name in self.selves), *self.people.items()]
        for name, somebody in sorted(names, key=lambda each: -len(each[0])):
            found.setdefault(name[0], []).append((name, somebody))
        return found


@dataclass(slots=True)
class Token:
    """A word, a sign, or a whole quotation; ``who`` is set where it stands for somebody."""

    text: str
    space: str
    who: Somebody | None = None
    case: Case = "subject"
    named: bool = False

    @property
    def low(self) -> str:
        return self.text.casefold()

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()


def tokens_of(sentence: str) -> list[Token]:
    """Cut a sentence into words, signs and quotations."""
    return [Token(each["text"], each["space"]) for each in _TOKEN.finditer(sentence)]


def is_possessive_her(tokens: list[Token], position: int) -> bool:
    """Whether "her" at the position stands before the thing that is hers ("her boat"), not for herself ("told her")."""
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is None or not following.is_word or following.text[0].isdigit():
        return False
    low = following.low
    if low.endswith("ly") and low not in listed("grammar", "not_adverbs"):
        return False
    if low in ("own", "first", "last"):
        return True
    before = tokens[position - 1].low if position else ""
    if low in listed("grammar", "quantities"):
        return before not in listed("grammar", "giving")
    if any(
        low in listed("grammar", name)
        for name in ("prepositions", "conjunctions", "determiners", "pronouns", "auxiliaries")
    ):
        return False
    if low in listed("grammar", "adverbs"):
        return False
    return not (before in listed("grammar", "letting") and low in listed("grammar", "verbs"))


def acts(tokens: list[Token], position: int) -> bool:
    """Whether the word at the position is something done."""
    if position >= len(tokens):
        return False
    low = tokens[position].low
    return low.endswith("ed") or low in listed("grammar", "irregular_pasts") or low in listed("grammar", "auxiliaries")


def is_kin(tokens: list[Token], position: int) -> bool:
    """Whether a close relative is named at the position."""
    return position < len(tokens) and tokens[position].low in listed("kin", "any")


def is_place(tokens: list[Token], position: int) -> bool:
    """Whether a pronoun says where something is ("behind her"), which may be behind the one who does it."""
    before = tokens[position - 1].low if position else ""
    return before in listed("grammar", "spatial") or (
        before == "of" and position > 1 and tokens[position - 2].low == "front"
    )


def stands_at(tokens: list[Token], position: int, name: tuple[str, ...]) -> bool:
    """Whether a name begins at the position."""
    return [each.text for each in tokens[position : position + len(name)]] == list(name)


def is_apposition(between: Token, named: Somebody, somebody: Somebody) -> bool:
    """Whether two neighbouring names stand for one person: "her father, Henrik", "my sister Elsa"."""
    if named == SELF or somebody.gender not in ("", named.gender):
        return False
    return between.who is not None or (between.text == "," and not named.label[:1].isupper())


def is_byname(tokens: list[Token], position: int, length: int) -> bool:
    """Whether the name ends an aside such as ", known to everybody as Mara,"."""
    after = tokens[position + length] if position + length < len(tokens) else None
    before = [each.text for each in tokens[max(0, position - 6) : position]]
    return after is not None and after.text == "," and "," in before and before[-1] in ("as", "called", "named")


def by_title(tokens: list[Token], position: int) -> tuple[int, Somebody] | None:
    """Somebody who is named with a title ("Mrs. Patterson"), and how many tokens that takes."""
    title = tokens[position]
    if title.low not in listed("people", "titles") or not title.text[0].isupper():
        return None
    name = position + 1 + (tokens[position + 1].text == "." if position + 1 < len(tokens) else 0)
    if name >= len(tokens) or not tokens[name].text[0].isupper():
        return None
    female = title.low in ("mrs", "ms", "miss") or title.low in listed("people", "female")
    male = title.low in ("mr", "sir") or title.low in listed("people", "male")
    return name - position + 1, Somebody(
        f"{title.text} {tokens[name].text}", "female" if female else "male" if male else ""
    )


def by_noun(tokens: list[Token], position: int) -> Somebody | None:
    """Somebody who is named by a noun: "her father", "the teacher"; not "she was a teacher"."""
    low = tokens[position].low
    kinds: tuple[tuple[str, Gender], ...] = (("male", "male"), ("female", "female"), ("either", ""))
    gender = next((gender for name, gender in kinds if low in listed("people", name)), None)
    before = tokens[position - 1] if position else None
    if gender is None:
        speaks = (
            before is not None
            and before.low == "the"
            and position + 1 < len(tokens)
            and tokens[position + 1].low in listed("grammar", "speech")
        )
        return Somebody(f"the {low}") if speaks else None
    if before is not None and (before.who == SELF or (before.low == "their" and low in ("father", "mother"))):
        return Somebody(f"my {low}", gender)
    if (
        before is not None
        and before.low in ("a", "an")
        and position > 1
        and tokens[position - 2].low in ("was", "is", "as", "became", "be", "like")
    ):
        return None
    return Somebody(f"the {low}" if before is not None and before.low == "the" else "", gender)
