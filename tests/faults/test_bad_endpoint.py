"""Endpoints that fail, lie, vanish or refuse."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simulacra import Simulacrum, Turn
from simulacra.cli.app import app
from simulacra.domain.conversation import Counts
from simulacra.errors import BackboneNotAvailableError, GenerationError, SimulacraError
from tests.faults.conftest import ILSE, bytes_under, command, is_one_sentence, written
from tests.support.openai_double import OpenAIDouble, failure

SECRET = "Zx81-hunter-two"
"""A key that does not look like one, so that nothing but knowing it can keep it out of what is said."""


# ---------------------------------------------------------------- one in ten fails, one in ten is cut off


class Troubled:
    """Answers as ``written``, but one request in ten fails and one in ten is cut off, even before its first word.

    Chance depends on the request and on how often it came, so that a run can be repeated.

    Attributes:
        given: How many answers of each kind were given: ``whole``, ``cut`` and ``failed``.
    """

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()
        self._came: Counter[str] = Counter()

    def __call__(self, body: dict[str, Any]) -> Any:
        text = json.dumps(body["messages"])
        self._came[text] += 1
        chance = random.Random(f"{text}{self._came[text]}")
        if chance.random() < 0.1:
            self.given["failed"] += 1
            return failure(chance.choice([429, 500]), "overloaded")
        answer = written(body)
        if chance.random() < 0.1:
            self.given["cut"] += 1
            return answer[: chance.randrange(len(answer))]
        self.given["whole"] += 1
        return answer


async def test_twenty_turns_with_one_failure_and_one_cut_in_ten(endpoint: OpenAIDouble) -> None:
    await Simulacrum.load(ILSE, backbone="reflex").memory.abuild(progress=False)
    endpoint.reply = troubled = Troubled()
    ilse = Simulacrum.load(ILSE, backbone="openai:m")
    session = ilse.session("troubled")
    turns: list[Turn] = []
    for number in range(20):
        turns.append(await session.achat(f"What do you remember of number {number}?"))

    assert all(turn.reply.strip() for turn in turns)
    assert [turn.number for turn in turns] == list(range(1, 21))
    counts = sum((turn.counts for turn in turns), Counts())
    assert counts.asked == 4 * 20
    assert counts.repaired > 0, "nothing was cut off where it matters"
    assert troubled.given["failed"] > 0
    answered = troubled.given["whole"] + troubled.given["cut"]
    assert answered == counts.asked + counts.repaired + counts.parsed + counts.fallbacks, "each rung asks once more"
    for turn in turns:
        missing = [each for each in (turn.reflection, turn.thought, turn.emotion) if each is None]
        assert len(missing) == turn.counts.fallbacks == len(turn.failures)
    recorded = {tally.group["backbone"]: tally.calls for tally in ilse.home.ledger.stats(["backbone"])}
    assert recorded["openai:m"] == answered


async def test_an_endpoint_that_says_nothing_is_no_reply(endpoint: OpenAIDouble) -> None:
    session = Simulacrum.load(ILSE, mind="prompt", backbone="openai:m").session("silent")
    for nothing in ("", "   \n", '""', "<think>What shall I say?</think>", "Ilse Verhaegen:"):
        endpoint.reply = lambda body, nothing=nothing: nothing
        with pytest.raises(SimulacraError, match="--sample") as raised:
            await session.achat(f"Say nothing like {nothing!r}.")
        assert is_one_sentence(str(raised.value))
    assert session.turns == ()


# ---------------------------------------------------------------- gone, refused, unknown, slow, cut


def _refused(body: dict[str, Any]) -> Any:
    return failure(401, f"Incorrect API key provided: {SECRET}. You can find yours at https://example.org.")


def _unknown(body: dict[str, Any]) -> Any:
    return failure(404, f"The model 'm' does not exist for {SECRET}")


def _broken(body: dict[str, Any]) -> Any:
    return failure(500, f"out of memory; Authorization: Bearer {SECRET}")


def _empty(body: dict[str, Any]) -> Any:
    return {"choices": []}


def _strange(body: dict[str, Any]) -> Any:
    return {"choices": [{"message": {"content": ["a", "list"]}, "finish_reason": 3}], "usage": "many"}


FAULTS = [
    pytest.param(_refused, "set OPENAI_API_KEY", id="wrong key"),
    pytest.param(_unknown, "no model 'm'", id="unknown model"),
    pytest.param(_broken, "Try again later", id="broken"),
    pytest.param(_empty, "OpenAI-compatible", id="no choices"),
    pytest.param(_strange, "OpenAI-compatible", id="strange choices"),
]


async def _complaint(*args: str) -> str:
    """What a command complains of, which has failed as it should."""
    result = await asyncio.to_thread(CliRunner().invoke, app, [*args, "--backbone", "openai:m?retries=0&timeout=0.5"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert is_one_sentence(result.stderr), result.stderr
    return result.stderr


@pytest.fixture
def secret(endpoint: OpenAIDouble, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    return SECRET


@pytest.mark.parametrize("work", [("memory", "build", ILSE), ("chat", ILSE, "--mind", "prompt", "--say", "Hello")])
@pytest.mark.parametrize(("reply", "next_step"), FAULTS)
async def test_what_an_endpoint_answers_is_one_sentence_without_the_key(
    home: Path, endpoint: OpenAIDouble, secret: str, work: tuple[str, ...], reply: Any, next_step: str
) -> None:
    endpoint.reply = reply
    said = await _complaint(*work)
    assert next_step in said
    assert secret not in said
    assert secret.encode() not in bytes_under(home)


@pytest.mark.parametrize("work", [("memory", "build", ILSE), ("chat", ILSE, "--mind", "prompt", "--say", "Hello")])
async def test_an_endpoint_that_is_gone_or_too_slow_is_one_sentence_without_the_key(
    home: Path, endpoint: OpenAIDouble, secret: str, work: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.latency = 3.0
    assert "timeout=" in await _complaint(*work)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://somebody:{SECRET}@127.0.0.1:9/v1")
    said = await _complaint(*work)
    assert "Nothing answers at http://127.0.0.1:9/v1" in said
    assert secret not in said
    assert secret.encode() not in bytes_under(home)


async def test_a_stream_that_is_cut_in_the_middle_is_an_error_and_no_turn(
    endpoint: OpenAIDouble, secret: str, home: Path
) -> None:
    endpoint.break_after = 3
    session = Simulacrum.load(ILSE, mind="prompt", backbone="openai:m?retries=0").session("cut")
    with pytest.raises(GenerationError, match="ask again") as raised:
        async for _ in session.stream("Hello"):
            pass
    assert is_one_sentence(str(raised.value))
    assert session.turns == ()
    endpoint.break_after = None
    turn = await session.achat("Hello")
    assert (turn.number, turn.usage.calls) == (1, 1), "half a reply was recorded"
    assert secret.encode() not in bytes_under(home)


async def test_debugging_shows_no_key(endpoint: OpenAIDouble, secret: str, home: Path) -> None:
    endpoint.reply = _refused
    work = ("--debug", "chat", ILSE, "--mind", "none", "--say", "Hello", "--backbone", "openai:m?retries=0")
    done = await asyncio.to_thread(command, *work)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert secret not in done.stdout + done.stderr
    assert secret.encode() not in bytes_under(home)


# ---------------------------------------------------------------- keys in strange places


@pytest.mark.parametrize("key", [f"{SECRET}\n", f" {SECRET} ", f"{SECRET}\r\n"])
async def test_white_space_around_a_key_does_no_harm(
    endpoint: OpenAIDouble, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    await Simulacrum.load(ILSE, mind="none", backbone="openai:m").achat("Hello")
    assert endpoint.keys == [f"Bearer {SECRET}"]


@pytest.mark.parametrize("key", [f"{SECRET}\nX-Evil: yes", f"{SECRET}é", f"“{SECRET}”"])
async def test_a_key_that_cannot_be_one_is_one_sentence(
    endpoint: OpenAIDouble, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(BackboneNotAvailableError, match="OPENAI_API_KEY") as raised:
        await Simulacrum.load(ILSE, mind="none", backbone="openai:m").achat("Hello")
    assert SECRET not in str(raised.value)
    assert endpoint.bodies == []


@pytest.mark.parametrize(
    "spec",
    [
        f"vllm:m@http://somebody:{SECRET}@127.0.0.1:9/v1?retries=0",
        f"vllm:m@somebody:{SECRET}@127.0.0.1/v1",
        f"openai:m?api_key={SECRET}",
        f"top=openai:m?token={SECRET},thinking=reflex",
    ],
)
async def test_a_secret_in_a_spec_is_not_said_and_not_kept(endpoint: OpenAIDouble, home: Path, spec: str) -> None:
    with pytest.raises(SimulacraError) as raised:
        await Simulacrum.load(ILSE, mind="none", backbone=spec).session("s").achat("Hello")
    assert SECRET not in str(raised.value)
    assert SECRET.encode() not in bytes_under(home)


@pytest.mark.parametrize("address", [f"somebody:{SECRET}@127.0.0.1/v1", f"ftp://{SECRET}@127.0.0.1", f"//{SECRET}@h"])
def test_a_secret_in_an_address_that_is_none_is_not_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    with pytest.raises(BackboneNotAvailableError) as raised:
        Simulacrum.load(ILSE, mind="none", backbone="openai:m")
    assert SECRET not in str(raised.value)
