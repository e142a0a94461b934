"""What a question takes for granted about the person, and whether it is so.

Only what the profile, the people and the places of the life settle is called false. What is merely not mentioned is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from simulacra.backbones.reflex import facts
from simulacra.backbones.reflex.life import Life, Line, shortest_name
from simulacra.backbones.reflex.questions import Question, names_of, relation_in
from simulacra.backbones.reflex.words import capitalised, listed, shortened, stem, stems_of, table

Verdict = Literal["false", "true"]

_CLOSED = frozenset("sister brother siblings husband wife daughter son children boyfriend girlfriend partner ex-husband ex-wife stepfather stepmother".split())
_NAMES = r"(?P<place>[A-ZÀ-Þ][\w'’-]+(?: (?:of|the|de|la|upon)? ?[A-ZÀ-Þ][\w'’-]+)*)"
_PLACES: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    # what a claim looks like, and what the sentences look like that settle it
    "born": (re.compile(rf"\bborn\b[^.?!]*?\bin {_NAMES}"), re.compile(r"\bborn\b|\bcame into the world\b", re.IGNORECASE)),
    "grown": (
        re.compile(rf"\b(?:grow(?:ing)? up|grew up|raised|childhood|come from|came from|are from|were from|native of)\b[^.?!]*?(?:\bin |\bfrom |\bof ){_NAMES}|\bfrom {_NAMES.replace('place', 'other')}"),
        re.compile(r"\b(?:grew up|raised|childhood|born|come from|came from)\b", re.IGNORECASE),
    ),
    "living": (
        re.compile(rf"\b(?:live|living|lives)\b[^.?!]*?\bin {_NAMES}"),
        re.compile(r"\b(?:I (?:now )?live|I(?:'m| am) living|I have lived|lives in|moved to|my (?:flat|house|home|room))\b", re.IGNORECASE),
    ),
}
_AGE = re.compile(r"\b(?:you(?:'re| are)|as an?|being|at) (?P<age>\d{1,3})(?:[- ]years?[- ]olds?| now|,|\?|\.| right| aren)", re.IGNORECASE)
_BORN = re.compile(r"\b(?:you were|were you) born (?:on [^?]*?)?in (?P<year>\d{4})", re.IGNORECASE)
_TRADE = re.compile(r"\b(?:(?:you(?:'re| are)|are you|you work(?:ed)?|do you work|working|your (?:job|work) (?:as|is)|as) (?:as )?an? )(?P<trade>[a-z]+(?: [a-z]+){0,2})", re.IGNORECASE)
_NAME = re.compile(r"\b(?:your name(?:'s| is)|is your name|you(?:'re| are) called|are you called|are you) (?P<name>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?)")


@dataclass(frozen=True, slots=True)
class Premise:
    """What was taken for granted, and what is so.

    Attributes:
        fact: The true fact in the first person.
        claimed: It was claimed ("..., right?"), not asked ("Are you ...?").
    """

    verdict: Verdict
    fact: str
    claimed: bool = True


def check(question: Question, life: Life) -> Premise | None:
    """The first premise that the character's own facts settle; None where they settle none."""
    text = question.text.replace("’", "'")
    if question.intent in ("orders", "artificial", "scenario", "what_you_told", "invitation"):
        return None
    checks = (_age, _birth_year, _name, _gender, _relative, _trade, _place)
    return next((found for each in checks if (found := each(text, life)) is not None), None)


def places(life: Life, kind: str) -> tuple[Line, ...]:
    """The sentences about the person that say where they were born, grew up or live, biography first."""
    settles = _PLACES[kind][1]
    own = [line for line in life.biography if settles.search(line.told.text) and line.told.own]
    if not own:
        stories = (line for paragraph in life.character.story.paragraphs for line in life.lines(paragraph.text))
        own = [line for line in stories if settles.search(line.told.text) and re.search(r"\bI\b", line.told.text)]
    return tuple(own)


def _correction(key: str, **values: str) -> str:
    return str(table("phrases")["correction"][key]).format_map(values)


def _age(text: str, life: Life) -> Premise | None:
    if (found := _AGE.search(text)) is None:
        return None
    true = int(found["age"]) == life.character.profile.age
    return Premise("true" if true else "false", _correction("age", age=str(life.character.profile.age)))


def _birth_year(text: str, life: Life) -> Premise | None:
    if (found := _BORN.search(text)) is None:
        return None
    born = life.character.profile.date_of_birth
    return Premise("true" if int(found["year"]) == born.year else "false", _correction("birth", date=facts.spoken_date(born)))


