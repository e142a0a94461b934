"""Cards: how values look in a notebook.

Styles stand in the elements, because notebooks drop style sheets; colours follow the notebook's own, light or dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_CELL = "text-align:left;vertical-align:top;padding:.2em .8em .2em 0;border:none;background:none"


def card(*parts: str) -> str:
    """Parts, already HTML, below one another."""
    return f'<div style="max-width:52em;line-height:1.45;margin:.3em 0 1em">{"".join(parts)}</div>'


def table(rows: Mapping[str, str]) -> str:
    """One row for each name; the contents are HTML already, and empty ones are left out."""
    cells = "".join(
        f'<tr style="background:none"><td style="{_CELL};opacity:.6;white-space:nowrap">{escape(name)}</td>'
        f'<td style="{_CELL};white-space:normal">{content}</td></tr>'
        for name, content in rows.items()
        if content
    )
    return f'<table style="border:none;border-collapse:collapse;margin:.3em 0">{cells}</table>'


def title(text: str) -> str:
    """The first line of a card."""
    return f'<div style="font-size:1.15em;font-weight:600">{escape(text)}</div>'


def faint(text: str) -> str:
    """What stands beside the matter."""
    return f'<span style="opacity:.6;font-size:.9em">{escape(text)}</span>'


def quotation(text: str) -> str:
    """What was said."""
    return (
        '<div style="border-left:3px solid #8a9ba8;padding:.15em 0 .15em .8em;margin:.4em 0;white-space:pre-line">'
        f"{escape(text)}</div>"
    )


def listed(items: list[str]) -> str:
    """Items, already HTML, below one another."""
    return "".join(f'<div style="margin-bottom:.2em">{item}</div>' for item in items)
