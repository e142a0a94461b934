"""How long recall takes, without the time for embedding the query, and what a loaded character takes up."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from benchmarks.fake_openai import WORDS_A_SENTENCE
from benchmarks.figure import Figure, at_most, for_scale
from simulacra.domain.character import Person
from simulacra.domain.memory import Memory, Source
from simulacra.memory.store import MemoryStore

SEARCHES = 400
OTHERS, OTHER_WORDS = 99, 20
"""Characters of 1,000 memories of a few words, which with the one of 1,000 fill the store to 100,000. How long their
memories are makes no difference to anybody else's recall."""

PEOPLE = tuple(
    Person(name=name, relation=relation, about="Somebody.")
    for name, relation in (("Anton Reiss", "father"), ("Ruth Osei", "aunt"), ("Jon Berg", "friend from school"))
)


def figures() -> Iterator[Figure]:
    """Recall for a person of 80 and of 1,000 memories, alone and in a store of 100,000."""
    randomness = random.Random(7)
    words = _vocabulary(randomness)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, MemoryStore(folder, _Drawn()) as store:
        store.upsert("short-life", _life("short-life", 80, words, randomness))
        store.upsert("long-life", _life("long-life", 1_000, words, randomness))
        # as many as a reflection asks for at most
        queries = [" ".join(randomness.choices(words, k=8)) + "? Did your father say so?" for _ in range(3)]
        yield from _timed(store, "short-life", queries, "80 memories of one person", 5)
        yield from _timed(store, "long-life", queries, "1,000 memories of one person", 5)
        size = store.stats("short-life").cached_bytes
        yield for_scale("a loaded character of 80 memories", size / 1000, " KB")
        template = _life("other", 1_000, words, randomness, OTHER_WORDS)
        for other in range(OTHERS):
            name = f"other-{other}"
            store.upsert(name, [memory.model_copy(update={"character": name}) for memory in template])
        yield from _timed(store, "long-life", queries, "100,000 memories in the store, 1,000 of one person", 10)
        store.refresh("short-life")
        start = time.perf_counter()
        store.search("short-life", queries)
        yield for_scale("first recall of a person, 100,000 in the store", (time.perf_counter() - start) * 1000, " ms")


def _timed(store: MemoryStore, character: str, queries: list[str], what: str, limit: float) -> Iterator[Figure]:
    """The median and the 99th percentile of searches; what is not CPU is waiting for it."""
    store.search(character, queries, people=PEOPLE)
    times, cpu = [], []
    for _ in range(SEARCHES):
        start, start_cpu = time.perf_counter(), time.thread_time()
        store.search(character, queries, people=PEOPLE)
        times.append((time.perf_counter() - start) * 1000)
        cpu.append((time.thread_time() - start_cpu) * 1000)
    median, worst = np.percentile(times, [50, 99])
    note = f"p50 {median:.2g} ms; p99 of CPU {np.percentile(cpu, 99):.2g} ms"
    yield at_most(f"recall p99, {what}", float(worst), limit, " ms", note)


class _Drawn:
    """An embedder that draws vectors, so that only recall is measured; as long as those of MiniLM."""

    name, dimensions, weight, note = "drawn", 384, 1.0, "random vectors"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        drawn = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dimensions), dtype=np.float32)
        unit: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return unit


def _vocabulary(randomness: random.Random) -> list[str]:
    """Three thousand pronounceable words."""
    syllables = [first + second for first in "bdfgklmnprstv" for second in "aeiou"]
    return sorted({"".join(randomness.choices(syllables, k=randomness.randint(2, 4))) for _ in range(3_000)})


def _life(character: str, size: int, words: list[str], randomness: random.Random, length: int = 400) -> list[Memory]:
    """Memories of the lengths that construction gives, with words as unevenly frequent as in a language.

    Args:
        character: Whose they are.
        size: How many.
        words: The vocabulary.
        randomness: What is drawn from.
        length: The words of a memory, all parts together.
    """
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def prose(share: float) -> str:
        said = randomness.choices(words, cum_weights=weights, k=round(share * length))
        sentences = (said[start : start + WORDS_A_SENTENCE] for start in range(0, len(said), WORDS_A_SENTENCE))
        return " ".join(f"{' '.join(each).capitalize()}." for each in sentences)

    return [
        Memory(
            id=f"{order:032x}",
            character=character,
            text=prose(0.46) + " Anton was there.",
            content=prose(0.23),
            thought=prose(0.1),
            emotion=prose(0.15),
            summary=prose(0.05),
            order=order,
            stage=("youth", "age")[order > size // 2],
            source=Source(kind="story", position=order),
        )
        for order in range(size)
    ]
