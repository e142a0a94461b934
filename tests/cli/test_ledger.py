from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, lines

ILSE = "ilse-verhaegen"


def test_an_empty_ledger_is_no_error_and_is_not_made(run: Run, home: Path) -> None:
    result = run("ledger")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No call was recorded" in result.stderr
    assert not (home / "ledger.sqlite3").exists()


def test_stats_add_up(run: Run) -> None:
    run("memory", "build", ILSE, "--style", "fused")
    (sum_of_all,) = lines(run("ledger", "stats", "--by", "character", "--json").stdout)
    assert sum_of_all["group"] == {"character": ILSE}
    assert sum_of_all["calls"] == 4
    assert (
        run("ledger", "--by", "character", "--json").stdout
        == run("ledger", "stats", "--by", "character", "--json").stdout
    )
    assert ILSE in run("ledger").stdout


def test_stats_by_an_unknown_column_is_wrong_usage(run: Run) -> None:
    run("memory", "build", ILSE)
    result = run("ledger", "stats", "--by", "weather")
    assert result.exit_code == 2
    assert "'weather'" in result.stderr


def test_every_call_is_exported_and_can_be_shown(run: Run, tmp_path: Path) -> None:
    run("memory", "build", ILSE, "--style", "fused")
    exported = lines(run("ledger", "export").stdout)
    assert len(exported) == 4
    (shown,) = lines(run("ledger", "show", exported[0]["key"][:12], "--json").stdout)
    assert shown == exported[0]
    assert exported[0]["answer"] in run("ledger", "show", exported[0]["key"]).stdout
    file = tmp_path / "ledger.jsonl"
    run("ledger", "export", "--out", str(file))
    assert lines(file.read_text(encoding="utf-8")) == exported


def test_a_call_that_is_not_there_is_one_sentence(run: Run) -> None:
    assert run("ledger", "show", "abc").exit_code == 1
    run("memory", "build", ILSE)
    result = run("ledger", "show", "nothing")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_damaged_ledger_is_one_sentence(run: Run, home: Path) -> None:
    (home / "ledger.sqlite3").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    for command in (("ledger",), ("chat", ILSE, "--say", "Hello")):
        result = run(*command)
        assert result.exit_code == 1
        assert "damaged" in result.stderr
        assert len(result.stderr.splitlines()) == 1
