"""What the words of a text do to somebody: valence by VADER, and feelings named by what caused them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from simulacra.backbones.reflex.evidence import find
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.telling import first_words
from simulacra.backbones.reflex.words import capitalised, listed, table
from simulacra.domain.conversation import Feeling

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

_MOST_CHARACTERS = 4_000
_WORDS_OF_A_TOPIC = 3
_TEMPER = 0.6
"""Feelings of a conversation are smaller than the words of the story that they come from."""


@cache
def _analyser() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@lru_cache(maxsize=4_096)
def valence(text: str) -> float:
    """How a text feels, from -1 (painful) to 1 (happy); 0 for nothing at all. VADER's compound score."""
    if not text.strip():
        return 0.0
    return float(_analyser().polarity_scores(text[:_MOST_CHARACTERS])["compound"])


def mean_valence(texts: list[str]) -> float:
    """The mean over those texts that feel like anything, so that a long story does not run to an extreme."""
    felt = [each for each in map(valence, texts) if each]
    return sum(felt) / len(felt) if felt else 0.0


def feel(moment: Moment) -> Feeling:
    """What the person feels: what was heard, what it brings to mind, and the mood they are in."""
    heard = valence(moment.stimulus)
    finding = find(moment)
    recalled = (valence(finding.text) + finding.valence) / 2 if finding else 0.0
    rude = moment.question.intent == "rude"
    felt = 0.45 * heard + 0.55 * recalled if finding else 0.7 * heard
    level = max(-1.0, min(1.0, _TEMPER * felt + 0.2 * moment.mood.valence - (0.3 if rude else 0.0)))
    band = "hurt" if rude else _band(level)
    feelings = table("phrases")["feelings"]
    topic = topic_of(moment)
    options = [each for each in feelings[band] if topic or "opic}" not in each] or feelings["even"]
    text = moment.voice.fill(moment.voice.pick(options, "feel"), topic=topic, Topic=capitalised(topic))
    return Feeling(text=first_words(text, 30), emotion=feelings["words"][band], valence=round(level, 3))


def topic_of(moment: Moment) -> str:
    """What is talked about, in the speaker's own words; empty where nothing in particular is."""
    question = moment.question
    if question.is_small_talk or question.intent in ("orders", "artificial", "rude"):
        return ""
    if question.person is not None:
        return question.person.other_names[0] if question.person.other_names else question.person.name
    if question.relation:
        return f"my {question.relation}"
    named = list(dict.fromkeys(re.findall(r"(?<!^)\b[A-ZÀ-Þ][\w-]+", question.text)))
    known = [
        each for each in question.topics if not each.isdigit() and each.casefold() not in listed("grammar", "verbs")
    ]
    return " ".join(named[:_WORDS_OF_A_TOPIC]) if named else known[-1] if known else ""


def _band(level: float) -> str:
    steps = ((-0.35, "low"), (-0.1, "uneasy"), (0.12, "even"), (0.35, "warm"))
    return next((band for limit, band in steps if level < limit), "glad")
