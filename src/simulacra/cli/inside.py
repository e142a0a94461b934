"""What went on inside a turn, laid out for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulacra.cli.output import plain, price

if TYPE_CHECKING:
    from rich.table import Table

    from simulacra.domain.conversation import Counts, Turn

_KNOWLEDGE = {"known": "", "partly": "can know it only in part", "unknown": "cannot know it"}


def inside(turn: Turn) -> Table:
    """A table of what each agent contributed to a turn, what it cost and what failed."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    for name, contribution in _contributions(turn):
        table.add_row(name, Text(plain(contribution)))
    for position, each in enumerate(turn.recalled):
        words = Text(plain(each.memory.summary or each.memory.content))
        words.append(f"  {each.score:.3f}" + (f" · {each.memory.stage}" if each.memory.stage else ""), style="dim")
        table.add_row("recalled" if position == 0 else "", words)
    table.add_row("mood", f"{turn.mood.word} ({turn.mood.valence:+.2f})")
    table.add_row("usage", price(turn.usage))
    if unusual := _unusual(turn.counts):
        table.add_row("answers", unusual)
    for failure in turn.failures:
        table.add_row("failed", Text(plain(failure), style="yellow"))
    return table


def _contributions(turn: Turn) -> list[tuple[str, str]]:
    found = []
    if turn.reflection:
        words = (", ".join(turn.reflection.key_elements), _KNOWLEDGE[turn.reflection.knowledge])
        found.append(("reflection", "; ".join(part for part in words if part) or "nothing in particular"))
        if turn.reflection.false_premise:
            found.append(("not so", turn.reflection.false_premise))
    if turn.thought:
        found.append(("thought", turn.thought.text))
    if turn.emotion:
        found.append(("feeling", f"{turn.emotion.text} ({turn.emotion.valence:+.2f})"))
    return found


def _unusual(counts: Counts) -> str:
    parts = {
        "repaired": counts.repaired,
        "taken out of plain text": counts.parsed,
        "not readable at all": counts.fallbacks,
        "refused": counts.refusals,
    }
    return ", ".join(f"{number} of {counts.asked} {what}" for what, number in parts.items() if number)
