"""The wheel of this repository is the checker: it runs where its four packages are and nothing else is."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import flint
import lark
import msgspec
import numpy
import pytest

ROOT = Path(__file__).parents[3]
ROW = "\\begin{derivation}{d}\nLet $x \\in \\mathbb{R}$.\n\\[ x + x = %s \\]\n\\end{derivation}\n"


@pytest.mark.long
def test_the_command_of_the_wheel_runs_without_the_packages_of_the_report(tmp_path: Path) -> None:
    sources, environment, packages = tmp_path / "sources", tmp_path / "environment", tmp_path / "packages"
    shutil.copytree(ROOT / "report_src", sources / "report_src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", tmp_path, sources], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(environment)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    packages.mkdir()
    for package in (flint, lark, msgspec, numpy):
        folder = Path(package.__file__).parent
        for found in (folder, *_beside(folder)):
            (packages / found.name).symlink_to(found)
    for typed, status in (("2x", 0), ("3x", 1)):
        (tmp_path / "paper.tex").write_text(ROW % typed, encoding="utf-8")
        command = [environment / "bin" / "check-derivations", "paper.tex"]
        run = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(packages)}, capture_output=True, text=True)
        assert (run.returncode, run.stderr) == (status, "")
        assert run.stdout.startswith("paper.tex:3: ok" if status == 0 else "paper.tex:3: wrong column 12")
    without = subprocess.run([python, "-c", "import torch"], env={"PYTHONPATH": str(packages)}, capture_output=True)
    assert without.returncode == 1


def _beside(folder: Path) -> list[Path]:
    """Return the libraries of a package, and the metadata from which its version is read."""
    name = "python_flint" if folder.name == "flint" else folder.name
    return [*folder.parent.glob(f"{name}-*.dist-info"), *folder.parent.glob(f"{name}.libs")]
