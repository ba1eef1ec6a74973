"""The child's side of `forkserver.run_module`. It imports nothing of the project, whose code may be another's."""

import multiprocessing
import multiprocessing.connection
import os
import runpy
import signal
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

KEPT: list[Connection] = []  # inherited descriptors stay open until the process ends


def run_as_main(
    arguments: Sequence[str], folder: str, environment: dict[str, str], output: Connection, kept: list[Connection]
) -> None:
    """Become `python -m` of the arguments in `folder`: argv, path, environment and output are its own."""
    os.setsid()
    KEPT.extend(kept)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for standard in (1, 2):
        os.dup2(output.fileno(), standard)
    output.close()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """End our group of processes (us and our workers) when the build dies, even by SIGKILL."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os.killpg(os.getpgrp(), signal.SIGTERM)
