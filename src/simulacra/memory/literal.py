"""What a question names outright: people, numbers, proper names and quoted words.

"Your father" means the person whose relation is "father", and so every memory that names him, whatever name it uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from simulacra.domain.character import Person
from simulacra.memory.words import content_words, fold, word_id

Way = tuple[int, ...]
"""One way to name something: word ids that must occur together."""

Key = tuple[Way, ...]
"""One thing that was named, in all the ways that a memory may name it."""

_CALLED = {
    "mother": "mum mom mama mummy mommy",
    "father": "dad papa daddy",
    "grandmother": "grandma granny gran nana",
    "grandfather": "grandpa grandad granddad",
    "husband": "",
    "wife": "",
    "son": "",
    "daughter": "",
    "brother": "",
    "sister": "",
    "aunt": "auntie",
    "uncle": "",
}
"""Close family, of whom a story speaks by relation as often as by name, and what else they are called."""

_GROUPS = {
    "mother": "parent",
    "father": "parent",
    "grandmother": "grandparent",
    "grandfather": "grandparent",
    "husband": "spouse partner",
    "wife": "spouse partner",
    "son": "child kid",
    "daughter": "child kid",
    "brother": "sibling",
    "sister": "sibling",
}
"""Words by which a question may mean them among others."""

_TITLE_WORDS = "mr mrs ms miss dr prof professor sir lady aunt auntie uncle old the father sister brother"
_TITLES = frozenset(_TITLE_WORDS.split())

_QUOTED = re.compile(r'"([^"]{2,80})"|“([^”]{2,80})”')
_NUMBER = re.compile(r"\b\d{2,4}s?\b")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_END_OF_SENTENCE = re.compile(r"(?:^|[.!?:\"“‘(\n])\s*$")
_END_OF_RELATION = re.compile(r"[,;(/]|(?<!-)\b(?:from|of|at|in|on|who|whom|and|with|to|by|since)\b(?!-)")


class _Known(NamedTuple):
    """How a question may name a person, and how a memory may."""

    asked: Key
    told: Key


def named_in(query: str, people: Sequence[Person]) -> list[Key]:
    """What a query names, each thing once: the character's people first, then quotations, numbers and proper names.

    A person is named by full name, given name, another name, or by what they are to the character ("your sister").
    """
    said = frozenset(_way(query))
    keys: dict[Key, None] = {}
    covered: set[int] = set()
    for known in _compiled(tuple(people)):
        if any(said.issuperset(way) for way in known.asked):
            keys[known.told] = None
            covered.update(word for way in known.asked for word in way)
    for text in _things(query):
        if (way := _way(text)) and not covered.issuperset(way):
            keys[(way,)] = None
    return list(keys)


@lru_cache(maxsize=2048)
def _compiled(people: tuple[Person, ...]) -> tuple[_Known, ...]:
    relations = [_relation(person) for person in people]
    return tuple(
        _known(person, relation, alone=relations.count(relation) == 1)
        for person, relation in zip(people, relations, strict=True)
    )


def _known(person: Person, relation: str, alone: bool) -> _Known:
    names = _ways(name for full in (person.name, *person.other_names) for name in _forms(full))
    called = _ways([relation, *_CALLED.get(relation, "").split()])
    groups = _ways(_GROUPS.get(relation, "").split())
    # A memory that says "my brother" is about this person only if there is one brother; "a friend" may be anybody.
    return _Known(asked=(*names, *called, *groups), told=(*names, *called) if alone and relation in _CALLED else names)


def _forms(name: str) -> Iterator[str]:
    """A name, and the given name alone: "Aunt Ruth Osei" is "Ruth" too."""
    yield name
    words = [word for word in name.split() if fold(word).rstrip(".") not in _TITLES]
    if words and len(words[0].rstrip(".")) > 1:
        yield words[0]


def _relation(person: Person) -> str:
    """The word that says what somebody is to the character: "sister" for "younger sister who lives in Graz"."""
    described = content_words(_END_OF_RELATION.split(fold(person.relation))[0])
    if described[-1:] == ["law"]:
        return f"{described[-2]} law" if len(described) > 1 else ""
    return described[-1] if described else ""


def _things(query: str) -> Iterator[str]:
    for quotation in _QUOTED.finditer(query):
        yield quotation[1] or quotation[2]
    yield from _NUMBER.findall(query)
    yield from _proper_names(query)


def _proper_names(query: str) -> Iterator[str]:
    """Runs of capitalised words that do not begin a sentence."""
    run: list[str] = []
    end = -1
    for word in _WORD.finditer(query):
        if run and query[end : word.start()] != " ":
            yield " ".join(run)
            run = []
        if word[0][0].isupper() and not _END_OF_SENTENCE.search(query[: word.start()]):
            run.append(word[0])
            end = word.end()
        elif run:
            yield " ".join(run)
            run = []
    if run:
        yield " ".join(run)


def _ways(texts: Iterable[str]) -> Key:
    return tuple(dict.fromkeys(way for text in texts if (way := _way(text))))


def _way(text: str) -> Way:
    return tuple(word_id(word) for word in content_words(text))
