from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.conversation import Exchange
from simulacra.domain.memory import Recollection
from simulacra.memory.working import ELLIPSIS, WorkingMemory, clip, exchange_tokens, memory_tokens, tokens
from tests.memory.lives import memory

TEXT = st.text(max_size=2000)


def exchange(turn: int, size: int = 10) -> Exchange:
    return Exchange(turn=turn, speaker="Noor", stimulus="s" * size, reply="r" * size)


def recollection(content: str, thought: str = "", emotion: str = "") -> Recollection:
    return Recollection(memory=memory("ada", content, thought=thought, emotion=emotion), score=1.0)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=12), st.integers(40, 400))
def test_exchanges_never_go_over_budget_and_none_is_lost(said: list[tuple[str, str, str]], budget: int) -> None:
    working, seen = WorkingMemory(exchange_budget=budget), []
    for turn, (speaker, stimulus, reply) in enumerate(said):
        working, left = working.with_exchange(Exchange(turn=turn, speaker=speaker, stimulus=stimulus, reply=reply))
        seen += [each.turn for each in left]
        assert sum(map(exchange_tokens, working.exchanges)) <= budget
        assert working.exchanges[-1].turn == turn
    assert seen + [each.turn for each in working.exchanges] == list(range(len(said)))


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8), st.integers(40, 400))
def test_recollections_never_go_over_budget_and_the_best_stays(texts: list[tuple[str, str, str]], budget: int) -> None:
    offered = [recollection(*each) for each in texts]
    held = WorkingMemory(recollection_budget=budget).hold(offered).recollections
    assert sum(memory_tokens(each.memory) for each in held) <= budget
    if offered:
        assert held[0].memory.id == offered[0].memory.id


def test_eviction_takes_the_oldest_in_one_block_down_to_half() -> None:
    working = WorkingMemory(exchange_budget=100)
    evictions = []
    for turn in range(12):  # 11 tokens each
        working, left = working.with_exchange(exchange(turn, size=20))
        evictions.append(len(left))
    assert evictions == [0] * 9 + [6, 0, 0]
    assert [each.turn for each in working.exchanges] == [6, 7, 8, 9, 10, 11]


def test_between_evictions_the_exchanges_only_grow() -> None:
    working, _ = WorkingMemory().with_exchange(exchange(1))
    longer, left = working.with_exchange(exchange(2))
    assert left == ()
    assert longer.exchanges[: len(working.exchanges)] == working.exchanges


def test_an_exchange_over_the_whole_budget_is_clipped_in_the_middle() -> None:
    working, _ = WorkingMemory(exchange_budget=50).with_exchange(
        Exchange(turn=1, speaker="Noor", stimulus="Why?", reply="begin " + "x" * 5000 + " end")
    )
    kept = working.exchanges[0]
    assert kept.stimulus == "Why?"
    assert kept.reply.startswith("begin ") and kept.reply.endswith(" end") and ELLIPSIS in kept.reply


def test_a_recollection_that_does_not_fit_makes_way_for_a_smaller_one() -> None:
    first, large, small = recollection("a" * 80), recollection("b" * 400), recollection("c" * 40)
    held = WorkingMemory(recollection_budget=40).hold([first, large, small])
    assert held.recollections == (first, small)


def test_holding_replaces_what_was_held() -> None:
    working = WorkingMemory().hold([recollection("old")]).hold([recollection("new")])
    assert [each.memory.content for each in working.recollections] == ["new"]


@given(st.text(max_size=300), st.integers(0, 60))
def test_a_clipped_text_fits(text: str, limit: int) -> None:
    assert tokens(clip(text, limit)) <= limit or not text


def test_it_survives_a_checkpoint() -> None:
    working, _ = WorkingMemory().hold([recollection("boat")]).with_exchange(exchange(1))
    assert WorkingMemory.model_validate_json(working.model_dump_json()) == working
