"""Where the labels of a plot go, and how long names are shortened so that they stay different."""

import itertools
import re
from collections.abc import Sequence


def apart(values: Sequence[float], distance: float) -> list[float]:
    """Return heights for labels at ascending `values`: at least `distance` apart, each group centred on its values."""
    groups: list[list[float]] = []
    for value in values:
        groups.append([value])
        while len(groups) > 1 and bottom(groups[-1], distance) < highest(groups[-2], distance) + distance:
            upper = groups.pop()
            groups[-1] += upper
    return [bottom(group, distance) + place * distance for group in groups for place in range(len(group))]


def bottom(group: Sequence[float], distance: float) -> float:
    """Return the lowest height of a group of labels, `distance` apart around their mean."""
    return sum(group) / len(group) - distance * (len(group) - 1) / 2


def highest(group: Sequence[float], distance: float) -> float:
    """Return its highest height."""
    return sum(group) / len(group) + distance * (len(group) - 1) / 2


def short_names(names: Sequence[str], limit: int) -> list[str]:
    """Return names of at most `limit` characters: without the words they begin with in common, else cut in the middle.

    ["Cultivar one", "Cultivar three"], 12 -> ["one", "three"];  ["nonflavanoid_phenols"], 12 -> ["nonfla…nols"]
    """
    names = list(names)
    if max(map(len, names), default=0) > limit and len(names) > 1:
        alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
        common = re.match(r".*[\s_-]", "".join(letters[0] for letters in alike))
        start = len(common[0]) if common else 0
        names = [name[start:] for name in names] if all(len(name) > start for name in names) else names
    head, tail = limit // 2, limit - limit // 2 - 1
    return [name if len(name) <= limit else f"{name[:head]}…{name[-tail:]}" for name in names]
