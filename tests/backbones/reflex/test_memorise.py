from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulacra.backbones.reflex.rules import answer
from simulacra.domain.character import Character
from simulacra.prompts.construction import (
    Memorise,
    MemoriseContent,
    MemoriseEmotion,
    MemoriseThought,
    SummariseMemory,
    WholeMemory,
)

EVENT = (
    "In June 2003 Ada met Jonas at the harbour, and he gave her a compass. It rained. It rained all day. Ada was "
    "afraid of the storm, and she cried. She decided to stay with him. The town was grey, and the town was cold."
)
ODD = [
    "ok",
    "你好世界。今天天气很好。",
    "Er ging nach Hause. Sie blieb.",
    "word " * 5_000,
    "!!!",
    "a\n\nb",
    "\u202e\x00x",
    "# only a title",
]


def memory(ada: Character, text: str) -> WholeMemory:
    return answer(Memorise(character=ada, chunk=text))


def test_content_is_the_persons_own_account(ada: Character) -> None:
    content = memory(ada, EVENT).content
    assert "I met Jonas at the harbour, and he gave me a compass." in content
    assert "Ada" not in content


def test_content_keeps_names_and_dates_before_weather_and_its_order(ada: Character) -> None:
    long = " ".join([*("It rained on the roofs of the town for a very long while." for _ in range(20)), EVENT])
    content = memory(ada, long).content
    assert len(content.split()) <= 100
    assert "June 2003" in content
    assert content.index("June 2003") < content.index("afraid")


def test_emotion_names_feelings_with_their_causes(ada: Character) -> None:
    made = memory(ada, EVENT)
    assert "I was afraid of the storm" in made.emotion
    assert made.valence < 0
    assert memory(ada, "Ada won the prize, and everybody was happy for her. What a wonderful day.").valence > 0


def test_thought_is_what_the_person_thought_beyond_what_the_content_keeps(ada: Character) -> None:
    made = memory(ada, f"{EVENT} {' '.join(['On 4 July 1999 Otto met Lene in Kiel by the old harbour wall.'] * 12)}")
    assert "I decided to stay" in made.thought
    assert memory(ada, "The shop was closed. It rained all day.").thought == ""


def test_thought_and_emotion_repeat_no_sentence_of_the_content(ada: Character) -> None:
    made = memory(ada, EVENT)
    sentences = [each.strip() for each in made.content.split(".") if len(each.split()) > 3]
    assert not any(each in f"{made.thought} {made.emotion}" for each in sentences)


def test_summary_says_who_and_when_in_twenty_words(ada: Character) -> None:
    summary = memory(ada, EVENT).summary
    assert "Jonas" in summary
    assert "2003" in summary
    assert len(summary.split()) <= 20


def test_turning_points_matter_more_than_days_that_pass(ada: Character) -> None:
    funeral = memory(ada, "Otto and Lene buried Jonas on 9 October 2010, and after the funeral Ada sold the boat.")
    assert funeral.importance > memory(ada, "It rained all day.").importance


def test_leaves_out_what_only_the_reader_knows(ada: Character) -> None:
    made = memory(ada, "Ada bought a glass. Ada never learned that Lene had paid. The price was four hundred marks.")
    assert "paid" not in made.model_dump_json()
    assert "four hundred" not in made.model_dump_json()
    assert memory(ada, "Ada never learned that Lene had paid.").content


def test_the_agents_parts_agree_with_the_whole(ada: Character) -> None:
    whole = memory(ada, EVENT)
    content = answer(MemoriseContent(character=ada, chunk=EVENT))
    emotion = answer(MemoriseEmotion(character=ada, chunk=EVENT))
    thought = answer(MemoriseThought(character=ada, chunk=EVENT, content=content.content))
    summary = answer(SummariseMemory(character=ada, chunk=EVENT, content=content.content, emotion=emotion.emotion))
    parts = {**content.model_dump(), **emotion.model_dump(), **thought.model_dump(), **summary.model_dump()}
    assert WholeMemory(**parts) == whole


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_make_a_memory_too(ada: Character, text: str) -> None:
    made = memory(ada, text)
    assert made.content.strip()
    assert made.summary.strip()
    assert len(made.content.split()) <= 101


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=400))
def test_any_text_makes_a_memory_within_its_limits(ada: Character, text: str) -> None:
    made = memory(ada, text)
    assert made.content.strip()
    assert len(made.summary.split()) <= 20
    assert len(made.thought.split()) <= 26
    assert len(made.emotion.split()) <= 26
