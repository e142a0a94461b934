from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.open import open_backbone
from simulacra.domain.character import Character
from simulacra.domain.conversation import Counts
from simulacra.errors import BackboneError, BackboneNotAvailableError, GenerationError
from simulacra.prompts.conversation import Respond, Think
from simulacra.prompts.library import PromptLibrary
from tests.support.openai_double import OpenAIDouble, completion, failure

PROMPTS = PromptLibrary()
KEY = "sk-verysecret1234567890"
GOOD = '{"text": "He wants a discount."}'


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIDouble]:
    async with OpenAIDouble(lambda body: GOOD if "response_format" in body else "It is what it costs.") as double:
        monkeypatch.setenv("OPENAI_BASE_URL", double.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield double


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Any]:
    backbones: list[Backbone] = []
    ledger = Ledger(tmp_path / "ledger.db")

    def opening(spec: str) -> Backbone:
        backbones.append(open_backbone(spec, ledger=ledger, prompts=PROMPTS))
        return backbones[-1]

    yield opening
    for each in backbones:
        await each.aclose()


@pytest.fixture
def think(small_character: Character) -> Think:
    return Think(character=small_character, speaker="Noor", stimulus="That is dear, is it not?")


@pytest.fixture
def respond(small_character: Character) -> Respond:
    return Respond(character=small_character, speaker="Noor", stimulus="That is dear, is it not?")


# ---------------------------------------------------------------- what is sent


async def test_a_structured_answer_is_asked_for_by_its_strict_schema(
    server: OpenAIDouble, opened: Any, think: Think
) -> None:
    answer = await opened("openai:gpt-x?temperature=0.5&max_tokens=99").ask(think)
    assert answer.value.text == "He wants a discount."
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 7)
    (body,) = server.bodies
    assert body["response_format"]["json_schema"] == {
        "name": "Thought",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
            "additionalProperties": False,
        },
    }
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("gpt-x", 0.5, 99)
    assert [each["role"] for each in body["messages"]] == ["system", "user"]
    assert server.keys == [f"Bearer {KEY}"]


