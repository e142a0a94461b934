"""Vectors without a model: hashed words, word pairs and character n-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulacra.memory.words import content_words, word_id

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BASE = np.uint64(0x100000001B3)
_SIZES = (3, 4, 5)


class HashedNgrams:
    """Feature hashing (Weinberger et al., 2009) of stemmed words, word pairs and character 3- to 5-grams.

    The characters bring spellings and word families near each other, the words keep whole matches apart; each of the
    two makes half of the vector (ours). Counts enter as 1 + log(count). Stop words are left out.
    Its ranking counts little, since it mostly repeats that of BM25; it finds what BM25 cannot, such as misspellings.
    """

    name = "ngrams-512-1"
    dimensions = 512
    weight = 0.25

    def __init__(self, reason: str = "no model, as asked for") -> None:
        self.note = f"hashed n-grams, {self.dimensions} dimensions ({reason})"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text, of length 1; all zeros for a text without words. Shape (texts, 512)."""
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)

    def _vector(self, text: str) -> NDArray[np.float64]:
        words = content_words(text)
        return _unit(_unit(self._hashed(_word_grams(words))) + _unit(self._hashed(_character_grams(words))))

    def _hashed(self, grams: NDArray[np.uint64]) -> NDArray[np.float64]:
        distinct, counts = np.unique(grams, return_counts=True)
        mixed = _mixed(distinct)
        signs = np.where(mixed >> np.uint64(63), 1.0, -1.0)
        places = (mixed % np.uint64(self.dimensions)).astype(np.int64)
        return np.bincount(places, signs * (1 + np.log(counts)), self.dimensions).astype(np.float64)


def _word_grams(words: Sequence[str]) -> NDArray[np.uint64]:
    """Numbers for the words' stems and for pairs of neighbours."""
    ids = np.array([word_id(word) for word in words], dtype=np.uint64)
    pairs = ids[:-1] * _BASE + ids[1:]
    return np.concatenate([ids, pairs])


def _character_grams(words: Sequence[str]) -> NDArray[np.uint64]:
    """Numbers for the character 3- to 5-grams within words, a word's edges counting as characters."""
    text = f" {' '.join(words)} "
    # Two neighbouring words share an edge; a gram with an edge inside would tell of the pair, which is counted already.
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    edges = np.concatenate([[0], np.cumsum(codes == ord(" "))])
    grams = []
    for size in _SIZES:
        places = len(codes) - size + 1
        if places <= 0:
            break
        numbers = np.full(places, size, dtype=np.uint64)
        for offset in range(size):
            numbers = numbers * _BASE + codes[offset : offset + places]
        inner = edges[size - 1 : size - 1 + places] - edges[1 : 1 + places]
        grams.append(numbers[inner == 0])
    return np.concatenate(grams) if grams else np.empty(0, np.uint64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers over all 64 bits (the finaliser of SplitMix64)."""
    numbers = (numbers + _SPREAD) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
