"""What was said a while ago in this conversation, and how long it stays.

Retention follows Ebbinghaus: R = exp(-turns since it was last in mind / strength), after the form that MemoryBank
(Zhong et al., 2024) uses. Every rehearsal makes an entry stronger; one that is rehearsed often enough is due for
long-term memory; one that is never rehearsed fades. Time is counted in turns: a conversation has no other clock (ours).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pydantic import Field

from simulacra.domain.conversation import Exchange
from simulacra.domain.value import Value
from simulacra.memory.words import word_ids

_EVERYDAY = frozenset(
    word_ids(
        """
        actually again always another bad believe better bit called come day doing ever feel first get give go
        good great happen happy hello help hi keep kind know last let life like little long look lot love make
        many maybe mean mind morning much must need never new next nice night oh okay old one people please put
        question really right say see seem something soon sorry sort still stop story sure take tell thank
        thing think time today tomorrow tonight try two understand use want way week well wonder year yes
        yesterday yet
        """
    ).tolist()
)
"""Words that any conversation is full of; rarity within one conversation cannot tell them (ours)."""


class Entry(Value):
    """An exchange that has left working memory.

    Attributes:
        exchange: What was said and answered; its turn is the entry's id.
        last: The turn in which it was last in mind.
        rehearsals: How often it was recalled since it left working memory, once a turn at most.
        pinned: Whether it is never forgotten.
    """

    exchange: Exchange
    last: int
    rehearsals: int = 0
    pinned: bool = False

    @property
    def id(self) -> int:
        """The turn in which it was said; there is one exchange a turn."""
        return self.exchange.turn

    @property
    def text(self) -> str:
        """What was said and what was answered."""
        return f"{self.exchange.speaker}: {self.exchange.stimulus}\n{self.exchange.reply}"


class ShortTermMemory(Value):
    """The entries of one conversation, oldest first; it is saved with the session.

    Attributes:
        forgetting: Off, nothing decays; the capacity still holds.
        capacity: The most entries it holds. Over it, what is retained least goes first, pinned entries never.
        strength: The strength of a fresh entry, in turns, and what every rehearsal adds (ours: with 10 turns and a
            threshold of 0.1 an unrehearsed entry is gone after 24 turns).
        threshold: The retention below which an entry is forgotten.
        enough: How many rehearsals make an entry due for long-term memory.
        fitting: The share of a query's words, weighted by their rarity here, that an entry must have to come to mind
            (ours: one word in common among many would rehearse something in every turn). Everyday words do not count.
    """

    entries: tuple[Entry, ...] = ()
    forgetting: bool = True
    capacity: int = Field(default=64, ge=1)
    strength: float = Field(default=10.0, gt=0)
    threshold: float = Field(default=0.1, gt=0, lt=1)
    enough: int = Field(default=2, ge=1)
    fitting: float = Field(default=0.3, gt=0, le=1)

    def add(self, exchanges: Iterable[Exchange], turn: int) -> ShortTermMemory:
        """Take in what has left working memory at a turn; an exchange that is here already stays as it is."""
        known = {entry.id for entry in self.entries}
        fresh = (Entry(exchange=exchange, last=turn) for exchange in exchanges if exchange.turn not in known)
        return self._with((*self.entries, *fresh))._within_capacity(turn)

    def rehearse(self, ids: Iterable[int], turn: int) -> ShortTermMemory:
        """Note that entries came to mind at a turn; twice within one turn counts once."""
        wanted = frozenset(ids)
        return self._with(
            entry.model_copy(update={"rehearsals": entry.rehearsals + 1, "last": turn})
            if entry.id in wanted and (turn > entry.last or entry.rehearsals == 0)
            else entry
            for entry in self.entries
        )

    def pin(self, ids: Iterable[int], pinned: bool = True) -> ShortTermMemory:
        """Keep entries for good, or let go of them again."""
        wanted = frozenset(ids)
        return self._with(
            entry.model_copy(update={"pinned": pinned}) if entry.id in wanted else entry for entry in self.entries
        )

    def without(self, ids: Iterable[int]) -> ShortTermMemory:
        """Take entries out: they are in long-term memory now."""
        gone = frozenset(ids)
        return self._with(entry for entry in self.entries if entry.id not in gone)

    def after(self, turn: int) -> ShortTermMemory:
        """What is left at a turn, with what has decayed dropped."""
        return self._with(entry for entry in self.entries if self.retention(entry, turn) >= self.threshold)

    def retention(self, entry: Entry, turn: int) -> float:
        """How much of an entry is left at a turn, 0 to 1; 1 for pinned entries and where nothing is forgotten."""
        if entry.pinned or not self.forgetting:
            return 1.0
        return math.exp(-max(0, turn - entry.last) / (self.strength * (1 + entry.rehearsals)))

    def due(self) -> tuple[Entry, ...]:
        """The entries that were rehearsed often enough to become long-term memories."""
        return tuple(entry for entry in self.entries if entry.rehearsals >= self.enough)

    def search(self, queries: str | Sequence[str], k: int = 3) -> tuple[Entry, ...]:
        """The entries that fit one of the queries, best first, the later ones first among equals, at most ``k``."""
        said = [_words(entry.text) for entry in self.entries]
        asked = [_words(query) for query in ([queries] if isinstance(queries, str) else queries)]
        fits = [max(shares) for shares in zip(*(_coverage(query, said) for query in asked), strict=True)]
        best = sorted(range(len(fits)), key=lambda place: (-fits[place], -place))[:k]
        return tuple(self.entries[place] for place in best if fits[place] >= self.fitting)

    def _with(self, entries: Iterable[Entry]) -> ShortTermMemory:
        return self.model_copy(update={"entries": tuple(entries)})

    def _within_capacity(self, turn: int) -> ShortTermMemory:
        surplus = len(self.entries) - self.capacity
        if surplus <= 0:
            return self
        losable = sorted(
            (entry for entry in self.entries if not entry.pinned),
            key=lambda entry: (self.retention(entry, turn), entry.id),
        )
        return self.without(entry.id for entry in losable[:surplus])


def _coverage(query: frozenset[int], texts: Sequence[frozenset[int]]) -> list[float]:
    """What share of the query's words each text has, rare words counting more.

    A word that no text has counts as much as one that a single text has: the query is about that as well.
    """
    counts = {word: sum(word in text for text in texts) for word in query}
    weights = {word: math.log1p(len(texts) / max(1, count)) for word, count in counts.items()}
    whole = sum(weights.values()) or 1.0
    return [sum(weight for word, weight in weights.items() if word in text) / whole for text in texts]


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[int]:
    """The ids of a text's words that say what it is about; kept for a while: every turn searches the same entries."""
    return frozenset(word_ids(text).tolist()) - _EVERYDAY
