"""Where characters are found: a folder given by path, the user's own in the home folder, and those that are shipped."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from simulacra.domain.character import Character
from simulacra.domain.folder import CHARACTER, read_character
from simulacra.errors import CharacterNotFoundError, UsageError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 80
_LONGEST_SHOWN = 200


def find_character(name: str, home: Path) -> Character:
    """The character of that name, or in that folder.

    Args:
        name: An id ("mara-lindqvist"), or the path of a folder (with a separator in it, or absolute).
        home: The user's data folder; a character of the user's own comes before a shipped one of the same id.

    Raises:
        UsageError: The name can be neither an id nor a folder.
        CharacterNotFoundError: There is nobody of that name.
        CharacterFileError: The character's files are not sound.
    """
    if "/" in name or "\\" in name:
        folder = _folder(name)
        if folder is None:
            raise CharacterNotFoundError(
                f"There is no folder {_shown(name)}. 'simulacra characters' lists who there is."
            )
        return read_character(folder)
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise UsageError(
            f"{_shown(name)} cannot be a character's name: a name is lower-case words (a to z, 0 to 9) joined by "
            "hyphens, like mara-lindqvist."
        )
    for shelf in (own_characters(home), shipped_characters()):
        if (shelf / name / CHARACTER).is_file():
            return read_character(shelf / name)
    known = ", ".join(folder.name for folder in list_characters(home)) or "none"
    raise CharacterNotFoundError(f"There is no character {name!r}. There is: {known}.")


def list_characters(home: Path) -> tuple[Path, ...]:
    """The folders of all characters, by name; the user's own hide shipped ones of the same id."""
    found: dict[str, Path] = {}
    for shelf in (shipped_characters(), own_characters(home)):
        if shelf.is_dir():
            found.update({folder.name: folder for folder in shelf.iterdir() if (folder / CHARACTER).is_file()})
    return tuple(found[name] for name in sorted(found))


def own_characters(home: Path) -> Path:
    """The folder of the user's own characters."""
    return home / "characters"


def shipped_characters() -> Path:
    """The folder of the shipped characters: inside the installed package, or beside the source tree."""
    package = Path(str(files("simulacra")))
    installed = package / "characters"
    return installed if installed.is_dir() else package.parents[1] / "characters"


def _folder(path: str) -> Path | None:
    """The folder at a path; None where there is none, or can be none."""
    try:
        folder = Path(path).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError):  # a name that is too long; a home folder of nobody
        return None


def _shown(name: str) -> str:
    return repr(name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…")
