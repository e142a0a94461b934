"""The user's data folder, and what is opened in it: ledger, memory store, saved conversations, prompts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
PartT = TypeVar("PartT")

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
        self._parts: dict[Hashable, Any] = {}
        self._opening_a_part = threading.RLock()

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

    @property
    def ledger(self) -> Ledger:
        """The call ledger."""
        return self._opened("ledger", self._open_ledger)

    @property
    def store(self) -> MemoryStore:
        """The long-term store."""
        return self._opened("store", self._open_store)

    @property
    def sessions(self) -> Sessions:
        """The saved conversations."""
        return self._opened("sessions", self._open_sessions)

    @property
    def prompts(self) -> PromptLibrary:
        """The prompt files."""
        return self._opened("prompts", self._open_prompts)

    def backbone(self, spec: str | Any | None) -> Backbone:
        """The backbone of a spec, or the configured one, or ``reflex``; see ``open_backbone``.

        One spec is opened once and shared by all simulacra, and so are its connections, its limits and its model.
        """
        chosen = spec or os.environ.get(BACKBONE) or "reflex"
        if not isinstance(chosen, str):
            return self._open_backbone(chosen)
        settings = (os.environ.get(name) for name in ENDPOINT_SETTINGS)
        return self._opened(("backbone", chosen, *settings), lambda: self._open_lasting_backbone(chosen))

    def character(self, who: str | Path | Character) -> Character:
        """The character that is meant: itself, by name, or by its folder."""
        if isinstance(who, Character):
            return who
        if isinstance(who, Path):
            return find_character(f"{who.absolute()}{os.sep}", self.path)
        return find_character(who, self.path)

    def close(self) -> None:
        """Let go of everything that is open here, so that another process may use the folder.

        Turns that are under way should be at their end. A simulacrum that was loaded before is to be loaded anew.
        """
        with self._opening:
            self._open.pop(self.path, None)
        with self._opening_a_part:
            parts, self._parts = self._parts, {}
        for key, part in parts.items():
            if key in ("ledger", "store"):
                part.close()
            elif key != "prompts":
                runner.run(part.aclose())

    def _opened(self, key: Hashable, open_part: Callable[[], PartT]) -> PartT:
        # Two threads may come first together. Two ledgers would keep two budgets, two sets of sessions lose a turn.
        with self._opening_a_part:
            if key not in self._parts:
                self._parts[key] = open_part()
            part: PartT = self._parts[key]
        return part

    def _open_ledger(self) -> Ledger:
        from simulacra.backbones.ledger import Ledger
        from simulacra.backbones.prices import Prices

        self._make()
        return Ledger(self.ledger_file, budget=self.budget, prices=Prices.load(self.path / "prices.toml"))

    def _open_store(self) -> MemoryStore:
        from simulacra.memory.embedders import open_embedder
        from simulacra.memory.store import MemoryStore

        self._make()
        return MemoryStore(self.store_place, open_embedder(os.environ.get(EMBEDDER), embedder_cache()))

    def _open_sessions(self) -> Sessions:
        self._make()
        return Sessions(os.environ.get(SESSIONS) or self.path / "sessions.sqlite3")

    def _open_prompts(self) -> PromptLibrary:
        overrides = os.environ.get(PROMPTS)
        return PromptLibrary(Path(overrides) if overrides else None)

    def _open_lasting_backbone(self, spec: str) -> Backbone:
        backbone = self._open_backbone(spec)
        runner.at_end(backbone.aclose)
        return backbone

    def _open_backbone(self, spec: str | Any) -> Backbone:
        from simulacra.backbones.open import open_backbone

        return open_backbone(spec, ledger=self.ledger, prompts=self.prompts)

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"The data folder {self.path} cannot be made ({error.strerror}): set {HOME} to one that can be written."
            ) from error
