"""README.md and docs/ tell the truth: their Python runs, their examples are valid, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

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
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.relative_to(ROOT)} links to {target}"


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
