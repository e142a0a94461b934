"""A character: everything that is written down about one person before it has a mind."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cached_property
from html import escape
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from simulacra.domain.card import card, faint, listed, table, title
from simulacra.domain.questionnaire import Questionnaire
from simulacra.domain.story import Story
from simulacra.domain.value import Text, Value
from simulacra.errors import UnknownStageError

Tendency = Literal["Te", "Ti", "Fe", "Fi", "Se", "Si", "Ne", "Ni"]
"""Jung's eight tendencies: extraverted or introverted thinking, feeling, sensing and intuition."""

TENDENCIES: tuple[Tendency, ...] = get_args(Tendency)
TENDENCY_NAMES: dict[Tendency, str] = {
    "Te": "extraverted thinking",
    "Ti": "introverted thinking",
    "Fe": "extraverted feeling",
    "Fi": "introverted feeling",
    "Se": "extraverted sensing",
    "Si": "introverted sensing",
    "Ne": "extraverted intuition",
    "Ni": "introverted intuition",
}

CharacterId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""Lower-case words joined by hyphens; it names a folder, so nothing else is let through."""

StageName = Annotated[Text, AfterValidator(str.casefold)]


class Profile(Value):
    """The core facts of a person: the attributes of Human Simulacra, section 3.1, but the traits (see Personality).

    Attributes:
        family_background: The family that they come from. It holds at every stage of the life; who came later stands
            among the people, with ``since``.
        hobbies, short_term_goals, long_term_goals: As of today; at an earlier stage they do not exist yet.
    """

    name: Text
    age: int = Field(ge=0, le=130)
    gender: Text
    date_of_birth: date
    occupation: Text
    hobbies: tuple[Text, ...] = ()
    family_background: Text
    educational_background: Text
    short_term_goals: tuple[Text, ...] = ()
    long_term_goals: tuple[Text, ...] = ()

    @property
    def given_name(self) -> str:
        """The first word of the name."""
        return self.name.split()[0]


class Personality(Value):
    """Ranked tendencies and first-person trait descriptions (Human Simulacra, section 3.2).

    Attributes:
        ranking: Jung's eight tendencies, the most pronounced first. Empty where it is not known (imported characters).
        traits: First-person descriptions ("I would rather mend a thing than buy it."), the most telling first.
        speech: A few sentences as the person says them, so that a model hears the voice; empty where none are known.
    """

    ranking: tuple[Tendency, ...] = ()
    traits: tuple[Text, ...] = Field(min_length=1)
    speech: tuple[Text, ...] = ()

    @field_validator("ranking")
    @classmethod
    def _each_tendency_once(cls, ranking: tuple[Tendency, ...]) -> tuple[Tendency, ...]:
        if ranking and set(ranking) != set(TENDENCIES):
            missing = ", ".join(sorted(set(TENDENCIES) - set(ranking)))
            raise ValueError(f"name each of the eight tendencies once, strongest first (missing: {missing})")
        if len(ranking) not in (0, len(TENDENCIES)):
            raise ValueError("name each of the eight tendencies once, strongest first (one stands twice)")
        return ranking


class Person(Value):
    """Somebody in the character's life, as the character knows them.

    Attributes:
        since: The temporal stage in which they became known to the character; None means from the beginning.
        other_names: What else they are called in the story ("Grandpa", "Mr Osei").
    """

    name: Text
    relation: Text
    about: Text
    since: StageName | None = None
    other_names: tuple[Text, ...] = ()


class Stage(Value):
    """A temporal stage of the life (PersLLM, section 3.1), in which the person knows nothing of what comes later.

    Attributes:
        starts, ends: The first and last day; ``ends`` is None for the stage that the person lives in now.
        occupation: What the person did at the end of the stage.
        education: What schooling they had at the end of the stage.
        summary: What had happened by its end, in two or three sentences. It stands in for the biography at this stage.
    """

    name: StageName
    starts: date
    ends: date | None = None
    occupation: Text
    education: Text
    summary: Text


class Mistake(Value):
    """Something that the person believes and that is not so."""

    belief: Text
    truth: Text


class Knowledge(Value):
    """The edge of what the person knows.

    Attributes:
        unknown: Things in the person's own life that they do not know, named without giving the answer away
            ("who paid for the boat").
        mistaken: Things they have wrong. Only the belief is ever shown to their mind.
    """

    unknown: tuple[Text, ...] = ()
    mistaken: tuple[Mistake, ...] = ()


class Character(Value):
    """One person as data; give it to ``Simulacrum.load`` to give it a mind.

    Attributes:
        id: The name of the character's folder.
        profile, personality, people, stages, knowledge: The content of ``character.toml``.
        present: The day that the person takes for today. Where it is not given, the last birthday.
        biography: At most about 1,000 words that contain every attribute.
        story: The life story.
        questionnaire: The self report; empty where there is none.
        licence, origin: What may be done with the character, and where it came from.
    """

    id: CharacterId
    profile: Profile
    personality: Personality
    people: tuple[Person, ...] = ()
    stages: tuple[Stage, ...] = ()
    knowledge: Knowledge = Knowledge()
    present: date | None = None
    biography: Text
    story: Story
    questionnaire: Questionnaire = Questionnaire()
    licence: str = ""
    origin: str = ""

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        profile, today = self.profile, self.present
        if today is not None and years_between(profile.date_of_birth, today) != profile.age:
            raise ValueError(
                f"profile.age is {profile.age}, but somebody born on {profile.date_of_birth} is "
                f"{years_between(profile.date_of_birth, today)} on {today}: mend age, date_of_birth or present"
            )
        return self

    @model_validator(mode="after")
    def _stages_follow_one_another(self) -> Self:
        for earlier, later in zip(self.stages, self.stages[1:], strict=False):
            if earlier.ends is None or later.starts <= earlier.ends:
                raise ValueError(
                    f"stage {later.name!r} starts before stage {earlier.name!r} ends: give every stage but the last "
                    "an 'ends', and let the next one start after it"
                )
        for stage in self.stages:
            if stage.ends is not None and stage.ends < stage.starts:
                raise ValueError(f"stage {stage.name!r} ends on {stage.ends}, before it starts: mend one of the two")
            if stage.starts < self.profile.date_of_birth:
                raise ValueError(
                    f"stage {stage.name!r} starts before the date of birth, {self.profile.date_of_birth}: mend one of "
                    "the two"
                )
        return self

    @model_validator(mode="after")
    def _stages_are_known(self) -> Self:
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise ValueError("two stages have one name: give each its own")
        told = {paragraph.stage for paragraph in self.story.paragraphs}
        if names and None in told:
            raise ValueError(
                "a paragraph in story.md stands under no stage, so that nobody can tell when it happened: put a "
                f"heading such as '## {names[0]}' above it"
            )
        named = [name for name in (*told, *(person.since for person in self.people)) if name is not None]
        if unknown := sorted(set(named) - set(names)):
            raise ValueError(
                f"no stage is called {unknown[0]!r}: name it under [[stages]], or mend the heading in story.md or the "
                "person's 'since'"
            )
        return self

    @property
    def name(self) -> str:
        """The person's full name."""
        return self.profile.name

    @property
    def today(self) -> date:
        """The day that the person takes for today."""
        return self.present or _birthday(self.profile.date_of_birth, self.profile.age)

    @cached_property
    def digest(self) -> str:
        """A hash over everything in the character, for manifests."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def stages_until(self, stage: str) -> tuple[Stage, ...]:
        """The stages up to and including the named one.

        Raises:
            UnknownStageError: There is no stage of that name.
        """
        names = [each.name for each in self.stages]
        if stage.casefold() not in names:
            known = (
                f"It has {', '.join(names)}." if names else "It has no stages at all: add [[stages]] to character.toml."
            )
            raise UnknownStageError(f"{self.id!r} has no stage {stage!r}. {known}")
        return self.stages[: names.index(stage.casefold()) + 1]

    def at(self, stage: str) -> Character:
        """The same person at the end of an earlier stage, for whom later events, people and goals do not exist.

        The last stage returns the character unchanged.

        Raises:
            UnknownStageError: There is no stage of that name.
        """
        lived = self.stages_until(stage)
        now = lived[-1]
        if now.ends is None or now == self.stages[-1]:
            return self
        names = frozenset(each.name for each in lived)
        profile = self.profile.model_copy(
            update={
                "age": years_between(self.profile.date_of_birth, now.ends),
                "occupation": now.occupation,
                "educational_background": now.education,
                "hobbies": (),
                "short_term_goals": (),
                "long_term_goals": (),
            }
        )
        return self.model_copy(
            update={
                "profile": profile,
                "people": tuple(each for each in self.people if each.since is None or each.since in names),
                "stages": (*lived[:-1], now.model_copy(update={"ends": None})),
                "knowledge": Knowledge(),
                "present": now.ends,
                "biography": "\n\n".join(each.summary for each in lived),
                "story": self.story.until(names),
                "questionnaire": Questionnaire(),
            }
        )

    def _repr_html_(self) -> str:
        profile = self.profile
        people = [f"{escape(each.name)} {faint(each.relation)}" for each in self.people]
        rows = {
            "age": f"{profile.age} {faint(f'born {profile.date_of_birth}; today is {self.today}')}",
            "gender": escape(profile.gender),
            "occupation": escape(profile.occupation),
            "family": escape(profile.family_background),
            "education": escape(profile.educational_background),
            "hobbies": escape("; ".join(profile.hobbies)),
            "short-term goals": escape("; ".join(profile.short_term_goals)),
            "long-term goals": escape("; ".join(profile.long_term_goals)),
            "tendencies": escape(" > ".join(self.personality.ranking)),
            "traits": listed([escape(trait) for trait in self.personality.traits[:3]]),
            "people": ", ".join(people),
            "stages": escape(" → ".join(stage.name for stage in self.stages)),
            "story": f"{self.story.words:,} words in {len(self.story.paragraphs)} paragraphs",
            "licence": escape(" · ".join(each for each in (self.licence, self.origin) if each)),
        }
        return card(title(profile.name), table(rows))


def years_between(earlier: date, later: date) -> int:
    """Whole years from one day to another, as ages are counted."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February
        return date(born.year + age, 3, 1)
