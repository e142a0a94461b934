"""How long a turn takes, and how many calls deep it is, when a model answers in 100 ms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.endpoint import Endpoint, Request, depth, endpoint
from benchmarks.fake_openai import words
from benchmarks.figure import Figure, at_most, for_scale
from benchmarks.homes import remembering, scratch_home
from benchmarks.people import person
from simulacra import Simulacrum
from simulacra.mind.kinds import Pace

LATENCY = 0.1
CONVERSATIONS, TURNS = 5, 5
REACH: dict[Pace, tuple[int, float]] = {"swift": (2, 2.3), "paper": (3, 3.3)}


def figures() -> Iterator[Figure]:
    with endpoint(latency_ms=LATENCY * 1000) as fake, scratch_home():
        someone = remembering(person())
        started = time.perf_counter()
        someone.chat("Hello")
        yield for_scale("the first turn of the process, which loads LangGraph", time.perf_counter() - started, " s")
        for pace, (deepest, longest) in REACH.items():
            simulacrum = Simulacrum.load(someone.character, backbone=someone.backbone, pace=pace)
            conversations = [list(_turns(simulacrum, fake, number)) for number in range(CONVERSATIONS)]
            deep = max(depth(requests) for turns in conversations for _, requests in turns)
            yield at_most(f"{pace} turn: calls deep", deep, deepest, "")
            yield _ratio(f"{pace} turn: first / latency", [turns[0][0] for turns in conversations], longest)
            later = [seconds for turns in conversations for seconds, _ in turns[1:]]
            yield _ratio(f"{pace} turn: later / latency", later, longest)


def _ratio(what: str, seconds: list[float], limit: float) -> Figure:
    ratios = sorted(each / LATENCY for each in seconds)
    note = f"median of {len(ratios)}, {ratios[0]:.2f} to {ratios[-1]:.2f}"
    return at_most(what, median(ratios), limit, " ×", note)


def _turns(simulacrum: Simulacrum, fake: Endpoint, conversation: int) -> Iterator[tuple[float, list[Request]]]:
    """The seconds and the requests of each turn of a conversation."""
    session = simulacrum.session(f"{simulacrum.pace}-{conversation}")
    fake.requests()
    for number in range(TURNS):
        started = time.perf_counter()
        session.chat(words(100 * conversation + number, 15))
        yield time.perf_counter() - started, fake.requests()
