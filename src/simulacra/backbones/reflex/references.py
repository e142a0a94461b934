"""Who is meant: names, relatives and pronouns of a paragraph, followed from sentence to sentence.

It is careful, not clever: where "she" may be the protagonist or somebody else, the answer is that nobody can tell, and
the sentence is not used. Wrong attributions would put words into a person's mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulacra.backbones.reflex.mentions import Seen
from simulacra.backbones.reflex.tokens import (
    PRONOUNS,
    SELF,
    Case,
    Cast,
    Gender,
    Somebody,
    Token,
    acts,
    by_noun,
    by_title,
    is_apposition,
    is_byname,
    is_kin,
    is_place,
    is_possessive_her,
    stands_at,
    tokens_of,
)
from simulacra.backbones.reflex.words import listed


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


class Reader:
    """Follows the people through the sentences of one paragraph; give them in order."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._before: Seen | None = None
        self._last: dict[str, Somebody] = {}
        self._about_self = 0

    def read(self, sentence: str) -> Resolved:
        """Resolve one sentence, in the light of those before it."""
        resolved = Resolved(tokens_of(sentence))
        seen = Seen()
        position = 0
        while position < len(resolved.tokens):
            token = resolved.tokens[position]
            if self._ends_clause(resolved, position, seen.clause_start):
                seen.clause_start = position + 1
            if token.low in PRONOUNS:
                self._pronoun(resolved, position, seen)
                position += 1
            else:
                position += self._mention(resolved, position, seen)
        self._remember(seen)
        return resolved

    def _ends_clause(self, resolved: Resolved, position: int, start: int) -> bool:
        token, following = resolved.tokens[position], resolved.tokens[position + 1 : position + 2]
        if token.low == "and":
            return bool(following) and following[0].low in ("he", "she")
        if token.text == ",":
            return any(acts(resolved.tokens, at) for at in range(start, position))
        return token.low in listed("grammar", "clause_words") or token.text in (";", ":", "—", "–")

    def _mention(self, resolved: Resolved, position: int, seen: Seen) -> int:
        """Note who is named at the position; how many tokens it took."""
        tokens = resolved.tokens
        for name, somebody in self._cast.by_first_word.get(tokens[position].text, ()):
            if stands_at(tokens, position, name):
                if somebody == SELF:
                    return self._mention_self(resolved, position, len(name), seen)
                self._note(tokens, position, len(name), somebody, seen)
                return len(name)
        if (titled := by_title(tokens, position)) is not None:
            length, somebody = titled
            self._note(tokens, position, length, somebody, seen)
            return length
        if (noun := by_noun(tokens, position)) is not None:
            self._note(tokens, position, 1, noun, seen)
        return 1

    def _mention_self(self, resolved: Resolved, position: int, length: int, seen: Seen) -> int:
        tokens = resolved.tokens
        if is_byname(tokens, position, length):
            start = max(at for at in range(position) if tokens[at].text == ",")
            del tokens[start : position + length + 1]
            return start - position
        tokens[position].who, tokens[position].named = SELF, True
        if position and (
            tokens[position - 1].low in ("as", "called", "named") or _is_mentioned(tokens, position, length)
        ):
            resolved.doubt(position)
        seen.all.append((position, SELF, True))
        del tokens[position + 1 : position + length]
        return 1

    def _note(self, tokens: list[Token], position: int, length: int, somebody: Somebody, seen: Seen) -> None:
        before = tokens[position - 1] if position else None
        after = position + length
        aside = after < len(tokens) and tokens[after].text == ","
        agentive = acts(tokens, after) or (aside and acts(tokens, after + 1))
        if before is not None and seen.all and seen.all[-1][0] >= position - 2:
            at, named, acted = seen.all[-1]
            if is_apposition(before, named, somebody):
                seen.all[-1] = (at, named if named.label else somebody, acted or agentive)
                return
        tokens[position].who = somebody
        seen.all.append((position, somebody, agentive))

    def _pronoun(self, resolved: Resolved, position: int, seen: Seen) -> None:
        token = resolved.tokens[position]
        gender, case = PRONOUNS[token.low]
        if token.low == "her" and not is_possessive_her(resolved.tokens, position):
            case = "object"
        token.case = case
        if gender != self._cast.gender and case == "subject" and position:
            seen.clause_start = position  # "the fees she gave him"
        if gender == self._cast.gender:
            who = self._same_gender(gender, case, seen, resolved, position)
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
            seen.about_own |= position == 0 and not any(is_kin(resolved.tokens, at) for at in (1, 2))

    def _other_gender(self, gender: Gender, seen: Seen, resolved: Resolved, position: int) -> Somebody:
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

    def _same_gender(
        self, gender: Gender, case: Case, seen: Seen, resolved: Resolved, position: int
    ) -> Somebody | None:
        rivals = seen.others(gender)
        if not rivals:
            if case == "object" and seen.clause_subject() == SELF and not is_place(resolved.tokens, position):
                return self._from_before(gender, resolved, position)
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
            last = seen.all[-1][1]
            return subject if subject == last else None
        if case == "possessive" and seen.has_self and is_kin(resolved.tokens, position + 1):
            # In a life story, "with his father and with his mother" tells of one person's parents.
            return SELF if all(each.label.startswith("my ") for each in rivals) else None
        if not seen.has_self:
            return rivals[0] if len(rivals) == 1 and not self._focus_is_self() else None
        if subject == SELF and case == "possessive":
            return SELF if seen.self_leads() and len(seen.all) > 1 and seen.all[-1][1] == SELF else None
        return SELF if subject is None and seen.self_leads() else None

    def _focus_is_self(self) -> bool:
        return self._before is None or not self._before.others(self._cast.gender)

    def _carried(self, gender: Gender, case: Case, resolved: Resolved, seen: Seen) -> Somebody | None:
        """Who a pronoun means that has nobody before it in its own sentence."""
        if self._before is not None and not seen.all and not seen.owns and self._goes_on(case, gender):
            return SELF
        if self._before is not None and self._before.unclear:
            return None
        if self._before is None or self._focus_is_self():
            return SELF
        rivals = self._before.others(gender)
        if self._before.has_self:
            return SELF if self._before.self_leads() and case != "object" else None
        return (
            self._from_before(gender, resolved, 0 if not seen.all and case == "subject" else 1)
            if len(rivals) == 1
            else None
        )

    def _goes_on(self, case: Case, gender: Gender) -> bool:
        """Whether the sentence goes on about the protagonist: whom sentences are about stays their subject."""
        before = self._before
        if before is None or before.begins_with_self():
            return True
        opened_by_rival = bool(before.all) and before.all[0][1] != SELF and before.all[0][1].gender in (gender, "")
        return case != "object" and self._about_self > 1 and not opened_by_rival

    def _remember(self, seen: Seen) -> None:
        if not seen.all and not seen.owns and not seen.unclear:
            return
        self._before = seen
        self._about_self += seen.begins_with_self()
        for gender in ("male", "female"):
            named = list(dict.fromkeys(who for _, who, _ in seen.all if who != SELF and who.gender == gender))
            if len(named) == 1:
                self._last[gender] = named[0]
            elif named:
                self._last.pop(gender, None)


def _is_mentioned(tokens: list[Token], position: int, length: int) -> bool:
    """Whether a name is only quoted, between commas ("shouted it up the street, Mara, like a stop")."""
    after = position + length
    between = position > 0 and tokens[position - 1].text == "," and after < len(tokens) and tokens[after].text == ","
    return between and not acts(tokens, after + 1)
