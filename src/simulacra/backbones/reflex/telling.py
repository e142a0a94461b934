"""How a sentence is told: with the one before it that it leans on, without the word that tied it there."""

from __future__ import annotations

import re

from simulacra.backbones.reflex.life import Line
from simulacra.backbones.reflex.moment import Moment, Passage
from simulacra.backbones.reflex.sentences import sentences
from simulacra.backbones.reflex.words import capitalised, pattern, words_of

_LEANING = re.compile(r"^(?:It|They|This|That|These|Those|There|He|She|Him|Her|His|Their|Its|Both|Neither|Then)\b")
_CONNECTIVE = re.compile(r"^(?:But|And|So|Yet|Still|However|Instead|Also|Or|Nor|Therefore|Thus)\b,?\s+")
_SHORT = 14
_BRIEF = 6
_MOST_WORDS = 54
_MOST_IN_SENTENCE, _FEWEST_IN_SENTENCE = 35, 8
_CLAUSE = re.compile(
    r"(?:;|:|,? [—–]|, (?:and|but|so|or) (?=(?:I|we|he|she|they|it|my|the|then|there|nobody)\b)|, but\b"
    r"|, (?:which|who|whom|whose|where|when|while|although|though|because|until)\b)"
)


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


def told_with_reason(passage: Passage, at: int) -> str:
    """A sentence with the one after it, where that gives the reason; else empty."""
    line = passage.lines[at]
    after = passage.lines[at + 1] if at + 1 < len(passage.lines) else None
    if after is None or after.paragraph != line.paragraph or not after.sayable or _leans(line):
        return ""
    if pattern("reason").search(line.told.text) or not pattern("reason").search(after.told.text):
        return ""
    return f"{_plain(line.told.text)} {after.told.following}"


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
    first = passage.lines[at - 2] if at > 1 else None
    brief = len(before.told.text.split()) <= _BRIEF
    if brief and first is not None and first.paragraph == line.paragraph and first.sayable and not _leans(first):
        whole = f"{_plain(first.told.text)} {before.told.following} {line.told.following}"
        both = whole if len(whole.split()) <= _MOST_WORDS else both
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


def trimmed(text: str, keep: re.Pattern[str] | None = None) -> str:
    """Sentences with the clauses left out that make one longer than 35 words; quotations stay whole.

    Args:
        text: Some sentences.
        keep: What has to stay: the cut comes after it.
    """
    return " ".join(_short_enough(each, keep) for each in sentences(text))


def _short_enough(sentence: str, keep: re.Pattern[str] | None) -> str:
    if len(sentence.split()) <= _MOST_IN_SENTENCE:
        return sentence
    kept = keep.search(sentence) if keep is not None else None
    for cut in reversed(list(_CLAUSE.finditer(sentence))):
        head = sentence[: cut.start()]
        fits = _FEWEST_IN_SENTENCE <= len(head.split()) <= _MOST_IN_SENTENCE
        if fits and _is_whole(head) and (kept is None or kept.end() <= cut.start()):
            return f"{head}."
    return sentence


def _is_whole(text: str) -> bool:
    """Whether no quotation or bracket is open at the end of a text, and its last clause is more than a word or two."""
    closed = text.count('"') % 2 == 0 and text.count("“") == text.count("”") and text.count("(") == text.count(")")
    return closed and re.split(r"[,;:]", text)[-1].count(" ") > 2


def first_words(text: str, limit: int) -> str:
    """At most so many words of a text."""
    words = words_of(text)
    return text if len(words) <= limit else " ".join(text.split()[:limit]).rstrip(",;:") + "…"
