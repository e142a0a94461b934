"""Where the store keeps its records: Chroma collections, in a folder or on a server.

Many characters share a collection (a *bucket*, chosen by a hash of the character's id), because a collection for each
would cost four open files and 3 MB apiece. Every embedder has buckets of its own, because a collection holds vectors of
one length. Whatever opens the same place within this process shares one ``Records``, and with it locks and versions.

A memory is one record. Its embedding is the mean of its windows' vectors, so that the collection can be searched from
outside; the vectors themselves lie in its metadata, so that both are written or neither.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout
from pydantic import ValidationError

from simulacra.domain.memory import Memory
from simulacra.errors import MemoryStoreError, SimulacraError, StoreLockedError, UsageError
from simulacra.memory.windows import Vectors, mean

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Metadata

BUCKETS = 64
"""Collections an embedder. With 100,000 memories each has 1,600, of which one character's are read in 5 to 10 ms."""

UNUSED_INDEX: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 8, "max_neighbors": 4}
"""Recall compares a person's few vectors exactly, so Chroma's own index of all is kept as cheap as can be."""

LOCK = "in-use.lock"
"""The file by which a process says that it uses the folder."""

_STORED = "<i2"
"""How vectors are written, on machines of either byte order."""

_open: dict[str, Records] = {}
# Reentrant, because a store may be let go of by the garbage collector while another one is being opened.
_opening = threading.RLock()


class Records:
    """The records at one place. Made by ``open_records``; every opening needs one ``release``.

    Attributes:
        place: The folder or the address.
        versions: How often each character's records were changed through this process.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.versions: Counter[str] = Counter()
        self._users = 0
        self._locks = [threading.RLock() for _ in range(BUCKETS)]
        self._collections: dict[str, Collection] = {}
        self._folder_lock: FileLock | None = None
        self._failed = False
        if _is_address(place):
            self._client = self._connected(place)
        else:
            self._folder_lock = _locked(Path(place))
            try:
                self._client = self._opened(place)
            except BaseException:
                self._folder_lock.release()
                raise
        with self._explained("be read"):
            self._look_around()

    def lock(self, character: str) -> threading.RLock:
        """The lock to hold while reading and changing a character's records."""
        return self._locks[_bucket(character)]

    def read(self, character: str, embedder: str) -> tuple[tuple[Memory, ...], list[Vectors]]:
        """A character's memories and the vectors of their windows, as this embedder wrote them."""
        collection = self._collections.get(_collection_name(embedder, character))
        if collection is None:
            return (), []
        with self._explained("be read"):
            found = collection.get(where={"character": character}, include=["metadatas"])
        return self._memories(character, found["metadatas"]), self._vectors(character, found["metadatas"])

    def written_by_others(self, character: str, embedder: str) -> dict[str, tuple[Memory, ...]]:
        """A character's memories that other embedders wrote, by the embedder's name."""
        found: dict[str, tuple[Memory, ...]] = {}
        with self._explained("be read"):
            for collection in self._of_others(character, embedder):
                records = collection.get(where={"character": character}, include=["metadatas"])
                if records["ids"]:
                    found[str(collection.metadata["embedder"])] = self._memories(character, records["metadatas"])
        return found

    def write(self, character: str, memories: Sequence[Memory], vectors: Sequence[Vectors], embedder: str) -> None:
        """Store memories with their windows' vectors, in place of those with the same ids; they are on disk on return.

        Raises:
            MemoryStoreError: They could not be written; what was there before still is.
        """
        ids = [_record_id(character, memory.id) for memory in memories]
        embeddings = np.array([mean(of_one) for of_one in vectors], dtype=np.float32)
        metadatas: list[Metadata] = [
            {
                "character": memory.character,
                "memory": memory.model_dump_json(),
                "windows": len(of_one),
                "vectors": base64.b64encode(of_one.astype(_STORED).tobytes()).decode("ascii"),
            }
            for memory, of_one in zip(memories, vectors, strict=True)
        ]
        with self._writing():
            collection = self._bucket_for(character, embedder)
            size = self._client.get_max_batch_size()
            for start in range(0, len(ids), size):
                part = slice(start, start + size)
                collection.upsert(ids=ids[part], embeddings=embeddings[part], metadatas=metadatas[part])
        self.versions[character] += 1

    def delete(self, character: str, ids: Iterable[str], embedder: str) -> None:
        """Delete memories that this embedder wrote; ids that are not there are passed over."""
        name = _collection_name(embedder, character)
        record_ids = [_record_id(character, each) for each in ids]
        if name not in self._collections or not record_ids:
            return
        with self._writing():
            self._collections[name].delete(ids=record_ids)
        self.versions[character] += 1

    def look_again(self) -> bool:
        """Take note of collections that other processes have made on the server since; whether there are any."""
        if self._folder_lock is not None:
            return False
        known = len(self._collections)
        with self._explained("be read"):
            self._look_around()
        return len(self._collections) > known

    def release(self) -> None:
        """Let go of the place; the last one to do so closes it."""
        with _opening:
            self._users -= 1
            if self._users == 0:
                _open.pop(self.place, None)
                self._client.close()
                if self._folder_lock is not None:
                    self._folder_lock.release()

    def _look_around(self) -> None:
        for collection in self._client.list_collections():
            if "embedder" in (collection.metadata or {}):
                self._collections.setdefault(collection.name, collection)

    def _of_others(self, character: str, embedder: str) -> list[Collection]:
        ending, own = f"-{_bucket(character):03d}", _collection_name(embedder, character)
        return [each for name, each in list(self._collections.items()) if name.endswith(ending) and name != own]

    def _bucket_for(self, character: str, embedder: str) -> Collection:
        name = _collection_name(embedder, character)
        if name not in self._collections:
            self._collections[name] = self._client.get_or_create_collection(
                name,
                embedding_function=None,  # vectors always come from outside; Chroma's default would download a model
                metadata={"embedder": embedder},
                configuration={"hnsw": UNUSED_INDEX},
            )
        return self._collections[name]

    def _memories(self, character: str, metadatas: Any) -> tuple[Memory, ...]:
        try:
            memories = tuple(Memory.model_validate_json(str(each["memory"])) for each in metadatas)
        except (ValidationError, KeyError) as error:
            raise self._unreadable(character) from error
        if any(memory.character != character for memory in memories):
            raise MemoryStoreError(f"The store in {self.place} gave {character!r} another's memories: stop using it.")
        return memories

    def _vectors(self, character: str, metadatas: Any) -> list[Vectors]:
        try:
            return [
                np.frombuffer(base64.b64decode(each["vectors"]), _STORED).astype(np.int16).reshape(each["windows"], -1)
                for each in metadatas
            ]
        except (ValueError, KeyError) as error:
            raise self._unreadable(character) from error

    def _unreadable(self, character: str) -> MemoryStoreError:
        return MemoryStoreError(
            f"A memory of {character!r} in {self.place} cannot be read: another version of simulacra may have "
            "written it. Move the store aside and build the memory again."
        )

    def _opened(self, folder: str) -> Client:
        import chromadb
        from chromadb.config import Settings

        with self._explained("be opened"):
            _read_layout(Path(folder) / "chroma.sqlite3")
            client = chromadb.PersistentClient(path=folder, settings=Settings(anonymized_telemetry=False))
            return cast("Client", client)

    def _connected(self, address: str) -> Client:
        import chromadb
        from chromadb.config import Settings

        parts = urlsplit(address)
        if not parts.hostname:
            raise UsageError(f"{address!r} is not the address of a memory store: write http://HOST:PORT.")
        with self._explained("be reached"):
            client = chromadb.HttpClient(
                host=parts.hostname,
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                settings=Settings(anonymized_telemetry=False),
            )
            return cast("Client", client)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write to a database that is sound: after a write that failed, Chroma may wait for ever with the next one."""
        with self._explained("be written"):
            with _opening:
                if self._failed:
                    self._reopen()
            try:
                yield
            except Exception:
                self._failed = self._folder_lock is not None
                raise

    def _reopen(self) -> None:
        self._client.close()
        self._collections.clear()
        self._client = self._opened(self.place)
        self._look_around()
        self._failed = False

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Turn whatever Chroma raises, which is of many kinds, into one plain sentence."""
        try:
            yield
        except SimulacraError:
            raise
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":  # how Rust gives up
                raise
            remedy = (
                "Check that the server runs ('chroma run --path FOLDER') and is meant."
                if _is_address(self.place)
                else "Check that the disk is not full and the folder may be written; what was stored before is kept."
            )
            reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
            raise MemoryStoreError(f"The memory store in {self.place} could not {what}: {reason}. {remedy}") from error


