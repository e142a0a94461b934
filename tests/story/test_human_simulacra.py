from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.folder import read_character, write_character
from simulacra.errors import CharacterFileError, CharacterNotFoundError
from simulacra.story.human_simulacra import read_human_simulacra

NAME = "Olga Brandt"

PROFILE: dict[str, Any] = {
    "ID": "001",
    "Name": NAME,
    "Age": 33,
    "Gender": "female",
    "Date_of_birth": "1990-02-03",
    "Photo": "NULL",
    "Occupation": "ferry pilot",
    "Traits": "- I count bollards. - I never hurry - not even for the tide. - Fog does not frighten me! ",
    "Hobbies": "chess, carving (birch, lime), and rowing",
    "Family": "one of four sisters",
    "Education": "nautical college",
    "Short-term_goals": "mend the roof; sleep",
    "Long-term_goal": "own a ferry",
}
STORY = "Olga learned to row.\r\n\r\n## Not a stage\r\n\r\nLater she learned to wait.\r\n"
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "Cloze": [{"type": "Cloze", "question": "How old are you?", "options": [""], "answer": ["33"]}],
    "Single_choice": [
        {
            "question": "What do you count?",
            "options": ["A. cars", "B. bollards", "C. days", "D. A. Nobody"],
            "answer": ["B"],
        }
    ],
    "Multiple_choices": [
        {
            "question": "What do you do?",
            "options": ["A. chess", "B. golf", "C. rowing", "D. polo", "E. carving", "F. chess boxing"],
            "answer": ["A", "C", "E"],
        }
    ],
    "Open-Ended": [{"question": "A passenger falls overboard. What do you do?", "options": [""], "answer": [""]}],
}

Write = Callable[..., Path]


@pytest.fixture
def dataset(tmp_path: Path) -> Write:
    """Writes a dataset of one person, some of it changed, and returns its folder."""

    def write(profile: dict[str, Any] | None = None, **questions: Any) -> Path:
        folder = tmp_path / "dataset"
        told = PROFILE | (profile or {})
        _dump(folder / "character_profiles.json", [told])
        _dump(folder / "character_introductions.json", [{"ID": "001", "Name": told["Name"], "Content": "Olga's life."}])
        story = folder / "Stories" / NAME / f"{NAME}.txt"
        story.parent.mkdir(parents=True)
        story.write_bytes(STORY.encode())
        for kind, listed in {**QUESTIONS, **questions}.items():
            _dump(folder / "Questions" / NAME / f"{kind}.json", listed)
        return folder

    return write


def test_attributes_are_mapped(dataset: Write) -> None:
    (olga,) = read_human_simulacra(dataset()).characters
    assert olga.id == "olga-brandt"
    assert olga.profile.name == NAME
    assert olga.profile.date_of_birth == date(1990, 2, 3)
    assert olga.profile.hobbies == ("chess", "carving (birch, lime)", "rowing")
    assert olga.profile.short_term_goals == ("mend the roof", "sleep")
    assert olga.profile.long_term_goals == ("own a ferry",)
    assert olga.profile.family_background == "one of four sisters"
    assert olga.profile.educational_background == "nautical college"
    assert olga.biography == "Olga's life."
    assert (olga.licence, olga.origin) == ("CC BY-NC-SA 4.0", "Human Simulacra dataset")


def test_traits_are_split_at_their_dashes_and_nowhere_else(dataset: Write) -> None:
    (olga,) = read_human_simulacra(dataset()).characters
    assert olga.personality.traits == (
        "I count bollards.",
        "I never hurry - not even for the tide.",
        "Fog does not frighten me!",
    )


def test_what_the_dataset_does_not_have_is_left_empty(dataset: Write) -> None:
    (olga,) = read_human_simulacra(dataset()).characters
    assert (olga.personality.ranking, olga.people, olga.stages) == ((), (), ())


def test_a_heading_in_the_story_opens_no_stage(dataset: Write) -> None:
    (olga,) = read_human_simulacra(dataset()).characters
    assert [(each.text, each.stage) for each in olga.story.paragraphs] == [
        ("Olga learned to row.", None),
        ("Later she learned to wait.", None),
    ]


def test_answers_are_written_out(dataset: Write) -> None:
    imported = read_human_simulacra(dataset())
    questions = imported.characters[0].questionnaire
    assert questions.cloze[0].answers == ("33",)
    assert questions.single[0].options == ("cars", "bollards", "days", "A. Nobody")
    assert questions.single[0].answer == "bollards"
    assert questions.multiple[0].answers == ("chess", "rowing", "carving")
    assert questions.open == ("A passenger falls overboard. What do you do?",)
    assert imported.notes == ()


def test_an_imported_character_is_written_and_read_back_whole(dataset: Write, tmp_path: Path) -> None:
    (olga,) = read_human_simulacra(dataset()).characters
    assert read_character(write_character(olga, tmp_path / "own")) == olga


@pytest.mark.parametrize("name", ["Olga Brandt", "olga brandt", "olga-brandt"])
def test_one_is_found_by_name(dataset: Write, name: str) -> None:
    assert [each.name for each in read_human_simulacra(dataset(), name).characters] == [NAME]


def test_an_unknown_name_is_told_who_there_is(dataset: Write) -> None:
    with pytest.raises(CharacterNotFoundError, match=f"nobody called 'Nemo'.*{NAME}"):
        read_human_simulacra(dataset(), "Nemo")


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CharacterNotFoundError, match="no folder"):
        read_human_simulacra(tmp_path / "nowhere")


