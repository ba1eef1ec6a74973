"""How far a computation has come, as it reports it."""

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on: a stage, steps done and steps in all (a step is one training iteration)."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report that `done` of `total` steps of `stage` are done."""


def silent(stage: str, done: int, total: int) -> None:
    """A Progress that says nothing."""
