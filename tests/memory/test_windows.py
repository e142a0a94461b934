from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulacra.domain.memory import Memory
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.store import MemoryStore
from simulacra.memory.windows import MOST, SCALE, SENTENCES, mean, vectors_of, windows
from simulacra.memory.words import content_words
from tests.memory.lives import ANY_TEXT, memory

PROSE = st.lists(st.sampled_from(["He left.", '"Why?" she said.', "It rained in Visby!", "Ö"]), max_size=60).map(
    " ".join
)


class Listing:
    """An embedder that notes every text it was given."""

    name, dimensions, weight, note = "listing", 4, 1.0, "a fake"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return np.tile(np.array([0.5, -0.5, 0.5, -0.5], dtype=np.float32), (len(texts), 1))


def told(text: str, content: str, summary: str = "") -> Memory:
    return memory("ada", text).model_copy(update={"content": content, "summary": summary})


@given(st.one_of(PROSE, ANY_TEXT))
def test_the_windows_hold_every_word_of_the_text_in_order(text: str) -> None:
    found = windows(told(text, ""))
    # Windows with the same words are one.
    distinct = set(content_words(text))
    assert {word for window in found for word in content_words(window)} == distinct
    assert 1 <= len(found) <= MOST
    assert len(set(found)) == len(found)


def test_a_window_is_a_few_sentences() -> None:
    sentences = [f"Sentence {number} it was." for number in range(2 * SENTENCES)]
    assert windows(told(" ".join(sentences), "")) == (" ".join(sentences[:SENTENCES]), " ".join(sentences[SENTENCES:]))


def test_a_longer_text_has_longer_windows_of_equal_numbers_of_sentences() -> None:
    found = windows(told(" ".join(f"Sentence {number} it was." for number in range(10 * MOST)), ""))
    assert [window.count(".") for window in found] == [10] * MOST


def test_sentences_end_at_closing_quotes_and_lines_but_not_within_numbers_or_before_small_letters() -> None:
    text = '"Good edges." He paid 2.50 for it. "Why?" she asked\nÅke left… and came back. Étienne stayed. (So it was.)'
    found = windows(told(" ".join([text]), ""))
    assert found == (
        '"Good edges." He paid 2.50 for it. "Why?" she asked',
        "Åke left… and came back. Étienne stayed. (So it was.)",
    )


def test_an_account_in_other_words_has_a_window_and_one_in_the_same_words_has_none() -> None:
    text = "Anton lit the stove before dawn."
    assert windows(told(text, "I saw Anton; he lit the stove before dawn.", "Anton, stove")) == (text,)
    assert windows(told(text, "My father made fire for us.", "warmth")) == ("warmth\nMy father made fire for us.", text)


def test_a_memory_without_a_source_text_has_its_account() -> None:
    assert windows(told(" \n", "I lit the stove.", "stove")) == ("stove\nI lit the stove.",)
    assert windows(told("", "")) == ("",)


def test_all_memories_are_embedded_in_one_call_without_repetition() -> None:
    embedder = Listing()
    vectors = vectors_of([memory("ada", "boat"), memory("ada", "river"), memory("ada", "boat", order=1)], embedder)
    assert embedder.embedded == ["boat", "river"]
    assert [of_one.shape for of_one in vectors] == [(1, 4)] * 3


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_kept_vectors_are_those_of_the_embedder_to_four_decimals(texts: list[str]) -> None:
    embedder = HashedNgrams()
    for text, kept in zip(texts, vectors_of([told(text, "") for text in texts], embedder), strict=True):
        assert np.allclose(kept / SCALE, embedder.embed(windows(told(text, ""))), atol=1e-4)
        assert np.isclose(np.linalg.norm(mean(kept)), 1, atol=1e-5) or not kept.any() or len(kept) > 1


def test_one_sentence_in_a_long_text_is_found_by_its_meaning(tmp_path: Path) -> None:
    """The meaning is a fake's: a text about the dog, and about nothing else, is near the question."""

    class Meaning(Listing):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            rows = np.zeros((len(texts), 4), dtype=np.float32)
            for row, text in zip(rows, texts, strict=True):
                row[:] = [text.count("hound") + text.count("pet"), text.count("sea"), 0, 0.01]
                row /= np.linalg.norm(row)
            return rows

    sea = "The sea was grey and cold. We looked at the sea. "
    with MemoryStore(tmp_path, Meaning()) as store:
        store.upsert("ada", [memory("ada", sea * 4), memory("ada", sea * 4 + "A hound came. " * 3, order=1)])
        store.upsert("ada", [memory("ada", "The sea. A hound.", order=2)])
        store.refresh("ada")
        found = store.search("ada", "pet?", k=3)
    assert [each.memory.order for each in found] == [1, 2, 0]


def test_a_record_can_be_found_by_its_embedding_from_outside(tmp_path: Path) -> None:
    embedder = HashedNgrams()
    text = " ".join(["The river rose."] * SENTENCES + ["Bread was baked."] * SENTENCES)
    with MemoryStore(tmp_path, embedder) as store:
        store.upsert("ada", [memory("ada", "lamp"), memory("ada", text, id="x", order=1)])
        collection = next(iter(store._records._collections.values()))
        found = collection.query(query_embeddings=embedder.embed(["river"]), n_results=1)
        assert found["ids"] == [["ada/x"]]
        assert collection.count() == 2
