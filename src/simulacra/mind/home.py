"""The user's data folder, and what is opened in it: ledger, memory store, saved conversations, prompts."""

from __future__ import annotations

import os
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from simulacra.domain.character import Character
from simulacra.domain.shelf import find_character
from simulacra.errors import UsageError
from simulacra.mind import runner
from simulacra.mind.sessions import Sessions
from simulacra.prompts.library import PromptLibrary

if TYPE_CHECKING:
    from simulacra.backbones.backbone import Backbone
    from simulacra.backbones.budget import Budget
    from simulacra.backbones.ledger import Ledger
    from simulacra.memory.store import MemoryStore

HOME, STORE, SESSIONS, EMBEDDER, BACKBONE, PROMPTS = (
    "SIMULACRA_HOME",
    "SIMULACRA_STORE",
    "SIMULACRA_SESSIONS",
    "SIMULACRA_EMBEDDER",
    "SIMULACRA_BACKBONE",
    "SIMULACRA_PROMPTS",
)
ENDPOINT_SETTINGS = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "VLLM_API_KEY")


def home_folder(path: Path | str | None = None) -> Path:
    """The user's data folder: the one given, else ``SIMULACRA_HOME``, else the platform's place for user data."""
    chosen = path or os.environ.get(HOME) or platformdirs.user_data_path("simulacra", appauthor=False)
    return Path(chosen).expanduser().absolute()


def embedder_cache() -> Path:
    """Where embedders keep what they made once: in the platform's cache, shared by all data folders."""
    return platformdirs.user_cache_path("simulacra", appauthor=False) / "embedders"


class Home:
    """One data folder. What is opened in it is opened once a process and shared by all simulacra.

    Nothing is touched on disk before it is needed. Settings come from the environment: ``SIMULACRA_STORE`` (a Chroma
    server's URL), ``SIMULACRA_SESSIONS`` (a Postgres URL), ``SIMULACRA_EMBEDDER``, ``SIMULACRA_BACKBONE``,
    ``SIMULACRA_PROMPTS`` (a folder of the user's own prompt files).

    Attributes:
        path: The folder.
        budget: What this process may spend on new calls; to be set before the ledger is first used.
    """

    _open: dict[Path, Home] = {}
    _opening = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path
        self.budget: Budget | None = None
        self._backbones: dict[tuple[str | None, ...], Backbone] = {}

    @classmethod
    def at(cls, path: Path | str | None = None) -> Home:
        """The home at a path (see ``home_folder``); the same object for the same folder."""
        folder = home_folder(path)
        with cls._opening:
            return cls._open.setdefault(folder, cls(folder))

    @property
    def ledger_file(self) -> Path:
        """Where the ledger is, or will be."""
        return self.path / "ledger.sqlite3"

    @property
    def store_place(self) -> Path | str:
        """Where the long-term store is, or will be: a folder, or a server's URL."""
        return os.environ.get(STORE) or self.path / "memory"

    @cached_property
    def ledger(self) -> Ledger:
        """The call ledger."""
        from simulacra.backbones.ledger import Ledger
        from simulacra.backbones.prices import Prices

        self._make()
        return Ledger(self.ledger_file, budget=self.budget, prices=Prices.load(self.path / "prices.toml"))

    @cached_property
    def store(self) -> MemoryStore:
        """The long-term store."""
        from simulacra.memory.embedders import open_embedder
        from simulacra.memory.store import MemoryStore

        self._make()
        return MemoryStore(self.store_place, open_embedder(os.environ.get(EMBEDDER), embedder_cache()))

    @cached_property
    def sessions(self) -> Sessions:
        """The saved conversations."""
        self._make()
        return Sessions(os.environ.get(SESSIONS) or self.path / "sessions.sqlite3")

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompt files."""
        overrides = os.environ.get(PROMPTS)
        return PromptLibrary(Path(overrides) if overrides else None)

    def backbone(self, spec: str | Any | None) -> Backbone:
        """The backbone of a spec, or the configured one, or ``reflex``; see ``open_backbone``.

        One spec is opened once and shared by all simulacra, and so are its connections, its limits and its model.
        """
        from simulacra.backbones.open import open_backbone

        chosen = spec or os.environ.get(BACKBONE) or "reflex"
        if not isinstance(chosen, str):
            return open_backbone(chosen, ledger=self.ledger, prompts=self.prompts)
        key = (chosen, *(os.environ.get(name) for name in ENDPOINT_SETTINGS))
        if key not in self._backbones:
            self._backbones[key] = open_backbone(chosen, ledger=self.ledger, prompts=self.prompts)
            runner.at_end(self._backbones[key].aclose)
        return self._backbones[key]

    def character(self, who: str | Path | Character) -> Character:
        """The character that is meant: itself, by name, or by its folder."""
        if isinstance(who, Character):
            return who
        if isinstance(who, Path):
            return find_character(f"{who.absolute()}{os.sep}", self.path)
        return find_character(who, self.path)

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"The data folder {self.path} cannot be made ({error.strerror}): set {HOME} to one that can be written."
            ) from error
