"""What the commands print, and where: results on stdout, everything said beside them on stderr."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulacra.errors import SimulacraError

if TYPE_CHECKING:
    from rich.console import Console

    from simulacra.domain.conversation import Usage

_LONGEST_COMPLAINT = 1_500
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters but tab and line feed: in a story or a reply they could steer the terminal."""


def screen() -> Console:
    """Where results go."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def margin() -> Console:
    """Where everything goes that is said beside the results."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def plain(text: str) -> str:
    """The text without control characters."""
    return _CONTROLS.sub("", text)


def print_json(record: Mapping[str, Any]) -> None:
    """Print one JSON line."""
    print(json.dumps(record, ensure_ascii=False), flush=True)


def complain(sentence: str) -> None:
    """Say on stderr what went wrong."""
    if len(sentence) > _LONGEST_COMPLAINT:
        sentence = f"{sentence[: _LONGEST_COMPLAINT // 2]} … {sentence[-_LONGEST_COMPLAINT // 2 :]}"
    print(plain(sentence), file=sys.stderr)


def complain_of(error: Exception) -> None:
    """Say on stderr what went wrong, in a sentence; with its traceback when debugging."""
    if logging.getLogger("simulacra").isEnabledFor(logging.DEBUG):
        traceback.print_exception(error)
    else:
        complain(_sentence(error))


def _sentence(error: Exception) -> str:
    if isinstance(error, SimulacraError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror or error}. Check the path, its rights and the room on its disk."
    from simulacra.backbones.redaction import redacted

    words = redacted(f"{type(error).__name__}: {error}", os.environ.get("OPENAI_API_KEY", ""))
    return f"Something went wrong that was not foreseen ({words}). 'simulacra --debug ...' shows where."


def note(sentence: str) -> None:
    """Say something discreetly on stderr."""
    margin().print(plain(sentence), style="dim", soft_wrap=True)


def price(usage: Usage) -> str:
    """Calls, tokens and money in words."""
    calls = f"{usage.calls:,} call{'' if usage.calls == 1 else 's'}"
    if not usage.calls:
        return f"{calls}, {usage.cached:,} answered by the ledger" if usage.cached else calls
    parts = [calls]
    if usage.prompt_tokens or usage.completion_tokens:
        parts.append(f"{usage.prompt_tokens:,} tokens in, {usage.completion_tokens:,} out")
    if usage.cost is None or usage.cost:
        parts.append("price unknown" if usage.cost is None else f"${usage.cost:.4f}")
    if usage.cached:
        parts.append(f"{usage.cached:,} more answered by the ledger")
    return ", ".join(parts)
