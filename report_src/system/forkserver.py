"""Run `python -m MODULE` in a group of processes of its own that ends with the build, even if the build is killed.

The standard library's fork server starts it where libraries are to be loaded once for several modules.
"""

import contextlib
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing import util
from multiprocessing.connection import Connection
from typing import IO, Any

from report_src.system.main_module import run_as_main
from report_src.system.processes import GRACE_SECONDS, end_group, listen

LONGEST_FOLDER = 75  # bytes of TMPDIR's name: a socket's own is below it and has 107 at most
SHORT_FOLDER = "/tmp"


def run_module(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: IO[str],
    on_line: Callable[[str], None],
    keep_open: Sequence[int] = (),
    preload: Sequence[str] = (),
) -> int:
    """Run `python -m` of the arguments; return its exit status (negative: the signal that killed it).

    Each line it prints goes to `log` and to `on_line`. What is left of its group when it ends, or when we are
    interrupted, is ended. It inherits the descriptors `keep_open` (the build's lock). With `preload`, it is a fork of
    a server that has imported these libraries; the project's own code is read afresh.
    """
    context: Any = multiprocessing.get_context("forkserver" if preload else "spawn")
    if preload:
        short_socket_names()
        context.set_forkserver_preload(list(preload))
    output, given = context.Pipe(duplex=False)
    kept = [Connection(os.dup(descriptor), readable=False) for descriptor in keep_open]
    with _environment(environment), contextlib.ExitStack() as sent:
        for connection in (given, *kept):
            sent.enter_context(connection)
        process = context.Process(
            target=run_as_main, args=(list(arguments), os.getcwd(), dict(environment), given, kept)
        )
        process.start()
    lines = os.fdopen(os.dup(output.fileno()), encoding="utf-8", errors="replace")
    output.close()
    reader = threading.Thread(target=listen, args=(lines, log, on_line), daemon=True)
    reader.start()
    try:
        process.join()
    finally:
        end_group(process.pid, process.is_alive)
        process.join()
        reader.join(GRACE_SECONDS)
    return process.exitcode or 0


def short_socket_names() -> None:
    """Have the fork server's socket in /tmp where TMPDIR's name is too long for one."""
    chosen = tempfile.gettempdir()
    if len(os.fsencode(chosen)) > LONGEST_FOLDER:
        tempfile.tempdir = SHORT_FOLDER
        try:
            util.get_temp_dir()  # made once a process, whatever is chosen from then on
        finally:
            tempfile.tempdir = chosen


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Give a process that starts now its environment: BLAS reads the number of threads when it is loaded."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
