"""The texts that stand for a memory when it is searched by meaning, and their vectors.

A memory of two paragraphs tells of ten things; one vector over all of it is near none of them, and a sentence model
reads no further than its limit. So every few sentences get a vector of their own, and a memory is as near to a query as
the nearest of them is (as passages stand for documents in Callan, 1994).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from simulacra.domain.memory import Memory
from simulacra.memory.embedders import Embedder
from simulacra.memory.words import content_words, stem

SENTENCES = 3
"""About how many sentences a window has (ours: fewer say too little to be told apart, more say too much)."""

MOST = 6
"""The most windows of a text (ours); a longer text has longer ones."""

OWN_WORDS = 0.25
"""The share of an account's words that its source must lack for the account to get a window (ours: one that retells
the source in the first person has some 5 %, and is found by the source's windows already)."""

SCALE = 2**15 - 1
"""What 1 is in a vector kept as integers of 16 bits. They take half of the room of floats, lose nothing that matters
to a ranking, and are turned back ten times as fast as floats of 16 bits are."""

Vectors = NDArray[np.int16]
"""The vectors of one memory's windows, or of many memories', times SCALE. Shape (windows, dimensions)."""

_BETWEEN_SENTENCES = re.compile(r"\s*\n\s*|(?:(?<=[.!?…])|(?<=[.!?…][\"”’»«)]))\s+(?=[\"“‘«»(]?[^\W_a-zß-ÿ])")


def windows(memory: Memory) -> tuple[str, ...]:
    """The texts that stand for a memory, each once and at least one.

    They are runs of its source's sentences, and before them its account if that tells the source in other words.
    """
    account = f"{memory.summary}\n{memory.content}".strip()
    texts = _runs(memory.text)
    if not texts or _share_of_own_words(account, memory.text) >= OWN_WORDS:
        texts.insert(0, account)
    return tuple(dict.fromkeys(texts))


def vectors_of(memories: Sequence[Memory], embedder: Embedder) -> list[Vectors]:
    """The vectors of each memory's windows; one call of the embedder for all, in which no text comes twice."""
    texts = [windows(memory) for memory in memories]
    distinct = list(dict.fromkeys(chain.from_iterable(texts)))
    places = {text: place for place, text in enumerate(distinct)}
    rows = np.rint(embedder.embed(distinct) * SCALE).astype(np.int16)
    return [rows[[places[text] for text in of_one]] for of_one in texts]


def mean(vectors: Vectors) -> NDArray[np.float32]:
    """One vector for a whole memory, of length 1 (or all zeros). Shape (dimensions,)."""
    total = vectors.sum(axis=0, dtype=np.float32)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1.0), dtype=np.float32)


def _runs(text: str) -> list[str]:
    """The text's sentences in runs of equal numbers."""
    sentences = [sentence for sentence in _BETWEEN_SENTENCES.split(text) if sentence.strip()]
    count = min(MOST, max(1, round(len(sentences) / SENTENCES)))
    borders = [len(sentences) * number // count for number in range(count + 1)]
    return [" ".join(sentences[start:end]) for start, end in pairwise(borders) if end > start]


def _share_of_own_words(account: str, text: str) -> float:
    words = {stem(word) for word in content_words(account)}
    return len(words - {stem(word) for word in content_words(text)}) / max(1, len(words))
