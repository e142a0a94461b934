"""The memories of one person as they lie in the process: compact, immutable, ready to be searched."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from simulacra.domain.character import Person
from simulacra.domain.memory import Memory, Recollection
from simulacra.memory import recall
from simulacra.memory.literal import named_in
from simulacra.memory.windows import Vectors
from simulacra.memory.words import Flags, Ids, Scores, WordIndex, word_ids

ADDED = frozenset({"conversation", "experience"})
"""The kinds of memories that are added to a life by one conversation or one branch of it."""


class _Row(NamedTuple):
    """What a life keeps of one memory."""

    order: int
    id: str
    packed: bytes
    vectors: Vectors
    bag: Ids
    importance: float
    valence: float
    stage: str | None
    kind: str
    session: str | None


@dataclass(frozen=True, slots=True)
class Life:
    """All memories of one person in the order of the life.

    A memory's words are held once, compressed, and only the few memories that come to mind are unpacked.

    Attributes:
        orders: Shape (memories,).
        ids: The memories' ids.
        packed: The memories themselves.
        vectors: Of all their windows, one memory's after another's. Shape (windows, dimensions).
        starts: Where each memory's windows begin among them. Shape (memories,).
        index: Their words.
        importances, valences: Shape (memories,).
        stages: The stage of each, None where it has none.
        kinds: The kind of source of each.
        sessions: The conversation or branch of life that each belongs to, None for what belongs to the life itself.
    """

    orders: NDArray[np.int64]
    ids: tuple[str, ...]
    packed: tuple[bytes, ...]
    vectors: Vectors
    starts: NDArray[np.int32]
    index: WordIndex
    importances: Scores
    valences: Scores
    stages: tuple[str | None, ...]
    kinds: tuple[str, ...]
    sessions: tuple[str | None, ...]

    @classmethod
    def of(cls, memories: Sequence[Memory], vectors: Sequence[Vectors]) -> Self:
        """A life of these memories, with the vectors of each one's windows."""
        return cls._of([_row(memory, its) for memory, its in zip(memories, vectors, strict=True)])

    def updated(self, memories: Sequence[Memory], vectors: Sequence[Vectors]) -> Self:
        """This life with memories added, or put in place of those with the same id."""
        fresh = {memory.id: _row(memory, its) for memory, its in zip(memories, vectors, strict=True)}
        return self._of([*(row for row in self._rows() if row.id not in fresh), *fresh.values()])

    def without(self, ids: Iterable[str]) -> Self:
        """This life without the memories of these ids."""
        gone = frozenset(ids)
        return self._of([row for row in self._rows() if row.id not in gone])

    def missing(self, memories: Iterable[Memory]) -> list[Memory]:
        """Those of the memories that it does not hold word for word."""
        held = dict(zip(self.ids, self.packed, strict=True))
        return [memory for memory in memories if held.get(memory.id) != _packed(memory)]

    def memories(self) -> tuple[Memory, ...]:
        """All memories, unpacked, in the order of the life."""
        return tuple(map(_unpacked, self.packed))

    def recall(
        self,
        queries: Sequence[str],
        vectors: NDArray[np.float32],
        k: int,
        *,
        vector_weight: float,
        kinds: frozenset[str],
        stages: frozenset[str] | None,
        sessions: frozenset[str] | None,
        people: Sequence[Person],
    ) -> tuple[Recollection, ...]:
        """The ``k`` memories that the queries bring to mind, best first; see ``recall`` for how they are ranked.

        What is not visible takes no part at all, not even in the statistics: the outcome is that of a life without it.
        """
        visible = self._visible(kinds, stages, sessions)
        places = np.flatnonzero(visible)
        if not len(places) or not queries:
            return ()
        keys = list(dict.fromkeys(key for query in queries for key in named_in(query, people)))
        rankings = {
            "vector": recall.vector_scores(self.vectors, self.starts, vectors)[places],
            "bm25": recall.bm25_scores(self.index, [word_ids(query) for query in queries], visible)[places],
            "literal": recall.literal_scores(self.index, keys, visible)[places],
        }
        weights = {"vector": vector_weight, "bm25": recall.BM25_WEIGHT, "literal": recall.LITERAL_WEIGHT}
        terms = recall.fused(rankings, weights) | recall.leaning(self.importances[places], self.valences[places])
        scores = np.sum(list(terms.values()), axis=0)
        best = np.lexsort((-places, -scores))[:k]
        return tuple(
            Recollection(
                memory=_unpacked(self.packed[places[each]]),
                score=float(scores[each]),
                terms={name: float(values[each]) for name, values in terms.items()},
            )
            for each in best
        )

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        arrays = (self.orders, self.vectors, self.starts, self.importances, self.valences)
        held = self.index.nbytes + sum(array.nbytes for array in arrays)
        return held + sum(map(sys.getsizeof, self.packed)) + sum(map(sys.getsizeof, self.ids)) + 32 * len(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def _visible(self, kinds: frozenset[str], stages: frozenset[str] | None, sessions: frozenset[str] | None) -> Flags:
        visible = _among(self.kinds, kinds)
        if stages is not None:
            visible &= _among(self.stages, stages | {None})
        if sessions is not None:
            visible &= _among(self.sessions, sessions | {None})
        return visible

    def _rows(self) -> list[_Row]:
        return [
            _Row(*row)
            for row in zip(
                self.orders.tolist(),
                self.ids,
                self.packed,
                np.split(self.vectors, self.starts[1:]) if len(self) else [],
                self.index.bags(),
                self.importances.tolist(),
                self.valences.tolist(),
                self.stages,
                self.kinds,
                self.sessions,
                strict=True,
            )
        ]

    @classmethod
    def _of(cls, rows: list[_Row]) -> Self:
        rows.sort(key=lambda row: (row.order, row.id))
        return cls(
            orders=np.array([row.order for row in rows], dtype=np.int64),
            ids=tuple(row.id for row in rows),
            packed=tuple(row.packed for row in rows),
            vectors=np.concatenate([row.vectors for row in rows]) if rows else np.empty((0, 0), np.int16),
            starts=np.cumsum([0, *(len(row.vectors) for row in rows[:-1])], dtype=np.int32)[: len(rows)],
            index=WordIndex.of([row.bag for row in rows]),
            importances=np.array([row.importance for row in rows], dtype=np.float32),
            valences=np.array([row.valence for row in rows], dtype=np.float32),
            stages=tuple(row.stage for row in rows),
            kinds=tuple(row.kind for row in rows),
            sessions=tuple(row.session for row in rows),
        )


def _among(values: Sequence[str | None], allowed: frozenset[str] | frozenset[str | None]) -> Flags:
    """Which values are allowed; mostly all of them are, which is seen at once."""
    if allowed.issuperset(values):
        return np.ones(len(values), dtype=np.bool_)
    return np.fromiter((value in allowed for value in values), np.bool_, len(values))


def _row(memory: Memory, vectors: Vectors) -> _Row:
    return _Row(
        order=memory.order,
        id=memory.id,
        packed=_packed(memory),
        vectors=vectors,
        bag=word_ids(memory.searchable),
        importance=memory.importance,
        valence=memory.valence,
        stage=None if memory.stage is None else sys.intern(memory.stage),
        kind=memory.source.kind,
        session=sys.intern(memory.source.session) if memory.source.kind in ADDED else None,
    )


def _packed(memory: Memory) -> bytes:
    return zlib.compress(memory.model_dump_json().encode(), level=1)


def _unpacked(packed: bytes) -> Memory:
    return Memory.model_validate_json(zlib.decompress(packed))
