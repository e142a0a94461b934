"""Data folders that are gone after the benchmark, and people in them who have their memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from simulacra import Character
from simulacra.mind.home import EMBEDDER, HOME
from simulacra.mind.kinds import Style
from simulacra.mind.simulacrum import Simulacrum

BACKBONE = "openai:fake"


@contextmanager
def scratch_home(embedder: str | None = "ngrams") -> Iterator[str]:
    """A new data folder and a new cache for this process and those it starts.

    Args:
        embedder: None for the one that is installed.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {HOME: folder, "XDG_CACHE_HOME": f"{folder}/cache", "ANONYMIZED_TELEMETRY": "False"}
        os.environ.pop(EMBEDDER, None)
        if embedder:
            os.environ[EMBEDDER] = embedder
        yield folder


def remembering(character: Character, style: Style = "fused", backbone: str = BACKBONE) -> Simulacrum:
    """A simulacrum whose long-term memory is built."""
    simulacrum = Simulacrum.load(character, backbone=backbone)
    simulacrum.memory.build(style=style, progress=False)
    return simulacrum
