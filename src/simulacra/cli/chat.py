"""``simulacra chat``: talk to a character, at the prompt, with ``--say``, or through a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.cli.options import AsJson, BackboneSpec, MaxCalls, MaxCost, Name, Sample, home_of
from simulacra.cli.output import plain, print_json
from simulacra.errors import UsageError
from simulacra.mind.kinds import MindKind, Pace

if TYPE_CHECKING:
    from simulacra.domain.conversation import Turn
    from simulacra.mind.simulacrum import Simulacrum


def chat(
    ctx: typer.Context,
    name: Name,
    say: Annotated[
        list[str] | None,
        typer.Option(help="Say this, print the reply and leave; may be given many times.", show_default=False),
    ] = None,
    mind: Annotated[MindKind, typer.Option(help="The four agents, or one of the paper's baselines.")] = "macm",
    pace: Annotated[Pace, typer.Option(help="Two model calls deep, or the paper's strict order, three.")] = "swift",
    backbone: BackboneSpec = None,
    stage: Annotated[str | None, typer.Option(help="Talk to the person as they were then.", show_default=False)] = None,
    session: Annotated[str, typer.Option(help="The conversation to go on with; saved under this id.")] = "main",
    new: Annotated[bool, typer.Option("--new", help="Begin a new conversation, saved under an id of its own.")] = False,
    unsaved: Annotated[bool, typer.Option("--unsaved", help="Begin a conversation that is not saved.")] = False,
    speaker: Annotated[str, typer.Option(help="Who you are to the character.")] = "visitor",
    sample: Sample = 0,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    json: AsJson = False,
) -> None:
    """Talk to a character.

    At a terminal this opens a conversation. With --say, or with lines from a pipe, only the replies are printed.
    """
    from simulacra import Simulacrum

    home = home_of(ctx, max_cost, max_calls)
    character = home.character(name)
    simulacrum = Simulacrum.load(
        character, mind=mind, pace=pace, backbone=backbone, home=home.path, stage=stage, sample=sample
    )
    id = _session_id(session, new=new, unsaved=unsaved)
    if say or json or not sys.stdin.isatty():
        _speak(simulacrum, id, say or _lines(sys.stdin), speaker, json)
    else:
        from simulacra.cli.conversation import Conversation

        Conversation(character, simulacrum, id, speaker).run()


def turn_record(character: str, turn: Turn) -> dict[str, Any]:
    """A turn as it is printed with ``--json``."""
    record = turn.model_dump(mode="json", exclude={"recalled", "mood"})
    recalled = [
        {
            "id": each.memory.id,
            "summary": each.memory.summary or each.memory.content,
            "stage": each.memory.stage,
            "score": each.score,
            "terms": each.terms,
        }
        for each in turn.recalled
    ]
    mood = {"valence": turn.mood.valence, "word": turn.mood.word}
    return {"character": character, **record, "recalled": recalled, "mood": mood}


def _speak(simulacrum: Simulacrum, id: str, stimuli: Iterable[str], speaker: str, json: bool) -> None:
    """Say one thing after the other and print the replies."""
    session = simulacrum.session(id)
    for stimulus in stimuli:
        turn = session.chat(stimulus, speaker=speaker)
        if json:
            print_json(turn_record(simulacrum.character.id, turn))
        else:
            print(plain(turn.reply), flush=True)
    session.settle()


def _lines(source: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in source if line.strip())


def _session_id(session: str, *, new: bool, unsaved: bool) -> str:
    if new and unsaved:
        raise UsageError("--new begins a conversation that is saved, --unsaved one that is not: choose one of them.")
    if new:
        return f"{datetime.now():%Y-%m-%d-%H%M%S}"
    return "" if unsaved else session
