"""The command ``simulacra``. Thin: parse, call, render."""

from __future__ import annotations

from simulacra.cli.app import main

__all__ = ["main"]
