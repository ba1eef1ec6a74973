"""Blocks of data shared out among threads: NumPy lets go of the interpreter while it computes.

Which thread takes a block changes no result: what comes of the blocks is handed back in their order.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from analysis.settings.cores import cores

# seconds; Python's own 5 ms are as long as all blocks of an iteration, which a thread that waits would then miss
SWITCH_AFTER = 1e-5

_allowed: contextvars.ContextVar[int | None] = contextvars.ContextVar("threads", default=None)

Member = TypeVar("Member")
Result = TypeVar("Result")


def number() -> int:
    """Return how many threads a network may train with: the cores, one where other processes have the others."""
    allowed = _allowed.get()
    return cores() if allowed is None else allowed


def with_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Return function(*arguments), computed by one thread: the other cores are taken."""
    token = _allowed.set(1)
    try:
        return function(*arguments)
    finally:
        _allowed.reset(token)


class Team(Generic[Member]):
    """One thread for each of `members`, which are what a thread has to itself (its work arrays)."""

    def __init__(self, members: Sequence[Member]) -> None:
        """Start no thread for a single member: it works in the caller's."""
        self.members = members
        self._helpers = ThreadPoolExecutor(len(members) - 1) if len(members) > 1 else None

    def __enter__(self) -> Team[Member]:
        """Return the team."""
        return self

    def __exit__(self, *raised: object) -> None:
        """End the threads."""
        if self._helpers is not None:
            self._helpers.shutdown()

    def over(
        self, blocks: Sequence[tuple[Any, ...]], function: Callable[..., Result], *, together: bool = True
    ) -> Iterator[Result]:
        """Yield function(member, *block) of every block, in the order of the blocks.

        Not `together`: the first member computes all of them, one after the other.
        """
        first, *others = self.members
        if self._helpers is None or not together:
            yield from (function(first, *block) for block in blocks)
            return
        found: list[Any] = [None] * len(blocks)
        left = iter(enumerate(blocks))

        def take(member: Member) -> None:
            for index, block in left:  # whoever is free takes the next one
                found[index] = function(member, *block)

        with _quick_turns():
            helping = [self._helpers.submit(contextvars.copy_context().run, take, member) for member in others]
            take(first)
            for one in helping:
                one.result()
        yield from found


@contextlib.contextmanager
def _quick_turns() -> Iterator[None]:
    """Let threads take turns often while they share blocks."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_AFTER)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
