"""End a study when its parent process dies, even by SIGKILL."""

from __future__ import annotations

import os
import signal
import threading

LEASH = "ANALYSIS_LEASH"  # environment: descriptor of a pipe whose other end the parent holds


def follow_parent() -> None:
    """End our group of processes (us and our workers) once the parent's end of the pipe is closed."""
    text = os.environ.pop(LEASH, None)
    if text is None or os.getpgrp() != os.getsid(0):
        return  # started by hand: nobody to follow, and the group is not ours
    descriptor = int(text)
    os.set_inheritable(descriptor, False)
    threading.Thread(target=_wait, args=(descriptor,), daemon=True).start()


def _wait(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGTERM)
