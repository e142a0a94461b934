"""The commands with a language model, played by an endpoint in the test's own process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from typer.testing import CliRunner

from simulacra.cli.app import app
from tests.cli.conftest import COMMAND, lines
from tests.support.openai_double import OpenAIDouble, failure

ILSE = "ilse-verhaegen"
KEY = "sk-not-a-real-key-0123456789"

ANSWERS: dict[str, dict[str, Any]] = {
    "Reflection": {"key_elements": ["ice"], "queries": ["ice"], "knowledge": "known", "false_premise": ""},
    "Thought": {"text": "She asks about the ice."},
    "Feeling": {"text": "Cold.", "emotion": "unease", "valence": -0.5},
    "ContentMemory": {"content": "I fell through the ice.", "importance": 4},
    "EmotionalMemory": {"emotion": "Cold.", "valence": -0.5},
    "ThoughtMemory": {"thought": "Never again."},
    "MemorySummary": {"summary": "The ice broke."},
}


def _answer(body: dict[str, Any]) -> str:
    wanted = body.get("response_format")
    return json.dumps(ANSWERS[wanted["json_schema"]["name"]]) if wanted else "I fell through it, near the lock."


@pytest.fixture
async def endpoint(home: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIDouble]:
    async with OpenAIDouble(_answer) as double:
        monkeypatch.setenv("OPENAI_BASE_URL", double.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield double


async def _run(*args: str) -> tuple[int, str, str]:
    """Run a command in this process, beside the endpoint."""
    result = await asyncio.to_thread(CliRunner().invoke, app, list(args))
    assert KEY not in result.output
    return result.exit_code, result.stdout, result.stderr


async def _run_process(*args: str) -> tuple[int, str, str]:
    started = await asyncio.create_subprocess_exec(
        *COMMAND,
        *args,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await started.communicate()
    assert started.returncode is not None
    assert KEY not in out.decode() + errors.decode()
    return started.returncode, out.decode(), errors.decode()


async def test_a_language_model_needs_a_built_memory(endpoint: OpenAIDouble) -> None:
    code, out, errors = await _run("chat", ILSE, "--say", "Hello", "--backbone", "openai:m")
    assert (code, out) == (1, "")
    assert f"simulacra memory build {ILSE} --backbone openai:m" in errors
    assert len(errors.splitlines()) == 1
    assert endpoint.bodies == []


async def test_estimate_build_chat_and_ledger(endpoint: OpenAIDouble) -> None:
    _, out, _ = await _run("memory", "build", ILSE, "--backbone", "openai:m", "--estimate", "--json")
    (expected,) = lines(out)
    assert expected["calls"] == 16
    assert expected["prompt_tokens"] > 1_000
    assert endpoint.bodies == []

    _, out, _ = await _run("memory", "build", ILSE, "--backbone", "openai:m", "--json")
    (built,) = lines(out)
    assert (built["made"], built["usage"]["calls"] + built["usage"]["cached"]) == (4, 16)
    asked = len(endpoint.bodies)
    assert asked == built["usage"]["calls"]

    code, out, _ = await _run("chat", ILSE, "--say", "Do you remember the ice?", "--backbone", "openai:m", "--json")
    (turn,) = lines(out)
    assert (code, turn["reply"]) == (0, "I fell through it, near the lock.")
    assert turn["thought"]["text"] == "She asks about the ice."
    assert len(endpoint.bodies) == asked + 4

    _, out, _ = await _run("ledger", "stats", "--by", "backbone", "--json")
    assert lines(out)[0]["calls"] == asked + 4


@pytest.mark.slow
async def test_a_budget_stops_cleanly_and_the_same_command_goes_on(endpoint: OpenAIDouble) -> None:
    build = ("memory", "build", ILSE, "--backbone", "openai:m")
    code, out, errors = await _run_process(*build, "--max-calls", "5")
    assert (code, out) == (1, "")
    assert "The budget of 5 calls is spent" in errors
    assert len(errors.splitlines()) == 1
    assert len(endpoint.bodies) == 5
    code, _, _ = await _run_process(*build)
    assert code == 0
    asked = [json.dumps(body, sort_keys=True) for body in endpoint.bodies]
    assert len(set(asked)) == len(asked), "a recorded call was asked again"


async def test_a_budget_in_money_needs_a_price(endpoint: OpenAIDouble) -> None:
    code, _, errors = await _run("memory", "build", ILSE, "--backbone", "openai:m", "--max-cost", "1")
    assert code == 1
    assert "has no price" in errors


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (lambda body: failure(401, f"Incorrect API key provided: {KEY}"), "OPENAI_API_KEY"),
        (lambda body: failure(404, "The model 'm' does not exist"), "no model 'm'"),
        (lambda body: failure(500, f"Key {KEY} broke the server"), "500"),
        (lambda body: web.Response(text="<html>no</html>"), "JSON"),
    ],
)
async def test_what_an_endpoint_refuses_is_one_sentence(endpoint: OpenAIDouble, reply: Any, words: str) -> None:
    endpoint.reply = reply
    spec = "openai:m?retries=0"
    code, out, errors = await _run("chat", ILSE, "--mind", "none", "--say", "Hello", "--backbone", spec)
    assert (code, out) == (1, "")
    assert words in errors
    assert len(errors.splitlines()) == 1


async def test_an_endpoint_that_never_answers_is_one_sentence(endpoint: OpenAIDouble) -> None:
    endpoint.latency = 30.0
    spec = "openai:m?retries=0&timeout=0.2"
    code, _, errors = await _run("chat", ILSE, "--mind", "none", "--say", "Hello", "--backbone", spec)
    assert code == 1
    assert "0.2 seconds" in errors
    assert len(errors.splitlines()) == 1


async def test_doctor_looks_for_the_model_and_hides_the_key(endpoint: OpenAIDouble) -> None:
    code, out, _ = await _run("doctor", "--backbone", "openai:m", "--json")
    found = {each["what"]: each for each in lines(out)}
    assert code == 0
    assert found["endpoint"]["state"] == "warn"
    assert "OPENAI_API_KEY is set" in found["endpoint"]["says"]


async def test_doctor_fails_where_nothing_answers(endpoint: OpenAIDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    code, out, _ = await _run("doctor", "--backbone", "openai:m", "--json")
    found = {each["what"]: each for each in lines(out)}
    assert code == 1
    assert found["endpoint"]["state"] == "fail"
    assert found["endpoint"]["remedy"]
