from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from simulacra.cli.app import app
from simulacra.domain.character import Character
from simulacra.domain.folder import write_character

COMMAND = [sys.executable, "-c", "from simulacra.cli import main; main()"]
LONGEST_WAIT = 60.0

Run = Callable[..., Result]
RunProcess = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _quick_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "ngrams")


@pytest.fixture
def home(small_character: Character, tmp_path: Path) -> Path:
    """A data folder with one character of the user's own, ilse-verhaegen."""
    write_character(small_character, tmp_path / "home" / "characters")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    """Runs a command in this process."""
    return lambda *args, **more: CliRunner().invoke(app, list(args), **more)


@pytest.fixture
def run_process(home: Path) -> RunProcess:
    """Runs a command in a process of its own."""

    def start(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *args], capture_output=True, text=True, check=False, timeout=LONGEST_WAIT, **more
        )

    return start


def lines(output: str) -> list[dict[str, Any]]:
    """The JSON lines of an output."""
    return [json.loads(line) for line in output.splitlines()]


class Terminal:
    """A command at a terminal of its own.

    Attributes:
        text: What was on the screen so far, without colours and the like.
    """

    def __init__(self, *args: str) -> None:
        self.process, self._screen = pty.fork()
        if self.process == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # test runners ignore Ctrl-C, and children inherit that
            os.environ.update(TERM="xterm", COLUMNS="80")
            os.execv(COMMAND[0], [*COMMAND, *args])
        self._raw = b""
        self._seen = 0

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r|[\x01\x02]", "", self._raw.decode(errors="replace"))

    def see(self, words: str) -> str:
        """Wait until these words come after what was seen before, and return what came up to them."""
        end = time.monotonic() + LONGEST_WAIT
        while words not in self.text[self._seen :]:
            assert self._read() and time.monotonic() < end, f"{words!r} never came: {self.text[self._seen :]}"
        start, self._seen = self._seen, self.text.index(words, self._seen) + len(words)
        return self.text[start : self._seen]

    def type(self, line: str) -> None:
        os.write(self._screen, f"{line}\n".encode())

    def press(self, key: bytes) -> None:
        os.write(self._screen, key)

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], LONGEST_WAIT)
        try:
            piece = os.read(self._screen, 65_536) if ready else b""
        except OSError:  # how Linux says that the other end is gone
            return False
        self._raw += piece
        return bool(piece)


@pytest.fixture
def terminal(home: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens commands at terminals; what still runs at the end of the test is killed."""
    opened: list[Terminal] = []

    def open_terminal(*args: str) -> Terminal:
        opened.append(Terminal(*args))
        return opened[-1]

    yield open_terminal
    for each in opened:
        try:
            each.kill()
            os.waitpid(each.process, 0)
        except (ProcessLookupError, ChildProcessError):
            continue
