"""The call ledger: every call of a model is recorded before its answer is used, and is never asked twice.

It is the cache, the cost account, the audit trail, and the reason why a killed run goes on without asking anything
again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from simulacra.backbones.budget import Account, Budget
from simulacra.backbones.call import Call, Completion, Entry, Recorded, Tally
from simulacra.backbones.ledger_file import LedgerFile, Row
from simulacra.backbones.prices import Prices
from simulacra.errors import LedgerError, UsageError

__all__ = ["Budget", "Call", "Completion", "Entry", "Ledger", "Recorded", "Tally"]

GROUPS = ("character", "task", "backbone", "agent", "endpoint", "version", "sample")


class Ledger:
    """The record of all calls, in one SQLite file. Belongs to one event loop; many processes may share the file.

    Args:
        path: The file; made where it is missing.
        budget: What this run may spend on new calls. Default: no limit.
        prices: The price table. Default: the packaged one.
        replay: Open the file read-only and answer from it alone.

    Raises:
        LedgerError: The file cannot be opened, is damaged, or is not there to be replayed.
    """

    def __init__(
        self, path: Path, *, budget: Budget | None = None, prices: Prices | None = None, replay: bool = False
    ) -> None:
        self.path = path
        self.prices = prices or Prices.load()
        self._replay = replay
        self._file = LedgerFile(path, read_only=replay)
        self._account = Account(budget or Budget(), self.prices)
        self._in_flight: dict[str, asyncio.Task[Recorded]] = {}
        self._to_write: list[tuple[Row, asyncio.Future[Completion]]] = []

    async def once(self, call: Call, ask: Callable[[], Awaitable[Completion]]) -> Recorded:
        """The recorded answer; where there is none, ask, record, and only then return.

        Identical calls at one time are asked once, and all get that answer, or that error. A call that was begun is
        finished and recorded even if nobody waits for it any longer.

        Args:
            call: What is asked.
            ask: Asks the model; awaited at most once, and not at all where the answer is known.

        Raises:
            BudgetExceededError: The answer is not recorded and the budget is spent.
            LedgerError: The answer could not be recorded; or, when replaying, is not in the ledger.
        """
        asking = self._in_flight.get(call.key)
        if asking is not None:
            return _for_another(await asyncio.shield(asking))
        if (recorded := self._file.find(call.key)) is not None:
            return recorded
        if self._replay:
            raise LedgerError(
                f"The ledger {self.path} has no answer of {call.backbone} to {call.task!r} for "
                f"{call.character or 'nobody'} (call {call.key[:12]}): replay what was run, with the same prompts and "
                "settings, or run it without replay."
            )
        asking = asyncio.get_running_loop().create_task(self._ask_and_record(call, ask))
        self._in_flight[call.key] = asking
        asking.add_done_callback(lambda task: self._landed(call.key, task))
        return await asyncio.shield(asking)

    def recorded(self, call: Call) -> bool:
        """Whether the ledger has the answer."""
        return self._file.find(call.key) is not None

    def stats(self, by: Iterable[str] = ("character", "task", "backbone")) -> list[Tally]:
        """Sums of calls, tokens, money and time, the dearest group first.

        Args:
            by: Columns to group by: character, task, backbone, agent, endpoint, version, sample.

        Raises:
            UsageError: There is no such column.
        """
        columns = tuple(by)
        if unknown := [each for each in columns if each not in GROUPS]:
            raise UsageError(f"The ledger cannot be grouped by {unknown[0]!r}: it can by {', '.join(GROUPS)}.")
        return self._file.tallies(columns)

    def show(self, key_prefix: str) -> Entry:
        """The entry whose key begins so.

        Raises:
            LedgerError: There is none, or more than one.
        """
        found = [entry for entry, _ in zip(self._file.entries(key_prefix.lower()), range(2), strict=False)]
        if not found:
            raise LedgerError(f"No entry of {self.path} begins with {key_prefix!r}: export the ledger to see the keys.")
        if len(found) > 1:
            raise LedgerError(
                f"More than one entry of {self.path} begins with {key_prefix!r}: give more digits of the key."
            )
        return found[0]

    def export(self, target: TextIO) -> int:
        """Write every entry as a line of JSON, in the order of recording, and return how many there are."""
        written = 0
        for entry in self._file.entries():
            messages = [each.model_dump() for each in entry.messages]
            target.write(json.dumps({**asdict(entry), "messages": messages}, ensure_ascii=False) + "\n")
            written += 1
        return written

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    async def _ask_and_record(self, call: Call, ask: Callable[[], Awaitable[Completion]]) -> Recorded:
        with self._account.reserving(call):
            started = time.perf_counter()
            completion = await ask()
            seconds = time.perf_counter() - started
            cost = self.prices.cost(call.backbone, completion.prompt_tokens, completion.completion_tokens)
            self._account.charge(cost)
        standing = await self._on_file(Row(call, completion, cost, seconds))
        return Recorded(call.key, standing, cost, seconds, fresh=True)

    def _on_file(self, row: Row) -> asyncio.Future[Completion]:
        """The answer, once it is committed. Answers that arrive in one round of the event loop share a commit."""
        loop = asyncio.get_running_loop()
        committed: asyncio.Future[Completion] = loop.create_future()
        if not self._to_write:
            loop.call_soon(self._write)
        self._to_write.append((row, committed))
        return committed

    def _write(self) -> None:
        batch, self._to_write = self._to_write, []
        try:
            standing = self._file.write([row for row, _ in batch])
        except LedgerError as error:
            for _, committed in batch:
                committed.set_exception(error)
            return
        for (_, committed), completion in zip(batch, standing, strict=True):
            committed.set_result(completion)

    def _landed(self, key: str, task: asyncio.Task[Recorded]) -> None:
        del self._in_flight[key]
        if not task.cancelled():
            task.exception()  # seen here, so that asyncio does not complain where nobody waits any longer


def _for_another(recorded: Recorded) -> Recorded:
    """The same answer as seen by a caller who did not pay for it."""
    return Recorded(recorded.key, recorded.completion, recorded.cost, recorded.seconds, fresh=False)
