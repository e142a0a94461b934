from __future__ import annotations

import pytest

from simulacra.backbones.reflex.rules import answer
from simulacra.domain.character import Character
from simulacra.domain.conversation import Exchange, Feeling, Mood, Reflection, Thought
from simulacra.domain.memory import Recollection
from simulacra.prompts.conversation import Feel, Reflect, Think


@pytest.fixture
def ask(ada: Character, recollections: tuple[Recollection, ...]):  # type: ignore[no-untyped-def]
    def asking(kind, stimulus: str, exchanges: tuple[Exchange, ...] = (), mood: Mood | None = None):  # type: ignore[no-untyped-def]
        return answer(
            kind(
                character=ada,
                recalled=recollections,
                exchanges=exchanges,
                mood=mood or Mood(),
                speaker="Sam",
                stimulus=stimulus,
            )
        )

    return asking


def test_reflection_names_what_a_question_is_about(ask) -> None:  # type: ignore[no-untyped-def]
    reflection: Reflection = ask(Reflect, "Where did you meet Jonas in 2003?")
    assert {"Jonas", "2003"} <= set(reflection.key_elements)
    assert any("Jonas" in query for query in reflection.queries)
    assert len(reflection.queries) <= 3


def test_reflection_calls_relatives_by_their_names(ask) -> None:  # type: ignore[no-untyped-def]
    assert "Lene" in ask(Reflect, "How is your sister?").key_elements


def test_reflection_looks_back_where_the_words_do(ask) -> None:  # type: ignore[no-untyped-def]
    before = Exchange(turn=1, speaker="Sam", stimulus="What about the telescope?", reply="The telescope was broken.")
    assert any("telescope" in query for query in ask(Reflect, "Why?", (before,)).queries)


@pytest.mark.parametrize(
    ("stimulus", "knowledge"),
    [
        ("How old are you?", "known"),
        ("Why did you cry in the bakery?", "known"),
        ("Can you explain quantum entanglement?", "unknown"),
        ("Who sent the anonymous letter?", "unknown"),
    ],
)
def test_reflection_judges_whether_it_can_be_known(ask, stimulus: str, knowledge: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(Reflect, stimulus).knowledge == knowledge


def test_reflection_says_what_is_so_instead_of_a_false_premise(ask) -> None:  # type: ignore[no-untyped-def]
    assert "Kiel" in ask(Reflect, "You were born in Vienna, right?").false_premise
    assert ask(Reflect, "You were born in Kiel, right?").false_premise == ""


def test_thought_holds_what_it_found(ask) -> None:  # type: ignore[no-untyped-def]
    thought: Thought = ask(Think, "Why did you cry in the bakery?")
    assert "Sam asks" in thought.text
    assert "I cried" in thought.text or "I was eleven" in thought.text
    assert len(thought.text.split()) <= 30


def test_feelings_follow_what_is_heard_and_recalled(ask) -> None:  # type: ignore[no-untyped-def]
    sad: Feeling = ask(Feel, "It is terrible that Jonas drowned.")
    glad: Feeling = ask(Feel, "I am so happy that you are proud of the town hall clock, wonderful!")
    assert sad.valence < 0 < glad.valence
    assert sad.emotion != glad.emotion


def test_insults_hurt_and_moods_carry_over(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask(Feel, "You are stupid.").emotion == "hurt"
    low, high = (ask(Feel, "Tell me about the clock.", mood=Mood(valence=each)).valence for each in (-1.0, 1.0))
    assert low < high
