"""The background loop serves scripts, threads and running loops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from simulacra.errors import UsageError
from simulacra.mind import runner


async def _forty_two() -> int:
    await asyncio.sleep(0)
    return 42


async def _count(limit: int) -> AsyncIterator[int]:
    for number in range(limit):
        yield number
    if limit == 13:
        raise ValueError("thirteen")


def test_run_from_a_script() -> None:
    assert runner.run(_forty_two()) == 42


async def test_run_and_await_from_a_running_loop() -> None:
    assert runner.run(_forty_two()) == 42
    assert await runner.arun(_forty_two()) == 42


async def test_a_stream_keeps_its_order_and_its_end() -> None:
    assert [number async for number in runner.stream(_count(100))] == list(range(100))


async def test_a_stream_passes_errors_on_after_what_came_before() -> None:
    seen = []
    with pytest.raises(ValueError, match="thirteen"):
        async for number in runner.stream(_count(13)):
            seen.append(number)
    assert seen == list(range(13))


def test_a_synchronous_call_from_inside_is_refused_instead_of_hanging() -> None:
    async def inside() -> int:
        return runner.run(_forty_two())

    with pytest.raises(UsageError, match="async twin"):
        runner.run(inside())
