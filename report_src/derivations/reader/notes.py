r"""Notes of braces: \underbrace{a - b}_{=0} claims that a - b is 0, \underbrace{W}_{m \times d} says its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from report_src.derivations.reader import domains
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.scope import Note, Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import same
from report_src.derivations.source.errors import Refusal, ShapeError, Unreadable
from report_src.derivations.source.tokens import tokens
from report_src.derivations.syntax.lookahead import a_shape, claims
from report_src.derivations.syntax.names import NameUse, only_items, plain_name, side_items
from report_src.derivations.syntax.parser import Statement, Syntax, parse
from report_src.derivations.syntax.pretty import pretty

_BRACE = re.compile(r"\\(?:under|over)brace(?![A-Za-z])\s*\{")
_MARK = re.compile(r"\s*[_^]\s*\{")
_OWN_MEANING = frozenset({"e", "pi", "I"})
_OWN_ROW = "write it as a row of its own; a note is words or a new name"


def read(scope: Scope, base: Syntax, inner: Node) -> None:
    """Note what the note of a brace claims, compare a shape, and refuse another value's name, which says both."""
    if base.meaning not in ("underbrace", "overbrace"):
        return
    text = scope.segment.text
    start, end = next((note for at, *note in _notes(text) if at == base.start), (0, 0))
    try:
        said = parse(" " * start + text[start:end])
    except Refusal:
        return  # words, or no note
    if said.continues and len(said.sides) == 1:
        _claim(scope, inner, said)
    elif len(items := side_items(said.sides[0])) == 3 and items[1].kind == "TIMES":
        rows, columns = (domains.dimension(scope.table, item) for item in items[::2])
        if not (same(inner.shape[0], rows) and same(inner.shape[1], columns)):
            message = f"{inner} is {shapes.describe(inner.shape)}, and its note says {rows}×{columns}"
            raise ShapeError(message, base.start, end)
    else:
        _refuse_name(scope, base, inner, said, text[start:end])
        return
    scope.notes_read.add(base.start)


def _notes(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each brace begins, and where its note begins and ends."""
    for found in _BRACE.finditer(text):
        mark = _MARK.match(text, _closing(text, found.end()))
        if mark is not None:
            yield found.start(), mark.end(), _closing(text, mark.end()) - 1


def _claiming(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a brace begins and its note ends, for each that claims something or says a shape."""
    for brace, start, end in _notes(text):
        inside = tokens(text, start, end)
        if claims(inside) or a_shape(inside):
            yield brace, end


def _closing(text: str, at: int) -> int:
    """Return the offset behind the brace that closes the one that ends before an offset."""
    depth = 1
    while depth and at < len(text):
        depth += ((text[at] == "{") - (text[at] == "}")) * (text[at - 1] != "\\")
        at += 1
    return at


def require_read(scope: Scope, text: str) -> None:
    """Refuse a statement in which some note claims something, or says a shape, that was not read."""
    for brace, end in _claiming(text):
        if brace not in scope.notes_read:
            raise Unreadable("this note says something that is not checked", brace, end + 1, _OWN_ROW)


def refuse_in_formula(text: str) -> None:
    """Refuse the definition of a function in which a note claims something: it may never be evaluated."""
    for brace, end in _claiming(text):
        raise Unreadable("a note in the formula of a function is not checked", brace, end + 1, _OWN_ROW)


def _claim(scope: Scope, inner: Node, said: Statement) -> None:
    if scope.bindings or any(index.bound for index in inner.indices):
        where = "in the formula of a function" if scope.bindings else "of each term of a sum"
        message = f"a note {where} is not checked"
        raise Unreadable(message, inner.start, inner.end, _OWN_ROW)
    scope.notes.append(Note(inner, said.relations[0], scope.reader.single(said.sides[0])))


def _refuse_name(scope: Scope, base: Syntax, inner: Node, said: Statement, note: str) -> None:
    items = only_items(said.sides[0].items[0])
    if len(items) == 1 and items[0].kind == "paren" and len(items[0].items) == 1:
        items = only_items(items[0].items[0])
    use = plain_name(items[0]) if len(items) == 1 else None
    if use is not None and _has_a_meaning(scope, use):
        message = "the note of this brace is a name with a meaning of its own, and a note is not checked"
        raise Unreadable(message, base.start, base.end, "write it with =, or as a row of its own")
    named = scope.table.find(use) if use is not None else None
    written = scope.segment.text[base.items[0].start : base.items[0].end].replace(" ", "")
    same_text = named and written in (named[0].typed.replace(" ", ""), note)
    if named and named[0].kind != "function" and not same_text:
        message = f"the note of this brace says that {pretty(str(inner))} is {named[0]}, and a note is not checked"
        raise Unreadable(message, base.start, base.end, "write it with =, or as a row of its own")


def _has_a_meaning(scope: Scope, use: NameUse) -> bool:
    """Tell whether a name that nothing above declares has a meaning: a size, I, π, or what a row further on defines."""
    own = use.bare and not use.subs and use.letter.letter in _OWN_MEANING
    return own or use.spelled in scope.table.dims or use.key in scope.table.later - scope.table.symbols.keys()
