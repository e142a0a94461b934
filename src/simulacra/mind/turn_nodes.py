"""The steps of a turn, as nodes of the graph in ``turn_graph``."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from langgraph.runtime import Runtime

from simulacra.backbones.backbone import Answer
from simulacra.domain.conversation import Agent, Counts, Delta, PhaseName, Turn, Usage
from simulacra.mind.agents.contribution import Contribution, ValueT, contribution
from simulacra.mind.state import ConversationState
from simulacra.mind.turn import Mind, Taken, TurnState
from simulacra.prompts.conversation import Feel, Reflect, Respond, RespondBlank, RespondFromText, Think
from simulacra.prompts.task import Task

FIRST_SHARE = 0.6
"""How much of the room for recollections the stimulus alone may fill; the rest is for the reflection (ours)."""

SHORT_STIMULUS = 8
"""From how many words on a stimulus says by itself what it is about (ours)."""


async def take_up(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Take up the conversation where it was left."""
    saved = state.get("conversation")
    before = ConversationState.model_validate_json(saved) if saved else ConversationState()
    return {"before": before, "recalled": ()}


async def recollect(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Take up the conversation, and recall what the stimulus alone brings to mind."""
    mind = runtime.context
    taken_up = await take_up(state, runtime)
    mind.tell("recall", "started")
    if mind.kind == "macm":
        before = taken_up["before"]
        found = mind.memory.recall(_cues(state["stimulus"], before), before.short_term, mind.memory.at_once)
        taken_up["recalled"] = before.working.hold(found, share=FIRST_SHARE).recollections
    elif mind.kind == "rag":
        taken_up["passages"] = mind.memory.passages(state["stimulus"], mind.memory.at_once)
    mind.tell("recall", "finished")
    return taken_up


async def recall(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Recall what the reflection asks for; without a reflection, what the stimulus brings to mind."""
    mind, before = runtime.context, state["before"]
    mind.tell("recall", "started")
    reflection = state["reflection"].value
    queries = reflection.queries if reflection and reflection.queries else _cues(state["stimulus"], before)
    found = mind.memory.recall(queries, before.short_term, mind.memory.at_once + mind.memory.on_reflection)
    mind.tell("recall", "finished")
    return {"recalled": before.working.hold(found).recollections}


async def reflect(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """The top agent takes in what was said."""
    mind = runtime.context
    asking = mind.top.reflect(Reflect(**_situation(state, mind)))
    return {"reflection": await _contributed(mind, "reflect", "top", asking)}


async def think(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """The thinking agent works out what is going on."""
    mind = runtime.context
    asking = mind.thinking.think(Think(**_situation(state, mind)))
    return {"thought": await _contributed(mind, "think", "thinking", asking)}


async def feel(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """The emotion agent feels."""
    mind = runtime.context
    asking = mind.emotion.feel(Feel(**_situation(state, mind)))
    return {"feeling": await _contributed(mind, "feel", "emotion", asking)}


async def _contributed(
    mind: Mind, phase: PhaseName, agent: Agent, asking: Awaitable[Answer[ValueT]]
) -> Contribution[ValueT]:
    mind.tell(phase, "started")
    contributed = await contribution(agent, asking)
    mind.tell(phase, "finished")
    return contributed


async def recall_more(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
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


async def respond(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """The top agent says what the person says."""
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


async def remember(state: TurnState, runtime: Runtime[Mind]) -> TurnState:
    """Put the turn together, and carry the conversation on."""
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
