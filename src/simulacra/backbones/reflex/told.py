"""What the speaker has told of themselves in this conversation, said back to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulacra.backbones.reflex.questions import is_idle
from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.words import stems_of, words_of
from simulacra.domain.conversation import Exchange

NAME = re.compile(r"\b(?:my name(?:'s| is)|i(?:'m| am) called|call me|this is) (?P<name>[A-ZÀ-Þ][\w'’-]+)|\b[Ii](?:'m| am) (?P<plain>[A-ZÀ-Þ][\w-]+)(?=\s*(?:[.,!]|and\b|$))")
_ABOUT_ME = re.compile(r"\b(?:I|I'm|I've|my|mine|me|we|our)\b", re.IGNORECASE)
_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are", "i'm": "you're", "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "we": "you", "our": "your", "us": "you", "ours": "yours", "was": "were",
    "you": "I", "your": "my", "yours": "mine", "yourself": "myself", "you're": "I'm",
}  # fmt: skip
_OPENING = re.compile(r"^(?:hi|hello|hey|well|so|oh|ok|okay|yes|no|and|but|by the way|actually)\b[ ,.!]*(?:there\b[ ,.!]*)?", re.IGNORECASE)
_MOST_WORDS = 25


def name_in(text: str) -> str:
    """The name by which a speaker introduces themselves; empty for none."""
    found = NAME.search(text.replace("’", "'"))
    name = (found["name"] or found["plain"]) if found else ""
    return "" if name.casefold() in ("sorry", "glad", "sure", "fine", "here", "from") else name


def statements(exchanges: Sequence[Exchange]) -> list[str]:
    """What the speaker has said about themselves, latest first."""
    found = [
        sentence
        for exchange in reversed(exchanges)
        if len(words_of(exchange.stimulus)) < 80
        for sentence in sentences(" ".join(exchange.stimulus.replace("’", "'").split()))
        if not sentence.endswith("?") and _ABOUT_ME.search(sentence) and not re.search(r"\b(?:you|your|ignore|pretend)\b", sentence, re.IGNORECASE)
    ]
    return [each for each in found if 3 <= len(words_of(each)) <= _MOST_WORDS]


def recall(question: str, exchanges: Sequence[Exchange]) -> str:
    """The statement that answers a question about the speaker, in the second person; empty where they told nothing of it."""
    said = statements(exchanges)
    if re.search(r"\bmy name\b|\bwho am i\b|\bremember me\b", question, re.IGNORECASE):
        said = [each for each in said if name_in(each)]
        return turned(said[0]) if said else ""
    asked = stems_of(question)
    if not asked or re.search(r"\bwhat (?:did|have) i\b", question, re.IGNORECASE) and not any(asked & stems_of(each) for each in said):
        return turned(said[0]) if said else ""
    best = max(said, key=lambda each: len(asked & stems_of(each)), default="")
    return turned(best) if asked & stems_of(best) else ""


def turned(statement: str) -> str:
    """A statement of the speaker's, said to them: "My name is Sam." becomes "your name is Sam."."""
    plain = _OPENING.sub("", statement)
    words = re.sub(r"[A-Za-z]+(?:'[a-z]+)?", lambda each: _TURNED.get(each.group().casefold(), each.group()), plain)
    words = re.sub(r"\b(I|you) (are|am|were)\b", lambda each: f"{each[1]} {'are' if each[1] == 'you' and each[2] == 'am' else each[2]}", words)
    words = re.sub(r"\b((?:he|she|it|there|that|this|[Yy]our \w+)) were\b", r"\1 was", words)
    return words[:1].lower() + words[1:] if words[:2] != "I " and not words[:1].isdigit() else words
