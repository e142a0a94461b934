"""Disks that are full or read-only, and files that are damaged."""

from __future__ import annotations

import io
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simulacra import Simulacrum
from simulacra.cli.app import app
from simulacra.domain.character import Character
from simulacra.domain.folder import read_character, write_character
from simulacra.errors import LedgerError, MemoryStoreError, SessionError, SimulacraError
from simulacra.mind.home import Home
from tests.faults.conftest import ILSE, command, is_one_sentence

LEFT = 8_192
"""Bytes that are left on the disk when it is nearly full: less than any piece of work needs."""


# ---------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """The data folder on a disk of 12 MB, with a conversation of one turn in it."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    aside = home.rename(home.with_name("aside"))
    home.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", home], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    shutil.copytree(aside, home, dirs_exist_ok=True)
    yield home
    subprocess.run(["umount", "--lazy", home], check=True)


def _fill(disk: Path) -> Path:
    """Fill a disk to the last page."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(disk)
        file.write(bytes(max(0, free.f_bavail * free.f_frsize - LEFT)))
    return filler


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_nothing_is_lost(small_disk: Path) -> None:
    first = command("chat", ILSE, "--say", "How old are you?")
    assert first.returncode == 0, first.stderr
    filler = _fill(small_disk)
    said = [f"--say=Do you remember the ice, {number}? {'And so on. ' * 80}" for number in range(60)]
    talked = command("chat", ILSE, *said)
    assert talked.returncode == 1
    assert is_one_sentence(talked.stderr), talked.stderr

    filler.unlink()
    ilse = Simulacrum.load(ILSE)
    memories, turns = ilse.memory.export(), ilse.session("main").turns
    seen = [*first.stdout.splitlines(), *talked.stdout.splitlines()]
    assert [turn.reply for turn in turns][: len(seen)] == seen
    _fill(small_disk)
    for work in (
        lambda: ilse.memory.build(style="fused", again=True, progress=False),
        lambda: ilse.experience("Somebody steals the lathe. " * 200),
        lambda: write_character(ilse.character, small_disk / "characters"),
    ):
        with pytest.raises(SimulacraError) as raised:
            work()
        assert is_one_sentence(str(raised.value)), raised.value
    assert ilse.memory.export() == memories
    assert read_character(small_disk / "characters" / ILSE) == ilse.character

    filler.unlink()
    assert ilse.session("main").chat("Hello").number == len(turns) + 1
    assert ilse.memory.build(style="fused", progress=False).made == 4


# ---------------------------------------------------------------- read-only


@pytest.mark.slow
def test_a_read_only_data_folder_is_one_sentence(small_disk: Path) -> None:
    assert command("chat", ILSE, "--say", "How old are you?").returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for work in (
        ("chat", ILSE, "--say", "Hello"),
        ("memory", "build", ILSE, "--again"),
        ("memory", "search", ILSE, "ice"),
        ("story", "import", "human-simulacra", str(small_disk)),
    ):
        result = CliRunner().invoke(app, list(work))
        assert (result.exit_code, result.stdout) == (1, "")
        assert is_one_sentence(result.stderr), result.stderr
        assert str(small_disk) in result.stderr


# ---------------------------------------------------------------- damaged files


@pytest.fixture(scope="module")
def sound(small_character: Character, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a ledger, memories and a conversation, all closed."""
    folder = tmp_path_factory.mktemp("sound")
    write_character(small_character, folder / "characters")
    session = Simulacrum.load(ILSE, home=folder).session("main")
    for number in range(4):
        session.chat(f"Do you remember the ice? {number}")
    Home.at(folder).close()
    for file in ("ledger.sqlite3", "sessions.sqlite3"):
        with sqlite3.connect(folder / file) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def _damage(file: Path, how: str, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = chance.randrange(len(content))
    match how:
        case "noise":
            content[:] = chance.randbytes(len(content))
        case "cut":
            del content[at:]
        case "a page":
            content[at : at + 8192] = chance.randbytes(len(content[at : at + 8192]))
        case "bytes here and there":
            for _ in range(200):
                content[chance.randrange(100, len(content))] = chance.randrange(256)
    file.write_bytes(content)


def _work(home: Path) -> Iterator[Any]:
    """Everything that reads or writes what is kept, piece by piece."""
    ilse = Simulacrum.load(ILSE, home=home)
    session = ilse.session("main")
    yield lambda: session.turns
    yield lambda: session.chat("Hello")
    yield lambda: session.pin(1)
    yield lambda: ilse.session("another").chat("Hello")
    yield lambda: ilse.memory.search("ice")
    yield lambda: ilse.memory.export()
    yield lambda: ilse.home.ledger.export(io.StringIO())
    yield lambda: ilse.home.ledger.stats()


@pytest.mark.parametrize("how", ["noise", "cut", "a page", "bytes here and there"])
@pytest.mark.parametrize("file", ["ledger.sqlite3", "sessions.sqlite3", "memory/chroma.sqlite3"])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_damaged_is_told_in_one_sentence(
    sound: Path, tmp_path: Path, file: str, how: str, seed: int
) -> None:
    home = shutil.copytree(sound, tmp_path / "damaged")
    _damage(home / file, how, random.Random(f"{file}{how}{seed}"))
    said: list[str] = []
    work = iter(())
    try:
        work = _work(home)
        for piece in work:
            try:
                piece()
            except SimulacraError as error:
                said.append(str(error))
    except SimulacraError as error:
        said.append(str(error))
    assert all(is_one_sentence(each) for each in said), said
    if how == "noise":
        assert any(str(home / Path(file).parts[0]) in each for each in said)


def test_a_conversation_that_cannot_be_read_is_not_written_over(sound: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sound, tmp_path / "damaged")
    with sqlite3.connect(home / "sessions.sqlite3") as saved:
        saved.execute("UPDATE checkpoints SET checkpoint = x'c1c1c1'")
    before = (home / "sessions.sqlite3").read_bytes()
    ilse = Simulacrum.load(ILSE, home=home)
    for work in (lambda: ilse.session("main").chat("Hello"), lambda: ilse.session("main").turns):
        with pytest.raises(SessionError, match="cannot be read") as raised:
            work()
        assert is_one_sentence(str(raised.value))
    assert (home / "sessions.sqlite3").read_bytes() == before
    assert ilse.session("another").chat("Hello").number == 1


def test_a_damaged_entry_of_the_ledger_does_not_hide_that_it_is_damaged(sound: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sound, tmp_path / "damaged")
    with sqlite3.connect(home / "ledger.sqlite3") as ledger:
        ledger.execute("UPDATE message SET content = x'789c00'")
    with pytest.raises(LedgerError, match="is damaged"):
        Home.at(home).ledger.export(io.StringIO())


def test_a_damaged_layout_of_the_store_does_not_end_the_process(sound: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sound, tmp_path / "damaged")
    with sqlite3.connect(home / "memory" / "chroma.sqlite3") as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = CAST(x'ff85ff' AS TEXT) WHERE name = 'embeddings'")
    ilse = Simulacrum.load(ILSE, home=home)
    for _ in range(2):
        with pytest.raises(MemoryStoreError, match="could not be opened") as raised:
            ilse.chat("Hello")
        assert is_one_sentence(str(raised.value))
