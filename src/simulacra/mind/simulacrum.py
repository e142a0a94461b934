"""``Simulacrum``: a character with a mind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from simulacra.backbones.backbone import Backbone
from simulacra.domain.character import Character
from simulacra.domain.conversation import Delta, Phase, Turn
from simulacra.domain.memory import Memory
from simulacra.errors import UsageError
from simulacra.mind import runner
from simulacra.mind.home import Home
from simulacra.mind.kinds import MindKind, Pace
from simulacra.mind.long_term import LongTermMemory
from simulacra.mind.session import Session, entered

if TYPE_CHECKING:
    from simulacra.mind.turn import Mind, Watcher


class Simulacrum:
    """One person that can be talked to. Make it with ``Simulacrum.load``.

    Attributes:
        character: The person as they are at this point of their life.
        mind: ``macm``, ``rag``, ``prompt`` or ``none``.
        pace: ``swift`` or ``paper``.
        backbone: Who answers for the agents.
        home: Where memories, conversations and the ledger are kept.
        branch: The name of the life that goes on from an earlier stage; empty for the present.
        sample: The number of the repeat; another number gives other answers to the same words.
    """

    def __init__(
        self,
        whole: Character,
        *,
        mind: MindKind,
        pace: Pace,
        backbone: Backbone,
        home: Home,
        stage: str | None = None,
        sample: int = 0,
    ) -> None:
        lived = [each.name for each in whole.stages_until(stage)] if stage else None
        self._whole = whole
        self.character = whole.at(stage) if stage else whole
        self.mind, self.pace, self.backbone, self.home, self.sample = mind, pace, backbone, home, sample
        self.branch = stage.casefold() if stage and self.character is not whole else ""
        self._stages = frozenset(lived) if lived and self.branch else None
        self._ready = False
        self._making_ready = asyncio.Lock()

    @classmethod
    def load(
        cls,
        who: str | Path | Character,
        *,
        mind: MindKind = "macm",
        backbone: str | Backbone | Any | None = None,
        pace: Pace = "swift",
        home: Path | str | None = None,
        stage: str | None = None,
        sample: int = 0,
    ) -> Simulacrum:
        """Give a character a mind.

        Args:
            who: A character's name ("mara-lindqvist"), its folder, or a ``Character``.
            mind: ``macm``, the four agents of Human Simulacra; or one of its baselines: ``rag`` (profile, biography and
                passages of the story), ``prompt`` (profile and biography), ``none`` (a model that knows nobody).
            backbone: A spec ("openai:MODEL", "reflex", "top=openai:A,thinking=vllm:B@URL"), a LangChain chat model, or
                a ``Backbone``. Default: ``SIMULACRA_BACKBONE``, else ``reflex``.
            pace: ``swift``, two model calls deep, or ``paper``, the strict order of the paper, three deep.
            home: The data folder. Default: ``SIMULACRA_HOME``, else the platform's place for user data.
            stage: A temporal stage; the person as they were then, for whom nothing later exists. Default: now.
            sample: The number of the repeat. The ledger answers the same question with the same number from its record;
                another number asks anew.

        Raises:
            CharacterError: There is no such character or stage, or its files are not sound.
            BackboneNotAvailableError: The backbone cannot be opened.
            UsageError: Mind or pace is none of those above.
        """
        if mind not in get_args(MindKind):
            raise UsageError(f"There is no mind {mind!r}: choose one of {', '.join(get_args(MindKind))}.")
        if pace not in get_args(Pace):
            raise UsageError(f"There is no pace {pace!r}: choose one of {', '.join(get_args(Pace))}.")
        place = Home.at(home)
        character = place.character(who)
        answering = backbone if isinstance(backbone, Backbone) else place.backbone(backbone)
        return cls(character, mind=mind, pace=pace, backbone=answering, home=place, stage=stage, sample=sample)

    # ------------------------------------------------------------ talking

    def chat(self, stimulus: str, *, speaker: str = "visitor") -> Turn:
        """Say something and get the whole turn, in the entered session or else in a conversation that is not saved.

        See ``Session.chat`` for arguments and errors.
        """
        return self._conversation.chat(stimulus, speaker=speaker)

    async def achat(self, stimulus: str, *, speaker: str = "visitor") -> Turn:
        """``chat`` for asynchronous programs."""
        return await self._conversation.achat(stimulus, speaker=speaker)

    async def stream(self, stimulus: str, *, speaker: str = "visitor") -> AsyncIterator[Phase | Delta | Turn]:
        """Say something and watch: phases of the agents, then the reply piece by piece, then the turn."""
        async for event in self._conversation.stream(stimulus, speaker=speaker):
            yield event

    def session(self, id: str = "") -> Session:
        """A conversation; with an id it is saved and goes on where it was left, without one it is not saved.

        Use the returned session itself, or enter it: inside ``with mary.session("lab-7"):``, ``mary.chat`` is part of
        it.
        Any number of conversations may go on at once.
        """
        if len(id) > 200 or not id.isprintable():
            raise UsageError("A session's id is at most 200 printable characters.")
        return Session(self, id)

    # ------------------------------------------------------------ living

    @cached_property
    def memory(self) -> LongTermMemory:
        """The person's long-term memory."""
        return LongTermMemory(self.home, self._whole, self.backbone, self._stages, self.branch, self.sample)

    def experience(self, text: str) -> Memory:
        """Let something happen to the person; it becomes a long-term memory, in all conversations from now on.

        Args:
            text: What happens, told in the third person or as by a witness.

        Raises:
            UsageError: There is no text.
            BackboneError: The memory could not be constructed.
        """
        return runner.run(self._experience(text))

    async def aexperience(self, text: str) -> Memory:
        """``experience`` for asynchronous programs."""
        return await runner.arun(self._experience(text))

    def at(self, stage: str) -> Simulacrum:
        """The same person at the end of an earlier temporal stage: later memories do not exist for them.

        Raises:
            UnknownStageError: The character has no such stage.
        """
        return Simulacrum(
            self._whole,
            mind=self.mind,
            pace=self.pace,
            backbone=self.backbone,
            home=self.home,
            stage=stage,
            sample=self.sample,
        )

    # ------------------------------------------------------------ inside

    async def ready(self) -> None:
        """Make sure that the mind has the memory that it needs.

        Raises:
            MemoryNotBuiltError: It is missing, and making it would cost something.
        """
        async with self._making_ready:
            if not self._ready and self.mind == "macm":
                await self.memory.ensure()
            elif not self._ready and self.mind == "rag":
                await self.memory.ensure_passages()
            self._ready = True

    def mind_in(self, session: Session, watcher: Watcher | None) -> Mind:
        """What a turn of a conversation works with."""
        from simulacra.mind.agents.emotion import EmotionAgent
        from simulacra.mind.agents.memory import MemoryAgent
        from simulacra.mind.agents.thinking import ThinkingAgent
        from simulacra.mind.agents.top import TopAgent
        from simulacra.mind.turn import Mind

        branches = frozenset({session.thread, self.branch})
        return Mind(
            kind=self.mind,
            character=self.character,
            top=TopAgent(self.backbone, self.sample),
            thinking=ThinkingAgent(self.backbone, self.sample),
            emotion=EmotionAgent(self.backbone, self.sample),
            memory=MemoryAgent(self.home.store, self.character, self._stages, branches),
            session=session.id,
            consolidates=bool(session.id) and self.mind == "macm",
            consolidated=frozenset(session.consolidated),
            watcher=watcher,
        )

    @property
    def _conversation(self) -> Session:
        return entered(self) or self._unsaved_conversation

    @cached_property
    def _unsaved_conversation(self) -> Session:
        return Session(self, "")

    async def _experience(self, text: str) -> Memory:
        if not text.strip():
            raise UsageError("Nothing happens in an empty text: say what the person experiences.")
        await self.ready()
        return (await self.memory.experience(text.strip())).memory

    def __repr__(self) -> str:
        stage = f", stage={self.branch!r}" if self.branch else ""
        return f"Simulacrum({self.character.id!r}, mind={self.mind!r}, backbone={self.backbone.spec!r}{stage})"

    def _repr_html_(self) -> str:
        return f"{self.character._repr_html_()}<p>mind {self.mind}, backbone {self.backbone.spec}</p>"
