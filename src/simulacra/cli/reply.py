"""A reply as it comes: what the agents are doing, then the words, wrapped at the edge of the screen."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from simulacra.cli.output import plain
from simulacra.domain.conversation import Phase, Turn

_DOING = {
    "recall": "remembering",
    "reflect": "taking it in",
    "think": "thinking",
    "feel": "feeling",
    "respond": "finding words",
}


class ReplyView:
    """Shows one reply on a console.

    Args:
        console: Where to.
        name: Whose reply it is.
    """

    def __init__(self, console: Console, name: str) -> None:
        self._console, self._name = console, name
        self._status = Status("", console=console, spinner="dots", spinner_style="dim")
        self._doing: list[str] = []
        self._begun = self._hidden = False
        self._column = 0
        self._waiting = ""

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()
        if self._begun and error is not None:
            self._console.print()

    def phase(self, phase: Phase) -> None:
        """An agent has begun or finished."""
        words = _DOING[phase.name]
        if phase.state == "started":
            self._doing.append(words)
        elif words in self._doing:
            self._doing.remove(words)
        if not self._hidden:
            self._status.update(Text(", ".join(self._doing), style="dim"))

    def text(self, piece: str) -> None:
        """The next words of the reply have come; a word is shown when it is whole."""
        if self._hidden:
            return
        if not self._begun:
            self._status.stop()
            self._begun = True
            self._write(Text(f"{self._name}: ", style="bold"))
        *whole, self._waiting = re.split(r"(?<=\s)(?=\S)", self._waiting + plain(piece))
        for word in whole:
            self._word(word)

    def end(self, turn: Turn) -> None:
        """The turn is over and saved."""
        if self._hidden:
            self._console.print(f"{self._name} has finished; /why shows what went on.", style="dim")
            return
        self._word(self._waiting)
        self._console.print("\n")
        if turn.failures:
            missing = len(turn.failures)
            agents = "one agent" if missing == 1 else f"{missing} agents"
            self._console.print(f"({agents} gave no readable answer: /why)", style="dim yellow")

    def hide(self) -> None:
        """Show nothing more of this reply."""
        self._hidden = True
        self._status.stop()
        self._console.print(f"\n… {self._name} finishes the turn unseen; Ctrl-C again leaves.", style="dim")

    def _word(self, word: str) -> None:
        length = len(word.rstrip())
        if self._column and self._column + length > self._console.width:
            self._console.print()
            self._column = 0
        self._write(Text(word))

    def _write(self, text: Text) -> None:
        self._console.print(text, end="", soft_wrap=True)
        head, newline, tail = text.plain.rpartition("\n")
        self._column = len(tail) if newline else self._column + len(head or tail)
