"""A SyncTeX file read both ways: what was typed where a page is clicked, where a page prints what was typed.

    Input:10003:/root/templates/a.tex.j2        a file and its tag
    {2                                          page 2 begins
    (10003,17:4736286,9455616:30226460,0,0      a box: tag, line, left and baseline, width, height, depth
    g10003,17:6100289,9455616                   in it: glue, a kern, …, with the line on which it was typed

Lengths are in TeX's sp, from the upper left corner of the page (J. Laurens, the manual page synctex.5).
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

SP = 65536 * 72.27 / 72  # in a point of PDF
NEAR = 12.0  # points between a click and the box that it means
_INPUT = re.compile(rb"^Input:(\d+):(.*)$", re.MULTILINE)
_RECORD = re.compile(
    rb"([\[(hv])(\d+),(\d+):(-?\d+),(-?\d+):(-?\d+),(-?\d+),(-?\d+)|([kgx$r])(\d+),(\d+):(-?\d+),(-?\d+)|[)\]]"
)
_TYPED = re.compile(rb"\n[kgx$](\d+,\d+):-?\d+,(-?\d+)")  # what only a line of text holds


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of a file, from 1."""

    file: str
    number: int


@dataclasses.dataclass
class Box:
    """A box of a page, in points from the page's upper left corner, with what is directly in it."""

    line: Line
    left: float
    top: float
    right: float
    bottom: float
    parent: Box | None = None
    across: bool = True  # whether its parts lie side by side, and not below each other
    inside: list[tuple[float, Line]] = dataclasses.field(default_factory=list)  # right end, line
    lines: int = 0  # boxes that are directly in it and lie side by side

    @property
    def of_page(self) -> bool:
        """Whether it is a box of lines that no line contains."""
        return not self.across and (self.parent is None or self.parent.of_page)

    def distance(self, x: float, y: float) -> tuple[float, float, float]:
        """Return how far a point is from the box, down and across, and the box's area: of two, the smaller is meant."""
        down = max(self.top - y, y - self.bottom, 0.0)
        across = max(self.left - x, x - self.right, 0.0)
        return down, across, (self.right - self.left) * (self.bottom - self.top)


class SyncTex:
    """The places of one document; `root` is the folder to which names of files are relative."""

    def __init__(self, text: bytes, root: Path) -> None:
        """Read the names of the files; pages are read when they are asked for."""
        self._text = text
        self._files = {int(tag): _below(path.decode("utf-8", "replace"), root) for tag, path in _INPUT.findall(text)}
        self._boxes: dict[int, list[Box]] = {}
        self._first: dict[str, list[tuple[int, int, float]]] | None = None

    def lines_at(self, page: int, x: float, y: float) -> list[Line]:
        """Return the lines that may have given what is at a point of a page, the likeliest first; [] in a margin."""
        boxes = [box for box in self._boxes_of(page) if box.inside and box.distance(x, y)[0] <= NEAR]
        if not boxes:
            return []
        box = min(boxes, key=lambda box: box.distance(x, y))
        position = bisect.bisect_left(box.inside, x, key=lambda record: record[0])
        around = [*box.inside[position : position + 2], *box.inside[max(0, position - 1) : position]]
        return list(dict.fromkeys([*(line for _, line in around), box.line]))

    def row_at(self, page: int, line: Line, y: float) -> tuple[int, int]:
        """Return (index, number) of the row at a height of a page, among the rows that are made on one line.

        TeX reads a display to its end, so that each row of it has the line of that end; it may go over a page.
        """
        before, here, after = (self._rows(number, line) for number in (page - 1, page, page + 1))
        nearest = min(range(len(here)), key=lambda index: here[index].distance(here[index].left, y)[0], default=0)
        return len(before) + nearest, len(before) + len(here) + len(after)

    def _rows(self, page: int, line: Line) -> list[Box]:
        """Return the boxes of a line that are below each other in the text of a page, from its top."""
        boxes = self._boxes_of(page)
        text = max((box for box in boxes if box.of_page), key=lambda box: box.lines, default=None)
        rows = [box for box in boxes if box.parent is text and box.across and box.line == line and box.left < box.right]
        return sorted(rows, key=lambda box: box.top)

    def position(self, file: str, line: int) -> tuple[int, float] | None:
        """Return (page, points from its top) of the first print of a line, or of the next line that is printed."""
        lines = self._positions().get(file, [])
        found = bisect.bisect_left(lines, (line,))
        return lines[min(found, len(lines) - 1)][1:] if lines else None

    def _positions(self) -> dict[str, list[tuple[int, int, float]]]:
        """Return file -> (line, page, points from its top), ascending."""
        if self._first is None:
            first: dict[tuple[str, int], tuple[int, float]] = {}
            for page in range(1, self._text.count(b"\n{") + 1):
                for place, down in dict(reversed(_TYPED.findall(self._sheet(page)))).items():
                    tag, line = place.split(b",")
                    first.setdefault((self._files.get(int(tag), ""), int(line)), (page, int(down) / SP))
            self._first = {}
            for (file, number), found in sorted(first.items()):
                self._first.setdefault(file, []).append((number, *found))
        return self._first

    def _sheet(self, page: int) -> bytes:
        begin = self._text.find(b"\n{%d\n" % page)
        return self._text[begin : self._text.find(b"\n}%d\n" % page, begin)] if begin >= 0 else b""

    def _boxes_of(self, page: int) -> list[Box]:
        """Return the boxes of a page, the inner ones first."""
        if page not in self._boxes:
            self._boxes[page] = list(self._read(page))
        return self._boxes[page]

    def _read(self, page: int) -> Iterator[Box]:
        open_boxes: list[Box] = []
        for record in _RECORD.finditer(self._sheet(page)):
            kind = record[1]
            if record[9] and open_boxes:
                open_boxes[-1].inside.append((int(record[12]) / SP, self._line(record[10], record[11])))
            elif kind in (b"(", b"["):
                box = self._box(record)
                box.parent, box.across = open_boxes[-1] if open_boxes else None, kind == b"("
                if open_boxes:
                    open_boxes[-1].lines += box.across
                open_boxes.append(box)
            elif kind and open_boxes:
                open_boxes[-1].inside.append((self._box(record).right, self._line(record[2], record[3])))
            elif not record[9] and open_boxes:
                box = open_boxes.pop()
                box.inside.sort(key=lambda found: found[0])
                yield box

    def _box(self, record: re.Match[bytes]) -> Box:
        x, y, width, height, depth = (int(number) / SP for number in record.groups()[3:8])
        left, right = sorted((x, x + width))
        return Box(self._line(record[2], record[3]), left, y - height, right, y + depth)

    def _line(self, tag: bytes, line: bytes) -> Line:
        return Line(self._files.get(int(tag), ""), int(line))


def _below(path: str, root: Path) -> str:
    """Return a path below `root` as relative to it, any other unchanged."""
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path
