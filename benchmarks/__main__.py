"""Run the benchmarks, each in a process of its own, and print one table."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure, figures_of

ALL = ("turns", "own_cpu", "construction", "prompts", "recall", "many", "starting")
ALONE = ("fresh_clone", "backbones")
"""Not part of ``make bench``: the one needs the package index, the other only gives the scale."""

WIDTH = 120


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(ALL)} (the default); {', '.join(ALONE)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there as well")
    options = parser.parse_args()
    if unknown := set(options.names) - {*ALL, *ALONE}:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    console = Console(width=WIDTH)
    results = dict(_results(options.names or ALL))
    console.print(_table(results))
    console.print(f"\n{_circumstances()}", style="dim", highlight=False)
    if options.json:
        rows = [{"benchmark": name, **asdict(figure)} for name, figures in results.items() for figure in figures]
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any(figure.met is False for figures in results.values() for figure in figures))


def _circumstances() -> str:
    """Where and when it was measured, and how busy the machine was: wall clocks say nothing without that."""
    return (
        f"{date.today()}, Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, "
        f"load over the last 15 minutes {os.getloadavg()[2]:.1f}"
    )


def _results(names: tuple[str, ...]) -> Iterator[tuple[str, list[Figure]]]:
    for name in names:
        with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as process:
            yield name, process.submit(figures_of, name).result()


def _table(results: dict[str, list[Figure]]) -> Table:
    table = Table("", "what", "reach", "measured", "ok", box=None, header_style="bold")
    for name, figures in results.items():
        for place, figure in enumerate(figures):
            ok = {True: "[green]yes", False: "[red]no", None: ""}[figure.met]
            table.add_row("" if place else name, figure.what, figure.reach, figure.measured, ok)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
