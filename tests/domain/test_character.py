"""What a character accepts, and what it no longer knows at an earlier stage."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulacra.domain.character import TENDENCIES, Character, years_between
from simulacra.domain.questionnaire import Questionnaire
from simulacra.domain.story import Story
from simulacra.errors import UnknownStageError


def changed(character: Character, **tables: Any) -> Character:
    """The character validated anew, with some of its tables replaced or, where they are dicts, updated."""
    fields = character.model_dump()
    for name, value in tables.items():
        fields[name] = {**fields[name], **value} if isinstance(value, dict) else value
    return Character.model_validate(fields)


def test_a_value_cannot_be_changed(small_character: Character) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        small_character.biography = "Somebody else."  # type: ignore[misc]


def test_an_attribute_that_does_not_exist_is_refused(small_character: Character) -> None:
    with pytest.raises(ValidationError, match="hair"):
        changed(small_character, profile={"hair": "brown"})


@pytest.mark.parametrize("name", ["Ilse", "../etc", "ilse verhaegen", "ilse--v", "-ilse", "", "ilse\n", "x" * 81])
def test_an_id_that_could_be_more_than_a_folder_is_refused(small_character: Character, name: str) -> None:
    with pytest.raises(ValidationError, match="id"):
        changed(small_character, id=name)


@pytest.mark.parametrize("age", [-1, 131])
def test_an_age_that_nobody_has_is_refused(small_character: Character, age: int) -> None:
    with pytest.raises(ValidationError, match=r"profile\.age"):
        changed(small_character, profile={"age": age})


def test_age_and_date_of_birth_have_to_agree(small_character: Character) -> None:
    with pytest.raises(
        ValidationError, match=r"profile\.age is 40, but somebody born on 1984-03-12 is 41 on 2025-10-01"
    ):
        changed(small_character, profile={"age": 40})


def test_the_ranking_names_each_tendency_once(small_character: Character) -> None:
    with pytest.raises(ValidationError, match="missing: Te"):
        changed(small_character, personality={"ranking": TENDENCIES[1:]})
    with pytest.raises(ValidationError, match="one stands twice"):
        changed(small_character, personality={"ranking": (*TENDENCIES, "Te")})


def test_a_ranking_may_be_unknown(small_character: Character) -> None:
    assert changed(small_character, personality={"ranking": ()}).personality.ranking == ()


class TestStages:
    def test_they_may_not_overlap(self, small_character: Character) -> None:
        stages = small_character.model_dump()["stages"]
        stages[1]["starts"] = stages[0]["ends"]
        with pytest.raises(ValidationError, match="'apprenticeship' starts before stage 'childhood' ends"):
            changed(small_character, stages=stages)

    def test_only_the_last_may_be_open(self, small_character: Character) -> None:
        stages = small_character.model_dump()["stages"]
        stages[0]["ends"] = None
        with pytest.raises(ValidationError, match="give every stage but the last an 'ends'"):
            changed(small_character, stages=stages)

    def test_none_ends_before_it_starts(self, small_character: Character) -> None:
        stages = small_character.model_dump()["stages"]
        stages[0]["ends"] = date(1984, 3, 11)
        stages[0]["starts"] = date(1984, 3, 12)
        with pytest.raises(ValidationError, match="'childhood' ends on 1984-03-11, before it starts"):
            changed(small_character, stages=stages)

    def test_none_starts_before_birth(self, small_character: Character) -> None:
        stages = small_character.model_dump()["stages"]
        stages[0]["starts"] = date(1983, 1, 1)
        with pytest.raises(ValidationError, match="'childhood' starts before the date of birth, 1984-03-12"):
            changed(small_character, stages=stages)

    def test_no_two_have_one_name(self, small_character: Character) -> None:
        stages = small_character.model_dump()["stages"]
        stages[1]["name"] = "Childhood"
        with pytest.raises(ValidationError, match="two stages have one name"):
            changed(small_character, stages=stages)

    def test_a_heading_of_the_story_names_one(self, small_character: Character) -> None:
        with pytest.raises(ValidationError, match="no stage is called 'old age'"):
            changed(small_character, story=Story(text="## old age\n\nI forget things."))

    def test_a_person_is_known_since_one(self, small_character: Character) -> None:
        stranger = {"name": "Tom", "relation": "neighbour", "about": "Plays the horn.", "since": "retirement"}
        with pytest.raises(ValidationError, match="no stage is called 'retirement'"):
            changed(small_character, people=[stranger])

    def test_every_paragraph_belongs_to_one(self, small_character: Character) -> None:
        with pytest.raises(ValidationError, match="put a heading such as '## childhood' above it"):
            changed(small_character, story=Story(text="I was born.\n\n## childhood\n\nI grew."))

    def test_a_character_without_any_needs_no_headings(self, small_character: Character) -> None:
        timeless = changed(small_character, stages=(), people=(), story=Story(text="I was born.\n\nI grew."))
        with pytest.raises(UnknownStageError, match="has no stages at all: add"):
            timeless.at("childhood")


class TestAtAnEarlierStage:
    def test_the_person_is_as_old_as_at_its_end(self, small_character: Character) -> None:
        youth = small_character.at("apprenticeship")
        assert (youth.profile.age, youth.today) == (28, date(2012, 8, 31))
        assert youth.profile.occupation == "apprentice frame builder"

    def test_what_came_later_does_not_exist(self, small_character: Character) -> None:
        child = small_character.at("childhood")
        everything = child.model_dump_json()
        for later in ("Nel", "Claes", "Baas", "Bruges", "bakery", "2012", "tandem", "lathe", "mechanic", "workshop"):
            assert later in small_character.model_dump_json()
            assert later not in everything

    def test_what_came_before_is_still_there(self, small_character: Character) -> None:
        youth = small_character.at("apprenticeship")
        assert [person.name for person in youth.people] == ["Greet Maes", "Claes Dewulf"]
        assert "the canal froze" in youth.story.text
        assert [stage.name for stage in youth.stages] == ["childhood", "apprenticeship"]

    def test_it_is_a_whole_character_that_can_be_validated(self, small_character: Character) -> None:
        youth = small_character.at("apprenticeship")
        assert Character.model_validate(youth.model_dump()) == youth

    def test_going_back_twice_is_going_back_once(self, small_character: Character) -> None:
        assert small_character.at("apprenticeship").at("childhood") == small_character.at("childhood")

    def test_names_are_read_in_any_case(self, small_character: Character) -> None:
        assert small_character.at("CHILDHOOD") == small_character.at("childhood")

    def test_the_last_stage_is_the_person_of_today(self, small_character: Character) -> None:
        assert small_character.at("workshop") is small_character

    def test_an_unknown_stage_is_an_error_that_names_the_known_ones(self, small_character: Character) -> None:
        with pytest.raises(
            UnknownStageError, match=r"'ilse-verhaegen' has no stage 'youth'.*childhood, apprenticeship"
        ):
            small_character.at("youth")

    def test_the_questionnaire_of_today_is_not_asked(self, small_character: Character) -> None:
        assert small_character.at("childhood").questionnaire == Questionnaire()


@given(born=st.dates(date(1900, 1, 1), date(2000, 12, 31)), age=st.integers(0, 130))
def test_without_a_present_today_is_the_last_birthday(small_character: Character, born: date, age: int) -> None:
    profile = small_character.profile.model_copy(update={"date_of_birth": born, "age": age})
    today = small_character.model_copy(update={"profile": profile, "present": None}).today
    assert years_between(born, today) == age
    assert years_between(born, today - timedelta(days=1)) == age - 1


def test_the_digest_changes_with_anything_in_the_character(small_character: Character) -> None:
    other = small_character.model_copy(update={"origin": "a dream"})
    assert other.digest != small_character.digest
    assert small_character.model_copy().digest == small_character.digest


def test_the_card_cannot_carry_markup(small_character: Character) -> None:
    profile = small_character.profile.model_copy(update={"name": "<script>alert(1)</script>"})
    card = small_character.model_copy(update={"profile": profile})._repr_html_()
    assert "<script>" not in card
    assert "&lt;script&gt;" in card
