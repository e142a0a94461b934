"""Memory construction by rules: the sentences of a text that are worth keeping, in the first person."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from simulacra.backbones.reflex.feeling import mean_valence, valence
from simulacra.backbones.reflex.life import Life, Line, life_of
from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.telling import first_words
from simulacra.backbones.reflex.words import enumerated, listed, shortened, stem, table, words_of
from simulacra.domain.character import Character

CONTENT_WORDS, EMOTION_WORDS, THOUGHT_WORDS, SUMMARY_WORDS = 100, 25, 25, 20
_FELT = 0.15
_MOST_FEELINGS = 3
_NUMBER = re.compile(
    r"\d|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_NAME = re.compile(r"(?<!^)(?<![.!?…\"“] )\b[A-ZÀ-Þ][\w'’-]+")
_QUOTATION = re.compile(r"[\"“][^\"”]*[\"”]")
_FEELING = re.compile(
    r"\bI (?:(?:was|felt|am|feel|became|grew) (?:(?:so|very|too|rather|quite) )?(?P<state>\w+)|(?P<deed>\w+))"
    r"(?: (?:of|about|at|for|by|with|over|that) (?:(?:the|my|his|her|our|a|an) )?\w+)?"
)


@dataclass(frozen=True)
class Chunk:
    """A text to be remembered, as sentences that the person can say."""

    character: Character
    text: str
    when: str

    @property
    def life(self) -> Life:
        return life_of(self.character)

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.life.lines(self.text)

    @property
    def said(self) -> list[str]:
        """What the person can say of it; a passage of which nothing can be said is kept in its own words."""
        told = [line.told.text for line in self.lines if line.told.text]
        if told or (not self.lines and sentences(self.text)):
            return told
        return [line.told.source for line in self.lines[:2]]


def content(chunk: Chunk) -> str:
    """What happened: the sentences with the most names, numbers and speech, in their order, at most 100 words."""
    said = chunk.said
    if not said:
        return str(table("phrases")["memories"]["nothing"])
    ranked = sorted(range(len(said)), key=lambda at: (-_worth(said[at]), at))
    kept: list[int] = []
    words = 0
    for at in ranked:
        length = len(said[at].split())
        if words + length <= CONTENT_WORDS:
            kept.append(at)
            words += length
    return " ".join(said[at] for at in sorted(kept)) or shortened(said[ranked[0]], CONTENT_WORDS)


def importance(chunk: Chunk) -> int:
    """From 1 to 5: people of one's life, a date, and the words of turning points."""
    stems = {stem(each) for each in words_of(chunk.text)}
    people = sum(bool({stem(word) for word in person.name.split()[:1]} & stems) for person in chunk.character.people)
    turning = len(stems & {stem(each) for each in listed("questions", "turning")})
    return max(
        1, min(5, 1 + (people > 0) + (people > 2) + bool(_NUMBER.search(chunk.text)) + (turning > 0) + (turning > 2))
    )


def emotion(chunk: Chunk) -> tuple[str, float]:
    """How it felt, in the feeling words of the text with what they stand with; and its valence.

    Where the text names no feeling, whom the memory is of and whether it is good or painful; empty where it is neither.
    """
    texts = [_QUOTATION.sub(" ", each.source).strip() for each in (line.told for line in chunk.lines)] or [chunk.text]
    level = round(max(-1.0, min(1.0, mean_valence(texts))), 3)
    if felt := _feelings(chunk.said):
        return shortened(f"I {enumerated(felt)}.", EMOTION_WORDS), level
    if abs(level) <= _FELT:
        return "", level
    phrases = table("phrases")["memories"]
    strongest = max(chunk.said, key=lambda each: level * valence(each), default="")
    people = {word for name in chunk.life.cast.people for word in name}
    names = [each for each in dict.fromkeys(_NAME.findall(strongest)) if each in people][:3]
    key = "painful" if level < 0 else "pleasant"
    return str(phrases[f"{key}_with"].format_map({"names": enumerated(names)}) if names else phrases[key]), level


def thought(chunk: Chunk) -> str:
    """What went through the person's mind, where the text says so beyond what the content keeps; else empty."""
    kept = content(chunk)
    own = [each for each in chunk.said if _thinks(each) and each not in kept]
    return shortened(own[0], THOUGHT_WORDS) if own else ""


def summary(chunk: Chunk) -> str:
    """Who, where and when, in at most 20 words: the most telling sentence, led by the time."""
    said = chunk.said
    if not said:
        return first_words(chunk.when or str(table("phrases")["memories"]["nothing"]), SUMMARY_WORDS)
    best = max(said, key=_worth)
    names = list(
        dict.fromkeys(
            each for text in said for each in _NAME.findall(text) if each not in best and not _is_common(each)
        )
    )
    text = shortened(best, SUMMARY_WORDS - 4).rstrip("…")
    spare = SUMMARY_WORDS - len(text.split())
    return f"{text} ({enumerated(names[: max(1, spare - 1)])})" if names and spare > 2 else text


def _is_common(word: str) -> bool:
    common = listed("questions", "weekdays") | listed("questions", "months") | listed("questions", "empty")
    return word.casefold() in common


def _worth(text: str) -> float:
    """How much a sentence holds: names, numbers, speech; long ones do not win by their length."""
    facts = 2 * len(_NAME.findall(text)) + 2 * len(_NUMBER.findall(text)) + bool(_QUOTATION.search(text))
    return (1 + facts) / math.sqrt(8 + len(text.split()))


def _feelings(said: list[str]) -> list[str]:
    """What the person says of their own feelings, a few words each: "was afraid of the storm", "cried"."""
    found: list[str] = []
    for text in said:
        for each in _FEELING.finditer(_QUOTATION.sub(" ", text)):
            named = (each["state"] or each["deed"]).casefold()
            if named in listed("questions", "feeling") and stem(named) not in {stem(one.split()[-1]) for one in found}:
                found.append(each.group().removeprefix("I ").strip())
    return found[:_MOST_FEELINGS]


def _thinks(text: str) -> bool:
    found = re.findall(r"\bI (\w+)(?: (\w+))?", _QUOTATION.sub(" ", text))
    return any(word.casefold() in listed("questions", "thinking") for words in found for word in words)
