"""Nodes of pandoc's document tree, which it reads and writes as JSON: {"t": type, "c": content}."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

Node = dict[str, Any]

MARK = re.compile(r"web:(\w+):(.*)", re.DOTALL)


def text(words: str) -> Node:
    """Return words as one node."""
    return {"t": "Str", "c": words}


def html(code: str) -> Node:
    """Return HTML inside a line."""
    return {"t": "RawInline", "c": ["html", code]}


def attributes(name: str = "", classes: Sequence[str] = (), **values: str) -> list[Any]:
    """Return the attributes of a node; `aria_label` stands for aria-label."""
    return [name, list(classes), [[key.replace("_", "-"), value] for key, value in values.items()]]


def span(content: list[Node], *classes: str, name: str = "", **values: str) -> Node:
    """Return a part of a line with classes."""
    return {"t": "Span", "c": [attributes(name, classes, **values), content]}


def block(content: list[Node], *classes: str, name: str = "", **values: str) -> Node:
    """Return a block with classes."""
    return {"t": "Div", "c": [attributes(name, classes, **values), content]}


def plain(content: list[Node]) -> Node:
    """Return a line as a block without a paragraph's space."""
    return {"t": "Plain", "c": content}


def formula(tex: str, *, display: bool = False) -> Node:
    """Return a formula."""
    return {"t": "Math", "c": [{"t": "DisplayMath" if display else "InlineMath"}, tex]}


def button(card: str, content: list[Node], *classes: str, label: str = "") -> list[Node]:
    """Return a button that opens a card; `label` names it where its content does not."""
    name = f' aria-label="{escape(label)}" title="{escape(label)}"' if label else ""
    start = f'<button type="button" class="{" ".join(classes)}" popovertarget="{card}"{name}>'
    return [html(start), *content, html("</button>")]


def mark(node: Any) -> tuple[str, str] | None:
    r"""Return (kind, argument) of a node that came of `\href{web:kind:argument}{…}`, None of any other."""
    if isinstance(node, dict) and node.get("t") == "Link":
        found = MARK.fullmatch(node["c"][2][0])
        return (found[1], found[2]) if found else None
    return None


def walk(node: Any) -> Iterator[Node]:
    """Yield every node below a node or list, in the order in which they are read."""
    if isinstance(node, dict) and "t" in node:
        yield node
        if node["t"] == "Figure":  # its caption is printed below its content
            yield from walk(node["c"][2])
            yield from walk(node["c"][1])
            return
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def words(node: Any) -> str:
    """Return the words of a node without its formulas' markup."""
    pieces = []
    for one in walk(node):
        kind = one["t"]
        if kind in ("Space", "SoftBreak", "LineBreak"):
            pieces.append(" ")
        elif kind == "Str":
            pieces.append(one["c"])
        elif kind in ("Code", "Math"):
            pieces.append(one["c"][1])
    return "".join(pieces)


def rewritten(node: Any, change: Callable[[Node], list[Node] | None]) -> Any:
    """Return a tree in which `change` replaced nodes of lists, from the outside in; None leaves a node to its parts."""
    if isinstance(node, dict):
        return {key: rewritten(value, change) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    made: list[Any] = []
    for child in node:
        replaced = change(child) if isinstance(child, dict) and "t" in child else None
        if replaced is None:
            made.append(rewritten(child, change))
        else:
            made += replaced
    return made
