"""What the store does when the world fails it."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulacra.errors import MemoryStoreError, StoreLockedError, UsageError
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.records import LOCK
from simulacra.memory.store import MemoryStore
from tests.memory.lives import memory

ROOT = Path(__file__).parents[2]

PRELUDE = """
import os, sys
import chromadb
from simulacra.errors import MemoryStoreError, StoreLockedError
from simulacra.memory.ngrams import HashedNgrams
from simulacra.memory.store import MemoryStore
from tests.memory.lives import memory
folder = sys.argv[1]
"""


def process(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another Python process that has the store's names and the folder at hand."""
    command = [sys.executable, "-c", PRELUDE + code, *map(str, arguments)]
    # A pipe that stays open, so that a child which waits for its input does wait.
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def outcome(code: str, *arguments: object) -> str:
    child = process(code, *arguments)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    return out.strip()


OPEN = """
try:
    MemoryStore(folder, HashedNgrams()).close()
    print("opened")
except MemoryStoreError as error:
    print(type(error).__name__, error)
"""


def test_a_second_process_is_told_what_to_do(tmp_path: Path) -> None:
    with MemoryStore(tmp_path, HashedNgrams()), MemoryStore(tmp_path, HashedNgrams()):
        said = outcome(OPEN, tmp_path)
        assert said.startswith("StoreLockedError")
        assert f"chroma run --path {tmp_path}" in said
    assert outcome(OPEN, tmp_path) == "opened"


def test_the_first_process_may_be_the_other_one(tmp_path: Path) -> None:
    child = process(
        "store = MemoryStore(folder, HashedNgrams()); print('ready', flush=True); sys.stdin.read()", tmp_path
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    with pytest.raises(StoreLockedError, match="in use by another process"):
        MemoryStore(tmp_path, HashedNgrams())
    child.kill()
    child.communicate()
    MemoryStore(tmp_path, HashedNgrams()).close()


def test_a_store_that_is_let_go_of_is_closed(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path, HashedNgrams())
    del store
    assert outcome(OPEN, tmp_path) == "opened"


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    writer = """
store = MemoryStore(folder, HashedNgrams())
for order in range(10_000):
    store.upsert("ada", [memory("ada", f"boat {order} " + "x" * 2000, order=order)])
    print(order, flush=True)
"""
    child = process(writer, tmp_path)
    assert child.stdout is not None
    assert child.stdout.readline() == "0\n"
    time.sleep(random.uniform(0.05, 0.8))
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    acknowledged = [0, *(int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n"))]
    with MemoryStore(tmp_path, HashedNgrams()) as store:
        kept = [each.order for each in store.all("ada")]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) <= 1


def test_a_full_disk_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    # A limit on the size of files stands in for the disk: SQLite meets an error on write either way.
    code = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = MemoryStore(folder, HashedNgrams())
store.upsert("ada", [memory("ada", "boat", id="first")])
size = max(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, resource.RLIM_INFINITY))
try:
    store.upsert("ada", [memory("ada", "river " + "x" * 100_000, id=str(order)) for order in range(50)])
    print("stored")
except MemoryStoreError as error:
    print(error)
print(sorted(store.ids("ada")), len(store.search("ada", "boat")))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.upsert("ada", [memory("ada", "lamp", id="later")])
"""
    sentence, held = outcome(code, tmp_path).splitlines()
    assert "could not be written" in sentence and "disk is not full" in sentence
    assert held == "['first'] 1"
    with MemoryStore(tmp_path, HashedNgrams()) as store:
        assert store.ids("ada") == {"first", "later"}


def test_a_read_only_folder_is_one_sentence() -> None:
    # Root may write anywhere, so there the child becomes nobody first, to whom pytest's own folders are shut.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        said = outcome("if os.geteuid() == 0: os.seteuid(65534)\n" + OPEN, Path(folder) / "memory")
    assert said.startswith("MemoryStoreError")
    assert "Permission denied" in said and "SIMULACRA_HOME" in said


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("a file")
    with pytest.raises(MemoryStoreError, match=r"could not be opened: .* Make the folder writable"):
        MemoryStore(tmp_path / "memory", HashedNgrams())


def test_a_broken_database_is_one_sentence_and_lets_go_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"this is no database" * 1000)
    for _ in range(2):
        with pytest.raises(MemoryStoreError, match="could not be opened"):
            MemoryStore(tmp_path, HashedNgrams())
    assert outcome(OPEN, tmp_path).startswith("MemoryStoreError")


def test_memories_of_an_unknown_form_are_one_sentence(tmp_path: Path) -> None:
    with MemoryStore(tmp_path, HashedNgrams()) as store:
        store.upsert("ada", [memory("ada", "boat", id="x")])
        collection = next(iter(store._records._collections.values()))
        collection.update(ids=["ada/x"], metadatas=[{"memory": '{"from": "the future"}'}])
        store.refresh("ada")
        with pytest.raises(MemoryStoreError, match="cannot be read: another version"):
            store.all("ada")


# ---------------------------------------------------------------- a server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chroma = Path(sys.executable).parent / "chroma"
    folder = tmp_path_factory.mktemp("server")
    command = [str(chroma), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    child.terminate()
    child.wait()


def test_a_server_may_have_two_processes(server: str) -> None:
    with MemoryStore(server, HashedNgrams()) as store:
        assert store.all("ada") == ()
        outcome("MemoryStore(folder, HashedNgrams()).upsert('ada', [memory('ada', 'boat')])", server)
        store.refresh("ada")
        assert [each.memory.text for each in store.search("ada", "boat")] == ["boat"]
        store.delete("ada", store.ids("ada"))
        assert store.all("ada") == ()


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(MemoryStoreError, match=r"http://127\.0\.0\.1:9 could not be reached.*chroma run"):
        MemoryStore("http://127.0.0.1:9", HashedNgrams())


def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(UsageError, match="http://HOST:PORT"):
        MemoryStore("http://", HashedNgrams())


def test_the_lock_lies_in_the_folder(tmp_path: Path) -> None:
    with MemoryStore(tmp_path, HashedNgrams()):
        assert (tmp_path / LOCK).exists()
