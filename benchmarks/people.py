"""People for the benchmarks: sizes as in the papers, words without meaning."""

from __future__ import annotations

from datetime import date

from benchmarks.fake_openai import words
from simulacra.domain.character import Character, Person, Personality, Profile, Stage
from simulacra.domain.memory import Memory, Source
from simulacra.domain.questionnaire import Questionnaire
from simulacra.domain.story import Story

PARAGRAPHS = (52, 50, 51)
"""A stage each: 153 paragraphs altogether, 77 chunks of two."""

WORDS_A_PARAGRAPH = 75

_STAGES = tuple(
    Stage(name=name, starts=date(first, 1, 1), ends=ends, occupation=work, education="school", summary=words(first, 40))
    for name, first, ends, work in (
        ("childhood", 1980, date(1997, 12, 31), "pupil"),
        ("youth", 1998, date(2010, 12, 31), "apprentice"),
        ("present", 2011, None, "baker"),
    )
)


def person(number: int = 0, paragraphs: tuple[int, int, int] = PARAGRAPHS) -> Character:
    """A character with a life story of some 11,500 words, and a profile and a biography of usual length.

    Args:
        number: Another number gives another person with other words.
        paragraphs: How many each stage of the story has.
    """
    name = f"Person{number} Example"
    seed = number * 1_000
    return Character(
        id=f"person-{number}",
        profile=Profile(
            name=name,
            age=45,
            gender="female",
            date_of_birth=date(1980, 1, 1),
            occupation="baker",
            family_background=words(seed + 1, 30),
            educational_background=words(seed + 2, 30),
        ),
        personality=Personality(traits=tuple(words(seed + 3 + trait, 20) for trait in range(20))),
        people=tuple(
            Person(name=f"Friend{each} Other", relation="friend", about=words(seed + 30 + each, 15))
            for each in range(12)
        ),
        stages=_STAGES,
        present=date(2025, 6, 1),
        biography=words(seed + 40, 900),
        story=Story(
            text="\n\n".join(
                f"## {stage.name}\n\n{_told(seed + 100 + 300 * place, number_of)}"
                for place, (stage, number_of) in enumerate(zip(_STAGES, paragraphs, strict=True))
                if number_of
            )
        ),
        questionnaire=Questionnaire(),
    )


def _told(seed: int, paragraphs: int) -> str:
    return "\n\n".join(words(seed + each, WORDS_A_PARAGRAPH) for each in range(paragraphs))


def memories(character: str, number: int) -> list[Memory]:
    """Memories as long as construction makes them, for somebody whose story was not told."""
    return [
        Memory(
            id=f"{place:032x}",
            character=character,
            text=words(place, 2 * WORDS_A_PARAGRAPH),
            content=words(place + 1, 90),
            thought=words(place + 2, 40),
            emotion=words(place + 3, 60),
            summary=words(place + 4, 18),
            order=place,
            stage=_STAGES[len(_STAGES) * place // number].name,
            source=Source(kind="story", position=place),
        )
        for place in range(number)
    ]
