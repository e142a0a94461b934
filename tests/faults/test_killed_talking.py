"""kill -9 while a reply streams. What the command line prints with --json is tested in tests/cli/test_chat.py."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulacra import Simulacrum, Turn
from tests.faults.conftest import ILSE, written
from tests.support.openai_double import OpenAIDouble

TALK = """
import asyncio, json, sys
from simulacra import Delta, Simulacrum

async def talk():
    session = Simulacrum.load("ilse-verhaegen", mind=sys.argv[1], backbone=sys.argv[2]).session("main")
    for number in range(1000):
        async for event in session.stream(f"Tell me about number {number}."):
            if isinstance(event, Delta):
                print(json.dumps([number, event.text]), flush=True)

asyncio.run(talk())
"""


@dataclass
class Seen:
    """What a reader saw of each reply before the talk was killed."""

    replies: dict[int, str] = field(default_factory=dict)

    def add(self, line: bytes) -> None:
        if line.endswith(b"\n"):
            number, text = json.loads(line)
            self.replies[number] = self.replies.get(number, "") + text


@pytest.fixture
def whole(endpoint: OpenAIDouble) -> set[str]:
    """Every reply that the endpoint has begun to give, whole."""
    given: set[str] = set()

    def reply(body: dict[str, Any]) -> str:
        text = written(body)
        given.add(text)
        return text

    endpoint.reply = reply
    return given


async def _talk_and_kill(whole: set[str], replies: int, later: float | None) -> Seen:
    """Talk until a reader has seen so many replies to their last word; then kill, at once or some time later."""
    seen = Seen()
    command = (sys.executable, "-c", TALK, "prompt", "openai:m")
    talking = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert talking.stdout is not None
    while sum(reply in whole for reply in seen.replies.values()) < replies:
        seen.add(await talking.stdout.readline())
    if later is not None:
        await asyncio.sleep(later)
    talking.kill()
    for line in (await talking.stdout.read()).splitlines(keepends=True):
        seen.add(line)
    await talking.wait()
    return seen


def _kept() -> dict[int, Turn]:
    session = Simulacrum.load(ILSE, mind="prompt").session("main")
    return {turn.number - 1: turn for turn in session.turns}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_a_reply_that_was_seen_to_its_last_word_is_kept(home: Path, whole: set[str], seed: int) -> None:
    chance = random.Random(seed)
    # The worst moment is the very one when the last word has come; seed 0 kills there.
    seen = await _talk_and_kill(whole, chance.randint(1, 6), None if seed == 0 else chance.uniform(0, 0.1))
    kept = _kept()
    to_their_end = {number: reply for number, reply in seen.replies.items() if reply in whole}
    assert to_their_end
    assert {number: kept[number].reply for number in to_their_end} == to_their_end
    assert sorted(kept) == list(range(len(kept))), "a turn in the middle is gone"
    assert all(turn.reply in whole for turn in kept.values()), "half a reply was kept"
