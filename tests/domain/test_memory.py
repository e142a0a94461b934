"""A memory's id, and what is shown of it."""

from __future__ import annotations

from simulacra.domain.memory import Memory, Recollection, Source, memory_id

SOURCE = Source(kind="story", position=3, start=10, end=40)


def test_the_same_construction_has_the_same_id() -> None:
    one = memory_id("ilse", SOURCE, "It rained.", {"a": "1", "b": "2"}, "reflex")
    assert one == memory_id("ilse", SOURCE, "It rained.", {"b": "2", "a": "1"}, "reflex")


def test_whatever_goes_into_a_memory_changes_its_id() -> None:
    ids = {
        memory_id("ilse", SOURCE, "It rained.", {"a": "1"}, "reflex"),
        memory_id("nel", SOURCE, "It rained.", {"a": "1"}, "reflex"),
        memory_id("ilse", SOURCE.model_copy(update={"position": 4}), "It rained.", {"a": "1"}, "reflex"),
        memory_id("ilse", SOURCE, "It snowed.", {"a": "1"}, "reflex"),
        memory_id("ilse", SOURCE, "It rained.", {"a": "2"}, "reflex"),
        memory_id("ilse", SOURCE, "It rained.", {"a": "1"}, "openai:x"),
    }
    assert len(ids) == 6


def test_the_card_shows_the_reasons_and_no_markup() -> None:
    memory = Memory(id="1", character="ilse", text="", content="", summary="<b>rain</b>", source=SOURCE)
    card = Recollection(memory=memory, score=0.5, terms={"bm25": 0.25})._repr_html_()
    assert "&lt;b&gt;rain&lt;/b&gt;" in card
    assert "bm25 0.250" in card
    assert "story 3" in card
