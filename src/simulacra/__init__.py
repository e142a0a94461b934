"""Simulate individual people with language models.

>>> from simulacra import Simulacrum
>>> mara = Simulacrum.load("mara-lindqvist")
>>> turn = mara.chat("Do you still paint?")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulacra.domain.character import Character
    from simulacra.domain.conversation import Delta, Phase, Turn
    from simulacra.domain.memory import Memory, Recollection
    from simulacra.errors import SimulacraError
    from simulacra.mind.session import Session
    from simulacra.mind.simulacrum import Simulacrum

__version__ = "0.1.0"

__all__ = ["Character", "Delta", "Memory", "Phase", "Recollection", "Session", "SimulacraError", "Simulacrum", "Turn"]

_MODULES = {
    "Character": "domain.character",
    "Delta": "domain.conversation",
    "Memory": "domain.memory",
    "Phase": "domain.conversation",
    "Recollection": "domain.memory",
    "Session": "mind.session",
    "SimulacraError": "errors",
    "Simulacrum": "mind.simulacrum",
    "Turn": "domain.conversation",
}


def __getattr__(name: str) -> Any:
    # Looked up when asked for: "simulacra --help" and a program that needs one name do not pay for all of them.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
