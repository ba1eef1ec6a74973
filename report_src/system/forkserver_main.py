"""A Python that has the large libraries loaded, and forks into `python -m MODULE …` as often as it is asked.

It is started by its path, with the descriptor of a socket. A request is the arguments as JSON, and with them the
descriptor that takes the output; the answer is a line, the exit status as subprocess has it (negative: a signal).
Libraries alone are loaded here: the project's own code is read by each fork, as it then is.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

LONGEST = 65_536  # bytes of a request
LIBRARIES = Path("analysis/compute/preload.py")  # names them; a project without it has none to load


def serve(connection: socket.socket) -> list[str]:
    """Answer requests; return the arguments of one in its fork, none when the other end is closed or killed."""
    named = runpy.run_path(str(LIBRARIES)) if LIBRARIES.is_file() else {"AT_ONCE": (), "MEANWHILE": ()}
    load(named["AT_ONCE"])
    later: Sequence[str] = named["MEANWHILE"]
    while True:
        try:
            message, descriptors, *_ = socket.recv_fds(connection, LONGEST, 1)
        except ConnectionError:
            return []
        if not message:
            return []
        child = os.fork()
        if child == 0:
            connection.close()
            for standard in (1, 2):
                os.dup2(descriptors[0], standard)
        os.close(descriptors[0])
        if child == 0:
            return list(json.loads(message))
        load(later)
        later = ()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        try:
            connection.sendall(b"%d\n" % status)
        except ConnectionError:
            return []


def load(names: Sequence[str]) -> None:
    """Import libraries; one that cannot be imported is left to whoever needs it."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # as `python -m` has it
    arguments = serve(socket.socket(fileno=int(sys.argv[1])))
    if arguments:
        sys.argv = arguments
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
