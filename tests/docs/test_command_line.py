"""docs/command-line.md has every command, argument and option, in the words of --help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from typer.main import get_command

from simulacra.cli.app import app

DOCUMENT = Path(__file__).parents[2] / "docs/command-line.md"


def _commands(command: Any, words: tuple[str, ...] = ("simulacra",)) -> Iterator[tuple[str, Any]]:
    """Every command and group with the words that call it."""
    yield " ".join(words), command
    for name, each in getattr(command, "commands", {}).items():
        yield from _commands(each, (*words, name))


def _section(words: str, command: Any) -> str:
    """What the document must say of a command: its arguments, its first sentence, and a table of its options."""
    arguments = [each.name.upper() for each in command.params if each.param_type_name == "argument"]
    title = " ".join((words, *arguments))
    options = [_row(each) for each in command.params if each.param_type_name == "option"]
    table = ["| option | default | |", "| --- | --- | --- |", *options] if options else []
    return "\n".join((f"## {title}", "", _help(command.help.split("\n\n")[0]), *([""] if table else []), *table))


def _row(option: Any) -> str:
    names = ", ".join(f"`{name}{_value(option)}`" for name in option.opts)
    default = f"`{option.default}`" if _shown(option) else ""
    return f"| {names} | {default} | {_help(option.help)} |"


def _shown(option: Any) -> bool:
    return option.show_default and option.default is not None and not option.is_flag


def _value(option: Any) -> str:
    """What follows the option's name."""
    wanted = option.type_descriptor.annotation
    if get_origin(wanted) is Literal:
        return " " + "\\|".join(get_args(wanted))
    return {bool: "", int: " N", float: " X", str: " TEXT", list[str]: " TEXT", Path: " PATH"}[wanted]


def _help(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("words", "command"), [*_commands(get_command(app))], ids=lambda value: str(value)[:40])
def test_the_command_is_documented_as_it_is(words: str, command: Any) -> None:
    assert _section(words, command) in DOCUMENT.read_text(encoding="utf-8")


def test_nothing_is_documented_that_there_is_not() -> None:
    titles = {_section(words, command).partition("\n")[0] for words, command in _commands(get_command(app))}
    headings = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("## simulacra")]
    assert set(headings) == titles
