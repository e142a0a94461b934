"""Small memories for these tests, and strategies that draw them."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st

from simulacra.domain.memory import Memory, Source

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
"""Any Unicode text: NUL, line separators, right-to-left, emoji; no lone surrogates, which are no text."""

WORDS = ["river", "father", "boat", "winter", "letter", "bread", "quarrel", "lamp", "Noor", "1987"]

PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def memory(character: str, text: str, *, order: int = 0, **fields: Any) -> Memory:
    """A memory of a character; its id follows from whose it is, its place and its text unless it is given."""
    source = fields.pop("source", None) or Source(kind="story", position=order)
    id = fields.pop("id", None) or hashlib.sha256(f"{character}|{order}|{text}|{source}".encode()).hexdigest()[:32]
    return Memory(id=id, character=character, text=text, content=text, order=order, source=source, **fields)


def said(character: str, text: str, *, order: int, session: str) -> Memory:
    """A memory of a conversation."""
    return memory(character, text, order=order, source=Source(kind="conversation", position=order, session=session))


@st.composite
def memories(draw: st.DrawFn, character: str, texts: st.SearchStrategy[str] = PHRASES) -> list[Memory]:
    """A few memories of one character, in several stages and conversations."""
    sources = st.one_of(
        st.builds(Source, kind=st.just("story"), position=st.integers(0, 9)),
        st.builds(
            Source, kind=st.just("conversation"), position=st.integers(0, 9), session=st.sampled_from(["a", "b"])
        ),
    )
    drawn = draw(
        st.lists(
            st.tuples(texts, sources, st.sampled_from([None, "youth", "age"]), st.floats(0, 1), st.floats(-1, 1)),
            max_size=8,
        )
    )
    return [
        memory(character, text, order=order, source=source, stage=stage, importance=importance, valence=valence)
        for order, (text, source, stage, importance, valence) in enumerate(drawn)
    ]
