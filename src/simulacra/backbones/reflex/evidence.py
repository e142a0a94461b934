"""Which sentences of what came to mind support an answer, and whether they do so well enough to be said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from simulacra.backbones.reflex.life import Life, Line
from simulacra.backbones.reflex.moment import Moment, Passage
from simulacra.backbones.reflex.questions import Question, names_of
from simulacra.backbones.reflex.telling import told_with_neighbours
from simulacra.backbones.reflex.words import listed, stem, stems_of, synonyms, words_of

SUPPORTED = 0.62
PARTLY = 0.5
_ONCE_SAID = 0.35
_ENOUGH_SHARED = 3
_CLOSEST = 16
_VAGUE = 0.62
_ONLY_NAMED = 0.35
_NOT_TELLING = 0.55
_Wanted = dict[str, tuple[float, frozenset[str]]]
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")
_HAPPENED = re.compile(r"\bwhat happened\b|\b(?:tell|talk)\b.*\babout\b|\bremember\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:1[6-9]|20)\d\d\b|\b(?:one|when I was|at) (?:day|night|evening|\w+teen|six|seven|eight|nine|ten)\b"
)
_NAMING = re.compile(
    r"\b(?:named|called) (?:it |him |her |them )?[A-ZÀ-Þ]|\bname (?:is|was)\b|\bmy [\w ]{2,24}, [A-ZÀ-Þ]\w+,"
)
_NAMED = re.compile(r"(?<!^)\b[A-ZÀ-Þ]\w+")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_PLACE = re.compile(r"\b(?:in|at|to|from|near|on|outside|behind|off|into|through|across)\s+(?:the\s+)?[A-ZÀ-Þ]\w+")


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
    return _find(moment.life, moment.question, moment.passages, said)


@lru_cache(maxsize=256)
def _find(life: Life, question: Question, passages: tuple[Passage, ...], said: str) -> Finding | None:
    # The tasks of a turn search the same passages for the same words.
    wanted = _wanted_stems(life, question)
    candidates = sorted(_candidates(life, question, wanted, passages, said), key=lambda each: -each.support)[:_CLOSEST]
    closest = [replace(each, support=each.support + _closeness(question, wanted, each.line)) for each in candidates]
    for each in sorted(closest, key=lambda each: -each.support):
        if each.support < PARTLY:
            break
        if text := told_with_neighbours(each.passage, each.at, said):
            return Finding(text, each.support, each.line, each.passage.valence, each.covered)
    return None


def _candidates(
    life: Life, question: Question, wanted: _Wanted, passages: tuple[Passage, ...], said: str
) -> Iterator[_Candidate]:
    """Every sentence that has some of the words."""
    looked_for = frozenset(wanted).union(*(others for _, others in wanted.values()))
    vague = _NOT_TELLING if _is_vague(life, question, wanted) else 0.0
    beyond_names = looked_for - names_in(life, question)
    heaviest = max(wanted, key=lambda each: wanted[each][0], default="")
    for rank, passage in enumerate(passages):
        for at, line in enumerate(passage.lines):
            shared = looked_for & line.stems
            if not shared or not line.sayable:
                continue
            covered = _coverage(wanted, line.stems)
            support = covered + _nearby(wanted, passage, at, covered) + _type_fit(question, line) + 0.04 / (1 + rank)
            if heaviest not in shared and not wanted[heaviest][1] & shared and len(shared) < _ENOUGH_SHARED:
                support -= 0.2
            if not shared & wanted.keys():
                support = min(support, SUPPORTED - 0.1)  # other words for it are a hint, no proof
            if line.told.text[:40] in said:
                support -= _ONCE_SAID
            if beyond_names and not beyond_names & line.stems:
                support -= _ONLY_NAMED
            support += _leaning(question, line) - vague
            yield _Candidate(support, covered, passage, at)


def _wanted_stems(life: Life, question: Question) -> _Wanted:
    """For each stem of the question its weight, and what else may stand for it."""
    stand_ins: dict[str, frozenset[str]] = {each: synonyms().get(each, frozenset()) for each in sorted(question.stems)}
    if question.relation:
        names = frozenset(stem(life.called(each)) for each in names_of(question.relation, life))
        for word in listed("kin_words", question.relation):
            if stem(word) in stand_ins:
                stand_ins[stem(word)] |= names | {stem(each) for each in listed("kin", question.relation)}
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


def _closeness(question: Question, wanted: _Wanted, line: Line) -> float:
    """How near one another the words of the question stand in a sentence, and whether in the very same form."""
    words = words_of(line.told.text)
    places = [at for at, word in enumerate(words) if stem(word) in wanted]
    gaps = [after - at for at, after in pairwise(places) if stem(words[at]) != stem(words[after])]
    near = 0.12 / min(gaps) if gaps else 0.0
    same = 0.06 * any(words[at].casefold() in question.text.casefold().split() for at in places)
    defined = 0.12 * any(
        re.search(rf"\b(?:named?|called|calls?)\b[^.]*\b{re.escape(each)}\b", line.told.text)
        for each in _NAMED.findall(question.text)
    )
    return near + same + defined


def _leaning(question: Question, line: Line) -> float:
    """Small reasons to prefer a sentence: the little words of the question, and that it is about the person."""
    low = _QUOTED.sub(" ", line.told.text).casefold()
    small = 0.2 * sum(bool(re.search(rf"\b{each}\b", low)) for each in question.weak) / max(1, len(question.weak))
    personal = "you" in question.text.casefold() and not re.search(r"\b(?:i|me|my|we|us|our)\b", low)
    happened = 0.1 if _HAPPENED.search(question.text) and _DATED.search(line.told.text) else 0.0
    denied = 0.05 * bool(
        re.search(r"\bno \w+\b", low) and not re.search(r"\b(?:no|not|never|n't)\b", question.text.casefold())
    )
    wordy = 0.06 * (line.told.text.count(" ") > 34)
    return small + happened - wordy - 0.12 * personal - denied


def _type_fit(question: Question, line: Line) -> float:
    text = line.told.text
    low = text.casefold()
    match question.wanted:
        case "when":
            fits = (
                bool(_YEAR.search(text))
                or any(each in low for each in listed("questions", "months"))
                or bool(re.search(r"\bat \w+teen\b|\bwhen I was\b|\byears? old\b", text))
            )
        case "where":
            fits = bool(_PLACE.search(text))
        case "why":
            fits = bool(re.search(r"\b(?:because|since|so that|in order to|for fear)\b", low))
        case "how many":
            fits = bool(re.search(r"\d", text)) or any(word in listed("questions", "numbers") for word in low.split())
        case "name":
            fits = bool(_NAMING.search(text))
        case "who":
            fits = bool(re.search(r"(?<!^)\b[A-ZÀ-Þ][a-zà-þ]+", text)) or " my " in low
        case _:
            return 0.0
    return 0.14 if fits else -0.08
