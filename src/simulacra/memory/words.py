"""How a text becomes words that can be compared, and which texts have which words."""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from zlib import crc32

import numpy as np
import Stemmer
from numpy.typing import NDArray

Ids = NDArray[np.uint32]
Flags = NDArray[np.bool_]
Scores = NDArray[np.float32]

SATURATION = 1.5
"""BM25's k1 (Robertson and Zaragoza, 2009, section 3.5, give 1.2 to 2 as good for most uses)."""

LENGTH_NORMALISATION = 0.75
"""BM25's b; see SATURATION."""

MOST_COUNTED = 2**16 - 1
"""How often a word counts in one text at most."""

_FUNCTION_WORDS = """
    a about after again all also am an and any are as at be because been before being both but by could d did
    didn do does doesn doing don down during each ever few for from further had hadn has hasn have haven
    having he her here hers herself him himself his how i if in into is isn it its itself just ll m me more
    most my myself no nor not now of off on once only or other our ours ourselves out over own re s same she
    should shouldn so some such t than that the their theirs them themselves then there these they this those
    through to too under until up us ve very was wasn we were weren what when where which while who whom whose
    why with won would wouldn you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that are left out. "Will", "may" and "can" are not among them: they are people's names as well."""

_WORD = re.compile(r"[^\W_]+")
_local = threading.local()


def fold(text: str) -> str:
    """The text without case, accents and half characters (lone surrogates), for comparing."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", clean(text))
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()


def clean(text: str) -> str:
    """The text with every lone surrogate, which no encoder takes, as a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def content_words(text: str) -> list[str]:
    """The folded words of a text in order, without stop words, unstemmed."""
    return [word for word in _WORD.findall(fold(text)) if word not in STOP_WORDS]


@lru_cache(maxsize=2**16)
def stem(word: str) -> str:
    """The English stem of a folded word (Snowball's Porter2)."""
    # A stemmer may not be shared between threads.
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    return str(_local.stemmer.stemWord(word))


@lru_cache(maxsize=2**16)
def word_id(word: str) -> int:
    """A number for the stem of a folded word, the same in every process; 32 bits, so two stems rarely share one."""
    return crc32(stem(word).encode())


def word_ids(text: str) -> Ids:
    """The ids of all content words of a text, in order and with repetitions."""
    return np.array([word_id(word) for word in content_words(text)], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class WordIndex:
    """An inverted index over a few texts, as arrays: some 6 bytes for each distinct word of each text.

    BM25 is worked out when asked, not when built: an index over one person's 80 memories is so small that this takes
    microseconds, and only so can a text be added without building anew, and texts that do not exist at a stage of life
    be left out of the statistics (bm25s scores eagerly and can do neither; a test compares the two).

    Attributes:
        words: Word ids, sorted, each once. Shape (words,).
        starts: Where each word's postings begin and the last one's end. Shape (words + 1,).
        texts: The numbers of the texts that have the word, ascending. Shape (postings,).
        counts: How often they have it, at most MOST_COUNTED. Shape (postings,).
        lengths: The number of content words in each text. Shape (texts,).
    """

    words: Ids
    starts: NDArray[np.int32]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, bags: Sequence[Ids]) -> Self:
        """Index texts, given as the word ids of each."""
        counted = [np.unique(bag, return_counts=True) for bag in bags]
        words = np.concatenate([words for words, _ in counted] or [np.empty(0, np.uint32)])
        counts = np.concatenate([counts for _, counts in counted] or [np.empty(0, np.int64)])
        texts = np.repeat(np.arange(len(bags), dtype=np.int32), [len(words) for words, _ in counted])
        order = np.argsort(words, kind="stable")
        distinct, starts = np.unique(words[order], return_index=True)
        counts = np.minimum(counts, MOST_COUNTED).astype(np.uint16)
        return cls(
            words=distinct,
            starts=np.append(starts, len(words)).astype(np.int32),
            texts=texts[order],
            counts=counts[order],
            lengths=np.bincount(texts, weights=counts, minlength=len(bags)).astype(np.int32),
        )

    def bags(self) -> list[Ids]:
        """The word ids of each text, with repetitions and sorted: what ``of`` makes the same index from."""
        order = np.argsort(self.texts, kind="stable")
        ids = np.repeat(self.words, np.diff(self.starts))[order]
        return np.split(np.repeat(ids, self.counts[order]), np.cumsum(self.lengths)[:-1]) if len(self.lengths) else []

    def bm25(self, query: Ids, visible: Flags | None = None) -> Scores:
        """The BM25 score of every text (Lucene's form); 0 for texts that share no word with the query.

        Args:
            query: Word ids; repetitions do not count.
            visible: The texts that exist; the others score 0 and do not enter the statistics. Default: all.
        """
        scores = np.zeros(len(self.lengths), dtype=np.float32)
        lengths = self.lengths if visible is None else self.lengths[visible]
        if not lengths.sum():
            return scores
        relative = self.lengths / np.float32(lengths.mean())
        damping = SATURATION * (1 - LENGTH_NORMALISATION + LENGTH_NORMALISATION * relative)
        for texts, counts in self._postings(query):
            if visible is not None:
                shown = visible[texts]
                texts, counts = texts[shown], counts[shown]
            rarity = math.log(1 + (len(lengths) - len(texts) + 0.5) / (len(texts) + 0.5))
            scores[texts] += rarity * counts / (counts + damping[texts])
        return scores

    def having(self, words: Ids) -> Flags:
        """Which texts have all of the words; none where no word is given. Shape (texts,)."""
        found = np.zeros(len(self.lengths), dtype=np.int32)
        for texts, _ in self._postings(words):
            found[texts] += 1
        return np.asarray(found == max(1, len(set(words.tolist()))))

    @property
    def nbytes(self) -> int:
        """The size of the arrays in bytes."""
        return sum(array.nbytes for array in (self.words, self.starts, self.texts, self.counts, self.lengths))

    def _postings(self, words: Ids) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint16]]]:
        """For each distinct word that occurs at all, the texts that have it and how often."""
        distinct = np.unique(words)
        places = np.searchsorted(self.words, distinct)
        for word, place in zip(distinct.tolist(), places.tolist(), strict=True):
            if place < len(self.words) and self.words[place] == word:
                span = slice(self.starts[place], self.starts[place + 1])
                yield self.texts[span], self.counts[span]
