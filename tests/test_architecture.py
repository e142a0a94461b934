"""The shape of the house: what is public, what an import costs, who may use what. (lint-imports checks the floors.)"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

import simulacra

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

INSTALLED = packages_distributions()

HEAVY = {
    "chromadb",
    "langgraph",
    "langchain_core",
    "onnxruntime",
    "openai",
    "sentence_transformers",
    "torch",
    "transformers",
}

EXTRAS_OF_ROOMS = {"backbones": ("hf",), "memory": ("embeddings",), "mind": ("postgres",)}
"""What a room may import beyond the core, and then only inside the function that needs it."""

NOT_IMPORTED = {
    "aiohttp": "httpx-aiohttp speaks through it",
    "httpx-aiohttp": "openai.DefaultAioHttpClient looks for it by name",
}
"""Core dependencies that no import of ours names."""


def test_the_public_names_are_a_contract() -> None:
    """Taking one away breaks somebody's program; adding one is a promise. Change the list on purpose only."""
    assert simulacra.__all__ == [
        "Character",
        "Delta",
        "Memory",
        "Phase",
        "Recollection",
        "Session",
        "SimulacraError",
        "Simulacrum",
        "Turn",
    ]
    assert all(hasattr(simulacra, name) for name in simulacra.__all__)


@pytest.mark.parametrize(
    "start",
    ["import simulacra", "import sys; sys.argv = ['simulacra', '--help']; from simulacra.cli import main; main()"],
    ids=["import", "--help"],
)
def test_starting_imports_nothing_heavy(start: str) -> None:
    report = "import atexit, sys; atexit.register(lambda: print('modules:', *sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", f"{report}; {start}"], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
    modules = result.stdout.rpartition("modules:")[2].split()
    assert "simulacra" in modules
    assert HEAVY.isdisjoint(modules)


# ---------------------------------------------------------------- who may use what


@pytest.fixture(scope="module")
def third_party() -> dict[str, set[str]]:
    """For each of our modules, the foreign packages that it imports, wherever in the module the import stands."""
    graph = grimp.build_graph("simulacra", include_external_packages=True, cache_dir=None)
    ours = {module for module in graph.modules if module.split(".")[0] == "simulacra"}
    return {
        module: {
            package
            for imported in graph.find_modules_directly_imported_by(module)
            if (package := imported.split(".")[0]) not in {"simulacra", *sys.stdlib_module_names}
        }
        for module in ours
    }


def test_values_need_pydantic_only(third_party: dict[str, set[str]]) -> None:
    used = {module: packages for module, packages in third_party.items() if module.startswith("simulacra.domain")}
    allowed = {"pydantic", "pydantic_core"}
    assert {module: packages - allowed for module, packages in used.items() if packages - allowed} == {
        "simulacra.domain.folder": {"tomli_w"}
    }


def test_everything_imported_is_declared(third_party: dict[str, set[str]]) -> None:
    undeclared = [
        f"{module} imports {package}"
        for module, packages in third_party.items()
        for package in packages
        if not (_distributions(package) & _declared(*_extras(module)))
    ]
    assert not undeclared, "\n".join(sorted(undeclared))


def test_everything_declared_for_the_core_is_imported(third_party: dict[str, set[str]]) -> None:
    used = {name for packages in third_party.values() for package in packages for name in _distributions(package)}
    assert _declared() - used - NOT_IMPORTED.keys() == set()


def test_every_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_name(line) for line in lines if "==" in line}
    assert _declared(*PROJECT["optional-dependencies"]) - pinned == set()


def _extras(module: str) -> tuple[str, ...]:
    room = module.split(".")[1] if "." in module else ""
    return EXTRAS_OF_ROOMS.get(room, ())


def _declared(*extras: str) -> set[str]:
    requirements: Iterable[str] = PROJECT["dependencies"]
    chosen = [each for extra in extras for each in PROJECT["optional-dependencies"][extra]]
    return {_name(requirement) for requirement in (*requirements, *chosen)}


def _distributions(package: str) -> set[str]:
    return {_normal(name) for name in INSTALLED.get(package, [package])}


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return _normal(match.group())


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
