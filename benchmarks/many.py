"""A thousand simulacra in one process, a turn each: how much of the endpoint they use, and what each takes up.

Beside it stands what a bare HTTP client in one process gets out of the same endpoint with the same number of calls.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import aiohttp
import numpy as np
from numpy.typing import NDArray

from benchmarks.endpoint import Endpoint, endpoint
from benchmarks.fake_openai import words
from benchmarks.figure import Figure, at_least, at_most, for_scale
from benchmarks.homes import BACKBONE, scratch_home
from benchmarks.people import memories, person
from simulacra import Character, Simulacrum
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.store import MemoryStore
from simulacra.mind import runner
from simulacra.mind.home import Home

SIMULACRA, MEMORIES = 1_000, 77
PLACES, LATENCY = 256, 0.1
LIMIT = PLACES / LATENCY
CALLS_A_TURN = 4


def figures() -> Iterator[Figure]:
    with endpoint(latency_ms=LATENCY * 1000, max_concurrency=PLACES) as fake, scratch_home() as home:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as elsewhere:
            elsewhere.submit(furnish, home).result()
        bare = asyncio.run(_bare_calls(fake, SIMULACRA * CALLS_A_TURN))
        backbone = Home.at(home).backbone(f"{BACKBONE}?concurrency={PLACES}")
        Simulacrum.load(_person(SIMULACRA), backbone=backbone).chat("Hello")
        before, cpu = _resident(), time.process_time()
        everybody = [Simulacrum.load(_person(number), backbone=backbone) for number in range(SIMULACRA)]
        for each in everybody:
            each.memory.search("river")
        loading = (time.process_time() - cpu) / SIMULACRA * 1000
        fake.reset()
        cpu, started = time.process_time(), time.perf_counter()
        runner.run(_a_turn_each(everybody))
        seconds, cpu = time.perf_counter() - started, (time.process_time() - cpu) / SIMULACRA * 1000
        rate = fake.statistics()["requests"] / seconds
        size, peak = (_resident() - before) / SIMULACRA, (_peak() - before) / SIMULACRA
    note = f"{rate:,.0f} calls/s, {cpu:.1f} ms of CPU a turn"
    yield at_least(f"{SIMULACRA:,} simulacra, a turn each, of the endpoint's limit", 100 * rate / LIMIT, 70, " %", note)
    yield for_scale("a bare HTTP client in one process", 100 * bare / LIMIT, " %", f"{bare:,.0f} calls/s")
    note = f"{MEMORIES} memories and a conversation; {peak:.2f} while all think at once"
    yield at_most("memory of a simulacrum", size, 1, " MB", note)
    yield for_scale("loading a simulacrum, CPU", loading, " ms")


def furnish(home: str) -> None:
    """Give everybody their memories: as many words as anybody's, and the same, so that they are embedded once."""
    with MemoryStore(Home.at(home).store_place, _EmbedsOnce()) as store:
        for number in range(SIMULACRA + 1):
            whose = f"person-{number}"
            store.upsert(whose, memories(whose, MEMORIES))


class _EmbedsOnce(HashedNgrams):
    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in texts if text not in self._known]
        self._known.update(zip(fresh, super().embed(fresh), strict=True))
        return np.array([self._known[text] for text in texts])


def _person(number: int) -> Character:
    return person(number, (2, 0, 0))


def _resident() -> float:
    """The memory of this process, in MB; where the system does not tell, the most that it has had."""
    gc.collect()
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * resource.getpagesize() / 1e6 if pages.exists() else _peak()


def _peak() -> float:
    """The most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


async def _a_turn_each(everybody: list[Simulacrum]) -> None:
    await asyncio.gather(*(each.achat(words(number, 15)) for number, each in enumerate(everybody)))


async def _bare_calls(fake: Endpoint, number: int) -> float:
    """Calls a second of an HTTP client that does nothing else."""
    body = {"model": "fake", "messages": [{"role": "user", "content": words(1, 1_500)}]}
    places = asyncio.Semaphore(PLACES)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def call(each: int) -> None:
            content = json.dumps(body | {"seed": each})
            async with places, session.post(f"{fake.base_url}/chat/completions", data=content) as answer:
                json.loads(await answer.read())

        started = time.perf_counter()
        await asyncio.gather(*map(call, range(number)))
        return number / (time.perf_counter() - started)
