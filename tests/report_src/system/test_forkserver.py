"""Several studies are forks of one Python: each begins as `python -m` would, and none outlives the build."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from report_src.system.forkserver import WARM, Forks
from tests.report_src.build.test_faults import processes_in, wait_until


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "analysis/compute").mkdir(parents=True)
    (tmp_path / "analysis/compute/preload.py").write_text(
        "AT_ONCE, MEANWHILE = ('wave', 'no_such_library'), ('colorsys',)"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def forks(folder: Path) -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


def run(forks: Forks, folder: Path, code: str, *arguments: str) -> tuple[int, list[str]]:
    (folder / "task.py").write_text(code, encoding="utf-8")
    said: list[str] = []
    status = forks.run(["task", *arguments], environment=os.environ, log=io.StringIO(), heard=said.append, keep_open=())
    return status, [line.rstrip("\n") for line in said]


def test_each_reads_the_code_as_it_is_and_finds_the_libraries_loaded(forks: Forks, folder: Path) -> None:
    seen = "import sys; loaded = [name for name in ('wave', 'colorsys', 'task') if name in sys.modules]\n"
    assert run(forks, folder, seen + "print(loaded, sys.argv[1:], __name__)", "a", "b") == (
        0, ["['wave'] ['a', 'b'] __main__"]
    )  # fmt: skip
    assert run(forks, folder, seen + "print(loaded, 'changed')") == (0, ["['wave', 'colorsys'] changed"])


@pytest.mark.parametrize(
    ("code", "status", "last"),
    [
        ("import sys; print('error: a mistake', file=sys.stderr); sys.exit(2)", 2, "error: a mistake"),
        ("raise ValueError('boom')", 1, "ValueError: boom"),
        ("import os; print('last words', flush=True); os.kill(os.getpid(), 9)", -9, "last words"),
    ],
)
def test_status_and_last_words_are_those_of_a_process_of_its_own(forks, folder, code, status, last) -> None:
    found, said = run(forks, folder, code)
    assert (found, said[-1]) == (status, last)
    assert run(forks, folder, "print('the next one')") == (0, ["the next one"])


def test_where_the_process_itself_is_killed_its_signal_is_the_status(forks: Forks, folder: Path) -> None:
    assert run(forks, folder, "import os; os.kill(os.getppid(), 9)")[0] == -9


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for strays in /proc")
def test_nothing_is_left_at_the_end_of_what_a_study_started(folder: Path) -> None:
    with Forks() as forks:
        hang = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
        assert run(forks, folder, hang)[0] == 0
        assert processes_in(folder)
    wait_until(lambda: not processes_in(folder))


def test_where_the_build_is_killed_nothing_is_said(folder: Path) -> None:
    (folder / "task.py").write_text("import time; print('begun', flush=True); time.sleep(0.5)", encoding="utf-8")
    ours, theirs = socket.socketpair()
    warm = subprocess.Popen(
        [sys.executable, "-P", str(WARM), str(theirs.fileno())], pass_fds=[theirs.fileno()],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    theirs.close()
    with open(os.devnull, "w") as nowhere:
        socket.send_fds(ours, [b'["task"]'], [nowhere.fileno()])
    ours.close()
    assert warm.communicate(timeout=30)[0] == ""
    assert warm.returncode == 0
