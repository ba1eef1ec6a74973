"""Run `python -m MODULE` in a group of processes of its own that ends with the build, even if the build is killed.

The standard library's fork server starts it where libraries are to be loaded once for several modules.
"""

import contextlib
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import IO, Any

from report_src.system.main_module import run_as_main
from report_src.system.processes import ENVIRONMENT, GRACE_SECONDS, end_group, listen

LONGEST_FOLDER = 70  # bytes of the folder of temporary files: the server's socket below it may have 103 in all on macOS
LOOK_SECONDS = 0.02  # between two looks at whether a process has ended
# held while a process starts, in the environment that it inherits, or is asked for its status, which only one may read
ONE_AT_A_TIME = threading.RLock()


def run_module(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: IO[str],
    on_line: Callable[[str], None],
    keep_open: Sequence[int] = (),
    preload: Sequence[str] = (),
    stop: threading.Event | None = None,
) -> int:
    """Run `python -m` of the arguments; return its exit status (negative: the signal that killed it).

    It is ended as soon as `stop` is set; several may run at once, each in a thread. Each line it prints goes to `log`
    and to `on_line`. What is left of its group when it ends, or when we are interrupted, is ended. It inherits the
    descriptors `keep_open` (the build's lock). With `preload`, it is a fork of a server that has imported these
    libraries (unless the folder of temporary files has too long a name); the project's own code is read afresh.
    """
    served = preload and len(os.fsencode(tempfile.gettempdir())) <= LONGEST_FOLDER
    context: Any = multiprocessing.get_context("forkserver" if served else "spawn")
    if served:
        context.set_forkserver_preload(list(preload))
    output, given = context.Pipe(duplex=False)
    kept = [Connection(os.dup(descriptor), readable=False) for descriptor in keep_open]
    with ONE_AT_A_TIME, _environment(environment), contextlib.ExitStack() as sent:
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
    stop = stop or threading.Event()

    def lives() -> bool:
        with ONE_AT_A_TIME:
            return bool(process.is_alive())

    try:
        while lives() and not stop.wait(LOOK_SECONDS):
            pass
    finally:
        end_group(process.pid, lives)
        reader.join(GRACE_SECONDS)
    with ONE_AT_A_TIME:
        return process.exitcode or 0


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Give a process that starts now its environment: BLAS reads the number of threads when it is loaded."""
    with ENVIRONMENT:
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(wanted)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
