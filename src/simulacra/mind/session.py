"""A conversation with a simulacrum: turns one after the other, sync, async or streamed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Self

from simulacra.domain.conversation import Delta, Exchange, Phase, Turn
from simulacra.errors import SessionError, SimulacraError, UsageError
from simulacra.mind import runner
from simulacra.mind.state import ConversationState

if TYPE_CHECKING:
    from simulacra.mind.simulacrum import Simulacrum
    from simulacra.mind.turn import Taken, Watcher
    from simulacra.mind.turn_graph import TurnGraph

_log = logging.getLogger(__name__)

MOST_CHARACTERS = 20_000
"""The longest stimulus; what is longer is an experience to be remembered, not something said."""

_entered: ContextVar[tuple[Session, ...]] = ContextVar("simulacra_sessions", default=())


class Session:
    """One conversation. Get it from ``Simulacrum.session``.

    A saved conversation (one with an id) goes on where it was left, in another process too. One without an id lives as
    long as this object, and leaves nothing behind in the long-term memory.
    """

    def __init__(self, simulacrum: Simulacrum, id: str) -> None:
        self.id = id
        self._simulacrum = simulacrum
        self._unsaved: str | None = None if id else ConversationState().model_dump_json()
        self._unsaved_turns: list[Turn] = []
        self._lock = asyncio.Lock()
        self._entry: Token[tuple[Session, ...]] | None = None
        self.consolidated: set[int] = set()
        self._taken_up: set[int] = set()
        self._consolidating: list[Future[None]] = []

    def chat(self, stimulus: str, *, speaker: str = "visitor") -> Turn:
        """Say something and get the whole turn.

        Args:
            stimulus: What is said; at most 20,000 characters.
            speaker: Who says it.

        Raises:
            UsageError: Nothing was said, or too much.
            BackboneError: The reply could not be generated; the conversation stays as it was.
            MemoryNotBuiltError: The mind needs a long-term memory that is not there.
        """
        return runner.run(self._whole(stimulus, speaker))

    async def achat(self, stimulus: str, *, speaker: str = "visitor") -> Turn:
        """``chat`` for asynchronous programs."""
        return await runner.arun(self._whole(stimulus, speaker))

    async def stream(self, stimulus: str, *, speaker: str = "visitor") -> AsyncIterator[Phase | Delta | Turn]:
        """Say something and watch: phases of the agents, then the reply piece by piece, then the turn.

        A turn that nobody watches to its end is finished and saved all the same.
        """
        async for event in runner.stream(self._events(stimulus, speaker)):
            yield event

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns of the conversation, oldest first."""
        return runner.run(self._all_turns())

    def pin(self, turn: int) -> None:
        """Keep what was said in a turn from being forgotten, once it has left working memory."""
        runner.run(self._pin(turn))

    def settle(self) -> None:
        """Wait until what was rehearsed often enough has become long-term memory, which happens after the replies."""
        for future in self._consolidating:
            future.result()

    def belongs_to(self, simulacrum: Simulacrum) -> bool:
        """Whether it is a conversation with this simulacrum."""
        return self._simulacrum is simulacrum

    def __enter__(self) -> Self:
        self._entry = _entered.set((*_entered.get(), self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._entry is not None:
            _entered.reset(self._entry)

    # ------------------------------------------------------------ inside

    @property
    def thread(self) -> str:
        """The key under which the conversation is saved: it differs by person, stage and mind."""
        mind = self._simulacrum
        return "/".join((mind.character.id, mind.branch or "now", mind.mind, self.id))

    async def _whole(self, stimulus: str, speaker: str, watcher: Watcher | None = None) -> Turn:
        from simulacra.mind.turn_graph import take_turn

        said, by = _checked_stimulus(stimulus), _checked_speaker(speaker)
        await self._simulacrum.ready()
        lock = self._simulacrum.home.sessions.lock(self.thread) if self.id else self._lock
        async with lock:
            graph, mind = await self._graph(), self._simulacrum.mind_in(self, watcher)
            try:
                taken = await take_turn(graph, mind, by, said, self._unsaved, self.thread if self.id else None)
            except SimulacraError:
                raise
            except Exception as error:
                await self._saved(graph)  # the reason may be that it cannot be read
                if not isinstance(error, self._simulacrum.home.sessions.errors):
                    raise
                raise SessionError(
                    f"The turn in {self.thread!r} could not be saved ({type(error).__name__}): free the disk or "
                    "restart the server, and say it again; the conversation is as it was before."
                ) from error
            self._keep(taken)
        return taken.turn

    async def _events(self, stimulus: str, speaker: str) -> AsyncIterator[Phase | Delta | Turn]:
        """The turn as it happens; the last piece of the reply is held back until the turn is saved.

        So a reply that a reader has seen to its end is one that a killed process still has.
        """
        events: asyncio.Queue[Phase | Delta | None] = asyncio.Queue()
        taking = asyncio.create_task(self._whole(stimulus, speaker, events.put_nowait))
        taking.add_done_callback(lambda _: events.put_nowait(None))
        held_back: Delta | None = None
        while (event := await events.get()) is not None:
            if isinstance(event, Delta):
                held_back, event = event, held_back
            if event is not None:
                yield event
        turn = await taking
        if held_back is not None:
            yield held_back
        yield turn

    async def _graph(self) -> TurnGraph:
        from simulacra.mind.sessions import unsaved_graph

        kind, pace = self._simulacrum.mind, self._simulacrum.pace
        return await self._simulacrum.home.sessions.graph(kind, pace) if self.id else unsaved_graph(kind, pace)

    def _keep(self, taken: Taken) -> None:
        if not self.id:
            self._unsaved = taken.conversation
            self._unsaved_turns.append(taken.turn)
            return
        fresh = [exchange for exchange in taken.after.due if exchange.turn not in self._taken_up]
        if fresh:
            self._taken_up.update(exchange.turn for exchange in fresh)
            self._consolidating = [each for each in self._consolidating if not each.done()]
            self._consolidating.append(runner.submit(self._consolidate(fresh)))

    async def _consolidate(self, exchanges: list[Exchange]) -> None:
        """Make long-term memories of rehearsed exchanges; one that fails stays due until after the next turn."""
        for exchange in exchanges:
            try:
                await self._simulacrum.memory.consolidate(exchange, self.thread)
                self.consolidated.add(exchange.turn)
            except SimulacraError as error:
                self._taken_up.discard(exchange.turn)
                _log.warning("turn %d of %s is not in long-term memory yet: %s", exchange.turn, self.thread, error)

    async def _all_turns(self) -> tuple[Turn, ...]:
        if not self.id:
            return tuple(self._unsaved_turns)
        from simulacra.mind.turn_graph import in_thread

        graph = await self._graph()
        turns: dict[int, Turn] = {}
        with self._readable():
            async for snapshot in graph.aget_state_history(in_thread(self.thread)):
                if saved := snapshot.values.get("turn"):
                    turn = Turn.model_validate_json(saved)
                    turns[turn.number] = turn
        return tuple(turns[number] for number in sorted(turns))

    async def _pin(self, turn: int) -> None:
        if not self.id:
            self._unsaved = _pinned(_state(self._unsaved), turn)
            return
        from simulacra.mind.turn_graph import in_thread

        graph = await self._graph()
        async with self._simulacrum.home.sessions.lock(self.thread):
            pinned = _pinned(await self._saved(graph), turn)
            await graph.aupdate_state(in_thread(self.thread), {"conversation": pinned}, as_node="remember")

    async def _saved(self, graph: TurnGraph) -> ConversationState:
        """The conversation as it is saved; as it is at its beginning where nothing is.

        Raises:
            SessionError: It cannot be read.
        """
        if not self.id:
            return ConversationState()
        from simulacra.mind.turn_graph import in_thread

        with self._readable():
            snapshot = await graph.aget_state(in_thread(self.thread))
            return _state(snapshot.values.get("conversation"))

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Whatever goes wrong in reading a saved conversation, which is of many kinds, is one plain error."""
        try:
            yield
        except Exception as error:
            raise SessionError(
                f"The conversation {self.thread!r} cannot be read ({type(error).__name__}): it is damaged, or a newer "
                "simulacra has written it. Nothing was changed; another session (--session ID) begins anew, and if "
                "that fails too, move the saved conversations aside."
            ) from error


def entered(simulacrum: Simulacrum) -> Session | None:
    """The innermost conversation with this simulacrum that a ``with`` has entered here."""
    return next((each for each in reversed(_entered.get()) if each.belongs_to(simulacrum)), None)


def _state(conversation: str | None) -> ConversationState:
    return ConversationState.model_validate_json(conversation) if conversation else ConversationState()


def _pinned(state: ConversationState, turn: int) -> str:
    if turn not in {entry.id for entry in state.short_term.entries}:
        raise UsageError(
            f"Turn {turn} is not in short-term memory: it is still in mind, already forgotten, or never was."
        )
    return state.model_copy(update={"short_term": state.short_term.pin([turn])}).model_dump_json()


def _checked_stimulus(stimulus: str) -> str:
    said = stimulus.encode("utf-8", "replace").decode().strip()
    if not said:
        raise UsageError("Nothing was said: give the stimulus some text.")
    if len(said) > MOST_CHARACTERS:
        raise UsageError(
            f"{len(said):,} characters are too many to be said at once (at most {MOST_CHARACTERS:,}): "
            "shorten it, or let it be remembered with experience()."
        )
    return said


def _checked_speaker(speaker: str) -> str:
    by = " ".join(speaker.encode("utf-8", "replace").decode().split())
    visible = any(each.isprintable() and each != " " for each in by)
    if not visible or len(by) > 80 or set(by) & set('<>"'):
        raise UsageError(
            f"{speaker!r} cannot be a speaker's name: use one to 80 visible characters without quotes or brackets."
        )
    return by