def open_records(location: Path | str) -> Records:
    """Open the records in a folder (made where there is none) or at ``http://HOST:PORT``.

    Raises:
        StoreLockedError: Another process uses the folder.
        MemoryStoreError: The folder cannot be written, or the server is not there.
    """
    place = str(location) if _is_address(str(location)) else str(Path(location).expanduser().resolve())
    with _opening:
        if place not in _open:
            _open[place] = Records(place)
        _open[place]._users += 1
        return _open[place]


def _read_layout(database: Path) -> None:
    """Read how the database is laid out; where that is damaged, Chroma would end the whole process."""
    if database.exists():
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT * FROM sqlite_master").fetchall()


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _locked(folder: Path) -> FileLock:
    # Any thread may release it.
    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreLockedError(
            f"The memory store in {folder} is in use by another process. Close that one, or let both use a server: run "
            f"'chroma run --path {folder}' and give http://localhost:8000 as the store."
        ) from error
    except OSError as error:
        raise MemoryStoreError(
            f"The memory store in {folder} could not be opened: {error.strerror or error}. Make the folder writable, "
            "or choose another one with SIMULACRA_HOME."
        ) from error
    return lock


def _bucket(character: str) -> int:
    return int.from_bytes(hashlib.sha256(character.encode()).digest()[:4]) % BUCKETS


def _collection_name(embedder: str, character: str) -> str:
    return f"memories-{hashlib.sha256(embedder.encode()).hexdigest()[:12]}-{_bucket(character):03d}"


def _record_id(character: str, memory: str) -> str:
    # A character's id has no slash in it, so that no two characters can come to share a record.
    return f"{character}/{memory}"
