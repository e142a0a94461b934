"""Finding characters: one's own before the shipped ones, and no way out of the shelf by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulacra.domain.character import Character
from simulacra.domain.folder import write_character
from simulacra.domain.shelf import find_character, list_characters, own_characters, shipped_characters
from simulacra.errors import CharacterFileError, CharacterNotFoundError, UsageError


def test_every_shipped_character_can_be_found_and_is_sound(tmp_path: Path) -> None:
    shipped = [folder.name for folder in list_characters(tmp_path)]
    assert "mara-lindqvist" in shipped
    for name in shipped:
        assert find_character(name, tmp_path).id == name


def test_ones_own_characters_are_listed_with_the_shipped_ones(small_character: Character, tmp_path: Path) -> None:
    write_character(small_character, own_characters(tmp_path))
    found = list_characters(tmp_path)
    assert own_characters(tmp_path) / small_character.id in found
    assert shipped_characters() / "mara-lindqvist" in found


def test_ones_own_goes_before_a_shipped_one(small_character: Character, tmp_path: Path) -> None:
    impostor = small_character.model_copy(update={"id": "mara-lindqvist"})
    folder = write_character(impostor, own_characters(tmp_path))
    assert find_character("mara-lindqvist", tmp_path) == impostor
    assert folder in list_characters(tmp_path)
    assert shipped_characters() / "mara-lindqvist" not in list_characters(tmp_path)


def test_a_folder_is_found_by_its_path(small_character: Character, tmp_path: Path) -> None:
    folder = write_character(small_character, tmp_path / "elsewhere")
    assert find_character(str(folder), tmp_path) == small_character


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(CharacterNotFoundError, match=r"no character 'nobody'\. There is: .*mara-lindqvist"):
        find_character("nobody", tmp_path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\secrets"])
def test_a_path_that_is_no_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(CharacterNotFoundError, match="There is no folder"):
        find_character(name, tmp_path)


@pytest.mark.parametrize("name", ["..", ".", "", "Mara", "mara lindqvist", "mara\x00", "mara\n"])
def test_a_name_that_nobody_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be a character's name"):
        find_character(name, tmp_path)


def test_a_damaged_character_is_not_passed_over(small_character: Character, tmp_path: Path) -> None:
    folder = write_character(small_character, own_characters(tmp_path))
    (folder / "story.md").unlink()
    with pytest.raises(CharacterFileError, match=r"story\.md is missing"):
        find_character(small_character.id, tmp_path)
