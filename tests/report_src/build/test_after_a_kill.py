"""What a killed build leaves: half-written files, a Python without its make, an installer that goes on."""

import fcntl
import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from report_src.build import context, runner
from report_src.build.finished_steps import Memory
from report_src.project import ROOT
from report_src.system.cache_file import keep, recalled
from report_src.system.files import copy_whole, set_aside, sweep, write_whole
from report_src.system.lock import LOCK

PATIENCE = 120.0  # seconds
linux = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux to tell of the parent's end")


def test_half_written_files_and_empty_folders_are_swept_away_and_nothing_else(tmp_path: Path) -> None:
    kept = ["report.pdf", "work/.templates/a", "work/results/survey.json", f"beside/{LOCK}", "beside/.mine.7.part"]
    gone = [".report.pdf.12.part", "figures/.plot.pdf.12.part", "work/results/.survey.json.x7yz.part"]
    for name in (*kept, *gone):
        write_whole(tmp_path / name, b"1")
    for name in ("work/report.aux", "work/pass-1", "mine"):
        (tmp_path / name).mkdir()
    sweep(tmp_path, but="pass-")
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == sorted(kept)
    assert [name for name in ("work/report.aux", "work/pass-1", "mine") if (tmp_path / name).exists()] == [
        "work/pass-1", "mine"
    ]  # fmt: skip


@pytest.mark.parametrize("place", [0, 10, 70, -1])
def test_what_is_remembered_is_believed_as_it_was_written_alone(tmp_path: Path, place: int) -> None:
    path = tmp_path / "kept.json"
    keep(path, {"a": [1, 2]})
    assert recalled(path, dict[str, list[int]]) == {"a": [1, 2]}
    assert recalled(path, dict[str, str]) is None  # whole, and of another version of the program
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert recalled(path, dict[str, list[int]]) is None
    assert recalled(tmp_path, dict[str, list[int]]) is None
    assert recalled(tmp_path / "absent", dict[str, list[int]]) is None


def test_a_memory_of_steps_in_which_a_byte_differs_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "steps.json"
    Memory(tmp_path).finished("survey", {"code:a.py": "1"}, {"results/survey.json": "2"}, 1.0)
    assert Memory(tmp_path).steps
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"parts"', b'"pasts"'))
    assert Memory(tmp_path).steps == {}
    tree = json.loads(whole)
    tree["steps"]["survey"]["products"] = {}
    path.write_text(json.dumps(tree), encoding="utf-8")
    assert Memory(tmp_path).steps == {}


def test_a_file_takes_the_place_of_an_empty_folder_and_of_no_other(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_whole(tmp_path / "empty", b"1")
    assert (tmp_path / "empty").read_bytes() == b"1"
    write_whole(tmp_path / "full/mine", b"2")
    with pytest.raises(OSError, match="not empty"):
        copy_whole(tmp_path / "empty", tmp_path / "full")
    assert (tmp_path / "full/mine").read_bytes() == b"2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


def test_files_come_back_where_moving_the_next_one_aside_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        write_whole(tmp_path / name, name.encode())
    real = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target.name == "two" and ".aside" in target.parts:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space"), set_aside(tmp_path, ["one", "two"], tmp_path / ".aside"):
        pass
    assert [(tmp_path / name).read_bytes() for name in ("one", "two")] == [b"one", b"two"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_log_on_a_full_disk_stops_nobody() -> None:
    with io.TextIOWrapper(context.LogFile("/dev/full", "a"), encoding="utf-8", write_through=True) as log:
        log.write("a line\n")
        log.flush()
    with pytest.raises(OSError, match="No space"), open("/dev/full", "a") as plain:
        plain.write("a line\n")


def test_compiled_python_of_changed_sources_is_removed(tmp_path: Path) -> None:
    for name in ("changed", "same"):
        write_whole(tmp_path / f"{name}.py", b"")
        write_whole(Path(importlib.util.cache_from_source(tmp_path / f"{name}.py")), b"old")
    before = {"code:changed.py": "1", "code:same.py": "1", "setting:run.seed": "1"}
    memory = Memory(tmp_path)
    memory.finished("survey", before, {}, 0.0)
    changed = memory.changed("survey", before | {"code:changed.py": "2", "setting:run.seed": "2"})
    assert changed is not None
    runner.forget_bytecode(tmp_path.joinpath, changed)
    assert [path.name.split(".")[0] for path in (tmp_path / "__pycache__").iterdir()] == ["same"]


def gone(number: int) -> bool:
    """Whether a process has ended (one that waits to be buried has)."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return True


def wait_until_gone(number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not gone(number):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.02)


@linux
@pytest.mark.parametrize("late", [False, True])
def test_python_ends_with_the_make_that_started_it(late: bool) -> None:
    asks = "time.sleep(0.5); processes.follow(parent)" if late else "processes.follow(parent); print(os.getpid())"
    code = (
        "import os, sys, time; from report_src.system import processes; parent = os.getppid()\n"
        f"if {late}: print(os.getpid(), flush=True)\n"
        f"with processes.signals_raise():\n    {asks}; sys.stdout.flush(); time.sleep(60)"
    )
    command = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])", sys.executable, "-c", code]
    make = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    assert make.stdout is not None
    python = int(make.stdout.readline())
    make.kill()
    make.wait()
    wait_until_gone(python)


def test_the_makefile_gives_its_place_to_python_and_tells_it_whom_to_follow() -> None:
    said = subprocess.run(["make", "-n", "report"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"exec +\.venv/bin/python -m report_src --parent \$PPID ", said)


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_killed_bootstrap_runs_ends_or_is_waited_for(tmp_path: Path, number: signal.Signals) -> None:
    program = ["-c", "import os, time; print(os.getpid(), file=open('number', 'w')); time.sleep(60)"]
    code = (
        "import sys, bootstrap; from machine import commands; from pathlib import Path; bootstrap.ROOT = Path.cwd()\n"
        f"bootstrap.PARTS['tex'] = lambda root: commands.run([sys.executable, *{program!r}], 'failed')\n"
        "bootstrap.main(['tex'])"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    )
    place, deadline = tmp_path / "number", time.monotonic() + PATIENCE
    while not (place.exists() and place.read_text().endswith("\n")):
        assert time.monotonic() < deadline, "it never ran"
        time.sleep(0.02)
    started.send_signal(number)
    started.wait(PATIENCE)
    installer = int(place.read_text())
    if number == signal.SIGKILL:
        with (tmp_path / ".ready/lock").open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(installer, signal.SIGKILL)
    wait_until_gone(installer)
    with (tmp_path / ".ready/lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
