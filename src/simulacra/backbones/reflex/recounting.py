"""Answers from what comes to mind, and the admission that nothing does."""

from __future__ import annotations

import re

from simulacra.backbones.reflex.evidence import SUPPORTED, Finding, find, names_in
from simulacra.backbones.reflex.feeling import topic_of, valence
from simulacra.backbones.reflex.fitness import done_by, near
from simulacra.backbones.reflex.knowledge import is_beyond
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.premise import unsupported
from simulacra.backbones.reflex.telling import continuation
from simulacra.backbones.reflex.words import capitalised, stems_of

_CLAIM = 0.75
"""The share of a claim's words that a sentence must have to be told in answer to it."""


def story(moment: Moment) -> str:
    """An answer from what comes to mind, or the admission that nothing does."""
    question, voice = moment.question, moment.voice
    if question.wanted == "why" and question.stems <= names_in(moment.life, question) and question.intent == "story":
        return voice.say("no_why")
    finding = find(moment)
    claimed = question.tagged and finding is not None and finding.covered < _CLAIM
    if finding is not None and finding.support >= SUPPORTED and not claimed:
        return _told(moment, finding)
    if claimed or unsupported(question, moment.life):
        return voice.say("unsaid")
    if is_beyond(question, moment.life):
        return voice.say("beyond")
    asked_of_self = re.match(r"(?:what )?are you\b", question.text, re.IGNORECASE) is not None
    if finding is not None and question.intent != "opinion" and done_by(question, finding.line) >= 0:
        return voice.say("tell_partly", fact=finding.text)
    if question.intent == "opinion":
        return voice.say("unknown_feeling" if asked_of_self else "no_opinion")
    if question.wanted == "yes or no" and " you " in f" {question.text.casefold()} ":
        return voice.say("unknown_feeling" if question.text.casefold().startswith("are you") else "unknown_own")
    return _not_known(moment)


def _told(moment: Moment, finding: Finding) -> str:
    """A memory as it is told: with a yes where the question was one, and with what it feels like."""
    question, voice = moment.question, moment.voice
    if any(finding.line.told.text[:40] in each.reply for each in moment.exchanges):
        particular = question.wanted in ("when", "where", "who", "how many", "name")
        asked_again = particular or any(stems_of(each.stimulus) >= question.stems for each in moment.exchanges)
        return voice.say("tell_again", fact=finding.text) if asked_again else voice.say("no_more")
    negated = (
        " not " in f" {question.text.casefold()} "
        or " never " in f" {finding.text.casefold()} "
        or "n't" in finding.text
        or any(each in f" {finding.text} " for each in (" not ", " no "))
    )
    claim = (
        question.intent != "opinion" and len(question.stems) > 1 and (question.tagged or question.wanted == "yes or no")
    )
    if claim and finding.covered > 0.9 and not negated and finding.line.told.own and near(question, finding.line):
        return voice.say("affirm", fact=finding.text)
    feels = (valence(finding.text) + finding.valence) / 2
    key = "tell_sad" if feels < -0.45 else "tell_glad" if feels > 0.6 else "tell"
    said = voice.say(key, fact=finding.text)
    back = voice.question_back() if said.startswith(finding.text) and len(said.split()) < 30 else ""
    return f"{said} {back}".strip()


def _not_known(moment: Moment) -> str:
    topic = topic_of(moment)
    if topic[:1].isupper() and len(topic.split()) < 3 and moment.voice.number("topic") % 3 == 0:
        return moment.voice.say("unknown_about", topic=topic, Topic=capitalised(topic))
    return moment.voice.say("unknown")


def why(moment: Moment) -> str:
    """A reason for what was said before, where one is told."""
    finding = find(moment)
    if (
        finding is not None
        and "because" in finding.text
        and not any(finding.line.told.text[:40] in each.reply for each in moment.exchanges)
    ):
        return moment.voice.say("why", fact=finding.text)
    return moment.voice.say("no_why")


def more(moment: Moment) -> str:
    """What comes after what was told last."""
    following = continuation(moment)
    return moment.voice.say("more", fact=following) if following else moment.voice.say("no_more")
