"""Words: the lists that the rules read, cutting text into words, and their stems."""

from __future__ import annotations

import re
import threading
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import Stemmer

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_local = threading.local()


@cache
def table(name: str) -> dict[str, Any]:
    """One of the data files beside this module, by its name without ending."""
    source = files("simulacra.backbones.reflex").joinpath(f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def listed(section: str, name: str) -> frozenset[str]:
    """A list of words of ``words.toml``."""
    return frozenset(table("words")[section][name].split())


@cache
def pattern(name: str, **parts: str) -> re.Pattern[str]:
    """A pattern of ``intents.toml``, its alternatives put together; ``parts`` stand in for its words in capitals."""
    joined = "|".join(table("intents")["patterns"][name])
    for part, filling in parts.items():
        joined = joined.replace(part, filling)
    return re.compile(joined, re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """The words of a text as they stand in it."""
    return WORD.findall(text)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a word without its possessive ending."""
    plain = word.casefold().replace("’", "'").removesuffix("'s").replace("'", "")
    plain = _lemmas().get(plain, plain)
    # A stemmer may not be shared between threads.
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english", 0)
    return str(_local.stemmer.stemWord(plain))


@cache
def _lemmas() -> dict[str, str]:
    return {form: lemma for lemma, forms in table("words")["lemmas"].items() for form in forms.split()}


@cache
def empty_stems() -> frozenset[str]:
    """Stems of the words that say nothing about a question's subject."""
    return frozenset(stem(each) for each in listed("questions", "empty"))


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about, in order."""
    return [each for each in words_of(text) if stem(each) not in empty_stems() and (len(each) > 1 or each.isdigit())]


def stems_of(text: str) -> frozenset[str]:
    """The stems of all content words of a text; the parts of a hyphenated word count as well."""
    found = set()
    for word in words_of(text):
        for part in (word, *word.split("-")):
            if (stemmed := stem(part)) not in empty_stems():
                found.add(stemmed)
    return frozenset(found)


@cache
def synonyms() -> dict[str, frozenset[str]]:
    """For a stem, the stems that may stand for it."""
    found: dict[str, frozenset[str]] = {}
    for line in table("words")["synonyms"]["sets"]:
        stems = frozenset(stem(each) for each in line.split())
        for each in stems:
            found[each] = found.get(each, frozenset()) | (stems - {each})
    return found


def shortened(text: str, limit: int) -> str:
    """The text cut after at most ``limit`` words, at the end of a sentence or clause where there is one."""
    if len(text.split()) <= limit:
        return text
    cut = " ".join(text.split()[:limit])
    ends = [
        each.end() for each in re.finditer(r"[.!?…][\"”’)]*(?=\s)|[;:,—–](?=\s)", cut) if each.end() > len(cut) * 0.4
    ]
    return (cut[: ends[-1]] if ends else cut).rstrip(" ,;:—–") + ("" if ends and cut[ends[-1] - 1] in '.!?…”"' else "…")


def enumerated(items: list[str]) -> str:
    """Several things in a row: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    last = ", and" if any(" and " in each for each in items) else " and"
    return f"{', '.join(items[:-1])}{last} {items[-1]}"


def capitalised(text: str) -> str:
    """The text with a capital letter in front, past any opening quotation mark."""
    return (
        re.sub(r"[^\W\d_]", lambda each: each.group().upper(), text, count=1)
        if text[:1].isalpha() or text[:1] in "\"“‘'"
        else text
    )
