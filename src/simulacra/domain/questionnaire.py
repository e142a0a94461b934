"""A self-report questionnaire: what a character should be able to say about itself (Human Simulacra, section 5.1).

Right answers are written out, not lettered, so that options can be shuffled and lettered anew for every asking.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from simulacra.domain.value import Text, Value


class Cloze(Value):
    """A question with a short answer; any of ``answers`` counts as right."""

    question: Text
    answers: tuple[Text, ...] = Field(min_length=1)


class SingleChoice(Value):
    """A question with four options of which exactly one is right."""

    question: Text
    options: tuple[Text, ...] = Field(min_length=4, max_length=4)
    answer: Text

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> Self:
        _check_options(self.question, self.options, (self.answer,))
        return self


class MultipleChoice(Value):
    """A question with six options of which exactly three are right."""

    question: Text
    options: tuple[Text, ...] = Field(min_length=6, max_length=6)
    answers: tuple[Text, ...] = Field(min_length=3, max_length=3)

    @model_validator(mode="after")
    def _answers_are_options(self) -> Self:
        _check_options(self.question, self.options, self.answers)
        return self


class Questionnaire(Value):
    """Five questions of each closed kind in a complete self report; ``open`` holds scenarios without a right answer."""

    cloze: tuple[Cloze, ...] = ()
    single: tuple[SingleChoice, ...] = ()
    multiple: tuple[MultipleChoice, ...] = ()
    open: tuple[Text, ...] = ()


def _check_options(question: str, options: tuple[str, ...], answers: tuple[str, ...]) -> None:
    if len(set(options)) != len(options):
        raise ValueError(f"the options of {question!r} repeat one another: make each different")
    if missing := [answer for answer in answers if answer not in options]:
        raise ValueError(
            f"the answer {missing[0]!r} of {question!r} is not among its options: write it out as one of them"
        )
    if len(set(answers)) != len(answers):
        raise ValueError(f"the answers of {question!r} repeat one another: name each once")
