"""Every broken input gives one message, status 2 and no traceback, and leaves the last good build as it was."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end import front_door
from tests.end_to_end.broken_inputs import FILES, TABLES, Broken
from tests.end_to_end.damage import folder
from tests.end_to_end.reports import COMMAND, ROOT, Built

ALL = (*TABLES, *FILES)
AS_PROCESSES = ("a FIFO for a table", "a negative seed", "a FIFO for the log")  # once more as a user starts them
PATIENCE = 300  # seconds for a process of its own
# place (with line or key), what was expected, what was got, what to do
MESSAGE = re.compile(r"[^ ]+: .*(expected .+, got\b.+|missing \(found: .+\)); [^;]+", re.DOTALL)

pytestmark = pytest.mark.slow


@pytest.fixture
def project(small_project: Built) -> Iterator[Path]:
    """A copy of it in a folder that every user may reach."""
    with tempfile.TemporaryDirectory() as base:
        os.chmod(base, 0o755)
        yield Path(shutil.copytree(small_project.config.parent, Path(base) / "project"))


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    front_door.without_processes(monkeypatch)


def said_of(broken: Broken, project: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Break the project, ask for its report, and return what is printed."""
    if broken.as_nobody:
        rehearse(project / broken.file)
    broken.damage(project / broken.file)
    user = front_door.as_nobody(project) if broken.as_nobody else contextlib.nullcontext()
    capsys.readouterr()
    with user:
        assert front_door.report(project) == 2
    printed = capsys.readouterr()
    return printed.out + printed.err


def rehearse(path: Path) -> None:
    """Load what the command needs as long as everything may be read: Python's own library may be closed to others."""
    whole = path.read_bytes()
    folder(path)
    assert front_door.report(path.parent) == 2
    path.rmdir()
    path.write_bytes(whole)


@pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.name)
@pytest.mark.sampled(10)
def test_a_broken_input_gives_one_message_and_costs_nothing(
    broken: Broken, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = front_door.products(project)
    said = said_of(broken, project, capsys)
    errors = [line for line in said.splitlines() if line.startswith("error:")]
    assert [error.replace(f"{project}/", "") for error in errors] == [f"error: {broken.message}"]
    assert "Traceback" not in said + (project / "build/build.log").read_text(encoding="utf-8")
    assert front_door.products(project) == before


@pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.name)
def test_every_message_has_place_expected_got_and_next_step(broken: Broken) -> None:
    assert MESSAGE.fullmatch(broken.message)


@pytest.mark.parametrize(
    "message",
    [
        "expected a number, got 'x'; see there",
        "train.csv:1: got 'x'; see there",
        "train.csv:1: expected a number; see there",
        "train.csv:1: expected a number, got 'x'",
    ],
)
def test_a_message_that_lacks_a_part_is_seen(message: str) -> None:
    assert not MESSAGE.fullmatch(message)


def test_names_differ_and_there_are_more_than_sixty() -> None:
    assert len({broken.name for broken in ALL}) == len(ALL) > 60


@pytest.mark.parametrize("broken", [one for one in ALL if one.name in AS_PROCESSES], ids=lambda broken: broken.name)
@pytest.mark.long
def test_the_command_line_as_a_process_says_the_same(broken: Broken, project: Path) -> None:
    before = front_door.products(project)
    broken.damage(project / broken.file)
    arguments = ["report", "--config", str(project / "report.toml"), "--build", str(project / "build")]
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert [error.replace(f"{project}/", "") for error in errors] == [f"error: {broken.message}"]
    assert "Traceback" not in done.stdout + done.stderr
    assert front_door.products(project) == before


def test_what_is_mended_needs_nothing_but_the_mended_step(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table that was broken and is as before again leaves nothing to do."""
    whole, before = (project / "train.csv").read_bytes(), front_door.products(project)
    said_of(next(one for one in TABLES if one.name == "semicolons"), project, capsys)
    (project / "train.csv").write_bytes(whole)
    assert front_door.report(project) == 0
    assert "is up to date" in capsys.readouterr().out
    assert front_door.products(project) == before


def test_a_mistake_in_the_log_is_named_before_anything_is_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    front_door.write_project(tmp_path)
    (tmp_path / "ai.toml").write_text('used = "perhaps"\n', encoding="utf-8")
    assert front_door.report(tmp_path) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}/ai.toml:1: used: expected one of ")
    assert not (tmp_path / "build").exists()


def test_a_build_that_a_mistake_did_change_would_be_seen(project: Path) -> None:
    before = front_door.products(project)
    (project / "build/report.pdf").write_bytes(b"%PDF")
    assert front_door.products(project) != before
    assert {"report.pdf", "report.tex", "results.json", "figures/eda-class-distribution.pdf"} <= set(before)