async def test_nothing_is_sent_that_was_not_asked_for(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    await opened("openai:gpt-x").ask(respond)
    assert server.bodies[0].keys() == {"model", "messages"}


async def test_a_seed_moves_on_with_the_sample(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    backbone = opened("openai:gpt-x?seed=40")
    for sample in (0, 2):
        await backbone.ask(respond, sample=sample)
    assert [body["seed"] for body in server.bodies] == [40, 42]


async def test_parameters_are_part_of_the_key_and_limits_are_not(
    server: OpenAIDouble, opened: Any, respond: Respond
) -> None:
    for spec in ("openai:gpt-x?temperature=0", "openai:gpt-x?temperature=1", "openai:gpt-x?temperature=1&timeout=5"):
        await opened(spec).ask(respond)
    assert [body["temperature"] for body in server.bodies] == [0, 1]


async def test_a_vllm_server_is_named_in_the_spec(
    server: OpenAIDouble, opened: Any, respond: Respond, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL")
    await opened(f"vllm:org/mara@{server.url}").ask(respond)
    await opened(f"vllm:org/mara@{server.url.removesuffix('/v1')}").ask(respond, sample=1)
    monkeypatch.setenv("VLLM_API_KEY", "token-of-mine")
    await opened(f"vllm:org/mara@{server.url}").ask(respond, sample=2)
    assert [body["model"] for body in server.bodies] == ["org/mara"] * 3
    assert server.keys == ["", "", "Bearer token-of-mine"]


async def test_an_endpoint_that_enforces_no_schema_gets_it_in_the_prompt(
    server: OpenAIDouble, opened: Any, think: Think, caplog: pytest.LogCaptureFixture
) -> None:
    def reply(body: dict[str, Any]) -> str | web.Response:
        return failure(400, "Unknown field response_format") if "response_format" in body else GOOD

    server.reply = reply
    backbone = opened("openai:gpt-x")
    with caplog.at_level(logging.WARNING):
        for sample in range(3):
            assert (await backbone.ask(think, sample=sample)).counts == Counts(asked=1)
    assert ["response_format" in body for body in server.bodies] == [True, False, False, False]
    assert '"required": ["text"]' in server.bodies[1]["messages"][-1]["content"]
    assert len(caplog.records) == 1


async def test_the_endpoints_own_refusal_is_counted(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    server.reply = lambda _: completion(None, refusal="No, I would rather not.")
    answer = await opened("openai:gpt-x").ask(respond)
    assert (answer.value, answer.counts.refusals) == ("No, I would rather not.", 1)


async def test_tokens_are_estimated_where_the_endpoint_does_not_count(
    server: OpenAIDouble, opened: Any, respond: Respond
) -> None:
    server.reply = lambda _: {"choices": [{"message": {"content": "x" * 40}}]}
    usage = (await opened("openai:gpt-x").ask(respond)).usage
    assert usage.completion_tokens == 10
    assert usage.prompt_tokens > 100


# ---------------------------------------------------------------- retries


async def test_one_failure_in_ten_is_not_noticed(server: OpenAIDouble, opened: Any, small_character: Character) -> None:
    numbers = count()

    def reply(_: dict[str, Any]) -> str | web.Response:
        number = next(numbers)
        return failure(429 if number % 20 else 500, "busy") if number % 10 == 0 else GOOD

    server.reply = reply
    backbone = opened("openai:gpt-x")
    tasks = [Think(character=small_character, speaker="Noor", stimulus=f"Number {each}?") for each in range(80)]
    answers = await asyncio.gather(*(backbone.ask(task) for task in tasks))
    assert sum((each.counts for each in answers), Counts()) == Counts(asked=80)
    assert sum(each.usage.calls for each in answers) == 80
    assert len(server.bodies) > 80


async def test_replies_cut_off_climb_the_ladder(server: OpenAIDouble, opened: Any, small_character: Character) -> None:
    numbers = count()
    server.reply = lambda _: GOOD[:12] + '{"' if next(numbers) % 10 == 0 else GOOD
    backbone = opened("openai:gpt-x")
    counts = Counts()
    for each in range(30):
        task = Think(character=small_character, speaker="Noor", stimulus=f"Number {each}?")
        counts += (await backbone.ask(task)).counts
    assert counts == Counts(asked=30, repaired=len(server.bodies) - 30)
    assert counts.repaired >= 3


async def test_the_pause_that_the_server_asks_for_is_kept(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    times: list[float] = []

    def reply(_: dict[str, Any]) -> str | web.Response:
        times.append(time.monotonic())
        return failure(429, "busy", retry_after=0.3) if len(times) == 1 else "Hello."

    server.reply = reply
    await opened("openai:gpt-x").ask(respond)
    assert times[1] - times[0] >= 0.3


async def test_a_rejected_request_is_not_repeated(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    server.reply = lambda _: failure(400, "temperature is not supported. " + "x" * 5000)
    with pytest.raises(GenerationError, match=r"rejected the request \(400\): temperature is not supported") as caught:
        await opened("openai:gpt-x").ask(respond)
    assert len(str(caught.value)) < 500
    assert len(server.bodies) == 1


async def test_no_more_requests_at_once_than_allowed(
    server: OpenAIDouble, opened: Any, small_character: Character
) -> None:
    server.latency = 0.01
    backbone = opened("openai:gpt-x?concurrency=3")
    tasks = [Respond(character=small_character, speaker="Noor", stimulus=f"Number {each}?") for each in range(12)]
    await asyncio.gather(*(backbone.ask(task) for task in tasks))
    assert server.most_at_once == 3


async def test_no_more_requests_a_minute_than_allowed(
    server: OpenAIDouble, opened: Any, small_character: Character
) -> None:
    backbone = opened("openai:gpt-x?rpm=4")
    tasks = [Respond(character=small_character, speaker="Noor", stimulus=f"Number {each}?") for each in range(12)]
    asking = [asyncio.create_task(backbone.ask(task)) for task in tasks]
    await asyncio.sleep(0.5)
    assert len(server.bodies) == 4
    for each in asking:
        each.cancel()


async def test_a_thousand_identical_questions_are_one_request(
    server: OpenAIDouble, opened: Any, respond: Respond
) -> None:
    server.latency = 0.02
    backbone = opened("openai:gpt-x")
    answers = await asyncio.gather(*(backbone.ask(respond) for _ in range(1000)))
    assert len(server.bodies) == 1
    assert sum(each.usage.calls for each in answers) == 1


# ---------------------------------------------------------------- failures, each in one sentence and without the key

FAILURES: list[tuple[web.Response | None, type[BackboneError], str]] = [
    (
        failure(401, f"Incorrect API key provided: {KEY}"),
        BackboneNotAvailableError,
        r"refused the key \(401\): set OPENAI",
    ),
    (failure(403, f"{KEY} may not"), BackboneNotAvailableError, r"refused the key \(403\)"),
    (failure(404, f"no model gpt-x for {KEY}"), BackboneNotAvailableError, "has no model 'gpt-x'"),
    (failure(429, f"You exceeded {KEY}", code="insufficient_quota"), BackboneNotAvailableError, "has no credit left"),
    (failure(429, f"Rate limit of {KEY}"), GenerationError, "still answered 429 at the last attempt.*rpm="),
    (failure(500, f"Bearer {KEY} crashed me"), GenerationError, "still answered 500"),
    (failure(400, f"bad {KEY}", code="content_filter"), GenerationError, "content filter"),
    (failure(400, f"sk-other-key-123456 and {KEY}"), GenerationError, "rejected the request"),
    (web.Response(text=f"<html>{KEY}</html>", status=502), GenerationError, "still answered 502"),
    (web.Response(text="<html>A portal</html>"), GenerationError, "did not answer in JSON|sent text/plain"),
    (web.json_response({"object": "list"}), GenerationError, "answered without a message|sent application/json"),
]


@pytest.mark.parametrize(("response", "kind", "words"), FAILURES)
async def test_a_failure_is_one_plain_sentence(
    server: OpenAIDouble, opened: Any, respond: Respond, response: web.Response, kind: type[BackboneError], words: str
) -> None:
    server.reply = lambda _: web.Response(body=response.body, status=response.status, headers=response.headers)
    for asking in (opened("openai:gpt-x?retries=0").ask(respond), _all(opened("openai:gpt-x?retries=0"), respond)):
        with pytest.raises(kind, match=words) as caught:
            await asking
        message = str(caught.value)
        assert "\n" not in message
        assert "sk-" not in message


async def _all(backbone: Backbone, task: Respond) -> list[str | Answer[str]]:
    return [each async for each in backbone.stream(task)]


async def test_an_endpoint_that_is_gone_is_named(
    opened: Any, respond: Respond, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://user:{KEY}@127.0.0.1:{port}/v1")
    with pytest.raises(BackboneNotAvailableError, match=rf"Nothing answers at http://127\.0\.0\.1:{port}/v1") as caught:
        await opened("openai:gpt-x?retries=0").ask(respond)
    assert "sk-" not in str(caught.value)


async def test_an_endpoint_that_is_too_slow_is_named(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    server.latency = 5
    with pytest.raises(GenerationError, match=r"did not answer within 0\.1 seconds: raise timeout="):
        await opened("openai:gpt-x?timeout=0.1&retries=0").ask(respond)


def test_openais_own_endpoint_needs_a_key(opened: Any) -> None:
    with pytest.raises(BackboneNotAvailableError, match="set OPENAI_API_KEY"):
        opened("openai:gpt-x")


async def test_no_key_stands_in_the_ledger(tmp_path: Path, server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    await opened("openai:gpt-x").ask(respond)
    kept = b"".join(each.read_bytes() for each in tmp_path.glob("ledger.db*"))
    assert b"It is what it costs." in kept
    assert KEY.encode() not in kept


# ---------------------------------------------------------------- streams


async def test_a_reply_streams(server: OpenAIDouble, opened: Any, respond: Respond) -> None:
    *pieces, answer = await _all(opened("openai:gpt-x"), respond)
    assert isinstance(answer, Answer)
    assert "".join(map(str, pieces)) == answer.value == "It is what it costs."
    assert len(pieces) > 1
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 7)
    assert server.bodies[0]["stream_options"] == {"include_usage": True}


async def test_a_stream_that_breaks_before_its_first_word_is_begun_again(
    server: OpenAIDouble, opened: Any, respond: Respond
) -> None:
    server.break_after = 0
    server.reply = lambda _: _mended(server)
    *_, answer = await _all(opened("openai:gpt-x"), respond)
    assert isinstance(answer, Answer)
    assert answer.value == "Here I am."
    assert len(server.bodies) == 2


def _mended(server: OpenAIDouble) -> str:
    if len(server.bodies) > 1:
        server.break_after = None
    return "Here I am."


async def test_a_stream_that_breaks_midway_is_an_error_and_not_recorded(
    server: OpenAIDouble, opened: Any, respond: Respond
) -> None:
    server.break_after = 3
    backbone, shown = opened("openai:gpt-x"), []
    with pytest.raises(GenerationError, match="broke off"):
        async for each in backbone.stream(respond):
            shown.append(each)
    assert shown
    assert len(server.bodies) == 1
    server.break_after = None
    assert (await _all(backbone, respond))[-1].usage.calls == 1  # type: ignore[union-attr]
