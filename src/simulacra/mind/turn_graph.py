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

from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from simulacra.mind.kinds import MindKind, Pace
from simulacra.mind.turn import Mind, Taken, TurnState
from simulacra.mind.turn_nodes import feel, recall, recall_more, recollect, reflect, remember, respond, take_up, think

AGENTS = {"reflect": reflect, "think": think, "feel": feel}
"""The nodes in which agents contribute to the reply."""

TurnGraph = CompiledStateGraph[TurnState, Mind, TurnState, TurnState]


def build_turn_graph(kind: MindKind, pace: Pace, saver: BaseCheckpointSaver[Any] | None) -> TurnGraph:
    """Compile the turn of a kind of mind.

    Args:
        kind: ``macm`` (the four agents), ``rag``, ``prompt`` or ``none`` (the paper's baselines).
        pace: The order of the four agents; the baselines have one call and know no pace.
        saver: Where conversations are saved; None saves nothing.
    """
    graph = StateGraph(TurnState, context_schema=Mind)
    graph.add_node("respond", respond)
    graph.add_node("remember", remember)
    graph.add_edge("respond", "remember")
    graph.add_edge("remember", END)
    if kind != "macm":
        graph.add_node("recollect", recollect)
        graph.add_edge(START, "recollect")
        graph.add_edge("recollect", "respond")
    elif pace == "swift":
        _add_swift_agents(graph)
    else:
        _add_agents_in_paper_order(graph)
    return graph.compile(checkpointer=saver, name=f"turn-{kind}-{pace}")


def _add_swift_agents(graph: StateGraph[TurnState, Mind, TurnState, TurnState]) -> None:
    for name, node in AGENTS.items():
        graph.add_node(name, node)
    graph.add_node("recollect", recollect)
    graph.add_node("recall_more", recall_more)
    graph.add_edge(START, "recollect")
    for name in AGENTS:
        graph.add_edge("recollect", name)
    graph.add_edge([*AGENTS], "recall_more")
    graph.add_edge("recall_more", "respond")


def _add_agents_in_paper_order(graph: StateGraph[TurnState, Mind, TurnState, TurnState]) -> None:
    for name, node in AGENTS.items():
        graph.add_node(name, node)
    graph.add_node("take_up", take_up)
    graph.add_node("recall", recall)
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
