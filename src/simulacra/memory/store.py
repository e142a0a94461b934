"""The long-term store: what every character remembers, on disk, and quick to recall.

Every call names the character first. There is no call that sees two characters' memories.
"""

from __future__ import annotations

import json
import logging
import weakref
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from pydantic_core import PydanticSerializationError

from simulacra.domain.character import CharacterId, Person
from simulacra.domain.memory import Memory, Recollection
from simulacra.domain.value import Value
from simulacra.errors import UsageError
from simulacra.memory.embedders import Embedder, QueryVectors
from simulacra.memory.life import Life
from simulacra.memory.records import open_records
from simulacra.memory.windows import vectors_of

LIVED = frozenset({"story", "conversation", "experience"})
"""The kinds of memories that make up a life; a ``passage`` is the story's text and no memory of it."""

_log = logging.getLogger(__name__)


class MemoryStats(Value):
    """What a character's long-term memory holds.

    Attributes:
        memories: How many there are.
        kinds: How many of each source kind.
        stages: How many of each temporal stage; those without one under "".
        sessions: How many conversations memories came from.
        embedder: The name of the embedder that wrote them.
        cached_bytes: What they take up in the process when loaded.
    """

    memories: int
    kinds: dict[str, int]
    stages: dict[str, int]
    sessions: int
    embedder: str
    cached_bytes: int


