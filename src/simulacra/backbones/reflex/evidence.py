"""Which sentences of what came to mind support an answer, and whether they do so well enough to be said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from simulacra.backbones.reflex.fitness import closeness, leaning, prefers, type_fit
from simulacra.backbones.reflex.life import Life, Line
from simulacra.backbones.reflex.moment import Moment, Passage, story_passages
from simulacra.backbones.reflex.questions import Question, names_of
from simulacra.backbones.reflex.telling import told_with_neighbours, told_with_reason, trimmed
from simulacra.backbones.reflex.words import listed, pattern, stem, stems_of, synonyms

SUPPORTED = 0.62
PARTLY = 0.5
_ONCE_SAID = 0.35
_ENOUGH_SHARED = 3
_CLOSEST = 16
_VAGUE = 0.62
_ONLY_NAMED = 0.35
_NOT_TELLING = 0.55
_OF_THAT_KIND = 0.4
_ANOTHER = 0.25
_OWN = re.compile(r"\b(?:I|my|me)\b")
_Wanted = dict[str, tuple[float, frozenset[str]]]


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


@dataclass(frozen=True, slots=True)
class _Candidate:
    support: float
    covered: float
    passage: Passage
    at: int

    @property
    def line(self) -> Line:
        return self.passage.lines[self.at]


def find(moment: Moment) -> Finding | None:
    """The best supported answer to what is asked; None where nothing reaches PARTLY."""
    said = " ".join(each.reply for each in moment.exchanges)
    life, question = moment.life, moment.question
    known = _find(life, question, moment.passages, said)
    thorough = question.wanted in ("cause", "why") or question.kinds or pattern("preferring").search(question.text)
    if (known is not None and known.support >= SUPPORTED and not thorough) or not moment.knows_story:
        return known
    # What was lived but did not come to mind: the paragraphs of the person's own story that have the words.
    told = _find(life, question, story_passages(life, _looked_for(question) | names_in(life, question)), said)
    return max((each for each in (known, told) if each), key=lambda each: each.support, default=None)


@lru_cache(maxsize=256)
def _find(life: Life, question: Question, passages: tuple[Passage, ...], said: str) -> Finding | None:
    # The tasks of a turn search the same passages for the same words.
    wanted = _wanted_stems(life, question)
    candidates = sorted(_candidates(life, question, wanted, passages, said), key=lambda each: -each.support)[:_CLOSEST]
    stems = frozenset(wanted)
    closest = [replace(each, support=each.support + closeness(question, stems, each.line)) for each in candidates]
    for each in sorted(closest, key=lambda each: -each.support):
        if each.support < PARTLY:
            break
        reason = told_with_reason(each.passage, each.at) if question.wanted == "why" else ""
        if text := reason or told_with_neighbours(each.passage, each.at, said):
            words = "|".join(map(re.escape, sorted(each.line.stems & wanted.keys(), key=len, reverse=True)))
            text = trimmed(text, re.compile(rf"(?:.*\b(?:{words}))", re.IGNORECASE) if words else None)
            return Finding(text, each.support, each.line, each.passage.valence, each.covered)
    return None


def _looked_for(question: Question) -> frozenset[str]:
    """The stems of the question, and of what may stand for them."""
    return question.stems.union(question.kinds, *(synonyms().get(each, frozenset()) for each in sorted(question.stems)))


def passages_of(moment: Moment) -> tuple[Passage, ...]:
    """All that the person may look through for the words of the question, most trusted first."""
    story = story_passages(moment.life, _looked_for(moment.question)) if moment.knows_story else ()
    return (*moment.passages, *story)


def seen_by(moment: Moment) -> Iterator[Line]:
    """The sentences that have words of the question, most trusted first."""
    return (line for each in passages_of(moment) for line in each.lines if moment.question.stems & line.stems)


def _candidates(
    life: Life, question: Question, wanted: _Wanted, passages: tuple[Passage, ...], said: str
) -> Iterator[_Candidate]:
    """Every sentence that has some of the words."""
    looked_for = frozenset(wanted).union(question.kinds, *(others for _, others in wanted.values()))
    vague = _NOT_TELLING if _is_vague(life, question, wanted) else 0.0
    named = names_in(life, question)
    beyond_names = looked_for - named
    heaviest = max(wanted, key=lambda each: wanted[each][0], default="")
    for rank, passage in enumerate(passages):
        for at, line in enumerate(passage.lines):
            shared = looked_for & line.stems
            if not shared or not line.sayable:
                continue
            covered = _coverage(wanted, line.stems)
            fit = type_fit(question, line, _before(passage, at), _after(passage, at))
            support = covered + _nearby(wanted, passage, at, covered) + fit + 0.04 / (1 + rank)
            if question.kinds & line.stems and _OWN.search(line.told.text):
                support += max(covered, _OF_THAT_KIND) - covered + _OF_THAT_KIND
            elif heaviest not in shared and not wanted[heaviest][1] & shared and len(shared) < _ENOUGH_SHARED:
                support -= 0.2
            if not shared & wanted.keys() | question.kinds and not prefers(question, line):
                support = min(support, SUPPORTED - 0.1)  # other words for it are a hint, no proof
            if question.person is not None and not named & line.stems:
                support -= _ANOTHER
            if line.told.text[:40] in said:
                support -= _ONCE_SAID
            if beyond_names and not beyond_names & line.stems:
                support -= _ONLY_NAMED
            support += leaning(question, line) - vague
            yield _Candidate(support, covered, passage, at)


def _wanted_stems(life: Life, question: Question) -> _Wanted:
    """For each stem of the question its weight, and what else may stand for it."""
    stand_ins: dict[str, frozenset[str]] = {each: synonyms().get(each, frozenset()) for each in sorted(question.stems)}
    if question.relation:
        names = frozenset(stem(life.called(each)) for each in names_of(question.relation, life))
        for word in listed("kin_words", question.relation):
            if stem(word) in stand_ins:
                stand_ins[stem(word)] |= names | {stem(each) for each in listed("kin", question.relation)}
    if question.wanted == "cause" and "die" in stand_ins:
        stand_ins["die"] |= {stem(each) for each in listed("people", "causes")}
    if question.person is not None:
        called = stems_of(" ".join((question.person.name, *question.person.other_names)))
        stand_ins = {each: others | called if each in called else others for each, others in stand_ins.items()}
    wanted = {each: (_weight(life, each, others), others) for each, others in stand_ins.items()}
    own = sum(weight for weight, _ in wanted.values())
    context = {each: 0.5 * life.idf.get(each, 1.0) for each in sorted(question.context)}
    # What was said before never outweighs what is asked.
    scale = min(1.0, 0.6 * own / sum(context.values())) if own and context else 1.0
    return wanted | {each: (weight * scale, frozenset()) for each, weight in context.items()}


def _weight(life: Life, each: str, others: frozenset[str]) -> float:
    if each in life.idf:
        return life.idf[each]
    if known := [life.idf[other] for other in others if other in life.idf]:
        return max(known)
    return 1.0 if each in _everyday() else life.rare


def _everyday() -> frozenset[str]:
    return frozenset(stem(each) for each in listed("grammar", "verbs"))


def _coverage(wanted: _Wanted, stems: frozenset[str]) -> float:
    total = sum(weight for weight, _ in wanted.values())
    got = sum(
        weight * (1.0 if each in stems else 0.55 * bool(others & stems)) for each, (weight, others) in wanted.items()
    )
    return got / total


def _nearby(wanted: _Wanted, passage: Passage, at: int, covered: float) -> float:
    """What the two sentences before add to a sentence that has some of the words itself."""
    if covered < 0.2:
        return 0.0
    here = passage.lines[at]
    around = [line.stems for line in passage.lines[max(0, at - 2) : at] if line.paragraph == here.paragraph]
    return 0.5 * (_coverage(wanted, here.stems.union(*around)) - covered) if around else 0.0


def _before(passage: Passage, at: int) -> str:
    """The two sentences before one, in their own words."""
    return " ".join(each.told.source for each in passage.lines[max(0, at - 2) : at])


def _after(passage: Passage, at: int) -> str:
    """The sentence after one in its paragraph."""
    after = passage.lines[at + 1] if at + 1 < len(passage.lines) else None
    return after.told.text if after is not None and after.paragraph == passage.lines[at].paragraph else ""


def _is_vague(life: Life, question: Question, wanted: _Wanted) -> bool:
    """Whether a question has so little in it that any sentence may happen to share it: "Do you work?"."""
    if question.weak or question.person is not None or question.relation:
        return False
    common = len(question.stems) == 1 and question.stems <= _everyday()
    return common or sum(weight for weight, _ in wanted.values()) < _VAGUE * life.rare


def names_in(life: Life, question: Question) -> frozenset[str]:
    """The stems by which the people of the question are named."""
    people = (
        *((question.person,) if question.person else ()),
        *(names_of(question.relation, life) if question.relation else ()),
    )
    named = stems_of(" ".join(name for each in people for name in (each.name, *each.other_names, each.relation)))
    return named | (frozenset(map(stem, listed("kin_words", question.relation))) if question.relation else frozenset())
