"""Temporary files of a process lie in one folder, which goes with the process, however it ends."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from report_src.project import ROOT
from report_src.system import lock

CODE = """
import tempfile
from report_src.system import lock
lock.keep_temporary_files_together()
print(tempfile.mkdtemp(), flush=True)
input()
"""


def start(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that keeps a temporary folder; return both."""
    process = subprocess.Popen(
        [sys.executable, "-c", CODE], env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_it_goes_with_its_process(tmp_path: Path) -> None:
    process, made = start(tmp_path)
    assert made.is_dir()
    process.communicate("\n", timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_one_and_no_folder_of_one_that_lives(tmp_path: Path) -> None:
    (killed, left), (lives, kept) = start(tmp_path), start(tmp_path)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert left.is_dir()
    start(tmp_path)[0].communicate("\n", timeout=60)
    assert not left.exists()
    assert kept.is_dir()
    lives.communicate("\n", timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_a_process_started_by_another_has_its_folder_beside(tmp_path: Path) -> None:
    (outer, first) = start(tmp_path)
    inner, second = start(first.parent)
    assert (first.parent.parent, second.parent.parent) == (tmp_path, tmp_path)
    for process in (outer, inner):
        process.communicate("\n", timeout=60)


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / f"{lock.PREFIX}x").symlink_to(tmp_path / "precious")
    lock.remove_left_behind(lock.PREFIX, tmp_path / "here")
    assert (tmp_path / "precious").is_dir()


def test_a_folder_taken_away_between_two_steps_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may sweep the folder before this one holds its lock."""
    real, calls = tempfile.mkdtemp, []

    def taken_at_once(prefix: str, dir: Path) -> str:
        calls.append(made := real(prefix=prefix, dir=dir))
        if len(calls) == 1:
            os.rmdir(made)
        return made

    monkeypatch.setattr(tempfile, "mkdtemp", taken_at_once)
    own, held = lock.own_folder("a-", tmp_path)
    os.close(held)
    assert str(own) == calls[1]
    assert own.is_dir()
