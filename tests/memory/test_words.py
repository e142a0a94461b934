from __future__ import annotations

import subprocess
import sys

import bm25s
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulacra.memory.words import WordIndex, content_words, fold, word_id, word_ids
from tests.memory.lives import ANY_TEXT, PHRASES


def test_case_and_accents_do_not_count() -> None:
    assert fold("José ÅSA ﬁne") == "jose asa fine"


def test_half_a_character_is_folded_like_any_other_sign() -> None:
    assert content_words("lake \ud800 boat") == ["lake", "boat"]


def test_possessives_and_plurals_share_an_id() -> None:
    assert word_ids("father's boats").tolist() == word_ids("Father boat").tolist()


def test_names_that_are_common_words_are_kept() -> None:
    assert content_words("Will and May") == ["will", "may"]


def test_ids_are_the_same_in_another_process() -> None:
    code = "from simulacra.memory.words import word_id; print(word_id('workshops'))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(other.stdout) == word_id("workshops")


@given(st.lists(PHRASES, min_size=1, max_size=12), PHRASES)
def test_bm25_agrees_with_bm25s(texts: list[str], query: str) -> None:
    reference = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    reference.index([content_words(text) for text in texts], show_progress=False)
    asked = sorted({word for word in content_words(query) if word in reference.vocab_dict})
    expected = reference.get_scores(asked) if asked else np.zeros(len(texts))
    scores = WordIndex.of([word_ids(text) for text in texts]).bm25(word_ids(query))
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)


@given(st.lists(st.tuples(PHRASES, st.booleans()), min_size=1, max_size=12), PHRASES)
def test_hidden_texts_do_not_enter_the_statistics(texts: list[tuple[str, bool]], query: str) -> None:
    visible = np.array([shown for _, shown in texts])
    among_all = WordIndex.of([word_ids(text) for text, _ in texts]).bm25(word_ids(query), visible)
    alone = WordIndex.of([word_ids(text) for text, shown in texts if shown]).bm25(word_ids(query))
    np.testing.assert_allclose(among_all[visible], alone, rtol=1e-5)
    assert not among_all[~visible].any()


@given(st.lists(ANY_TEXT, max_size=8))
def test_an_index_gives_back_what_it_was_made_of(texts: list[str]) -> None:
    bags = [word_ids(text) for text in texts]
    assert [bag.tolist() for bag in WordIndex.of(bags).bags()] == [sorted(bag.tolist()) for bag in bags]


def test_having_wants_every_word() -> None:
    index = WordIndex.of([word_ids(text) for text in ("a boat in winter", "the boat", "winter")])
    assert index.having(word_ids("winter boat")).tolist() == [True, False, False]
    assert not index.having(word_ids("")).any()
