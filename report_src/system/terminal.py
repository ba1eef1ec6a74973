"""Standard output and standard error on which control sequences are shown, never obeyed.

A name of a file, a cell or a template may hold escape sequences, which a terminal would act on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from analysis.errors import printable


class Plain:
    """A stream that prints the code of what is no letter, sign or line end; `stream` is the one below it."""

    def __init__(self, stream: TextIO) -> None:
        """Print to `stream`."""
        self.stream = stream

    def write(self, text: str) -> int:
        """Print text without terminal control codes."""
        self.stream.write(printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's."""
        return getattr(self.stream, name)


def say(text: str) -> None:
    """Print to standard output; whoever has closed it (`make where … | head`) has read enough."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # or Python complains when it flushes at its end


@contextlib.contextmanager
def plain() -> Iterator[None]:
    """Have both streams print plain text in the block."""
    with contextlib.redirect_stdout(Plain(sys.stdout)), contextlib.redirect_stderr(Plain(sys.stderr)):
        yield


def drawable(stream: Any) -> TextIO:
    """Return the stream below, for what moves the cursor itself (a progress bar)."""
    below: TextIO = stream.stream if isinstance(stream, Plain) else stream
    return below
