"""What every test gets: a home of its own, no keys, and one small character; pyproject.toml keeps the network shut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from simulacra.domain.character import (
    Character,
    Knowledge,
    Mistake,
    Person,
    Personality,
    Profile,
    Stage,
)
from simulacra.domain.questionnaire import Cloze, MultipleChoice, Questionnaire, SingleChoice
from simulacra.domain.story import Story
from simulacra.mind.home import Home

settings.register_profile("any-machine", deadline=None)  # how long one example takes says nothing on a busy machine
settings.load_profile("any-machine")

FOREIGN_SETTINGS = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_ORGANIZATION",
    "SIMULACRA_BACKBONE",
    "LANGSMITH_API_KEY",
)

STORY = """\
# What Ilse Verhaegen remembers

## childhood

The shop smelled of rubber and chain oil, and I learned to count on ball bearings. My mother Greet kept the \
ledger in green ink, and when a customer paid late she drew a snail beside his name.

In the winter of 1992 the canal froze, and my brother and I carried a bench onto the ice. We fell through near \
the lock. A skipper pulled us out with a boat hook, and I have not trusted ice since.

## apprenticeship

At eighteen I went to Bruges, to Claes Dewulf, whom everybody called the Baas. He gave me a bent wheel and no \
tools and went to lunch. I trued it with my hands and a spoke key that I had hidden in my boot.

The Baas never praised anybody. On the day that I built my first frame he turned it over twice, and then he \
bought me a herring at the harbour. I was so proud that I ate it though I cannot bear herring.

## workshop

In September 2012 I opened my own workshop in a former bakery. The oven is still there; I keep inner tubes in \
it.

My daughter Nel was born on the day of the Tour of Flanders in 2014. She is eleven and repairs her own \
punctures, badly and with much swearing.

Last spring the Baas died. I did not go to the funeral, because I had quarrelled with him about money, and I \
am ashamed.
"""


@pytest.fixture(scope="session")
def small_character() -> Character:
    """A whole character in little: three stages, seven paragraphs, three people, a questionnaire."""
    return Character(
        id="ilse-verhaegen",
        profile=Profile(
            name="Ilse Verhaegen",
            age=41,
            gender="female",
            date_of_birth=date(1984, 3, 12),
            occupation="bicycle mechanic",
            hobbies=("swimming in the river", "crosswords"),
            family_background="Daughter of a bicycle dealer in Ghent, with one brother.",
            educational_background="Left school at eighteen; apprenticed to a frame builder in Bruges.",
            short_term_goals=("pay back the loan for the lathe",),
            long_term_goals=("build a tandem for herself and Nel",),
        ),
        personality=Personality(
            ranking=("Si", "Ti", "Fi", "Ne", "Te", "Se", "Ni", "Fe"),
            traits=("I would rather mend a thing than buy it.", "I go quiet when people praise me."),
        ),
        people=(
            Person(name="Greet Maes", relation="mother", about="Kept the shop's books in green ink."),
            Person(
                name="Claes Dewulf",
                relation="master",
                about="Frame builder in Bruges, sparing with words.",
                since="apprenticeship",
                other_names=("the Baas",),
            ),
            Person(name="Nel", relation="daughter", about="Born in 2014, swears at punctures.", since="workshop"),
        ),
        stages=(
            Stage(
                name="childhood",
                starts=date(1984, 3, 12),
                ends=date(2002, 6, 30),
                occupation="pupil",
                education="secondary school in Ghent",
                summary="Ilse grew up over her parents' bicycle shop in Ghent.",
            ),
            Stage(
                name="apprenticeship",
                starts=date(2002, 7, 1),
                ends=date(2012, 8, 31),
                occupation="apprentice frame builder",
                education="secondary school; apprenticeship in Bruges",
                summary="She learned to build frames with Claes Dewulf in Bruges.",
            ),
            Stage(
                name="workshop",
                starts=date(2012, 9, 1),
                occupation="bicycle mechanic",
                education="secondary school; apprenticeship in Bruges",
                summary="She has a workshop of her own in Ghent, and a daughter.",
            ),
        ),
        knowledge=Knowledge(
            unknown=("who paid the rent of the workshop's first year",),
            mistaken=(Mistake(belief="Her brother pushed the bench.", truth="She did."),),
        ),
        present=date(2025, 10, 1),
        biography=(
            "Ilse Verhaegen was born in Ghent on 12 March 1984, the daughter of a bicycle dealer. She learned frame "
            "building in Bruges and opened a workshop in a former bakery in 2012. She lives with her daughter Nel."
        ),
        story=Story(text=STORY),
        questionnaire=Questionnaire(
            cloze=(Cloze(question="In which town were you an apprentice?", answers=("Bruges", "Brugge")),),
            single=(
                SingleChoice(
                    question="What is in the old oven?",
                    options=("bread", "inner tubes", "the ledger", "nothing"),
                    answer="inner tubes",
                ),
            ),
            multiple=(
                MultipleChoice(
                    question="Who belongs to your life?",
                    options=("Greet", "Claes", "Nel", "Marguerite", "Tom", "Achille"),
                    answers=("Greet", "Claes", "Nel"),
                ),
            ),
            open=("A customer calls your work too dear in front of others. What do you do?",),
        ),
    )


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache folder for the whole run, so that a model is exported to ONNX once and not once a test."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the test its own home, and take away what the machine has: keys and endpoints."""
    for name in FOREIGN_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    settings = {
        "SIMULACRA_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(shared_cache),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "LANGSMITH_TRACING": "false",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield
    for path, place in tuple(Home._open.items()):
        if path.is_relative_to(tmp_path):
            place.close()  # a thousand tests would else keep ten thousand files open
