"""What a question takes for granted about the person, and whether it is so.

Only what the profile, the people and the places of the life settle is called false; what is merely not mentioned
is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from simulacra.backbones.reflex import facts
from simulacra.backbones.reflex.life import Life
from simulacra.backbones.reflex.questions import Question, names_of, relation_in
from simulacra.backbones.reflex.whereabouts import KINDS, PLACE, settled
from simulacra.backbones.reflex.words import listed, pattern, stem, stems_of, table

Verdict = Literal["false", "true"]


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
    checks = (_parent, _age, _birth_year, _name, _gender, _relative, _trade, _place)
    return next((found for each in checks if (found := each(text, life)) is not None), None)


def _correction(key: str, **values: str) -> str:
    return str(table("phrases")["correction"][key]).format_map(values)


def _parent(text: str, life: Life) -> Premise | None:
    """Somebody is called a mother or father who has no children."""
    if pattern("claimed_parent").search(text) is None or names_of("children", life):
        return None
    written = not life.character.people and life.mentions_own(listed("kin", "children") - {"child"})
    return None if written else Premise("false", _no_relative("children"))


def _age(text: str, life: Life) -> Premise | None:
    if (found := pattern("claimed_age").search(text)) is None:
        return None
    true = int(found["age"]) == life.character.profile.age
    return Premise("true" if true else "false", _correction("age", age=str(life.character.profile.age)))


def _birth_year(text: str, life: Life) -> Premise | None:
    if (found := pattern("claimed_birth_year").search(text)) is None:
        return None
    born = life.character.profile.date_of_birth
    return Premise(
        "true" if int(found["year"]) == born.year else "false", _correction("birth", date=facts.spoken_date(born))
    )


def _name(text: str, life: Life) -> Premise | None:
    if (found := pattern("claimed_name").search(text)) is None:
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
    found = pattern("claimed_gender").search(text)
    if found is None or not life.gender:
        return None
    female = found["what"].casefold() in ("woman", "girl", "lady", "female")
    return Premise(
        "true" if female == (life.gender == "female") else "false",
        _correction("gender", gender=life.character.profile.gender),
    )


def _relative(text: str, life: Life) -> Premise | None:
    """Somebody who does not exist ("your sister"), or by a wrong name ("your father Karl")."""
    relation = relation_in(text.casefold())
    if not relation:
        return None
    people = names_of(relation, life)
    former = names_of(f"ex-{relation}", life) if relation in ("husband", "wife") else ()
    if not people and (former or pattern("married").search(text)):
        return None  # whether they are married is a question of its own
    if not people:
        written = not life.character.people and life.mentions_own(listed("kin", relation) - {"child", "twin"})
        known = relation in listed("kin", "closed") and not written
        noun = next((word for word in listed_in_order(relation) if word in text.casefold()), relation)
        return Premise("false", _no_relative(noun), claimed=True) if known else None
    kin = "|".join(map(re.escape, listed_in_order(relation)))
    naming = rf"(?:your|an?|any) (?:\w+ )?(?:{kin})(?:'s name)?,? (?:is |was |called |named )*"
    claim = rf"\b(?i:{naming})(?P<name>[A-ZÀ-Þ][a-zà-þ]+)"
    named = re.search(claim, text)
    if named is None:
        return None
    called = {word for each in people for name in (each.name, *each.other_names) for word in name.split()}
    if named["name"] in called:
        return None
    first = people[0]
    return Premise("false", _correction("relative", relation=first.relation, name=life.called(first)))


def listed_in_order(relation: str) -> list[str]:
    """The words for a relative, the longest first."""
    return sorted(listed("kin_words", relation), key=lambda each: (-len(each), each))


def _no_relative(noun: str) -> str:
    return str(table("phrases")["voice"]["no_relative"][0]).format_map({"relation": noun})


def _trade(text: str, life: Life) -> Premise | None:
    found = pattern("claimed_trade").search(text)
    if found is None:
        return None
    words = (found["trade"] or found["work"]).casefold().split()
    trade = next((" ".join(words[:end]) for end in range(1, len(words) + 1) if words[end - 1] in _trades()), "")
    if not trade:
        return None
    now = stems_of(life.character.profile.occupation)
    if stem(trade.split()[-1]) in now:
        return Premise("true", _correction("work", work=facts.work(life)))
    return (
        None
        if stem(trade.split()[-1]) in life.vocabulary and "worked" in found.group()
        else Premise("false", _correction("work", work=facts.work(life)))
    )


def _trades() -> frozenset[str]:
    return listed("people", "trades")


def _place(text: str, life: Life) -> Premise | None:
    if not re.search(r"\b(?:you|your)\b", text, re.IGNORECASE):
        return None
    for kind in KINDS:
        found = pattern(f"claimed_{kind}", PLACE=PLACE).search(text)
        if found is None:
            continue
        verdict = settled(life, kind, next(each for each in found.groups() if each))
        return Premise(*verdict) if verdict else None
    return None


def unsupported(question: Question, life: Life) -> bool:
    """Whether a claim names something that occurs nowhere in the person's life."""
    strange = [each for each in question.topics if stem(each) not in life.vocabulary]
    return question.tagged and bool(strange)
