"""Which sentences of what came to mind support an answer, and whether they do so well enough to be said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from simulacra.backbones.reflex.life import Life, Line, shortest_name
from simulacra.backbones.reflex.moment import Moment, Passage
from simulacra.backbones.reflex.questions import Question, names_of
from simulacra.backbones.reflex.words import capitalised, listed, stem, stems_of, synonyms, words_of

SUPPORTED = 0.62
PARTLY = 0.42
_ONCE_SAID = 0.35
_MOST_WORDS = 48
_SHORT = 14
_CONNECTIVE = re.compile(r"^(?:But|And|So|Yet|Still|However|Instead|Also|Or|Nor|Therefore|Thus)\b,?\s+")
_LEANING = re.compile(r"^(?:It|They|This|That|These|Those|There|He|She|Him|Her|His|Their|Its|Both|Neither|Then)\b")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_PLACE = re.compile(r"\b(?:in|at|to|from|near|on|outside|behind|off|into|through|across)\s+(?:the\s+)?[A-ZÀ-Þ]\w+")
_SPOKEN = re.compile(r"^[\"“][^\"”]*[\"”]$")


@dataclass(frozen=True, slots=True)
class Finding:
    """What supports an answer.

    Attributes:
        text: One to three sentences, ready to be said.
        support: From 0 to about 1.2; see SUPPORTED and PARTLY.
        line: The sentence that answers.
        valence: How the memory feels.
        covered: The share of the question's words, by weight, that the sentence itself has.
    """

    text: str
    support: float
    line: Line
    valence: float
    covered: float


def find(moment: Moment, question: Question) -> Finding | None:
    """The best supported answer; None where nothing reaches PARTLY."""
    wanted = _wanted_stems(moment.life, question)
    if not wanted:
        return None
    said = " ".join(each.reply for each in moment.exchanges)
    best: Finding | None = None
    for rank, passage in enumerate(moment.passages):
        for at, line in enumerate(passage.lines):
            if not _sayable(line):
                continue
            covered = _coverage(wanted, line.stems)
            support = covered + _nearby(wanted, passage, at, covered) + _type_fit(question, line) + 0.04 / (1 + rank)
            if line.told.text and line.told.text[:40] in said:
                support -= _ONCE_SAID
            if support >= PARTLY and (best is None or support > best.support):
                text = told_with_neighbours(passage, at, said)
                best = Finding(text, support, line, passage.valence, covered) if text else best
    return best


def continuation(moment: Moment) -> str:
    """What comes after what was told last; empty where that is not in mind, or was the end of it."""
    for exchange in reversed(moment.exchanges[-2:]):
        for passage in moment.passages:
            told = [at for at, line in enumerate(passage.lines) if line.told.text and line.told.text[:40].rstrip(".") in exchange.reply]
            following = [at for at in range(told[-1] + 1, len(passage.lines)) if _sayable(passage.lines[at])] if told else []
            said = " ".join(each.reply for each in moment.exchanges)
            fresh = [at for at in following if passage.lines[at].told.text[:40] not in said]
            if fresh:
                return _joined(passage, fresh[0], fresh[0] == told[-1] + 1)
    return ""


def _wanted_stems(life: Life, question: Question) -> dict[str, tuple[float, frozenset[str]]]:
    """For each stem of the question its weight, and what else may stand for it."""
    stand_ins: dict[str, frozenset[str]] = {each: synonyms().get(each, frozenset()) for each in question.stems}
    if question.relation:
        names = frozenset(stem(shortest_name(each)) for each in names_of(question.relation, life))
        for word in listed("kin_words", question.relation):
            if stem(word) in stand_ins:
                stand_ins[stem(word)] |= names | {stem(each) for each in listed("kin", question.relation)}
    if question.person is not None:
        own = stems_of(" ".join((question.person.name, *question.person.other_names)))
        stand_ins = {each: others | own if each in own else others for each, others in stand_ins.items()}
    wanted = {each: (_weight(life, each, others), others) for each, others in stand_ins.items()}
    return wanted | {each: (0.5 * life.idf.get(each, 1.0), frozenset()) for each in question.context}


def _weight(life: Life, each: str, others: frozenset[str]) -> float:
    if each in life.idf:
        return life.idf[each]
    if known := [life.idf[other] for other in others if other in life.idf]:
        return min(known)
    return 1.0 if each in _everyday() else life.rare


def _everyday() -> frozenset[str]:
    return frozenset(stem(each) for each in listed("grammar", "verbs"))


def _coverage(wanted: dict[str, tuple[float, frozenset[str]]], stems: frozenset[str]) -> float:
    total = sum(weight for weight, _ in wanted.values())
    got = sum(weight * (1.0 if each in stems else 0.75 * bool(others & stems)) for each, (weight, others) in wanted.items())
    return got / total


def _nearby(wanted: dict[str, tuple[float, frozenset[str]]], passage: Passage, at: int, covered: float) -> float:
    """What the two sentences before add to a sentence that has some of the words itself."""
    if covered < 0.2:
        return 0.0
    here = passage.lines[at]
    around = [line.stems for line in passage.lines[max(0, at - 2) : at] if line.paragraph == here.paragraph]
    return 0.5 * (_coverage(wanted, here.stems.union(*around)) - covered) if around else 0.0


def _type_fit(question: Question, line: Line) -> float:
    text = line.told.text
    low = text.casefold()
    match question.wanted:
        case "when":
            fits = bool(_YEAR.search(text)) or any(each in low for each in listed("questions", "months")) or bool(re.search(r"\bat \w+teen\b|\bwhen I was\b|\byears? old\b", text))
        case "where":
            fits = bool(_PLACE.search(text))
        case "why":
            fits = bool(re.search(r"\b(?:because|since|so that|in order to|for fear)\b", low))
        case "how many":
            fits = bool(re.search(r"\d", text)) or any(word in listed("questions", "numbers") for word in low.split())
        case "who":
            fits = bool(re.search(r"(?<!^)\b[A-ZÀ-Þ][a-zà-þ]+", text)) or " my " in low
        case _:
            return 0.0
    return 0.14 if fits else -0.08


def _sayable(line: Line) -> bool:
    return bool(line.told.text) and not _SPOKEN.match(line.told.text) and 3 <= len(line.told.text.split()) <= 60 and line.told.text[-1] in ".!?…\"”’)"


def told_with_neighbours(passage: Passage, at: int, said: str = "") -> str:
    """A sentence with the one before it where it leans on that, and the one after it where both are short."""
    line = passage.lines[at]
    if not _leans(line):
        return _joined(passage, at, False)
    before = passage.lines[at - 1] if at else None
    if before is None or before.paragraph != line.paragraph or not _sayable(before) or _leans(before):
        return "" if line.told.dangling or re.match(r"(?:He|She|His|Her|They|Their|This|That|These|Those)\b", line.told.text) else _joined(passage, at, False)
    if before.told.text[:40] in said:
        return _joined(passage, at, True)
    both = f"{_plain(before.told.text)} {line.told.following}"
    return both if len(both.split()) <= _MOST_WORDS else ""


def _joined(passage: Passage, at: int, follows: bool) -> str:
    line = passage.lines[at]
    text = line.told.following if follows else _plain(line.told.text)
    if at + 1 < len(passage.lines) and len(text.split()) <= _SHORT:
        after = passage.lines[at + 1]
        together = f"{text} {after.told.following}"
        if after.paragraph == line.paragraph and _sayable(after) and len(together.split()) <= _MOST_WORDS:
            return together
    return text


def _leans(line: Line) -> bool:
    return line.told.dangling or bool(_LEANING.match(line.told.text))


def _plain(text: str) -> str:
    """A sentence without the connective that tied it to the one before."""
    return capitalised(_CONNECTIVE.sub("", text))


def known_words(life: Life, words: Iterable[str]) -> list[str]:
    """Those words that occur in the person's life."""
    return [each for each in words if stem(each) in life.vocabulary]


def first_words(text: str, limit: int) -> str:
    """At most so many words of a text."""
    words = words_of(text)
    return text if len(words) <= limit else " ".join(text.split()[:limit]).rstrip(",;:") + "…"
