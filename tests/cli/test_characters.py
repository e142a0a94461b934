from __future__ import annotations

from pathlib import Path

from simulacra.domain.shelf import shipped_characters
from tests.cli.conftest import Run, lines


def test_characters_lists_who_there_is(run: Run) -> None:
    result = run("characters")
    assert result.exit_code == 0
    assert "ilse-verhaegen" in result.stdout
    assert all(folder.name in result.stdout for folder in shipped_characters().iterdir())


def test_characters_as_json(run: Run) -> None:
    listed = {each["id"]: each for each in lines(run("characters", "--json").stdout)}
    ilse = listed["ilse-verhaegen"]
    assert ilse["name"] == "Ilse Verhaegen"
    assert ilse["occupation"] == "bicycle mechanic"
    assert ilse["memory"] == "not built"
    assert ilse["words"] > 100


def test_characters_says_who_built_the_memory(run: Run) -> None:
    run("memory", "build", "ilse-verhaegen")
    listed = {each["id"]: each for each in lines(run("characters", "--json").stdout)}
    assert listed["ilse-verhaegen"]["memory"] == "reflex"
    assert listed["mara-lindqvist"]["memory"] == "not built"


def test_one_character_that_is_not_sound_hides_no_other(run: Run, home: Path) -> None:
    (home / "characters" / "ilse-verhaegen" / "story.md").write_bytes(b"\xff")
    listed = {each["id"]: each for each in lines(run("characters", "--json").stdout)}
    assert "not UTF-8" in listed["ilse-verhaegen"]["error"]
    assert "error" not in listed["mara-lindqvist"]
    assert "not UTF-8" in run("characters").stdout.replace("\n", "")


def test_show_tells_profile_people_story_and_memory(run: Run) -> None:
    shown = run("show", "ilse-verhaegen").stdout
    for words in ("Ilse Verhaegen", "bicycle mechanic", "Claes Dewulf", "master", "7 paragraphs", "memory build"):
        assert words in shown


def test_show_as_json(run: Run) -> None:
    run("memory", "build", "ilse-verhaegen")
    (shown,) = lines(run("show", "ilse-verhaegen", "--json").stdout)
    assert shown["profile"]["age"] == 41
    assert shown["story"]["chunks_by_stage"] == {"childhood": 1, "apprenticeship": 1, "workshop": 2}
    assert shown["memory"]["memories"] == 4
    assert shown["memory"]["made_by"] == "reflex"


def test_a_character_is_shown_by_its_folder(run: Run, home: Path) -> None:
    assert "Ilse" in run("show", str(home / "characters" / "ilse-verhaegen")).stdout


def test_looking_makes_nothing(run: Run, home: Path) -> None:
    run("characters")
    run("show", "ilse-verhaegen")
    assert [each.name for each in home.iterdir()] == ["characters"]
