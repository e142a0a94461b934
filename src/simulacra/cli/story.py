"""``simulacra story``: characters from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from simulacra.cli.options import AsJson, home_of
from simulacra.cli.output import note, print_json

app = typer.Typer(help="Bring characters along.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``import`` a command of its own while it is the only one."""


@app.command("import")
def import_(
    ctx: typer.Context,
    layout: Annotated[Literal["human-simulacra"], typer.Argument(help="Whose layout.", show_default=False)],
    path: Annotated[Path, typer.Argument(help="The dataset's folder.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="Only the character of this name.", show_default=False)] = None,
    json: AsJson = False,
) -> None:
    """Bring characters of a published dataset into your home folder.

    A character of yours with the same id is replaced.
    """
    from simulacra.domain.folder import write_character
    from simulacra.domain.shelf import own_characters
    from simulacra.story.human_simulacra import read_human_simulacra

    imported = read_human_simulacra(path, name)
    shelf = own_characters(home_of(ctx).path)
    for sentence in imported.notes:
        note(sentence)
    for character in imported.characters:
        folder = write_character(character, shelf)
        if json:
            print_json(
                {"id": character.id, "name": character.name, "words": character.story.words, "folder": str(folder)}
            )
        else:
            print(f"{character.name} is now in {folder}: simulacra chat {character.id}")
