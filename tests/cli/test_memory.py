from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, lines

ILSE = "ilse-verhaegen"


def test_build_makes_memories_once(run: Run) -> None:
    assert run("memory", "build", ILSE).stdout.startswith("4 memories made, 0 kept, 0 removed")
    (again,) = lines(run("memory", "build", ILSE, "--json").stdout)
    assert (again["made"], again["kept"], again["usage"]["calls"]) == (0, 4, 0)


def test_build_again_asks_nothing_that_the_ledger_has(run: Run) -> None:
    run("memory", "build", ILSE)
    (again,) = lines(run("memory", "build", ILSE, "--again", "--json").stdout)
    assert (again["made"], again["usage"]["calls"]) == (4, 0)
    assert again["usage"]["cached"] == 16


def test_another_style_replaces_the_memories(run: Run) -> None:
    run("memory", "build", ILSE)
    (fused,) = lines(run("memory", "build", ILSE, "--style", "fused", "--json").stdout)
    assert (fused["made"], fused["removed"]) == (4, 4)


def test_an_estimate_builds_nothing(run: Run) -> None:
    (expected,) = lines(run("memory", "build", ILSE, "--estimate", "--json").stdout)
    assert expected["backbone"] == "reflex"
    assert expected["cost"] == 0
    assert lines(run("memory", "stats", ILSE, "--json").stdout)[0]["memories"] == 0


def test_search_finds_with_scores(run: Run) -> None:
    found = lines(run("memory", "search", ILSE, "the frozen canal", "-k", "2", "--json").stdout)
    assert len(found) == 2
    assert "canal froze" in found[0]["memory"]["text"]
    assert found[0]["score"] >= found[1]["score"]
    assert "canal" in run("memory", "search", ILSE, "the frozen canal").stdout


def test_search_within_a_stage(run: Run) -> None:
    found = lines(run("memory", "search", ILSE, "the frozen canal", "--stage", "workshop", "--json").stdout)
    assert {each["memory"]["stage"] for each in found} == {"workshop"}


def test_search_in_an_unknown_stage_names_the_stages(run: Run) -> None:
    result = run("memory", "search", ILSE, "ice", "--stage", "old age")
    assert result.exit_code == 1
    assert "childhood, apprenticeship, workshop" in result.stderr


def test_stats_count_by_stage(run: Run) -> None:
    run("memory", "build", ILSE)
    (counted,) = lines(run("memory", "stats", ILSE, "--json").stdout)
    assert counted["stages"] == {"apprenticeship": 1, "childhood": 1, "workshop": 2}
    assert "4 memories" in run("memory", "stats", ILSE).stdout


def test_export_goes_to_stdout_or_a_file(run: Run, tmp_path: Path) -> None:
    exported = run("memory", "export", ILSE).stdout
    assert [each["order"] for each in lines(exported)] == [0, 1, 2, 3]
    file = tmp_path / "memories.jsonl"
    result = run("memory", "export", ILSE, "--out", str(file))
    assert (result.stdout, file.read_text(encoding="utf-8")) == ("", exported)


def test_an_export_that_cannot_be_written_is_one_sentence(run: Run, tmp_path: Path) -> None:
    result = run("memory", "export", ILSE, "--out", str(tmp_path / "nowhere" / "file"))
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert len(result.stderr.splitlines()) == 1
