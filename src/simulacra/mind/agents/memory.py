"""The memory agent: recalls from long-term and short-term memory; it needs no model for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulacra.domain.character import Character
from simulacra.domain.memory import Memory, Recollection, Source
from simulacra.memory.short_term import Entry, ShortTermMemory
from simulacra.memory.store import MemoryStore
from simulacra.mind.state import SHORT_TERM_PREFIX


@dataclass(frozen=True, slots=True)
class MemoryAgent:
    """Brings to mind what belongs to a stimulus (Human Simulacra, section 4.2).

    Attributes:
        store: The long-term store.
        character: Whose memories are recalled; nobody else's ever are.
        stages: The temporal stages that the person has lived; None for all.
        branches: The conversation and the branch of life whose memories the person has, besides those of the story.
        at_once: How many long-term memories a stimulus brings up.
        on_reflection: How many more the reflection's queries may add.
        from_short_term: How many entries of short-term memory a stimulus brings up.
    """

    store: MemoryStore
    character: Character
    stages: frozenset[str] | None
    branches: frozenset[str]
    at_once: int = 4
    on_reflection: int = 3
    from_short_term: int = 2

    def recall(self, queries: Sequence[str], short_term: ShortTermMemory, k: int) -> tuple[Recollection, ...]:
        """The long-term memories that fit the queries best, then what short-term memory has."""
        lived = self.store.search(
            self.character.id, queries, k, stages=self.stages, sessions=self.branches, people=self.character.people
        )
        said = short_term.search(queries, self.from_short_term)
        return (*lived, *(self._recollection(entry) for entry in said))

    def passages(self, stimulus: str, k: int) -> tuple[str, ...]:
        """The passages of the life story that fit a stimulus best, for the mind ``rag``."""
        found = self.store.search(
            self.character.id,
            [stimulus],
            k,
            stages=self.stages,
            sessions=self.branches,
            people=self.character.people,
            kinds=frozenset({"passage"}),
        )
        return tuple(each.memory.text for each in found)

    def _recollection(self, entry: Entry) -> Recollection:
        said = entry.exchange
        memory = Memory(
            id=f"{SHORT_TERM_PREFIX}{said.turn}",
            character=self.character.id,
            text=entry.text,
            content=f"Earlier in this conversation {said.speaker} said: {said.stimulus} I answered: {said.reply}",
            source=Source(kind="conversation", position=said.turn),
        )
        return Recollection(memory=memory, score=0.0)
