"""Blocks that begin with a prompt show what the command really prints; "..." stands for anything."""

from __future__ import annotations

import shlex
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from simulacra.cli.app import app

DOCUMENT = Path(__file__).parents[2] / "docs/getting-started.md"


def _commands() -> list[tuple[str, str]]:
    """Every command of the document and what it is said to print."""
    blocks = MarkdownIt().parse(DOCUMENT.read_text(encoding="utf-8"))
    text = "".join(block.content for block in blocks if block.type == "fence" and block.info == "console")
    parts = [part.partition("\n") for part in ("\n" + text).split("\n$ ")[1:]]
    return [(command, output) for command, _, output in parts]


def test_the_commands_print_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    assert len(_commands()) > 4
    for command, shown in _commands():
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        alike = OutputChecker().check_output(shown, done.stdout, ELLIPSIS | NORMALIZE_WHITESPACE)
        assert alike, f"$ {command}\n{done.stdout}\n{done.stderr}"
