from __future__ import annotations

import pytest

from simulacra.domain.character import Person
from simulacra.memory.literal import named_in
from simulacra.memory.words import word_ids

PEOPLE = (
    Person(name="Anton Reiss", relation="father", about="."),
    Person(name="Aunt Ruth Osei", relation="aunt", about="."),
    Person(name="Lena Reiss", relation="younger sister who lives in Graz", about=".", other_names=("Lenchen",)),
    Person(name="Jon", relation="friend from school", about="."),
    Person(name="Mina", relation="friend", about="."),
    Person(name="Grete Vogl", relation="mother-in-law", about="."),
)


def mentions(query: str, text: str) -> bool:
    """Whether a text has one of the things that the query names."""
    words = frozenset(word_ids(text).tolist())
    return any(words.issuperset(way) for key in named_in(query, PEOPLE) for way in key)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("What did your father do?", "Anton lit the stove."),
        ("What did your dad do?", "Anton lit the stove."),
        ("Tell me about Anton.", "My father lit the stove."),
        ("Tell me about your parents", "Anton lit the stove."),
        ("Where is Ruth now?", "Aunt Ruth Osei left."),
        ("Your sister?", "Lenchen wrote a letter."),
        ("Do you have siblings?", "Lena wrote a letter."),
        ("your old friend", "Jon climbed over the fence."),
        ("How is your mother-in-law?", "Grete never liked me."),
        ("What happened in 1987?", "In the winter of 1987 it snowed."),
        ("Have you been to Lake Bled?", "At Bled we swam in the lake."),
        ('Who said "never again"? It was the stoker', "never again, said the stoker"),
    ],
)
def test_a_question_finds_what_it_names(query: str, text: str) -> None:
    assert mentions(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Do you know Jon?", "A friend came by."),  # which of the two?
        ("How is your mother-in-law?", "My mother sang."),
        ("Your sister?", "In Graz it rained."),
        ("Do you like swimming?", "We swam."),
        ("Where were you? Tell me.", "Tell nobody."),  # a capital that only begins a sentence
    ],
)
def test_a_question_names_nothing_else(query: str, text: str) -> None:
    assert not mentions(query, text)


def test_one_person_is_one_thing_however_often_named() -> None:
    assert len(named_in("Your father Anton Reiss, is Anton your dad?", PEOPLE)) == 1
