"""``make chat`` in a fresh clone with nothing cached: how long to the first prompt, and how much it installs.

Needs the package index, and so is no part of ``make bench``.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, at_most

REPOSITORY = Path(__file__).parent.parent
PROMPT = b"You:"
"""What the conversation asks its user with."""

CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "XDG_CACHE_HOME", "SIMULACRA_HOME")
PATIENCE = 600


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "simulacra"
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
        environment = os.environ | {name: f"{folder}/{name}" for name in CACHES}
        started = time.perf_counter()
        _until_prompt(clone, environment)
        yield at_most("make chat in a fresh clone, to the first prompt", time.perf_counter() - started, 120, " s")
        files = (path.lstat() for path in (clone / ".venv").rglob("*"))
        yield at_most("what it installs", sum(each.st_blocks for each in files) * 512 / 1e6, 700, " MB")


def _until_prompt(clone: Path, environment: dict[str, str]) -> None:
    """Run ``make chat`` at a terminal until it asks for words."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["make", "chat"], cwd=clone, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as made:
        os.close(theirs)
        shown = b""
        try:
            while PROMPT not in shown:
                if not select.select([ours], [], [], PATIENCE)[0]:
                    raise TimeoutError(f"make chat showed nothing for {PATIENCE} s.")
                shown += os.read(ours, 4096)
        except OSError as error:
            raise RuntimeError(
                f"make chat ended before it asked for words: {shown.decode(errors='replace')}"
            ) from error
        finally:
            os.killpg(made.pid, signal.SIGKILL)
            os.close(ours)
