"""One event loop in a background thread, on which all of the library's asynchronous work runs.

Connections, locks and single-flight calls belong to one loop. Keeping that loop to ourselves lets the same objects
serve plain scripts, notebooks (whose own loop is already running) and asynchronous programs alike.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

from simulacra.errors import UsageError

ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")


class _Runner:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="simulacra", daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, ResultT]) -> Future[ResultT]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    @property
    def inside(self) -> bool:
        return threading.current_thread() is self._thread

    def finish(self, timeout: float) -> None:
        """Wait for what is under way: a turn that was cut off is saved, and a call that was paid for is recorded."""
        for work in (_everything_else, *_closings):
            with suppress(TimeoutError):
                self.submit(work()).result(timeout)


async def _everything_else() -> None:
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


_closings: list[Callable[[], Coroutine[Any, Any, None]]] = []


def at_end(close: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Call this on the library's loop when the process ends and nothing is under way any more."""
    _closings.append(close)


_beginning = threading.Lock()


def _runner() -> _Runner:
    with _beginning:  # "cache" alone lets two threads that come first together make one loop each
        return _the_runner()


@cache
def _the_runner() -> _Runner:
    runner = _Runner()
    atexit.register(runner.finish, timeout=10.0)
    return runner


def submit(work: Coroutine[Any, Any, ResultT]) -> Future[ResultT]:
    """Start a coroutine on the library's loop and go on; it is waited for when the process ends."""
    return _runner().submit(work)


def run(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run a coroutine on the library's loop and wait for it; from a script, a thread or a notebook cell.

    Ctrl-C calls it off; calls of a model that have begun are recorded all the same.
    """
    if _runner().inside:
        work.close()
        raise UsageError(
            "A synchronous method was called from inside a simulacrum's own work: use its async twin there."
        )
    future = _runner().submit(work)
    try:
        return future.result()
    except KeyboardInterrupt:
        future.cancel()
        raise


async def arun(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run a coroutine on the library's loop and await it from any loop."""
    if _runner().inside:
        return await work
    return await asyncio.wrap_future(_runner().submit(work))


async def stream(source: AsyncIterator[ItemT]) -> AsyncIterator[ItemT]:
    """Consume on the library's loop and hand on to the caller's; the source runs to its end in any case."""
    if _runner().inside:
        async for item in source:
            yield item
        return
    loop = asyncio.get_running_loop()
    items: asyncio.Queue[ItemT | _End] = asyncio.Queue()

    def hand_on(item: ItemT | _End) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(items.put_nowait, item)

    async def consume() -> None:
        try:
            async for item in source:
                hand_on(item)
        except BaseException as error:
            hand_on(_End(error))
            raise
        hand_on(_End(None))

    _runner().submit(consume())
    while True:
        received = await items.get()
        if isinstance(received, _End):
            break
        yield received
    if received.error is not None:
        raise received.error


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error