class MemoryStore:
    """Long-term memories by character, on Chroma; a write is on disk when its call returns.

    Recall works on a copy of the character's memories in this process, read on first use and kept while there is room.
    The store may be used from many threads, and opened several times in one process. A folder belongs to one process at
    a time; a server may have many, and then one sees what another has written to a character after ``refresh``.

    Memories that another embedder wrote are embedded anew when their character is first used; the log says so.
    """

    def __init__(self, location: Path | str, embedder: Embedder, *, cache_bytes: int = 2**30) -> None:
        """Open a store.

        Args:
            location: A folder, made where there is none, or the address of a Chroma server (``http://HOST:PORT``).
            embedder: Turns memories and queries into vectors.
            cache_bytes: How much the loaded characters may take up together; the least recently used make room. By
                default a GiB, which is room for some two thousand people.

        Raises:
            StoreLockedError: Another process uses the folder.
            MemoryStoreError: The folder cannot be written, or the server is not there.
        """
        self.embedder = embedder
        self._records = open_records(location)
        self._query_vectors = QueryVectors(embedder)
        self._cache = _Cache(cache_bytes)
        self._release = weakref.finalize(self, self._records.release)

    @property
    def place(self) -> str:
        """The folder or the address of the store."""
        return self._records.place

    def upsert(self, character: CharacterId, memories: Iterable[Memory]) -> None:
        """Store memories, in place of those with the same ids. What is there already, word for word, costs nothing.

        Raises:
            UsageError: A memory is another character's, or not valid Unicode.
            MemoryStoreError: They could not be written; what was there before still is.
        """
        wanted = {memory.id: memory for memory in memories}
        if strange := next((each for each in wanted.values() if each.character != character), None):
            raise UsageError(f"A memory of {strange.character!r} cannot be stored for {character!r}.")
        with self._records.lock(character):
            life = self._life(character)
            try:
                fresh = life.missing(wanted.values())
            except PydanticSerializationError as error:
                raise UsageError(f"A memory of {character!r} is not valid Unicode: it has half a character.") from error
            if not fresh:
                return
            vectors = vectors_of(fresh, self.embedder)
            self._records.write(character, fresh, vectors, self.embedder.name)
            self._keep(character, life.updated(fresh, vectors))

    def delete(self, character: CharacterId, ids: Iterable[str]) -> None:
        """Forget memories for good; ids that the character does not have are passed over."""
        with self._records.lock(character):
            life = self._life(character)
            known = frozenset(life.ids).intersection(ids)
            self._records.delete(character, known, self.embedder.name)
            self._keep(character, life.without(known))

    def all(self, character: CharacterId) -> tuple[Memory, ...]:
        """All memories of a character in the order of the life; none where nothing was stored."""
        return self._life(character).memories()

    def ids(self, character: CharacterId, kind: str | None = None) -> frozenset[str]:
        """The ids of a character's memories: of all of them, or of one kind of source."""
        life = self._life(character)
        if kind is None:
            return frozenset(life.ids)
        return frozenset(id for id, its_kind in zip(life.ids, life.kinds, strict=True) if its_kind == kind)

    def next_order(self, character: CharacterId) -> int:
        """The place in the life after all that is remembered, from 1."""
        orders = self._life(character).orders
        return 1 + (int(orders[-1]) if len(orders) else 0)

    def search(
        self,
        character: CharacterId,
        queries: str | Sequence[str],
        k: int = 8,
        *,
        kinds: frozenset[str] = LIVED,
        stages: frozenset[str] | None = None,
        sessions: frozenset[str] | None = None,
        people: Sequence[Person] = (),
    ) -> tuple[Recollection, ...]:
        """The memories that come to mind, best first, at most ``k``.

        Args:
            character: Whose memory to search.
            queries: What to search for, once for each aspect; a memory may answer any of them.
            k: How many memories at most.
            kinds: The kinds of source to search. By default everything but passages of the story as they stand.
            stages: The temporal stages that exist for the person now; memories without a stage always exist. None: all.
            sessions: The conversations and branches of life whose memories count (``source.session`` of conversations
                and experiences); memories of the story always do. None: all.
            people: The people in the character's life, so that "your father" finds the memories that name him.
        """
        asked = [query for query in ([queries] if isinstance(queries, str) else queries) if query.strip()]
        life = self._life(character)
        if not asked or not life.ids:
            return ()
        return life.recall(
            asked,
            self._query_vectors(asked),
            k,
            vector_weight=self.embedder.weight,
            kinds=kinds,
            stages=stages,
            sessions=sessions,
            people=people,
        )

    def stats(self, character: CharacterId) -> MemoryStats:
        """What the character's memory holds, in numbers."""
        life = self._life(character)
        memories = life.memories()
        return MemoryStats(
            memories=len(memories),
            kinds=dict(sorted(Counter(memory.source.kind for memory in memories).items())),
            stages=dict(sorted(Counter(memory.stage or "" for memory in memories).items())),
            sessions=len({memory.source.session for memory in memories if memory.source.kind == "conversation"}),
            embedder=self.embedder.name,
            cached_bytes=life.nbytes,
        )

    def export(self, character: CharacterId) -> str:
        r"""All lived memories as JSON lines, by place in the life and id; the same memories give the same bytes.

        Lines end with "\n" (split at that, not with ``splitlines``: texts may hold other line separators). Each line is
        read back with ``Memory.model_validate_json``.
        """
        lived = (memory for memory in self.all(character) if memory.source.kind in LIVED)
        lines = (json.dumps(each.model_dump(mode="json"), ensure_ascii=False, sort_keys=True) for each in lived)
        return "".join(f"{line}\n" for line in lines)

    def refresh(self, character: CharacterId) -> None:
        """Read a character's memories again at the next use: another process has written to the same server."""
        self._cache.drop(character)

    def close(self) -> None:
        """Close the store; the folder is free for another process once every store on it is closed."""
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _life(self, character: CharacterId) -> Life:
        life = self._cache.get(character, self._records.versions[character])
        if life is not None:
            return life
        with self._records.lock(character):
            # Another thread may have read it while this one waited.
            life = self._cache.get(character, self._records.versions[character])
            return self._read(character) if life is None else life

    def _read(self, character: CharacterId) -> Life:
        memories, vectors = self._records.read(character, self.embedder.name)
        if not memories and self._records.look_again():
            memories, vectors = self._records.read(character, self.embedder.name)
        life = self._adopted(character, Life.of(memories, vectors))
        self._keep(character, life)
        return life

    def _adopted(self, character: CharacterId, life: Life) -> Life:
        """The life with what other embedders wrote, embedded anew.

        The new records are written before the old ones go, so that a crash in between loses nothing; what is in both
        places then is newer in ours.
        """
        for writer, memories in self._records.written_by_others(character, self.embedder.name).items():
            known = frozenset(life.ids)
            fresh = [memory for memory in memories if memory.id not in known]
            if fresh:
                _log.warning(
                    "%d memories of %s were embedded with %s: embedding them anew with %s.",
                    *(len(fresh), character, writer, self.embedder.name),
                )
                vectors = vectors_of(fresh, self.embedder)
                self._records.write(character, fresh, vectors, self.embedder.name)
                life = life.updated(fresh, vectors)
            self._records.delete(character, [memory.id for memory in memories], writer)
        return life

    def _keep(self, character: CharacterId, life: Life) -> None:
        self._cache.put(character, self._records.versions[character], life)


class _Cache:
    """The loaded lives, least recently used first, within a budget of bytes. Thread-safe.

    A life is good as long as its version is the records'; another store on the same records may have moved on.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._bytes = 0
        self._lives: OrderedDict[str, tuple[int, Life]] = OrderedDict()
        self._lock = Lock()

    def get(self, character: str, version: int) -> Life | None:
        with self._lock:
            kept = self._lives.get(character)
            if kept is None or kept[0] != version:
                return None
            self._lives.move_to_end(character)
            return kept[1]

    def put(self, character: str, version: int, life: Life) -> None:
        with self._lock:
            self._drop(character)
            self._lives[character] = version, life
            self._bytes += life.nbytes
            # The newest stays even if it alone is over budget: it is about to be used.
            while self._bytes > self._budget and len(self._lives) > 1:
                self._drop(next(iter(self._lives)))

    def drop(self, character: str) -> None:
        with self._lock:
            self._drop(character)

    def _drop(self, character: str) -> None:
        if kept := self._lives.pop(character, None):
            self._bytes -= kept[1].nbytes
