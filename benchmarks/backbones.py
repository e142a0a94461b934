"""CPU time of a call, by the ways in which it could be sent, and of the ledger: why ``backbones`` is built as it is."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import DefaultAioHttpClient

from benchmarks.endpoint import endpoint
from benchmarks.fake_openai import words
from benchmarks.figure import Figure, at_most, for_scale
from simulacra.backbones.ledger import Call, Completion, Ledger
from simulacra.backbones.openai import openai_model
from simulacra.backbones.spec import Spec
from simulacra.prompts.library import Message

ROUNDS, CALLS_A_ROUND, AT_ONCE = 5, 500, 64
LEDGER_LIMIT = 0.15

SYSTEM = words(0, 900)
QUESTION = words(1, 300)
Step = Callable[[int], Awaitable[object]]


def figures() -> Iterator[Figure]:
    with endpoint() as fake, tempfile.TemporaryDirectory() as folder:
        senders, (recorded, again) = asyncio.run(_measured(fake.base_url, Path(folder)))
    for name, milliseconds in senders.items():
        yield for_scale(f"CPU a call: {name}", milliseconds, " ms")
    yield at_most("CPU a call: recorded by the ledger", recorded, LEDGER_LIMIT, " ms")
    yield at_most("CPU a call: answered by the ledger", again, LEDGER_LIMIT, " ms")


async def _measured(base_url: str, folder: Path) -> tuple[dict[str, float], list[float]]:
    session = aiohttp.ClientSession()
    chat = ChatOpenAI(model="fake", base_url=base_url, timeout=30, http_async_client=DefaultAioHttpClient())
    client = chat.root_async_client
    model = openai_model(Spec.parse("openai:fake"))

    async def bare(number: int) -> object:
        async with session.post(f"{base_url}/chat/completions", json=_body(number)) as response:
            return await response.json()

    senders: dict[str, Step] = {
        "ChatOpenAI.ainvoke": lambda number: chat.ainvoke([SystemMessage(SYSTEM), HumanMessage(_question(number))]),
        "the OpenAI client's create": lambda number: client.chat.completions.create(**_body(number)),
        "the OpenAI client's post": lambda number: client.post("/chat/completions", body=_body(number), cast_to=object),
        "ours": lambda number: model.complete(_messages(number)),
        "bare aiohttp": bare,
    }
    try:
        milliseconds = await _cpu(list(senders.values()))
    finally:
        await model.aclose()
        await client.close()
        await session.close()
    return dict(zip(senders, milliseconds, strict=True)), await _ledger_cpu(Ledger(folder / "ledger.db"))


async def _ledger_cpu(ledger: Ledger) -> list[float]:
    completion = Completion(words(1, 60), 1000, 60)

    async def ask() -> Completion:
        await asyncio.sleep(0)
        return completion

    def asking() -> Step:
        calls = [_call(number) for number in range(ROUNDS * CALLS_A_ROUND)]
        return lambda number: ledger.once(calls[number], ask)

    fresh = await _cpu([asking()])
    return [*fresh, *await _cpu([asking()])]


async def _cpu(steps: list[Step]) -> list[float]:
    """Milliseconds of CPU a call; the best of the rounds, which the steps take in turn."""
    rounds = [[await _round(step, number) for step in steps] for number in range(ROUNDS)]
    return [min(measured) for measured in zip(*rounds, strict=True)]


async def _round(step: Step, number: int) -> float:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(question: int) -> None:
        async with places:
            await step(question)

    first = number * CALLS_A_ROUND
    started = time.process_time()
    await asyncio.gather(*(one(question) for question in range(first, first + CALLS_A_ROUND)))
    return (time.process_time() - started) / CALLS_A_ROUND * 1000


def _question(number: int) -> str:
    return f"{number} {QUESTION}"


def _messages(number: int) -> tuple[Message, ...]:
    return (Message(role="system", content=SYSTEM), Message(role="user", content=_question(number)))


def _call(number: int) -> Call:
    return Call(
        backbone="openai:fake",
        agent="thinking",
        task="think",
        version="1",
        character="mara",
        messages=_messages(number),
    )


def _body(number: int) -> dict[str, Any]:
    return {"model": "fake", "messages": [each.model_dump() for each in _messages(number)]}
