"""Whether the person is married, and how somebody is."""

from __future__ import annotations

import re

from simulacra.backbones.reflex.facts import people_lines, relative
from simulacra.backbones.reflex.life import Life
from simulacra.backbones.reflex.moment import Moment, story_passages
from simulacra.backbones.reflex.questions import names_of
from simulacra.backbones.reflex.telling import trimmed
from simulacra.backbones.reflex.words import listed, stem
from simulacra.domain.character import Person

_STATUS = re.compile(r"\b(?:divorced|married|widowed|single|separated|engaged|unmarried)\b", re.IGNORECASE)


def married(moment: Moment) -> str:
    """Whether there is a husband or wife, was one, or somebody else; empty where nothing tells."""
    life, voice = moment.life, moment.voice
    spouses = (*names_of("husband", life), *names_of("wife", life))
    living = [each for each in spouses if "late" not in each.relation.casefold().split()]
    former = (*names_of("ex-husband", life), *names_of("ex-wife", life))
    status = _STATUS.search(life.character.profile.family_background)
    if living:
        return voice.say("married", name=life.called(living[0]), relation=living[0].relation)
    if spouses or former:
        return voice.say("once_married" if spouses else "divorced", name=life.called((*spouses, *former)[0]))
    if partners := names_of("partner", life):
        return voice.say("attached", name=life.called(partners[0]), relation=partners[0].relation)
    if status:
        return voice.say("status", status=status.group().casefold())
    return voice.say("alone") if life.character.people else ""


def how_is(moment: Moment, person: Person) -> str:
    """How somebody is: what the person says of them, or that they are dead."""
    if death := _death(moment.life, person):
        return moment.voice.say("tell_dead", fact=death)
    return relative(moment.life, person, moment.voice)


def _death(life: Life, person: Person) -> str:
    """The sentence that tells that somebody died; empty where none does."""
    own = frozenset(" ".join((person.name, *person.other_names)).split())
    names = "|".join(
        (*(re.escape(each) for each in (person.name, *person.other_names)), rf"my {re.escape(person.relation)}")
    )
    told = re.compile(rf"(?P<before>[A-ZÀ-Þ]\w+ )?\b(?:{names})(?:, [\w ]+,| [\w-]+)? (?:died|drowned|passed away)\b")
    stems = frozenset(map(stem, (*own, *listed("people", "ends"))))
    story = (line for each in story_passages(life, stems) for line in each.lines)
    for line in (*people_lines(life), *life.biography, *life.summaries, *story):
        found = told.search(line.told.text)
        # "Iya Sodiq died" tells nothing of Sodiq.
        if found is not None and (not found["before"] or found["before"].strip() in own | {"When", "On", "After"}):
            return trimmed(line.told.text)
    return ""
