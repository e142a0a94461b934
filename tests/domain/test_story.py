"""A story's paragraphs, spans, stages and chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.story import Story

LINES = st.sampled_from(
    ["One day.", "  Indented, and more.  ", "", "## youth", "## old age ##", "# A title", "#hash", "### x"]
)
STORIES = st.one_of(
    st.text(),
    st.lists(LINES | st.text(max_size=30)).map("\n".join),
    st.lists(LINES | st.text(max_size=30)).map("\r\n".join),
).map(lambda text: Story(text=text))


@given(story=STORIES)
def test_every_paragraph_stands_where_its_span_says(story: Story) -> None:
    for paragraph in story.paragraphs:
        assert story.text[paragraph.start : paragraph.end] == paragraph.text != ""


@given(story=STORIES, size=st.integers(1, 4))
def test_chunks_hold_every_paragraph_once_and_in_order(story: Story, size: int) -> None:
    chunks = story.chunks(size)
    assert [each for chunk in chunks for each in chunk.text.split("\n\n")] == [each.text for each in story.paragraphs]
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))


@given(story=STORIES, size=st.integers(1, 4))
def test_a_chunk_never_crosses_a_stage(story: Story, size: int) -> None:
    for chunk in story.chunks(size):
        inside = [each for each in story.paragraphs if chunk.start <= each.start < chunk.end]
        assert {each.stage for each in inside} == {chunk.stage}
        assert 1 <= len(inside) <= size
        assert (chunk.start, chunk.end) == (inside[0].start, inside[-1].end)


@given(story=STORIES)
def test_until_some_stages_nothing_of_the_others_is_left(story: Story) -> None:
    told = {each.stage for each in story.paragraphs} - {None}
    kept = frozenset(list(told)[:1])
    part = story.until(kept)
    assert [(each.text, each.stage) for each in part.paragraphs] == [
        (each.text, each.stage) for each in story.paragraphs if each.stage is None or each.stage in kept
    ]


@pytest.mark.parametrize(
    ("line", "stage"),
    [
        ("## Youth", "youth"),
        ("##   Old Age  ##  ", "old age"),
        ("# Youth", None),
        ("### Youth", None),
        ("##Youth", None),
    ],
)
def test_only_a_heading_of_level_two_opens_a_stage(line: str, stage: str | None) -> None:
    story = Story(text=f"{line}\n\nIt rained.")
    assert story.paragraphs[-1].text == "It rained."
    assert story.paragraphs[-1].stage == stage


def test_headings_are_not_paragraphs() -> None:
    assert [each.text for each in Story(text="# Title\n\n## youth\n\n### A scene\n\nIt rained.").paragraphs] == [
        "It rained."
    ]


def test_a_word_is_counted_in_paragraphs_only() -> None:
    assert Story(text="# Three words here\n\n## youth\n\nIt rained all day.").words == 4


def test_paragraphs_of_any_script_and_line_end() -> None:
    story = Story(text="## barndom\r\n\r\nDet snöade i maj.\r\n第二段。\r")
    assert [each.text for each in story.paragraphs] == ["Det snöade i maj.", "第二段。"]


def test_a_copy_with_another_text_has_other_paragraphs() -> None:
    story = Story(text="It rained.")
    assert len(story.paragraphs) == 1
    assert story.model_copy(update={"text": "It rained.\n\nIt stopped."}).words == 4


def test_a_heading_of_many_spaces_is_read_in_linear_time() -> None:
    """A pattern with two neighbouring ``\\s*`` took minutes over this, and the run's time limit would end it."""
    story = Story(text="## a" + " " * 300_000 + "b\n\nIt rained.")
    assert len(story.paragraphs) == 1


def test_five_megabytes_are_a_story_like_any_other() -> None:
    story = Story(text="## youth\n\n" + "It rained on the roofs of the town again.\n\n" * 120_000)
    assert len(story.text) > 5_000_000
    assert len(story.chunks()) == 60_000
