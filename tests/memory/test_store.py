from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulacra.domain.character import Person
from simulacra.domain.memory import Memory, Source
from simulacra.errors import UsageError
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.store import MemoryStore
from simulacra.memory.windows import vectors_of
from tests.memory.lives import ANY_TEXT, PHRASES, memories, memory, said

_number = count()
relaxed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Constant:
    """An embedder with a name and a length of its own, to which all texts are alike."""

    weight, note = 1.0, "a fake"

    def __init__(self, name: str, dimensions: int) -> None:
        self.name, self.dimensions = name, dimensions
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return np.full((len(texts), self.dimensions), self.dimensions**-0.5, dtype=np.float32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryStore]:
    with MemoryStore(tmp_path_factory.mktemp("store"), HashedNgrams()) as store:
        yield store


@pytest.fixture
def ada() -> str:
    """A character that no other test has used."""
    return f"ada-{next(_number)}"


def texts(found: Sequence[object]) -> list[str]:
    return [each.memory.text for each in found]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- keeping


@relaxed
@given(data=st.data())
def test_what_was_stored_is_read_back_to_the_last_sign(store: MemoryStore, data: st.DataObject) -> None:
    ada = f"ada-{next(_number)}"
    stored = data.draw(memories(ada, ANY_TEXT))
    store.upsert(ada, stored)
    exported = store.export(ada)
    store.refresh(ada)
    assert store.all(ada) == tuple(stored)
    assert store.ids(ada) == frozenset(each.id for each in stored)
    assert store.export(ada) == exported


def test_memories_outlive_the_process(tmp_path: Path) -> None:
    code = (
        "import sys; from simulacra.memory.ngrams import HashedNgrams; from simulacra.memory.store import MemoryStore\n"
        "with MemoryStore(sys.argv[1], HashedNgrams()) as store: print(store.export('ada'), end='')"
    )
    with MemoryStore(tmp_path, HashedNgrams()) as store:
        store.upsert("ada", [memory("ada", "boat"), memory("ada", "a river\u2028\x00 ☃", order=1)])
        exported = store.export("ada")
    later = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True)
    assert later.stdout.decode() == exported


def test_half_a_character_is_refused(store: MemoryStore, ada: str) -> None:
    broken = memory(ada, "boat").model_copy(update={"text": "boat \ud800"})
    with pytest.raises(UsageError, match="not valid Unicode"):
        store.upsert(ada, [broken])
    assert store.all(ada) == ()


def test_storing_again_changes_nothing_and_embeds_nothing(tmp_path: Path) -> None:
    embedder = Constant("fake", 4)
    with MemoryStore(tmp_path, embedder) as store:
        life = [memory("ada", "boat"), memory("ada", "river", order=1)]
        store.upsert("ada", life)
        exported, embedded = store.export("ada"), len(embedder.embedded)
        store.upsert("ada", reversed(life))
        assert store.export("ada") == exported
        assert len(embedder.embedded) == embedded


def test_a_memory_with_a_known_id_takes_the_place_of_the_old_one(store: MemoryStore, ada: str) -> None:
    store.upsert(ada, [memory(ada, "boat", id="x"), memory(ada, "river", id="y", order=1)])
    store.upsert(ada, [memory(ada, "lamp", id="x", order=2)])
    assert [each.text for each in store.all(ada)] == ["river", "lamp"]
    assert texts(store.search(ada, "boat", k=1)) != ["boat"]
    assert texts(store.search(ada, "lamp", k=1)) == ["lamp"]


def test_the_last_of_two_memories_with_one_id_stays(store: MemoryStore, ada: str) -> None:
    store.upsert(ada, [memory(ada, "boat", id="x"), memory(ada, "lamp", id="x")])
    assert [each.text for each in store.all(ada)] == ["lamp"]


def test_what_was_deleted_is_gone_for_good(tmp_path: Path) -> None:
    with MemoryStore(tmp_path, HashedNgrams()) as store:
        store.upsert("ada", [memory("ada", "boat", id="x"), memory("ada", "river", id="y")])
        store.delete("ada", ["x", "unknown"])
        assert store.ids("ada") == {"y"}
        assert texts(store.search("ada", "boat", k=5)) == ["river"]
    with MemoryStore(tmp_path, HashedNgrams()) as store:
        assert store.ids("ada") == {"y"}


def test_more_than_one_batch_is_stored_whole(store: MemoryStore, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store._records._client, "get_max_batch_size", lambda: 7)
    store.upsert(ada, [memory(ada, f"boat {number}", order=number) for number in range(30)])
    store.refresh(ada)
    assert [each.order for each in store.all(ada)] == list(range(30))


