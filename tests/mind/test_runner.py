"""The background loop serves scripts, threads and running loops."""

from __future__ import annotations

import asyncio
import subprocess
import sys
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


LEFT_BEHIND = """
import asyncio
import subprocess
import sys
from simulacra.mind import runner

async def paid_for():
    await asyncio.sleep(0.2)
    print("recorded", flush=True)

async def begin():
    global kept
    kept = asyncio.get_running_loop().create_task(paid_for())

runner.run(begin())
"""


def test_what_was_begun_is_finished_when_the_process_ends() -> None:
    ended = subprocess.run([sys.executable, "-c", LEFT_BEHIND], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "recorded\n"


CALLED_OFF = """
import asyncio, os, signal
from simulacra.mind import runner

async def work():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("called off", flush=True)
        raise

runner.run(work())
"""


def test_ctrl_c_calls_a_synchronous_call_off() -> None:
    ended = subprocess.run([sys.executable, "-c", CALLED_OFF], capture_output=True, text=True, check=False, timeout=60)
    assert ended.stdout == "called off\n"
    assert "KeyboardInterrupt" in ended.stderr
