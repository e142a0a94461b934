"""``simulacra memory``: build, search, count and export what a character remembers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.cli.options import AsJson, BackboneSpec, MaxCalls, MaxCost, Name, Sample, home_of
from simulacra.cli.output import note, plain, price, print_json, screen
from simulacra.mind.kinds import Style

if TYPE_CHECKING:
    from simulacra.domain.memory import Recollection
    from simulacra.mind.simulacrum import Simulacrum

app = typer.Typer(help="Build, search, count and export what a character remembers.", no_args_is_help=True)


@app.command()
def build(
    ctx: typer.Context,
    name: Name,
    style: Annotated[Style, typer.Option(help="The paper's separate calls, or one call a chunk.")] = "agents",
    parallel: Annotated[int, typer.Option(min=1, help="How many chunks are under way at once.")] = 32,
    backbone: BackboneSpec = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what it would cost.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Make every memory anew; what the ledger has is not asked again.")
    ] = False,
    sample: Sample = 0,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    json: AsJson = False,
) -> None:
    """Make the long-term memory out of the life story.

    A build that was stopped goes on where it was, and one that is complete costs nothing.
    """
    from simulacra import Simulacrum

    home = home_of(ctx, max_cost, max_calls)
    simulacrum = Simulacrum.load(home.character(name), backbone=backbone, home=home.path, sample=sample)
    if estimate:
        _print_estimate(simulacrum, style, json)
        return
    shown = not json and sys.stderr.isatty()
    if shown and (expected := simulacrum.memory.estimate(style=style)).calls:
        note(f"About {price(expected)}.")
    built = simulacrum.memory.build(style=style, parallel=parallel, progress=shown, again=again)
    if json:
        print_json({"character": simulacrum.character.id, **built.model_dump(mode="json")})
    else:
        print(f"{built.made} memories made, {built.kept} kept, {built.removed} removed; {price(built.usage)}.")
        if repaired := built.counts.repaired + built.counts.parsed:
            print(f"{repaired} of {built.counts.asked} answers could be read only after a repair.")


@app.command()
def search(
    ctx: typer.Context,
    name: Name,
    query: Annotated[str, typer.Argument(help="Words, a question or a name.", show_default=False)],
    k: Annotated[int, typer.Option("--k", "-k", min=1, help="How many memories at most.")] = 5,
    stage: Annotated[str | None, typer.Option(help="Only memories of this stage.", show_default=False)] = None,
    json: AsJson = False,
) -> None:
    """Search the memory as the character would."""
    found = _simulacrum(ctx, name).memory.search(query, k=k, stage=stage)
    if json:
        for each in found:
            print_json(each.model_dump(mode="json"))
    elif found:
        print_recollections(found)
    else:
        note("Nothing comes to mind.")


@app.command()
def stats(ctx: typer.Context, name: Name, json: AsJson = False) -> None:
    """Count the memories, by kind and stage."""
    home = home_of(ctx)
    character = home.character(name)
    counted = home.store.stats(character.id)
    if json:
        print_json({"character": character.id, **counted.model_dump(mode="json")})
        return
    print(f"{counted.memories} memories, embedded with {counted.embedder}, {counted.cached_bytes / 1024:,.0f} KB")
    for title, groups in (("by kind", counted.kinds), ("by stage", counted.stages)):
        if groups:
            print(f"{title}: " + ", ".join(f"{group or 'none'} {count}" for group, count in groups.items()))


@app.command()
def export(
    ctx: typer.Context,
    name: Name,
    out: Annotated[Path | None, typer.Option(help="The file to write. Default: stdout.", show_default=False)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines, as it does in any case.")] = False,
) -> None:
    """Write every memory as a line of JSON."""
    lines = _simulacrum(ctx, name).memory.export(out)
    if out is None:
        sys.stdout.write(lines)
    else:
        note(f"{lines.count(chr(10)):,} memories written to {out}.")


def print_recollections(found: list[Recollection]) -> None:
    """Show memories with their scores, the best first."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    for each in found:
        memory = each.memory
        where = " · ".join(
            part for part in (memory.stage or "", f"{memory.source.kind} {memory.source.position}") if part
        )
        terms = ", ".join(f"{name} {value:.2f}" for name, value in each.terms.items() if value)
        words = Text(plain(memory.summary or memory.content))
        words.append(f"\n{where}" + (f" · {terms}" if terms else ""), style="dim")
        table.add_row(f"{each.score:.3f}", words)
    screen().print(table)


def _simulacrum(ctx: typer.Context, name: str) -> Simulacrum:
    from simulacra import Simulacrum

    home = home_of(ctx)
    return Simulacrum.load(home.character(name), home=home.path)


def _print_estimate(simulacrum: Simulacrum, style: Style, json: bool) -> None:
    expected = simulacrum.memory.estimate(style=style)
    if json:
        whose = {"character": simulacrum.character.id, "backbone": simulacrum.backbone.spec, "style": style}
        print_json(whose | expected.model_dump(mode="json", exclude={"seconds"}))
    else:
        print(f"About {price(expected)}.")
