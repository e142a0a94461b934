"""Questions of "still", "yet" and "ever": what has ended, what is still to come, what never was."""

from __future__ import annotations

import re

from simulacra.backbones.reflex import facts
from simulacra.backbones.reflex.evidence import SUPPORTED, find, seen_by
from simulacra.backbones.reflex.fitness import done_by
from simulacra.backbones.reflex.life import Line
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.telling import trimmed
from simulacra.backbones.reflex.words import pattern, stem, stems_of, words_of

_REACH = 8


def habit(moment: Moment) -> str:
    """The answer to a question of "still", "yet" or "ever"; empty where it is none, or something is simply recalled."""
    text = moment.question.text.casefold()
    if moment.question.wanted not in ("yes or no", "been") or not moment.question.stems:
        return ""
    if re.search(r"\bstill\b", text):
        return _ended(moment) or _goes_on(moment)
    if re.search(r"\b(?:yet|already|back)\b", text) or text.startswith("have you"):
        return _to_come(moment) or (_never(moment) if re.search(r"\bever\b|\bbeen\b", text) else "")
    return _never(moment) if re.search(r"\bever\b", text) else ""


def _ended(moment: Moment) -> str:
    """The sentence that tells that the person stopped doing it."""
    return _first(moment, "ended", "ended")


def _goes_on(moment: Moment) -> str:
    profile = moment.character.profile
    stems = moment.question.stems
    if liked := next((each for each in profile.hobbies if stems <= stems_of(each)), ""):
        return moment.voice.say("goes_on", fact=f"I like {liked}.")
    if stems <= stems_of(profile.occupation):
        return moment.voice.say("goes_on", fact=moment.voice.fact("work", work=facts.work(moment.life)))
    return _first(moment, "goes_on", "goes_on")


def _first(moment: Moment, sign: str, key: str) -> str:
    """The first sentence about the person in which a sign stands near one of the words; a "no" there is a no."""
    for line in seen_by(moment):
        text = line.told.text
        found = pattern(sign).search(text) if line.sayable and line.told.own else None
        if found is not None and moment.question.stems & _near(line, found.start()):
            denied = key == "goes_on" and re.search(r"\b(?:no|not|never|cannot)\b", text[found.start() :]) is not None
            return moment.voice.say("ended" if denied else key, fact=trimmed(text, pattern(sign)))
    return ""


def _near(line: Line, start: int) -> frozenset[str]:
    return frozenset(stem(each) for each in words_of(line.told.text[start:])[:_REACH])


def _to_come(moment: Moment) -> str:
    """What was asked for may be a goal: then it has not happened yet."""
    profile, stems = moment.character.profile, moment.question.stems
    goals = (*profile.short_term_goals, *profile.long_term_goals)
    shared = {each: len(stems & stems_of(each)) for each in goals}
    best = max(goals, key=lambda each: shared[each], default="")
    if best and shared[best] > 1:
        return moment.voice.say("not_yet", fact=facts.goals(moment.life, moment.voice, (best,)))
    person = moment.question.person
    if person is None or not re.search(r"\bpaid\b", moment.question.text):
        return ""
    owing = (each for each in seen_by(moment) if pattern("owing").search(each.told.text) and each.sayable)
    line = next((each for each in owing if stem(moment.life.called(person)) in each.stems), None)
    return moment.voice.say("not_yet", fact=trimmed(line.told.text, pattern("owing"))) if line else ""


def _never(moment: Moment) -> str:
    """That it was so, or that the person does not remember it."""
    if did := _did(moment):
        return moment.voice.say("affirm", fact=did)
    finding = find(moment)
    return "" if finding is not None and finding.support >= SUPPORTED else moment.voice.say("not_ever")


def _did(moment: Moment) -> str:
    """The first sentence in which the person does all that was asked."""
    question = moment.question
    for line in seen_by(moment):
        text = line.told.text
        denied = re.search(r"\b(?:no|not|never|nobody|without)\b|n['’]t\b", text)
        whole = line.sayable and line.told.own and question.stems <= line.stems
        if whole and not denied and done_by(question, line) > 0:
            return trimmed(text)
    return ""
