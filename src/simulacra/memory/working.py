"""What is in mind during one turn: the latest exchanges and the memories that came up, within a token budget.

Tokens are estimated as four characters each (about right for English in every tokenizer we know; ours, because no
tokenizer is at hand for a model behind an endpoint). The estimate errs on the safe side for plain prose.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from simulacra.domain.conversation import Exchange
from simulacra.domain.memory import Memory, Recollection
from simulacra.domain.value import Value

CHARACTERS_PER_TOKEN = 4
ELLIPSIS = " … "


class WorkingMemory(Value):
    """The latest exchanges and this turn's recollections.

    Exchanges are only ever appended, until they go over budget; then the oldest go in one block, down to half the
    budget. So most turns begin with the very words of the turn before, and serving engines can share that prefix.

    Attributes:
        exchanges: The latest exchanges, oldest first.
        recollections: What came to mind in this turn, best first.
        exchange_budget: Tokens for the exchanges.
        recollection_budget: Tokens for the recollections.
    """

    exchanges: tuple[Exchange, ...] = ()
    recollections: tuple[Recollection, ...] = ()
    exchange_budget: int = Field(default=800, ge=40)
    recollection_budget: int = Field(default=1600, ge=40)

    def with_exchange(self, exchange: Exchange) -> tuple[WorkingMemory, tuple[Exchange, ...]]:
        """Append an exchange.

        An exchange that is longer than the whole budget stays, clipped in the middle of what was said and of what was
        answered, with an ellipsis there.

        Returns:
            The new working memory, and the exchanges that had to leave it (oldest first), for short-term memory.
        """
        exchanges = (*self.exchanges, _clipped_exchange(exchange, self.exchange_budget))
        if sum(map(exchange_tokens, exchanges)) <= self.exchange_budget:
            return self.model_copy(update={"exchanges": exchanges}), ()
        kept = _newest_within(exchanges, self.exchange_budget // 2)
        left = len(exchanges) - len(kept)
        return self.model_copy(update={"exchanges": kept}), exchanges[:left]

    def hold(self, recollections: Iterable[Recollection], share: float = 1.0) -> WorkingMemory:
        """Hold this turn's recollections in place of the last turn's: the best first, as many as the budget lets in.

        One that does not fit is passed over for the next; the best one is clipped if it alone is over budget.

        Args:
            recollections: What came to mind, best first.
            share: The part of the budget that they may take, 0 to 1; less than 1 leaves room for what comes up later.
        """
        held: list[Recollection] = []
        room = int(self.recollection_budget * share)
        for recollection in recollections:
            if not held and memory_tokens(recollection.memory) > room:
                recollection = recollection.model_copy(update={"memory": _clipped_memory(recollection.memory, room)})
            size = memory_tokens(recollection.memory)
            if size <= room:
                held.append(recollection)
                room -= size
        return self.model_copy(update={"recollections": tuple(held)})


def tokens(text: str) -> int:
    """The estimated number of tokens in a text, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def exchange_tokens(exchange: Exchange) -> int:
    """The estimated number of tokens of an exchange: the speaker's name, what was said, what was answered."""
    return tokens(exchange.speaker) + tokens(exchange.stimulus) + tokens(exchange.reply)


def memory_tokens(memory: Memory) -> int:
    """The estimated number of tokens of a memory in mind: content, thought and emotion (not the source's words)."""
    return tokens(memory.content) + tokens(memory.thought) + tokens(memory.emotion)


def clip(text: str, limit: int) -> str:
    """The text in at most ``limit`` tokens: its beginning and its end, with an ellipsis in the middle."""
    characters = limit * CHARACTERS_PER_TOKEN
    if len(text) <= characters:
        return text
    if characters <= len(ELLIPSIS):
        return text[:characters]
    room = characters - len(ELLIPSIS)
    return text[: room - room // 2] + ELLIPSIS + text[len(text) - room // 2 :]


def _newest_within(exchanges: tuple[Exchange, ...], budget: int) -> tuple[Exchange, ...]:
    """The newest exchanges within a budget; the newest one always."""
    first = len(exchanges) - 1
    room = budget - exchange_tokens(exchanges[-1])
    while first > 0 and exchange_tokens(exchanges[first - 1]) <= room:
        first -= 1
        room -= exchange_tokens(exchanges[first])
    return exchanges[first:]


def _clipped_exchange(exchange: Exchange, budget: int) -> Exchange:
    if exchange_tokens(exchange) <= budget:
        return exchange
    speaker = clip(exchange.speaker, budget // 8)
    stimulus, reply = _shares((exchange.stimulus, exchange.reply), budget - tokens(speaker))
    return exchange.model_copy(
        update={"speaker": speaker, "stimulus": clip(exchange.stimulus, stimulus), "reply": clip(exchange.reply, reply)}
    )


def _clipped_memory(memory: Memory, budget: int) -> Memory:
    parts = ("content", "thought", "emotion")
    limits = _shares([getattr(memory, part) for part in parts], budget)
    return memory.model_copy(
        update={part: clip(getattr(memory, part), limit) for part, limit in zip(parts, limits, strict=True)}
    )


def _shares(texts: Iterable[str], budget: int) -> list[int]:
    """Share a budget out: the short texts get what they need, the long ones an equal part of the rest."""
    sizes = [tokens(text) for text in texts]
    shares = [0] * len(sizes)
    for served, place in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        shares[place] = min(sizes[place], (budget - sum(shares)) // (len(sizes) - served))
    return shares
