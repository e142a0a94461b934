"""From the third person to the first: how a person tells what a story tells about them.

"Mara sold her boat." becomes "I sold my boat."; "Her father laughed." becomes "My father laughed."; what stands in quotation
marks is left as it was said. Sentences in which it is not certain who is meant are given up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulacra.backbones.reflex.references import CLAUSE_WORDS, SELF, SPEECH, Cast, Reader, Resolved, Token
from simulacra.backbones.reflex.words import capitalised, listed

_FIRST = {"he": "I", "she": "I", "him": "me", "himself": "myself", "herself": "myself", "hers": "mine"}
_AGREEING = {
    "is": "am",
    "has": "have",
    "does": "do",
    "isn't": "am not",
    "hasn't": "haven't",
    "doesn't": "don't",
    "goes": "go",
}
_FEWEST_WORDS = 5
_AMBIGUOUS_PREPOSITIONS = frozenset("after before until since as than but like for".split())


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
        _replace(tokens)
    following = _joined(tokens)
    if not (resolved.antecedent and tokens[0].who not in (None, SELF) and tokens[0].case == "subject"):
        return Told(following, sentence, resolved.dangling, own, following)
    tokens[0].text = resolved.antecedent
    return Told(_joined(tokens), sentence, False, own, following)


def _joined(tokens: list[Token]) -> str:
    return capitalised("".join(token.space + token.text for token in tokens).strip())


def _share_parents(tokens: list[Token]) -> None:
    """ "Their father" in somebody's life story is theirs as well."""
    for token, following in zip(tokens, tokens[1:], strict=False):
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
    ends = [at for before, at in zip(commas, commas[1:], strict=False) if tokens[before + 1].low not in CLAUSE_WORDS]
    if not ends or ends[-1] < _FEWEST_WORDS or tokens[0].low in CLAUSE_WORDS:
        return []
    part = tokens[: ends[-1]]
    return [*part, Token(".", "")] if any(_verb_follows([each], 0) for each in part) else []


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
        if who is not None and who != SELF and (at == start or tokens[start].case == "possessive" or tokens[start].low == "the"):
            return at + max(1, len(who.label.split()) if tokens[at].text[0].isupper() else 1)
    return None


def _replace(tokens: list[Token]) -> None:
    """Turn every word for the protagonist into the first person, and make the verbs agree."""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.who == SELF:
            _drop_youth(tokens, position)
            position = tokens.index(token)
            _invert_speech(tokens, position)
            position = tokens.index(token)
            word = _word_for_self(tokens, position)
            token.text = word
            if word == "my" and token.named:
                del tokens[position + 1]
            elif word == "I":
                _agree(tokens, position + 1)
        position += 1


def _drop_youth(tokens: list[Token], position: int) -> None:
    """ "Young Mara" is "I"."""
    if tokens[position].named and position and tokens[position - 1].low in listed("grammar", "adjectives_of_youth"):
        tokens[position].space = tokens[position - 1].space
        del tokens[position - 1]


def _invert_speech(tokens: list[Token], position: int) -> None:
    """"..., said Mara" becomes "..., I said"."""
    verb = tokens[position - 1] if position else None
    if verb is None or verb.low not in SPEECH or not tokens[position].named or tokens[position].case == "possessive":
        return
    opened = position < 2 or not tokens[position - 2].text[-1].isalnum()
    possessive = position + 1 < len(tokens) and tokens[position + 1].low in ("'s", "’s")
    if opened and not possessive:
        tokens[position - 1], tokens[position] = tokens[position], verb
        verb.space, tokens[position - 1].space = " ", verb.space
        _drop_relative(tokens, position + 1)


def _drop_relative(tokens: list[Token], start: int) -> None:
    """ "I said, who was eight." is no English: the clause goes."""
    if [each.low for each in tokens[start : start + 2]] != [",", "who"]:
        return
    end = next((at for at in range(start + 2, len(tokens)) if not tokens[at].is_word), len(tokens))
    del tokens[start:end]


