"""The items of a term: a tree that is still to be read, or a node that was read already."""

from __future__ import annotations

from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.syntax.parser import Script, Syntax
from report_src.derivations.syntax.pretty import pretty

Item = Syntax | Node


def split(item: Item) -> tuple[Syntax | None, tuple[Script, ...]]:
    """Return the base of an item and its scripts."""
    if isinstance(item, Node):
        return None, ()
    if item.kind == "scripted":
        return item.items[0], item.items[1:]
    return item, ()


def kind_of(item: Item) -> str:
    """Return the kind of an item without its scripts."""
    base, _ = split(item)
    return base.kind if base is not None else ""


def is_paren(item: Syntax) -> bool:
    """Tell whether an item is a bracket, with or without scripts."""
    base, _ = split(item)
    return base is not None and base.kind == "paren"


def text(scope: Scope, item: Item) -> str:
    """Return an item as a message prints it."""
    return pretty(scope.segment.text[item.start : item.end])
