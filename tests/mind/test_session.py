"""Conversations that last: what is kept, forgotten and consolidated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

from simulacra import Character, Simulacrum
from simulacra.errors import SessionError, UsageError
from simulacra.memory.records import LOCK
from simulacra.mind.home import Home
from simulacra.prompts.conversation import Respond

LONG = "and so on and on " * 30


def test_a_saved_conversation_goes_on_in_another_simulacrum(small_character: Character, scripted: Any) -> None:
    Simulacrum.load(small_character, backbone=scripted()).session("lab-7").chat("My name is Noor.")
    later = Simulacrum.load(small_character, backbone=scripted())
    with later.session("lab-7"):
        turn = later.chat("What is my name?")
    assert turn.number == 2
    task = [each for each in later.backbone.asked if isinstance(each, Respond)][-1]  # type: ignore[attr-defined]
    assert task.exchanges[0].stimulus == "My name is Noor."


def test_an_entered_session_holds_only_inside(ilse: Simulacrum) -> None:
    with ilse.session("lab-7") as lab:
        ilse.chat("one")
        with ilse.session("lab-8"):
            assert ilse.chat("other").number == 1
        assert ilse.chat("two").number == 2
    assert ilse.chat("outside").number == 1
    assert [turn.stimulus for turn in lab.turns] == ["one", "two"]


def test_conversations_of_other_minds_and_stages_are_others(small_character: Character, scripted: Any) -> None:
    ilse = Simulacrum.load(small_character, backbone=scripted())
    ilse.session("lab").chat("one")
    assert Simulacrum.load(small_character, backbone=scripted(), mind="prompt").session("lab").turns == ()
    assert ilse.at("childhood").session("lab").turns == ()


def test_an_unsaved_conversation_keeps_its_turns_and_leaves_nothing_behind(ilse: Simulacrum) -> None:
    conversation = ilse.session()
    before = ilse.memory.stats() if ilse.chat("Hello") else None
    for number in range(40):
        conversation.chat(f"My dog Rex chased cat {number}. {LONG}")
    assert len(conversation.turns) == 40
    assert ilse.memory.stats() == before
    assert ilse.session().turns == ()


def test_what_is_recalled_often_becomes_long_term_memory(ilse: Simulacrum) -> None:
    session = ilse.session("dogs")
    session.chat("My dog Rex is afraid of thunder.")
    for number in range(30):
        session.chat(f"Does my dog Rex know about thunder? {number} {LONG}")
    session.settle()
    conversations = [each for each in ilse.memory.search("Rex thunder dog", k=50)]
    assert all(each.memory.source.kind != "conversation" for each in conversations), (
        "other conversations do not have it"
    )
    assert ilse.memory.stats().kinds["conversation"] > 0
    turn = session.chat("thunder and Rex")
    assert any(each.memory.source.kind == "conversation" for each in turn.recalled)


def test_one_conversation_does_not_remember_another(ilse: Simulacrum) -> None:
    session = ilse.session("dogs")
    for number in range(40):
        session.chat(f"Does my dog Rex know about thunder? {number} {LONG}")
    session.settle()
    turn = ilse.session("cats").chat("Does my dog Rex know about thunder?")
    assert {each.memory.source.kind for each in turn.recalled} == {"story"}


def test_a_pinned_turn_is_never_forgotten(ilse: Simulacrum) -> None:
    session = ilse.session("pins")
    session.chat("The code of the safe is 4711.")
    for number in range(12):
        session.chat(f"Something else {number}: {LONG}")
    session.pin(1)
    for number in range(60):
        session.chat(f"Weather report {number}: {LONG}")
    turn = session.chat("What is the code of the safe?")
    assert any("4711" in each.memory.content for each in turn.recalled)


def test_pinning_what_is_not_there_says_why(ilse: Simulacrum) -> None:
    with pytest.raises(UsageError, match="Turn 99 is not in short-term memory"):
        ilse.session("pins").pin(99)


def test_the_saved_state_does_not_grow_with_the_conversation(ilse: Simulacrum) -> None:
    session = ilse.session()
    sizes = []
    for number in range(120):
        session.chat(f"Something about {number} {LONG}")
        sizes.append(len(session._unsaved or ""))
    assert max(sizes[90:]) <= 1.1 * max(sizes[:90])


def test_postgres_without_its_extra_or_server_is_one_plain_sentence(
    small_character: Character, scripted: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SIMULACRA_SESSIONS", "postgresql://me:secret@127.0.0.1:1/none")
    ilse = Simulacrum.load(small_character, backbone=scripted(), home=tmp_path / "elsewhere")
    with pytest.raises(SessionError) as raised:
        ilse.session("lab").chat("Hello")
    assert "secret" not in str(raised.value)


def test_a_home_is_shared_by_all_who_name_it(tmp_path: Path) -> None:
    assert Home.at(tmp_path) is Home.at(str(tmp_path))


def test_a_home_that_was_closed_is_free_for_others_and_can_be_opened_again(ilse: Simulacrum) -> None:
    ilse.session("lab").chat("Hello")
    in_use = FileLock(ilse.home.path / "memory" / LOCK, timeout=0)
    with pytest.raises(Timeout):
        in_use.acquire()
    ilse.home.close()
    with in_use:
        pass
    again = Simulacrum.load(ilse.character, backbone=ilse.backbone)
    assert again.home is not ilse.home
    assert again.session("lab").chat("Hello again").number == 2
