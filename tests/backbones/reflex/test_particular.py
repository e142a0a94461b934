"""Questions whose form says what is wanted."""

from __future__ import annotations

import re

import pytest

from simulacra.backbones.reflex.rules import answer
from simulacra.backbones.reflex.telling import trimmed
from simulacra.domain.character import Character, Person
from simulacra.domain.story import Story
from simulacra.prompts.conversation import RespondFromText
from tests.backbones.reflex.conversing import Conversation

MORE = """
Ada had a terrier called Biscuit. She stopped playing the violin in 1999, because her hands hurt. She still swims \
every morning. In 2015 she bought a blue Volvo from Lene. The meal she loved best was smoked eel. Lene owed money to \
everybody. In 2016 Ada went to Madrid for a week.
"""


@pytest.fixture
def talk(ada: Character) -> Conversation:
    """Nothing comes to mind: answers come from the papers, and from the person's own story."""
    return Conversation(ada.model_copy(update={"story": Story(text=ada.story.text + MORE)}), ())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was your dog called?", "Biscuit"),
        ("What car do you drive?", "Volvo"),
        ("What is your favourite food?", "smoked eel"),
        ("Do you still play the violin?", r"^(?:No|Not any more)\b.*1999"),
        ("Why did you stop playing the violin?", "because my hands hurt"),
        ("Do you still swim?", r"^(?:Yes|I do)\b.*swim"),
        ("Have you ever been to Madrid?", "Madrid"),
        ("Have you ever been to Lisbon?", "Not that I|I don't think so"),
        ("Were you ever arrested?", "Not that I|I don't think so"),
        ("Have you mended the station clock yet?", r"[Nn]ot yet"),
        ("Can you repair my clock?", "clock repairer"),
        ("Are you married?", "I was"),
        ("How is Jonas?", "drowned"),
        ("What does your father do?", "[Bb]uilt boats"),
    ],
)
def test_answers_in_the_form_that_is_asked_for(talk: Conversation, question: str, expected: str) -> None:
    assert re.search(expected, talk.say(question))


def test_what_somebody_else_does_is_no_yes(talk: Conversation) -> None:
    assert "owed" not in talk.say("Do you owe anyone money?")


def test_asks_who_is_meant_where_nobody_was_spoken_of(talk: Conversation) -> None:
    assert "mean" in talk.say("What happened to her phone?")


def test_denies_a_place_that_belongs_to_later_years_only(talk: Conversation) -> None:
    reply = talk.say("You grew up in Madrid, didn't you?")
    assert "Kiel" in reply or "bakery" in reply
    assert not re.search(r"\bYes\b|That's right", reply)


def test_cannot_tell_whether_a_town_lies_in_a_country(talk: Conversation) -> None:
    assert not re.match(r"No\b|Not quite", talk.say("You were born in Germany, weren't you?"))


def test_does_not_look_through_a_story_that_it_was_not_given(ada: Character) -> None:
    whole = ada.model_copy(update={"story": Story(text=ada.story.text + MORE)})
    reply = answer(RespondFromText(character=whole, speaker="Sam", stimulus="What car do you drive?"))
    assert "Volvo" not in reply


def test_a_partner_is_no_spouse(ada: Character) -> None:
    kit = Person(name="Kit Mol", relation="girlfriend", about="A baker.")
    talk = Conversation(ada.model_copy(update={"people": (kit,)}), ())
    assert re.search(r"[Nn]ot? .*Kit|[Nn]o, .*Kit", talk.say("Are you married?"))


def test_long_sentences_end_at_a_clause() -> None:
    first = "I rowed out in the morning" + " past the wall" * 6
    assert trimmed(f"{first}, and the wind was cold{' over the grey water' * 6}.") == f"{first}."
    quoted = '"' + "Row on, and I shall wait, but hurry " * 6 + '" said Otto.'
    assert trimmed(quoted) == quoted
