"""Which cases of a test run each time, which are left to the long run, and how many examples are drawn."""

from collections.abc import Callable, Iterable
from typing import Any

import hypothesis
import pytest

FEWEST = 5  # examples


def mostly_long(cases: Iterable[Any], kept: Callable[[Any], object]) -> list[Any]:
    """Return cases as parameters: those for which `kept` holds run each time, the others only in the long run."""
    return [case if kept(case) else pytest.param(*_values(case), marks=pytest.mark.long) for case in cases]


def is_long(config: pytest.Config) -> bool:
    """Tell whether the long run is asked for."""
    return "not long" not in config.option.markexpr


def examples(number: int) -> hypothesis.settings:
    """Return hypothesis's settings for so many examples in the long run, and a fourth of them each time."""
    all_of_them = hypothesis.settings.default.max_examples == hypothesis.settings.get_profile("default").max_examples
    return hypothesis.settings(max_examples=number if all_of_them else max(FEWEST, number // 4))


def _values(case: Any) -> tuple[Any, ...]:
    return case if type(case) is tuple else (case,)
