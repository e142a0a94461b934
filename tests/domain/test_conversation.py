"""Mood, accounts and the card of a turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.conversation import Counts, Feeling, Mood, Reflection, Thought, Turn, Usage
from simulacra.domain.memory import Memory, Recollection, Source

valences = st.floats(-1, 1)


@given(start=valences, felt=st.lists(st.none() | valences, max_size=20))
def test_a_mood_stays_within_bounds(start: float, felt: list[float | None]) -> None:
    mood = Mood(valence=start)
    for valence in felt:
        mood = mood.after(None if valence is None else Feeling(text="", valence=valence))
        assert -1 <= mood.valence <= 1


@given(start=valences)
def test_a_mood_that_nothing_feeds_fades_to_calm(start: float) -> None:
    mood = Mood(valence=start)
    for _ in range(60):
        fainter = mood.after(None)
        assert abs(fainter.valence) <= abs(mood.valence) + 5e-7  # moods have six decimals
        mood = fainter
    assert mood.valence == pytest.approx(0, abs=1e-5)


def test_a_mood_moves_towards_a_feeling() -> None:
    sad = Feeling(text="It hurts.", valence=-0.8)
    assert Mood().after(sad).valence == pytest.approx(-0.4)
    assert Mood().after(sad).after(sad).valence < Mood().after(sad).valence


@pytest.mark.parametrize(
    ("valence", "word"), [(-1, "very low"), (-0.4, "low"), (0, "even"), (0.4, "good"), (1, "very good")]
)
def test_a_mood_has_a_word(valence: float, word: str) -> None:
    assert Mood(valence=valence).word == word


def test_accounts_add_up() -> None:
    one, two = (
        Usage(calls=1, prompt_tokens=10, cost=0.5, seconds=1.5),
        Usage(calls=2, cached=1, completion_tokens=3, cost=0.25),
    )
    total = one + two
    assert total == Usage(calls=3, cached=1, prompt_tokens=10, completion_tokens=3, cost=0.75, seconds=1.5)
    assert Counts(asked=1, repaired=1) + Counts(asked=2) == Counts(asked=3, repaired=1)


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    assert (Usage(cost=1.0) + Usage(cost=None)).cost is None


REMEMBERED = Memory(
    id="1",
    character="ilse",
    text="",
    content="",
    summary="an easel in the rain",
    stage="youth",
    source=Source(kind="story", position=3),
)


def test_the_card_of_a_baseline_shows_no_agents() -> None:
    card = Turn(number=2, session="lab", speaker="Noor", stimulus="Hello.", reply="Hello.")._repr_html_()
    assert "turn 2 of lab" in card
    assert "agent" not in card
    assert "failed" not in card


def test_the_card_of_a_turn_shows_what_each_agent_contributed() -> None:
    turn = Turn(
        number=1,
        session="",
        speaker="<Noor>",
        stimulus="Do you paint?",
        reply="No & never.",
        thought=Thought(text="Why does she ask?"),
        emotion=Feeling(text="Wary.", valence=-0.25),
        reflection=Reflection(key_elements=("painting",), queries=("easel",), false_premise="She paints."),
        recalled=(Recollection(memory=REMEMBERED, score=0.75),),
        usage=Usage(calls=3, cached=1, prompt_tokens=2000, completion_tokens=90, cost=0.01),
        counts=Counts(asked=4, repaired=1),
        failures=("the memory agent said nothing",),
    )
    card = turn._repr_html_()
    for shown in (
        "&lt;Noor&gt;",
        "No &amp; never.",
        "Why does she ask?",
        "Wary.",
        "(-0.25)",
        "painting",
        "easel",
        "She paints.",
    ):
        assert shown in card
    for shown in ("an easel in the rain", "youth", "0.75", "1 answered by the ledger", "$0.0100", "1 repaired"):
        assert shown in card
    assert "the memory agent said nothing" in card
    assert str(turn) == "No & never."
