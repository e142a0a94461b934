"""Nobody ever recalls another's life."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulacra.memory import records
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.store import MemoryStore
from tests.memory.lives import PHRASES, memory

_life = count()

# The ids repeat from character to character, and so do most of the texts.
three_lives = st.lists(st.lists(PHRASES, max_size=5), min_size=3, max_size=3)


@pytest.fixture(scope="module", params=["room for all", "room for one"])
def store(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[MemoryStore]:
    """A store in which all characters share one bucket; in the second, each pushes the others out of the cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "BUCKETS", 1)
        size = 2**20 if request.param == "room for all" else 1
        with MemoryStore(tmp_path_factory.mktemp("store"), HashedNgrams(), cache_bytes=size) as store:
            yield store


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=three_lives, query=PHRASES, dropped=st.integers(0, 4))
def test_everybody_has_their_own_memories_and_no_others(
    store: MemoryStore, texts: list[list[str]], query: str, dropped: int
) -> None:
    lives = {f"life-{next(_life)}": [(f"m{order}", order, text) for order, text in enumerate(each)] for each in texts}
    for character, life in lives.items():
        store.upsert(character, [memory(character, text, id=id, order=order) for id, order, text in life])
    forgetful = next(iter(lives))
    store.delete(forgetful, [f"m{dropped}"])
    lives[forgetful] = [each for each in lives[forgetful] if each[0] != f"m{dropped}"]
    for character, life in lives.items():
        held = [(each.id, each.order, each.text) for each in store.all(character)]
        found = store.search(character, [query], k=50)
        assert held == life
        assert {each.memory.character for each in found} <= {character}
        assert sorted(each.memory.id for each in found) == sorted(id for id, _, _ in life)
        assert store.export(character).count("\n") == store.stats(character).memories == len(life)


def test_the_store_has_no_call_without_a_character() -> None:
    calls = [name for name in vars(MemoryStore) if not name.startswith("_") and name not in ("close", "place")]
    assert calls
    for name in calls:
        parameters = list(vars(MemoryStore)[name].__annotations__)
        assert parameters[0] == "character", name


def test_a_memory_cannot_be_stored_for_somebody_else(tmp_path: Path) -> None:
    with (
        MemoryStore(tmp_path, HashedNgrams()) as store,
        pytest.raises(records.UsageError, match="'eve' cannot be stored for 'ada'"),
    ):
        store.upsert("ada", [memory("ada", "boat"), memory("eve", "boat")])
