"""How long a turn takes, and how many calls deep it is, when a model answers in 100 ms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.endpoint import Endpoint, depth, endpoint
from benchmarks.fake_openai import words
from benchmarks.figure import Figure, at_most
from benchmarks.homes import remembering, scratch_home
from benchmarks.people import person
from simulacra import Simulacrum

LATENCY = 0.1
TURNS = 12
REACH = {"swift": (2, 2.3), "paper": (3, 3.3)}


def figures() -> Iterator[Figure]:
    with endpoint(latency_ms=LATENCY * 1000) as fake, scratch_home():
        someone = remembering(person())
        for pace, (deepest, longest) in REACH.items():
            simulacrum = Simulacrum.load(someone.character, backbone=someone.backbone, pace=pace)  # type: ignore[arg-type]
            first, *later = _turns(simulacrum, fake)
            deep = max(depth(requests) for _, requests in (first, *later))
            yield at_most(f"{pace} turn: calls deep", deep, deepest, "")
            yield at_most(f"{pace} turn: first / latency", first[0] / LATENCY, longest, " ×")
            ratios = sorted(seconds / LATENCY for seconds, _ in later)
            note = f"median of {len(ratios)}, worst {ratios[-1]:.2f}"
            yield at_most(f"{pace} turn: later / latency", median(ratios), longest, " ×", note)


def _turns(simulacrum: Simulacrum, fake: Endpoint) -> Iterator[tuple[float, list[dict[str, object]]]]:
    """The seconds and the requests of each turn."""
    session = simulacrum.session(f"turns-{simulacrum.pace}")
    fake.requests()
    for number in range(TURNS):
        started = time.perf_counter()
        session.chat(words(number, 15))
        yield time.perf_counter() - started, fake.requests()