def _word_for_self(tokens: list[Token], position: int) -> str:
    token = tokens[position]
    if not token.named:
        return _pronoun_for_self(tokens, position)
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is not None and following.low in ("'s", "’s"):
        return "I" if _is_contraction(tokens, position + 2) else "my"
    if following is not None and following.text in "'’" and token.low.endswith("s"):
        return "my"
    return "I" if _is_subject(tokens, position) else "me"


def _pronoun_for_self(tokens: list[Token], position: int) -> str:
    token = tokens[position]
    if token.low == "her":
        return "my" if token.case == "possessive" else "me"
    if token.low == "his":
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        return "my" if following is not None and following.is_word and following.low not in ("was", "is", "and") else "mine"
    return _FIRST[token.low]


def _is_contraction(tokens: list[Token], position: int) -> bool:
    return position < len(tokens) and tokens[position].low in ("a", "an", "the", "not", "been", "always", "never")


def _is_subject(tokens: list[Token], position: int) -> bool:
    """Whether a name at the position does something, as opposed to having it done to it."""
    before = tokens[position - 1] if position else None
    if before is None or not before.is_word:
        return True
    if before.low == "and" and position > 1 and tokens[position - 2].who is not None:
        return not (position > 2 and _governed(tokens, position - 2))
    acts = _verb_follows(tokens, position + 1) or [each.low for each in tokens[position + 1 : position + 3]] == [",", "who"]
    if before.low in _AMBIGUOUS_PREPOSITIONS or before.low in listed("grammar", "prepositions"):
        return acts and before.low in _AMBIGUOUS_PREPOSITIONS
    return before.low in listed("grammar", "conjunctions") or acts


def _governed(tokens: list[Token], position: int) -> bool:
    """Whether the person before the position stands after a preposition, determiners left aside."""
    at = position - 1
    while at > 0 and (tokens[at].case == "possessive" and tokens[at].who is not None or tokens[at].low in ("the", "my")):
        at -= 1
    return tokens[at].low in listed("grammar", "prepositions")


def _verb_follows(tokens: list[Token], position: int) -> bool:
    for token in tokens[position : position + 3]:
        low = token.low
        if low in listed("grammar", "irregular_pasts") or low in listed("grammar", "auxiliaries") or low.endswith("ed"):
            return True
        if low.endswith("s") and _base(low) in listed("grammar", "verbs"):
            return True
        if low not in listed("grammar", "adverbs") and not low.endswith("ly"):
            return False
    return False


def _agree(tokens: list[Token], position: int) -> None:
    """Make the verbs after "I" agree with it: the one that follows, and those that "and" joins to it."""
    present = False
    for at in range(position, len(tokens)):
        token = tokens[at]
        low = token.low.replace("’", "'")
        joined = at > position and tokens[at - 1].low in ("and", "but", "or", "then", ",", *listed("grammar", "adverbs"))
        elsewhere = token.who == SELF or (token.who is not None and _verb_follows(tokens, at + 1))
        if at > position and token.case != "possessive" and (elsewhere or token.low in ("which", "that", ";", "—")):
            return
        if at == position or _only_adverbs(tokens[position:at]):
            if low == "'s":
                token.text = "'ve" if at + 1 < len(tokens) and tokens[at + 1].low in ("been", "had", "got") else "'m"
                return
            if low in _AGREEING:
                token.text, present = _AGREEING[low], True
            elif low.endswith("s") and low not in listed("grammar", "not_verbs") and not low.endswith("ss"):
                token.text, present = _base(low), True
        elif present and joined and low.endswith("s") and _base(low) in listed("grammar", "verbs"):
            token.text = _base(low)
        elif tokens[at - 1].low in ("and", "but", "still") and low in _AGREEING:
            token.text = _AGREEING[low]


def _only_adverbs(tokens: list[Token]) -> bool:
    return all(each.low in listed("grammar", "adverbs") or each.low.endswith("ly") or each.low in (",", "who") for each in tokens)


def _base(verb: str) -> str:
    """The plain form of a verb that ends in -s."""
    if verb in _AGREEING:
        return _AGREEING[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1]
