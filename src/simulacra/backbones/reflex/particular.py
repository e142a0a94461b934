"""Questions whose form says what is wanted: a name, a habit, a time of the day, a service, and who is meant at all."""

from __future__ import annotations

import re

from simulacra.backbones.reflex import facts, habits, naming
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.words import capitalised, pattern, stems_of, synonyms


def asked_particularly(moment: Moment) -> str:
    """The answer to such a question; empty where it is none, or nothing answers it."""
    question = moment.question
    if question.intent not in ("story", "relative", "person", "opinion", "education", "work"):
        return ""
    if _nobody_meant(moment):
        return moment.voice.say("who_is_meant")
    return naming.named(moment) or habits.habit(moment) or _routine(moment) or _trade(moment)


def _routine(moment: Moment) -> str:
    """What the person likes to do at the time that was asked for."""
    if not pattern("routine").search(moment.question.text):
        return ""
    stems = moment.question.stems
    liked = next((each for each in moment.character.profile.hobbies if stems and stems <= stems_of(each)), "")
    return moment.voice.say("tell", fact=f"I like {liked}.") if liked else ""


def _trade(moment: Moment) -> str:
    """What the person can do for somebody, where that is their trade."""
    asked = re.match(r"(?:can|could|would) you\b|do you know how to\b", moment.question.text, re.IGNORECASE)
    trade = stems_of(moment.character.profile.occupation)
    alike = trade.union(*(synonyms().get(each, frozenset()) for each in trade))
    return work(moment) if asked and moment.question.stems and moment.question.stems <= alike else ""


def _nobody_meant(moment: Moment) -> bool:
    """Whether a conversation begins with a "he" or "she" who was not spoken of."""
    question = moment.question
    return (
        not moment.exchanges
        and not question.person
        and not question.relation
        and bool(
            pattern("somebody_else").search(question.text) and not re.search(r"(?<!^)\b(?!I\b)[A-ZÀ-Þ]", question.text)
        )
    )


def work(moment: Moment) -> str:
    """What the person does for a living."""
    trade = facts.work(moment.life)
    key = "work" if trade.startswith(("a ", "an ")) else "worked"
    return moment.voice.fact(key, work=trade, Work=capitalised(trade))
