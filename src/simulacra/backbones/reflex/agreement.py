"""The first person in place of the third: "I", "me" or "my", and the verbs that go with it."""

from __future__ import annotations

from simulacra.backbones.reflex.tokens import SELF, Token
from simulacra.backbones.reflex.words import listed

_LONGEST_ASIDE = 5
_AGREEING = {
    "is": "am",
    "has": "have",
    "does": "do",
    "isn't": "am not",
    "hasn't": "haven't",
    "doesn't": "don't",
    "goes": "go",
}

_FIRST = {"he": "I", "she": "I", "him": "me", "himself": "myself", "herself": "myself", "hers": "mine"}


def speak_as_self(tokens: list[Token]) -> None:
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
            if word in ("my", "mine") and token.named:
                del tokens[position + 1]
            elif word == "I":
                _drop_relative(tokens, position + 1)
                _agree(tokens, position + 1)
        position += 1


def _drop_youth(tokens: list[Token], position: int) -> None:
    """Leave the youth out of "young Mara", who is "I"."""
    if tokens[position].named and position and tokens[position - 1].low in listed("grammar", "adjectives_of_youth"):
        tokens[position].space = tokens[position - 1].space
        del tokens[position - 1]


def _invert_speech(tokens: list[Token], position: int) -> None:
    """Put "I said" for "said Mara"."""
    verb = tokens[position - 1] if position else None
    if (
        verb is None
        or verb.low not in listed("grammar", "speech")
        or not tokens[position].named
        or tokens[position].case == "possessive"
    ):
        return
    opened = position < 2 or not tokens[position - 2].text[-1].isalnum()
    possessive = position + 1 < len(tokens) and tokens[position + 1].low in ("'s", "’s")
    if opened and not possessive:
        tokens[position - 1], tokens[position] = tokens[position], verb
        verb.space, tokens[position - 1].space = " ", verb.space
        _drop_relative(tokens, position + 1)


def _drop_relative(tokens: list[Token], start: int) -> None:
    """Nobody says "I, who was eight, ran" or "I, thirty-five, ran": the aside goes."""
    end = _aside(tokens, start)
    if end is not None:
        del tokens[start : end + (end < len(tokens) and tokens[end].text == ",")]


def _aside(tokens: list[Token], start: int) -> int | None:
    """Where an aside between commas ends that begins at the position; None where there is none."""
    if start + 1 >= len(tokens) or tokens[start].text != ",":
        return None
    end = next((at for at in range(start + 1, len(tokens)) if not tokens[at].is_word), len(tokens))
    if tokens[start + 1].low == "who":
        return end
    short = end - start <= _LONGEST_ASIDE and end < len(tokens) and tokens[end].text == ","
    return end if short and verb_follows(tokens, end + 1) else None


def _word_for_self(tokens: list[Token], position: int) -> str:
    token = tokens[position]
    if not token.named:
        return _pronoun_for_self(tokens, position)
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is not None and following.low in ("'s", "’s"):
        if _is_contraction(tokens, position + 2):
            return "I"
        owned = tokens[position + 2] if position + 2 < len(tokens) else None
        stands_alone = owned is None or not owned.is_word or owned.low in listed("grammar", "prepositions")
        return "mine" if stands_alone else "my"
    if following is not None and following.text in "'’" and token.low.endswith("s"):
        return "my"
    return "I" if _is_subject(tokens, position) else "me"


def _pronoun_for_self(tokens: list[Token], position: int) -> str:
    token = tokens[position]
    if token.low == "her":
        return "my" if token.case == "possessive" else "me"
    if token.low == "his":
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        return (
            "my"
            if following is not None and following.is_word and following.low not in ("was", "is", "and")
            else "mine"
        )
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
    acts = verb_follows(tokens, position + 1) or _aside(tokens, position + 1) is not None
    if before.low in listed("grammar", "between_clauses") or before.low in listed("grammar", "prepositions"):
        return acts and before.low in listed("grammar", "between_clauses")
    return before.low in listed("grammar", "conjunctions") or acts


def _governed(tokens: list[Token], position: int) -> bool:
    """Whether the person before the position stands after a preposition, determiners left aside."""
    at = position - 1
    while at > 0 and (
        (tokens[at].case == "possessive" and tokens[at].who is not None) or tokens[at].low in ("the", "my")
    ):
        at -= 1
    return tokens[at].low in listed("grammar", "prepositions")


def verb_follows(tokens: list[Token], position: int) -> bool:
    """Whether a verb stands at the position, adverbs left aside."""
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
    before = tokens[position - 2] if position > 1 else None
    small = listed("grammar", "conjunctions") | listed("grammar", "prepositions") | listed("grammar", "adverbs")
    # "any money I give her twice and asks": a clause inside another.
    embedded = before is not None and before.text.isalpha() and before.low not in small
    for at in range(position, len(tokens)):
        token = tokens[at]
        low = token.low.replace("’", "'")
        joined = at > position and tokens[at - 1].low in (
            "and",
            "but",
            "or",
            "then",
            ",",
            *listed("grammar", "adverbs"),
        )
        if embedded and token.low == "and":
            return
        elsewhere = token.who == SELF or (token.who is not None and verb_follows(tokens, at + 1))
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
        elif ((present and joined) or _coordinated(tokens, at)) and _is_joined_verb(tokens, at):
            token.text = _base(low)
        elif tokens[at - 1].low in ("and", "but", "still") and low in _AGREEING:
            token.text = _AGREEING[low]


def _is_joined_verb(tokens: list[Token], position: int) -> bool:
    """Whether a word in -s after "and" is a verb ("and watches the tower"), not a noun ("clocks and watches")."""
    low = tokens[position].low
    if not low.endswith("s") or low.endswith("ss") or low in listed("grammar", "not_verbs"):
        return False
    if tokens[position].text[0].isupper():
        return False
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    governs = (
        following is not None
        and following.is_word
        and not any(
            following.low in listed("grammar", kind) for kind in ("prepositions", "conjunctions", "auxiliaries")
        )
    )
    after_noun = position > 1 and tokens[position - 2].low.endswith("s")
    return governs or (_base(low) in listed("grammar", "verbs") and not after_noun)


def _coordinated(tokens: list[Token], position: int) -> bool:
    """Whether "and" or "but" stands before the position, with at most an adverb between."""
    before = tokens[position - 1].low
    return before in ("and", "but") or (
        before in listed("grammar", "adverbs") and tokens[position - 2].low in ("and", "but")
    )


def _only_adverbs(tokens: list[Token]) -> bool:
    return all(
        each.low in listed("grammar", "adverbs") or each.low.endswith("ly") or each.low in (",", "who")
        for each in tokens
    )


def _base(verb: str) -> str:
    """The plain form of a verb that ends in -s."""
    if verb in _AGREEING:
        return _AGREEING[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1]
