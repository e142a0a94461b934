"""One row of the table: what was measured, what it should reach, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Figure:
    """A measured figure.

    Attributes:
        what: What was measured.
        measured: In words, with the unit.
        reach: What it should reach; empty where it only gives the scale.
        met: Whether it does; None where it only gives the scale.
    """

    what: str
    measured: str
    reach: str = ""
    met: bool | None = None


def at_most(what: str, measured: float, limit: float, unit: str, note: str = "") -> Figure:
    """A figure that should not be above a limit."""
    return Figure(what, _words(measured, unit, note), f"≤ {_number(limit)}{unit}", measured <= limit)


def at_least(what: str, measured: float, limit: float, unit: str, note: str = "") -> Figure:
    """A figure that should not be below a limit."""
    return Figure(what, _words(measured, unit, note), f"≥ {_number(limit)}{unit}", measured >= limit)


def for_scale(what: str, measured: float, unit: str, note: str = "") -> Figure:
    """A figure that only gives the scale of the others."""
    return Figure(what, _words(measured, unit, note))


def figures_of(benchmark: str) -> list[Figure]:
    """All figures of a benchmark, by its module's name."""
    return list(import_module(f"benchmarks.{benchmark}").figures())


def _words(measured: float, unit: str, note: str) -> str:
    return f"{_number(measured)}{unit}{f' ({note})' if note else ''}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
