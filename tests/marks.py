"""Which cases of a test run each time, and which are left to the long run."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def mostly_long(cases: Iterable[Any], kept: Callable[[Any], object]) -> list[Any]:
    """Return cases as parameters: those for which `kept` holds run each time, the others only in the long run."""
    return [case if kept(case) else pytest.param(*_values(case), marks=pytest.mark.long) for case in cases]


def _values(case: Any) -> tuple[Any, ...]:
    return case if type(case) is tuple else (case,)
