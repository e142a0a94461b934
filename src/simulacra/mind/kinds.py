"""The kinds of mind, and the paces of a turn."""

from __future__ import annotations

from typing import Literal

MindKind = Literal["macm", "rag", "prompt", "none"]
"""The four agents (Human Simulacra, section 4), and the paper's three baselines (section 6.2)."""

Style = Literal["agents", "fused"]
"""Memory construction by the paper's separate calls, or by one call a chunk (ours)."""

Pace = Literal["swift", "paper"]
"""Two model calls deep (ours), or the paper's strict order, three deep."""
