"""How a sentence is told: with the one before it that it leans on, without the word that tied it there."""

from __future__ import annotations

import re

from simulacra.backbones.reflex.life import Line
from simulacra.backbones.reflex.moment import Moment, Passage
from simulacra.backbones.reflex.words import capitalised, words_of

_LEANING = re.compile(r"^(?:It|They|This|That|These|Those|There|He|She|Him|Her|His|Their|Its|Both|Neither|Then)\b")
_CONNECTIVE = re.compile(r"^(?:But|And|So|Yet|Still|However|Instead|Also|Or|Nor|Therefore|Thus)\b,?\s+")
_SHORT = 14
_MOST_WORDS = 48


def continuation(moment: Moment) -> str:
    """What comes after what was told last; empty where that is not in mind, or was the end of it."""
    for exchange in reversed(moment.exchanges[-2:]):
        for passage in moment.passages:
            told = [
                at
                for at, line in enumerate(passage.lines)
                if line.told.text and line.told.text[:40].rstrip(".") in exchange.reply
            ]
            following = (
                [at for at in range(told[-1] + 1, len(passage.lines)) if passage.lines[at].sayable] if told else []
            )
            said = " ".join(each.reply for each in moment.exchanges)
            fresh = [at for at in following if passage.lines[at].told.text[:40] not in said]
            if fresh:
                return _joined(passage, fresh[0], fresh[0] == told[-1] + 1)
    return ""


def told_with_neighbours(passage: Passage, at: int, said: str = "") -> str:
    """A sentence with the one before it where it leans on that, and the one after it where both are short."""
    line = passage.lines[at]
    if not _leans(line):
        return _joined(passage, at, False)
    before = passage.lines[at - 1] if at else None
    if before is None or before.paragraph != line.paragraph or not before.sayable or _leans(before):
        return (
            ""
            if line.told.dangling or re.match(r"(?:He|She|His|Her|They|Their|This|That|These|Those)\b", line.told.text)
            else _joined(passage, at, False)
        )
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
        if after.paragraph == line.paragraph and after.sayable and len(together.split()) <= _MOST_WORDS:
            return together
    return text


def _leans(line: Line) -> bool:
    return line.told.dangling or bool(_LEANING.match(line.told.text))


def _plain(text: str) -> str:
    """A sentence without the connective that tied it to the one before."""
    return capitalised(_CONNECTIVE.sub("", text))


def first_words(text: str, limit: int) -> str:
    """At most so many words of a text."""
    words = words_of(text)
    return text if len(words) <= limit else " ".join(text.split()[:limit]).rstrip(",;:") + "…"
