"""Numbers of sections, figures, tables, algorithms and equations, and the references to them."""

import dataclasses
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from report_src.web import formulas, tree
from report_src.web.tree import Node

# (\cref, its plural, \Cref, its plural), as cleveref has them with `capitalise`
NAMES = {
    "section": ("Section", "Sections", "Section", "Sections"),
    "appendix": ("Appendix", "Appendices", "Appendix", "Appendices"),
    "figure": ("Fig.", "Figs.", "Figure", "Figures"),
    "table": ("Table", "Tables", "Table", "Tables"),
    "algorithm": ("Algorithm", "Algorithms", "Algorithm", "Algorithms"),
    "equation": ("Eq.", "Eqs.", "Equation", "Equations"),
}
ORDER = tuple(NAMES)


@dataclasses.dataclass(frozen=True)
class Place:
    """What a label stands for."""

    kind: str
    number: str
    anchor: str


@dataclasses.dataclass
class Numbers:
    """The numbers of a document: of nodes, and of rows of displays, by their identity; of labels by their names."""

    of: dict[int | tuple[int, int], str] = dataclasses.field(default_factory=dict)
    labels: dict[str, Place] = dataclasses.field(default_factory=dict)
    counts: dict[str, int] = dataclasses.field(default_factory=dict)

    def next(self, kind: str, node: Any, label: str, shown: str = "") -> str:
        """Count one more of a kind and return its number."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        number = shown or str(self.counts[kind])
        self.of[id(node)] = number
        if label:
            self.labels[label] = Place(kind, number, label)
        return number


def numbered(blocks: list[Node]) -> Numbers:
    """Return the numbers of a document, in the order in which LaTeX counts."""
    numbers = Numbers()
    sections, appendix, silent = [0, 0, 0], False, set()
    for node in tree.walk(blocks):
        kind, content = node["t"], node.get("c", [])
        if (mark := tree.mark(node)) and mark[0] == "appendix":
            sections, appendix = [0, 0, 0], True
        elif mark and mark[0] == "source":
            numbers.next("source", node, f"source:{mark[1]}")
        elif kind == "Header" and "unnumbered" not in content[1][1] and content[0] <= len(sections):
            level = content[0]
            sections[level - 1 :] = [sections[level - 1] + 1, *[0] * (len(sections) - level)]
            shown = ".".join([chr(64 + sections[0]) if appendix else str(sections[0]), *map(str, sections[1:level])])
            numbers.next("appendix" if appendix else "section", node, content[1][0], shown)
        elif kind == "Figure" and content[1][1]:
            numbers.next(kind_of(node), node, content[0][0])
        elif kind == "Div" and "derivation" in content[0][1]:
            silent |= {id(one) for one in tree.walk(node) if one["t"] == "Math"}
        elif kind == "Div" and content[1] and content[1][0]["t"] == "Table":
            numbers.next("table", content[1][0], content[0][0])
        elif kind == "Table" and id(node) not in numbers.of and content[1][1]:
            numbers.next("table", node, content[0][0])
        elif kind == "Math" and content[0]["t"] == "DisplayMath" and id(node) not in silent:
            _equations(numbers, node)
    return numbers


def _equations(numbers: Numbers, node: Node) -> None:
    """Number the rows of a display that have a number."""
    for place, row in enumerate(formulas.rows(node["c"][1])):
        if row.tag is not None or not row.numbered:
            if row.label:
                numbers.labels[row.label] = Place("equation", row.tag or "", row.label)
            continue
        numbers.of[id(node), place] = numbers.next("equation", None, row.label)


def kind_of(figure: Node) -> str:
    """Return what a float with a caption is: a figure or an algorithm."""
    marks = (tree.mark(node) for node in tree.walk(figure["c"][2]))
    return "algorithm" if any(mark and mark[0] == "algorithm" for mark in marks) else "figure"


def reference(labels: Sequence[str], form: str, known: dict[str, Place]) -> list[Node]:
    r"""Return what a reference prints: \cref{fig:a,fig:b} -> "Figs. 1 and 2"."""
    places = [known[label] for label in labels]
    if form in ("ref", "eqref"):
        made = _links(places)
        return [tree.text("("), *made, tree.text(")")] if form == "eqref" else made
    capital = 2 if form == "ref+Label" else 0
    places.sort(key=lambda place: (ORDER.index(place.kind), _sorted(place.number)))
    groups = []
    for kind, group in groupby(places, key=lambda place: place.kind):
        members = list(group)
        name = NAMES[kind][capital + (len(members) > 1)]
        groups.append([tree.text(f"{name}\u00a0"), *_links(members)])
        capital = 0
    return _listed(groups)


def _sorted(number: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in number.split(".")]


def _links(places: Sequence[Place]) -> list[Node]:
    """Return the numbers of places of one kind, three or more in a row as a range."""
    runs: list[list[Place]] = []
    for place in places:
        if runs and _follows(runs[-1][-1].number, place.number):
            runs[-1].append(place)
        else:
            runs.append([place])
    groups = []
    for run in runs:
        if len(run) > 2:
            groups.append([link(run[0]), tree.text(" to "), link(run[-1])])
        else:
            groups += [[link(place)] for place in run]
    return _listed(groups)


def _follows(before: str, number: str) -> bool:
    """Whether a number comes right after another: 3.1 and 3.2, B and C."""
    stem, last = before[: before.rfind(".") + 1], before[before.rfind(".") + 1 :]
    following = str(int(last) + 1) if last.isdigit() else chr(ord(last) + 1) if len(last) == 1 else ""
    return number == stem + following


def link(place: Place) -> Node:
    """Return the number of a place, which leads there."""
    return {"t": "Link", "c": [tree.attributes(), [tree.text(place.number)], [f"#{place.anchor}", ""]]}


def _listed(groups: Sequence[list[Node]]) -> list[Node]:
    """Return a, b and c."""
    made: list[Node] = []
    for number, group in enumerate(groups):
        if number:
            made.append(tree.text(" and " if number == len(groups) - 1 else ", "))
        made += group
    return made
