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
def scratch_home(embedder: str = "ngrams") -> Iterator[str]:
    """A new data folder for this process, without an embedding model unless one is named."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {HOME: folder, EMBEDDER: embedder, "ANONYMIZED_TELEMETRY": "False"}
        yield folder


def remembering(character: Character, style: Style = "fused", backbone: str = BACKBONE) -> Simulacrum:
    """A simulacrum whose long-term memory is built."""
    simulacrum = Simulacrum.load(character, backbone=backbone)
    simulacrum.memory.build(style=style, progress=False)
    return simulacrum
