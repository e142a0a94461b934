"""Simulate individual people with language models.

>>> from simulacra import Simulacrum
>>> mara = Simulacrum.load("mara-lindqvist")
>>> turn = mara.chat("Do you still paint?")
"""

from __future__ import annotations

from simulacra.domain.character import Character
from simulacra.domain.conversation import Delta, Phase, Turn
from simulacra.domain.memory import Memory, Recollection
from simulacra.errors import SimulacraError
from simulacra.mind.session import Session
from simulacra.mind.simulacrum import Simulacrum

__version__ = "0.1.0"

__all__ = ["Character", "Delta", "Memory", "Phase", "Recollection", "Session", "SimulacraError", "Simulacrum", "Turn"]
