"""Who is meant: names, relatives and pronouns of a paragraph, followed from sentence to sentence.

It is careful, not clever: where "she" may be the protagonist or somebody else, the answer is that nobody can tell, and the
sentence is not used. Wrong attributions would put words into a person's mouth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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
SPEECH = frozenset(
    "said asked replied answered shouted cried called whispered told complained explained says asks announced wrote".split()
)
CLAUSE_WORDS = frozenset("when because before after while until who which where as if that but so since although though".split())


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who is spoken of; ``label`` is what the protagonist would call them, empty where it cannot tell."""

    label: str
    gender: Gender = ""


SELF = Somebody("I")


@dataclass(frozen=True, slots=True)
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


@dataclass(slots=True)
class Resolved:
    """The tokens of a sentence with who they stand for.

    Attributes:
        doubtful: The position of the first word of which nobody can tell whom it means; None where all is clear.
        dangling: Somebody is called "he" or "she" who was named in an earlier sentence only.
        antecedent: What to put for a dangling pronoun that opens the sentence; empty where it is not known.
    """

    tokens: list[Token]
    doubtful: int | None = None
    dangling: bool = False
    antecedent: str = ""

    def doubt(self, position: int) -> None:
        """Note that nobody can tell who is meant at the position."""
        self.doubtful = position if self.doubtful is None else self.doubtful


@dataclass(slots=True)
class _Seen:
    """Who was spoken of so far in a sentence: (position, who, agentive); ``owns``: something was the
    protagonist's; ``unclear``: somebody could not be told apart."""

    all: list[tuple[int, Somebody, bool]] = field(default_factory=list)
    clause_start: int = 0
    owns: bool = False
    unclear: bool = False

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
        leads = self.owns if not self.all or self.all[0][1] != SELF else True
        return leads and not any(agent for _, who, agent in self.all if who != SELF)


def tokens_of(sentence: str) -> list[Token]:
    """Cut a sentence into words, signs and quotations."""
    return [Token(each["text"], each["space"]) for each in _TOKEN.finditer(sentence)]


