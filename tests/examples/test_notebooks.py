"""Every notebook runs from its first cell to its last, and is kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each_notebook
def test_the_notebook_is_kept_without_outputs(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert cells
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@each_notebook
def test_the_notebook_runs_and_shows_cards(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    # pyproject's network guard holds in this process only; the kernel's home is the test's own by its environment.
    NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    cards = "".join(output["data"].get("text/html", "") for output in shown if "data" in output)
    for part in ("top agent", "thinking agent", "emotion agent", "memory agent", "content", "tendencies"):
        assert part in cards
