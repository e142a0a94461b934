"""How long memory construction takes: 77 chunks, four calls each, 100 ms a call, 32 calls in flight."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.endpoint import Endpoint, endpoint
from benchmarks.figure import Figure, at_most, for_scale
from benchmarks.homes import BACKBONE, remembering, scratch_home
from benchmarks.people import person
from simulacra import Simulacrum

LATENCY, IN_FLIGHT = 0.1, 32
CALLS = 4 * 77


def figures() -> Iterator[Figure]:
    with endpoint(latency_ms=LATENCY * 1000) as fake, scratch_home():
        backbone = remembering(person(0), backbone=f"{BACKBONE}?concurrency={IN_FLIGHT}").backbone
        fake.requests()
        fake.reset()
        people = [Simulacrum.load(person(number), backbone=backbone) for number in range(1, 4)]
        seconds = sorted(_built(each, fake) for each in people)
        most = fake.statistics()["max_inflight"]
        note = f"median of {len(seconds)}, best {seconds[0]:.2f}; {most} calls in flight"
        yield at_most("77 chunks constructed, four calls each, warm", median(seconds), 1.5, " s", note)
        yield for_scale("the endpoint alone", CALLS / IN_FLIGHT * LATENCY, " s")
        people[0].memory.build(progress=False)
        people[0].memory.build(progress=False, again=True)
        yield at_most("calls when repeated, also from the beginning", len(fake.requests()), 0, "")


def _built(simulacrum: Simulacrum, fake: Endpoint) -> float:
    """The seconds that it takes."""
    started = time.perf_counter()
    built = simulacrum.memory.build(progress=False, parallel=2 * IN_FLIGHT)
    seconds = time.perf_counter() - started
    assert (built.made, len(fake.requests())) == (77, CALLS)
    return seconds
