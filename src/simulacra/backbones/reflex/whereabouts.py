"""Where the person was born, grew up and lives, and whether a place that was named is one of these."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from simulacra.backbones.reflex.life import Life, Line
from simulacra.backbones.reflex.telling import trimmed
from simulacra.backbones.reflex.words import listed, pattern, stems_of

PLACE = r"(?-i:[A-ZÀ-Þ])[\w'’-]+(?: (?:of|the|de|la|upon)? ?(?-i:[A-ZÀ-Þ])[\w'’-]+)*"
KINDS = ("born", "grown", "living")
_YOUTH = 16


@lru_cache(maxsize=128)
def places(life: Life, kind: str) -> tuple[Line, ...]:
    """The sentences about the person that say where they were born, grew up, live, or were a child; best first."""
    own = _settling((*life.biography, *life.summaries), kind)
    if not own:
        stories = (line for paragraph in life.character.story.paragraphs for line in life.lines(paragraph.text))
        own = [line for line in _settling(stories, kind) if re.search(r"\bI\b", line.told.text)]
    # Where somebody lives now is what is told last.
    return tuple(reversed(own)) if kind == "living" else tuple(own)


def _settling(lines: Iterable[Line], kind: str) -> list[Line]:
    settles = pattern(f"settled_{kind}")
    found = [each for each in lines if settles.search(each.told.text) and each.told.own]
    if kind == "grown":
        signs = (pattern("raised"), pattern("settled_born"))
        found.sort(key=lambda each: (not signs[0].search(each.told.text), bool(signs[1].search(each.told.text))))
    return found


def whereabouts(life: Life, kind: str) -> str:
    """Where, in one sentence; empty where nothing tells."""
    lines = places(life, kind)
    if not lines:
        return ""
    text = lines[0].told.text
    stated = re.search(rf"^I am \d+\b.*?\bin (?P<place>{PLACE})", text) if kind == "living" else None
    return f"I live in {stated['place']}." if stated else trimmed(text, pattern(f"settled_{kind}"))


def settled(life: Life, kind: str, asked: str) -> tuple[Literal["true", "false"], str] | None:
    """Whether the person was born in, grew up in or lives in a place, and what is so; None where nobody can tell."""
    lines, wanted = places(life, kind), stems_of(asked)
    if not lines or not wanted:
        return None
    line = next((each for each in lines if wanted <= each.stems), None)
    if line is None and (part := _part_of(life, " ".join(each.told.text for each in lines), asked)):
        line = next(each for each in lines if part in each.told.text)
    if line is not None:
        shown = lines[0] if kind == "living" else line
        return "true", whereabouts(life, kind) if shown is lines[0] else trimmed(shown.told.text)
    if wanted <= stems_of(life.character.profile.family_background):
        return None
    strange = not wanted & life.vocabulary
    if asked.casefold() not in _vast() and (strange or kind == "living" or not wanted & _youth(life)):
        return "false", whereabouts(life, kind)
    return None


def _part_of(life: Life, text: str, asked: str) -> str:
    """The place in a text that is written to lie in the one that was asked for ("Mushin, Lagos"); empty for none."""
    summaries = " ".join(each.summary for each in life.character.stages)
    within = re.findall(rf"({PLACE}),? (?:in )?{re.escape(asked)}\b", f"{life.whole_text} {summaries}")
    return next((each for each in within if re.search(rf"\b{re.escape(each)}\b", text)), "")


@lru_cache(maxsize=32)
def _youth(life: Life) -> frozenset[str]:
    """The stems of what is told of the person's first years: the stages until sixteen, else a fifth of the story."""
    character = life.character
    born = character.profile.date_of_birth.year
    early = [each for each in character.stages if each.ends is not None and each.ends.year - born <= _YOUTH]
    paragraphs = character.story.paragraphs
    if early:
        names = {each.name for each in early}
        told = [*(each.summary for each in early), *(each.text for each in paragraphs if each.stage in names)]
    else:
        told = [each.text for each in paragraphs[: max(1, len(paragraphs) // 5)]]
    return stems_of(" ".join(told))


def _vast() -> frozenset[str]:
    """Countries and continents: a town may lie in one without anybody's saying so."""
    return listed("people", "countries")
