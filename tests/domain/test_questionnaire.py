"""A questionnaire that cannot be marked wrongly."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulacra.domain.questionnaire import Cloze, MultipleChoice, SingleChoice

OPTIONS = ("red", "green", "blue", "white")
SIX = (*OPTIONS, "black", "grey")


def test_the_right_answer_of_a_single_choice_is_one_of_its_options() -> None:
    assert SingleChoice(question="Colour?", options=OPTIONS, answer="blue").answer == "blue"
    with pytest.raises(ValidationError, match=r"the answer 'pink' of 'Colour\?' is not among its options"):
        SingleChoice(question="Colour?", options=OPTIONS, answer="pink")


def test_options_differ() -> None:
    with pytest.raises(ValidationError, match="repeat one another"):
        SingleChoice(question="Colour?", options=("red", "red", "blue", "white"), answer="red")


def test_options_that_differ_in_white_space_only_are_the_same() -> None:
    with pytest.raises(ValidationError, match="repeat one another"):
        SingleChoice(question="Colour?", options=("red", " red ", "blue", "white"), answer="red")


def test_a_multiple_choice_has_exactly_three_right_answers() -> None:
    assert len(MultipleChoice(question="Colours?", options=SIX, answers=SIX[:3]).answers) == 3
    for answers in (SIX[:2], SIX[:4]):
        with pytest.raises(ValidationError, match="answers"):
            MultipleChoice(question="Colours?", options=SIX, answers=answers)
    with pytest.raises(ValidationError, match="name each once"):
        MultipleChoice(question="Colours?", options=SIX, answers=("red", "red", "blue"))
    with pytest.raises(ValidationError, match="'pink'"):
        MultipleChoice(question="Colours?", options=SIX, answers=("red", "pink", "blue"))


def test_a_cloze_needs_an_answer_that_says_something() -> None:
    """An empty answer stands in every reply, so it would always count as right."""
    with pytest.raises(ValidationError, match="answers"):
        Cloze(question="Where?", answers=())
    with pytest.raises(ValidationError, match="answers"):
        Cloze(question="Where?", answers=(" ",))
