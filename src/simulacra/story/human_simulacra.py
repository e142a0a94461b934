"""Import of the published Human Simulacra dataset's layout (Xie et al.; CC BY-NC-SA 4.0).

``character_profiles.json`` and ``character_introductions.json`` hold one record a person; ``Stories/NAME/NAME.txt`` has
the life story and ``Questions/NAME/*.json`` the self report. Memories are not read: ours are built. The dataset ranks
no tendencies, lists no people and knows no temporal stages, so neither has the imported character.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PastDate, ValidationError

from simulacra.domain.character import Character, Personality, Profile
from simulacra.domain.questionnaire import Cloze, MultipleChoice, Questionnaire, SingleChoice
from simulacra.domain.story import Story
from simulacra.domain.value import Text, Value
from simulacra.errors import CharacterFileError, CharacterNotFoundError

PROFILES, INTRODUCTIONS, STORIES, QUESTIONS = (
    "character_profiles.json",
    "character_introductions.json",
    "Stories",
    "Questions",
)
LICENCE, ORIGIN = "CC BY-NC-SA 4.0", "Human Simulacra dataset"

RecordT = TypeVar("RecordT", bound=BaseModel)
QuestionT = TypeVar("QuestionT")

_LETTERED = re.compile(r"\A\s*(?P<letter>[A-Za-z])[.):]\s*(?P<text>.*)\Z", re.DOTALL)
_BETWEEN_TRAITS = re.compile(r"(?:\A|(?<=[.!?…”\"'’)]))\s*-\s+")
_BETWEEN_ITEMS = re.compile(r",(?![^(]*\))\s*(?:and\s+)?")
_STAGE_HEADING = re.compile(r"^(\s*)##(?=\s)", re.MULTILINE)
_MOST_DAYS_APART = timedelta(days=366)


class Imported(Value):
    """What was read.

    Attributes:
        characters: The people, in the order of the dataset.
        notes: A sentence for everything that was left out or looks wrong, with file and field.
    """

    characters: tuple[Character, ...]
    notes: tuple[str, ...] = ()


def read_human_simulacra(path: Path, name: str | None = None) -> Imported:
    """Read the characters of a dataset in the layout of Human Simulacra.

    Args:
        path: The dataset's folder.
        name: Only the character of this name; in any case, with spaces or hyphens. Default: all.

    Raises:
        CharacterNotFoundError: There is no such folder, or nobody of that name in it.
        CharacterFileError: A file is missing, unreadable or says something that cannot be; nothing is returned then.
    """
    if not path.is_dir():
        raise CharacterNotFoundError(f"There is no folder {path}: name the folder that holds {PROFILES}.")
    attributes = _records(path / PROFILES, _Attributes)
    wanted = [each for each in attributes if name is None or _slug(each.name) == _slug(name)]
    if not wanted:
        known = ", ".join(each.name for each in attributes) or "nobody"
        raise CharacterNotFoundError(f"{path / PROFILES} has nobody called {name!r}. It has {known}.")
    ids = Counter(_slug(each.name) for each in wanted)
    if twice := [id for id, times in ids.items() if times > 1]:
        raise CharacterFileError(f"{path / PROFILES}: two records have the Name of {twice[0]!r}: give each its own.")
    biographies = {each.name: each.content for each in _records(path / INTRODUCTIONS, _Introduction)}
    notes = list(_doubtful_ages(attributes, wanted, path / PROFILES))
    characters = tuple(_character(path, each, biographies, notes.append) for each in wanted)
    return Imported(characters=characters, notes=tuple(notes))


# ---------------------------------------------------------------- people


def _items(text: object) -> object:
    """The parts of a list written as "A, B (with C, D), and E" or as "A; B"."""
    if not isinstance(text, str):
        return text
    parts = text.split(";") if ";" in text else _BETWEEN_ITEMS.split(text)
    return [part.strip().rstrip(".") for part in parts if part.strip(" .")]


def _traits(text: object) -> object:
    if not isinstance(text, str):
        return text
    return [part.strip() for part in _BETWEEN_TRAITS.split(text) if part.strip()]


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _name_of_a_folder(name: str) -> str:
    if not _slug(name) or set(name) & set("/\\\0") or len(name) > 80:
        raise ValueError("a name has at most 80 characters, among them Latin letters or digits, and no slash")
    return name


_Items = Annotated[tuple[Text, ...], BeforeValidator(_items)]
_Name = Annotated[Text, AfterValidator(_name_of_a_folder)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Attributes(_Record):
    name: _Name = Field(alias="Name")
    age: int = Field(alias="Age", ge=0, le=130)
    gender: Text = Field(alias="Gender")
    born: PastDate = Field(alias="Date_of_birth")
    occupation: Text = Field(alias="Occupation")
    traits: Annotated[tuple[Text, ...], BeforeValidator(_traits)] = Field(alias="Traits", min_length=1)
    hobbies: _Items = Field(alias="Hobbies", default=())
    family: Text = Field(alias="Family")
    education: Text = Field(alias="Education")
    short_term_goals: _Items = Field(alias="Short-term_goals", default=())
    long_term_goals: _Items = Field(alias="Long-term_goal", default=())


class _Introduction(_Record):
    name: _Name = Field(alias="Name")
    content: Text = Field(alias="Content")


def _character(path: Path, told: _Attributes, biographies: dict[str, str], note: Callable[[str], None]) -> Character:
    if told.name not in biographies:
        raise CharacterFileError(f"{path / INTRODUCTIONS}: there is no record with the Name {told.name!r}: add it.")
    story = path / STORIES / told.name / f"{told.name}.txt"
    text = _STAGE_HEADING.sub(r"\1###", _read_text(story))  # to us a heading of level two would open a temporal stage
    if not Story(text=text).paragraphs:
        raise CharacterFileError(f"{story} has no paragraph: write the person's life story into it.")
    return Character(
        id=_slug(told.name),
        profile=Profile(
            name=told.name,
            age=told.age,
            gender=told.gender,
            date_of_birth=told.born,
            occupation=told.occupation,
            hobbies=told.hobbies,
            family_background=told.family,
            educational_background=told.education,
            short_term_goals=told.short_term_goals,
            long_term_goals=told.long_term_goals,
        ),
        personality=Personality(traits=told.traits),
        biography=biographies[told.name],
        story=Story(text=text),
        questionnaire=_questionnaire(path / QUESTIONS / told.name, note),
        licence=LICENCE,
        origin=ORIGIN,
    )


def _doubtful_ages(everybody: list[_Attributes], wanted: list[_Attributes], path: Path) -> Iterator[str]:
    """Ages that do not fit dates of birth: nobody is that old yet, or the others in the file live in another year."""
    birthdays = sorted(_last_birthday(each) for each in everybody)
    usual = birthdays[len(birthdays) // 2]
    for each in wanted:
        birthday = _last_birthday(each)
        if birthday > date.today():
            raise CharacterFileError(
                f"{path}: {each.name} cannot be {each.age} yet, born on {each.born}: mend Age or Date_of_birth."
            )
        if abs(birthday - usual) > _MOST_DAYS_APART:
            yield (
                f"{path}: {each.name}, {each.age} and born on {each.born}, lives in {birthday.year} and the others in "
                f"{usual.year}: Age or Date_of_birth may be wrong. Both are kept."
            )


def _last_birthday(person: _Attributes) -> date:
    return person.born + timedelta(days=round(person.age * 365.2425))


# ---------------------------------------------------------------- questions


class _Question(_Record):
    question: Text
    options: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()


def _questionnaire(folder: Path, note: Callable[[str], None]) -> Questionnaire:
    if not folder.is_dir():
        note(f"{folder} is missing: the character has no questionnaire.")
        return Questionnaire()
    return Questionnaire(
        cloze=_questions(folder / "Cloze.json", _cloze, note),
        single=_questions(folder / "Single_choice.json", _single_choice, note),
        multiple=_questions(folder / "Multiple_choices.json", _multiple_choice, note),
        open=_questions(folder / "Open-Ended.json", lambda asked: asked.question, note),
    )


def _questions(
    path: Path, make: Callable[[_Question], QuestionT], note: Callable[[str], None]
) -> tuple[QuestionT, ...]:
    """The questions of a file that can be used; the others are noted, in one sentence for each reason."""
    if not path.exists():
        note(f"{path} is missing: the questionnaire goes without these questions.")
        return ()
    questions: list[QuestionT] = []
    left_out: dict[str, list[str]] = {}
    for position, fields in enumerate(_listed(path), start=1):
        try:
            questions.append(make(_Question.model_validate(fields)))
        except ValidationError as error:
            left_out.setdefault(_finding(error), []).append(str(position))
        except _UnusableError as error:
            left_out.setdefault(str(error), []).append(str(position))
    for reason, positions in left_out.items():
        note(f"{path}: left out question {', '.join(positions)}: {reason}.")
    return tuple(questions)


class _UnusableError(Exception):
    """Why a question cannot be used."""


def _cloze(asked: _Question) -> Cloze:
    return Cloze(question=asked.question, answers=tuple(each for each in asked.answer if each.strip()))


def _single_choice(asked: _Question) -> SingleChoice:
    options, answers = _written_out(asked)
    if len(answers) != 1:
        raise _UnusableError(f"answer names {len(answers)} options, and must name one")
    return SingleChoice(question=asked.question, options=options, answer=answers[0])


def _multiple_choice(asked: _Question) -> MultipleChoice:
    options, answers = _written_out(asked)
    if len(answers) != 3:
        raise _UnusableError(f"answer names {len(answers)} options, and must name three")
    return MultipleChoice(question=asked.question, options=options, answers=answers)


def _written_out(asked: _Question) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options without their letters, and the right ones as they are written out."""
    lettered = {}
    for option in asked.options:
        match = _LETTERED.match(option)
        if match is None:
            raise _UnusableError(f"options: {option!r} does not begin with its letter, such as 'A. '")
        lettered[match["letter"].upper()] = match["text"].strip()
    letters = [letter.strip().upper() for answer in asked.answer for letter in answer.split(",") if letter.strip()]
    if unknown := [letter for letter in letters if letter not in lettered]:
        raise _UnusableError(f"answer: {unknown[0]!r} is not among the options' letters, {', '.join(lettered)}")
    return tuple(lettered.values()), tuple(lettered[letter] for letter in letters)


# ---------------------------------------------------------------- files


def _records(path: Path, kind: type[RecordT]) -> list[RecordT]:
    """The records of a file; one that is not sound spoils it."""
    records = []
    for position, fields in enumerate(_listed(path), start=1):
        try:
            records.append(kind.model_validate(fields))
        except ValidationError as error:
            raise CharacterFileError(f"{path}: record {position}: {_finding(error)}: mend it.") from error
    return records


def _listed(path: Path) -> list[Any]:
    try:
        listed = json.loads(_read_text(path))
    except json.JSONDecodeError as error:
        raise CharacterFileError(f"{path} is not valid JSON ({error}): mend it.") from error
    if not isinstance(listed, list):
        raise CharacterFileError(f"{path} must be a list of records, and is none: mend it.")
    return listed


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise CharacterFileError(f"{path} is missing: copy it from the dataset.") from error
    except UnicodeDecodeError as error:
        raise CharacterFileError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error
    except OSError as error:
        raise CharacterFileError(f"{path} could not be read: {error.strerror or error}.") from error


def _finding(error: ValidationError) -> str:
    """The first of pydantic's findings in words."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    plain = {"missing": "is missing", "string_too_short": "is empty"}
    message = plain.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return f"{field}: {message}" if field else message
