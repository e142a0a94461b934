"""How prompts grow with a conversation, and how much of them an earlier prompt began with."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.endpoint import endpoint
from benchmarks.fake_openai import words
from benchmarks.figure import Figure, at_least, at_most, for_scale
from benchmarks.homes import remembering, scratch_home
from benchmarks.people import person

EARLY, LATE = 5, 40
SHARED_OVER = 20


def figures() -> Iterator[Figure]:
    with endpoint() as fake, scratch_home():
        session = remembering(person()).session("prompts")
        fake.requests()
        fake.reset()
        sizes: list[int] = []
        for number in range(LATE):
            session.chat(words(number, 20))
            session.settle()
            if number + 1 == SHARED_OVER:
                share = fake.statistics()["prefix_share"]
            sizes.append(sum(each["prompt_chars"] for each in fake.requests()[:4]))
        early, late = sizes[EARLY - 1], sizes[LATE - 1]
        yield at_most(
            f"prompt characters, turn {LATE} / turn {EARLY}", late / early, 1.2, " ×", f"{late:,} / {early:,}"
        )
        yield for_scale(f"the longest of {LATE} turns / turn {EARLY}", max(sizes) / early, " ×")
        yield at_least(f"share of known prefixes, {SHARED_OVER} turns", 100 * share, 70, " %")