def test_stats_count_by_kind_stage_and_conversation(store: MemoryStore, ada: str) -> None:
    store.upsert(ada, [memory(ada, "boat", stage="youth"), said(ada, "lamp", order=1, session="lab-7")])
    stats = store.stats(ada)
    assert (stats.memories, stats.sessions, stats.embedder) == (2, 1, HashedNgrams.name)
    assert stats.kinds == {"conversation": 1, "story": 1}
    assert stats.stages == {"": 1, "youth": 1}
    assert stats.cached_bytes > 0


def test_two_stores_on_one_folder_see_each_others_writes(tmp_path: Path) -> None:
    with MemoryStore(tmp_path, HashedNgrams()) as one, MemoryStore(tmp_path, HashedNgrams()) as other:
        assert other.all("ada") == ()
        one.upsert("ada", [memory("ada", "boat")])
        assert texts(other.search("ada", "boat")) == ["boat"]
        other.delete("ada", other.ids("ada"))
        assert one.all("ada") == ()


def test_many_threads_lose_nothing(store: MemoryStore, ada: str) -> None:
    failures: list[BaseException] = []

    def live(thread: int) -> None:
        try:
            for order in range(5):
                store.upsert(ada, [memory(ada, f"boat {thread} {order}", order=10 * thread + order)])
                assert store.search(ada, f"boat {thread}", k=50)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=live, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(store.all(ada)) == 30


# ---------------------------------------------------------------- export


@relaxed
@given(data=st.data())
def test_an_export_is_the_same_to_the_byte_in_whatever_order_it_was_stored(
    store: MemoryStore, data: st.DataObject
) -> None:
    ada = f"ada-{next(_number)}"
    life = data.draw(memories(ada, ANY_TEXT))
    store.upsert(ada, life)
    lines = store.export(ada)
    store.delete(ada, store.ids(ada))
    assert store.export(ada) == ""
    again = [Memory.model_validate_json(line) for line in lines.split("\n")[:-1]]
    assert again == life
    for each in data.draw(st.permutations(again)):
        store.upsert(ada, [each])
    assert store.export(ada) == lines


def test_an_export_does_not_depend_on_the_order_of_prompts(store: MemoryStore, ada: str) -> None:
    store.upsert(ada, [memory(ada, "boat", id="x", prompts={"b": "2", "a": "1"})])
    one = store.export(ada)
    store.upsert(ada, [memory(ada, "boat", id="x", prompts={"a": "1", "b": "2"})])
    assert store.export(ada) == one
    assert json.loads(one)["prompts"] == {"a": "1", "b": "2"}


def test_passages_are_no_memories(store: MemoryStore, ada: str) -> None:
    passage = memory(ada, "boat", order=1, source=Source(kind="passage", position=1))
    store.upsert(ada, [memory(ada, "river boat"), passage])
    assert texts(store.search(ada, "boat")) == ["river boat"]
    assert texts(store.search(ada, "boat", kinds=frozenset({"passage"}))) == ["boat"]
    assert store.export(ada).count("\n") == 1
    assert len(store.all(ada)) == 2


# ---------------------------------------------------------------- recall


def test_nobody_remembers_anything_at_first(store: MemoryStore, ada: str) -> None:
    assert store.search(ada, "boat") == ()
    assert store.export(ada) == ""


@pytest.mark.parametrize("nothing", ["", "  ", [], ["", "\n"]])
def test_a_blank_query_brings_nothing_to_mind(store: MemoryStore, ada: str, nothing: str | list[str]) -> None:
    store.upsert(ada, [memory(ada, "boat")])
    assert store.search(ada, nothing) == ()


def test_a_query_with_half_a_character_is_answered(store: MemoryStore, ada: str) -> None:
    store.upsert(ada, [memory(ada, "boat")])
    assert texts(store.search(ada, "boat \udcff")) == ["boat"]


@relaxed
@given(data=st.data(), queries=st.lists(PHRASES, min_size=1, max_size=3), k=st.integers(0, 5))
def test_the_terms_add_up_to_the_score_and_the_best_come_first(
    store: MemoryStore, data: st.DataObject, queries: list[str], k: int
) -> None:
    ada = f"ada-{next(_number)}"
    life = data.draw(memories(ada))
    store.upsert(ada, life)
    found = store.search(ada, queries, k)
    assert len(found) == min(k, len(life))
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for each in found:
        assert sum(each.terms.values()) == pytest.approx(each.score, abs=1e-5)
        assert set(each.terms) == {"vector", "bm25", "literal", "recency", "importance", "emotion"}


