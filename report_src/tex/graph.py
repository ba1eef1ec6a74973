"""A computation graph as a TikZ picture, drawn with PyLaTeX; the paths from one quantity to the result have colours."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from report_src.errors import RenderError
from report_src.tex.escape import Latex

WIDTH = 12.7  # of the chain, between the centres of its ends, cm
DROP = 1.6  # from a quantity on the chain to one that enters it from below, cm
RADIUS = 0.5  # of a quantity's circle, with a little air, cm
BESIDE = 0.08  # from an arrow to its parallel, and to its label, cm
AWAY = 0.6  # from the middle of a path's first arrow to its name, cm
COLOURS = ("pathdirect", "pathhidden")  # of the preamble: the shortest path, the other one
OTHER = "black!45"
STYLES = (
    ">={Stealth[length=2mm]}", r"font=\small", "quantity/.style={draw, circle, minimum size=9.5mm, inner sep=0pt}",
    r"note/.style={font=\footnotesize, inner sep=2pt}",
)  # fmt: skip


class Arrow(NamedTuple):
    """A quantity, what is computed from it, and the Jacobian of that step; LaTeX of mathematics."""

    tail: str
    head: str
    jacobian: str


Path = tuple[Arrow, ...]


def graph(arrows: Iterable[Mapping[str, Any]], source: str, result: str) -> Latex:
    """Return a `tikzpicture` of everything that `result` is computed from, with the paths from `source` in colour.

    `arrows` are the rows of `derivations.table[…].arrows`; an arrow that two paths share is drawn once for each.
    Raises RenderError where no path leads from `source` to `result`, or more paths than there are COLOURS.
    """
    known = [Arrow(*(str(arrow[part]) for part in Arrow._fields)) for arrow in arrows]
    paths = sorted(paths_between(known, source, result), key=len)
    if not 0 < len(paths) <= len(COLOURS):
        names = ", ".join(dict.fromkeys(name for arrow in known for name in arrow[:2]))
        wanted = f"expected one or two paths from {source} to {result}, got {len(paths)}"
        raise RenderError(f"{wanted}; the derivation's quantities are {names or 'none'}")
    reaching = [arrow for arrow in known if paths_between(known, arrow.head, result) or arrow.head == result]
    return _picture(reaching, paths, source, result)


def paths_between(arrows: Sequence[Arrow], start: str, end: str) -> list[Path]:
    """Return every path from `start` to `end`, in the order of the arrows."""
    found: list[Path] = []
    for arrow in arrows:
        if arrow.tail == start:
            onward: list[Path] = [()] if arrow.head == end else paths_between(arrows, arrow.head, end)
            found += [(arrow, *rest) for rest in onward]
    return found


def _places(arrows: Sequence[Arrow], source: str, result: str) -> dict[str, tuple[float, float]]:
    """Put the longest chain that ends in `result` on a line, and what enters it from elsewhere below."""
    starts = [name for name in dict.fromkeys(arrow.tail for arrow in arrows) if name != source] or [source]
    chain = max((path for name in starts for path in paths_between(arrows, name, result)), key=len)
    places = {
        name: _rounded(WIDTH * k / len(chain), 0.0) for k, name in enumerate((chain[0].tail, *(a.head for a in chain)))
    }
    left = {arrow.tail for arrow in arrows} - places.keys()
    while left:
        for name in [arrow.tail for arrow in arrows if arrow.tail in left]:
            heads = [arrow.head for arrow in arrows if arrow.tail == name]
            if all(head in places for head in heads):
                entered = [places[head] for head in heads]
                across = sum(x for x, _ in entered) / len(entered)
                places[name] = _rounded(across, min(y for _, y in entered) - DROP)
        left -= places.keys()
    return places


def _picture(arrows: Sequence[Arrow], paths: Sequence[Path], source: str, result: str) -> Latex:
    from pylatex import TikZ, TikZCoordinate, TikZDraw, TikZNode, TikZOptions  # only a rendered report pays for it

    picture = TikZ(options=TikZOptions(*STYLES))
    places = _places(arrows, source, result)
    computed = {arrow.head for arrow in arrows}
    for name, place in places.items():
        look = ["quantity"] + ["fill=black!6"] * (name == source) + ["draw=black!35"] * (name not in computed)
        picture.append(TikZNode(text=f"${name}$", options=TikZOptions(*look), at=TikZCoordinate(*place)))
    for arrow in arrows:
        colours = [colour for colour, path in zip(COLOURS, paths, strict=False) if arrow in path]
        ends = places[arrow.tail], places[arrow.head]
        for colour, (start, stop) in zip(colours or [OTHER], _parallel(*ends, len(colours)), strict=True):
            look = ["->", colour] + ["line width=1.2pt"] * bool(colours)
            picture.append(TikZDraw([TikZCoordinate(*start), "--", TikZCoordinate(*stop)], TikZOptions(*look)))
        if arrow.jacobian:
            place, anchor = _label(*ends)
            look = ["note", f"anchor={anchor}"]
            picture.append(TikZNode(text=f"${arrow.jacobian}$", options=TikZOptions(*look), at=TikZCoordinate(*place)))
    for path, colour, name in zip(paths, COLOURS, _names(paths), strict=False):
        (x, y), (x1, _) = places[source], places[path[0].head]
        side = "east" if x1 < x else "west"
        look = ["note", f"text={colour}", f"anchor={side}"]
        place = _rounded((x + x1) / 2 + (-AWAY if side == "east" else AWAY), y + BESIDE)
        picture.append(TikZNode(text=name, options=TikZOptions(*look), at=TikZCoordinate(*place)))
    picture.content_separator = "\n"
    return Latex(picture.dumps())


def _parallel(tail: tuple[float, float], head: tuple[float, float], count: int) -> list[tuple[Any, Any]]:
    """Return (start, stop) of `count` parallel arrows (at least one) between two circles."""
    (x, y), (x1, y1) = tail, head
    length = ((x1 - x) ** 2 + (y1 - y) ** 2) ** 0.5
    u, v = (x1 - x) / length, (y1 - y) / length
    shifts = (0.0,) if count < len(COLOURS) else (-BESIDE, BESIDE)
    return [
        (_rounded(x + RADIUS * u - shift * v, y + RADIUS * v + shift * u),
         _rounded(x1 - RADIUS * u - shift * v, y1 - RADIUS * v + shift * u))
        for shift in shifts
    ]  # fmt: skip


def _rounded(x: float, y: float) -> tuple[float, float]:
    return round(x, 3), round(y, 3)


def _label(tail: tuple[float, float], head: tuple[float, float]) -> tuple[tuple[float, float], str]:
    """Return where an arrow's label is, and the corner of the label that is put there."""
    (x, y), (x1, y1) = tail, head
    middle = _rounded((x + x1) / 2, (y + y1) / 2 + BESIDE * (y == y1))
    return middle, "south" if y == y1 else "north east" if x1 < x else "north west"


def _names(paths: Sequence[Path]) -> list[str]:
    """Name each path by the quantities that it has for itself."""
    passed = [[arrow.head for arrow in path[:-1]] for path in paths]
    names = []
    for own, path in enumerate(passed):
        others = set(itertools.chain(*(path for k, path in enumerate(passed) if k != own)))
        alone = [f"${name}$" for name in path if name not in others]
        names.append(f"path through {', '.join(alone)}" if len(paths) > 1 and alone else "direct path")
    return names
