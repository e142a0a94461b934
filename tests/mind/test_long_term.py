"""Long-term memory of a person: construction, stages, experiences, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulacra import Character, Simulacrum
from simulacra.domain.story import Story
from simulacra.errors import MemoryStoreError, UnknownStageError, UnreadableAnswerError, UsageError
from simulacra.prompts.construction import Memorise, MemoriseContent, WholeMemory


def test_a_build_makes_one_memory_a_chunk_and_a_second_one_none(ilse: Simulacrum) -> None:
    chunks = ilse.character.story.chunks()
    first = ilse.memory.build(progress=False)
    assert (first.made, first.kept, first.removed, first.counts.asked) == (len(chunks), 0, 0, 4 * len(chunks))
    second = ilse.memory.build(progress=False)
    assert (second.made, second.kept, second.counts.asked) == (0, len(chunks), 0)


def test_fused_asks_once_a_chunk_and_takes_the_place_of_the_other_style(ilse: Simulacrum) -> None:
    chunks = ilse.character.story.chunks()
    ilse.memory.build(progress=False)
    fused = ilse.memory.build(style="fused", progress=False)
    assert (fused.made, fused.removed, fused.counts.asked) == (len(chunks), len(chunks), len(chunks))
    assert ilse.memory.stats().kinds == {"story": len(chunks)}


def test_every_memory_knows_the_words_that_it_was_made_from(ilse: Simulacrum) -> None:
    ilse.memory.build(progress=False)
    story = ilse.character.story.text
    for found in ilse.memory.search("ice frame oven Nel Baas", k=50):
        memory = found.memory
        told = story[memory.source.start : memory.source.end]
        assert all(paragraph in told for paragraph in memory.text.split("\n\n"))
        assert memory.stage in {"childhood", "apprenticeship", "workshop"}
        assert set(memory.prompts) == {"memorise-content", "memorise-emotion", "memorise-thought", "summarise-memory"}
        assert memory.made_by == "scripted"


def test_a_chunk_is_remembered_by_the_person_of_that_time(ilse: Simulacrum) -> None:
    ilse.memory.build(progress=False)
    tasks = [task for task in ilse.backbone.asked if isinstance(task, MemoriseContent)]  # type: ignore[attr-defined]
    by_stage = {task.when.split(",")[0]: task.character for task in tasks}
    assert by_stage["childhood"].profile.age == 18
    assert "Nel" not in [person.name for person in by_stage["apprenticeship"].people]
    assert by_stage["workshop"] is ilse.character


def test_at_an_earlier_stage_later_memories_do_not_exist(ilse: Simulacrum) -> None:
    child = ilse.at("childhood")
    for query in ("Nel", "workshop oven", "Baas Bruges frame", "anything at all"):
        assert {found.memory.stage for found in child.memory.search(query, k=50)} <= {"childhood"}
    assert {each.memory.stage for each in child.chat("Tell me about Nel and the Baas").recalled} <= {"childhood"}
    assert child.character.profile.age == 18


def test_search_within_a_stage(ilse: Simulacrum) -> None:
    found = ilse.memory.search("the Baas", k=10, stage="Workshop")
    assert {each.memory.stage for each in found} == {"workshop"}
    with pytest.raises(UnknownStageError, match="childhood, apprenticeship, workshop"):
        ilse.memory.search("the Baas", stage="old age")


def test_a_stage_not_yet_lived_cannot_be_searched(ilse: Simulacrum) -> None:
    child = ilse.at("childhood")
    assert {each.memory.stage for each in child.memory.search("the ice", stage="childhood")} == {"childhood"}
    with pytest.raises(UnknownStageError):
        child.memory.search("the Baas", stage="workshop")


def test_an_experience_is_remembered_in_all_conversations(ilse: Simulacrum) -> None:
    memory = ilse.experience("A heron landed on the workshop roof and stayed all day.")
    assert memory.source.kind == "experience" and memory.stage == "workshop"
    turn = ilse.session("next").chat("Did you see a heron?")
    assert any("heron" in each.memory.text for each in turn.recalled)
    assert ilse.experience("Another heron came.").source.position == 1


def test_what_an_earlier_self_experiences_did_not_happen_to_the_later_one(ilse: Simulacrum) -> None:
    ilse.at("childhood").experience("A heron landed on the lock gate.")
    assert not any("heron" in each.memory.text for each in ilse.memory.search("heron", k=50))
    assert any("heron" in each.memory.text for each in ilse.at("childhood").memory.search("heron", k=50))


def test_an_empty_experience_is_refused(ilse: Simulacrum) -> None:
    with pytest.raises(UsageError, match="empty"):
        ilse.experience("  ")


def test_a_failed_construction_leaves_no_empty_memory(small_character: Character, scripted: Any) -> None:
    def fail(task: Any) -> Any:
        if "oven" in task.chunk:
            raise UnreadableAnswerError("It said 'hm'.")
        return WholeMemory(content=task.chunk, importance=1, emotion="", valence=0, thought="", summary="A day.")

    ilse = Simulacrum.load(small_character, backbone=scripted({Memorise: fail}))
    with pytest.raises(UnreadableAnswerError):
        ilse.memory.build(style="fused", progress=False)
    assert ilse.memory.stats().memories == 0


def test_the_export_is_the_same_to_the_byte_and_in_the_order_of_the_life(
    small_character: Character, scripted: Any, tmp_path: Path
) -> None:
    exports = []
    for home in ("one", "two"):
        ilse = Simulacrum.load(small_character, backbone=scripted(), home=tmp_path / home)
        ilse.memory.build(progress=False, parallel=1 if home == "one" else 8)
        exports.append(ilse.memory.export(tmp_path / f"{home}.jsonl"))
    assert exports[0] == exports[1] == (tmp_path / "one.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["order"] for line in exports[0].splitlines()] == sorted(range(exports[0].count("\n")))


def test_an_export_that_cannot_be_written_says_so(ilse: Simulacrum, tmp_path: Path) -> None:
    with pytest.raises(MemoryStoreError, match="cannot be written"):
        ilse.memory.export(tmp_path / "no" / "such" / "folder.jsonl")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=8))
def test_any_story_that_is_one_can_be_remembered(
    small_character: Character, scripted: Any, tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    story = Story(text="## childhood\n" + "\n".join(lines).replace("#", " ").encode("utf-8", "replace").decode())
    if not story.paragraphs:
        return
    character = small_character.model_copy(update={"story": story})
    ilse = Simulacrum.load(character, backbone=scripted(), home=tmp_path_factory.mktemp("home"))
    assert ilse.memory.build(style="fused", progress=False).made == len(story.chunks())
