from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fake_openai import instance, words
from simulacra.domain.character import Character
from simulacra.domain.folder import write_character
from tests.support.openai_double import OpenAIDouble

COMMAND = [sys.executable, "-c", "from simulacra.cli import main; main()"]
ILSE = "ilse-verhaegen"
KEY = "sk-not-a-real-key-0123456789"
LONGEST_WAIT = 90.0


@pytest.fixture(autouse=True)
def _quick_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "ngrams")


@pytest.fixture
def home(small_character: Character, tmp_path: Path) -> Path:
    """The data folder, with one character of the user's own, ilse-verhaegen."""
    write_character(small_character, tmp_path / "home" / "characters")
    return tmp_path / "home"


@pytest.fixture
async def endpoint(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIDouble]:
    """An endpoint that answers every prompt in words of its own, the same for the same prompt."""
    async with OpenAIDouble(written) as double:
        monkeypatch.setenv("OPENAI_BASE_URL", double.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield double


def written(body: dict[str, Any]) -> str:
    """What a model might answer: it depends on the prompt and on nothing else."""
    seed = sum(json.dumps(body["messages"]).encode())
    form = body.get("response_format")
    if not form:
        return words(seed, 30)
    schema = form["json_schema"]["schema"]
    return json.dumps(instance(schema, schema, seed, 12))


def command(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_WAIT,
        **more,
    )


def is_one_sentence(said: str) -> bool:
    """Whether a complaint is plain: a single line, foreseen, without a traceback."""
    return len(said.splitlines()) == 1 and "not foreseen" not in said and "Traceback" not in said and len(said) < 1_200


def bytes_under(folder: Path) -> bytes:
    """Everything that lies in a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
