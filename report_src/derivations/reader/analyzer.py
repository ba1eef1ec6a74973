"""From the rows of a derivation to a program: what is declared, what is defined, what is claimed.

Statements are read once, in order. A row that is refused leaves the others readable.
"""

from __future__ import annotations

import re
from itertools import pairwise

from report_src.derivations.notation import assumption_forms, authored, conditions, differentials, powers, readings
from report_src.derivations.notation.recursion import Group
from report_src.derivations.reader import checks, domains, labels, primed
from report_src.derivations.reader.expressions import Reader
from report_src.derivations.semantics.program import Claim, Definition, Place, Program
from report_src.derivations.semantics.scope import Scope, Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import (
    IN_PROSE,
    Placed,
    collect,
    declare_dimensions,
    defined_names,
    range_of,
    ranges_of,
    refuse,
    refuse_doubted,
    tie,
    writes,
)
from report_src.derivations.semantics.symbols import SCALAR, Dim, Shape, Symbol, Table, family
from report_src.derivations.source.document import Derivation
from report_src.derivations.source.errors import Refusal, Unjudged, Unreadable
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.names import declared_name, only_items, plain_name
from report_src.derivations.syntax.parser import Relation, Side, Statement, Syntax, parse

MAX_DIMENSIONS = 16  # most dimension letters; sizes grow with their number, and memory with the sizes
COMPARISONS = frozenset({"=", "<=", ">=", "<", ">"})


def read(derivation: Derivation) -> Program:
    """Read all rows of a derivation."""
    program = Program(Table())
    program.table.layout = derivation.layout
    statements = collect(derivation.rows, program.problems)
    primed.settle(statements, derivation.layout)
    declare_dimensions(statements, program.table)
    program.table.later = defined_names(statements)
    program.table.letters = {letter for s in statements for letter in "Tt" if writes(s.segment.text, letter)}
    differentials.vary(program.table, [statement.tree for statement in statements], derivation.constants)
    ranges = ranges_of(statements, program.table, program.problems)
    builder = _Builder(program, ranges, {id(s): s for s in statements})
    if statements and {"numerator", "denominator"} <= derivation.layout:
        refuse(program.problems, statements[0], Unreadable("the text states two layouts of Jacobians", 0))
    for statement in statements:
        try:
            if statement.tree.sides:
                builder.take(statement)
            else:
                builder.lose_unread(statement)
                builder.unassumed |= statement.assumed
        except Refusal as problem:
            builder.unassumed |= statement.assumed
            refuse(program.problems, statement, problem)
            builder.lose(statement)
            if statement.silent:
                builder.last = None
    return program


# where the left side of a statement ends that could not be parsed
_RELATION = re.compile(r"(:=|\\coloneqq?(?![A-Za-z])|\\(?:approx|propto|equiv|sim|leq?|geq?)(?![A-Za-z])|[=<>])")


def _rest(statement: Placed) -> tuple[Segment, tuple[int, ...], bool, bool]:
    return statement.segment, statement.rows, statement.silent, statement.inline


