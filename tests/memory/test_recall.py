from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.memory.recall import fused, leaning, ranks

WEIGHTS = {"vector": 0.5, "bm25": 1.0, "literal": 2.0}


@st.composite
def rankings(draw: st.DrawFn) -> dict[str, np.ndarray]:
    length = draw(st.integers(2, 10))
    row = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=length, max_size=length)
    return {name: np.array(draw(row), dtype=np.float32) for name in WEIGHTS}


def total(terms: dict[str, np.ndarray]) -> np.ndarray:
    return np.sum(list(terms.values()), axis=0)


def test_equal_scores_share_the_better_rank() -> None:
    assert ranks(np.array([0.5, 1.0, 0.5, 0.1], dtype=np.float32)).tolist() == [2, 1, 2, 4]


def test_first_in_every_ranking_is_one() -> None:
    assert total(fused({name: np.array([1.0, 0.5]) for name in WEIGHTS}, WEIGHTS))[0] == pytest.approx(1)


def test_a_ranking_that_says_nothing_does_not_lower_the_others() -> None:
    terms = fused({"vector": np.array([0.9, 0.1]), "bm25": np.zeros(2), "literal": np.zeros(2)}, WEIGHTS)
    assert total(terms)[0] == pytest.approx(1)
    assert not terms["bm25"].any()


@given(rankings())
def test_what_is_better_everywhere_is_never_behind(drawn: dict[str, np.ndarray]) -> None:
    fusion = total(fused(drawn, WEIGHTS))
    stacked = np.stack(list(drawn.values()))
    for one in range(stacked.shape[1]):
        for other in range(stacked.shape[1]):
            if (stacked[:, one] >= stacked[:, other]).all():
                assert fusion[one] >= fusion[other] - 1e-6


@given(rankings(), st.data())
def test_rising_in_one_ranking_never_lowers_a_memory_among_the_others(
    drawn: dict[str, np.ndarray], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(drawn)))
    place = data.draw(st.integers(0, len(drawn[name]) - 1))
    # A ranking that had nothing to say changes the scale when it speaks, which moves everything.
    raised = drawn | {name: drawn[name].copy()}
    raised[name][place] = 1.0
    before, after = ranks(total(fused(drawn, WEIGHTS)).round(6)), ranks(total(fused(raised, WEIGHTS)).round(6))
    if drawn[name].any():
        assert after[place] <= before[place]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), min_size=1, max_size=9))
def test_leaning_is_small_beside_a_good_match(drawn: list[tuple[float, float]]) -> None:
    importances, valences = np.array(drawn, dtype=np.float32).T
    terms = leaning(importances, valences)
    assert set(terms) == {"recency", "importance", "emotion"}
    assert total(terms).max() <= 0.1 + 1e-6
    assert (np.diff(terms["recency"]) >= 0).all()


def test_pain_counts_as_much_as_joy() -> None:
    emotion = leaning(np.zeros(3), np.array([-0.8, 0.8, 0.0]))["emotion"]
    assert emotion[0] == emotion[1] > emotion[2] == 0