def _name(text: str, life: Life) -> Premise | None:
    if (found := _NAME.search(text)) is None:
        return None
    asked = stems_of(found["name"]) or {stem(found["name"])}
    own = {stem(word) for name in life.names for word in name} | stems_of(life.character.name)
    if found["name"].split()[0].casefold() in listed("questions", "empty"):
        return None
    plain = found.group().casefold().startswith("are you ")
    if plain and not asked & own and stem(found["name"]) in life.vocabulary:
        return None
    return Premise("true" if asked <= own else "false", _correction("name", name=life.character.name))


def _gender(text: str, life: Life) -> Premise | None:
    found = re.search(r"\b(?:you(?:'re| are)|are you|as) an? (?P<what>man|woman|boy|girl|guy|lady|male|female)\b", text, re.IGNORECASE)
    if found is None or not life.gender:
        return None
    female = found["what"].casefold() in ("woman", "girl", "lady", "female")
    return Premise("true" if female == (life.gender == "female") else "false", _correction("gender", gender=life.character.profile.gender))


def _relative(text: str, life: Life) -> Premise | None:
    """ "Your sister ..." where there is no sister; "your father Karl" where he is called Henrik."""
    relation = relation_in(text.casefold())
    if not relation:
        return None
    people = names_of(relation, life)
    if not people:
        mentioned = {stem(each) for each in listed("kin", relation) | listed("kin_words", relation)} & life.vocabulary
        known = life.character.people and relation in _CLOSED and not mentioned
        noun = next(word for word in listed_in_order(relation) if word in text.casefold()) if any(word in text.casefold() for word in listed_in_order(relation)) else relation
        return Premise("false", _no_relative(noun), claimed=True) if known else None
    named = re.search(rf"\b(?i:your) (?:\w+ )?(?i:{'|'.join(map(re.escape, sorted(listed('kin_words', relation), key=len, reverse=True)))}),? (?P<name>[A-ZÀ-Þ][a-zà-þ]+)", text)
    if named is None:
        return None
    called = {word for each in people for name in (each.name, *each.other_names) for word in name.split()}
    if named["name"] in called:
        return None
    first = people[0]
    return Premise("false", _correction("relative", relation=first.relation, name=shortest_name(first)))


def listed_in_order(relation: str) -> list[str]:
    """The words for a relative, the longest first."""
    return sorted(listed("kin_words", relation), key=lambda each: (-len(each), each))


def _no_relative(noun: str) -> str:
    return str(table("phrases")["voice"]["no_relative"][0]).format_map({"relation": noun})


def _trade(text: str, life: Life) -> Premise | None:
    found = _TRADE.search(text)
    if found is None:
        return None
    words = found["trade"].casefold().split()
    trade = next((" ".join(words[:end]) for end in range(1, len(words) + 1) if words[end - 1] in _trades()), "")
    if not trade:
        return None
    now = stems_of(life.character.profile.occupation)
    if stem(trade.split()[-1]) in now:
        return Premise("true", _correction("work", work=facts.work(life)))
    return None if stem(trade.split()[-1]) in life.vocabulary and "worked" in found.group() else Premise("false", _correction("work", work=facts.work(life)))


def _trades() -> frozenset[str]:
    return listed("people", "trades")


def _place(text: str, life: Life) -> Premise | None:
    for kind, (claim, _) in _PLACES.items():
        found = claim.search(text)
        if found is None or not re.search(r"\b(?:you|your)\b", text, re.IGNORECASE):
            continue
        asked = found["place"] or found.groupdict().get("other") or ""
        lines = places(life, kind)
        told = " ".join((*(each.told.text for each in lines), life.character.profile.family_background))
        if stems_of(asked) and stems_of(asked) <= stems_of(told):
            line = next((each for each in lines if stems_of(asked) & each.stems), None)
            return Premise("true", shortened(line.told.text, 30)) if line else None
        if lines and not stems_of(asked) & life.vocabulary:
            return Premise("false", shortened(lines[0].told.text, 30))
    return None


def unsupported(question: Question, life: Life) -> bool:
    """Whether a claim names something that occurs nowhere in the person's life."""
    names = [each for each in re.findall(r"(?<!^)\b[A-ZÀ-Þ][\w-]+", question.text) if stem(each) not in life.vocabulary]
    return question.tagged and bool(names or question.stems - life.vocabulary)


def spoken(text: str) -> str:
    """A premise as it would be said."""
    return capitalised(text)
