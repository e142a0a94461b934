"""``simulacra characters`` and ``simulacra show``: who there is, and who somebody is."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from simulacra.cli.options import AsJson, Name, home_of
from simulacra.cli.output import plain, print_json, screen
from simulacra.errors import CharacterError, StoreLockedError

if TYPE_CHECKING:
    from rich.console import Console

    from simulacra.domain.character import Character
    from simulacra.mind.home import Home

_NOT_BUILT, _IN_USE = "not built", "in use by another process"


def characters(ctx: typer.Context, json: AsJson = False) -> None:
    """List the characters: those that are shipped, and your own."""
    from simulacra.domain.shelf import list_characters

    home = home_of(ctx)
    rows = [_row(folder, home) for folder in list_characters(home.path)]
    if json:
        for row in rows:
            print_json(row)
    else:
        _print_rows(rows)


def show(ctx: typer.Context, name: Name, json: AsJson = False) -> None:
    """Show a character: the profile, the people, the story and the memory in numbers."""
    home = home_of(ctx)
    character = home.character(name)
    story, memory = _story_statistics(character), _memory_statistics(character.id, home)
    if json:
        whole = character.model_dump(mode="json", exclude={"story", "questionnaire", "biography"})
        print_json({**whole, "biography": character.biography, "story": story, "memory": memory})
        return
    console = screen()
    _print_profile(console, character)
    _print_people(console, character)
    _print_story(console, story)
    _print_memory(console, character, memory)


# ---------------------------------------------------------------- what is known


def _row(folder: Path, home: Home) -> dict[str, Any]:
    from simulacra.domain.folder import read_character

    try:
        character = read_character(folder)
    except CharacterError as error:
        return {"id": folder.name, "error": str(error)}
    return {
        "id": character.id,
        "name": character.name,
        "age": character.profile.age,
        "occupation": character.profile.occupation,
        "words": character.story.words,
        "memory": _memory_statistics(character.id, home)["made_by"],
    }


def _story_statistics(character: Character) -> dict[str, Any]:
    chunks = character.story.chunks()
    return {
        "words": character.story.words,
        "paragraphs": len(character.story.paragraphs),
        "chunks": len(chunks),
        "chunks_by_stage": dict(Counter(chunk.stage or "" for chunk in chunks)),
    }


def _memory_statistics(character: str, home: Home) -> dict[str, Any]:
    """What the store has of a character; an empty or busy store is said in ``made_by``."""
    place = home.store_place
    if isinstance(place, Path) and not place.exists():
        return {"made_by": _NOT_BUILT}
    try:
        makers = {memory.made_by for memory in home.store.all(character) if memory.source.kind == "story"}
        statistics = home.store.stats(character).model_dump(mode="json")
    except StoreLockedError:
        return {"made_by": _IN_USE}
    return {"made_by": ", ".join(sorted(makers)) or _NOT_BUILT, **statistics}


# ---------------------------------------------------------------- how it looks


def _print_rows(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("id", "name", "age", "occupation", "words", "memory built by"):
        table.add_column(title, justify="right" if title in ("age", "words") else "left")
    for row in rows:
        if "error" in row:
            table.add_row(row["id"], "not sound: see below")
        else:
            cells = (row["id"], row["name"], str(row["age"]), row["occupation"], f"{row['words']:,}", row["memory"])
            table.add_row(*cells)
    console = screen()
    console.print(table)
    for row in rows:
        if "error" in row:
            console.print(plain(row["error"]), style="yellow", soft_wrap=True)


def _print_profile(console: Console, character: Character) -> None:
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    profile = character.profile
    facts = {
        "age": f"{profile.age}, born on {_day(profile.date_of_birth)}; today is {_day(character.today)}",
        "gender": profile.gender,
        "occupation": profile.occupation,
        "family": profile.family_background,
        "education": profile.educational_background,
        "hobbies": "; ".join(profile.hobbies),
        "short-term goals": "; ".join(profile.short_term_goals),
        "long-term goals": "; ".join(profile.long_term_goals),
        "tendencies": " > ".join(character.personality.ranking),
        "traits": "\n".join(character.personality.traits[:3]),
        "stages": ", ".join(f"{stage.name} (from {stage.starts.year})" for stage in character.stages),
        "licence": " · ".join(each for each in (character.licence, character.origin) if each),
    }
    table = Table.grid(padding=(0, 2))
    for name, fact in facts.items():
        if fact:
            table.add_row(Text(name, style="dim"), plain(fact))
    console.print(Panel(table, title=f"{character.name} · {character.id}", title_align="left", border_style="dim"))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _print_people(console: Console, character: Character) -> None:
    from rich.table import Table

    if not character.people:
        return
    table = Table(
        box=None, pad_edge=False, title="people", title_justify="left", show_header=False, padding=(0, 2, 0, 0)
    )
    for person in character.people:
        table.add_row(person.name, person.relation, f"since {person.since}" if person.since else "", style="")
    console.print(table)


def _print_story(console: Console, story: dict[str, Any]) -> None:
    stages = ", ".join(f"{stage} {count}" for stage, count in story["chunks_by_stage"].items() if stage)
    console.print(
        f"story: {story['words']:,} words, {story['paragraphs']} paragraphs, {story['chunks']} chunks"
        + (f" ({stages})" if stages else "")
    )


def _print_memory(console: Console, character: Character, memory: dict[str, Any]) -> None:
    if "memories" not in memory or memory["made_by"] == _NOT_BUILT:
        hint = f": simulacra memory build {character.id}" if memory["made_by"] == _NOT_BUILT else ""
        console.print(f"memory: {memory['made_by']}{hint}")
        return
    kinds = ", ".join(f"{kind} {count}" for kind, count in memory["kinds"].items())
    console.print(
        f"memory: {memory['memories']} ({kinds}), made by {memory['made_by']}, embedded with {memory['embedder']}"
    )
