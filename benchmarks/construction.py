"""How long memory construction takes: 77 chunks, four calls each, 100 ms a call, 32 calls in flight."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.endpoint import endpoint
from benchmarks.figure import Figure, at_most, for_scale
from benchmarks.homes import BACKBONE, remembering, scratch_home
from benchmarks.people import person
from simulacra import Simulacrum

LATENCY, IN_FLIGHT = 0.1, 32
CALLS = 4 * 77


def figures() -> Iterator[Figure]:
    with endpoint(latency_ms=LATENCY * 1000) as fake, scratch_home():
        backbone = remembering(person(0, (6, 0, 0)), backbone=f"{BACKBONE}?concurrency={IN_FLIGHT}").backbone
        someone = Simulacrum.load(person(1), backbone=backbone)
        fake.requests()
        fake.reset()
        started = time.perf_counter()
        built = someone.memory.build(progress=False, parallel=2 * IN_FLIGHT)
        seconds = time.perf_counter() - started
        most = fake.statistics()["max_inflight"]
        assert (built.made, len(fake.requests())) == (77, CALLS)
        yield at_most("77 chunks constructed, four calls each, warm", seconds, 1.5, " s", f"{most} calls in flight")
        yield for_scale("the endpoint alone", CALLS / IN_FLIGHT * LATENCY, " s")
        someone.memory.build(progress=False)
        someone.memory.build(progress=False, again=True)
        yield at_most("calls when repeated, also from the beginning", len(fake.requests()), 0, "")
