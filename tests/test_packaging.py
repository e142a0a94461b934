"""What travels inside the wheel, besides the modules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_characters_prompts_and_types(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(ZipFile(wheel).namelist())
    assert "simulacra/py.typed" in inside
    source = ROOT / "src"
    data = [each for each in source.rglob("*") if each.is_file() and each.suffix not in {".py", ".pyc"}]
    assert {str(each.relative_to(source)) for each in data} <= inside
    characters = [each for each in (ROOT / "characters").rglob("*") if each.is_file()]
    assert len(characters) >= 8
    assert {f"simulacra/{each.relative_to(ROOT)}" for each in characters} <= inside
