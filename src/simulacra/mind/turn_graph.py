"""The turn: one LangGraph state machine from stimulus to reply (Human Simulacra, section 4.2).

``swift``: what the stimulus brings to mind is recalled at once, without a model call; then reflection, thought and
feeling go side by side, the reflection's queries recall what is still missing, and the reply follows: two model calls
deep (ours).
``paper``: reflection, recall, thought beside feeling, reply: three deep, the order of the paper.

Only ``conversation`` and ``turn`` are saved with a session. The other channels live for one turn.

Phases and pieces of the reply go straight to whoever watches and not through LangGraph's stream, which wakes the event
loop through a socket for every piece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from simulacra.backbones.backbone import Answer
from simulacra.domain.character import Character
from simulacra.domain.conversation import (
    Counts,
    Delta,
    Feeling,
    Phase,
    PhaseName,
    PhaseState,
    Reflection,
    Thought,
    Turn,
    Usage,
)
from simulacra.domain.memory import Recollection
from simulacra.mind.agents.contribution import Contribution, contribution
from simulacra.mind.agents.emotion import EmotionAgent
from simulacra.mind.agents.memory import MemoryAgent
from simulacra.mind.agents.thinking import ThinkingAgent
from simulacra.mind.agents.top import TopAgent
from simulacra.mind.kinds import MindKind, Pace
from simulacra.mind.state import ConversationState
from simulacra.prompts.conversation import Feel, Reflect, Respond, RespondBlank, RespondFromText, Think
from simulacra.prompts.task import Task

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


FIRST_SHARE = 0.6
"""How much of the room for recollections the stimulus alone may fill; the rest is for the reflection (ours)."""

SHORT_STIMULUS = 8
"""From how many words on a stimulus says by itself what it is about (ours)."""


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


TurnGraph = CompiledStateGraph[TurnState, Mind, TurnState, TurnState]


def build_turn_graph(kind: MindKind, pace: Pace, saver: BaseCheckpointSaver[Any] | None) -> TurnGraph:
    """Compile the turn of a kind of mind.

    Args:
        kind: ``macm`` (the four agents), ``rag``, ``prompt`` or ``none`` (the paper's baselines).
        pace: The order of the four agents; the baselines have one call and know no pace.
        saver: Where conversations are saved; None saves nothing.
    """
    graph = StateGraph(TurnState, context_schema=Mind)
    graph.add_node("respond", _respond)
    graph.add_node("remember", _remember)
    graph.add_edge("respond", "remember")
    graph.add_edge("remember", END)
    if kind != "macm":
        graph.add_node("recollect", _recollect)
        graph.add_edge(START, "recollect")
        graph.add_edge("recollect", "respond")
    elif pace == "swift":
        _add_swift_agents(graph)
    else:
        _add_agents_in_paper_order(graph)
    return graph.compile(checkpointer=saver, name=f"turn-{kind}-{pace}")


def _add_swift_agents(graph: StateGraph[TurnState, Mind, TurnState, TurnState]) -> None:
    for name, node in _NODES.items():
        graph.add_node(name, node)
    graph.add_node("recollect", _recollect)
    graph.add_node("recall_more", _recall_more)
    graph.add_edge(START, "recollect")
    for name in _NODES:
        graph.add_edge("recollect", name)
    graph.add_edge([*_NODES], "recall_more")
    graph.add_edge("recall_more", "respond")


def _add_agents_in_paper_order(graph: StateGraph[TurnState, Mind, TurnState, TurnState]) -> None:
    for name, node in _NODES.items():
        graph.add_node(name, node)
    graph.add_node("take_up", _take_up)
    graph.add_node("recall", _recall)
    graph.add_edge(START, "take_up")
    graph.add_edge("take_up", "reflect")
    graph.add_edge("reflect", "recall")
    for name in ("think", "feel"):
        graph.add_edge("recall", name)
    graph.add_edge(["think", "feel"], "respond")


async def take_turn(
    graph: TurnGraph, mind: Mind, speaker: str, stimulus: str, conversation: str | None, thread: str | None
) -> Taken:
    """Run one turn; it is saved when this returns.

    Args:
        graph: From ``build_turn_graph``.
        mind: Who takes the turn.
        speaker: Who speaks to them.
        stimulus: What is said.
        conversation: The state to go on from, for a conversation that is not saved.
        thread: The saved conversation's key; None for one that is not saved.
    """
    start: TurnState = {"speaker": speaker, "stimulus": stimulus}
    if conversation is not None:
        start["conversation"] = conversation
    config = in_thread(thread) if thread else None
    durability: Literal["exit"] | None = "exit" if thread else None
    end = await graph.ainvoke(start, config, context=mind, output_keys=["taken"], durability=durability)
    taken: Taken = end["taken"]
    return taken


def in_thread(thread: str) -> RunnableConfig:
    """The configuration under which LangGraph finds a saved conversation."""
    return {"configurable": {"thread_id": thread}}


# ---------------------------------------------------------------- nodes


async def _take_up(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Take up the conversation where it was left."""
    saved = state.get("conversation")
    before = ConversationState.model_validate_json(saved) if saved else ConversationState()
    return {"before": before, "recalled": ()}


async def _recollect(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Take up the conversation, and recall what the stimulus alone brings to mind."""
    mind = runtime.context
    taken_up = await _take_up(state, runtime)
    mind.tell("recall", "started")
    if mind.kind == "macm":
        before = taken_up["before"]
        found = mind.memory.recall(_cues(state["stimulus"], before), before.short_term, mind.memory.at_once)
        taken_up["recalled"] = before.working.hold(found, share=FIRST_SHARE).recollections
    elif mind.kind == "rag":
        taken_up["passages"] = mind.memory.passages(state["stimulus"], mind.memory.at_once)
    mind.tell("recall", "finished")
    return taken_up


async def _recall(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Recall what the reflection asks for; without a reflection, what the stimulus brings to mind."""
    mind, before = runtime.context, state["before"]
    mind.tell("recall", "started")
    reflection = state["reflection"].value
    queries = reflection.queries if reflection and reflection.queries else _cues(state["stimulus"], before)
    found = mind.memory.recall(queries, before.short_term, mind.memory.at_once + mind.memory.on_reflection)
    mind.tell("recall", "finished")
    return {"recalled": before.working.hold(found).recollections}


async def _reflect(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    mind = runtime.context
    mind.tell("reflect", "started")
    reflection = await contribution("top", mind.top.reflect(Reflect(**_situation(state, mind))))
    mind.tell("reflect", "finished")
    return {"reflection": reflection}


async def _think(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    mind = runtime.context
    mind.tell("think", "started")
    thought = await contribution("thinking", mind.thinking.think(Think(**_situation(state, mind))))
    mind.tell("think", "finished")
    return {"thought": thought}


async def _feel(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    mind = runtime.context
    mind.tell("feel", "started")
    feeling = await contribution("emotion", mind.emotion.feel(Feel(**_situation(state, mind))))
    mind.tell("feel", "finished")
    return {"feeling": feeling}


async def _recall_more(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Recall what the reflection asks for and the stimulus alone did not bring up."""
    mind = runtime.context
    reflection = state["reflection"].value
    if reflection is None or not reflection.queries:
        return {"further": ()}
    known = {each.memory.id for each in state["recalled"]}
    found = mind.memory.recall(reflection.queries, state["before"].short_term, mind.memory.at_once)
    fresh = [each for each in found if each.memory.id not in known][: mind.memory.on_reflection]
    held = state["before"].working.hold((*state["recalled"], *fresh)).recollections
    return {"further": held[len(state["recalled"]) :]}


def _cues(stimulus: str, before: ConversationState) -> tuple[str, ...]:
    """What to recall by: the stimulus, and if it is too short to stand alone ("Why?"), what was said before with it."""
    if len(stimulus.split()) >= SHORT_STIMULUS or not before.working.exchanges:
        return (stimulus,)
    return stimulus, f"{before.working.exchanges[-1].stimulus} {stimulus}"


_NODES = {"reflect": _reflect, "think": _think, "feel": _feel}


async def _respond(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    mind = runtime.context
    mind.tell("respond", "started")
    answer = await _answer(mind, _reply_task(state, mind))
    mind.tell("respond", "finished")
    return {"answer": answer}


async def _answer(mind: Mind, task: Task[str]) -> Answer[str]:
    if mind.watcher is None:
        return await mind.top.respond(task)
    async for piece in mind.top.stream(task):
        if isinstance(piece, str):
            mind.watcher(Delta(text=piece))
        else:
            answer = piece
    return answer


async def _remember(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    mind, before, answer = runtime.context, state["before"], state["answer"]
    reflection, thought, feeling = state.get("reflection"), state.get("thought"), state.get("feeling")
    contributions: list[Contribution[Any]] = [each for each in (reflection, thought, feeling) if each is not None]
    turn = Turn(
        number=before.turns + 1,
        session=mind.session,
        speaker=state["speaker"],
        stimulus=state["stimulus"],
        reply=answer.value,
        reflection=reflection.value if reflection else None,
        thought=thought.value if thought else None,
        emotion=feeling.value if feeling else None,
        recalled=(*state["recalled"], *state.get("further", ())),
        mood=before.mood.after(feeling.value if feeling else None),
        usage=sum((each.usage for each in contributions), Usage()) + answer.usage,
        counts=sum((each.counts for each in contributions), Counts()) + answer.counts,
        failures=tuple(each.failure for each in contributions if each.failure),
    )
    after = before.after(turn, consolidates=mind.consolidates, consolidated=mind.consolidated)
    conversation = after.model_dump_json()
    taken = Taken(turn, after, conversation)
    return {"conversation": conversation, "turn": turn.model_dump_json(), "taken": taken}


def _situation(state: TurnState, mind: Mind) -> dict[str, Any]:
    """What the agents of the turn see."""
    before: ConversationState = state["before"]
    return {
        "character": mind.character,
        "exchanges": before.working.exchanges,
        "recalled": state["recalled"],
        "mood": before.mood,
        "speaker": state["speaker"],
        "stimulus": state["stimulus"],
    }


def _reply_task(state: TurnState, mind: Mind) -> Task[str]:
    exchanges, speaker, stimulus = state["before"].working.exchanges, state["speaker"], state["stimulus"]
    if mind.kind == "none":
        return RespondBlank(exchanges=exchanges, speaker=speaker, stimulus=stimulus)
    if mind.kind != "macm":
        return RespondFromText(
            character=mind.character,
            exchanges=exchanges,
            passages=state.get("passages", ()),
            speaker=speaker,
            stimulus=stimulus,
        )
    return Respond(
        **_situation(state, mind),
        further=state.get("further", ()),
        reflection=state["reflection"].value,
        thought=state["thought"].value,
        feeling=state["feeling"].value,
    )
