"""The numbers in the documents are those of the code."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pydantic import TypeAdapter

from simulacra.backbones import huggingface
from simulacra.backbones.endpoint import Limits
from simulacra.backbones.openai import Settings
from simulacra.backbones.prices import Price
from simulacra.backbones.reflex.voice import MOST_WORDS
from simulacra.domain.conversation import Feeling, Mood
from simulacra.memory import recall, sentences, windows, words
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.records import BUCKETS
from simulacra.memory.short_term import ShortTermMemory
from simulacra.memory.working import WorkingMemory
from simulacra.mind.agents.memory import MemoryAgent
from simulacra.mind.session import MOST_CHARACTERS

DOCS = Path(__file__).parents[2] / "docs"

_short, _working = ShortTermMemory(), WorkingMemory()
_turns = math.ceil(-math.log(_short.threshold) * _short.strength)
_agent = {name: field.default for name, field in MemoryAgent.__dataclass_fields__.items()}

NUMBERS = {
    "memory.md": [
        f"k1 = {words.SATURATION} and b = {words.LENGTH_NORMALISATION}",
        f"`weight / ({recall.RANK_OFFSET} + rank)`",
        f"bm25 {recall.BM25_WEIGHT}, literal {recall.LITERAL_WEIGHT}",
        f"vector {sentences.WEIGHT} with a sentence embedder and {HashedNgrams.weight} with hashed n-grams",
        f"{recall.RECENCY_WEIGHT} for the latest memory",
        f"{recall.IMPORTANCE_WEIGHT} × importance",
        f"{recall.EMOTION_WEIGHT} × how far",
        {3: "three sentences"}[windows.SENTENCES] + ", at most " + {6: "six"}[windows.MOST],
        {0.25: "a quarter or more"}[windows.OWN_WORDS],
        f"at most {_working.exchange_budget} tokens",
        f"at most {_working.recollection_budget:,};",
        f"at least {_short.fitting} of a query's words",
        f"strength is {_short.strength:g} turns",
        f"Below {_short.threshold} an entry is forgotten: after {_turns} turns",
        {2: "Two rehearsals make"}[_short.enough],
        f"At most {_short.capacity} entries",
        f"{HashedNgrams.dimensions} dimensions",
        f"in {BUCKETS} collections",
    ],
    "conversation.md": [
        f"{MOST_CHARACTERS:,} characters",
        f"{_agent['at_once']} long-term memories",
        f"{_agent['on_reflection']} more | {_agent['at_once'] + _agent['on_reflection']} long-term memories",
        f"| {_agent['from_short_term']} | {_agent['from_short_term']} |",
        f"{Mood(valence=1).after(None).valence} of the old mood is left",
        f"{Mood().after(Feeling(text='', valence=1)).valence} of the new feeling's valence",
    ],
    "backbones.md": [
        *(f"| `{name}` | {limit:g} |" for name, limit in Limits() if limit is not None),
        *(f"`{name}`" for name in Settings.model_fields),
        *(f"`{name}`" for name in huggingface.Settings.model_fields),
        f"at most {MOST_WORDS} words",
    ],
    "design/science.md": [
        f"(k1 {words.SATURATION}, b {words.LENGTH_NORMALISATION})",
        f"constant of {recall.RANK_OFFSET}",
        f"recency {recall.RECENCY_WEIGHT}, importance {recall.IMPORTANCE_WEIGHT}",
        f"strength of feeling {recall.EMOTION_WEIGHT}",
        f"({_working.exchange_budget} tokens)",
        f"({_working.recollection_budget:,} tokens)",
        f"which takes {_turns} turns",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "phrase"), [(name, each) for name, phrases in NUMBERS.items() for each in phrases]
)
def test_the_number_is_that_of_the_code(document: str, phrase: str) -> None:
    assert phrase in " ".join((DOCS / document).read_text(encoding="utf-8").split())


def test_the_prices_in_the_documents_are_a_price_table() -> None:
    blocks = MarkdownIt().parse((DOCS / "backbones.md").read_text(encoding="utf-8"))
    (table,) = [block.content for block in blocks if block.type == "fence" and block.info == "toml"]
    assert TypeAdapter(dict[str, Price]).validate_python(tomllib.loads(table))
