"""The fake endpoint in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

Request = dict[str, Any]


class Endpoint:
    """What the fake endpoint was asked."""

    def __init__(self, port: int, log: Path) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self._log = log
        self._read = 0

    @property
    def base_url(self) -> str:
        return f"{self.root}/v1"

    def statistics(self) -> dict[str, Any]:
        """Sums over all requests since the last ``reset``."""
        with urlopen(f"{self.root}/stats") as answer:
            return dict(json.load(answer))

    def reset(self) -> None:
        """Forget the sums, and which prompts were seen."""
        urlopen(f"{self.root}/reset").close()

    def requests(self) -> list[Request]:
        """Every request since the last time, in the order in which they were answered."""
        self.statistics()  # writes the log whole
        lines = self._log.read_text().splitlines()
        fresh, self._read = lines[self._read :], len(lines)
        return [json.loads(line) for line in fresh]


@contextmanager
def endpoint(**options: float) -> Iterator[Endpoint]:
    """Start the fake endpoint with options (``latency_ms=100``), and make it the one that ``openai:`` means."""
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "requests.jsonl"
        command = [sys.executable, "-m", "benchmarks.fake_openai", f"--log={log}", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                started = Endpoint(int(process.stdout.readline()), log)
                os.environ |= {"OPENAI_BASE_URL": started.base_url, "OPENAI_API_KEY": "none"}
                yield started
            finally:
                process.terminate()


def depth(requests: Sequence[Request]) -> int:
    """How many calls deep a turn was: the longest chain of requests that began after the one before had ended."""
    deep, ended = 0, 0.0
    for request in sorted(requests, key=lambda each: each["t_out"]):
        if request["t_in"] >= ended:
            deep, ended = deep + 1, request["t_out"]
    return deep
