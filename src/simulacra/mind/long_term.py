"""A person's long-term memory: built from the life story, searched, added to, exported."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulacra.backbones.backbone import Backbone
from simulacra.domain.character import Character
from simulacra.domain.conversation import Counts, Exchange, Usage
from simulacra.domain.memory import Memory, Recollection, Source, memory_id
from simulacra.domain.value import Value
from simulacra.errors import MemoryNotBuiltError, MemoryStoreError, UsageError
from simulacra.mind.construction import Constructed, Constructor, Event, story_events
from simulacra.mind.home import Home
from simulacra.mind.kinds import Style
from simulacra.mind.runner import arun, run

if TYPE_CHECKING:
    from simulacra.memory.store import MemoryStats

_log = logging.getLogger(__name__)

MANY_CHUNKS = 300
"""From how many on it is said that remembering takes a while: 5 to 10 seconds with ``reflex``."""


class Build(Value):
    """What a build did.

    Attributes:
        made: Memories that were constructed.
        kept: Memories that were there already.
        removed: Memories of an older text, prompt or backbone that were taken out.
        usage, counts: What it cost and how the answers came about.
    """

    made: int
    kept: int
    removed: int
    usage: Usage = Usage()
    counts: Counts = Counts()

    def _repr_html_(self) -> str:
        return f"<p>{self.made} memories made, {self.kept} kept, {self.removed} removed; {self.usage.calls} calls</p>"


class LongTermMemory:
    """The long-term memory of one person, on one branch of their life.

    Args:
        home: Where it is kept.
        character: Whose it is, with the whole life: chunks are cut from the whole story.
        backbone: Who constructs memories.
        stages: The temporal stages that the person has lived; None for all.
        branch: The name of the life that goes on from an earlier stage; empty for the one that goes on from now. What
            is experienced on one branch never happened on the others.
        sample: The number of the repeat.
    """

    def __init__(
        self,
        home: Home,
        character: Character,
        backbone: Backbone,
        stages: frozenset[str] | None,
        branch: str,
        sample: int,
    ) -> None:
        self._home, self._character, self._backbone = home, character, backbone
        self._stages, self._branch, self._sample = stages, branch, sample

    # ------------------------------------------------------------ building

    def build(
        self, *, style: Style = "agents", parallel: int = 32, progress: bool = True, again: bool = False
    ) -> Build:
        """Make the long-term memory out of the life story; what is there already is not made again.

        A build that was stopped, by whatever, goes on where it was: every answer is in the ledger.

        Args:
            style: ``agents``, the paper's separate calls, or ``fused``, one call a chunk.
            parallel: How many chunks are under way at once.
            progress: Whether to show a progress bar.
            again: Make every memory anew; answers that the ledger has are not asked again.

        Raises:
            BackboneError: A call failed; nothing that was answered is lost.
            MemoryStoreError: The store cannot be written.
        """
        return run(self._build(style, parallel, progress, again))

    async def abuild(
        self, *, style: Style = "agents", parallel: int = 32, progress: bool = True, again: bool = False
    ) -> Build:
        """``build`` for asynchronous programs."""
        return await arun(self._build(style, parallel, progress, again))

    def estimate(self, *, style: Style = "agents") -> Usage:
        """What ``build`` would cost now; ``calls`` counts only what the ledger does not have."""
        constructor = self._constructor(style)
        there = self._home.store.ids(self._character.id)
        missing = [each for each in self._events() if constructor.id_of(self._character, each) not in there]
        return sum((constructor.estimate(self._character, event) for event in missing), Usage())

    async def ensure(self) -> None:
        """Build the memory if it is missing and costs nothing; otherwise say what to do.

        Raises:
            MemoryNotBuiltError: There is no memory, and a language model would have to be paid to make it.
        """
        if self._has_story():
            return
        if self.estimate().calls:
            raise MemoryNotBuiltError(
                f"{self._character.id!r} has no long-term memory in {self._home.path}. "
                f'Run "simulacra memory build {self._character.id} --backbone {self._backbone.spec}".'
            )
        if (chunks := len(self._events())) >= MANY_CHUNKS:
            _log.warning(
                "%s has %s chunks of life story to remember before the first reply. That is done once; "
                "'simulacra memory build %s' does it with a progress bar.",
                *(self._character.id, f"{chunks:,}", self._character.id),
            )
        await self._build("agents", parallel=32, progress=False, again=False)

    async def ensure_passages(self) -> None:
        """Put the story's chunks into the store as they stand, for the mind ``rag``; no model is needed for that."""
        store, whose = self._home.store, self._character.id
        passages = [self._passage(event) for event in self._events()]
        old = store.ids(whose, "passage")
        if old != {each.id for each in passages}:
            await asyncio.to_thread(store.delete, whose, sorted(old))
            await asyncio.to_thread(store.upsert, whose, passages)

    async def _build(self, style: Style, parallel: int, progress: bool, again: bool) -> Build:
        store, whose = self._home.store, self._character.id
        constructor = self._constructor(style)
        events = {constructor.id_of(self._character, event): event for event in self._events()}
        there = store.ids(whose, "story")
        missing = [event for id, event in events.items() if again or id not in there]
        made = await self._construct_all(constructor, missing, parallel, progress)
        await asyncio.to_thread(store.upsert, whose, [each.memory for each in made])
        stale = sorted(there - events.keys())
        await asyncio.to_thread(store.delete, whose, stale)
        return Build(
            made=len(made),
            kept=len(events) - len(made),
            removed=len(stale),
            usage=sum((each.usage for each in made), Usage()),
            counts=sum((each.counts for each in made), Counts()),
        )

    async def _construct_all(
        self, constructor: Constructor, events: Sequence[Event], parallel: int, progress: bool
    ) -> list[Constructed]:
        if parallel < 1:
            raise UsageError(f"parallel is {parallel}: at least one chunk must be under way.")
        places = asyncio.Semaphore(parallel)
        with _progress_bar(f"memories of {self._character.name}", len(events), progress) as advance:

            async def construct(event: Event) -> Constructed:
                async with places:
                    constructed = await constructor.construct(self._character, event)
                advance()
                return constructed

            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(construct(event)) for event in events]
            except* Exception as failures:
                raise failures.exceptions[0] from None
        return [task.result() for task in tasks]

    # ------------------------------------------------------------ living on

    async def experience(self, text: str) -> Constructed:
        """Construct and keep the memory of something that happens to the person now."""
        before = len(self._home.store.ids(self._character.id, "experience"))
        source = Source(kind="experience", position=before, session=self._branch)
        return await self._keep(Event(text, source, self._next_order(), self._present_stage()))

    async def consolidate(self, exchange: Exchange, session: str) -> Constructed:
        """Construct and keep the memory of an exchange that was rehearsed often enough."""
        text = f"{exchange.speaker} said: {exchange.stimulus}\n\n{self._character.name} answered: {exchange.reply}"
        source = Source(kind="conversation", position=exchange.turn, session=session)
        return await self._keep(Event(text, source, self._next_order(), self._present_stage()))

    async def _keep(self, event: Event) -> Constructed:
        constructed = await self._constructor("fused").construct(self._character, event)
        await asyncio.to_thread(self._home.store.upsert, self._character.id, [constructed.memory])
        return constructed

    # ------------------------------------------------------------ reading

    def search(self, query: str, *, k: int = 5, stage: str | None = None) -> list[Recollection]:
        """The memories that fit a query best, with their scores, best first.

        Args:
            query: Words, a question or a name.
            k: How many at most.
            stage: Only memories of this temporal stage.

        Raises:
            MemoryNotBuiltError: There is no long-term memory yet.
            UnknownStageError: The character has no such stage, or has not lived it yet.
        """
        self._require_story()
        stages = self._stages
        if stage is not None:
            person = self._character.at(self._branch) if self._branch else self._character
            stages = frozenset({person.stages_until(stage)[-1].name})
        people = self._character.people
        found = self._home.store.search(
            self._character.id, [query], k, stages=stages, sessions=frozenset({self._branch}), people=people
        )
        return list(found)

    def stats(self) -> MemoryStats:
        """How many memories there are, by kind and stage, and what they take."""
        return self._home.store.stats(self._character.id)

    def export(self, path: Path | str | None = None) -> str:
        """All memories as JSON lines, the same to the byte for the same memories; also written to ``path`` if given.

        Raises:
            MemoryNotBuiltError: There is no long-term memory yet.
            MemoryStoreError: The file cannot be written.
        """
        self._require_story()
        lines = self._home.store.export(self._character.id)
        if path is not None:
            try:
                Path(path).write_text(lines, encoding="utf-8")
            except OSError as error:
                raise MemoryStoreError(f"The export cannot be written to {path}: {error.strerror}.") from error
        return lines

    @property
    def made_by(self) -> str:
        """The spec of the backbone that made the memories of the story; empty where there are none."""
        return next((each.made_by for each in self._memories() if each.source.kind == "story"), "")

    def _memories(self) -> tuple[Memory, ...]:
        return self._home.store.all(self._character.id)

    def _has_story(self) -> bool:
        return bool(self._home.store.ids(self._character.id, "story"))

    def _require_story(self) -> None:
        if not self._has_story():
            run(self.ensure())

    def _constructor(self, style: Style) -> Constructor:
        return Constructor(self._backbone, self._home.prompts, style, self._sample)

    def _events(self) -> tuple[Event, ...]:
        return story_events(self._character)

    def _passage(self, event: Event) -> Memory:
        source = event.source.model_copy(update={"kind": "passage"})
        return Memory(
            id=memory_id(self._character.id, source, event.text, {}, ""),
            character=self._character.id,
            text=event.text,
            content=event.text,
            order=event.order,
            stage=event.stage,
            source=source,
        )

    def _next_order(self) -> int:
        return self._home.store.next_order(self._character.id)

    def _present_stage(self) -> str | None:
        lived = [stage.name for stage in self._character.stages if self._stages is None or stage.name in self._stages]
        return lived[-1] if lived else None


@contextmanager
def _progress_bar(what: str, total: int, shown: bool) -> Iterator[Callable[[], None]]:
    """A context that gives a function to call after each step."""
    if not shown or not total:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
