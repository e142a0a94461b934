"""A conversation at the terminal."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from rich.panel import Panel
from rich.text import Text

from simulacra.cli.inside import inside
from simulacra.cli.memory import print_recollections
from simulacra.cli.output import complain_of, plain, price, screen
from simulacra.cli.reply import ReplyView
from simulacra.domain.character import Character
from simulacra.domain.conversation import Delta, Phase, Turn
from simulacra.errors import MemoryNotBuiltError
from simulacra.mind import runner
from simulacra.mind.simulacrum import Simulacrum

_HELP = """\
/why             what went on inside at the last reply
/memory QUERY    what comes to mind about something
/stage [NAME]    talk to the person at another time of life; without a name, which there are
/mood            how the person feels
/help            this list
/quit            leave (also Ctrl-D)"""


class Conversation:
    """Talks with one person until the user leaves.

    Args:
        character: The person with the whole life.
        simulacrum: The person at the stage to begin with.
        id: The id under which the conversation is saved; empty for one that is not saved.
        speaker: Who talks to them.
    """

    def __init__(self, character: Character, simulacrum: Simulacrum, id: str, speaker: str) -> None:
        self._character, self._speaker = character, speaker
        self._console = screen()
        self._begin(simulacrum, id)

    def run(self) -> None:
        """Open, talk, and leave with a word of goodbye."""
        self._open()
        with suppress(EOFError, KeyboardInterrupt), _line_history(self._simulacrum.home.path / "chat-history"):
            while True:
                line = input(_prompt()).strip()
                if line in ("/quit", "/exit"):
                    break
                if line:
                    self._take(line)
        self._console.print(f"\n{self._given_name}: goodbye.", style="dim")
        self._session.settle()

    # ------------------------------------------------------------ opening

    def _begin(self, simulacrum: Simulacrum, id: str) -> None:
        self._simulacrum = simulacrum
        self._session = simulacrum.session(id)
        self._last: Turn | None = None

    def _open(self) -> None:
        self._introduce_person()
        self._introduce_machine()
        self._make_ready()
        self._tell_of_other_maker()
        self._tell_of_earlier_turns()
        self._say("/help shows what else you can do.\n")

    def _introduce_person(self) -> None:
        profile = self._simulacrum.character.profile
        card = Text(f"{profile.age}, {profile.occupation}\n")
        card.append(profile.family_background, style="dim")
        self._console.print(Panel(card, title=profile.name, title_align="left", border_style="dim", width=self._width))

    def _introduce_machine(self) -> None:
        self._say(f"{self._given_name} is a computer-made person; nobody real is answering.")
        if self._simulacrum.backbone.spec == "reflex":
            self._say(
                "The answers come from rules over a written life (reflex). For a language model: "
                f"simulacra chat {self._character.id} --backbone openai:MODEL"
            )

    def _make_ready(self) -> None:
        """Make sure that there is a memory; offer to build one that would cost something."""
        try:
            with self._console.status("remembering …", spinner="dots", spinner_style="dim"):
                runner.run(self._simulacrum.ready())
        except MemoryNotBuiltError as error:
            import typer

            self._console.print(str(error))
            expected = self._simulacrum.memory.estimate(style="agents")
            typer.confirm(f"Build it now? That takes about {price(expected)}.", abort=True)
            built = self._simulacrum.memory.build()
            self._say(f"{built.made} memories made; {price(built.usage)}.")
            runner.run(self._simulacrum.ready())

    def _tell_of_other_maker(self) -> None:
        maker, speaker = self._simulacrum.memory.made_by, self._simulacrum.backbone.spec
        if self._simulacrum.mind == "macm" and maker and maker != speaker:
            self._say(
                f"The memories were made by {maker}; "
                f"'simulacra memory build {self._character.id} --backbone {speaker}' makes them anew."
            )

    def _tell_of_earlier_turns(self) -> None:
        turns = self._session.turns
        if not turns:
            return
        self._last = turns[-1]
        times = "once" if self._last.number == 1 else f"{self._last.number} turns"
        self._say(f"You have spoken {times} before. The last words:")
        self._say(f"  {self._last.speaker}: {plain(self._last.stimulus)}")
        self._say(f"  {self._given_name}: {plain(self._last.reply)}")

    # ------------------------------------------------------------ talking

    def _take(self, line: str) -> None:
        """Do what a line asks for; what goes wrong is said, and the conversation goes on."""
        command, _, rest = line.partition(" ")
        rest = rest.strip()
        try:
            match command:
                case "/why":
                    self._why()
                case "/memory":
                    self._search(rest)
                case "/stage":
                    self._stage(rest)
                case "/mood":
                    self._mood()
                case "/help":
                    self._say(_HELP)
                case _ if command.startswith("/"):
                    self._say(f"There is no {command}.\n{_HELP}")
                case _:
                    self._talk(line)
        except Exception as error:  # whatever went wrong in one turn, the conversation is still there
            complain_of(error)

    def _talk(self, stimulus: str) -> None:
        with ReplyView(self._console, self._given_name) as view, _interruptible(view.hide):
            asyncio.run(self._watch(stimulus, view))

    async def _watch(self, stimulus: str, view: ReplyView) -> None:
        async for event in self._session.stream(stimulus, speaker=self._speaker):
            match event:
                case Phase():
                    view.phase(event)
                case Delta():
                    view.text(event.text)
                case Turn():
                    self._last = event
                    view.end(event)

    # ------------------------------------------------------------ commands

    def _why(self) -> None:
        if self._last is None:
            self._say("Nothing was said yet.")
        else:
            self._console.print(inside(self._last), end="\n\n")

    def _search(self, query: str) -> None:
        if not query:
            self._say("Say what to search for: /memory father")
            return
        found = self._simulacrum.memory.search(query)
        if found:
            print_recollections(found)
        else:
            self._say("Nothing comes to mind.")

    def _stage(self, name: str) -> None:
        stages = self._character.stages
        if not name:
            here = self._simulacrum.branch or (stages[-1].name if stages else "")
            for stage in stages:
                mark = "•" if stage.name == here else " "
                self._say(f"{mark} {stage.name}, {stage.starts.year} to {stage.ends.year if stage.ends else 'now'}")
            if not stages:
                self._say(f"{self._given_name}'s life is not divided into stages.")
            return
        self._begin(self._simulacrum.at(name), self._session.id)
        self._introduce_person()
        self._make_ready()
        self._tell_of_earlier_turns()

    def _mood(self) -> None:
        mood = self._last.mood if self._last else None
        self._say(f"{mood.word} ({mood.valence:+.2f})" if mood else "Nothing was said yet.")

    # ------------------------------------------------------------ showing

    @property
    def _given_name(self) -> str:
        return self._character.profile.given_name

    @property
    def _width(self) -> int:
        return min(self._console.width, 80)

    def _say(self, words: str) -> None:
        self._console.print(words, style="dim")


def _prompt() -> str:
    # readline must be told which characters take no room, else long lines wrap in the wrong place
    return "\001\033[1m\002You:\001\033[0m\002 " if "readline" in sys.modules else "You: "


@contextmanager
def _line_history(path: Path) -> Iterator[None]:
    """Line editing, with a history that lasts; a comfort, so that where it cannot be had the talk goes on without."""
    try:
        import readline
    except ImportError:
        yield
        return
    readline.set_history_length(1000)
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        with suppress(OSError):
            readline.write_history_file(path)


@contextmanager
def _interruptible(hide: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C hides the reply, which is finished and saved all the same; the second one leaves."""
    hidden = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal hidden
        if hidden:
            raise KeyboardInterrupt
        hidden = True
        hide()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
