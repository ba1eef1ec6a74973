"""What goes wrong while a report is rendered."""


class RenderError(Exception):
    """A mistake in a template: place, expected, got, next step."""

    def __init__(self, message: str, place: str = "") -> None:
        """Put the place (template:line) in front."""
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place
