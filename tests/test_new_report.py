"""A new report from the small one, and the code of a folder that somebody else has written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.declaration import Study, folder_of, in_order, studies_in
from analysis.errors import InputError
from analysis.settings.load import load
from report_src.build import starter
from report_src.errors import BuildError
from report_src.project import ROOT
from report_src.prose.blocks import all_blocks

PATIENCE = 600  # seconds
WROTE = "a hostile file was run"


def run(*words: str, studies: Path | None = None, config: Path, build: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "report_src", "--config", str(config), "--build", str(build)]
    command += ["--studies", str(studies)] if studies else []
    return subprocess.run([*command, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    starter.write(tmp_path / "mine")
    return tmp_path / "mine"


def hostile(folder: Path, place: str) -> Path:
    """Return a marker that code of the folder would write, put where code could be looked for."""
    marker = folder / "ran"
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"open({str(marker)!r}, 'w').write({WROTE!r})\n{before}", encoding="utf-8")
    return marker


@pytest.mark.parametrize("target", ["results", "check", "why", "where", "unused", "handin", "new-text"])
@pytest.mark.sampled(3)
def test_code_beside_a_report_toml_runs_only_where_it_is_named(report: Path, tmp_path: Path, target: str) -> None:
    marker = hostile(report, "studies/logistic/__init__.py")
    done = run(target, config=report / "report.toml", build=tmp_path / "build")
    assert done.returncode == 2
    assert f"STUDIES={report}/studies" in done.stderr
    assert not marker.exists()


@pytest.mark.parametrize(
    "place", ["numpy.py", "studies.py", "analysis/studies/eda/study.py", "sitecustomize.py", "conftest.py"]
)
def test_other_code_beside_a_report_toml_is_never_run(report: Path, tmp_path: Path, place: str) -> None:
    shutil.rmtree(report / "studies")
    marker = hostile(report, place)
    done = run("why", config=report / "report.toml", build=tmp_path / "build")
    assert not marker.exists()
    assert "logistic: expected one of the keys" in done.stderr  # the clone's studies know no such section


@pytest.mark.parametrize("link", ["folder", "package"])
def test_a_link_into_the_clone_brings_no_foreign_code(report: Path, tmp_path: Path, link: str) -> None:
    """What counts is where the code lies: a folder that links to the clone's own studies runs these."""
    shutil.rmtree(report / "studies")
    if link == "folder":
        (report / "studies").symlink_to(ROOT / "analysis/studies", target_is_directory=True)
        assert folder_of(report) == ROOT / "analysis/studies"
    else:
        (report / "studies").mkdir()
        (report / "studies/eda").symlink_to(ROOT / "analysis/studies/eda", target_is_directory=True)
        with pytest.raises(InputError, match="STUDIES="):
            folder_of(report)


def test_a_folder_of_files_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BuildError, match="expected a new or an empty folder"):
        starter.write(tmp_path)
    with pytest.raises(BuildError, match="got none"):
        starter.write(None)
    with pytest.raises(BuildError, match="a folder of its own"):
        starter.write(ROOT / "starter" / "inside")


def test_the_text_of_a_new_report_is_known_as_shipped_until_it_is_edited(report: Path) -> None:
    assert all(block.shipped for block in all_blocks(report / "templates"))
    section = report / "templates/sections/2_results.tex.j2"
    section.write_text(section.read_text().replace("Gradient descent takes", "Descent takes"))
    assert [block.shipped for block in all_blocks(report / "templates")].count(False) == 1


def test_git_leaves_the_products_of_a_new_report_out(report: Path) -> None:
    (report / "build").mkdir()
    (report / "build/report.pdf").write_bytes(b"%PDF")
    subprocess.run(["git", "init", "-q", str(report)], check=True)
    listed = ["git", "-C", str(report), "ls-files", "--others", "--exclude-standard"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "report.toml" in names
    assert not [name for name in names if name.startswith("build/")]


def test_a_path_with_spaces_is_quoted_in_the_command(tmp_path: Path) -> None:
    said = starter.write(tmp_path / "my report")
    assert f"CONFIG='{tmp_path}/my report/report.toml'" in said


def test_the_command_names_the_code_where_the_folder_lies_outside(tmp_path: Path) -> None:
    said = starter.write(tmp_path / "a")
    assert f"STUDIES={tmp_path}/a/studies" in said
    assert f"CONFIG={tmp_path}/a/report.toml" in said


def study(name: str, *reads: str, part: str = "") -> Study:
    return Study(f"studies.{name}", record="Record", reads=reads, part=part)


def test_studies_come_by_their_parts_and_after_what_they_read() -> None:
    found = in_order([study("z", part="A"), study("a", "m", part="A"), study("m", part="B"), study("b")])
    assert [one.name for one in found] == ["b", "z", "m", "a"]


@pytest.mark.parametrize(
    ("studies", "message"),
    [
        ([study("a", "b"), study("b", "a")], "read one another"),
        ([study("train"), study("b", "trian")], "reads 'trian', which is no study; nearest: train"),
    ],
)
def test_studies_that_cannot_be_ordered_are_refused(studies: list[Study], message: str) -> None:
    with pytest.raises(InputError, match=message):
        in_order(studies)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"broken/__init__\.py: expected STUDY = Study"),
        ("STUDY = 3\n", r"broken/__init__\.py: expected STUDY = Study.*got 3"),
        ("import nothing_of_that_name\n", r"broken/__init__\.py: ModuleNotFoundError"),
        ("def f(:\n", r"broken/__init__\.py: SyntaxError"),
    ],
)
def test_a_package_that_declares_no_study_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "studies/broken").mkdir(parents=True)
    (tmp_path / "studies/broken/__init__.py").write_text(text)
    with pytest.raises(InputError, match=message):
        studies_in(tmp_path / "studies")


@pytest.mark.parametrize("named", ["nowhere/studies", "mine"])
def test_a_named_folder_that_holds_no_studies_is_refused(report: Path, tmp_path: Path, named: str) -> None:
    with pytest.raises(InputError, match="STUDIES: expected a folder called 'studies'"):
        folder_of(report, tmp_path / named)


def test_the_section_of_a_study_has_its_bounds_and_its_profile(report: Path) -> None:
    path = report / "report.toml"
    quick = load(path, "quick", report / "studies")
    assert (quick.logistic.iterations, quick.logistic.replicates) == (50, 2)
    path.write_text(path.read_text().replace("iterations = 300", "iteratons = 300"))
    with pytest.raises(InputError, match=r"logistic\.iteratons: expected one of the keys .*write 'iterations'"):
        load(path, None, report / "studies")
    path.write_text(path.read_text().replace("iteratons = 300", "iterations = 0"))
    with pytest.raises(InputError, match=r"logistic\.iterations: expected a whole number of at least 1, got 0"):
        load(path, None, report / "studies")


def test_make_new_and_studies_are_targets_of_make() -> None:
    shown = subprocess.run(["make", "-n", "new", "REPORT=x y"], cwd=ROOT, capture_output=True, text=True, check=False,
                           env={**os.environ, "MAKEFLAGS": ""})  # fmt: skip
    assert 'new -- "$REPORT"' in shown.stdout
