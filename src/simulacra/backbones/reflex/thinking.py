"""What the top agent and the thinking agent make of a stimulus, by rules."""

from __future__ import annotations

import re
from typing import Literal

from simulacra.backbones.reflex.evidence import PARTLY, SUPPORTED, find
from simulacra.backbones.reflex.feeling import topic_of
from simulacra.backbones.reflex.knowledge import is_beyond, is_unknown
from simulacra.backbones.reflex.moment import Moment
from simulacra.backbones.reflex.premise import check
from simulacra.backbones.reflex.questions import names_of
from simulacra.backbones.reflex.telling import first_words
from simulacra.backbones.reflex.words import capitalised, content_words, listed, table
from simulacra.domain.conversation import Reflection, Thought

_MOST_ELEMENTS = 8
_THOUGHT_WORDS = 30


def reflect(moment: Moment) -> Reflection:
    """Key elements, queries, whether it can be known, and what is taken for granted wrongly."""
    question = moment.question
    people = (
        [moment.life.called(each) for each in names_of(question.relation, moment.life)] if question.relation else []
    )
    named = re.findall(r"(?<!^)\b(?:[A-ZÀ-Þ][\w'’-]+|\d{4})", question.text)
    elements = list(dict.fromkeys((*people, *named, *question.topics)))[:_MOST_ELEMENTS]
    premise = check(question, moment.life)
    wrong = premise.fact if premise is not None and premise.verdict == "false" else ""
    return Reflection(
        key_elements=tuple(elements),
        queries=_queries(moment, people),
        knowledge=_knowledge(moment),
        false_premise=wrong,
    )


def think(moment: Moment) -> Thought:
    """A sober note on what is asked and what there is to say."""
    question, phrases = moment.question, table("phrases")["thoughts"]
    premise = check(question, moment.life)
    finding = find(moment)
    topic = topic_of(moment) or "me"
    if premise is not None and premise.verdict == "false":
        key, fact = "wrong", premise.fact
    elif question.intent == "orders":
        key, fact = "order", ""
    elif question.intent == "invitation":
        key, fact = "stranger", ""
    elif question.is_small_talk or question.intent in ("rude", "artificial"):
        key, fact = "small_talk", ""
    elif question.intent in ("more", "why"):
        key, fact = "more", ""
    elif question.intent == "statement":
        key, fact = "heard", ""
    elif _knowledge(moment) == "unknown":
        key, fact = "unknown", ""
    elif finding is not None:
        key, fact = "remember", finding.text
    else:
        key, fact = "nothing", ""
    text = str(phrases[key]).format_map({"speaker": moment.voice.called, "topic": topic, "fact": fact})
    return Thought(text=first_words(capitalised(text), _THOUGHT_WORDS))


def _queries(moment: Moment, people: list[str]) -> tuple[str, ...]:
    """What to search for: the question's own words with the people it means, and what an earlier exchange adds."""
    question = moment.question
    own = " ".join((*people, *question.topics))
    queries = [own] if own else []
    if question.context and moment.exchanges:
        last = moment.exchanges[-1]
        queries.append(" ".join((*content_words(last.stimulus)[:12], *question.topics)))
        queries.append(" ".join(content_words(last.reply)[:16]))
    return tuple(dict.fromkeys(each for each in queries if each))[:3]


def _knowledge(moment: Moment) -> Literal["known", "partly", "unknown"]:
    question = moment.question
    if is_unknown(question, moment.life):
        return "unknown"
    if question.intent in listed("questions", "from_profile") or question.relation:
        return "known"
    finding = find(moment)
    if finding is not None and finding.support >= SUPPORTED:
        return "known"
    if is_beyond(question, moment.life):
        return "unknown"
    return "partly" if finding is not None and finding.support >= PARTLY else "unknown"
