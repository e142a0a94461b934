"""Reading and writing a character's folder: messages that help, and nothing lost."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.character import Character, Knowledge, Mistake, Person, Personality
from simulacra.domain.folder import read_character, write_character
from simulacra.domain.story import Story
from simulacra.errors import CharacterFileError, CharacterNotFoundError

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufeff"), min_size=1).filter(
    lambda text: any(each.isprintable() and not each.isspace() for each in text)
)


@pytest.fixture
def folder(small_character: Character, tmp_path: Path) -> Path:
    return write_character(small_character, tmp_path)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestRoundTrip:
    def test_a_character_comes_back_as_it_was(self, small_character: Character, folder: Path) -> None:
        assert folder.name == small_character.id
        assert read_character(folder) == small_character

    def test_so_does_one_without_anything_that_may_be_left_out(
        self, small_character: Character, tmp_path: Path
    ) -> None:
        bare = Character(
            id="bare",
            profile=small_character.profile,
            personality=Personality(traits=("I wait.",)),
            biography="Born, grown.",
            story=Story(text="It rained."),
        )
        assert read_character(write_character(bare, tmp_path)) == bare

    @given(trait=WORDS, name=WORDS, belief=WORDS, biography=WORDS, line=WORDS)
    def test_whatever_it_says(
        self,
        small_character: Character,
        tmp_path_factory: pytest.TempPathFactory,
        trait: str,
        name: str,
        belief: str,
        biography: str,
        line: str,
    ) -> None:
        fields: dict[str, Any] = small_character.model_dump()
        fields["personality"]["traits"] = [trait]
        fields["people"] = [Person(name=name, relation=trait, about=belief, other_names=(name,))]
        fields["knowledge"] = Knowledge(unknown=(belief,), mistaken=(Mistake(belief=belief, truth=name),))
        fields["biography"] = biography
        fields["story"] = Story(text=f"## childhood\n\nI: {line}")
        character = Character.model_validate(fields)
        assert read_character(write_character(character, tmp_path_factory.mktemp("shelf"))) == character

    def test_windows_line_ends_and_a_byte_order_mark_change_nothing(
        self, small_character: Character, folder: Path
    ) -> None:
        for path in folder.iterdir():
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert read_character(folder) == small_character


class TestReading:
    def test_a_folder_without_a_character(self, tmp_path: Path) -> None:
        with pytest.raises(CharacterNotFoundError, match=r"it has no character\.toml.*docs/characters\.md"):
            read_character(tmp_path)

    @pytest.mark.parametrize("missing", ["biography.md", "story.md"])
    def test_a_missing_file_is_named(self, folder: Path, missing: str) -> None:
        (folder / missing).unlink()
        with pytest.raises(CharacterFileError, match=rf"{missing} is missing"):
            read_character(folder)

    def test_a_questionnaire_may_be_missing(self, small_character: Character, folder: Path) -> None:
        (folder / "questionnaire.toml").unlink()
        assert read_character(folder).questionnaire.cloze == ()

    @pytest.mark.parametrize("name", ["character.toml", "biography.md", "story.md", "questionnaire.toml"])
    def test_what_is_not_utf8_is_named_with_its_byte(self, folder: Path, name: str) -> None:
        (folder / name).write_bytes("Zoë".encode("latin-1"))
        with pytest.raises(CharacterFileError, match=rf"{name} is not UTF-8 \(byte 2\): save it as UTF-8"):
            read_character(folder)

    def test_a_folder_in_place_of_a_file(self, folder: Path) -> None:
        (folder / "story.md").unlink()
        (folder / "story.md").mkdir()
        with pytest.raises(CharacterFileError, match=r"story\.md could not be read"):
            read_character(folder)

    @pytest.mark.parametrize("text", ["", "\n\n", "# A title\n\n## childhood\n"])
    def test_an_empty_story(self, folder: Path, text: str) -> None:
        (folder / "story.md").write_text(text)
        with pytest.raises(CharacterFileError, match=r"story\.md has no paragraph: write"):
            read_character(folder)

    def test_an_empty_biography(self, folder: Path) -> None:
        (folder / "biography.md").write_text(" \n")
        with pytest.raises(CharacterFileError, match=r"biography\.md is empty: write"):
            read_character(folder)

    @pytest.mark.parametrize("name", ["character.toml", "questionnaire.toml"])
    def test_a_file_cut_off_anywhere_is_refused_or_whole(
        self, small_character: Character, folder: Path, name: str
    ) -> None:
        """Half of a file is an error of the tree with the file's name, wherever the cut is; never a traceback."""
        whole = (folder / name).read_bytes()
        for end in range(0, len(whole), 97):
            (folder / name).write_bytes(whole[:end])
            try:
                read_character(folder)
            except CharacterFileError as error:
                assert str(folder) in str(error)

    def test_half_a_table_is_refused(self, folder: Path) -> None:
        whole = (folder / "character.toml").read_text()
        (folder / "character.toml").write_text(whole[: whole.index("[personality]") + 10])
        with pytest.raises(CharacterFileError, match=r"character\.toml is not valid TOML"):
            read_character(folder)

    def test_a_missing_field_is_named(self, folder: Path) -> None:
        edit(folder / "character.toml", 'occupation = "bicycle mechanic"\n', "")
        with pytest.raises(CharacterFileError, match=r"character\.toml: profile\.occupation: is missing: add it\."):
            read_character(folder)

    def test_a_misspelt_field_is_named(self, folder: Path) -> None:
        edit(folder / "character.toml", "gender =", "gendre =")
        with pytest.raises(
            CharacterFileError, match=r"profile\.gendre: is not a field: remove it or mend its spelling"
        ):
            read_character(folder)

    def test_every_finding_is_told_at_once(self, folder: Path) -> None:
        edit(folder / "character.toml", "age = 41", "age = 412")
        edit(folder / "character.toml", 'name = "Ilse Verhaegen"', 'name = ""')
        with pytest.raises(CharacterFileError, match=r"profile\.name: .*; profile\.age: "):
            read_character(folder)

    def test_a_contradiction_is_told_in_words(self, folder: Path) -> None:
        edit(folder / "character.toml", "age = 41", "age = 40")
        with pytest.raises(CharacterFileError, match=r"character\.toml: profile\.age is 40, but .*: mend age"):
            read_character(folder)

    def test_an_unmarkable_question_is_named(self, folder: Path) -> None:
        edit(folder / "questionnaire.toml", 'answer = "inner tubes"', 'answer = "cheese"')
        with pytest.raises(CharacterFileError, match=r"questionnaire\.toml: single\.0: the answer 'cheese' of"):
            read_character(folder)

    def test_a_folder_whose_name_can_be_no_id(self, folder: Path) -> None:
        renamed = folder.rename(folder.with_name("Ilse V"))
        with pytest.raises(
            CharacterFileError, match=r"the folder's name, 'Ilse V': use lower-case words joined by hyphens"
        ):
            read_character(renamed)

    @pytest.mark.parametrize("field", ["id", "biography", "story", "questionnaire"])
    def test_what_another_file_tells_does_not_stand_in_character_toml(self, folder: Path, field: str) -> None:
        path = folder / "character.toml"
        path.write_text(f'{field} = "x"\n' + path.read_text())
        with pytest.raises(CharacterFileError, match=rf"character\.toml: {field} does not belong here"):
            read_character(folder)

    def test_a_story_of_five_megabytes(self, folder: Path) -> None:
        (folder / "story.md").write_text("## childhood\n\n" + "It rained on the roofs of the town again.\n\n" * 120_000)
        assert read_character(folder).story.words == 9 * 120_000


