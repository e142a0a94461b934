"""How long the program takes to start, and what it imports for that."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.figure import Figure, at_most, for_scale
from benchmarks.homes import scratch_home

HEAVY = ("torch", "chromadb", "langgraph", "langchain_core", "sentence_transformers", "transformers", "onnxruntime")
REPEATS = 5

SIMULACRA = [sys.executable, str(Path(sys.executable).with_name("simulacra"))]
IMPORT = [sys.executable, "-c", "import simulacra"]
HELP = [*SIMULACRA, "--help"]
CHAT = [*SIMULACRA, "chat", "mara-lindqvist", "--say", "Hello", "--backbone", "reflex"]


def figures() -> Iterator[Figure]:
    nothing = _seconds([sys.executable, "-c", "pass"])
    for what, command in (("import simulacra", IMPORT), ("simulacra --help", HELP)):
        heavy = _heavy_imports(command)
        note = f"imports {', '.join(heavy)}" if heavy else "no heavy import"
        figure = at_most(what, _seconds(command), 0.5, " s", note)
        yield Figure(figure.what, figure.measured, figure.reach, bool(figure.met and not heavy))
    for embedder, how in (("ngrams", "core install"), (None, "installed embedder")):
        with scratch_home(embedder):
            first = _timed(CHAT)
            note = f"first {first:.1f} s"
            yield at_most(f"simulacra chat --say Hello, second start, {how}", _seconds(CHAT), 2.5, " s", note)
    yield for_scale("python -c pass", nothing, " s")


def _seconds(command: Sequence[str]) -> float:
    """The best of a few runs."""
    return min(_timed(command) for _ in range(REPEATS))


def _timed(command: Sequence[str]) -> float:
    started = time.perf_counter()
    _run(command)
    return time.perf_counter() - started


def _heavy_imports(command: Sequence[str]) -> list[str]:
    python, *rest = command
    imported = {line.rpartition("|")[2].strip() for line in _run([python, "-X", "importtime", *rest]).splitlines()}
    return sorted(imported.intersection(HEAVY))


def _run(command: Sequence[str]) -> str:
    """Run a command to its end and return what it wrote to stderr."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True)
    return done.stderr
