"""From the third person to the first: how a person tells what a story tells about them.

"Mara sold her boat." becomes "I sold my boat."; "Her father laughed." becomes "My father laughed."; what stands in
quotation marks is left as it was said. Sentences in which it is not certain who is meant are given up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from simulacra.backbones.reflex.agreement import speak_as_self, verb_follows
from simulacra.backbones.reflex.references import Reader, Resolved
from simulacra.backbones.reflex.tokens import SELF, Cast, Token
from simulacra.backbones.reflex.words import capitalised, listed

_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a story as the person would say it.

    Attributes:
        text: In the first person; empty where it is not certain who is meant.
        source: As it stands in the story.
        dangling: It speaks of a "he" or "she" whom only an earlier sentence names.
        own: The person occurs in it.
        following: The same for use right after the sentence before it, where a "she" may stand in place of a name.
    """

    text: str
    source: str
    dangling: bool
    own: bool
    following: str = ""


def first_person(sentences: Iterable[str], cast: Cast) -> tuple[Told, ...]:
    """Rewrite the sentences of one paragraph, given in order."""
    reader = Reader(cast)
    return tuple(_told(sentence, reader.read(sentence), cast) for sentence in sentences)


def _told(sentence: str, resolved: Resolved, cast: Cast) -> Told:
    own = any(token.who == SELF for token in resolved.tokens)
    tokens = _certain_part(resolved)
    if not tokens or (not cast.gender and own and _has(tokens, "they", "them", "their", "themselves")):
        return Told("", sentence, resolved.dangling, own)
    _share_parents(tokens)
    if own:
        _coordinate(tokens)
        speak_as_self(tokens)
    following = _joined(tokens)
    if not (resolved.antecedent and tokens[0].who not in (None, SELF) and tokens[0].case == "subject"):
        return Told(following, sentence, resolved.dangling, own, following)
    tokens[0].text = resolved.antecedent
    return Told(_joined(tokens), sentence, False, own, following)


def _joined(tokens: list[Token]) -> str:
    return capitalised("".join(token.space + token.text for token in tokens).strip())


def _share_parents(tokens: list[Token]) -> None:
    """The parents of several are, in somebody's life story, theirs as well."""
    for token, following in pairwise(tokens):
        if token.low == "their" and following.low in ("father", "mother", "parents"):
            token.text = "our"


def _has(tokens: list[Token], *words: str) -> bool:
    return any(token.low in words for token in tokens)


def _certain_part(resolved: Resolved) -> list[Token]:
    """The sentence as far as everybody in it is certain, cut at a comma; empty where nothing whole is left."""
    tokens = resolved.tokens
    if resolved.doubtful is None:
        return tokens
    commas = [-1, *(at for at in range(resolved.doubtful) if tokens[at].text in (",", ";"))]
    ends = [at for before, at in pairwise(commas) if tokens[before + 1].low not in listed("grammar", "clause_words")]
    if not ends or ends[-1] < _FEWEST_WORDS or tokens[0].low in listed("grammar", "subordinators"):
        return []
    part = tokens[: ends[-1]]
    if part[-1].low in listed("grammar", "clause_words") or part[-1].low in listed("grammar", "prepositions"):
        return []
    last = max((at for at, each in enumerate(part) if each.low in listed("grammar", "joints")), default=0)
    listing = part[last].low == "and" and len(part) - last < 4
    if last and tokens[ends[-1]].text == "," and not listing and not _has_verb(part[last:]):
        part = part[: last - (part[last - 1].text == ",")]
    if len(part) < _FEWEST_WORDS:
        return []
    return [*part, Token(".", "")] if any(verb_follows([each], 0) for each in part) else []


def _has_verb(tokens: list[Token]) -> bool:
    """Whether something is done in a part of a sentence; "a retired nurse" does nothing."""
    determiners = listed("grammar", "determiners")
    return any(
        verb_follows([each], 0) and not (at and tokens[at - 1].low in determiners) for at, each in enumerate(tokens)
    )


def _coordinate(tokens: list[Token]) -> None:
    """Put others before oneself: "Mara and her brother" becomes "her brother and Mara"."""
    for position, token in enumerate(tokens[:-2]):
        if not (token.who == SELF and token.case == "subject" and tokens[position + 1].low == "and"):
            continue
        end = _end_of_person(tokens, position + 2)
        if end is None:
            continue
        other = tokens[position + 2 : end]
        first_space, other[0].space = token.space, token.space
        tokens[position:end] = [*other, Token("and", " "), Token(token.text, " ", SELF, token.case, token.named)]
        tokens[position].space = first_space
        return


def _end_of_person(tokens: list[Token], start: int) -> int | None:
    """The end of the words for somebody else that begin at the position; None if none do."""
    for at in range(start, min(start + 4, len(tokens))):
        who = tokens[at].who
        if (
            who is not None
            and who != SELF
            and (at == start or tokens[start].case == "possessive" or tokens[start].low == "the")
        ):
            return at + max(1, len(who.label.split()) if tokens[at].text[0].isupper() else 1)
    return None
