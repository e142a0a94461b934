"""The commands put together, the options before them, and what becomes of errors."""

from __future__ import annotations

import errno
import gc
import logging
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from simulacra.cli import characters, chat, doctor, ledger, memory, story
from simulacra.cli.output import complain_of, note
from simulacra.errors import UsageError

_EXPECTED = (typer.Exit, typer.Abort, typer.TyperException, EOFError)
"""What typer itself deals with, beside a reader that has gone away."""


class Commands(TyperGroup):
    """Turns errors into a sentence on stderr and an exit code: 2 for wrong usage, 1 for work that failed."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except _EXPECTED:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise
            complain_of(error)
            raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error


app = typer.Typer(
    cls=Commands,
    help="Talk to people made from papers, and study them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("characters")(characters.characters)
app.command("show")(characters.show)
app.command("chat")(chat.chat)
app.add_typer(memory.app, name="memory")
app.add_typer(story.app, name="story")
app.add_typer(ledger.app, name="ledger")
app.command("doctor")(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        from simulacra import __version__

        print(f"simulacra {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            help="Where memories, conversations, ledger and characters of your own are kept. "
            "Default: SIMULACRA_HOME, else the platform's place for user data.",
            show_default=False,
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, and all log messages.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    ctx.obj = home
    _tell_of_warnings(debug)


def main() -> None:
    """The console script."""
    # Starting makes half a million objects that stay; looking for garbage among them again and again costs 0.3 s.
    gc.set_threshold(50_000, 20, 20)
    app()


def _tell_of_warnings(debug: bool) -> None:
    """Show what the library logs as dim lines on stderr; what other libraries log only when debugging."""
    ours = logging.getLogger("simulacra")
    ours.handlers, ours.propagate = [_Notes()], False
    ours.setLevel(logging.DEBUG if debug else logging.WARNING)
    logging.basicConfig(level=logging.INFO if debug else logging.CRITICAL, force=True)


class _Notes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        note(record.getMessage())
