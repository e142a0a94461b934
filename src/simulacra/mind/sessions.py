"""Saved conversations: LangGraph checkpoints in SQLite, or in Postgres by URL."""

from __future__ import annotations

import asyncio
import sqlite3
import weakref
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from simulacra.errors import SessionError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from simulacra.mind.kinds import MindKind, Pace
    from simulacra.mind.turn_graph import TurnGraph


class Sessions:
    """Where conversations are saved, and the turn graphs that save there.

    Args:
        location: An SQLite file, or a ``postgresql://`` URL (extra ``[postgres]``).

    Attributes:
        errors: What the place raises when it cannot save or read.
    """

    def __init__(self, location: Path | str) -> None:
        self.location = location
        self.errors: tuple[type[Exception], ...] = (sqlite3.Error,)
        self._opening = asyncio.Lock()
        self._saver: BaseCheckpointSaver[Any] | None = None
        self._stack = AsyncExitStack()
        self._graphs: dict[tuple[MindKind, Pace], TurnGraph] = {}
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def lock(self, thread: str) -> asyncio.Lock:
        """One lock a conversation: two turns at once on one conversation would lose one of them."""
        return self._locks.setdefault(thread, asyncio.Lock())

    async def graph(self, kind: MindKind, pace: Pace) -> TurnGraph:
        """The turn graph that saves here.

        Raises:
            SessionError: The place cannot be opened or written.
        """
        from simulacra.mind.turn_graph import build_turn_graph

        if (kind, pace) not in self._graphs:
            self._graphs[kind, pace] = build_turn_graph(kind, pace, await self._open())
        return self._graphs[kind, pace]

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stack.aclose()
        self._saver, self._graphs = None, {}

    async def _open(self) -> BaseCheckpointSaver[Any]:
        async with self._opening:
            if self._saver is None:
                self._saver = await (
                    self._postgres() if isinstance(self.location, str) else self._sqlite(self.location)
                )
            return self._saver

    async def _sqlite(self, path: Path) -> BaseCheckpointSaver[Any]:
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            saver = await self._stack.enter_async_context(AsyncSqliteSaver.from_conn_string(str(path)))
            await saver.conn.execute("PRAGMA synchronous=NORMAL")
            await saver.setup()
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            await self._stack.aclose()
            raise SessionError(
                f"The conversations in {path} cannot be opened: {error}. See 'simulacra doctor'."
            ) from error
        return saver

    async def _postgres(self) -> BaseCheckpointSaver[Any]:
        try:
            import psycopg
            from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
        except ImportError as error:
            raise SessionError('Conversations in Postgres need an extra: pip install "simulacra[postgres]".') from error
        try:
            opening = AsyncPostgresSaver.from_conn_string(str(self.location))
            saver = await self._stack.enter_async_context(opening)
            await saver.setup()
        except psycopg.Error as error:  # its messages may repeat the URL with its password
            raise SessionError(
                f"The Postgres server cannot be used ({type(error).__name__}): check SIMULACRA_SESSIONS."
            ) from error
        self.errors = (psycopg.Error,)
        return cast("BaseCheckpointSaver[Any]", saver)


@cache
def unsaved_graph(kind: MindKind, pace: Pace) -> TurnGraph:
    """The turn graph of conversations that are not saved; one for the whole process."""
    from simulacra.mind.turn_graph import build_turn_graph

    return build_turn_graph(kind, pace, None)
