from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulacra.errors import EmbedderError
from simulacra.memory import embedders
from simulacra.memory.embedders import QueryVectors, open_embedder
from simulacra.memory.ngrams import HashedNgrams

NGRAMS = HashedNgrams()


@given(st.lists(st.text(st.characters(), max_size=80), max_size=5))
def test_ngrams_take_any_text_and_give_rows_of_length_one_or_none(texts: list[str]) -> None:
    vectors = NGRAMS.embed(texts)
    assert vectors.shape == (len(texts), NGRAMS.dimensions)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0))


def test_ngrams_put_spellings_and_word_families_near_each_other() -> None:
    query, misspelt, related, other = NGRAMS.embed(
        ["my grandfather's workshop", "my grandfahter's workshop", "grandfather in workshops", "the sea at night"]
    )
    assert query @ misspelt > 0.4 > query @ other
    assert query @ related > 0.4


def test_ngrams_are_the_same_in_another_process() -> None:
    code = "from simulacra.memory.ngrams import HashedNgrams as H; print(H().embed(['the river boat']).tobytes().hex())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == NGRAMS.embed(["the river boat"]).tobytes().hex()


def test_ngrams_can_be_asked_for(tmp_path: Path) -> None:
    embedder = open_embedder("ngrams", tmp_path)
    assert embedder.name == NGRAMS.name
    assert "as asked for" in embedder.note


def test_without_the_extra_ngrams_are_used_and_the_note_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "PACKAGE", "no_such_package_here")
    embedder = open_embedder(None, tmp_path)
    assert embedder.name == NGRAMS.name
    assert "[embeddings] is not installed" in embedder.note


@pytest.mark.parametrize("spec", ["minilm", "st:", "openai:small", ""])
def test_an_unknown_spec_is_refused_with_the_known_ones(spec: str, tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="'ngrams' or 'st:ID_OR_PATH'"):
        open_embedder(spec, tmp_path)


class Counting:
    """An embedder that notes what it was asked."""

    name, dimensions, weight, note = "counting", 2, 1.0, "a fake"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 0] for text in texts], dtype=np.float32)


def test_a_query_is_embedded_once() -> None:
    embedder = Counting()
    vectors = QueryVectors(embedder)
    assert vectors(["a", "bb", "a"]).tolist() == [[1, 0], [2, 0], [1, 0]]
    assert vectors(["bb", "ccc"]).tolist() == [[2, 0], [3, 0]]
    assert embedder.asked == ["a", "bb", "ccc"]


def test_old_queries_are_dropped() -> None:
    embedder = Counting()
    vectors = QueryVectors(embedder, size=2)
    for query in ("a", "b", "c", "a"):
        vectors([query])
    assert embedder.asked == ["a", "b", "c", "a"]
