"""Replicates on a Dask cluster that the test starts on loopback: a scheduler and two workers, one of them killed."""

import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from analysis.compute import cluster, parallel
from analysis.compute.progress import silent
from analysis.errors import InputError
from tests.analysis.compute.cluster_study import train

ROOT = Path(__file__).resolve().parents[3]
TASKS = 8
START_SECONDS = 120


def start(*arguments: str, folder: Path) -> tuple[subprocess.Popen[str], Path]:
    log = folder / f"{arguments[0]}-{len(list(folder.iterdir()))}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, text=True,
        )  # fmt: skip
    return process, log


def wait_for(pattern: str, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = re.search(pattern, log.read_text())
        if found:
            return found.group(found.lastindex or 0)
        time.sleep(0.05)
    raise AssertionError(f"{pattern!r} not in {log.read_text()}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def scheduler(folder: Path) -> Iterator[str]:
    process, log = start("scheduler", "--host", "127.0.0.1", "--port", "0", folder=folder)
    try:
        yield wait_for(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)", log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def workers(scheduler: str, folder: Path) -> Iterator[list[subprocess.Popen[str]]]:
    started = [
        start("worker", scheduler, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder / f"w{i}"),
              folder=folder)
        for i in range(2)
    ]  # fmt: skip
    try:
        for _, log in started:
            wait_for("Registered to", log)
        yield [process for process, _ in started]
    finally:
        for process, _ in started:
            process.kill()
            process.wait()


def test_a_cluster_without_workers_is_named(scheduler):  # in this order: no worker, two, one killed, README's
    with pytest.raises(InputError, match="the scheduler has no worker"), cluster.connected(scheduler):
        pass


@pytest.mark.long
def test_a_worker_that_has_loaded_other_code_is_refused(scheduler, workers, monkeypatch):
    monkeypatch.setattr(cluster, "CODE", "0" * 64)
    with pytest.raises(InputError, match="runs other code than this; start it again"), cluster.connected(scheduler):
        pass


def test_results_are_those_of_this_machine_to_the_bit_though_a_worker_dies(scheduler, workers, tmp_path, monkeypatch):
    begun = tmp_path / "begun"
    begun.mkdir()
    tasks = [(seed, str(begun)) for seed in range(TASKS)]

    def kill_one() -> None:
        while len(list(begun.iterdir())) < TASKS // 2:
            time.sleep(0.02)
        workers[0].kill()

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    monkeypatch.setenv(cluster.ADDRESS, scheduler)
    there = parallel.run_tasks(train, tasks, stage="", progress=silent, steps=[1] * TASKS)
    killer.join()
    assert workers[0].wait() != 0
    assert workers[1].poll() is None, "the other worker has done the rest"
    monkeypatch.delenv(cluster.ADDRESS)
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    here = parallel.run_tasks(train, tasks, stage="", progress=silent, steps=[1] * TASKS)
    for ours, theirs in zip(here, there, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.long
def test_the_worker_of_the_readme_finds_the_analysis(scheduler, tmp_path):
    (line,) = re.findall(rf"{re.escape(cluster.COMMAND)} (worker .*)", (ROOT / "README.md").read_text(encoding="utf-8"))
    words = line.replace("tcp://host:8786", scheduler).replace("--nworkers 8", "--nworkers 1").split()
    process, log = start(*words, "--local-directory", str(tmp_path / "w"), folder=tmp_path)
    try:
        wait_for("Registered to", log)
        with cluster.connected(scheduler):
            pass
    finally:
        process.terminate()
        process.wait()


def test_a_scheduler_that_does_not_answer_ends_in_one_message_in_bounded_time(monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", 1)
    with socket.socket() as taken:  # bound and not listening: nothing answers
        taken.bind(("127.0.0.1", 0))
        where = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        begun = time.monotonic()
        with pytest.raises(InputError, match="no scheduler answers within 1 s"), cluster.connected(where):
            pass
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("text", ["127.0.0.1:8786", "http://host:1", "tcp://host", "tcp://:80 ", "tcp://a b:1"])
def test_an_address_of_another_form_is_refused(text, monkeypatch):
    monkeypatch.setenv(cluster.ADDRESS, text)
    with pytest.raises(InputError, match=r"WORKERS: expected tcp://host:port or tls://host:port"):
        cluster.address()


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="pip install dask distributed"), cluster.connected("tcp://127.0.0.1:1"):
        pass


def test_off_by_default(monkeypatch):
    monkeypatch.delenv(cluster.ADDRESS, raising=False)
    assert cluster.address() is None


def test_the_hash_of_the_code_covers_every_file_of_the_analysis(tmp_path, monkeypatch):
    assert cluster.ANALYSIS == ROOT / "analysis"
    shutil.copytree(cluster.ANALYSIS, tmp_path / "analysis")
    monkeypatch.setattr(cluster, "ANALYSIS", tmp_path / "analysis")
    digests = [cluster._digest()]
    assert digests == [cluster.CODE]
    for path in (tmp_path / "analysis").rglob("*.py"):
        path.write_text(path.read_text() + "# a word\n")
        digests.append(cluster._digest())
        assert digests[-1] != digests[-2], path
