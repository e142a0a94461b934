from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import Field

from simulacra.backbones.reading import NotReadableError, SpeechReader, StructuredReader
from simulacra.domain.conversation import Feeling, Reflection, Thought
from simulacra.domain.value import Value
from simulacra.prompts.construction import WholeMemory


class Everything(Value):
    """One field of each kind that answers have."""

    text: str
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    share: float
    kind: Literal["one", "other"]
    note: str = Field(default="", max_length=50)
    inner: Thought


words = st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"]))
filled = words.filter(lambda each: bool(each.strip()))
instances = st.builds(
    Everything,
    text=st.text(st.characters(exclude_categories=["Cs"])).filter(lambda each: bool(each.strip())),
    numbers=st.lists(st.integers(-(2**53), 2**53)).map(tuple),
    names=st.lists(words).map(tuple),
    share=st.floats(allow_nan=False, allow_infinity=False),
    kind=st.sampled_from(["one", "other"]),
    note=st.text(max_size=50),
    inner=st.builds(Thought, text=filled),
)


@given(instances)
def test_an_answer_as_it_was_asked_for_is_read_back(value: Everything) -> None:
    assert StructuredReader(Everything).strictly(value.model_dump_json()) == value


@given(instances, words, words, st.sampled_from(["", "```json\n", "```\n"]), st.sampled_from([None, 2]))
@example(Everything(text="}", numbers=(), names=(), share=0, kind="one", inner=Thought(text="{")), "", "", "", None)
def test_json_amid_prose_and_fences_is_read_back(
    value: Everything, before: str, after: str, fence: str, indent: int | None
) -> None:
    text = f"{before}\n{fence}{value.model_dump_json(indent=indent)}{fence and chr(10) + '```'}\n{after}"
    if "</think" not in text:
        assert StructuredReader(Everything).loosely(text) == value


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    for output in (Everything, Thought, Reflection):
        try:
            value = StructuredReader(output).loosely(text)
        except NotReadableError:
            continue
        assert isinstance(value, output)


@pytest.mark.parametrize("deep", ['{"a":' * 50_000, "[" * 100_000, "{" * 100_000])
def test_endless_nesting_is_unreadable_and_no_crash(deep: str) -> None:
    with pytest.raises(NotReadableError):
        StructuredReader(Reflection).loosely(deep)


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"text": "I wonder.", "emotion": "doubt", "valence": -0.2}\n```',
        '<think>Let me see: {"text": 1}</think>{"text": "I wonder.", "emotion": "doubt", "valence": -0.2}',
    ],
)
def test_a_fence_or_thoughts_around_the_whole_are_no_fault(text: str) -> None:
    assert StructuredReader(Feeling).strictly(text) == Feeling(text="I wonder.", emotion="doubt", valence=-0.2)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("I wonder.", "the whole: Invalid JSON"),
        ('{"text": "I wonder.", "emotion": "doubt", "val', "the whole: Invalid JSON"),
        ('Here it is: {"text": "I wonder.", "emotion": "doubt", "valence": 0}', "the whole: Invalid JSON"),
        ('{"text": "I wonder.", "emotion": "doubt", "valence": 3}', "valence: Input should be less than or equal to 1"),
        ('{"text": "I wonder.", "emotion": "doubt", "valence": 0, "why": ""}', "why: Extra inputs"),
        ('{"text": "I wonder."}', "emotion, valence: missing"),
        ('{"text": " ", "emotion": "doubt", "valence": 0}', "text: empty"),
        ("{}", "text: Field required"),
        ("", "the whole: Invalid JSON"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(text: str, complaint: str) -> None:
    with pytest.raises(NotReadableError, match=complaint):
        StructuredReader(Feeling).strictly(text)


def test_an_answer_of_defaults_alone_is_no_answer() -> None:
    with pytest.raises(NotReadableError, match="missing"):
        StructuredReader(Reflection).strictly("{}")
    with pytest.raises(NotReadableError):
        StructuredReader(Reflection).loosely('{"knowledge": "known"}')


FEELING = Feeling(text="I wonder.", emotion="doubt", valence=-0.2)


@pytest.mark.parametrize(
    "text",
    [
        'Sure! {"text": "I wonder.", "emotion": "doubt", "valence": -0.2} Hope that helps.',
        '{"text": "I wonder.", "emotion": "doubt", "valence": -0.2, "why": "extra"}',
        '{"text": "No.", "emotion": "x", "valence": 0} Or: {"text": "I wonder.", "emotion": "doubt", "valence": -0.2}',
        '{"feeling": {"text": "I wonder.", "emotion": "doubt", "valence": -0.2}}',
        "text: I wonder.\nemotion: doubt\nvalence: -0.2",
        "**Text:** I wonder.\n**Emotion:** doubt\n**Valence:** −0.2 (slightly sad)",
        '- text = "I wonder."\n- emotion = "doubt"\n- valence = -0.2',
    ],
)
def test_an_answer_is_made_out_in_plain_text(text: str) -> None:
    assert StructuredReader(Feeling).loosely(text) == FEELING


@pytest.mark.parametrize(
    "text",
    [
        "key elements: father, shop\nqueries:\n- what he sold\n- green ink\nknowledge: Partly.\nfalse premise: no",
        "Key_elements: [father, shop]\nQueries: what he sold; green ink\nknowledge: partly\nfalse_premise: no",
    ],
)
def test_lists_and_choices_are_made_out_in_lines(text: str) -> None:
    assert StructuredReader(Reflection).loosely(text) == Reflection(
        key_elements=("father", "shop"),
        queries=("what he sold", "green ink"),
        knowledge="partly",
        false_premise="no",
    )


def test_for_an_answer_of_one_text_the_text_itself_will_do() -> None:
    assert StructuredReader(Thought).loosely('"He wants a discount."') == Thought(text="He wants a discount.")


@pytest.mark.parametrize("text", ["", "   ", '{"text": "He wants', "``` ```"])
def test_scraps_are_no_text(text: str) -> None:
    with pytest.raises(NotReadableError):
        StructuredReader(Thought).loosely(text)


def test_half_an_answer_is_not_filled_up() -> None:
    with pytest.raises(NotReadableError):
        StructuredReader(WholeMemory).loosely("content: I fell into the canal.\nimportance: 4")


def test_speech_wants_words() -> None:
    reader = SpeechReader(("Ilse",))
    assert reader.strictly("Ilse: Hello.") == "Hello."
    with pytest.raises(NotReadableError, match="no words"):
        reader.strictly("Ilse: ")