class _Builder:
    def __init__(
        self, program: Program, ranges: dict[str, tuple[Dim, set[int]]], statements: dict[int, Placed]
    ) -> None:
        self.program, self.table, self.ranges = program, program.table, ranges
        self.last: tuple[Side, Segment, tuple[int, ...]] | None = None
        self.head: Node | None = None
        self.before: Claim | None = None
        self.unassumed = False  # whether an assumption was refused
        self.recursion = Group()
        self.within: Scope | None = None  # what the last chain knew about its indices
        if len(self.table.dims) > MAX_DIMENSIONS:
            first = next(iter(statements.values()))
            problem = Unreadable(f"more than {MAX_DIMENSIONS} dimension letters", 0)
            refuse(program.problems, first, problem)
            self.table.dims.clear()

    def take(self, statement: Placed) -> None:
        """Enter a statement by its kind."""
        tree = statement.tree
        signs = [relation.sign for relation in tree.relations]
        if range_of(tree) is not None or tie(statement, self.table) is not None:
            self.kind(statement, "declaration")
            return
        if "in" in signs or ":" in signs or "to" in signs:
            self.declaration(statement, signs)
        elif signs in ([">"], [">="]) and self.half_line(statement):
            pass
        elif statement.assumed and ":=" not in signs:
            self.assumption(statement, signs)
        elif conditions.side_condition(self.program, self.within, statement):
            self.last = None
        elif statement.inline and tuple(signs) in IN_PROSE:
            return
        elif statement.segment.condition and signs:
            self.last = None
            message = "a condition in words is read of indices, i \\ne j; this row may hold without it or not"
            hint = "write an indicator, \\mathbb 1[z > 0], or assume it in the text: Assume that $z > 0$."
            raise Unreadable(message, 0, len(statement.segment.text.rstrip()), hint)
        elif not signs:
            self.last = None
            message = "this row has no relation: it neither declares, defines nor claims"
            raise Unreadable(message, 0, len(statement.segment.text.rstrip()))
        else:
            self.chain(statement, signs)

    def kind(self, statement: Placed, kind: str) -> None:
        """Note what a row does."""
        for row in statement.rows:
            self.program.kinds.setdefault(row, set()).add(kind)

    def lose(self, statement: Placed) -> None:
        """Note that what a refused statement would have introduced is not there."""
        tree = statement.tree
        signs = [relation.sign for relation in tree.relations]
        if not tree.continues and signs and signs[0] in (":=", "in", ":") and tree.sides:
            for item in tree.sides[0].items:
                items = only_items(item)  # one name, or a name with its arguments
                use = plain_name(items[0]) if items else None
                if use is not None:
                    key = (use.letter.letter, use.letter.accent, use.sup, use.subs)
                    self.table.lost[key] = statement.rows[0]

    def lose_unread(self, statement: Placed) -> None:
        """Do the same for a statement without a tree, as far as its left side can be read."""
        left, sign, _ = (
            _RELATION.split(statement.segment.text, maxsplit=1)
            if _RELATION.search(statement.segment.text)
            else ("", "", "")
        )
        if not left.strip():
            self.last = self.last if statement.inline else None
            return
        try:
            side = parse(left).sides[0]
        except Refusal:
            self.last = None
            return
        if sign.startswith((":", "\\coloneq")):
            self.lose(Placed(Statement((side,), (Relation(":=", 0, 0),), False), *_rest(statement)))
        elif not statement.inline:
            # an unchecked row is accepted unread, so that nothing may go on from its left side
            self.last = None if statement.silent else (side, statement.segment, statement.rows)

    def scope(self, statement: Placed, segment: Segment) -> Scope:
        ranged = {letter: dim for letter, (dim, rows) in self.ranges.items() if rows.intersection(statement.rows)}
        return Scope(self.table, segment, ranged)

    def declaration(self, statement: Placed, signs: list[str]) -> None:
        """Enter x, y ∈ ℝ^d or g : ℝ → ℝ."""
        tree = statement.tree
        self.kind(statement, "declaration")
        if tree.continues:
            message = "a declaration has its names on the left"
            raise Unreadable(message, tree.relations[0].start, tree.relations[0].end)
        if signs == ["in"]:
            if labels.declared(self.table, self.ranges, self.within, tree):
                return
            kind, shape = domains.domain(self.table, tree.sides[1])
            if kind != "real":
                refuse_doubted(statement)
            for item in tree.sides[0].items:
                self.declare(item, kind, shape)
        elif signs == [":", "to"]:
            arguments = domains.function_domain(self.table, tree.sides[1])
            if domains.space(self.table, tree.sides[2]) != SCALAR:
                raise Unreadable("a function maps to \\mathbb{R}", tree.sides[2].start, tree.sides[2].end)
            for item in tree.sides[0].items:
                symbol = self.declare(item, "function", SCALAR)
                symbol.arguments = arguments
        else:
            message = "a declaration reads x \\in \\mathbb{R}^{d} or g : \\mathbb{R} \\to \\mathbb{R}"
            raise Unreadable(message, tree.sides[0].start, tree.sides[-1].end)

    def half_line(self, statement: Placed) -> bool:
        """Enter λ > 0 or λ ≥ 0 for a name that is not declared yet."""
        tree = statement.tree
        if not domains.half_line(self.table, tree):
            return False
        self.kind(statement, "declaration")
        refuse_doubted(statement)
        for item in tree.sides[0].items:
            self.declare(item, "positive" if tree.relations[0].sign == ">" else "nonnegative", SCALAR)
        return True

    def declare(self, item: Syntax, kind: str, shape: Shape) -> Symbol:
        """Enter one declared name; with a range it is a family."""
        items = only_items(item)
        use = declared_name(items[0]) if len(items) == 1 else None
        if use is None or use.operations or use.primes or use.power is not None:
            raise Unreadable("a declaration has letters only on its left", item.start, item.end)
        self.table.refuse_bracket(use)
        key, slots = family(use, {letter: dim for letter, (dim, _) in self.ranges.items()})
        symbol = Symbol(key, kind, shape, slots, place=item.start, bold=use.letter.bold)
        labels.refuse_named(symbol, item.start, item.end)
        return self.table.add(symbol, item.start, item.end)

    def chain(self, statement: Placed, signs: list[str]) -> None:
        """Enter a definition, claims, or both: a := b = c."""
        tree, segment = statement.tree, statement.segment
        if self.unassumed and signs != [":="]:
            raise Unjudged(assumption_forms.UNJUDGED, 0, len(segment.text.rstrip()))
        if ":=" in signs[1:] or (signs[0] == ":=" and tree.continues):
            raise Unreadable("a definition has its name on the left", tree.relations[0].start)
        unread = [relation for relation in tree.relations if relation.sign not in COMPARISONS | {":="}]
        if unread:
            hint = "assume it in the text: Assume that $A \\succ 0$." if unread[0].sign.startswith("succ") else ""
            raise Unreadable("this relation is not read here", unread[0].start, unread[0].end, hint)
        lost = [side for side in tree.sides if len(side.items) != 1]
        if lost:
            raise Unreadable("a list is not read here", lost[0].start, lost[0].end)
        sides, relations = list(tree.sides), list(tree.relations)
        scope = self.scope(statement, segment)
        reader = Reader(scope)
        before = self.last
        text = segment.text + (before[1].text if tree.continues and before else "")
        scope.choice = readings.chosen(text, lambda choice: self.try_out(statement, choice))
        if tree.continues and self.within is not None:
            scope.inherited = {index.letter: index.dim for index in self.within.free.values() if index.dim.known()}
        if not tree.continues:
            self.last = self.before = None
        scope.defines = signs[0] == ":="
        if signs[0] == ":=":
            left = self.definition(statement, reader)
            sides, relations = sides[2:], relations[1:]
        elif tree.continues:
            if before is None:
                if self.program.problems:
                    raise Unjudged("not judged: it goes on from a row that is refused", tree.relations[0].start)
                message = "this row continues a statement above, and there is none that can be read"
                raise Unreadable(message, tree.relations[0].start, tree.relations[0].end)
            outer, scope.segment = scope.segment, before[1]
            left = reader.single(before[0])
            scope.segment = outer
        else:
            left, sides = reader.single(sides[0]), sides[1:]
        self.head = self.head if tree.continues else left
        if not tree.continues:
            # a row below goes on from here if the right side is refused
            self.last = (tree.sides[0], segment, statement.rows)
        read = [left, *(reader.single(side) for side in sides)]
        for relation, (left, right) in zip(relations, pairwise(read), strict=True):
            checks.comparable(left, right, relation.sign)
        checks.close_indices(scope, read[-1])
        self.active(scope, read)
        self.within = scope
        if len(read) > 1:
            self.recursion.refuse_claims(scope)
        conditions.refuse_unsaid(scope, read)
        read = conditions.where_members_exist(self.program, scope, read)
        self.enter_unnamed(statement, scope)
        for relation, (left, right) in zip(relations, pairwise(read), strict=True):
            self.claim(statement, scope, left, relation, right)
        self.last = None if statement.inline else (tree.sides[-1], segment, statement.rows)

    def assumption(self, statement: Placed, signs: list[str]) -> None:
        """Enter what the text assumes; it holds for the rows below it."""
        assumption_forms.refuse_other_forms(statement, signs)
        self.last = self.before = None
        scope = self.scope(statement, statement.segment)
        left, right = (Reader(scope).single(side) for side in statement.tree.sides)
        if signs[0] in ("succ", "succeq"):
            assumption_forms.definite(left, right)
        else:
            checks.comparable(left, right, signs[0])
        checks.close_indices(scope, right)
        labels.refuse_assumed(scope, left.start, right.end)
        self.active(scope, [left, right])
        self.enter_unnamed(statement, scope)
        place, given = Place(statement.segment, statement.rows, left.start, right.end), self.program.assumptions
        given.append(Claim(left, signs[0], right, place, set(scope.uses), given=len(given)))
        self.kind(statement, "assumption")

    def try_out(self, statement: Placed, choice: readings.Choice) -> None:
        """Read the sides of a statement with a choice of readings; raise a Refusal where they do not fit."""
        scope = self.scope(statement, statement.segment)
        scope.choice, reader, read = choice, Reader(scope), []
        scope.defines = statement.tree.relations[0].sign == ":="
        sides = [(side, statement.segment) for side in statement.tree.sides]
        if statement.tree.relations[0].sign == ":=":
            sides = sides[1:]
        elif statement.tree.continues and self.last is not None:
            sides = [(self.last[0], self.last[1]), *sides]
        for side, scope.segment in sides:
            read.append(reader.single(side))
        for left, right in pairwise(read):
            checks.agree(left, right, "=")
        named = plain_name(next(iter(only_items(statement.tree.sides[0].items[0])), statement.tree.sides[0].items[0]))
        conditions.refuse_unsaid(scope, read, named.subs if scope.defines and named is not None else None)

    def enter_unnamed(self, statement: Placed, scope: Scope) -> None:
        """Enter the expressions that a statement differentiates as definitions before it."""
        for made in scope.unnamed:
            checks.determined(made.value)
            place = Place(statement.segment, statement.rows, made.value.start, made.value.end)
            definition = Definition(made.symbol, made.value, made.slots, place)
            self.program.definitions.append(definition)
            self.program.order.append(definition)
        scope.unnamed.clear()

    def claim(self, statement: Placed, scope: Scope, left: Node, relation: Relation, right: Node) -> None:
        """Enter one comparison."""
        place = Place(statement.segment, statement.rows, right.start, right.end)
        hint = ""
        if scope.read_as_products:
            name = scope.read_as_products[0]
            hint = f"{name}(…) was read as a product; {name} is a value"
        given = len(self.program.assumptions)
        claim = Claim(left, relation.sign, right, place, set(scope.uses), self.head, hint, self.before, scope, given)
        assumption_forms.refuse_repetition(claim, self.program.assumptions)
        self.before = None if statement.silent else claim
        if not statement.silent:
            self.program.claims.append(claim)
            self.program.order.append(claim)
            self.kind(statement, "claim")

    def active(self, scope: Scope, sides: list[Node]) -> None:
        """Refuse a derivative that is 0 whatever its definitions are, unless the row says that it is 0.

        It is not refused only if both have nothing in common: of u and v := 2u, a reader takes it for another number.
        """
        zero = any(side.op == "zeros" or (side.op == "constant" and side.data == 0) for side in sides)
        zero = zero and not any(idle.related for idle in scope.idle)
        if scope.idle and zero:
            self.program.warnings.append(scope.idle[0].message)
        if scope.idle and not (zero and all(side.op in ("zeros", "constant", "derivative") for side in sides)):
            idle = scope.idle[0]
            raise Unreadable(idle.message, *idle.place, idle.hint)

    def definition(self, statement: Placed, reader: Reader) -> Node:
        """Enter a definition and return the node of the defined symbol."""
        tree = statement.tree
        items = only_items(tree.sides[0].items[0])
        use = declared_name(items[0]) if items else None
        arguments = authored.header(self.table, items, use) if use is not None and len(items) > 1 else ()
        formula = authored.Formula(arguments, statement.segment, tree.sides[1]) if arguments else None
        if use is not None and formula is not None and any(key not in self.table.symbols for key in arguments):
            self.kind(statement, "definition")
            return authored.rule(self.table, statement, use, formula)
        if use is None or use.operations or use.primes or use.power is not None:
            raise Unreadable("a definition has one name on its left", tree.sides[0].start, tree.sides[0].end)
        self.table.refuse_bracket(use)
        value = reader.single(tree.sides[1])
        checks.determined(value)
        powers.refuse_unsettled(value)
        checks.close_indices(reader.scope, value)
        self.active(reader.scope, [value])
        if reader.scope.shifts:
            message = "a member of this definition does not exist for every value of its index"
            raise Unreadable(message, value.start, value.end, "give the first member, as in \\mathbf h_0")
        free = {letter: index for letter, index in reader.scope.free.items() if index in value.indices}
        key, dims = family(use, {letter: index.dim for letter, index in free.items()})
        counted = [letter for letter in (use.sup.removeprefix("^"), *use.subs) if letter in free]
        hidden = labels.hidden(reader.scope, use, free, counted)
        if len(counted) != len(dims) or set(counted) | {label for label, _ in hidden} != set(free):
            raise labels.missing(tree.sides[0], set(free) - {label for label, _ in hidden}, counted)
        dims += tuple(free[label].dim for label, _ in hidden)
        symbol = self.recursion.awaited_as(self.table, key, value, dims) or Symbol(
            key, "definition", value.shape, dims, bold=use.letter.bold, hidden=hidden
        )
        symbol.place = tree.sides[0].start
        symbol.typed = statement.segment.text[tree.sides[1].start : tree.sides[1].end].strip()
        symbol.depends, symbol.formula = set(reader.scope.uses), formula
        self.enter_unnamed(statement, reader.scope)
        if not symbol.awaited:
            self.table.add(symbol, tree.sides[0].start, tree.sides[0].end)
        place = Place(statement.segment, statement.rows, tree.sides[0].start, value.end)
        slots = tuple(free[letter] for letter in (*counted, *(label for label, _ in hidden)))
        definition = Definition(symbol, value, slots, place)
        complete = self.recursion.take(definition, reader.scope) or []
        self.program.definitions.extend(complete)
        self.program.order.extend(complete)
        self.kind(statement, "definition")
        reader.scope.uses.add(symbol)
        target = Target(symbol, slots, None, None, False, symbol.shape)
        start, end = tree.sides[0].start, tree.sides[0].end
        return Node("name", (), symbol.shape, frozenset(slots), start, end, statement.segment, target)
