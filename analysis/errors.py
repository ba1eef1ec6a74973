"""The one exception that a user's mistake raises: place, expected, got, next step; exit status 2."""


class InputError(Exception):
    """A mistake in a file that the user edits; its text is all that is shown (no traceback)."""

    def __init__(self, message: str, next_step: str = "") -> None:
        """Join the message and the next step into one line."""
        super().__init__(f"{message}; {next_step}" if next_step else message)
