"""Cutting text into sentences: quotations stay whole, and so do "Mr. Osei", "J. R. Hartley" and "3.5 litres".

A package would do it too, but we need speech together with the words that say who spoke.
"""

from __future__ import annotations

import re

from simulacra.backbones.reflex.words import listed

_END = re.compile(r"[.!?…]+[)\]]*[\"”»]?(?=\s+|$)")
_LAST_WORD = re.compile(r"([^\W\d_][\w.]*)\.$")
_OPENER = re.compile(r"[\"“«(\[—–-]*\s*[^\W_]")
_ATTRIBUTED = re.compile(
    r"(?:\b(?:said|says|say|asked|told|answered|replied|shouted|called|cried|whispered|wrote)\b[^\"“”]*|,)$"
)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of one paragraph, in order, without surrounding white space."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        following = text[end.end() :].lstrip()
        if not following:
            continue
        if not _ends_sentence(text[start : end.end()], end.group(), following):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    if rest := text[start:].strip():
        found.append(rest)
    return tuple(_with_attribution(found))


def _ends_sentence(sentence: str, mark: str, following: str) -> bool:
    if _inside_quotation(sentence):
        return False
    opener = _OPENER.match(following)
    if opener is None or opener.group()[-1].islower():
        return False
    if mark == "." and (word := _LAST_WORD.search(sentence)):
        name = word[1].casefold()
        return name not in listed("questions", "abbreviations") and not (
            len(name) == 1 and word[1].isupper() and name != "i"
        )
    return True


def _inside_quotation(sentence: str) -> bool:
    return sentence.count('"') % 2 == 1 or sentence.count("“") > sentence.count("”")


def _with_attribution(found: list[str]) -> list[str]:
    """Speech that goes on after "she said." belongs to the sentence that says who speaks."""
    joined: list[str] = []
    for sentence in found:
        speech_only = sentence[0] in '"“' and sentence[-1] in '"”'
        if joined and speech_only and joined[-1][0] in '"“' and _ATTRIBUTED.search(joined[-1].rstrip(".!?…")):
            joined[-1] += f" {sentence}"
        else:
            joined.append(sentence)
    return joined
