"""What the speaker has told of themselves in this conversation, said back to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.words import pattern, stems_of, table, words_of
from simulacra.domain.conversation import Exchange

_ABOUT_ME = re.compile(r"\b(?:I|I'm|I've|my|mine|me|we|our)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:hi|hello|hey|well|so|oh|ok|okay|yes|no|and|but|by the way|actually)\b[ ,.!]*(?:there\b[ ,.!]*)?",
    re.IGNORECASE,
)
_MOST_WORDS = 25


def name_in(text: str) -> str:
    """The name by which a speaker introduces themselves; empty for none."""
    found = pattern("introduction").search(text.replace("’", "'"))
    name = (found["name"] or found["plain"]) if found else ""
    return "" if name.casefold() in ("sorry", "glad", "sure", "fine", "here", "from") else name


def statements(exchanges: Sequence[Exchange]) -> list[str]:
    """What the speaker has said about themselves, latest first."""
    found = [
        sentence
        for exchange in reversed(exchanges)
        if len(words_of(exchange.stimulus)) < 80
        for sentence in sentences(" ".join(exchange.stimulus.replace("’", "'").split()))
        if not sentence.endswith("?")
        and _ABOUT_ME.search(sentence)
        and not re.search(r"\b(?:you|your|ignore|pretend)\b", sentence, re.IGNORECASE)
    ]
    return [each for each in found if 3 <= len(words_of(each)) <= _MOST_WORDS]


def recall(question: str, exchanges: Sequence[Exchange]) -> str:
    """The statement that answers a question about the speaker, in the second person; empty where there is none."""
    said = statements(exchanges)
    if re.search(r"\bmy name\b|\bwho am i\b|\bremember me\b", question, re.IGNORECASE):
        said = [each for each in said if name_in(each)]
        return turned(said[0]) if said else ""
    asked = stems_of(question)
    if not asked or (
        re.search(r"\bwhat (?:did|have) i\b", question, re.IGNORECASE)
        and not any(asked & stems_of(each) for each in said)
    ):
        return turned(said[0]) if said else ""
    best = max(said, key=lambda each: len(asked & stems_of(each)), default="")
    return turned(best) if asked & stems_of(best) else ""


def turned(statement: str) -> str:
    """A statement of the speaker's, said to them: "My name is Sam." becomes "your name is Sam."."""
    plain = _OPENING.sub("", statement)
    turns: dict[str, str] = table("words")["turned"]
    words = re.sub(
        r"[A-Za-z]+(?:'[a-z]+)?",
        lambda each: turns.get(each.group().casefold(), each.group()),
        plain,
    )
    words = re.sub(
        r"\b(I|you) (are|am|were)\b",
        lambda each: f"{each[1]} {'are' if each[1] == 'you' and each[2] == 'am' else each[2]}",
        words,
    )
    words = re.sub(r"\b((?:he|she|it|there|that|this|[Yy]our \w+)) were\b", r"\1 was", words)
    return words[:1].lower() + words[1:] if words[:2] != "I " and not words[:1].isdigit() else words
