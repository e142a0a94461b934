"""The edge of what the person knows: what they never learned of their own life, and what lies beyond it."""

from __future__ import annotations

import re

from simulacra.backbones.reflex.life import Life
from simulacra.backbones.reflex.questions import Question
from simulacra.backbones.reflex.words import listed, stem, stems_of

_GENERAL = re.compile(
    r"\b(?:explain|define|calculate|solve|prove|what (?:is|are|was|were)|who (?:is|was|invented|discovered|wrote|won)|how (?:does|do|is|are)|"
    r"capital of|difference between|meaning of|tell me about|what causes)\b",
    re.IGNORECASE,
)


def is_unknown(question: Question, life: Life) -> bool:
    """Whether the question is about something in the person's own life that they do not know."""
    asked = question.stems
    for each in life.character.knowledge.unknown:
        hidden = stems_of(each)
        shared = len(asked & hidden)
        if shared >= 2 and shared >= 0.6 * min(len(asked), len(hidden)):
            return True
    return False


def is_beyond(question: Question, life: Life) -> bool:
    """Whether the question is about things that occur nowhere in the person's life: beyond schooling and experience."""
    strange = [each for each in question.topics if stem(each) not in life.vocabulary and not _everyday(each)]
    if not strange:
        return False
    personal = re.search(r"\b(?:you|your)\b", question.text, re.IGNORECASE) is not None
    if not personal:
        return bool(_GENERAL.search(question.text)) or len(strange) == len(question.topics)
    return len(strange) > 1 and len(strange) >= 0.75 * len(question.topics) and bool(re.search(r"\b(?:explain|know about|understand|think (?:of|about)|tell me)\b", question.text, re.IGNORECASE))


def _everyday(word: str) -> bool:
    low = word.casefold()
    return low in listed("grammar", "verbs") or low in listed("questions", "numbers") or word.isdigit()
