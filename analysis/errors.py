"""The one exception that a user's mistake raises: place, expected, got, next step; exit status 2."""


class InputError(Exception):
    """A mistake in a file that the user edits; its text is all that is shown (no traceback)."""

    def __init__(self, message: str, next_step: str = "") -> None:
        """Join the message and the next step into one line that a terminal shows as it is."""
        super().__init__(printable(f"{message}; {next_step}" if next_step else message).replace("\n", r"\n"))


def printable(text: str) -> str:
    r"""Return text that a terminal shows and does not obey: what is no letter, sign or line end stands as \x1b."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
