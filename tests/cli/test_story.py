from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.folder import read_character
from tests.cli.conftest import Run, lines


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    profile = {
        "Name": "Olga Brandt",
        "Age": 33,
        "Gender": "female",
        "Date_of_birth": "1990-02-03",
        "Occupation": "ferry pilot",
        "Traits": "- I count bollards.",
        "Family": "one of four sisters",
        "Education": "nautical college",
    }
    _dump(folder / "character_profiles.json", [profile])
    _dump(folder / "character_introductions.json", [{"Name": "Olga Brandt", "Content": "Olga's life."}])
    story = folder / "Stories" / "Olga Brandt" / "Olga Brandt.txt"
    story.parent.mkdir(parents=True)
    story.write_text("I learned to row.\n\nThen I learned to wait.\n")
    return folder


def test_an_imported_character_can_be_talked_to(run: Run, home: Path, dataset: Path) -> None:
    result = run("story", "import", "human-simulacra", str(dataset))
    assert result.exit_code == 0
    assert "simulacra chat olga-brandt" in result.stdout
    assert read_character(home / "characters" / "olga-brandt").name == "Olga Brandt"
    assert run("chat", "olga-brandt", "--say", "What is your name?").stdout


def test_what_was_left_out_is_said_beside_the_result(run: Run, dataset: Path) -> None:
    result = run("story", "import", "human-simulacra", str(dataset), "--json")
    (imported,) = lines(result.stdout)
    assert imported["id"] == "olga-brandt"
    assert "Questions" in result.stderr


def test_a_fault_is_one_sentence_and_nothing_is_written(run: Run, home: Path, dataset: Path) -> None:
    (dataset / "character_profiles.json").write_bytes(b"\xff")
    result = run("story", "import", "human-simulacra", str(dataset))
    assert result.exit_code == 1
    assert "character_profiles.json is not UTF-8" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [each.name for each in (home / "characters").iterdir()] == ["ilse-verhaegen"]


def test_an_unknown_name_is_one_sentence(run: Run, dataset: Path) -> None:
    result = run("story", "import", "human-simulacra", str(dataset), "--name", "Nemo")
    assert result.exit_code == 1
    assert "Olga Brandt" in result.stderr


def _dump(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
