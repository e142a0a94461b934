"""A character's folder on disk: ``character.toml``, ``biography.md``, ``story.md`` and ``questionnaire.toml``.

Everything is UTF-8. Reading validates all of it and names file, field and remedy. Writing makes the new folder aside
and then renames it, so that a killed process never leaves half a character behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from simulacra.domain.character import Character
from simulacra.domain.questionnaire import Questionnaire
from simulacra.domain.story import Story
from simulacra.errors import CharacterFileError, CharacterNotFoundError

CHARACTER, BIOGRAPHY, STORY, QUESTIONNAIRE = "character.toml", "biography.md", "story.md", "questionnaire.toml"


def read_character(folder: Path) -> Character:
    """Read and validate the character in a folder; the folder's name is the character's id.

    Raises:
        CharacterNotFoundError: There is no such folder, or it holds no ``character.toml``.
        CharacterFileError: A file is missing, is not UTF-8, is not TOML, or says something that cannot be.
    """
    if not (folder / CHARACTER).is_file():
        raise CharacterNotFoundError(
            f"There is no character in {folder}: it has no {CHARACTER}. See docs/characters.md for the layout."
        )
    fields = _read_toml(folder / CHARACTER)
    if clash := fields.keys() & {"id", "biography", "story", "questionnaire"}:
        raise CharacterFileError(
            f"{folder / CHARACTER}: {sorted(clash)[0]} does not belong here: it is told by the folder's name and the "
            "other files. Remove it."
        )
    biography, story = _read_text(folder / BIOGRAPHY), Story(text=_read_text(folder / STORY))
    if not biography.strip():
        raise CharacterFileError(
            f"{folder / BIOGRAPHY} is empty: write the person's biography (up to 1,000 words) into it."
        )
    if not story.paragraphs:
        raise CharacterFileError(f"{folder / STORY} has no paragraph: write the person's life story into it.")
    questionnaire = Questionnaire()
    if (folder / QUESTIONNAIRE).exists():
        answers = _read_toml(folder / QUESTIONNAIRE)
        try:
            questionnaire = Questionnaire.model_validate(answers)
        except ValidationError as error:
            raise CharacterFileError(_plain(error, folder / QUESTIONNAIRE)) from error
    try:
        return Character.model_validate(
            {
                **fields,
                "id": folder.resolve().name,
                "biography": biography,
                "story": story,
                "questionnaire": questionnaire,
            }
        )
    except ValidationError as error:
        raise CharacterFileError(_plain(error, folder / CHARACTER)) from error


def write_character(character: Character, parent: Path) -> Path:
    """Write a character into ``parent/ID``, in place of what stood there, and return that folder.

    Raises:
        CharacterFileError: The folder cannot be written (read-only, disk full).
    """
    target = parent / character.id
    tables = character.model_dump(
        mode="python", exclude={"id", "biography", "story", "questionnaire"}, exclude_none=True
    )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=".writing-") as draft_name:
            draft = Path(draft_name) / character.id
            draft.mkdir()
            (draft / CHARACTER).write_text(tomli_w.dumps(_listed(tables), multiline_strings=False), encoding="utf-8")
            (draft / BIOGRAPHY).write_text(character.biography + "\n", encoding="utf-8")
            (draft / STORY).write_text(character.story.text, encoding="utf-8")
            if character.questionnaire != Questionnaire():
                questions = character.questionnaire.model_dump(mode="python")
                (draft / QUESTIONNAIRE).write_text(tomli_w.dumps(_listed(questions)), encoding="utf-8")
            _replace(draft, target, Path(draft_name) / "old")
    except OSError as error:
        raise CharacterFileError(
            f"{target} could not be written: {error.strerror or error}. Nothing was changed."
        ) from error
    return target


def _replace(draft: Path, target: Path, aside: Path) -> None:
    """Put ``draft`` where ``target`` is; the old folder, if any, goes aside first and comes back if that fails."""
    if not target.exists():
        os.replace(draft, target)
        return
    os.replace(target, aside)
    try:
        os.replace(draft, target)
    except OSError:
        os.replace(aside, target)
        raise
    shutil.rmtree(aside)


def _listed(value: Any) -> Any:
    """The same data with lists in place of tuples, as TOML wants them."""
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_listed(each) for each in value]
    return value


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise CharacterFileError(
            f"{path} is missing: every character has {BIOGRAPHY}, {STORY} and {CHARACTER}."
        ) from error
    except UnicodeDecodeError as error:
        raise CharacterFileError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error
    except OSError as error:
        raise CharacterFileError(f"{path} could not be read: {error.strerror or error}.") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read_text(path))
    except RecursionError as error:
        raise CharacterFileError(f"{path} is not valid TOML: brackets stand in brackets without end.") from error
    except ValueError as error:  # besides what is no TOML, numbers of thousands of digits
        raise CharacterFileError(f"{path} is not valid TOML: {error}.") from error


def _plain(error: ValidationError, path: Path) -> str:
    """Pydantic's findings as one sentence a field."""
    findings = []
    for each in error.errors(include_url=False):
        field = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ")
        if field == "id":
            field, message = (
                f"the folder's name, {path.resolve().parent.name!r}",
                "use lower-case words joined by hyphens",
            )
        match each["type"]:
            case "missing":
                message = "is missing: add it"
            case "extra_forbidden":
                message = "is not a field: remove it or mend its spelling"
        findings.append(f"{field}: {message}" if field else message)
    return f"{path}: " + "; ".join(findings) + "."
