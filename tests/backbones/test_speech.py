from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.backbones.speech import SpokenStream, refuses, spoken

NAMES = ("Ilse Verhaegen", "Ilse")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I mend bicycles.", "I mend bicycles."),
        ("  I mend bicycles.\n", "I mend bicycles."),
        ('"I mend bicycles."', "I mend bicycles."),
        ("“I mend bicycles.”", "I mend bicycles."),
        ("„Ich repariere.“", "Ich repariere."),
        ("Ilse: I mend bicycles.", "I mend bicycles."),
        ("ilse verhaegen: I mend bicycles.", "I mend bicycles."),
        ("**Ilse:** I mend bicycles.", "I mend bicycles."),
        ('Ilse: "I mend bicycles."', "I mend bicycles."),
        ("<think>She mends.</think>\nI mend bicycles.", "I mend bicycles."),
        ("She mends.</think>I mend bicycles.", "I mend bicycles."),
        ("<think>She mends, and so", ""),
        ("*wipes her hands* I mend bicycles.", "*wipes her hands* I mend bicycles."),
        ('"No," I said, "never."', '"No," I said, "never."'),
        ('"Herring" is what I cannot bear.', '"Herring" is what I cannot bear.'),
        ("Noor: that is not me.", "Noor: that is not me."),
        ("Ilse is my name.", "Ilse is my name."),
        ("'t Is cold.", "'t Is cold."),
        ('"', '"'),
        ("", ""),
    ],
)
def test_what_was_said_is_taken_out_of_its_wrapping(text: str, said: str) -> None:
    assert spoken(text, NAMES) == said


texts = (
    st.lists(
        st.sampled_from(
            [
                "<think>",
                "</think>",
                "Ilse",
                "Verhaegen",
                ":",
                '"',
                "“",
                "”",
                "*",
                " ",
                "\n",
                "a",
                "I mend.",
                "<th",
                "k>",
            ]
        )
    ).map("".join)
    | st.text()
)


@settings(max_examples=500)
@given(texts, st.lists(st.integers(min_value=1, max_value=8), min_size=1))
def test_the_pieces_of_a_stream_add_up_to_what_was_said(text: str, sizes: list[int]) -> None:
    stream, shown, start = SpokenStream(NAMES), "", 0
    while start < len(text):
        size = sizes[start % len(sizes)]
        shown += stream.feed(text[start : start + size])
        start += size
    whole = spoken(text, NAMES)
    shown += stream.rest(whole)
    if "</think>" in text and not text.lstrip().startswith("<think>"):
        return  # thoughts that nothing announced are out before their end shows what they were
    assert shown == whole


def test_a_stream_shows_words_as_they_come() -> None:
    stream = SpokenStream(NAMES)
    assert [stream.feed(piece) for piece in ("I mend ", "bicycles", ", mostly.")] == [
        "I mend",
        " bicycles",
        ", mostly.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "As an AI language model, I do not have a childhood.",
        "I'm sorry, but I can't assist with that request.",
        "I’m just an AI and have no feelings.",
        "I am sorry, but I cannot pretend to be a real person.",
        '{"text": "As a large language model I feel nothing."}',
    ],
)
def test_a_refusal_is_noticed(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry I missed the funeral.",
        "I can't bear herring.",
        "I cannot say who paid the rent.",
        "I won't help him again.",
        "My nephew says I am an airhead.",
        "It was as an aide that I came there.",
    ],
)
def test_a_person_who_declines_is_no_refusal(text: str) -> None:
    assert not refuses(text)
