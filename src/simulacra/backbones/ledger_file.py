"""The ledger's file: SQLite in WAL mode, one row a call, each message kept once.

A commit costs no fsync (``synchronous=NORMAL``): what was committed survives the death of the process, and a power cut
can lose the last moments but never damages the file.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

from simulacra.backbones.call import Call, Completion, Entry, Recorded, Tally, canonical_json
from simulacra.errors import LedgerError
from simulacra.prompts.library import Message, Role

VERSION = 1
_BUSY_SECONDS = 30.0
_DIGEST_BYTES = 32
_COMPRESS_FROM = 4096
_MOST_REMEMBERED = 32_768
"""Digests of messages known to be on file; beyond it we forget them all and start anew."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (digest BLOB PRIMARY KEY, role TEXT NOT NULL, content NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS call (
    key TEXT NOT NULL UNIQUE, time TEXT NOT NULL,
    backbone TEXT NOT NULL, endpoint TEXT NOT NULL, agent TEXT NOT NULL, task TEXT NOT NULL, version TEXT NOT NULL,
    character TEXT NOT NULL, sample INTEGER NOT NULL, parameters TEXT NOT NULL, schema TEXT NOT NULL,
    messages BLOB NOT NULL, answer TEXT NOT NULL, finish TEXT NOT NULL, refusal INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cost REAL, seconds REAL NOT NULL
);
"""
_INSERT = f"INSERT OR IGNORE INTO call VALUES ({', '.join('?' * 19)})"
_FIND = "SELECT answer, prompt_tokens, completion_tokens, finish, refusal, cost, seconds FROM call WHERE key = ?"
_TALLY = (
    "COUNT(*), SUM(prompt_tokens), SUM(completion_tokens), COALESCE(SUM(cost), 0.0), SUM(cost IS NULL), SUM(refusal), "
    "SUM(seconds)"
)


class Row(NamedTuple):
    """An answer to be recorded."""

    call: Call
    completion: Completion
    cost: float | None
    seconds: float


class LedgerFile:
    """Reads and writes one ledger file.

    Args:
        path: The file; it and its folder are made where they are missing, unless ``read_only``.
        read_only: Open an existing file and never write; works on a read-only disk.

    Raises:
        LedgerError: The file cannot be opened, is damaged, or was written by a newer version.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._on_file: set[bytes] = set()
        with self._plain_errors("opened"):
            self._connection = self._opened_to_read() if read_only else self._opened_to_write()

    def find(self, key: str) -> Recorded | None:
        """The recorded answer to a call, if there is one."""
        with self._plain_errors("read"):
            row = self._connection.execute(_FIND, (key,)).fetchone()
        if row is None:
            return None
        answer, prompt_tokens, completion_tokens, finish, refusal, cost, seconds = row
        completion = Completion(answer, prompt_tokens, completion_tokens, finish, bool(refusal))
        return Recorded(key, completion, cost, seconds, fresh=False)

    def write(self, rows: Sequence[Row]) -> list[Completion]:
        """Record answers in one commit, and return what stands: another process may have been first."""
        messages = {
            digest: (digest, each.role, _packed(each.content))
            for row in rows
            for digest, each in zip(row.call.digests, row.call.messages, strict=True)
            if digest not in self._on_file
        }
        with self._plain_errors("written"), self._transaction():
            self._connection.executemany("INSERT OR IGNORE INTO message VALUES (?, ?, ?)", messages.values())
            written = self._connection.executemany(_INSERT, map(_columns, rows)).rowcount
        if len(self._on_file) > _MOST_REMEMBERED:
            self._on_file.clear()
        self._on_file.update(messages)
        if written == len(rows):
            return [row.completion for row in rows]
        standing = (self.find(row.call.key) for row in rows)
        return [found.completion for found in standing if found is not None]

    def entries(self, key_prefix: str = "") -> Iterator[Entry]:
        """Every entry whose key begins so, in the order of recording."""
        with self._plain_errors("read"):
            rows = self._connection.execute(
                "SELECT * FROM call WHERE substr(key, 1, ?) = ? ORDER BY rowid", (len(key_prefix), key_prefix)
            )
            for row in rows:
                try:
                    yield self._entry(row)
                except (zlib.error, ValueError, TypeError) as error:
                    raise self._damaged("an entry that cannot be read") from error

    def tallies(self, by: Iterable[str]) -> list[Tally]:
        """Sums over the entries that agree in the given columns, the dearest first."""
        columns = tuple(by)
        listed = ", ".join(columns)
        grouped = f"GROUP BY {listed} ORDER BY 4 + {len(columns)} DESC, {listed}" if columns else "HAVING COUNT(*) > 0"
        with self._plain_errors("read"):
            rows = self._connection.execute(f"SELECT {', '.join((*columns, _TALLY))} FROM call {grouped}").fetchall()
        split = len(columns)
        return [Tally(dict(zip(columns, map(str, row[:split]), strict=True)), *row[split:]) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        (
            key, time, backbone, endpoint, agent, task, version, character, sample, parameters, schema, digests,
            answer, finish, refusal, prompt_tokens, completion_tokens, cost, seconds,
        ) = row  # fmt: skip
        return Entry(
            key=key,
            time=time,
            backbone=backbone,
            endpoint=endpoint,
            agent=agent,
            task=task,
            version=version,
            character=character,
            sample=sample,
            parameters=json.loads(parameters),
            schema=json.loads(schema) if schema else None,
            messages=tuple(
                self._message(digests[at : at + _DIGEST_BYTES]) for at in range(0, len(digests), _DIGEST_BYTES)
            ),
            answer=answer,
            finish=finish,
            refusal=bool(refusal),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost=cost,
            seconds=seconds,
        )

    def _message(self, digest: bytes) -> Message:
        role, content = self._connection.execute(
            "SELECT role, content FROM message WHERE digest = ?", (digest,)
        ).fetchone()
        return Message(role=cast("Role", role), content=_unpacked(content))

    def _opened_to_write(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._check_version(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        return connection

    def _opened_to_read(self) -> sqlite3.Connection:
        if not self.path.exists():
            raise LedgerError(f"There is no ledger {self.path} to replay: check the path.")
        # SQLite wants to write beside a WAL file even to read it; "immutable" tells it that nobody can.
        mode = "mode=ro" if os.access(self.path.parent, os.W_OK) else "immutable=1"
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?{mode}", uri=True, timeout=_BUSY_SECONDS, check_same_thread=False
        )
        self._check_version(connection)
        return connection

    def _check_version(self, connection: sqlite3.Connection) -> None:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found > VERSION:
            raise LedgerError(
                f"The ledger {self.path} was written by a newer simulacra (layout {found}, this one knows {VERSION}): "
                "upgrade simulacra, or name another home folder."
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _plain_errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            if "decode" in str(error):
                raise self._damaged("text that is no UTF-8") from error
            raise LedgerError(
                f"The ledger {self.path} could not be {done} ({error}): check that its disk has room and that you may "
                "write there. What was recorded before stays."
            ) from error
        except sqlite3.Error as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, what: str) -> LedgerError:
        return LedgerError(
            f"The ledger {self.path} is damaged ({what}): move it away and run again; a new one is begun, and "
            "what the old one held is asked anew."
        )


def _columns(row: Row) -> tuple[Any, ...]:
    call, completion = row.call, row.completion
    return (
        call.key,
        datetime.now(UTC).isoformat(timespec="seconds"),
        call.backbone,
        call.endpoint,
        call.agent,
        call.task,
        call.version,
        call.character,
        call.sample,
        canonical_json(call.parameters),
        call.schema,
        b"".join(call.digests),
        completion.text,
        completion.finish,
        completion.refusal,
        completion.prompt_tokens,
        completion.completion_tokens,
        row.cost,
        round(row.seconds, 6),
    )


def _packed(text: str) -> str | bytes:
    """Long texts compressed; short ones stay readable in any SQLite browser."""
    return zlib.compress(text.encode(), 1) if len(text) >= _COMPRESS_FROM else text


def _unpacked(stored: str | bytes) -> str:
    return zlib.decompress(stored).decode() if isinstance(stored, bytes) else stored
