"""kill -9 while memories are built."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from simulacra import Simulacrum
from tests.faults.conftest import COMMAND, ILSE
from tests.support.openai_double import OpenAIDouble

BUILD = ("memory", "build", ILSE, "--backbone", "openai:m", "--parallel", "2")
CALLS = 16
"""Four chunks, four calls each."""


async def _build_and_export(home: Path) -> str:
    """Build, or go on building, in this process."""
    ilse = Simulacrum.load(ILSE, backbone="openai:m", home=home)
    await ilse.memory.abuild(progress=False)
    return ilse.memory.export()


async def _build_and_kill(home: Path, endpoint: OpenAIDouble, after: int, more: float) -> None:
    """Build, and kill the process some time after so many requests have come."""
    building = await asyncio.create_subprocess_exec(*COMMAND, "--home", str(home), *BUILD)
    while len(endpoint.bodies) < after:
        assert building.returncode is None, "the build ended before it could be killed"
        await asyncio.sleep(0.005)
    await asyncio.sleep(more)
    building.kill()
    await building.wait()


def _asked(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True)


def _recorded(home: Path) -> set[str]:
    """The hashes of the last messages of all recorded calls: no two calls of a build share one."""
    with sqlite3.connect(home / "ledger.sqlite3") as ledger:
        rows = ledger.execute("SELECT messages FROM call").fetchall()
    return {messages[-32:].hex() for (messages,) in rows}


def _digest(body: dict[str, Any]) -> str:
    last = body["messages"][-1]
    return hashlib.sha256(f"{last['role']}\n{last['content']}".encode()).hexdigest()


@pytest.fixture
def homes(home: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two data folders with the same character."""
    other = tmp_path / "other"
    (other / "characters").mkdir(parents=True)
    (other / "characters" / ILSE).symlink_to(home / "characters" / ILSE)
    return home, other


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_after_kill_9_nothing_recorded_is_asked_again_and_the_memory_is_the_same_to_the_byte(
    homes: tuple[Path, Path], endpoint: OpenAIDouble, seed: int
) -> None:
    killed, undisturbed = homes
    chance = random.Random(seed)
    endpoint.latency = 0.1
    await _build_and_kill(killed, endpoint, after=chance.randint(2, CALLS - 3), more=chance.uniform(0, 0.12))
    before = [_asked(body) for body in endpoint.bodies]
    recorded = _recorded(killed)
    assert len(recorded) < CALLS, "it was killed too late to show anything"
    endpoint.bodies.clear()
    endpoint.latency = 0.0

    exported = await _build_and_export(killed)
    again = endpoint.bodies.copy()
    assert not recorded & {_digest(body) for body in again}, "a recorded call was asked again"
    assert len(again) == CALLS - len(recorded)
    assert len({*before, *map(_asked, again)}) == CALLS, "only what was in flight may be asked twice"
    assert len(_recorded(killed)) == CALLS
    assert exported == await _build_and_export(undisturbed)
    assert len(exported.splitlines()) == 4
