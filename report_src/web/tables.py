"""Tables: rows above the first rule are the head, the first column names the rows."""

from collections.abc import Sequence
from typing import Any

from report_src.web import tree
from report_src.web.tree import Node

CLASSES = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "centre"}


def with_head(table: Node) -> Node:
    """Return a table with the header cells that its rules say, and alignments as classes.

    pandoc's Table is [attributes, caption, columns, head, bodies, foot]; a row is [attributes, cells], a cell
    [attributes, alignment, rows, columns, blocks].
    """
    attributes, caption, columns, head, bodies, foot = table["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]]), *foot[1]]
    groups: list[list[Any]] = [[]]
    for row in rows:
        if any(tree.mark(node) == ("rule", "") for node in tree.walk(row)):
            groups.append([])
        elif row[1]:
            groups[-1].append(_classed(row, columns))
    heads = groups.pop(0) if len(groups) > 1 else []
    made = [[tree.attributes(), 1, [], group] for group in groups if group]
    plain = [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}] for _ in columns]
    return {"t": "Table", "c": [attributes, caption, plain, [tree.attributes(), heads], made, [tree.attributes(), []]]}


def _classed(row: list[Any], columns: Sequence[Any]) -> list[Any]:
    """Return a row whose cells have a class for their alignment and none of pandoc's styles."""
    cells, at = [], 0
    for _, alignment, down, across, content in row[1]:
        kind = alignment["t"] if alignment["t"] != "AlignDefault" else columns[min(at, len(columns) - 1)][0]["t"]
        cells.append([tree.attributes("", [CLASSES.get(kind, "left")]), {"t": "AlignDefault"}, down, across, content])
        at += across
    return [row[0], cells]
