"""Which memories come to mind: three rankings fused, and three small terms added. Pure functions over arrays.

Vectors find what is meant (a memory has several, see ``windows``; the nearest counts), BM25 finds what is said, literal
match finds who and when. Each ranks all memories; reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009) adds up
weight / (RANK_OFFSET + rank), scaled so that a memory that comes first everywhere has 1. Ranks, unlike scores, can be
added without knowing how a ranking spreads them.
Then, after Generative Agents (Park et al., 2023): recency, importance, and how strongly a memory feels; all small, so
that they decide between memories that fit alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulacra.memory.literal import Key
from simulacra.memory.windows import SCALE, Vectors
from simulacra.memory.words import Flags, Ids, Scores, WordIndex

RANK_OFFSET = 5
"""The constant of rank fusion. 60 in the paper, for thousands of documents; among a person's few dozen memories that
hardly tells the first from the fifth (ours: on 117 questions about two lives, 3 to 10 do equally well)."""

BM25_WEIGHT = 1.0
"""How much the ranking by words counts (ours). An embedder says itself how much its ranking counts."""

LITERAL_WEIGHT = 1.0
"""How much the ranking by what was named counts (ours)."""

RECENCY_WEIGHT = 0.02
"""What the latest memory gets; the earliest gets 0, the others by their place in the life (ours)."""

IMPORTANCE_WEIGHT = 0.05
"""What a memory of importance 1 gets (ours)."""

EMOTION_WEIGHT = 0.03
"""What a memory of valence 1 or -1 gets (ours)."""

BLOCK = 128
"""Vectors compared at a time: so few that the linear algebra beneath numpy starts no threads, which would cost more
time than they save (on a busy machine, tens of milliseconds)."""

Terms = dict[str, Scores]


def vector_scores(vectors: Vectors, starts: NDArray[np.int32], queries: NDArray[np.float32]) -> Scores:
    """The cosine of each memory's nearest window with the nearest query, to four decimals. Shape (memories,).

    Args:
        vectors: Of all windows, one memory's after another's. Shape (windows, dimensions).
        starts: Where each memory's windows begin. Shape (memories,).
        queries: Rows of length 1. Shape (queries, dimensions).
    """
    scaled = queries / np.float32(SCALE)
    blocks = (vectors[start : start + BLOCK].astype(np.float32) for start in range(0, len(vectors), BLOCK))
    nearest = np.concatenate([scaled @ block.T for block in blocks], axis=1).max(axis=0)
    # Rounded, because linear algebra may give equal rows results that differ in the last bit, and so different ranks.
    return np.maximum.reduceat(nearest, starts).round(4)


def bm25_scores(index: WordIndex, queries: Sequence[Ids], visible: Flags) -> Scores:
    """The best BM25 score over the queries. Shape (memories,)."""
    return np.asarray(
        np.max([index.bm25(query, None if visible.all() else visible) for query in queries], axis=0, initial=0.0)
    )


def literal_scores(index: WordIndex, keys: Sequence[Key], visible: Flags) -> Scores:
    """What share of the things that were named a memory has, rare things counting more. Shape (memories,), 0 to 1."""
    scores = np.zeros(len(visible), dtype=np.float32)
    total = 0.0
    for key in keys:
        having = np.logical_or.reduce([index.having(np.array(way, dtype=np.uint32)) for way in key]) & visible
        if count := int(having.sum()):
            weight = float(np.log1p(visible.sum() / count))
            scores[having] += weight
            total += weight
    return scores / total if total else scores


def fused(rankings: Mapping[str, Scores], weights: Mapping[str, float]) -> Terms:
    """Reciprocal rank fusion: for every ranking, what it adds to each memory.

    Memories with equal scores share the better rank. Where a ranking says nothing (score 0 or less), it adds nothing.

    Args:
        rankings: Scores by the ranking's name, higher is better. A ranking that is 0 throughout is left out of the
            scale, so that the best possible sum is 1 whatever the query has to offer.
        weights: How much each ranking counts.
    """
    speaking = {name: scores for name, scores in rankings.items() if (scores > 0).any()}
    scale = (RANK_OFFSET + 1) / sum(weights[name] for name in speaking) if speaking else 0.0
    terms = {name: np.zeros(len(scores), dtype=np.float32) for name, scores in rankings.items()}
    for name, scores in speaking.items():
        terms[name] = np.where(scores > 0, scale * weights[name] / (RANK_OFFSET + ranks(scores)), 0.0)
    return terms


def ranks(scores: Scores) -> NDArray[np.int64]:
    """The rank of every score, 1 for the highest; equal scores share the better rank."""
    ascending = np.sort(scores)
    return len(scores) + 1 - np.searchsorted(ascending, scores, side="right")


def leaning(importances: Scores, valences: Scores) -> Terms:
    """The terms that do not depend on the query, for memories in the order of the life.

    Args:
        importances: 0 to 1.
        valences: -1 to 1.
    """
    return {
        "recency": np.linspace(0, RECENCY_WEIGHT, len(importances), dtype=np.float32),
        "importance": IMPORTANCE_WEIGHT * importances,
        "emotion": EMOTION_WEIGHT * np.abs(valences),
    }
