"""Studies that are run one after the other as forks of one Python, which has loaded their libraries once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from report_src.system.processes import GRACE_SECONDS, LEASH, end_group, listen

WARM = Path(__file__).with_name("forkserver_main.py")


class Forks:
    """The process that report_src/system/forkserver_main.py describes; it is started when it is first needed."""

    def __init__(self) -> None:
        """Start nothing."""
        self._process: subprocess.Popen[Any] | None = None
        self._connection: socket.socket | None = None
        self._leash = -1

    def __enter__(self) -> Forks:
        """Return it."""
        return self

    def __exit__(self, *raised: object) -> None:
        """End the process and whatever of its group is left."""
        if self._process is None or self._connection is None:
            return
        self._connection.close()
        end_group(self._process)
        os.close(self._leash)

    def run(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: IO[str],
        heard: Callable[[str], None],
        keep_open: Sequence[int],
    ) -> int:
        """Run `python -m` of the arguments; return its exit status. Environment and descriptors are the first run's."""
        process, connection = self._started(environment, keep_open)
        output, given = os.pipe()
        lines = os.fdopen(output, encoding="utf-8", errors="replace")
        reader = threading.Thread(target=listen, args=(lines, log, heard), daemon=True)
        reader.start()
        socket.send_fds(connection, [json.dumps(arguments).encode()], [given])
        os.close(given)
        answer = connection.recv(32)
        reader.join(GRACE_SECONDS)
        return int(answer) if answer else process.wait() or 1

    def _started(
        self, environment: Mapping[str, str], keep_open: Sequence[int]
    ) -> tuple[subprocess.Popen[Any], socket.socket]:
        if self._process is None or self._connection is None:
            self._connection, theirs = socket.socketpair()
            ear, self._leash = os.pipe()
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(WARM), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(*keep_open, ear, theirs.fileno()),
                env={**environment, LEASH: str(ear)},
            )
            os.close(ear)
            theirs.close()
        return self._process, self._connection
