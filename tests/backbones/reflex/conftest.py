"""One made-up life for the rules: told in the third person, with a rival of the same gender, a secret and a mistake."""

from __future__ import annotations

from datetime import date

import pytest

from simulacra.domain.character import (
    Character,
    Knowledge,
    Mistake,
    Person,
    Personality,
    Profile,
)
from simulacra.domain.memory import Memory, Recollection, Source
from simulacra.domain.story import Story

STORY = """\
Ada Brandt was born on 3 May 1980 in Kiel, above a bakery. Her father, Otto, built boats in the yard behind it. \
On Sundays he let her hold the chisel, and she cut her thumb with it in 1987.

In 1991 Ada sold her red bicycle to buy a telescope. She was eleven, and she cried in the bakery because the \
bicycle had been a present. The telescope was broken. She never looked through it.

Her sister Lene laughed at her. Lene had hidden the money for a new one under the stairs. Ada never learned that \
Lene had also paid for the glass. The glass had cost four hundred marks.

In June 2003 Ada met Jonas at the harbour, and he gave her a compass. "You will need it," said Jonas. They \
married in 2005. He drowned off Fehmarn in October 2010, and Ada has not sailed since.

Since 2012 she has repaired clocks in a shop in Lübeck. She is proud of the town hall clock. She was afraid of \
the height of the tower, and still she climbed it every week.
"""


@pytest.fixture(scope="session")
def ada() -> Character:
    return Character(
        id="ada-brandt",
        profile=Profile(
            name="Ada Brandt",
            age=45,
            gender="female",
            date_of_birth=date(1980, 5, 3),
            occupation="clock repairer",
            hobbies=("chess", "walking on the beach"),
            family_background="Daughter of a boat builder; widowed",
            educational_background="left school at sixteen; apprenticed to a clockmaker",
            short_term_goals=("mend the station clock",),
            long_term_goals=("a workshop of her own",),
        ),
        personality=Personality(
            ranking=("Si", "Ti", "Fi", "Ne", "Te", "Se", "Ni", "Fe"),
            traits=("I would rather listen than talk.", "I avoid large parties."),
        ),
        people=(
            Person(name="Otto Brandt", relation="father", about="Built boats. He taught Ada to use a chisel."),
            Person(name="Lene Brandt", relation="younger sister", about="Laughs easily. She lives in Hamburg."),
            Person(name="Jonas Wulff", relation="late husband", about="A pilot in the harbour, who drowned in 2010."),
        ),
        knowledge=Knowledge(
            unknown=("who sent the anonymous letter about the shop",),
            mistaken=(
                Mistake(
                    belief="The telescope glass was a gift from Otto.", truth="Lene paid four hundred marks for it."
                ),
            ),
        ),
        biography=(
            "Ada Brandt was born on 3 May 1980 in Kiel. She grew up above a bakery. She married Jonas in 2005 and lost "
            "him in 2010. She lives in Lübeck and repairs clocks."
        ),
        story=Story(text=STORY),
    )


@pytest.fixture(scope="session")
def recollections(ada: Character) -> tuple[Recollection, ...]:
    """Every paragraph of the story as a memory."""
    return tuple(
        Recollection(
            memory=Memory(
                id=str(number),
                character=ada.id,
                text=paragraph.text,
                content=paragraph.text,
                source=Source(kind="story", position=number),
            ),
            score=1.0,
        )
        for number, paragraph in enumerate(ada.story.paragraphs)
    )
