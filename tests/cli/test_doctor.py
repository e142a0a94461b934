from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, lines


def _findings(output: str) -> dict[str, dict[str, Any]]:
    return {each["what"]: each for each in lines(output)}


def test_a_sound_home_is_ok(run: Run) -> None:
    result = run("doctor", "--json")
    found = _findings(result.stdout)
    assert result.exit_code == 0
    for what in (
        "python",
        "home",
        "disk",
        "ledger",
        "embedder",
        "store",
        "sessions",
        "prompts",
        "backbone",
        "characters",
    ):
        assert found[what]["state"] in ("ok", "warn"), found[what]
    assert "ilse-verhaegen" in found["characters"]["says"]
    assert "backbone" in run("doctor").stdout


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("SIMULACRA_EMBEDDER", "nonsense", "embedder"),
        ("SIMULACRA_STORE", "http://127.0.0.1:9", "store"),
        ("SIMULACRA_BACKBONE", "nonsense", "backbone"),
        ("SIMULACRA_BACKBONE", "openai:gpt-x", "backbone"),
    ],
)
def test_what_is_wrong_fails_with_a_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, what: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = run("doctor", "--json")
    finding = _findings(result.stdout)[what]
    assert result.exit_code == 1
    assert finding["state"] == "fail"
    assert finding["remedy"]


def test_a_character_that_is_not_sound_fails(run: Run, home: Path) -> None:
    (home / "characters" / "ilse-verhaegen" / "story.md").write_bytes(b"\xff")
    result = run("doctor", "--json")
    assert result.exit_code == 1
    assert "story.md is not UTF-8" in _findings(result.stdout)["character"]["says"]


def test_a_damaged_ledger_fails_and_the_other_checks_go_on(run: Run, home: Path) -> None:
    (home / "ledger.sqlite3").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    result = run("doctor", "--json")
    found = _findings(result.stdout)
    assert result.exit_code == 1
    assert found["ledger"]["state"] == "fail"
    assert found["store"]["state"] == "ok"
