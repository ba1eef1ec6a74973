"""The one exception that a user's mistake raises: place, expected, got, next step; exit status 2."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
FOLDER = (errno.EISDIR, errno.ENOTEMPTY)


class InputError(Exception):
    """A mistake in a file that the user edits; its text is all that is shown (no traceback)."""

    def __init__(self, message: str, next_step: str = "") -> None:
        """Join the message and the next step into one line that a terminal shows unchanged."""
        super().__init__(printable(f"{message}; {next_step}" if next_step else message).replace("\n", r"\n"))


def printable(text: str) -> str:
    r"""Return text without terminal control codes: ESC -> \x1b."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


def of_storage(error: OSError, build: Path) -> str | None:
    """Return the message, with the next step, for a build folder that takes no file; None for any other failure."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else build
    if error.errno in FULL:
        return (
            f"{build}: no room is left ({error.strerror}); free some space and run make again, or choose another "
            "folder with BUILD=some/dir; the last good report is unchanged"
        )
    if not path.absolute().is_relative_to(build.absolute()):
        return None
    if error.errno in CLOSED:
        return f"{path}: cannot be written ({error.strerror}); choose another folder with BUILD=some/dir"
    if error.errno in FOLDER:
        return f"{path}: a folder is where a file belongs; move it away and run make again"
    return None


def reason(error: OSError, place: object) -> str:
    """Return the place of an error of the system and its reason; a library's own error has its text only.

    `OSError(2, "No such file", "a.csv")` -> "a.csv: No such file"; `OSError("AF_UNIX path too long")` at "build" ->
    "build: AF_UNIX path too long"
    """
    return f"{error.filename or place}: {error.strerror or error}"


def exit_status(work: Callable[[], None], build: Path) -> int:
    """Do the work and return 0; return 2 after printing a mistake of the user's or of the build folder's disk."""
    try:
        work()
    except (InputError, OSError) as error:
        message = of_storage(error, build) if isinstance(error, OSError) else str(error)
        if message is None:
            raise
        print(f"error: {message}", file=sys.stderr)
        return 2
    return 0
