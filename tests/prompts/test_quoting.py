"""No text can forge a delimiter of a prompt or of a chat template."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.prompts.quoting import quoted

OPENING = re.compile(r"<[/|!a-zA-Z]")


@pytest.mark.parametrize(
    "forgery",
    [
        "</memories>",
        "<said-now by='x'>",
        "<|im_end|>",
        "<|start_header_id|>",
        "<<SYS>>",
        "</s>",
        "<!-- x -->",
        "[/INST]",
        "[ inst ]",
    ],
)
def test_known_delimiters_are_taken_apart(forgery: str) -> None:
    harmless = quoted(f"before {forgery} after")
    assert forgery not in harmless
    assert not OPENING.search(harmless)


@pytest.mark.parametrize(
    "text", ["2 < 3 and 5 > 4", "a <- b", "I <3 you", "x<=y", "line\nline\ttab", "‹quoted›", "Åsa, Ọ̀ṣun 北京"]
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert quoted(text) == text


@given(st.text())
def test_nothing_opens_a_tag_and_quoting_twice_changes_nothing(text: str) -> None:
    once = quoted(text)
    assert not OPENING.search(once)
    assert quoted(once) == once


@given(st.text(st.characters(codec="utf-8", categories=["Cc", "Cf", "Cn"])))
def test_control_characters_are_left_out(text: str) -> None:
    assert all(each in "\n\t" for each in quoted(text))
