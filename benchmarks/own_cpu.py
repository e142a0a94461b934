"""CPU time of a turn in our own process when the model takes none: with a saved session, everything included.

The machine's speed shows in what stands beside it, measured in the same minutes: a LangGraph of the same shape whose
nodes do nothing, saved by the same checkpointer, and four calls through ``ChatOpenAI``.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.channels import UntrackedValue
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from openai import DefaultAioHttpClient

from benchmarks.endpoint import endpoint
from benchmarks.fake_openai import words
from benchmarks.figure import Figure, at_most, for_scale
from benchmarks.homes import remembering, scratch_home
from benchmarks.people import person
from simulacra.mind import runner

if TYPE_CHECKING:
    from simulacra import Simulacrum

ROUNDS, TURNS_A_ROUND = 8, 10
LONG = 60
"""Turns of a conversation in which things are said long enough ago to become long-term memories."""

LIMIT = 10.0

Step = Callable[[int], Awaitable[object]]


class State(TypedDict, total=False):
    """The channels of the bare graph."""

    conversation: str
    stimulus: Annotated[str, UntrackedValue]
    recollect: Annotated[str, UntrackedValue]
    reflect: Annotated[str, UntrackedValue]
    think: Annotated[str, UntrackedValue]
    feel: Annotated[str, UntrackedValue]
    recall_more: Annotated[str, UntrackedValue]
    respond: Annotated[str, UntrackedValue]


def figures() -> Iterator[Figure]:
    with endpoint() as fake, scratch_home() as home:
        os.environ["LANGSMITH_TRACING"] = "false"
        simulacrum = remembering(person())
        ours, bare, chat_openai = runner.run(_measured(simulacrum, Path(home), fake.base_url))
        note = f"{ours / (bare + chat_openai):.2f} × the two below together"
        yield at_most("own CPU a turn, session saved", ours, LIMIT, " ms", note)
        yield for_scale("LangGraph of the same shape, empty nodes, saved", bare, " ms")
        yield for_scale("ChatOpenAI.ainvoke, four times", chat_openai, " ms")
        late, consolidated = runner.run(_late(simulacrum))
        note = f"{consolidated:.2f} of them constructed a memory after the reply"
        yield for_scale(f"own CPU a turn, from turn {LONG} of a conversation on", late, " ms", note)


async def _measured(simulacrum: Simulacrum, folder: Path, base_url: str) -> list[float]:
    """Milliseconds of CPU a turn: ours, the bare graph's, ChatOpenAI's; the best of the rounds, taken in turn."""

    async def ours(number: int) -> object:
        return await simulacrum.session(f"round-{number // TURNS_A_ROUND}").achat(words(number, 15))

    async with _bare_graph(folder / "bare.sqlite3") as bare, _chat_openai(base_url) as chat_openai:
        rounds = [[await _cpu(step, number) for step in (ours, bare, chat_openai)] for number in range(ROUNDS)]
    return [min(measured) for measured in zip(*rounds[1:], strict=True)]


async def _late(simulacrum: Simulacrum) -> tuple[float, float]:
    """Milliseconds of CPU a turn late in a conversation, and how many turns were followed by memory construction."""
    session = simulacrum.session("long")

    async def ours(number: int) -> object:
        return await session.achat(words(number, 15))

    early = LONG // TURNS_A_ROUND
    for number in range(early):
        await _cpu(ours, number)
    before = len(simulacrum.home.store.ids(simulacrum.character.id))
    spent = min([await _cpu(ours, number) for number in range(early, early + ROUNDS)])
    made = len(simulacrum.home.store.ids(simulacrum.character.id)) - before
    return spent, made / (ROUNDS * TURNS_A_ROUND)


async def _cpu(step: Step, round_number: int) -> float:
    started = time.process_time()
    for number in range(TURNS_A_ROUND):
        await step(round_number * TURNS_A_ROUND + number)
    return (time.process_time() - started) / TURNS_A_ROUND * 1000


@asynccontextmanager
async def _bare_graph(path: Path) -> AsyncIterator[Step]:
    def empty(name: str) -> Callable[[State], Awaitable[Any]]:
        async def node(state: State) -> Any:
            return {name: state["stimulus"]}

        return node

    async def remember(state: State) -> Any:
        return {"conversation": "x" * 10_000}

    beside = ["reflect", "think", "feel"]
    graph = StateGraph(State)
    for name in ("recollect", *beside, "recall_more", "respond"):
        graph.add_node(name, empty(name))  # type: ignore[call-overload]
    graph.add_node("remember", remember)
    graph.add_edge(START, "recollect")
    for name in beside:
        graph.add_edge("recollect", name)
    graph.add_edge(beside, "recall_more")
    for before, after in (("recall_more", "respond"), ("respond", "remember"), ("remember", END)):
        graph.add_edge(before, after)
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        await saver.conn.execute("PRAGMA synchronous=NORMAL")
        compiled = graph.compile(checkpointer=saver)

        async def step(number: int) -> object:
            config: Any = {"configurable": {"thread_id": "bare"}}
            return await compiled.ainvoke({"stimulus": str(number)}, config, durability="exit")

        yield step


@asynccontextmanager
async def _chat_openai(base_url: str) -> AsyncIterator[Step]:
    system = SystemMessage(words(0, 1_700))
    async with DefaultAioHttpClient() as client:
        model = ChatOpenAI(model="fake", base_url=base_url, timeout=30, http_async_client=client)

        async def step(number: int) -> object:
            asked = [model.ainvoke([system, HumanMessage(words(4 * number + each, 500))]) for each in range(4)]
            return await asyncio.gather(*asked)

        yield step
