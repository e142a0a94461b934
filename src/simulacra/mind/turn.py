"""What a turn works with, what it passes along inside, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypedDict

from langgraph.channels import UntrackedValue

from simulacra.backbones.backbone import Answer
from simulacra.domain.character import Character
from simulacra.domain.conversation import Delta, Feeling, Phase, PhaseName, PhaseState, Reflection, Thought, Turn
from simulacra.domain.memory import Recollection
from simulacra.mind.agents.contribution import Contribution
from simulacra.mind.agents.emotion import EmotionAgent
from simulacra.mind.agents.memory import MemoryAgent
from simulacra.mind.agents.thinking import ThinkingAgent
from simulacra.mind.agents.top import TopAgent
from simulacra.mind.kinds import MindKind
from simulacra.mind.state import ConversationState

Watcher = Callable[[Phase | Delta], None]
"""Is told what happens while a turn is taken, on the loop that takes it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What comes of a turn: the turn itself, and the conversation's state after it, with its JSON."""

    turn: Turn
    after: ConversationState
    conversation: str


@dataclass(frozen=True, slots=True)
class Mind:
    """What a turn works with: the person, the four agents, which conversation it is, and who watches.

    Attributes:
        watcher: Is told each phase and each piece of the reply. None where nobody watches; the reply then comes whole,
            which costs a fraction of a stream.
    """

    kind: MindKind
    character: Character
    top: TopAgent
    thinking: ThinkingAgent
    emotion: EmotionAgent
    memory: MemoryAgent
    session: str
    consolidates: bool
    consolidated: frozenset[int] = frozenset()
    watcher: Watcher | None = None

    def tell(self, name: PhaseName, state: PhaseState) -> None:
        """Tell whoever watches that an agent has begun or finished its part."""
        if self.watcher is not None:
            self.watcher(Phase(name=name, state=state))


class TurnState(TypedDict, total=False):
    """The channels of the graph; each is written by one node only.

    Attributes:
        conversation: The ``ConversationState`` between turns, as JSON; saved.
        turn: The last ``Turn``, as JSON; saved.
    """

    conversation: str
    turn: str
    speaker: Annotated[str, UntrackedValue]
    stimulus: Annotated[str, UntrackedValue]
    before: Annotated[ConversationState, UntrackedValue]
    recalled: Annotated[tuple[Recollection, ...], UntrackedValue]
    further: Annotated[tuple[Recollection, ...], UntrackedValue]
    passages: Annotated[tuple[str, ...], UntrackedValue]
    reflection: Annotated[Contribution[Reflection], UntrackedValue]
    thought: Annotated[Contribution[Thought], UntrackedValue]
    feeling: Annotated[Contribution[Feeling], UntrackedValue]
    answer: Annotated[Answer[str], UntrackedValue]
    taken: Annotated[Taken, UntrackedValue]
