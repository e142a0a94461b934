"""What things and animals are called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulacra.backbones.reflex.evidence import passages_of
from simulacra.backbones.reflex.moment import Moment, Passage
from simulacra.backbones.reflex.telling import trimmed
from simulacra.backbones.reflex.words import listed, stem, stems_of, synonyms

_NAME = r"(?P<name>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)*)"
_GIVEN = re.compile(rf"\b(?:named|called|call|name is|name was) (?:it |him |her |them |the \w+ |my \w+ )?{_NAME}")
_BESIDE = re.compile(rf"\b(?P<noun>\w+), {_NAME}[,.;]")


def named(moment: Moment) -> str:
    """The name of what was asked for, with the sentence that tells it; empty where none is told."""
    stems = moment.question.stems
    if moment.question.wanted != "name" or not stems or moment.question.person or moment.question.relation:
        return ""
    best = max(_namings(moment, stems), key=lambda each: each[0], default=None)
    return moment.voice.say("named", name=best[1], fact=best[2]) if best else ""


def _namings(moment: Moment, stems: frozenset[str]) -> Iterator[tuple[float, str, str]]:
    """How well it fits, the name, and the sentence, for everything that has a name."""
    alike = frozenset[str]().union(*(synonyms().get(each, frozenset()) for each in stems))
    own = stems_of(moment.character.name)
    for rank, passage in enumerate(passages_of(moment)):
        for at, line in enumerate(passage.lines):
            name, stands_for = _name_in(passage, at)
            shared = 2 * len(stems & stands_for) + len(alike & stands_for)
            if not name or not shared or stems_of(name) <= own or name.casefold() in listed("questions", "empty"):
                continue
            weak = sum(each in line.told.text.casefold() for each in moment.question.weak)
            yield shared + weak - 0.05 * rank, name, trimmed(line.told.text)


def _name_in(passage: Passage, at: int) -> tuple[str, frozenset[str]]:
    """A name that a sentence gives, and the stems of what may bear it."""
    line = passage.lines[at]
    if not line.sayable:
        return "", frozenset()
    text = line.told.text
    if beside := _BESIDE.search(text):
        return beside["name"], frozenset({stem(beside["noun"])})
    given = _GIVEN.search(text)
    if given is None:
        return "", frozenset()
    bearing = text[: given.start()]
    pronoun = re.search(r"\b(?:it|him|her|them|he|she)\b", text[: given.start("name")]) is not None
    if pronoun and at:
        bearing += f" {passage.lines[at - 1].told.source}"
    return given["name"], stems_of(bearing)
