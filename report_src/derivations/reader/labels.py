r"""Class labels: `$y \in \{1, \dots, K\}$` and y_i are fixed indices; a row must hold for each of their values."""

from __future__ import annotations

from collections.abc import Container

from report_src.derivations.reader.domains import dimension
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.symbols import Dim, Index, Symbol, Table
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.vocabulary import GREEK
from report_src.derivations.syntax.names import (
    NameUse,
    declared_name,
    first_item,
    label_parts,
    label_text,
    only_items,
    show_label,
    side_items,
    spell,
)
from report_src.derivations.syntax.parser import Side, Statement, Syntax


def counted_dimension(table: Table, side: Side) -> Dim | None:
    r"""Return the dimension K of a set \{1, \dots, K\}; None for another kind of set."""
    items = side_items(side)
    if len(items) != 1 or items[0].kind != "finite":
        return None
    parts = [first_item(item) for item in items[0].items]
    first = [spell(part) for part in parts[:-2]]
    if first not in (["1"], ["1", "2"]) or parts[-2].kind != "DOTS":
        message = "braces \\{ \\} are read in \\{0,1\\}, \\{-1,1\\} and \\{1, \\dots, K\\}"
        raise Unreadable(message, side.start, side.end, "a label counts from 1: y \\in \\{1, \\dots, K\\}")
    return dimension(table, parts[-1])


def enter_labels(table: Table, ranges: Container[str], within: Scope | None, tree: Statement) -> bool:
    r"""Enter the labels of y \in \{1, \dots, K\}; tell whether a declaration declares labels."""
    dim = counted_dimension(table, tree.sides[1])
    for item in tree.sides[0].items if dim is not None else ():
        _enter_label(table, ranges, within, item, dim)
    return dim is not None


def _enter_label(table: Table, ranges: Container[str], within: Scope | None, item: Syntax, dim: Dim | None) -> None:
    """Enter a label, y or y_i, with its range into the table."""
    items = only_items(item)
    use = declared_name(items[0]) if len(items) == 1 else None
    plain = (
        use is not None and use.bare and not use.subs and (len(use.letter.letter) == 1 or use.letter.letter in GREEK)
    )
    text = use.letter.letter if use is not None and plain else label_text(items[0]) if len(items) == 1 else None
    if text is None:
        raise Unreadable("a label is a letter, y or y_i", item.start, item.end)
    letter, shown = (label_parts(text) or (text,))[0], show_label(text)
    taken = [symbol for key, symbol in table.symbols.items() if key[:2] == (letter, "")]
    alike = [other for other in table.labels if text == letter == (label_parts(other) or (other,))[0]]
    alike += table.labels.keys() & {text, letter}
    if taken or alike or letter in table.dims:
        message = f"{shown} has a meaning in this derivation already, or its letter has one"
        raise Unreadable(message, item.start, item.end, "take another letter for one of them")
    above = within.free.get(text) if within is not None else None
    if text in ranges or (above is not None and dim is not None and above.dim.root() is not dim.root()):
        message = f"{shown} has another range in this derivation, so that it is an index, and no label"
        raise Unreadable(message, item.start, item.end, "take another letter for one of them")
    table.labels[text] = dim or Dim()


def hidden_labels(
    scope: Scope, use: NameUse, free: dict[str, Index], counted: list[str]
) -> tuple[tuple[str, int | None], ...]:
    """Return the labels that a definition depends on and its left side does not show.

    Each comes with the position of its subscript among those of the left side: for y_i of q_i := p_{y_i} it is 0.
    """
    stray = [sub for sub in use.subs if scope.table.is_label(sub) and sub not in counted]
    if stray:
        message = f"{show_label(stray[0])} is a label, and the right side does not depend on it"
        raise Unreadable(message, use.start, use.end)
    left = [letter for letter in free if scope.table.is_label(letter) and letter not in counted]
    below = {label: (label_parts(label) or ("", ""))[1] for label in left}
    return tuple((label, counted.index(below[label]) if below[label] in counted else None) for label in left)


def index_error(left: Side, free: set[str], counted: list[str]) -> Unreadable:
    """Return the error for a definition whose sides have different indices."""
    lost = ", ".join(sorted(free - set(counted))) or ", ".join(counted)
    message = f"the index {lost} is free on the right and must be on the left"
    hint = f"where it is a class label, declare it: ${lost} \\in \\{{1, \\dots, K\\}}$" if len(lost) == 1 else ""
    return Unreadable(message, left.start, left.end, hint)


def refuse_varying(scope: Scope, start: int, end: int) -> None:
    r"""Refuse a label whose index is summed over, as in \sum_i p_{y_i}, or two labels that may be the same."""
    labels = {text: parts for text in scope.free if (parts := label_parts(text)) is not None}
    for text, (letter, below) in labels.items():
        if below in scope.released:
            message = f"{show_label(text)} is a label, and {below}, which names it, is summed over in this statement"
            raise Unreadable(message, start, end, "a label is fixed: sum one-hot labels, \\sum_i \\sum_k y_{ik} p_{ik}")
        if letter in scope.free or letter in scope.released:
            message = f"{show_label(text)} is a label, and {letter} is an index in this statement"
            raise Unreadable(message, start, end, "take another letter for one of them")
        others = [other for other, parts in labels.items() if parts[0] == letter and other != text]
        if others and below in scope.free:
            message = f"{show_label(text)} and {show_label(others[0])} may be one label, as {below} is an index"
            raise Unreadable(message, start, end, "take another letter for one of them")


def refuse_assumed(scope: Scope, start: int, end: int) -> None:
    """Refuse an assumption about a label: it would hold for every value, and the text states it for one."""
    label = next((text for text in scope.free if scope.table.is_label(text)), None)
    if label is not None:
        message = f"{show_label(label)} is a label, and an assumption about one value of it is not read"
        raise Unreadable(message, start, end, "assume it of every index k instead")


def refuse_declared_entry(symbol: Symbol, start: int, end: int) -> None:
    """Refuse a declaration of the entry at a label: an array is declared as a whole."""
    label = next((sub for sub in symbol.key[3] if label_parts(sub) is not None), None)
    if label is not None:
        raise Unreadable(f"{show_label(label)} is a label, and a declaration gives the whole array", start, end)
