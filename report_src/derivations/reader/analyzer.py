"""Turn the rows of a derivation into a program of declarations, definitions, assumptions and claims.

Statements are read once, in order. The rows below a refused one are still read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace as copy_with
from itertools import pairwise

from report_src.derivations.notation import assumption_forms, conditions, differentials, readings
from report_src.derivations.notation.recursion import Group
from report_src.derivations.reader import (
    asides,
    checks,
    declarations,
    definitions,
    domains,
    everywhere,
    joined_names,
    labels,
    notes,
    rounded,
)
from report_src.derivations.reader.expressions import Reader
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Place, Program
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import (
    IN_PROSE,
    Placed,
    collect,
    declare_dimensions,
    names_before,
    other_size,
    range_of,
    ranges_of,
    refuse,
    stated_space,
    tie,
    writes,
)
from report_src.derivations.semantics.symbols import ONE, Table, same
from report_src.derivations.source.document import Derivation
from report_src.derivations.source.errors import Refusal, ShapeError, Unjudged, Unreadable
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.names import first_item, only_items, plain_name
from report_src.derivations.syntax.parser import Relation, Side, Statement, parse

MAX_DIMENSIONS = 16  # most dimension letters; sizes grow with their number, and memory with the sizes
COMPARISONS = frozenset({"=", "<=", ">=", "<", ">"})


def read(derivation: Derivation) -> Program:
    """Return the program that the rows of a derivation make; its `problems` has the refused rows."""
    program = Program(Table())
    program.table.layout = derivation.layout
    statements = collect(derivation.rows, program.problems, derivation.sizes)
    mixed = joined_names.settle(statements, derivation.layout)
    declare_dimensions(statements, program.table, program.problems)
    for letter in sorted(_counting(derivation, statements)):
        program.table.dim(letter)
    asides.settle(statements, program.table)
    program.table.later = names_before(statements, ":=")
    half_lines = [s for s in statements if s.inline and s.restricts]
    program.table.taken = names_before(statements, ":=", "in", ":") | names_before(half_lines, ">", ">=")
    program.table.taken |= {(letter, "", "", ()) for letter in derivation.spoken_of}
    program.table.letters = {letter for s in statements for letter in "Tt" if writes(s.segment.text, letter)}
    differentials.note_varying(program.table, [statement.tree for statement in statements], derivation.constants)
    ranges = ranges_of(statements, program.table, program.problems)
    program.table.ranges = {letter: dim for letter, (dim, _) in ranges.items()}
    if len(program.table.dims) > MAX_DIMENSIONS:
        refuse(program.problems, statements[0], Unreadable(f"more than {MAX_DIMENSIONS} dimension letters", 0))
        program.table.dims.clear()
    builder = _Builder(derivation, program, ranges)
    if statements and {"numerator", "denominator"} <= derivation.layout:
        refuse(program.problems, statements[0], Unreadable("the text states two layouts of Jacobians", 0))
    early = asides.behind(statements)
    entered: dict[int, _State] = {}  # by the identity of a definition that stands behind its use: where it left off
    for position, statement in enumerate(statements):
        for definition in early.get(position, ()):
            before, builder.state = builder.state, copy_with(builder.state)
            builder.enter_or_refuse(definition)
            entered[id(definition)], builder.state = builder.state, before
        before, builder.state = builder.state, copy_with(builder.state)
        if position in mixed:
            refuse(
                program.problems, statement, Unreadable(_MIXED, 0, len(statement.segment.text.rstrip()), _OTHER_NAME)
            )
        elif id(statement) in entered:
            builder.state = entered[id(statement)]
        else:
            builder.enter_or_refuse(statement)
        if statement.segment.aside:
            builder.state, builder.aside_in = before, statement.rows
    for dim in (dim for shape in program.open_shapes for dim in shape if not dim.known()):
        same(dim, ONE)
    return program


def _counting(derivation: Derivation, statements: list[Placed]) -> frozenset[str]:
    r"""Return the letters of natural numbers: those that the text declares, and the n of \sum_{i=1}^n i.

    A letter to which a sum runs is one where nothing names it and the index picks no members, as it does in
    \sum_i x_i: these have to be declared. A letter that is an index is no size.
    """
    text = " ".join(one.segment.text for one in statements)
    named = {key[0] for key in names_before(statements, ":=", "in", ":", ">", ">=")}
    picks = {letter for found in _BELOW.findall(text) for letter in _LETTER.findall(found)}
    sums = [found.groups() for found in _SUM.finditer(text)]
    ends = {first or last for index, first, last in sums if index not in picks and (first or last)} - named - picks
    return frozenset((derivation.sizes | ends) - {index for index, _, _ in sums} - set(_MEMBER.findall(text)))


_SUM = re.compile(
    r"\\(?:sum|prod)\s*(?:\\limits\s*)?_\s*\{\s*([A-Za-z])\s*=[^{}]*\}\s*\^\s*"
    r"(?:\{\s*([A-Za-z])\s*\}|([A-Za-z])|\{[^{}]*\})"
)
_BELOW = re.compile(r"_\s*(\{[^{}=]*\}|[A-Za-z])")  # what is picked by a subscript
_MEMBER = re.compile(r"_\s*\{\s*([A-Za-z])\s*\\in")
_LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_MIXED = "a name such as dZ is defined in this derivation, and other rows have differentials, or a value d"
_OTHER_NAME = "give the gradient a name of its own, G_Z \\coloneqq …, or write no differentials beside it"
_NO_CONDITION = "it is not certain whether this is a condition of the formula before it, or says something else"
_SAY_IF = "write \\text{if } before a condition; a conclusion is a row of its own"
# the relation that ends the left side of a statement that could not be parsed
_RELATION = re.compile(r"(:=|\\coloneqq?(?![A-Za-z])|\\(?:approx|propto|equiv|sim|leq?|geq?)(?![A-Za-z])|[=<>])")


@dataclass
class _State:
    """What a row that continues a chain needs of the rows above it."""

    last_side: tuple[Side, Segment, tuple[int, ...]] | None = None
    first_side: Node | None = None
    last_claim: Claim | None = None
    last_scope: Scope | None = None  # the indices of the last chain
    conditions: tuple[conditions.Condition, ...] = ()  # on the indices of the chain
    given: tuple[Claim, ...] = ()  # on its numbers


class _Builder:
    """A program that is being built, and the chain that is being read."""

    def __init__(self, derivation: Derivation, program: Program, ranges: declarations.Ranges) -> None:
        self.derivation = derivation
        self.program, self.table, self.ranges = program, program.table, ranges
        self.state = _State()
        self.assumption_refused = False
        self.condition_in: tuple[int, ...] = ()  # the rows of the last condition
        self.aside_in: tuple[int, ...] = ()  # the rows of the last explanation behind "where"
        self.recursion = Group()

    def enter_or_refuse(self, statement: Placed) -> None:
        """Enter a statement; note its refusal, and the names that it would have introduced."""
        try:
            if statement.tree.sides:
                self.enter(statement)
            else:
                self.mark_unparsed(statement)
                self.assumption_refused |= statement.assumed or statement.segment.requires
        except Refusal as problem:
            if isinstance(problem, ShapeError) and (twice := self.named_twice(statement)):
                problem = Unjudged(f"not judged: the row that defines {twice} again is refused", problem.start)
            self.assumption_refused |= statement.assumed or statement.segment.requires
            refuse(self.program.problems, statement, problem)
            self.mark_missing(statement)
            if statement.silent:
                self.state.last_side = None

    def named_twice(self, statement: Placed) -> str:
        """Return a name of a statement that a refused row defines again, or nothing."""
        text = statement.segment.text
        letters = (symbol.key[0] for symbol in self.table.doubted)
        return next(
            (letter for letter in letters if re.search(rf"(?<![A-Za-z]){re.escape(letter)}(?![a-z])", text)), ""
        )

    def enter(self, statement: Placed) -> None:
        """Enter a statement into the program by its kind; raise a Refusal if it has none."""
        space = stated_space(statement.tree)
        if space is not None:
            whole = statement.tree
            statement = copy_with(statement, tree=Statement(whole.sides[:-1], whole.relations[:-1], whole.continues))
        tree = statement.tree
        signs = tree.signs
        if range_of(tree) is not None or tie(statement, self.table) is not None:
            self.program.note(statement.rows, "declaration")
            return
        if other_size(statement, self.table):
            self.assumption_refused = True
            message = "this says of a size what is not read"
            raise Unreadable(
                message, 0, len(statement.segment.text.rstrip()), "write $m = k$, or a number from 2 to 12"
            )
        if everywhere.holds_everywhere(self.table, self.state.last_scope, statement):
            self.state.last_side = None
        elif "in" in signs or ":" in signs or "to" in signs:
            declarations.enter(self.program, self.ranges, self.state.last_scope, statement, signs)
        elif (
            signs in ([">"], [">="])
            and (statement.inline or not (statement.segment.leads or statement.segment.condition))
            and declarations.enter_half_line(self.program, self.ranges, statement)
        ):
            pass
        elif statement.assumed and ":=" not in signs:
            self.enter_assumption(statement, signs)
        elif condition := conditions.enter_side_condition(self.program, self.state.last_scope, statement):
            if not conditions.follows_as_condition(statement.segment, self.behind_condition(statement), index=True):
                raise Unreadable(_NO_CONDITION, 0, len(statement.segment.text.rstrip()), _SAY_IF)
            self.state.conditions += (condition,)
            self.condition_in = statement.rows
        elif statement.inline and tuple(signs) in IN_PROSE:
            return
        elif self.enter_condition(statement, signs):
            pass
        elif statement.segment.condition and signs:
            self.state.last_side = None
            message = "a condition in words is read of indices, i \\ne j; this row may hold without it or not"
            hint = "write an indicator, \\mathbb 1[z > 0], or assume it in the text: Assume that $z > 0$."
            raise Unreadable(message, 0, len(statement.segment.text.rstrip()), hint)
        elif not signs:
            self.state.last_side = None
            message = "this row has no relation: it neither declares, defines nor claims"
            raise Unreadable(message, 0, len(statement.segment.text.rstrip()))
        else:
            self.enter_chain(statement, signs, space)
            if conditions.note_doubts(self.program, statement):
                self.state.last_side = None

    def enter_condition(self, statement: Placed, signs: list[str]) -> bool:
        r"""Restrict the claims of a row to where it holds, \text{if } s > 0; tell whether a statement says that."""
        claims = conditions.claims_of_row(self.program, self.state.last_scope, statement)
        if self.aside_in == statement.rows and statement.segment.condition:
            raise Unreadable(_NO_CONDITION, 0, len(statement.segment.text.rstrip()), _SAY_IF)
        said = conditions.follows_as_condition(statement.segment, self.behind_condition(statement)) and (
            statement.segment.condition or conditions.bounds_declared(self.table, statement)
        )
        scope = self.state.last_scope
        wide = any(len(side.items) != 1 for side in statement.tree.sides)
        compares = bool(signs) and set(signs) <= conditions.SIGNS and not (statement.tree.continues or wide)
        if not (said and compares and claims) or scope is None or statement.silent:
            return False
        given = conditions.read_condition(scope, claims, statement)
        self.state.given += given or ()
        self.state.last_side = None if given is None else self.state.last_side
        for claim in self.program.claims:
            claim.doubted |= claim.place.rows == statement.rows and claim not in claims
        self.condition_in = statement.rows
        return True

    def behind_condition(self, statement: Placed) -> bool:
        """Tell whether a condition of its row stands before a statement."""
        return self.condition_in == statement.rows

    def mark_missing(self, statement: Placed) -> None:
        """Note the names that a refused statement would have introduced, for the message where they are used."""
        tree = statement.tree
        signs = tree.signs
        if not tree.continues and signs and signs[0] in (":=", "in", ":") and tree.sides:
            for item in tree.sides[0].items:
                items = only_items(item)  # one name, or a name with its arguments
                use = plain_name(items[0]) if items else None
                if use is not None:
                    key = use.key
                    self.table.refused_names[key] = statement.rows[0]
                    entries = bool(key[3]) and not any(sub.isdigit() for sub in key[3])  # r_j := … of a declared r
                    again = {key, *[(*key[:3], subs) for subs in ((), ("*",)) if entries]}
                    if signs[0] == ":=":
                        self.table.doubted |= {self.table.symbols[one] for one in again if one in self.table.symbols}

    def mark_unparsed(self, statement: Placed) -> None:
        """Note the names of a statement that has no tree, as far as its left side can be parsed."""
        relation = _RELATION.search(statement.segment.text)
        left = statement.segment.text[: relation.start()] if relation else ""
        if relation is None or not left.strip():
            self.state.last_side = self.state.last_side if statement.inline else None
            return
        try:
            side = parse(left).sides[0]
        except Refusal:
            self.state.last_side = None
            return
        if relation.group().startswith((":", "\\coloneq")):
            self.mark_missing(copy_with(statement, tree=Statement((side,), (Relation(":=", 0, 0),), False)))
        elif not statement.inline:
            # an unchecked row is accepted without being read, so no row may continue from its left side
            self.state.last_side = None if statement.silent else (side, statement.segment, statement.rows)

    def _new_scope(self, statement: Placed) -> Scope:
        ranged = {letter: dim for letter, (dim, rows) in self.ranges.items() if rows.intersection(statement.rows)}
        scope = Scope(self.table, statement.segment, ranged)
        above = self.state.last_scope if statement.tree.continues else None
        if above is not None:
            scope.inherited = {index.letter: index.dim for index in above.free.values() if index.dim.known()}
        return scope

    def enter_chain(self, statement: Placed, signs: list[str], space: Side | None) -> None:
        """Enter a chain of a definition and claims: a := b = c -> a := b, then b = c; its sides lie in `space`."""
        tree, segment = statement.tree, statement.segment
        if self.assumption_refused and signs != [":="]:
            raise Unjudged(assumption_forms.UNJUDGED, 0, len(segment.text.rstrip()))
        _refuse_other_chains(tree, signs)
        sides, relations = list(tree.sides), list(tree.relations)
        scope = self._new_scope(statement)
        reader = Reader(scope)
        before = self.state.last_side
        text = segment.text + (before[1].text if tree.continues and before else "")
        scope.choice = readings.fitting_choice(text, lambda choice: self.try_out(statement, choice))
        if not tree.continues:
            self.state.last_side = self.state.last_claim = None
            self.state.conditions = self.state.given = ()
        scope.defines = signs[0] == ":="
        if signs[0] == ":=":
            left = definitions.enter(self.program, self.recursion, statement, reader)
            sides, relations = sides[2:], relations[1:]
        elif tree.continues:
            if before is None:
                raise self._nothing_to_continue(tree)
            outer, scope.segment = scope.segment, before[1]
            left = reader.single(before[0])
            scope.segment = outer
        else:
            left, sides = reader.single(sides[0]), sides[1:]
        self.state.first_side = self.state.first_side if tree.continues else left
        if not tree.continues:
            # a row below continues from here if the right side is refused, where all that is between is equal
            equal = set(signs) <= {"=", ":="}
            self.state.last_side = (tree.sides[0], segment, statement.rows) if equal else None
        read = [left, *(reader.single(side) for side in sides)]
        for relation, (left, right) in zip(relations, pairwise(read), strict=True):
            checks.require_comparable(left, right, relation.compared)
        notes.require_read(scope, segment.text)
        noted = [note for note in scope.notes if note.inner.segment is segment]
        for note in noted:
            checks.require_comparable(note.inner, note.right, note.relation.sign)
        if space is not None:
            domains.require_space(self.table, read[-1], space)
        checks.require_ranges(scope, read[-1])
        checks.refuse_idle_derivatives(self.program, scope, read)
        checks.refuse_single_points(self.program, scope, read)
        checks.refuse_two_kinds_of_derivative(read)
        checks.refuse_bound_differentials(self.program, read)
        self.state.last_scope = scope
        if len(read) > 1:
            self.recursion.refuse_claims(scope)
        conditions.refuse_unclear_sums(scope, read)
        where = conditions.where_members_exist(self.program, scope, read[0])
        definitions.enter_unnamed(self.program, statement, scope)
        for relation, (left, right) in zip(relations, pairwise(read), strict=True):
            if relation.sign == "required":
                self.state.last_claim = None
                self.assume(statement, scope, left, relation.compared, right)
            else:
                self.enter_claim(statement, scope, left, relation, right, where)
        for note in noted:
            self.enter_claim(statement, scope, note.inner, note.relation, note.right, ())
        self.state.last_side = None if statement.inline else (tree.sides[-1], segment, statement.rows)

    def _nothing_to_continue(self, tree: Statement) -> Refusal:
        relation = tree.relations[0]
        if self.program.problems:
            return Unjudged("not judged: it goes on from a row that is refused", relation.start)
        message = "this row continues a statement above, and there is none that can be read"
        return Unreadable(message, relation.start, relation.end)

    def enter_assumption(self, statement: Placed, signs: list[str]) -> None:
        """Enter an assumption of the text; it holds for the rows below it."""
        assumption_forms.refuse_other_forms(statement, signs)
        self.state.last_side = self.state.last_claim = None
        scope = self._new_scope(statement)
        sides = [Reader(scope).single(side) for side in statement.tree.sides]
        for sign, (left, right) in zip(signs, pairwise(sides), strict=True):
            if sign in ("succ", "succeq"):
                assumption_forms.refuse_not_definite(left, right)
            else:
                checks.require_comparable(left, right, sign)
        checks.require_ranges(scope, sides[-1])
        notes.require_read(Scope(self.table, statement.segment, {}), statement.segment.text)
        checks.refuse_idle_derivatives(self.program, scope, sides)
        checks.refuse_single_points(self.program, scope, sides)
        definitions.enter_unnamed(self.program, statement, scope)
        for sign, (left, right) in zip(signs, pairwise(sides), strict=True):
            self.assume(statement, scope, left, sign, right)

    def assume(self, statement: Placed, scope: Scope, left: Node, sign: str, right: Node) -> None:
        """Enter a comparison that holds in the rows below."""
        labels.refuse_assumed(scope, left.start, right.end)
        place, given = Place(statement.segment, statement.rows, left.start, right.end), self.program.assumptions
        uses = set(scope.uses)
        given.append(Claim(left, sign, right, place, uses, given=tuple(given), ended=self.ended(statement)))
        self.program.note(statement.rows, "assumption")

    def ended(self, statement: Placed) -> dict[int, str]:
        """Return the words that may have ended an assumption above a statement, by the assumption's position."""
        ends = self.derivation.rows[statement.rows[0]].ends
        places = (self.derivation.rows[known.place.rows[0]].display for known in self.program.assumptions)
        return {number: ends[place] for number, place in enumerate(places) if place in ends}

    def try_out(self, statement: Placed, choice: readings.Choice) -> None:
        """Read the sides of a statement with a choice of readings; raise a Refusal where they do not fit."""
        scope = self._new_scope(statement)
        scope.choice, reader, read = choice, Reader(scope), []
        scope.defines = statement.tree.relations[0].sign == ":="
        sides = [(side, statement.segment) for side in statement.tree.sides]
        if statement.tree.relations[0].sign == ":=":
            sides = sides[1:]
        elif statement.tree.continues and self.state.last_side is not None:
            sides = [(self.state.last_side[0], self.state.last_side[1]), *sides]
        for side, scope.segment in sides:
            read.append(reader.single(side))
        for left, right in pairwise(read):
            checks.require_agreement(left, right, "=")
        left_item = statement.tree.sides[0].items[0]
        name = plain_name(first_item(left_item))
        conditions.refuse_unclear_sums(scope, read, name.subs if scope.defines and name is not None else None)

    def enter_claim(
        self, statement: Placed, scope: Scope, left: Node, relation: Relation, right: Node, where: tuple[Node, ...]
    ) -> None:
        """Enter the comparison of two neighbouring sides of a chain."""
        place = Place(statement.segment, statement.rows, right.start, right.end)
        sign, about, hint = relation.sign, None, ""
        if sign == rounded.ABOUT:
            sign, about = "<=", (left, right)
            left, right = rounded.bounds(left, right)
        if scope.read_as_products:
            name = scope.read_as_products[0]
            hint = f"{name}(…) was read as a product; {name} is a value"
        given = tuple(self.program.assumptions)
        uses = set(scope.uses)
        if self.table.doubted and (doubted := self.table.doubted & with_ancestors(uses)):
            raise Unjudged(f"not judged: the row that defines {min(map(str, doubted))} again is refused", left.start)
        claim = Claim(
            left,
            sign,
            right,
            place,
            uses,
            head=self.state.first_side,
            hint=hint,
            after=None if about else self.state.last_claim,
            scope=scope,
            given=given,
            ended=self.ended(statement),
            where=where,
            carried_given=self.state.given,
            carried=conditions.carried_on(scope, list(self.state.conditions), left),
            about=about,
        )
        assumption_forms.refuse_repetition(claim, self.program.assumptions)
        self.state.last_claim = None if statement.silent or about else claim
        if not statement.silent:
            self.program.claims.append(claim)
            self.program.order.append(claim)
            self.program.note(statement.rows, "claim")


def _refuse_other_chains(tree: Statement, signs: list[str]) -> None:
    """Refuse a definition behind the first sign, relations other than comparisons, and lists."""
    if ":=" in signs[1:] or (signs[0] == ":=" and tree.continues):
        raise Unreadable("a definition has its name on the left", tree.relations[0].start)
    known = COMPARISONS | {":=", "required", rounded.ABOUT}
    unread = [relation for relation in tree.relations if relation.sign not in known]
    if unread:
        hint = "assume it in the text: Assume that $A \\succ 0$." if unread[0].sign.startswith("succ") else ""
        raise Unreadable("this relation is not read here", unread[0].start, unread[0].end, hint)
    lists = [side for side in tree.sides if len(side.items) != 1]
    if lists:
        raise Unreadable("a list is not read here", lists[0].start, lists[0].end)
