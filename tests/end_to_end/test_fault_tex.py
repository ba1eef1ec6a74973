"""TeX is missing, of long ago, another than before or without a package: that is said with what to type."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.clones import Clone, copied
from tests.end_to_end.reports import Built

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for strays in /proc")]
INSTALLERS = ("apt-get", "sudo", "dnf", "brew", "tlmgr")  # nothing is installed for a test
UNKNOWN = ("\\usepackage{siunitx}", "\\usepackage{nowhere-to-be-found}\n\\usepackage{siunitx}")
FAKE = """#!/bin/sh
case "$*" in --version) echo "pdfTeX 3.14159265-2.6-1.40.18 (TeX Live {year})";; *) exit {status};; esac
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, made_clone: Built) -> Clone:
    return copied(made_clone, tmp_path_factory.mktemp("tex") / "clone")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder for PATH with the programs of the machine, those aside that install."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for path in Path(place).iterdir() if Path(place).is_dir() else ():
            if path.name not in INSTALLERS:
                (folder / path.name).unlink(missing_ok=True)
                (folder / path.name).symlink_to(path)
    return folder


def fake_pdflatex(programs: Path, year: int, status: int) -> None:
    """Put a pdflatex in place that says its version, and fails at anything else."""
    (programs / "pdflatex").unlink(missing_ok=True)
    (programs / "pdflatex").write_text(FAKE.format(year=year, status=status), encoding="utf-8")
    (programs / "pdflatex").chmod(0o755)


def refused(clone: Clone, **environment: str) -> str:
    """Return what a `make report` says that has to run TeX and cannot; the last report stays, the next is as right."""
    good = clone.final()
    (clone.build / "work/report.pdf").unlink()
    done = clone.make("report", **environment)
    assert done.status == 2, done.said
    assert "Traceback" not in done.said
    assert clone.final() == good
    clone.report()
    assert clone.final() == good
    return done.said


def test_a_tex_that_is_gone_is_named_before_anything_is_done(clone: Clone, programs: Path) -> None:
    (programs / "pdflatex").unlink()
    said = refused(clone, PATH=str(programs))
    assert "missing: TeX: pdflatex" in said
    assert "type: sudo apt-get update && sudo apt-get install" in said
    assert "compile:" not in said


def test_a_tex_of_long_ago_is_named_with_its_place(clone: Clone, programs: Path) -> None:
    fake_pdflatex(programs, 2017, 0)
    said = refused(clone, PATH=str(programs))
    assert f"TeX Live 2021 or newer is needed, 2017 is installed ({programs}/pdflatex); get a newer one" in said
    assert "compile:" not in said


@pytest.mark.parametrize(
    ("status", "said"),
    [(1, "TeX ended with status 1 and names no error"), pytest.param(0, "no page came", marks=pytest.mark.long)],
)
@pytest.mark.long
def test_a_tex_that_does_nothing_is_not_taken_for_one_that_did(
    clone: Clone, programs: Path, status: int, said: str
) -> None:
    fake_pdflatex(programs, 2023, status)
    assert said in refused(clone, PATH=str(programs))


def test_a_package_of_the_preamble_that_is_nowhere_is_named(clone: Clone, programs: Path) -> None:
    good, preamble = clone.final(), "templates/preamble.tex"
    clone.edit(preamble, *UNKNOWN)
    done = clone.make("report", PATH=str(programs))
    assert "missing: TeX: nowhere-to-be-found.sty\n" in done.said
    assert "type: sudo " in done.said
    assert "render:" not in done.said
    assert clone.final() == good
    clone.edit(preamble, *reversed(UNKNOWN))
    clone.report()
    assert clone.final() == good


@pytest.mark.long
def test_a_package_that_was_removed_is_named_with_what_to_type(clone: Clone, programs: Path, tmp_path: Path) -> None:
    trees = without(tmp_path / "texmf", "siunitx.sty")
    for path in (clone.build / "work").glob("report-format.*"):
        path.unlink()
    said = refused(clone, TEXMFDIST=str(trees))
    assert "File `siunitx.sty' not found" in said
    assert "siunitx.sty belongs to TeX; type: python3 bootstrap.py tex" in said
    asked = subprocess.run(
        [sys.executable, "bootstrap.py", "tex"], cwd=clone.folder, capture_output=True, text=True,
        env=clone.environment | {"TEXMFDIST": str(trees), "PATH": str(programs)},
    )  # fmt: skip
    assert asked.returncode == 2
    assert "missing: TeX: siunitx.sty\n  type: sudo apt-get update" in asked.stderr


def without(folder: Path, name: str) -> Path:
    """Return a tree of TeX's files that lacks one: TeX believes the list of files in it."""
    real = Path(subprocess.run(["kpsewhich", "-var-value", "TEXMFDIST"], capture_output=True, text=True).stdout.strip())
    listed = (real / "ls-R").read_text(encoding="utf-8", errors="replace") if (real / "ls-R").exists() else ""
    if f"\n{name}\n" not in listed:
        pytest.skip(f"this TeX does not list {name} in {real}/ls-R")
    folder.mkdir()
    for path in real.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "ls-R").unlink()
    (folder / "ls-R").write_text(listed.replace(f"\n{name}\n", "\n"), encoding="utf-8")
    return folder


def test_what_is_missing_after_installing_is_looked_for_by_its_name(programs: Path) -> None:
    code = "from machine import system; print(system.how_to_find('foo.sty'))"
    environment = {"PATH": str(programs), "PYTHONPATH": os.getcwd()}
    asked = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("type: sudo apt-get install texlive-full")
    assert "or: sudo dnf install 'tex(foo.sty)'\n" in asked.stdout
    (programs / "dnf").symlink_to(str(shutil.which("true")))
    asked = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout == "type: sudo dnf install 'tex(foo.sty)'\n"
