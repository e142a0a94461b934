"""README.md and docs/ tell the truth: their Python runs, their examples are valid, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from typer.main import get_command

from simulacra.cli.app import app
from simulacra.domain.character import Character, Knowledge, Mistake, Person, Personality, Profile, Stage
from simulacra.domain.folder import read_character
from simulacra.domain.questionnaire import Questionnaire

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@each_document
def test_its_python_runs(document: Path) -> None:
    """All blocks of a document run one after the other, in one namespace."""
    for example in Sybil(parsers=[PythonCodeBlockParser()]).parse(document):
        example.evaluate()


@each_document
def test_its_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", document.read_text(encoding="utf-8"))
    for target, anchor in links:
        path = document.parent / target if target else document
        assert path.exists(), f"{document.relative_to(ROOT)} links to {target}"
        assert not anchor or anchor in _anchors(path), f"{document.relative_to(ROOT)} links to {target}#{anchor}"


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@each_document
def test_its_commands_exist(document: Path) -> None:
    """Every line of a block that begins with ``simulacra`` names a command, and options that it has."""
    blocks = [each for each in MarkdownIt().parse(document.read_text(encoding="utf-8")) if each.type == "fence"]
    for line in "\n".join(block.content for block in blocks).splitlines():
        if line.removeprefix("$ ").startswith("simulacra "):
            words = line.removeprefix("$ ").partition("  ")[0].partition(" #")[0].split()[1:]
            for name in words[1].split("|") if len(words) > 1 else [""]:
                command = _command([words[0], name])
                assert command is not None, f"there is no command for: {line}"
                options = {option for parameter in command.params for option in parameter.opts}
                assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, line


def _command(words: list[str]) -> Any:
    """The command that is meant, None where there is none; words after a command that has no others are arguments."""
    command: Any = get_command(app)
    for word in words:
        if not hasattr(command, "commands"):
            return command
        command = command.commands.get(word)
    return command


def test_the_character_in_the_documents_is_valid(tmp_path: Path) -> None:
    """The blocks of docs/characters.md that are named after a file make a whole folder."""
    folder = tmp_path / "ilse-verhaegen"
    folder.mkdir()
    for block in MarkdownIt().parse((ROOT / "docs/characters.md").read_text(encoding="utf-8")):
        if block.type == "fence" and " " in block.info:
            (folder / block.info.split()[1]).write_text(block.content, encoding="utf-8")
    character = read_character(folder)
    assert character.at("childhood").people == ()
    assert character.questionnaire != Questionnaire()


@pytest.mark.parametrize("value", [Character, Profile, Personality, Person, Stage, Knowledge, Mistake, Questionnaire])
def test_every_field_of_a_character_is_explained(value: type[Character]) -> None:
    explained = (ROOT / "docs/characters.md").read_text(encoding="utf-8")
    own_files = {"id", "profile", "personality", "people", "stages", "knowledge", "biography", "story", "questionnaire"}
    missing = [name for name in value.model_fields if name not in own_files and f"`{name}`" not in explained]
    assert missing == []
