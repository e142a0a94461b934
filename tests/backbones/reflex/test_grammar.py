from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.backbones.reflex.grammar import first_person
from simulacra.backbones.reflex.tokens import Cast, Somebody

LENE, OTTO = Somebody("Lene", "female"), Somebody("Otto", "male")
PEOPLE = {("Lene",): LENE, ("Otto",): OTTO}
WOMAN = Cast((("Ada", "Brandt"), ("Ada",)), "female", PEOPLE)
MAN = Cast((("Ben", "Brandt"), ("Ben",)), "male", PEOPLE)
NEITHER = Cast((("Kim", "Brandt"), ("Kim",)), "", PEOPLE)


def told(*sentences: str, cast: Cast = WOMAN) -> list[str]:
    return [each.text for each in first_person(sentences, cast)]


@pytest.mark.parametrize(
    ("story", "spoken"),
    [
        ("Ada Brandt was born in Kiel.", "I was born in Kiel."),
        ("Ada sold her boat.", "I sold my boat."),
        ("Ada's boat sank.", "My boat sank."),
        ("The boat was hers.", "The boat was mine."),
        ("They gave her a compass.", "They gave me a compass."),
        ("Otto gave her the chisel and she cut herself.", "Otto gave me the chisel and I cut myself."),
        ("Her father sold the boat.", "My father sold the boat."),
        ("Otto watched Ada from the quay.", "Otto watched me from the quay."),
        ("There was Ada on the steps.", "There was me on the steps."),
        ("They walked behind Ada.", "They walked behind me."),
        ("After Ada left, the shop closed.", "After I left, the shop closed."),
        ("Ada and Otto rowed home.", "Otto and I rowed home."),
        ("Ada and her father rowed home.", "My father and I rowed home."),
        ("Otto rowed home with Ada and Lene.", "Otto rowed home with Lene and me."),
        ("Young Ada was afraid.", "I was afraid."),
        ("Ada is a clock repairer and has a shop.", "I am a clock repairer and have a shop."),
        ("Ada still repairs clocks and plays chess.", "I still repair clocks and play chess."),
        ("She carries water and watches the tower.", "I carry water and watch the tower."),
        ("She doesn't sail.", "I don't sail."),
        ("She repairs clocks and watches.", "I repair clocks and watches."),
        ("She's been to Kiel.", "I've been to Kiel."),
        ("She'd never sailed.", "I'd never sailed."),
        ("Ada, thirty-five, sold the shop.", "I sold the shop."),
        ("Ada, who was eight, sold the boat.", "I sold the boat."),
        ('"I am tired," said Ada.', '"I am tired," I said.'),
        ('"Ada is her own worst enemy," said Otto.', '"Ada is her own worst enemy," said Otto.'),
        ("“She is mine,” Ada told her father.", "“She is mine,” I told my father."),
        ("Her two brothers were late.", "My two brothers were late."),
        ("She let her hair grow.", "I let my hair grow."),
        ("Their mother was ill.", "Our mother was ill."),
        ("The rain stopped.", "The rain stopped."),
    ],
)
def test_third_person_becomes_first(story: str, spoken: str) -> None:
    assert told(story) == [spoken]


@pytest.mark.parametrize(
    ("story", "spoken"),
    [
        ("Ben sold his boat.", "I sold my boat."),
        ("The boat was his.", "The boat was mine."),
        ("They gave him a compass.", "They gave me a compass."),
        ("His sister laughed at him.", "My sister laughed at me."),
        ("He works at night and goes home by bus.", "I work at night and go home by bus."),
        ("He washes and dresses himself.", "I wash and dress myself."),
        ("On Fridays Ben went out with his father and on Sundays with his mother.",
         "On Fridays I went out with my father and on Sundays with my mother."),
        ("On Monday his father walked him to the gate.", "On Monday my father walked me to the gate."),
    ],
)  # fmt: skip
def test_of_a_man_as_well(story: str, spoken: str) -> None:
    assert told(story, cast=MAN) == [spoken]


@pytest.mark.parametrize(
    "sentences",
    [
        ("Lene met Ada, and she laughed.",),
        ("Lene asked Ada about her boat.",),
        ("Her mother, Lene, saw the tar before she saw the flowers.",),
        ("Lene was ill.", "Her boat sank."),
    ],
)
def test_gives_up_where_she_may_be_either(sentences: tuple[str, ...]) -> None:
    last = told(*sentences)[-1]
    assert "I " not in last
    assert "my boat" not in last.casefold()
    assert "I saw" not in last


def test_keeps_the_part_in_which_everybody_is_certain() -> None:
    story = "She was born in Kiel, a week after her sister Lene had married, and she told her mother about her dress."
    assert told(story)[0].startswith("I was born in Kiel")
    assert "dress" not in told(story)[0]


def test_follows_pronouns_from_sentence_to_sentence() -> None:
    assert told("Ada was ten.", "She had a boat.", "It was red.", "She sold it.") == [
        "I was ten.",
        "I had a boat.",
        "It was red.",
        "I sold it.",
    ]


def test_names_somebody_who_was_only_he_before() -> None:
    lines = first_person(("Otto laughed.", "He sold the boat."), WOMAN)
    assert lines[1].text == "Otto sold the boat."
    assert lines[1].following == "He sold the boat."


def test_marks_a_he_of_whom_the_sentence_does_not_say_who_he_is() -> None:
    lines = first_person(("Otto laughed.", "Ada gave him a compass."), WOMAN)
    assert lines[1].text == "I gave him a compass."
    assert lines[1].dangling


def test_they_of_one_person_is_left_alone() -> None:
    assert told("Kim sold the boat.", cast=NEITHER) == ["I sold the boat."]
    assert told("Kim sold their boat.", cast=NEITHER) == [""]


WORDS = st.sampled_from(
    [*"Ada she her hers herself Lene Otto he him was sold boat and who , . ; the father when told is has'"
      .replace(",", " , ").replace(".", " . ").replace(";", " ; ").split(), '"She is here"', "Ada's"]
)  # fmt: skip


@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_no_name_of_ones_own_is_left_outside_quotations(sentence: str) -> None:
    text = first_person([sentence], WOMAN)[0].text
    assert "Ada" not in text.replace('"She is here"', "")


@given(st.text(max_size=200))
def test_reads_anything(sentence: str) -> None:
    assert len(first_person([sentence, sentence], WOMAN)) == 2


@given(st.sampled_from(["sold", "painted", "lost"]), st.sampled_from(["boat", "red clock", "father"]))
def test_is_done_once_and_for_all(verb: str, thing: str) -> None:
    once = told(f"Ada {verb} her {thing}.")[0]
    assert told(once) == [once]
