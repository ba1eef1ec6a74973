"""What stops a build with one message and no traceback; what a user typed wrong is `analysis.errors.InputError`."""

from collections.abc import Sequence


class RenderError(Exception):
    """A mistake in a template: place, expected, got, next step."""

    def __init__(self, message: str, place: str = "") -> None:
        """Put the place (template:line) in front."""
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


class BuildError(Exception):
    """The build cannot go on; the text is all that is shown. `status` is what make gets to see."""

    def __init__(self, message: str, status: int = 1, problems: Sequence[str] = ()) -> None:
        """Keep the message, the exit status (2: a mistake in a file the user edits) and what the message lists."""
        super().__init__(message)
        self.status = status
        self.problems = problems or [message]


class Interrupted(KeyboardInterrupt):
    """A signal asked us to stop; `status` is 128 + its `number`, as shells say it."""

    def __init__(self, number: int) -> None:
        """Keep the number of the signal."""
        super().__init__(f"stopped by signal {number}")
        self.number, self.status = number, 128 + number
