"""How well a sentence fits the kind of question, beyond having its words."""

from __future__ import annotations

import re
from itertools import pairwise

from simulacra.backbones.reflex.life import Line
from simulacra.backbones.reflex.questions import Question
from simulacra.backbones.reflex.words import listed, pattern, stem, stems_of, synonyms, words_of

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
_FAR = 8
_SUBJECTS = frozenset({"he", "she", "they", "it", "who", "which", "nobody", "somebody", "people"})


def closeness(question: Question, wanted: frozenset[str], line: Line) -> float:
    """How near one another the words of the question stand in a sentence, in which form, and who does what."""
    words = words_of(line.told.text)
    places = [at for at, word in enumerate(words) if stem(word) in wanted]
    gaps = [after - at for at, after in pairwise(places) if stem(words[at]) != stem(words[after])]
    near = 0.12 / min(gaps) - 0.12 * (min(gaps) > _FAR) if gaps else 0.0
    same = 0.06 * any(words[at].casefold() in question.text.casefold().split() for at in places)
    defined = 0.12 * any(
        re.search(rf"\b(?:named?|called|calls?)\b[^.]*\b{re.escape(each)}\b", line.told.text)
        for each in _NAMED.findall(question.text)
    )
    spoken = 0.1 if not wanted & stems_of(_QUOTED.sub(" ", line.told.text)) else 0.0
    return near + same + defined - spoken + done_by(question, line)


def near(question: Question, line: Line) -> bool:
    """Whether the words of the question stand together in a sentence."""
    places = [at for at, word in enumerate(words_of(line.told.text)) if stem(word) in question.stems]
    return not places or places[-1] - places[0] <= 2 * _FAR


def done_by(question: Question, line: Line) -> float:
    """Whether the person, where the question is what they did, is the one who does it in the sentence."""
    words = words_of(line.told.text)
    asked = pattern("deed").search(question.text)
    verb = stem(asked["verb"]) if asked else ""
    if not verb or verb not in question.stems:
        return 0.0
    same = {verb} | synonyms().get(verb, frozenset())
    doers = [_doer(words, at) for at, word in enumerate(words) if stem(word) in same]
    other = -0.5 if question.wanted == "yes or no" else -0.15
    return 0.0 if not doers else 0.12 if "i" in doers else other


def _doer(words: list[str], at: int) -> str:
    """Who does what the verb at the position says: "i", or somebody else."""
    for position in range(at - 1, -1, -1):
        low = words[position].casefold()
        if low in ("i", "we", "my", "i've", "i'd", "i'm", "me"):
            return "i"
        if low in _SUBJECTS or (words[position][0].isupper() and (position == at - 1 or position == 0)):
            return low if low not in listed("grammar", "prepositions") | {"when", "after", "since"} else "i"
    return "i"


def leaning(question: Question, line: Line) -> float:
    """Small reasons to prefer a sentence: the little words of the question, and that it is about the person."""
    low = _QUOTED.sub(" ", line.told.text).casefold()
    asked = question.text.casefold()
    small = 0.2 * sum(bool(re.search(rf"\b{each}\b", low)) for each in question.weak) / max(1, len(question.weak))
    personal = "you" in asked and not re.search(r"\b(?:i|me|my|we|us|our)\b", low)
    happened = 0.1 if _HAPPENED.search(question.text) and _DATED.search(line.told.text) else 0.0
    denied = 0.05 * bool(re.search(r"\bno \w+\b", low) and not re.search(r"\b(?:no|not|never|n't)\b", asked))
    wordy = 0.06 * (line.told.text.count(" ") > 34)
    liked = 0.0
    if pattern("preferring").search(asked):
        liked = 0.25 if prefers(question, line) else -0.5
    owned = re.search(r"\byour (?:[a-z]+ )?(?P<thing>[a-z]+)\W*$", asked)
    owns = 0.25 * bool(owned and re.search(rf"\bmy (?:[a-z]+ )?{owned['thing']}\b", low))
    return small + happened + owns + liked - wordy - 0.12 * personal - denied


def prefers(question: Question, line: Line) -> bool:
    """Whether a sentence tells of a liking, where that is asked for."""
    asked = pattern("preferring").search(question.text) is not None
    return asked and pattern("preferred").search(line.told.text) is not None


def type_fit(question: Question, line: Line, before: str, after: str) -> float:
    """Whether a sentence is of the kind that is asked for: a time, a place, a reason, a number, a name.

    Args:
        question: What is asked.
        line: The sentence.
        after: The sentence after it, where a reason may stand.
        before: The two sentences before it, where a time may stand.
    """
    text = line.told.text
    low = text.casefold()
    match question.wanted:
        case "when":
            fits = (
                bool(_YEAR.search(text))
                or any(each in low for each in listed("questions", "months"))
                or bool(re.search(r"\bat \w+teen\b|\bwhen I was\b|\byears? old\b", text))
            )
            if not fits and _YEAR.search(before):
                return 0.0
        case "where":
            fits = bool(_PLACE.search(text))
        case "why":
            fits = bool(pattern("reason").search(low) or pattern("reason").search(after))
        case "cause":
            return 0.3 if stems_of(text) & {stem(each) for each in listed("people", "causes")} else -0.1
        case "how many":
            fits = bool(re.search(r"\d", text)) or any(word in listed("questions", "numbers") for word in low.split())
        case "name":
            fits = bool(_NAMING.search(text))
        case "who":
            fits = bool(re.search(r"(?<!^)\b[A-ZÀ-Þ][a-zà-þ]+", text)) or " my " in low
        case "been":
            named = "|".join(map(re.escape, _NAMED.findall(question.text)))
            there = named and re.search(rf"\b(?:in|to|from|at|near)\b(?: \w+)? (?:{named})\b", text)
            return 0.2 if there else -0.6
        case _:
            return 0.0
    return 0.14 if fits else -0.08
