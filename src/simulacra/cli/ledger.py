"""``simulacra ledger``: what was asked, what it cost, and the whole record."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.cli.options import AsJson, home_of
from simulacra.cli.output import note, plain, print_json, screen
from simulacra.errors import LedgerError

if TYPE_CHECKING:
    from simulacra.backbones.ledger import Entry, Ledger, Tally

app = typer.Typer(help="What was asked of models, what it cost, and the whole record.")

Grouping = Annotated[str, typer.Option(help="Columns to add up by: character, task, backbone, agent, endpoint, ...")]

_GROUPING = "character,task,backbone"


@app.callback(invoke_without_command=True)
def _group(ctx: typer.Context, by: Grouping = _GROUPING, json: AsJson = False) -> None:
    if ctx.invoked_subcommand is None:
        stats(ctx, by, json)


@app.command()
def stats(ctx: typer.Context, by: Grouping = _GROUPING, json: AsJson = False) -> None:
    """Add up calls, tokens, money and time."""
    columns = [column.strip() for column in by.split(",") if column.strip()]
    with _ledger(ctx) as ledger:
        tallies = ledger.stats(columns) if ledger else []
    if json:
        for tally in tallies:
            print_json(asdict(tally))
    elif tallies:
        _print_table(columns, tallies)


@app.command()
def show(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="The first digits of the call's key.", show_default=False)],
    json: AsJson = False,
) -> None:
    """Show one call whole: what was sent, what came back."""
    with _ledger(ctx) as ledger:
        if ledger is None:
            raise LedgerError(f"There is no call {key!r}.")
        entry = ledger.show(key)
    if json:
        print_json(asdict(entry) | {"messages": [each.model_dump() for each in entry.messages]})
    else:
        _print_entry(entry)


@app.command()
def export(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The file to write. Default: stdout.", show_default=False)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines, as it does in any case.")] = False,
) -> None:
    """Write every call as a line of JSON."""
    with _ledger(ctx) as ledger:
        if ledger is None:
            return
        if out is None:
            ledger.export(sys.stdout)
            return
        with out.open("w", encoding="utf-8") as file:
            written = ledger.export(file)
    note(f"{written:,} calls written to {out}.")


@contextmanager
def _ledger(ctx: typer.Context) -> Iterator[Ledger | None]:
    """The ledger, opened to read; None, and a word about it, where nothing was recorded yet."""
    from simulacra.backbones.ledger import Ledger

    path = home_of(ctx).ledger_file
    if not path.exists():
        note(f"No call was recorded in {path.parent} yet.")
        yield None
        return
    ledger = Ledger(path, replay=True)
    try:
        yield ledger
    finally:
        ledger.close()


def _print_table(columns: list[str], tallies: list[Tally]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for column in ("calls", "tokens in", "out", "cost", "seconds"):
        table.add_column(column, justify="right")
    for tally in tallies:
        cost = f"${tally.cost:.4f}" + (f" + {tally.unpriced} unpriced" if tally.unpriced else "")
        sums = (
            f"{tally.calls:,}",
            f"{tally.prompt_tokens:,}",
            f"{tally.completion_tokens:,}",
            cost,
            f"{tally.seconds:.1f}",
        )
        table.add_row(*(tally.group[column] or "–" for column in columns), *sums)
    screen().print(table)


def _print_entry(entry: Entry) -> None:
    console = screen()
    console.print(f"{entry.key}", style="bold")
    console.print(
        f"{entry.time}  {entry.backbone} {entry.endpoint}  {entry.agent} agent, {entry.task} ({entry.version}), "
        f"{entry.character or 'nobody'}, sample {entry.sample}, {entry.seconds:.2f} s, finish {entry.finish}",
        style="dim",
    )
    for message in entry.messages:
        console.print(f"\n{message.role}", style="bold")
        console.print(plain(message.content), soft_wrap=True)
    console.print("\nanswer", style="bold")
    console.print(plain(entry.answer), soft_wrap=True)
