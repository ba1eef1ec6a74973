"""Standard output and standard error on which control sequences are shown, never obeyed.

A name of a file, a cell or a template may hold escape sequences, which a terminal would act on.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Iterator
from typing import Any, TextIO

from analysis.errors import printable

WARNING = "warning: "


class Plain:
    """A stream that prints the code of what is no letter, sign or line end; `stream` is the one below it."""

    def __init__(self, stream: TextIO, named: Callable[[str], str] = str) -> None:
        """Print to `stream` what `named` makes of a text."""
        self.stream, self.named = stream, named

    def write(self, text: str) -> int:
        """Print text without terminal control codes."""
        self.stream.write(printable(self.named(text)))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's."""
        return getattr(self.stream, name)


class Warnings:
    """Standard error that keeps the warnings which it prints, without those that were printed before."""

    def __init__(self, stream: TextIO, before: Collection[str] = ()) -> None:
        """Print to `stream`; `before` holds the warnings that are not printed again."""
        self.stream, self.before = stream, before
        self.found: list[str] = []
        self._line = ""

    def write(self, text: str) -> int:
        """Print whole lines."""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            warning = line.removeprefix(WARNING)
            if warning != line:
                self.found.append(warning)
            if warning == line or warning not in self.before:
                self.stream.write(line + "\n")
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
def plain(named: Callable[[str], str] = str) -> Iterator[None]:
    """Have both streams print plain text in the block, as `named` writes it."""
    with contextlib.redirect_stdout(Plain(sys.stdout, named)), contextlib.redirect_stderr(Plain(sys.stderr, named)):
        yield


def drawable(stream: Any) -> TextIO:
    """Return the stream below, for what moves the cursor itself (a progress bar)."""
    below: TextIO = stream.stream if isinstance(stream, Plain) else stream
    return below
