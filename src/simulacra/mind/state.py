"""What a conversation carries from turn to turn, and is saved with a session."""

from __future__ import annotations

from pydantic import Field

from simulacra.domain.conversation import Exchange, Mood, Turn
from simulacra.domain.value import Value
from simulacra.memory.short_term import ShortTermMemory
from simulacra.memory.working import WorkingMemory


class ConversationState(Value):
    """The state of one conversation between turns; its size is bounded however long the conversation grows.

    Attributes:
        turns: How many turns there were.
        working: The latest exchanges.
        short_term: What has left working memory and is not forgotten yet.
        mood: The mood that the last turn left.
        due: Exchanges that were rehearsed often enough and wait to be consolidated into long-term memory.
    """

    turns: int = Field(default=0, ge=0)
    working: WorkingMemory = WorkingMemory()
    short_term: ShortTermMemory = ShortTermMemory()
    mood: Mood = Mood()
    due: tuple[Exchange, ...] = ()

    def after(self, turn: Turn, *, consolidates: bool, consolidated: frozenset[int] = frozenset()) -> ConversationState:
        """The state after a turn.

        Args:
            turn: The turn that was just taken.
            consolidates: Whether rehearsed entries become due for long-term memory; where not, they are kept for good.
            consolidated: The turns whose exchanges are in long-term memory by now.
        """
        working, left = self.working.hold(()).with_exchange(turn.exchange)
        recalled = [
            each.memory.source.position for each in turn.recalled if each.memory.id.startswith(SHORT_TERM_PREFIX)
        ]
        short_term = self.short_term.rehearse(recalled, turn.number).add(left, turn.number).after(turn.number)
        rehearsed = [entry for entry in short_term.due() if not entry.pinned]
        if consolidates:
            short_term = short_term.without(entry.id for entry in rehearsed)
        else:
            short_term = short_term.pin(entry.id for entry in rehearsed)
        waiting = (exchange for exchange in self.due if exchange.turn not in consolidated)
        return ConversationState(
            turns=turn.number,
            working=working,
            short_term=short_term,
            mood=turn.mood,
            due=(*waiting, *(entry.exchange for entry in rehearsed)) if consolidates else (),
        )


SHORT_TERM_PREFIX = "short-term-"
"""What the ids of recollections from short-term memory begin with; the turn's number follows."""
