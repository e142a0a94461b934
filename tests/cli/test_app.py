from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import simulacra
from tests.cli.conftest import COMMAND, Run, RunProcess

KEY = "sk-not-a-real-key-0123456789"


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"simulacra {simulacra.__version__}\n"


COMMANDS = (
    "characters",
    "show",
    "chat",
    "memory build",
    "memory search",
    "memory stats",
    "memory export",
    "story import",
    "ledger stats",
    "ledger show",
    "ledger export",
    "doctor",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.stdout


def test_without_a_command_help_is_shown(run: Run) -> None:
    assert "characters" in run().output


# ---------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("chat",),
        ("chat", "ilse-verhaegen", "--nonsense"),
        ("chat", "ilse-verhaegen", "--sample", "-1"),
        ("chat", "ilse-verhaegen", "--max-calls", "few"),
        ("chat", "ilse-verhaegen", "--say", "Hello", "--max-calls", "-1"),
        ("chat", "ilse-verhaegen", "--say", "Hello", "--max-cost", "nan"),
        ("chat", "ilse-verhaegen", "--say", "Hello", "--new", "--unsaved"),
        ("chat", "ilse-verhaegen", "--say", " "),
        ("chat", "ilse-verhaegen", "--say", "x" * 30_000),
        ("chat", "ilse-verhaegen", "--say", "Hello", "--speaker", "<system>"),
        ("chat", "ilse-verhaegen", "--say", "Hello", "--session", "x" * 300),
        ("memory", "build", "ilse-verhaegen", "--parallel", "0"),
        ("memory", "search", "ilse-verhaegen", "ice", "-k", "0"),
        ("ledger", "stats", "nonsense"),
        ("story", "import", "another-dataset", "."),
    ],
)
def test_wrong_usage_is_exit_code_2(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("option", "choice"), [("--mind", "macm"), ("--pace", "paper")])
def test_an_unknown_choice_is_told_the_choices(run: Run, option: str, choice: str) -> None:
    result = run("chat", "ilse-verhaegen", option, "nonsense")
    assert result.exit_code == 2
    assert choice in result.stderr


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "/etc",
        "..",
        "nobody",
        "Ilse Verhaegen",
        "ilse_verhaegen",
        "..\\..\\windows",
        "%2e%2e",
        "li\N{COMBINING ACUTE ACCENT}se",
        "李明",
        "",
        " ",
        "a" * 10_000,
        "a/" * 5_000,
        "a\nb",
        "\x1b[31mred",
    ],
)
@pytest.mark.parametrize("command", [("show",), ("chat", "--say", "Hello"), ("memory", "stats")])
def test_a_name_that_names_nobody_is_one_sentence(run: Run, command: tuple[str, ...], name: str) -> None:
    result = run(*command, "--", name)
    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert len(result.stderr) < 2_000
    assert "\x1b" not in result.stderr
    assert "not foreseen" not in result.stderr


def test_a_name_with_a_null_byte_is_refused(run: Run) -> None:
    result = run("show", "a/\0b")
    assert result.exit_code in (1, 2)
    assert "not foreseen" not in result.stderr


# ---------------------------------------------------------------- where things are kept


def test_home_can_be_given(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert run("--home", str(other), "show", "ilse-verhaegen").exit_code == 1
    assert run("show", "ilse-verhaegen").exit_code == 0


def test_a_home_that_is_a_file_is_one_sentence(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    result = run("--home", str(file), "chat", "mara-lindqvist", "--say", "Hello")
    assert result.exit_code in (1, 2)
    assert str(file) in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_one_sentence(run: Run, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    sealed.mkdir(mode=0o500)
    result = run("--home", str(sealed), "chat", "mara-lindqvist", "--say", "Hello")
    assert result.exit_code in (1, 2)
    assert len(result.stderr.splitlines()) == 1


# ---------------------------------------------------------------- characters that are not sound


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("character.toml", b"[profile\nname =", "not valid TOML"),
        ("character.toml", b"\xff\xfe", "not UTF-8"),
        ("character.toml", b"", "missing"),
        ("story.md", b"Caf\xe9", "not UTF-8"),
        ("story.md", b"", "no paragraph"),
        ("biography.md", b" ", "empty"),
        ("questionnaire.toml", b"[[cloze]]\nquestion = 3", "questionnaire.toml"),
    ],
)
def test_a_character_that_is_not_sound_is_one_sentence_with_its_file(
    run: Run, home: Path, file: str, content: bytes, reason: str
) -> None:
    (home / "characters" / "ilse-verhaegen" / file).write_bytes(content)
    result = run("chat", "ilse-verhaegen", "--say", "Hello")
    assert result.exit_code == 1
    assert file in result.stderr
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1


# ---------------------------------------------------------------- backbones that are not there


@pytest.mark.parametrize(
    ("spec", "code"),
    [("nonsense", 1), ("openai:", 1), ("openai:gpt-x", 1), ("vllm:x", 1), ("top=reflex,nose=reflex", 1)],
)
def test_a_backbone_that_cannot_be_opened_says_why(run: Run, spec: str, code: int) -> None:
    result = run("chat", "ilse-verhaegen", "--say", "Hello", "--backbone", spec)
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr
    assert "not foreseen" not in result.stderr


def test_an_endpoint_that_is_gone_is_one_sentence_without_the_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://user:{KEY}@127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = run("chat", "ilse-verhaegen", "--mind", "none", "--say", "Hello", "--backbone", "openai:m?retries=0")
    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.stderr
    assert KEY not in result.output
    assert len(result.stderr.splitlines()) == 1


# ---------------------------------------------------------------- the process


def test_stdout_has_results_and_nothing_else(run_process: RunProcess) -> None:
    result = run_process("chat", "ilse-verhaegen", "--say", "Hello")
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == ""


def test_an_error_is_one_sentence_on_stderr(run_process: RunProcess) -> None:
    result = run_process("show", "nobody")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("There is no character 'nobody'.")
    assert len(result.stderr.splitlines()) == 1


def test_debug_shows_the_traceback(run_process: RunProcess) -> None:
    result = run_process("--debug", "show", "nobody")
    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "CharacterNotFoundError" in result.stderr


def test_a_reader_that_goes_away_is_no_error(run_process: RunProcess) -> None:
    run_process("chat", "ilse-verhaegen", "--say", "Hello")
    with subprocess.Popen([*COMMAND, "ledger", "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as exporting:
        assert exporting.stdout is not None and exporting.stderr is not None
        exporting.stdout.close()
        assert b"Traceback" not in exporting.stderr.read()
