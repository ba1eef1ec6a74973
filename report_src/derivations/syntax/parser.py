"""Statements to syntax trees by the grammar in parser.lark; equal texts are parsed once.

The trees know nothing of what a name means. Every node carries its offsets in the statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.lexer import lex
from report_src.derivations.syntax.lexer_tokens import Mark
from report_src.derivations.syntax.parse_table import Unexpected, run


@dataclass(frozen=True, slots=True)
class Syntax:
    """A node of the tree: its kind, its children, the meaning of its token, and its place."""

    kind: str
    items: tuple[Any, ...]
    start: int
    end: int
    meaning: Any = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a relation: one expression, or a list separated by commas."""

    items: tuple[Syntax, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation sign: =, :=, <=, <, >=, >, in, :, to, ≈, required."""

    sign: str
    start: int
    end: int

    @property
    def compared(self) -> str:
        """The sign by which the sides are compared: what is required to be equal is equal below."""
        return "=" if self.sign == "required" else self.sign


@dataclass(frozen=True, slots=True)
class Statement:
    """Sides and the relations between them; a continuation has one side fewer."""

    sides: tuple[Side, ...]
    relations: tuple[Relation, ...]
    continues: bool

    @property
    def signs(self) -> list[str]:
        """The signs of its relations: a := b = c -> [":=", "="]."""
        return [relation.sign for relation in self.relations]


@dataclass(frozen=True, slots=True)
class Script:
    """A subscript (_), a superscript (^), a prime (') or a bar that holds nodes fixed (|)."""

    mark: str
    sides: tuple[Side, ...]
    relation: str
    start: int
    end: int


def _leaf(token: Mark) -> Syntax:
    return Syntax(token.type, (), token.begin, token.stop, token.meaning)


def _node(child: Any) -> Any:
    return _leaf(child) if isinstance(child, Mark) else child


class _Build:
    """One method per rule; children are tokens or what a method below has returned."""

    def start(self, children: list[Any]) -> Statement:
        sides = tuple(child for child in children if isinstance(child, Side))
        relations = tuple(Relation(c.meaning, c.begin, c.stop) for c in children if isinstance(c, Mark))
        return Statement(sides, relations, len(sides) == len(relations))

    continuation = start

    def side(self, children: list[Syntax]) -> Side:
        return Side(tuple(children), children[0].start, children[-1].end)

    def expr(self, children: list[Any]) -> Syntax:
        start = getattr(children[0], "begin", None)
        signed, places, sign, place = [], [], "+", -1
        for child in children:
            if isinstance(child, Mark):
                sign, place = child.meaning, child.begin
            else:
                signed.append((sign, child))
                places.append(place)
        first = children[0].start if start is None else start
        return Syntax("expr", tuple(signed), first, children[-1].end, tuple(places))

    def term(self, children: list[Any]) -> Syntax:
        nodes = tuple(_node(child) for child in children)
        return Syntax("term", nodes, nodes[0].start, nodes[-1].end)

    def scripted(self, children: list[Any]) -> Syntax:
        nodes = tuple(_node(child) for child in children)
        return Syntax("scripted", nodes, nodes[0].start, nodes[-1].end)

    def script(self, children: list[Any]) -> Script:
        token = children[0]
        if token.type == "PRIME":
            return Script("'", (), "", token.begin, token.stop)
        mark = {"SUB": "_", "SUP": "^", "ATBAR": "|"}[token.type]
        sides, relation = children[-1]
        return Script(mark, sides, relation, token.begin, sides[-1].end)

    def content(self, children: list[Any]) -> tuple[tuple[Side, ...], str]:
        sides = tuple(child for child in children if isinstance(child, Side))
        return sides, next((c.meaning for c in children if isinstance(c, Mark)), "")

    def paren(self, children: list[Any]) -> Syntax:
        return Syntax("paren", children[1].items, children[0].begin, children[2].stop, str(children[0]))

    def finite(self, children: list[Any]) -> Syntax:
        return Syntax("finite", children[1].items, children[0].begin, children[2].stop)

    def boxed(self, children: list[Any]) -> Syntax:
        word, inner, brace = children
        return Syntax("boxed", (inner,), word.begin, brace.stop, word.meaning)

    def absolute(self, children: list[Any]) -> Syntax:
        return Syntax("absolute", (children[1],), children[0].begin, children[2].stop)

    def norm(self, children: list[Any]) -> Syntax:
        marks = (str(children[0]), str(children[2]))
        return Syntax("norm", (children[1],), children[0].begin, children[2].stop, marks)

    def held(self, children: list[Any]) -> Syntax:
        sides, relation = children[4]
        return Syntax("held", (children[1], sides), children[0].begin, sides[-1].end, relation)

    def fraction(self, children: list[Any]) -> Syntax:
        start, above, _, below, brace = children
        return Syntax("fraction", (above, below), start.begin, brace.stop)

    def root(self, children: list[Any]) -> Syntax:
        return Syntax("root", (children[1],), children[0].begin, children[2].stop)

    def indicator(self, children: list[Any]) -> Syntax:
        """Keep the sign that is typed and its brackets, for they are printed."""
        condition = next(child for child in children if isinstance(child, tuple))
        marks = [child for child in children if isinstance(child, Mark)]
        end = condition[-1].end if isinstance(children[-1], tuple) else marks[-1].stop
        shown = (marks[0].meaning, *(str(mark.meaning or mark) for mark in marks[1:]))
        return Syntax("indicator", condition, marks[0].begin, end, shown)

    def condition(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(child.meaning if isinstance(child, Mark) else child for child in children)

    def inner(self, children: list[Any]) -> Syntax:
        return Syntax("inner", (children[1], children[2]), children[0].begin, children[3].stop)

    def matrix(self, children: list[Any]) -> Syntax:
        rows = tuple(child for child in children if isinstance(child, tuple))
        return Syntax("matrix", rows, children[0].begin, children[-1].stop, children[0].meaning)

    def cases(self, children: list[Any]) -> Syntax:
        """Keep the expressions as items, and of each branch its comma, words, full stop and signs."""
        branches = [child for child in children if isinstance(child, tuple)]
        items = tuple(item for parts, _ in branches for item in parts)
        marks = [child for child in children if isinstance(child, Mark)]
        return Syntax("cases", items, marks[0].begin, marks[-1].stop, tuple(shown for _, shown in branches))

    def branch(self, children: list[Any]) -> tuple[Any, ...]:
        value, cell, word = children[:3]
        condition = children[3] if len(children) > 3 else ()
        return (value, *condition[::2]), (cell.meaning or "", *word.meaning, condition[1::2])

    def row(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(child for child in children if not isinstance(child, Mark))


BUILDS = {name: getattr(_Build(), name) for name in vars(_Build) if name[0] != "_"}
_WANTED = {
    "RPAR": "a closing )",
    "RSQ": "a closing ]",
    "_RBRACE": "a closing }",
    "RBRACE": "a closing }",
    "RBAR": "a closing |",
    "RNORM": "a closing \\|",
    "RNULL": "a bar \\right|_{…} that closes \\left.",
}


@lru_cache(maxsize=20_000)
def parse(text: str) -> Statement:
    """Return the tree of one statement; raise Unreadable with the place in `text`."""
    try:
        result = run(lex(text), BUILDS)
    except Unexpected as problem:
        raise _explain(problem, text) from None
    assert isinstance(result, Statement)
    return result


def _explain(problem: Unexpected, text: str) -> Unreadable:
    wanted = [words for kind, words in _WANTED.items() if kind in problem.accepted]
    mark = problem.mark
    if mark is None:
        message = "the statement ends too early: expected " + (" or ".join(wanted) or "an expression")
        return Unreadable(message, max(len(text.rstrip()) - 1, 0), len(text.rstrip()))
    shown = text[mark.begin : mark.stop] or str(mark)
    if mark.type == "REL" and mark.meaning not in ("=",) and not wanted:
        message = f"{shown} is not read here"
    elif wanted:
        message = f"expected {' or '.join(wanted)} before {shown}"
    else:
        message = f"expected an expression before {shown}"
    return Unreadable(message, mark.begin, mark.stop)
