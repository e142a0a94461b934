"""The edge of what the person knows: what they never learned of their own life, and what lies beyond it."""

from __future__ import annotations

import re

from simulacra.backbones.reflex.life import Life
from simulacra.backbones.reflex.questions import Question
from simulacra.backbones.reflex.words import content_words, listed, pattern, stem, stems_of

_ALIKE = 0.75
"""The share of the words that a question and something unknown must have in common (ours)."""


def is_unknown(question: Question, life: Life) -> bool:
    """Whether the question is about something in the person's own life that they do not know."""
    names = stems_of(" ".join(name for each in life.character.people for name in (each.name, *each.other_names)))
    asked = question.stems
    for each in life.character.knowledge.unknown:
        hidden = frozenset(map(stem, content_words(each))) - names
        shared = len(asked & hidden)
        if shared and (shared >= _ALIKE * len(hidden) or (shared > 1 and shared >= _ALIKE * len(asked - names))):
            return True
    return False


def is_beyond(question: Question, life: Life) -> bool:
    """Whether the question is about things that occur nowhere in the person's life: beyond schooling and experience."""
    if question.context or pattern("referring").search(question.text):
        return False
    strange = [each for each in question.topics if stem(each) not in life.vocabulary and not _everyday(each)]
    if not strange:
        return False
    personal = re.search(r"\b(?:you|your)\b", question.text, re.IGNORECASE) is not None
    if not personal:
        return bool(pattern("general").search(question.text))
    return (
        len(strange) > 1
        and len(strange) >= 0.75 * len(question.topics)
        and bool(
            re.search(r"\b(?:explain|know about|understand|think (?:of|about)|tell me)\b", question.text, re.IGNORECASE)
        )
    )


def _everyday(word: str) -> bool:
    low = word.casefold()
    return low in listed("grammar", "verbs") or low in listed("questions", "numbers") or word.isdigit()