@relaxed
@given(data=st.data(), query=PHRASES, stage=st.sampled_from(["youth", "age"]), session=st.sampled_from(["a", "b"]))
def test_what_does_not_exist_changes_nothing(
    store: MemoryStore, data: st.DataObject, query: str, stage: str, session: str
) -> None:
    whole, part = f"ada-{next(_number)}", f"ada-{next(_number)}"
    life = data.draw(memories(whole))
    there = [
        each
        for each in life
        if each.stage in (None, stage) and (each.source.kind == "story" or each.source.session == session)
    ]
    store.upsert(whole, life)
    store.upsert(part, [each.model_copy(update={"character": part}) for each in there])
    limited = store.search(whole, query, k=20, stages=frozenset({stage}), sessions=frozenset({session}))
    alone = store.search(part, query, k=20)
    assert [each.memory.id for each in limited] == [each.memory.id for each in alone]
    for one, other in zip(limited, alone, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-5)


def test_conversations_are_kept_apart_when_asked(store: MemoryStore, ada: str) -> None:
    told = Source(kind="experience", position=0)
    store.upsert(
        ada,
        [
            memory(ada, "boat of the story"),
            memory(ada, "boat of an experience", order=1, source=told),
            said(ada, "boat of lab one", order=2, session="one"),
            said(ada, "boat of lab two", order=3, session="two"),
        ],
    )
    everything = {"boat of the story", "boat of an experience", "boat of lab one", "boat of lab two"}
    assert set(texts(store.search(ada, "boat"))) == everything
    assert set(texts(store.search(ada, "boat", sessions=frozenset({"one", ""})))) == everything - {"boat of lab two"}
    assert texts(store.search(ada, "boat", sessions=frozenset())) == ["boat of the story"]


def test_your_father_brings_up_who_names_him(store: MemoryStore, ada: str) -> None:
    noise = [memory(ada, f"bread and letters {number}", order=number) for number in range(20)]
    store.upsert(ada, [*noise, memory(ada, "Anton lit the stove.", order=30)])
    father = Person(name="Anton Reiss", relation="father", about="A stoker.")
    found = store.search(ada, "What was your father like?", k=1, people=[father])
    assert texts(found) == ["Anton lit the stove."]
    assert found[0].terms["literal"] > 0


def test_any_of_several_queries_will_do(store: MemoryStore, ada: str) -> None:
    noise = [memory(ada, f"letters {number}", order=number) for number in range(20)]
    store.upsert(ada, [*noise, memory(ada, "a boat", order=30), memory(ada, "a lamp", order=31)])
    assert set(texts(store.search(ada, ["boat", "lamp"], k=2))) == {"a boat", "a lamp"}


def test_among_equals_the_important_the_moving_and_the_recent_come_first(store: MemoryStore, ada: str) -> None:
    store.upsert(
        ada,
        [
            memory(ada, "boat", order=0, importance=1.0),
            memory(ada, "boat", order=1, valence=-0.9),
            memory(ada, "boat", order=2),
            memory(ada, "boat", order=3),
        ],
    )
    assert [each.memory.order for each in store.search(ada, "boat")] == [1, 0, 3, 2]


# ---------------------------------------------------------------- embedders


def test_another_embedder_embeds_anew_and_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    life = tuple(memory("ada", text, order=order) for order, text in enumerate(["boat", "river"]))
    small, large = Constant("small", 3), Constant("large", 5)
    with MemoryStore(tmp_path, small) as store:
        store.upsert("ada", life)
        store.upsert("eve", [memory("eve", "lamp")])
    with MemoryStore(tmp_path, large) as store, caplog.at_level(logging.WARNING, "simulacra"):
        assert store.all("ada") == life
        assert texts(store.search("ada", "boat", k=1)) == ["boat"]
        assert len(large.embedded) == 3  # two memories and the query; eve's wait until she is used
        assert store.stats("ada").embedder == "large"
    assert caplog.text.count("embedding them anew") == 1
    with MemoryStore(tmp_path, Constant("large", 5)) as store:
        assert store.all("ada") == life
        assert not store.embedder.embedded  # type: ignore[attr-defined]


def test_a_change_of_embedder_that_was_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = Constant("small", 3), Constant("large", 5)
    with MemoryStore(tmp_path, small) as store:
        store.upsert("ada", [memory("ada", "boat", id="x"), memory("ada", "river", id="y", order=1)])
    with MemoryStore(tmp_path, large) as store:
        with monkeypatch.context() as patch:
            patch.setattr(store._records, "delete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                store.all("ada")
        newer = [memory("ada", "new boat", id="x")]
        store._records.write("ada", newer, vectors_of(newer, large), "large")
    with MemoryStore(tmp_path, large) as store:
        assert [each.text for each in store.all("ada")] == ["new boat", "river"]
    with MemoryStore(tmp_path, small) as store:
        assert [each.text for each in store.all("ada")] == ["new boat", "river"]


def test_a_misspelt_word_is_found_without_a_model(store: MemoryStore, ada: str) -> None:
    noise = [memory(ada, f"bread and letters {number}", order=number) for number in range(20)]
    store.upsert(ada, [memory(ada, "the accordion"), *noise])
    assert texts(store.search(ada, "your acordion?", k=1)) == ["the accordion"]
