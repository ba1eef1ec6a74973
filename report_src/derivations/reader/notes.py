r"""Notes of braces: \underbrace{a - b}_{=0} claims that a - b is 0, \underbrace{W}_{m \times d} says its shape."""

from __future__ import annotations

import re

from report_src.derivations.reader import domains
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.scope import Note, Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import same
from report_src.derivations.source.errors import Refusal, ShapeError, Unreadable
from report_src.derivations.syntax.names import only_items, plain_name, side_items
from report_src.derivations.syntax.parser import Statement, Syntax, parse
from report_src.derivations.syntax.pretty import pretty

_NOTE = re.compile(r"\s*[_^]\s*\{([^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*)\}")
_CLAIMS = re.compile(r"\}\s*[_^]\s*\{\s*(?:=|<|>|\\(?:le|ge)|\w+\s*\\times)")
_OWN_ROW = "write it as a row of its own; a note is words or a new name"


def read(scope: Scope, base: Syntax, inner: Node) -> None:
    """Note what the note of a brace claims, compare a shape, and refuse another value's name, which says both."""
    found = _NOTE.match(scope.segment.text, base.end) if base.meaning in ("underbrace", "overbrace") else None
    if found is None:
        return
    try:
        said = parse(" " * found.start(1) + found[1])
    except Refusal:
        return  # words
    if said.continues and len(said.sides) == 1:
        _claim(scope, inner, said)
    elif len(items := side_items(said.sides[0])) == 3 and items[1].kind == "TIMES":
        rows, columns = (domains.dimension(scope.table, item) for item in items[::2])
        if not (same(inner.shape[0], rows) and same(inner.shape[1], columns)):
            message = f"{inner} is {shapes.describe(inner.shape)}, and its note says {rows}×{columns}"
            raise ShapeError(message, base.start, found.end())
    else:
        _refuse_name(scope, base, inner, said, found[1])


def refuse_in_formula(text: str) -> None:
    """Refuse the definition of a function in which a note claims something: it may never be evaluated."""
    if found := _CLAIMS.search(text):
        raise Unreadable("a note in the formula of a function is not checked", found.start(), found.end(), _OWN_ROW)


def _claim(scope: Scope, inner: Node, said: Statement) -> None:
    if scope.bindings or any(index.bound for index in inner.indices):
        where = "in the formula of a function" if scope.bindings else "of each term of a sum"
        message = f"a note {where} is not checked"
        raise Unreadable(message, inner.start, inner.end, _OWN_ROW)
    scope.notes.append(Note(inner, said.relations[0], scope.reader.single(said.sides[0])))


def _refuse_name(scope: Scope, base: Syntax, inner: Node, said: Statement, note: str) -> None:
    items = only_items(said.sides[0].items[0])
    use = plain_name(items[0]) if len(items) == 1 else None
    named = scope.table.find(use) if use is not None else None
    written = scope.segment.text[base.items[0].start : base.items[0].end].replace(" ", "")
    same_text = named and written in (named[0].typed.replace(" ", ""), note)
    if named and named[0].kind != "function" and not same_text:
        message = f"the note of this brace says that {pretty(str(inner))} is {named[0]}, and a note is not checked"
        raise Unreadable(message, base.start, base.end, "write it with =, or as a row of its own")
