"""A command whose answer cannot have changed is answered at once, and no other."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from report_src.build import runner
from report_src.system import unchanged
from report_src.system.files import file_clock
from report_src.system.lock import build_lock
from tests.report_src import small_project

COMMAND = ["--parent", "7", "--config=report.toml", "--build=build", "report"]
ANSWER = "build/report.pdf is up to date"


def built(root: Path) -> None:
    """Build the small project and remember the answer."""
    small_project.build(root)
    time.sleep(2 * unchanged.TICK / 1e9)  # its files have just been written
    runner.remember(small_project.project(root), COMMAND, file_clock(), ["report.toml: \x1b[31mred"], ANSWER)


def answered(root: Path, *words: str) -> bool:
    return unchanged.answer_repeated([*(words or COMMAND)], str(root))


def test_the_same_command_prints_the_same_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built(root)
    capsys.readouterr()
    assert answered(root)
    assert answered(root, "--parent", "8", *COMMAND[2:])  # whoever waits for it
    printed = capsys.readouterr()
    assert printed.out == f"{ANSWER}\n" * 2
    assert printed.err == "warning: report.toml: \\x1b[31mred\n" * 2


def edited_in_secret(path: Path) -> None:
    """Change a file's content but neither its size nor the time that it shows."""
    status = path.stat()
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path: Path) -> None:
    """Put another file of the same name, size and times in a file's place."""
    twin = path.with_name("twin")
    shutil.copy2(path, twin)
    edited_in_secret(twin)
    twin.replace(path)


@pytest.mark.parametrize("change", [edited_in_secret, replaced, Path.unlink], ids=["edited", "replaced", "removed"])
@pytest.mark.parametrize(
    "name",
    ["report.toml", "templates/report.tex.j2", "studies/fit/study.py", "data/train.csv",
     "build/report.pdf", "build/work/results.json", "build/steps.json"],
)  # fmt: skip
@pytest.mark.sampled(4)
def test_whatever_is_changed_goes_to_the_build(root: Path, name: str, change: Callable[[Path], None]) -> None:
    built(root)
    assert answered(root)
    change(root / name)
    assert not answered(root)


@pytest.mark.parametrize("name", ["templates/new.tex.j2", "studies/mine/study.py", "build/extra", "analysis/new.py"])
def test_whatever_is_added_goes_to_the_build(root: Path, name: str) -> None:
    built(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).touch()
    assert not answered(root)


def test_another_command_and_another_folder_go_to_the_build(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(root)
    assert not answered(root, *COMMAND[2:], "--profile=quick")
    assert not answered(root, *COMMAND[2:-1], "web")
    monkeypatch.chdir(root / "data")
    assert not answered(root, *COMMAND[:-2], f"--build={root / 'build'}", "report")


def test_a_build_that_is_at_work_is_waited_for(root: Path) -> None:
    built(root)
    with build_lock(root / "build"):
        assert not answered(root)
    assert answered(root)


def test_the_commit_is_asked_for_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "a@example.org")
    (root / "notes").write_text("one\n", encoding="utf-8")
    for words in (["init", "--quiet"], ["add", "notes"], ["commit", "--quiet", "--message=first"]):
        subprocess.run(["git", *words], check=True, cwd=root)
    built(root)
    assert answered(root)
    (root / "notes").write_text("two\n", encoding="utf-8")  # no source; yet the report says that files differ
    assert not answered(root)


def test_a_source_that_was_touched_while_it_was_built_is_not_trusted(root: Path) -> None:
    time.sleep(2 * unchanged.TICK / 1e9)
    begun, project = file_clock(), small_project.project(root)
    runner.make(project, "report", small_project.table())
    (root / "templates/report.tex.j2").touch()
    runner.remember(project, COMMAND, begun, [], ANSWER)
    assert not answered(root)


def test_a_product_that_is_not_what_its_step_wrote_is_not_trusted(root: Path) -> None:
    time.sleep(2 * unchanged.TICK / 1e9)
    begun, project = file_clock(), small_project.project(root)
    runner.make(project, "report", small_project.table())
    (root / "build/report.pdf").write_bytes(b"edited")
    runner.remember(project, COMMAND, begun, [], ANSWER)
    assert not answered(root)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"request": 1}', '{"roots": 7}'])
def test_a_damaged_note_goes_to_the_build(root: Path, text: str) -> None:
    built(root)
    (root / "build" / unchanged.FILE).write_text(text, encoding="utf-8")
    assert not answered(root)