class Reader:
    """Follows the people through the sentences of one paragraph; give them in order."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._before: _Seen | None = None
        self._last: dict[str, Somebody] = {}

    def read(self, sentence: str) -> Resolved:
        """Resolve one sentence, in the light of those before it."""
        resolved = Resolved(tokens_of(sentence))
        seen = _Seen()
        position = 0
        while position < len(resolved.tokens):
            token = resolved.tokens[position]
            if token.low in CLAUSE_WORDS or token.text in ";:—–" or (token.low == "and" and self._opens_clause(resolved, position)):
                seen.clause_start = position + 1
            if token.low in PRONOUNS:
                self._pronoun(resolved, position, seen)
                position += 1
            else:
                position += self._mention(resolved, position, seen)
        self._remember(seen)
        return resolved

    def _opens_clause(self, resolved: Resolved, position: int) -> bool:
        following = resolved.tokens[position + 1 : position + 2]
        return bool(following) and PRONOUNS.get(following[0].low, ("", ""))[1] == "subject"

    def _mention(self, resolved: Resolved, position: int, seen: _Seen) -> int:
        """Note who is named at the position; how many tokens it took."""
        tokens = resolved.tokens
        for name in self._cast.selves:
            if _stands_at(tokens, position, name):
                tokens[position].who, tokens[position].named = SELF, True
                if position and tokens[position - 1].low in ("as", "called", "named"):
                    resolved.doubt(position)
                for merged in tokens[position + 1 : position + len(name)]:
                    merged.text, merged.space = "", ""
                seen.all.append((position, SELF, True))
                del tokens[position + 1 : position + len(name)]
                return 1
        for name, somebody in self._cast.people.items():
            if _stands_at(tokens, position, name):
                self._note(tokens, position, len(name), somebody, seen)
                return len(name)
        if (somebody := _by_noun(tokens, position)) is not None:
            self._note(tokens, position, 1, somebody, seen)
        return 1

    def _note(self, tokens: list[Token], position: int, length: int, somebody: Somebody, seen: _Seen) -> None:
        before = tokens[position - 1] if position else None
        if before is not None and seen.all and seen.all[-1][0] >= position - 2 and _is_apposition(before, seen.all[-1][1], somebody):
            at, named, acts = seen.all[-1]
            seen.all[-1] = (at, named if named.label else somebody, acts)
            return
        tokens[position].who = somebody
        seen.all.append((position, somebody, _acts(tokens, position + length)))

    def _pronoun(self, resolved: Resolved, position: int, seen: _Seen) -> None:
        token = resolved.tokens[position]
        gender, case = PRONOUNS[token.low]
        if token.low == "her" and not is_possessive_her(resolved.tokens, position):
            case = "object"
        token.case = case
        if gender == self._cast.gender:
            who = self._same_gender(gender, case, seen, resolved)
        else:
            who = self._other_gender(gender, seen, resolved, position)
        if who is None:
            resolved.doubt(position)
            seen.unclear = True
            return
        token.who = who
        if case != "possessive":
            seen.all.append((position, who, case == "subject"))
        elif who == SELF:
            seen.owns = True

    def _other_gender(self, gender: Gender, seen: _Seen, resolved: Resolved, position: int) -> Somebody:
        if here := seen.others(gender):
            return here[-1]
        return self._from_before(gender, resolved, position)

    def _from_before(self, gender: Gender, resolved: Resolved, position: int) -> Somebody:
        somebody = self._last.get(gender)
        resolved.dangling = True
        if somebody is None:
            return Somebody("", gender)
        if position == 0:
            resolved.antecedent = somebody.label
        return somebody

    def _same_gender(self, gender: Gender, case: Case, seen: _Seen, resolved: Resolved) -> Somebody | None:
        rivals = seen.others(gender)
        if not rivals:
            return SELF if seen.has_self else self._carried(gender, case, resolved, seen)
        subject = seen.clause_subject()
        if case == "object":
            # A pronoun in object position is never the subject of its own clause.
            if subject == SELF:
                return rivals[-1]
            if subject in rivals and len(rivals) == 1 and (seen.has_self or self._focus_is_self()):
                return SELF
            return None
        if case == "reflexive":
            return subject
        if not seen.has_self:
            return rivals[0] if len(rivals) == 1 and not self._focus_is_self() else None
        if subject == SELF and case == "possessive":
            return SELF if seen.self_leads() and len(seen.all) > 1 and seen.all[-1][1] == SELF else None
        return SELF if subject is None and seen.self_leads() else None

    def _focus_is_self(self) -> bool:
        return self._before is None or (self._before.has_self and not self._before.others(self._cast.gender))

    def _carried(self, gender: Gender, case: Case, resolved: Resolved, seen: _Seen) -> Somebody | None:
        """Who a pronoun means that has nobody before it in its own sentence."""
        if self._before is not None and not seen.all and not seen.owns and case != "object" and self._before.begins_with_self():
            return SELF  # who a sentence is about goes on to be its subject
        if self._before is not None and self._before.unclear:
            return None
        if self._before is None or self._focus_is_self():
            return SELF
        rivals = self._before.others(gender)
        if self._before.has_self:
            return SELF if self._before.self_leads() and case != "object" else None
        return self._from_before(gender, resolved, 0 if not seen.all and case == "subject" else 1) if len(rivals) == 1 else None

    def _remember(self, seen: _Seen) -> None:
        if not seen.all and not seen.owns and not seen.unclear:
            return
        self._before = seen
        for gender in ("male", "female"):
            named = list(dict.fromkeys(who for _, who, _ in seen.all if who != SELF and who.gender == gender))
            if len(named) == 1:
                self._last[gender] = named[0]
            elif named:
                self._last.pop(gender, None)


def _is_apposition(between: Token, named: Somebody, somebody: Somebody) -> bool:
    """Whether two neighbouring names stand for one person: "her father, Henrik", "my sister Elsa"."""
    if named == SELF or somebody.gender not in ("", named.gender):
        return False
    return between.who is not None or (between.text == "," and not named.label[:1].isupper())


def is_possessive_her(tokens: list[Token], position: int) -> bool:
    """Whether "her" at the position stands before the thing that is hers ("her boat"), not for herself ("told her")."""
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is None or not following.is_word or following.text[0].isdigit():
        return False
    low = following.low
    if low.endswith("ly") and low not in listed("grammar", "not_adverbs"):
        return False
    if low == "own" or low == "first" or low == "last":
        return True
    if any(low in listed("grammar", name) for name in ("prepositions", "conjunctions", "determiners", "pronouns", "auxiliaries")):
        return False
    if low in listed("grammar", "adverbs"):
        return False
    before = tokens[position - 1].low if position else ""
    return not (before in listed("grammar", "letting") and low in listed("grammar", "verbs"))


def _stands_at(tokens: list[Token], position: int, name: tuple[str, ...]) -> bool:
    return [each.text for each in tokens[position : position + len(name)]] == list(name)


def _acts(tokens: list[Token], position: int) -> bool:
    """Whether the word at the position is something done."""
    if position >= len(tokens):
        return False
    low = tokens[position].low
    return low.endswith("ed") or low in listed("grammar", "irregular_pasts") or low in listed("grammar", "auxiliaries")


def _by_noun(tokens: list[Token], position: int) -> Somebody | None:
    """Somebody who is named by a noun: "her father", "the teacher"; not "she was a teacher"."""
    low = tokens[position].low
    kinds: tuple[tuple[str, Gender], ...] = (("male", "male"), ("female", "female"), ("either", ""))
    gender = next((gender for name, gender in kinds if low in listed("people", name)), None)
    before = tokens[position - 1] if position else None
    if gender is None:
        speaks = before is not None and before.low == "the" and position + 1 < len(tokens) and tokens[position + 1].low in SPEECH
        return Somebody(f"the {low}") if speaks else None
    if before is not None and (before.who == SELF or (before.low == "their" and low in ("father", "mother"))):
        return Somebody(f"my {low}", gender)
    if before is not None and before.low in ("a", "an") and position > 1 and tokens[position - 2].low in ("was", "is", "as", "became", "be", "like"):
        return None
    return Somebody(f"the {low}" if before is not None and before.low == "the" else "", gender)
