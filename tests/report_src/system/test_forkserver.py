"""A module runs as `python -m` would, with or without a fork server, and does not outlive the build."""

import io
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from report_src.project import ROOT
from report_src.system import forkserver, processes
from report_src.system.forkserver import run_module
from tests.report_src.build.test_faults import processes_in, wait_until

LIBRARIES = ("wave", "no_such_library")
BOTH = pytest.mark.parametrize("preload", [(), LIBRARIES], ids=["spawned", "forked"])


PARENT = """
import os, sys
from report_src.system import forkserver, processes
from report_src.system.forkserver import run_module
if __name__ == "__main__":
    on_line = lambda line: print(line, end="")
    run_module(["task"], environment=dict(os.environ), log=open("log", "w"), on_line=on_line, preload={preload!r})
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder: Path, code: str, *arguments: str, preload: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    (folder / "task.py").write_text(code, encoding="utf-8")
    said: list[str] = []
    environment = {**os.environ, "SEEN": "yes"}
    status = run_module(
        ["task", *arguments], environment=environment, log=io.StringIO(), on_line=said.append, preload=preload
    )
    return status, [line.rstrip("\n") for line in said]


@BOTH
def test_each_run_reads_the_code_of_the_moment(folder: Path, preload: tuple[str, ...]) -> None:
    seen = "import os, sys\nprint(sys.argv[1:], __name__, os.environ['SEEN'], os.getcwd())"
    assert run(folder, seen, "a", "b", preload=preload) == (0, [f"['a', 'b'] __main__ yes {folder}"])
    assert run(folder, "print('changed')", preload=preload) == (0, ["changed"])
    assert "SEEN" not in os.environ


@pytest.mark.parametrize(("preload", "found"), [(LIBRARIES, "True"), ((), "False")])
def test_a_fork_finds_the_libraries_loaded(folder: Path, preload: tuple[str, ...], found: str) -> None:
    """A build starts its fork server once, so each case is a Python of its own."""
    (folder / "task.py").write_text("import sys; print('wave' in sys.modules)", encoding="utf-8")
    (folder / "parent.py").write_text(PARENT.format(preload=preload), encoding="utf-8")
    done = subprocess.run([sys.executable, "parent.py"], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{found}\n"


def test_a_temporary_folder_whose_name_is_too_long_for_a_socket_disturbs_no_fork(folder: Path) -> None:
    place = folder / ("long" * 30)
    place.mkdir()
    (folder / "task.py").write_text("import tempfile; print(tempfile.gettempdir())", encoding="utf-8")
    (folder / "parent.py").write_text(PARENT.format(preload=LIBRARIES), encoding="utf-8")
    environment = ENVIRONMENT | {"TMPDIR": str(place)}
    done = subprocess.run([sys.executable, "parent.py"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"{place}\n"


@BOTH
@pytest.mark.parametrize(
    ("code", "status", "last"),
    [
        ("import sys; print('error: a mistake', file=sys.stderr); sys.exit(2)", 2, "error: a mistake"),
        ("raise ValueError('boom')", 1, "ValueError: boom"),
        ("import os; print('last words', flush=True); os.kill(os.getpid(), 9)", -9, "last words"),
    ],
)
def test_status_and_last_words_are_those_of_a_process_of_its_own(folder, code, status, last, preload) -> None:
    found, said = run(folder, code, preload=preload)
    assert (found, said[-1]) == (status, last)


@BOTH
def test_the_descriptors_to_keep_stay_open_in_the_child(folder: Path, preload: tuple[str, ...]) -> None:
    (folder / "task.py").write_text("import os; print(sorted(os.readlink(f'/proc/self/fd/{n}') for n in range(1000)"
                                    " if os.path.exists(f'/proc/self/fd/{n}')))", encoding="utf-8")  # fmt: skip
    said: list[str] = []
    with (folder / "lock").open("w") as lock:
        run_module(["task"], environment=os.environ, log=io.StringIO(), on_line=said.append,
                   keep_open=[lock.fileno()], preload=preload)  # fmt: skip
    assert str(folder / "lock") in said[-1]


@BOTH
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for strays in /proc")
@pytest.mark.sampled(2)
def test_nothing_is_left_at_the_end_of_what_a_module_started(folder: Path, preload: tuple[str, ...]) -> None:
    hang = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    assert run(folder, hang, preload=preload)[0] == 0
    wait_until(lambda: not processes_in(folder))


@BOTH
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for strays in /proc")
def test_a_module_ends_when_its_parent_is_killed(folder: Path, preload: tuple[str, ...]) -> None:
    (folder / "task.py").write_text("import time; print('begun', flush=True); time.sleep(600)", encoding="utf-8")
    (folder / "parent.py").write_text(PARENT.format(preload=preload), encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, "parent.py"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "begun\n"
    assert processes_in(folder)
    parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not processes_in(folder))
    assert parent.communicate(timeout=120)[0] == ""


@BOTH
def test_modules_that_run_at_once_have_their_own_environment_and_status(folder: Path, preload: tuple[str, ...]) -> None:
    (folder / "task.py").write_text("import os; print(os.environ['OWN']); exit(int(os.environ['OWN']))", "utf-8")

    def status(own: int) -> tuple[int, list[str]]:
        said: list[str] = []
        environment = {**os.environ, "OWN": str(own)}
        return run_module(
            ["task"], environment=environment, log=io.StringIO(), on_line=said.append, preload=preload
        ), said  # fmt: skip

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(status, range(8))) == [(own, [f"{own}\n"]) for own in range(8)]
    assert "OWN" not in os.environ


@BOTH
def test_a_module_is_ended_on_request(folder: Path, preload: tuple[str, ...]) -> None:
    stop = threading.Event()
    (folder / "task.py").write_text("import time; print('begun', flush=True); time.sleep(600)", encoding="utf-8")
    status = run_module(["task"], environment=os.environ, log=io.StringIO(), on_line=lambda _: stop.set(),
                        preload=preload, stop=stop)  # fmt: skip
    assert status == -signal.SIGTERM
    assert not processes_in(folder)


def test_an_environment_is_read_whole_while_another_process_starts_in_its_own() -> None:
    seen: list[set[str]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(set(processes.inherited()))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(300):
        with forkserver._environment({"ONLY": "1"}):
            pass
    stop.set()
    reader.join()
    assert seen
    assert all(names == set(os.environ) for names in seen)
