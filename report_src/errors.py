"""What stops a build with one message and no traceback."""

from __future__ import annotations

import re


class RenderError(Exception):
    """A mistake in a template: place, expected, got, next step."""

    def __init__(self, message: str, place: str = "") -> None:
        """Put the place (template:line) in front."""
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


class BuildError(Exception):
    """The build cannot go on; the text is all that is shown. `status` is what make gets to see."""

    def __init__(self, message: str, status: int = 1) -> None:
        """Keep the message and the exit status (2: a mistake in a file the user edits)."""
        super().__init__(message)
        self.status = status


def listed(text: str) -> str:
    """Return a message as a terminal shows it: "error: " before it, and before each further place that it names."""
    return "error: " + re.sub(r"\n(?=[^\s:]+:\d+(?::\d+)?: )", "\nerror: ", text)


class Interrupted(KeyboardInterrupt):
    """A signal asked us to stop; `status` is 128 + its number, as shells say it."""

    def __init__(self, number: int) -> None:
        """Keep the number of the signal."""
        super().__init__(f"stopped by signal {number}")
        self.status = 128 + number
