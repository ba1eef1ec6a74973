"""Two results trees, key by key: what differs by more than it may."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from report_src.numbers.lookup import SUMMARY

SHARE_OF_STD = 0.25  # of a summary over replicates: a move that no sentence within seeds would notice
# Of a number without replicates: an accuracy of a trained network, summed in another order (other threads,
# another processor), moves by one or two units in its third digit.
RELATIVE = 2e-3
ABSOLUTE = 1e-12  # of a number that is zero but for rounding
SHOWN_ONLY = ("inputs.python", "inputs.packages", "inputs.processor")  # shown beside each other, not compared
ABSENT = "absent"


class Difference(Struct, frozen=True):
    """One key whose values differ: `there` in the PDF, `here` rebuilt; `tolerance` None asks for the same value."""

    key: str
    there: Any
    here: Any
    tolerance: float | None = None

    @property
    def described(self) -> tuple[str, str]:
        """Return (the PDF's value, the rebuilt one and how far they may be apart) as a grader reads them."""
        allowed = "" if self.tolerance is None else f" (may move by {self.tolerance:.3g})"
        return _short(self.there), f"{_short(self.here)} rebuilt{allowed}"


Tolerance = Callable[[str], float | None]  # how far a key may move where its field declares that


def undeclared(key: str) -> None:
    """Return None: no field says how far the key may move."""


def differences(there: Any, here: Any, tolerance: Tolerance = undeclared, key: str = "") -> Iterator[Difference]:
    """Yield every difference of two trees of dicts and lists, in the order of the rebuilt one."""
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        allowed = _allowed_in_summary(here) if set(here) == SUMMARY else None
        for name in [*here, *(name for name in there if name not in here)]:
            below = f"{key}.{name}".lstrip(".")
            if below in SHOWN_ONLY:
                continue
            if name not in here or name not in there:
                yield Difference(below, _presence(there, name), _presence(here, name))
            elif allowed is None:
                yield from differences(there[name], here[name], tolerance, below)
            else:
                ratio = here["half_width"] / here["std"] if name == "half_width" else 1.0  # it is a multiple of std
                yield from _in_summary(there[name], here[name], below, allowed * ratio, tolerance)
    elif isinstance(here, list) and isinstance(there, list):
        if len(here) != len(there):
            yield Difference(f"{key}.length", len(there), len(here))
        for index, (left, right) in enumerate(zip(there, here, strict=False)):
            yield from differences(left, right, tolerance, f"{key}[{index}]")
    else:
        yield from _leaf(there, here, key, None, tolerance)


def counted(tree: Any) -> int:
    """Return how many values a tree holds."""
    if isinstance(tree, Mapping):
        return sum(map(counted, tree.values()))
    return sum(map(counted, tree)) if isinstance(tree, list) else 1


def _allowed_in_summary(summary: Mapping[str, Any]) -> float | None:
    """Return how far a summary over replicates may move; None for a single replicate."""
    std = summary["std"]
    return SHARE_OF_STD * std if isinstance(std, int | float) and std > 0 else None


def _in_summary(there: Any, here: Any, key: str, allowed: float, tolerance: Tolerance) -> Iterator[Difference]:
    if isinstance(there, list) and isinstance(here, list):
        if len(here) != len(there):
            yield Difference(f"{key}.length", len(there), len(here))
        for index, (left, right) in enumerate(zip(there, here, strict=False)):
            yield from _leaf(left, right, f"{key}[{index}]", allowed, tolerance)
    else:
        yield from _leaf(there, here, key, allowed, tolerance)


def _leaf(there: Any, here: Any, key: str, allowed: float | None, tolerance: Tolerance) -> Iterator[Difference]:
    """Compare two values: floats within a tolerance, everything else exactly."""
    if not (_number(there) and _number(here)) or (isinstance(there, int) and isinstance(here, int)):
        if type(there) is not type(here) or there != here:
            yield Difference(key, there, here)
        return
    margin = tolerance(key)
    if margin is None:
        margin = max(RELATIVE * abs(here), ABSOLUTE) if allowed is None else allowed
    if not abs(there - here) <= margin:  # so that NaN differs
        yield Difference(key, there, here, margin)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _presence(tree: Mapping[str, Any], name: str) -> Any:
    value = tree.get(name, ABSENT)
    return f"{counted(value)} values" if isinstance(value, Mapping | list) else value


def _short(value: Any) -> str:
    text = value if value == ABSENT else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
