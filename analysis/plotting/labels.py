"""Where the labels of a plot's lines go."""

from __future__ import annotations

from collections.abc import Sequence


def apart(values: Sequence[float], distance: float) -> list[float]:
    """Return heights for labels at ascending `values`: at least `distance` apart, each group centred on its values."""
    groups: list[list[float]] = []
    for value in values:
        groups.append([value])
        while len(groups) > 1 and bottom(groups[-1], distance) < top(groups[-2], distance) + distance:
            upper = groups.pop()
            groups[-1] += upper
    return [bottom(group, distance) + place * distance for group in groups for place in range(len(group))]


def bottom(group: Sequence[float], distance: float) -> float:
    """Return the lowest height of a group of labels that stand `distance` apart around their mean."""
    return sum(group) / len(group) - distance * (len(group) - 1) / 2


def top(group: Sequence[float], distance: float) -> float:
    """Return its highest height."""
    return sum(group) / len(group) + distance * (len(group) - 1) / 2