# ---------------------------------------------------------------- questions that cannot be used


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        ("Single_choice", {"answer": ["E"]}, "'E' is not among the options' letters, A, B, C, D"),
        ("Single_choice", {"answer": ["A", "B"]}, "names 2 options, and must name one"),
        ("Single_choice", {"answer": []}, "names 0 options, and must name one"),
        ("Single_choice", {"options": ["A. cars", "B. bollards"]}, "options:"),
        ("Single_choice", {"options": ["cars", "bollards", "days", "nobody"]}, "does not begin with its letter"),
        ("Single_choice", {"options": ["A. x", "B. x", "C. y", "D. z"]}, "repeat one another"),
        ("Multiple_choices", {"answer": ["A", "B"]}, "names 2 options, and must name three"),
        ("Multiple_choices", {"answer": ["A", "A", "B"]}, "repeat one another"),
        ("Cloze", {"answer": [""]}, "answers:"),
        ("Cloze", {"question": " "}, "question: is empty"),
        ("Open-Ended", {"question": None}, "question:"),
    ],
)
def test_a_question_that_cannot_be_used_is_left_out_and_said(
    dataset: Write, kind: str, changes: dict[str, Any], reason: str
) -> None:
    sound = QUESTIONS[kind][0]
    imported = read_human_simulacra(dataset(**{kind: [sound, sound | changes]}))
    questions = imported.characters[0].questionnaire
    assert [len(each) for each in (questions.cloze, questions.single, questions.multiple, questions.open)] == [
        1,
        1,
        1,
        1,
    ]
    (note,) = imported.notes
    assert f"{kind}.json: left out question 2" in note
    assert reason in note


def test_questions_left_out_for_one_reason_share_a_sentence(dataset: Write) -> None:
    empty = {"question": "", "options": [""], "answer": [""]}
    (note,) = read_human_simulacra(dataset(**{"Open-Ended": [empty, empty, empty]})).notes
    assert "left out question 1, 2, 3: question: is empty." in note


def test_missing_questions_are_said(dataset: Write) -> None:
    folder = dataset()
    (folder / "Questions" / NAME / "Cloze.json").unlink()
    imported = read_human_simulacra(folder)
    assert imported.characters[0].questionnaire.cloze == ()
    assert "Cloze.json is missing" in imported.notes[0]


# ---------------------------------------------------------------- files that cannot be used


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Age": "old"}, "Age"),
        ({"Age": 131}, "Age"),
        ({"Date_of_birth": "in spring"}, "Date_of_birth"),
        ({"Date_of_birth": "2990-01-01"}, "Date_of_birth"),
        ({"Gender": ""}, "Gender: is empty"),
        ({"Traits": ""}, "Traits"),
        ({"Name": "../../etc/passwd"}, "Name"),
        ({"Name": "李明"}, "Name"),
        ({"Name": "O" * 10_000}, "Name"),
    ],
)
def test_an_attribute_that_cannot_be_is_named(dataset: Write, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(CharacterFileError, match=r"character_profiles\.json: record 1: " + field):
        read_human_simulacra(dataset(changes))


def test_an_age_that_nobody_born_then_has_reached_is_refused(dataset: Write) -> None:
    with pytest.raises(CharacterFileError, match="cannot be 60 yet, born on 1990-02-03"):
        read_human_simulacra(dataset({"Age": 60}))


def test_an_age_of_another_time_than_the_others_is_noted(dataset: Write) -> None:
    folder = dataset()
    others = [PROFILE | {"Name": f"Other {number}"} for number in "abc"]
    _dump(folder / "character_profiles.json", [PROFILE | {"Age": 20}, *others])
    (note,) = read_human_simulacra(folder, NAME).notes
    assert "Olga Brandt, 20 and born on 1990-02-03, lives in 2010 and the others in 2023" in note


@pytest.mark.parametrize(
    "gone", ["character_profiles.json", "character_introductions.json", f"Stories/{NAME}/{NAME}.txt"]
)
def test_a_missing_file_is_named(dataset: Write, gone: str) -> None:
    folder = dataset()
    (folder / gone).unlink()
    with pytest.raises(CharacterFileError, match="is missing") as caught:
        read_human_simulacra(folder)
    assert gone in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"{}", b'[{"Name": 3}]'])
@pytest.mark.parametrize("file", ["character_profiles.json", "character_introductions.json"])
def test_a_damaged_file_is_named(dataset: Write, file: str, content: bytes) -> None:
    folder = dataset()
    (folder / file).write_bytes(content)
    with pytest.raises(CharacterFileError, match=file):
        read_human_simulacra(folder)


@pytest.mark.parametrize(("content", "reason"), [(b"Caf\xe9", "not UTF-8"), (b" \n\n", "no paragraph")])
def test_a_story_that_cannot_be_used_is_named(dataset: Write, content: bytes, reason: str) -> None:
    folder = dataset()
    story = folder / "Stories" / NAME / f"{NAME}.txt"
    story.write_bytes(content)
    with pytest.raises(CharacterFileError, match=reason) as caught:
        read_human_simulacra(folder)
    assert str(story) in str(caught.value)


def test_two_of_one_name_are_refused(dataset: Write) -> None:
    folder = dataset()
    _dump(folder / "character_profiles.json", [PROFILE, PROFILE])
    with pytest.raises(CharacterFileError, match="two records"):
        read_human_simulacra(folder)


def test_somebody_without_a_biography_is_named(dataset: Write) -> None:
    folder = dataset()
    _dump(folder / "character_introductions.json", [])
    with pytest.raises(CharacterFileError, match=f"character_introductions.json: there is no record.*{NAME}"):
        read_human_simulacra(folder)


def _dump(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
