from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.conversation import Exchange
from simulacra.memory.short_term import ShortTermMemory


def exchange(turn: int, stimulus: str = "Hello.", reply: str = "Good day.") -> Exchange:
    return Exchange(turn=turn, speaker="Noor", stimulus=stimulus, reply=reply)


def ids(memory: ShortTermMemory) -> list[int]:
    return [entry.id for entry in memory.entries]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 4))
def test_retention_only_falls_with_time(first: int, more: int, rehearsals: int) -> None:
    memory = ShortTermMemory().add([exchange(1)], turn=1)
    for turn in range(2, 2 + rehearsals):
        memory = memory.rehearse([1], turn)
    entry = memory.entries[0]
    now = entry.last + first
    assert 0 <= memory.retention(entry, now + more) <= memory.retention(entry, now) <= 1


@given(st.integers(1, 40))
def test_a_rehearsal_makes_an_entry_last_longer(gap: int) -> None:
    memory = ShortTermMemory().add([exchange(1)], turn=1)
    rehearsed = memory.rehearse([1], turn=2)
    assert rehearsed.retention(rehearsed.entries[0], 2 + gap) > memory.retention(memory.entries[0], 2 + gap)


@given(st.integers(0, 10_000))
def test_a_pinned_entry_is_never_forgotten(turns: int) -> None:
    memory = ShortTermMemory(capacity=3).add([exchange(1)], turn=1).pin([1])
    memory = memory.add([exchange(turn) for turn in range(2, 9)], turn=9).after(9 + turns)
    assert 1 in ids(memory)


def test_what_is_not_rehearsed_fades() -> None:
    memory = ShortTermMemory().add([exchange(1)], turn=1)
    assert ids(memory.after(24)) == [1]
    assert ids(memory.after(25)) == []


def test_nothing_fades_with_forgetting_off() -> None:
    assert ids(ShortTermMemory(forgetting=False).add([exchange(1)], turn=1).after(10_000)) == [1]


@given(st.lists(st.integers(1, 30), max_size=60), st.integers(1, 8))
def test_it_never_holds_more_than_its_capacity(turns: list[int], capacity: int) -> None:
    memory = ShortTermMemory(capacity=capacity, forgetting=False)
    for turn in turns:
        memory = memory.add([exchange(turn)], turn=turn).pin([turn])
    assert len(memory.entries) <= capacity


def test_over_capacity_the_least_retained_goes() -> None:
    memory = ShortTermMemory(capacity=2).add([exchange(1), exchange(2)], turn=2).rehearse([1], turn=3)
    assert ids(memory.add([exchange(3)], turn=3)) == [1, 3]


def test_two_rehearsals_make_an_entry_due() -> None:
    memory = ShortTermMemory().add([exchange(1), exchange(2)], turn=5).rehearse([1], turn=6)
    assert memory.due() == ()
    memory = memory.rehearse([1], turn=7)
    assert [entry.id for entry in memory.due()] == [1]
    assert ids(memory.without([1])) == [2]


def test_two_rehearsals_in_one_turn_count_once() -> None:
    memory = ShortTermMemory().add([exchange(1)], turn=5)
    assert memory.rehearse([1], turn=6).rehearse([1], turn=6).entries[0].rehearsals == 1


def test_adding_again_does_not_undo_a_rehearsal() -> None:
    memory = ShortTermMemory().add([exchange(1)], turn=5).rehearse([1], turn=6)
    assert memory.add([exchange(1)], turn=7) == memory


def test_search_finds_what_shares_words() -> None:
    memory = ShortTermMemory().add(
        [
            exchange(1, "Do you swim?", "In the river, every morning."),
            exchange(2, "Coffee?"),
            exchange(3, "The river!"),
        ],
        turn=4,
    )
    assert [entry.id for entry in memory.search("rivers")] == [3, 1]
    assert [entry.id for entry in memory.search("rivers", k=1)] == [3]
    assert memory.search("zeppelin") == ()
    assert ShortTermMemory().search("river") == ()


def test_one_word_among_many_brings_nothing_to_mind() -> None:
    memory = ShortTermMemory().add(
        [
            exchange(1, "My cat is called Minka."),
            exchange(2, "I talk to my boss."),
            exchange(3, "My boss left the firm."),
        ],
        turn=4,
    )
    assert [entry.id for entry in memory.search("Should I get another cat, or talk to my boss first?")] == [2, 1]
    assert memory.search("My boss, who left, would talk to nobody at the firm but the porter's cat.", k=9)[-1].id != 1
    assert [entry.id for entry in memory.search(["zeppelin", "What was the cat called?"])] == [1]


def test_what_any_conversation_is_full_of_brings_nothing_to_mind() -> None:
    memory = ShortTermMemory().add(
        [exchange(1, "Do you like your work?", "Good night!"), exchange(2, "I know many people.")], turn=4
    )
    assert memory.search("What music do you like?") == ()
    assert memory.search("Good night, one last thing: do you know what time it is?") == ()
    assert [entry.id for entry in memory.search("So you like your work.")] == [1]


def test_what_a_query_asks_besides_counts_though_no_entry_has_it() -> None:
    memory = ShortTermMemory().add([exchange(1, "My brother bakes."), exchange(2, "It rains.")], turn=4)
    assert [entry.id for entry in memory.search("Does your brother sing?")] == [1]
    assert memory.search("Who painted the harbour, the crane and the quay that your brother photographed?") == ()


def test_it_survives_a_checkpoint() -> None:
    memory = ShortTermMemory(capacity=5).add([exchange(1)], turn=1).rehearse([1], turn=2).pin([1])
    assert ShortTermMemory.model_validate_json(memory.model_dump_json()) == memory


@pytest.mark.parametrize("wrong", [{"capacity": 0}, {"strength": 0}, {"threshold": 1}, {"enough": 0}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ShortTermMemory(**wrong)
