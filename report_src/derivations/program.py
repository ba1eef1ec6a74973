"""From the rows of a derivation to a program: what is declared, what is defined, what is claimed.

Statements are read once, in order. A row that is refused leaves the others readable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from report_src.derivations import shapes
from report_src.derivations.errors import Refusal, Unreadable
from report_src.derivations.grammar import Relation, Side, Statement, Syntax, parse
from report_src.derivations.scope import Scope, Target
from report_src.derivations.shapes import Node
from report_src.derivations.source import Derivation, Row, Segment
from report_src.derivations.symbols import (
    ONE,
    SCALAR,
    Dim,
    Index,
    Key,
    NameUse,
    Shape,
    Symbol,
    Table,
    only_items,
    plain_name,
    read_name,
    same,
)
from report_src.derivations.terms import Reader

MAX_DIMENSIONS = 16
"""Most dimension letters; sizes grow with their number, and memory with the sizes."""
MAX_SIZE = 12
"""Largest number that may stand as a dimension."""
COMPARISONS = frozenset({"=", "<=", ">=", "<", ">"})
DECLARED_KINDS = frozenset({"real", "positive", "onehot", "simplex"})


@dataclass
class Definition:
    """A symbol, the expression it stands for, and the axes of a family it defines."""

    symbol: Symbol
    value: Node
    slots: tuple[Index, ...]
    place: Place


@dataclass
class Claim:
    """Two sides that are compared on every instance."""

    left: Node
    sign: str
    right: Node
    place: Place
    uses: set[Symbol]
    head: Node | None = None
    """The first side of the chain that the claim belongs to."""
    hint: str = ""


@dataclass(frozen=True)
class Place:
    """Where a statement stands: its segment, its rows, and the offsets of its sides."""

    segment: Segment
    rows: tuple[int, ...]
    start: int
    end: int


@dataclass
class Program:
    """A derivation that was read; ``problems`` has the refusals by row."""

    table: Table
    definitions: list[Definition] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    order: list[Definition | Claim] = field(default_factory=list)
    problems: dict[int, tuple[Refusal, int]] = field(default_factory=dict)
    kinds: dict[int, set[str]] = field(default_factory=dict)
    plan: Any = None
    """What the evaluation works out once per program."""


@dataclass
class _Statement:
    tree: Statement
    segment: Segment
    rows: tuple[int, ...]
    silent: bool
    inline: bool


def read(derivation: Derivation) -> Program:
    """Read all rows of a derivation."""
    program = Program(Table())
    statements = _statements(derivation.rows, program)
    _declare_dimensions(statements, program)
    ranges = _ranges(statements, program)
    builder = _Builder(program, ranges, {id(s): s for s in statements})
    for statement in statements:
        try:
            if statement.tree.sides:
                builder.take(statement)
            else:
                builder.lose_unread(statement)
        except Refusal as problem:
            _refuse(program, statement, problem)
            builder.lose(statement)
            if statement.silent:
                builder.last = None
    return program


def _refuse(program: Program, statement: _Statement, problem: Refusal) -> None:
    place = statement.segment.locate(problem.start)
    row = statement.rows[0]
    problem.end = statement.segment.locate(max(problem.start, problem.end - 1)) + 1
    problem.start = place
    if not statement.silent:
        program.problems.setdefault(row, (problem, place))


def _statements(rows: list[Row], program: Program) -> list[_Statement]:
    """Parse the segments of all rows; continuations with a sign are joined to what they continue."""
    found: list[tuple[Segment, list[int], bool]] = []
    for number, row in enumerate(rows):
        if row.problem is not None:
            program.problems[number] = (row.problem, row.problem.start)
        for position, segment in enumerate(row.segments):
            joins = position == 0 and segment.first in ("+", "-", "\\odot", "\\circ") and not segment.relations
            if row.inline:
                joins = False
            if joins and found and not rows[found[-1][1][0]].inline:
                before, places, silent = found[-1]
                found[-1] = (before.join(segment, " "), [*places, number], silent or row.unchecked is not None)
            else:
                found.append((segment, [number], row.unchecked is not None))
    statements = []
    for segment, places, silent in found:
        inline = rows[places[0]].inline
        if inline and not _reads_inline(segment):
            continue
        try:
            tree = parse(segment.text)
            statements.append(_Statement(tree, segment, tuple(places), silent, inline))
        except Refusal as problem:
            fresh = Unreadable(problem.message, problem.start, problem.end, problem.hint)
            broken = _Statement(Statement((), (), False), segment, tuple(places), silent, inline)
            if not (inline and _only_prose(segment)):
                _refuse(program, broken, fresh)
                statements.append(broken)
    return statements


def _reads_inline(segment: Segment) -> bool:
    """Tell whether inline mathematics declares or defines; all other is prose."""
    signs = segment.relations
    if "in" in signs:
        return any(word in segment.text for word in ("\\mathbb", "\\{", "\\Delta"))
    return ":=" in signs or "to" in signs or signs in ((">",), ("=",))


def _only_prose(segment: Segment) -> bool:
    return segment.relations in ((">",), ("=",))


def _dimension_label(item: Syntax) -> str | None:
    use = plain_name(item)
    if use is None or use.operations or use.power or use.primes or use.sup or use.letter.accent:
        return None
    return "_".join((use.letter.letter, *use.subs))


def _declare_dimensions(statements: list[_Statement], program: Program) -> None:
    """Enter the dimension letters of all declarations, and the ties between them."""
    for statement in statements:
        signs = [relation.sign for relation in statement.tree.relations]
        if "in" in signs or "to" in signs:
            for side in statement.tree.sides[1:]:
                for label in _labels(side):
                    program.table.dim(label)
        elif signs == ["="] and len(statement.tree.sides) == 2:
            upper = _range(statement.tree)
            if upper is not None:
                program.table.dim(upper[1])
    for statement in statements:
        tied = _tie(statement, program)
        if tied is not None:
            same(*tied, tie=True)


def _labels(side: Side) -> list[str]:
    found = []
    for item in side.items:
        for _, term in item.items:
            for factor in term.items:
                scripts = factor.items[1:] if factor.kind == "scripted" else ()
                for script in scripts:
                    for content in [c for s in script.sides for c in s.items]:
                        found.extend(_dimension_letters(content))
    return found


def _dimension_letters(content: Syntax) -> list[str]:
    return [
        label
        for _, term in content.items
        for item in term.items
        if item.kind in ("NAME", "scripted") and (label := _dimension_label(item)) is not None
    ]


def _tie(statement: _Statement, program: Program) -> tuple[Dim, Dim] | None:
    """Return the two dimensions of m = k."""
    tree = statement.tree
    if len(tree.sides) != 2 or tree.continues or tree.relations[0].sign != "=":
        return None
    names = [only_items(side.items[0]) if len(side.items) == 1 else () for side in tree.sides]
    labels = [_dimension_label(items[0]) if len(items) == 1 else None for items in names]
    dims = [program.table.dims.get(label) if label else None for label in labels]
    return (dims[0], dims[1]) if dims[0] is not None and dims[1] is not None else None


def _range(tree: Statement) -> tuple[str, str] | None:
    """Return index and dimension of n = 1,…,N."""
    if len(tree.sides) != 2 or tree.continues or len(tree.sides[1].items) != 3 or len(tree.sides[0].items) != 1:
        return None
    first, dots, last = (only_items(item) for item in tree.sides[1].items)
    index = only_items(tree.sides[0].items[0])
    if not (len(first) == len(dots) == len(last) == len(index) == 1) or dots[0].kind != "DOTS":
        return None
    letter, label = _dimension_label(index[0]), _dimension_label(last[0])
    if first[0].kind != "NUM" or first[0].meaning != 1 or letter is None or label is None:
        return None
    return letter, label


def _ranges(statements: list[_Statement], program: Program) -> dict[str, tuple[Dim, set[int]]]:
    """Return the ranges n = 1,…,N that are written anywhere, with the rows that write them."""
    found: dict[str, tuple[Dim, set[int]]] = {}
    for statement in statements:
        ranged = _range(statement.tree)
        if ranged is not None:
            letter, label = ranged
            dim, rows = found.setdefault(letter, (program.table.dim(label), set()))
            dim.root().least = max(dim.root().least, 3)
            if dim.root() is program.table.dim(label).root():
                rows.update(statement.rows)
    return found


_RELATION = re.compile(r"(:=|\\coloneqq?(?![A-Za-z])|\\(?:approx|propto|equiv|sim|leq?|geq?)(?![A-Za-z])|[=<>])")
"""Where the left side of a statement ends that could not be parsed."""


def _rest(statement: _Statement) -> tuple[Segment, tuple[int, ...], bool, bool]:
    return statement.segment, statement.rows, statement.silent, statement.inline


class _Builder:
    def __init__(
        self, program: Program, ranges: dict[str, tuple[Dim, set[int]]], statements: dict[int, _Statement]
    ) -> None:
        self.program, self.table, self.ranges = program, program.table, ranges
        self.last: tuple[Side, Segment, tuple[int, ...]] | None = None
        self.head: Node | None = None
        self.lost = False
        if len(self.table.dims) > MAX_DIMENSIONS:
            first = next(iter(statements.values()))
            problem = Unreadable(f"more than {MAX_DIMENSIONS} dimension letters", 0)
            _refuse(program, first, problem)
            self.table.dims.clear()

    def take(self, statement: _Statement) -> None:
        """Enter a statement by its kind."""
        tree = statement.tree
        signs = [relation.sign for relation in tree.relations]
        if _range(tree) is not None or _tie(statement, self.program) is not None:
            self.kind(statement, "declaration")
            return
        if "in" in signs or ":" in signs or "to" in signs:
            self.declaration(statement, signs)
        elif signs == [">"] and self.positive(statement):
            pass
        elif statement.inline and signs in (["="], [">"]):
            return
        elif not signs:
            message = "this row has no relation: it neither declares, defines nor claims"
            raise Unreadable(message, 0, len(statement.segment.text.rstrip()))
        else:
            self.chain(statement, signs)

    def kind(self, statement: _Statement, kind: str) -> None:
        """Note what a row does."""
        for row in statement.rows:
            self.program.kinds.setdefault(row, set()).add(kind)

    def lose(self, statement: _Statement) -> None:
        """Note that what a refused statement would have introduced is not there."""
        tree = statement.tree
        signs = [relation.sign for relation in tree.relations]
        if not tree.continues and signs and signs[0] in (":=", "in", ":") and tree.sides:
            for item in tree.sides[0].items:
                items = only_items(item)
                use = plain_name(items[0]) if len(items) == 1 else None
                if use is not None:
                    key = (use.letter.letter, use.letter.accent, use.sup, use.subs)
                    self.table.lost[key] = statement.rows[0]

    def lose_unread(self, statement: _Statement) -> None:
        """Do the same for a statement without a tree, as far as its left side can be read."""
        left, sign, _ = (
            _RELATION.split(statement.segment.text, maxsplit=1)
            if _RELATION.search(statement.segment.text)
            else ("", "", "")
        )
        if not left.strip():
            return
        try:
            side = parse(left).sides[0]
        except Refusal:
            self.last = None
            return
        if sign.startswith((":", "\\coloneq")):
            self.lose(_Statement(Statement((side,), (Relation(":=", 0, 0),), False), *_rest(statement)))
        elif not statement.inline:
            # an unchecked row is accepted as it stands, so that nothing may go on from its left side
            self.last = None if statement.silent else (side, statement.segment, statement.rows)

    def scope(self, statement: _Statement, segment: Segment) -> Scope:
        ranged = {letter: dim for letter, (dim, rows) in self.ranges.items() if rows.intersection(statement.rows)}
        return Scope(self.table, segment, ranged)

    def declaration(self, statement: _Statement, signs: list[str]) -> None:
        """Enter x, y ∈ ℝ^d or g : ℝ → ℝ."""
        tree = statement.tree
        self.kind(statement, "declaration")
        if tree.continues:
            message = "a declaration has its names on the left"
            raise Unreadable(message, tree.relations[0].start, tree.relations[0].end)
        if signs == ["in"]:
            kind, shape = self.domain(tree.sides[1])
            for item in tree.sides[0].items:
                self.declare(item, kind, shape)
        elif signs == [":", "to"]:
            arguments = self.function_domain(tree.sides[1])
            if self.space(tree.sides[2]) != SCALAR:
                raise Unreadable("a function maps to \\mathbb{R}", tree.sides[2].start, tree.sides[2].end)
            for item in tree.sides[0].items:
                symbol = self.declare(item, "function", SCALAR)
                symbol.arguments = arguments
        else:
            message = "a declaration reads x \\in \\mathbb{R}^{d} or g : \\mathbb{R} \\to \\mathbb{R}"
            raise Unreadable(message, tree.sides[0].start, tree.sides[-1].end)

    def positive(self, statement: _Statement) -> bool:
        """Enter λ > 0 for a name that is not declared yet."""
        tree = statement.tree
        if tree.continues or len(tree.sides[1].items) != 1:
            return False
        zero = only_items(tree.sides[1].items[0])
        names = [only_items(item) for item in tree.sides[0].items]
        uses = [plain_name(items[0]) if len(items) == 1 else None for items in names]
        known = [use is None or self.table.find(use) is not None for use in uses]
        if len(zero) != 1 or zero[0].kind != "NUM" or zero[0].meaning != 0 or any(known):
            return False
        self.kind(statement, "declaration")
        for item in tree.sides[0].items:
            self.declare(item, "positive", SCALAR)
        return True

    def declare(self, item: Syntax, kind: str, shape: Shape) -> Symbol:
        """Enter one declared name; with a range it is a family."""
        items = only_items(item)
        use = read_name(items[0]) if len(items) == 1 else None
        if use is None or use.operations or use.primes or use.power is not None:
            raise Unreadable("a declaration names letters alone", item.start, item.end)
        key, slots = self.family(use, {letter: dim for letter, (dim, _) in self.ranges.items()})
        symbol = Symbol(key, kind, shape, slots, place=item.start)
        return self.table.add(symbol, item.start, item.end)

    @staticmethod
    def family(use: NameUse, slots: dict[str, Dim]) -> tuple[Key, tuple[Dim, ...]]:
        """Return the key of a name whose subscripts or superscript may count."""
        sup, dims = use.sup, []
        if sup in slots:
            dims.append(slots[sup])
            sup = "*"
        subs = list(use.subs)
        for position in range(len(subs) - 1, -1, -1):
            if subs[position] not in slots:
                break
            subs[position] = "*"
        dims.extend(slots[old] for old, new in zip(use.subs, subs, strict=True) if new == "*")
        return (use.letter.letter, use.letter.accent, sup, tuple(subs)), tuple(dims)

    def domain(self, side: Side) -> tuple[str, Shape]:
        """Return the kind and the shape of what a set holds."""
        items = only_items(side.items[0]) if len(side.items) == 1 else ()
        factor = items[0] if len(items) == 1 else None
        base, scripts = (
            (factor, ()) if factor is None or factor.kind != "scripted" else (factor.items[0], factor.items[1:])
        )
        if base is not None and base.kind == "REALS":
            return "real", self.space(side)
        if base is not None and len(scripts) == 1 and scripts[0].mark == "^":
            shape = self.power(scripts[0].sides[0])
            if base.kind == "BITS":
                return "onehot", shape
            if base.kind == "NAME" and base.meaning.letter == "Delta":
                return "simplex", shape
        message = "a set is \\mathbb{R}, \\mathbb{R}^{d}, \\mathbb{R}^{m \\times d}, \\{0,1\\}^{K} or \\Delta^{K}"
        raise Unreadable(message, side.start, side.end)

    def space(self, side: Side) -> Shape:
        """Return the shape of ℝ, ℝ^d or ℝ^{m×d}."""
        items = only_items(side.items[0]) if len(side.items) == 1 else ()
        if len(items) != 1:
            raise Unreadable("expected \\mathbb{R}^{d}", side.start, side.end)
        return self.space_item(items[0])

    def space_item(self, item: Syntax) -> Shape:
        if item.kind == "REALS":
            return SCALAR
        scripted = item.kind == "scripted" and item.items[0].kind == "REALS" and len(item.items) == 2
        if not scripted or item.items[1].mark != "^" or len(item.items[1].sides) != 1:
            raise Unreadable("expected \\mathbb{R}^{d}", item.start, item.end)
        return self.power(item.items[1].sides[0])

    def power(self, side: Side) -> Shape:
        """Return the shape in the exponent of a space: d, or m × d."""
        items = only_items(side.items[0]) if len(side.items) == 1 else ()
        if len(items) == 1:
            return (self.dimension(items[0]), ONE)
        if len(items) == 3 and items[1].kind == "TIMES":
            return (self.dimension(items[0]), self.dimension(items[2]))
        raise Unreadable("a shape is d or m \\times d", side.start, side.end)

    def dimension(self, item: Syntax) -> Dim:
        if item.kind == "NUM" and 1 <= item.meaning <= MAX_SIZE and item.meaning == int(item.meaning):
            return ONE if item.meaning == 1 else Dim(size=int(item.meaning))
        label = _dimension_label(item)
        if label is None or label not in self.table.dims:
            message = f"a dimension is a letter, or a number up to {MAX_SIZE}"
            raise Unreadable(message, item.start, item.end)
        return self.table.dims[label]

    def function_domain(self, side: Side) -> tuple[Shape, ...]:
        """Return the shapes of a function's arguments, separated by ×."""
        items = only_items(side.items[0]) if len(side.items) == 1 else ()
        if not items or len(items) % 2 == 0 or any(item.kind != "TIMES" for item in items[1::2]):
            raise Unreadable("a domain is \\mathbb{R}^{d}, or several with \\times between", side.start, side.end)
        return tuple(self.space_item(item) for item in items[::2])

    def chain(self, statement: _Statement, signs: list[str]) -> None:
        """Enter a definition, claims, or both: a := b = c."""
        tree, segment = statement.tree, statement.segment
        if ":=" in signs[1:] or (signs[0] == ":=" and tree.continues):
            raise Unreadable("a definition has its name on the left", tree.relations[0].start)
        unread = [relation for relation in tree.relations if relation.sign not in COMPARISONS | {":="}]
        if unread:
            raise Unreadable("this relation cannot stand here", unread[0].start, unread[0].end)
        lost = [side for side in tree.sides if len(side.items) != 1]
        if lost:
            raise Unreadable("a list cannot stand here", lost[0].start, lost[0].end)
        sides, relations = list(tree.sides), list(tree.relations)
        scope = self.scope(statement, segment)
        reader = Reader(scope)
        before = self.last
        if not tree.continues:
            self.last = None
        if signs[0] == ":=":
            left = self.definition(statement, reader)
            sides, relations = sides[2:], relations[1:]
        elif tree.continues:
            if before is None:
                message = "this row continues a statement above, and there is none that can be read"
                raise Unreadable(message, tree.relations[0].start, tree.relations[0].end)
            outer, scope.segment = scope.segment, before[1]
            reader.segment = before[1]
            left = reader.single(before[0])
            scope.segment = reader.segment = outer
        else:
            left, sides = reader.single(sides[0]), sides[1:]
        self.head = self.head if tree.continues else left
        if not tree.continues:
            # a row below goes on from here if the right side is refused
            self.last = (tree.sides[0], segment, statement.rows)
        for relation, side in zip(relations, sides, strict=True):
            right = reader.single(side)
            self.claim(statement, scope, left, relation, right)
            left = right
        self.close_indices(scope, left)
        self.last = (tree.sides[-1], segment, statement.rows)

    def claim(self, statement: _Statement, scope: Scope, left: Node, relation: Relation, right: Node) -> None:
        """Enter one comparison."""
        shapes.agree(left, right)
        for side in (left, right):
            self.determined(side)
        place = Place(statement.segment, statement.rows, right.start, right.end)
        hint = ""
        if scope.read_as_products:
            name = scope.read_as_products[0]
            hint = f"{name}(…) was read as a product; {name} is a value"
        claim = Claim(left, relation.sign, right, place, set(scope.uses), self.head, hint)
        if not statement.silent:
            self.program.claims.append(claim)
            self.program.order.append(claim)
            self.kind(statement, "claim")

    @staticmethod
    def determined(value: Node) -> None:
        """Refuse a constant array whose size nothing says."""
        open_node = shapes.undetermined(value)
        if open_node is not None:
            message = f"nothing determines the size of {open_node}"
            raise Unreadable(message, open_node.start, open_node.end, "write \\mathbf 1_m, \\mathbf 0_m or I_m")

    @staticmethod
    def close_indices(scope: Scope, value: Node) -> None:
        """Refuse an index whose range nothing says."""
        for index in scope.free.values():
            if not index.dim.known():
                message = f"nothing determines the range of the index {index.letter}"
                raise Unreadable(message, value.start, value.end)

    def definition(self, statement: _Statement, reader: Reader) -> Node:
        """Enter a definition and return the node of the defined symbol."""
        tree = statement.tree
        items = only_items(tree.sides[0].items[0])
        use = read_name(items[0]) if len(items) == 1 else None
        if use is None or use.operations or use.primes or use.power is not None:
            raise Unreadable("a definition has one name on its left", tree.sides[0].start, tree.sides[0].end)
        value = reader.single(tree.sides[1])
        self.determined(value)
        self.close_indices(reader.scope, value)
        free = {letter: index for letter, index in reader.scope.free.items() if index in value.indices}
        key, dims = self.family(use, {letter: index.dim for letter, index in free.items()})
        counted = [letter for letter in (use.sup, *use.subs) if letter in free]
        if len(counted) != len(dims) or set(counted) != set(free):
            missing = ", ".join(sorted(set(free) - set(counted))) or ", ".join(counted)
            message = f"the index {missing} is free on the right and must stand on the left"
            raise Unreadable(message, tree.sides[0].start, tree.sides[0].end)
        symbol = Symbol(key, "definition", value.shape, dims, place=tree.sides[0].start)
        symbol.depends = set(reader.scope.uses)
        self.table.add(symbol, tree.sides[0].start, tree.sides[0].end)
        place = Place(statement.segment, statement.rows, tree.sides[0].start, value.end)
        slots = tuple(free[letter] for letter in counted)
        definition = Definition(symbol, value, slots, place)
        self.program.definitions.append(definition)
        self.program.order.append(definition)
        self.kind(statement, "definition")
        reader.scope.uses.add(symbol)
        target = Target(symbol, slots, None, None, False, symbol.shape)
        start, end = tree.sides[0].start, tree.sides[0].end
        return Node("name", (), symbol.shape, frozenset(slots), start, end, statement.segment, target)