class TestWriting:
    def test_it_replaces_what_stood_there(self, small_character: Character, folder: Path) -> None:
        (folder / "notes.txt").write_text("An old file.")
        older = small_character.model_copy(update={"present": date(2026, 3, 1)})
        assert write_character(older, folder.parent) == folder
        assert read_character(folder) == older
        assert sorted(path.name for path in folder.iterdir()) == [
            "biography.md",
            "character.toml",
            "questionnaire.toml",
            "story.md",
        ]

    def test_nothing_else_is_left_behind(self, folder: Path) -> None:
        assert list(folder.parent.iterdir()) == [folder]

    @pytest.mark.parametrize("failing", [1, 2])
    def test_what_stood_there_stays_when_the_disk_says_no(
        self, small_character: Character, folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int
    ) -> None:
        calls = 0
        rename = os.replace

        def full_disk(*args: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(28, "No space left on device")
            rename(*args)

        monkeypatch.setattr(os, "replace", full_disk)
        other = small_character.model_copy(update={"biography": "Another life."})
        with pytest.raises(
            CharacterFileError, match=r"could not be written: No space left on device\. Nothing was changed"
        ):
            write_character(other, folder.parent)
        assert read_character(folder) == small_character
        assert list(folder.parent.iterdir()) == [folder]

    def test_a_place_that_cannot_hold_folders(self, small_character: Character, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(CharacterFileError, match=r"could not be written: .*\. Nothing was changed"):
            write_character(small_character, tmp_path / "file")
