"""Derivatives as they are printed: ∂L/∂x, ∇_x L, Jacobians, components, held nodes, second derivatives.

A derivative of a scalar has the shape of its denominator; a Jacobian has the numerator's rows and the
denominator's columns; components make it a scalar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from report_src.derivations.semantics.derivative_signs import italic_d, order_of, slashed
from report_src.derivations.semantics.items import Item
from report_src.derivations.semantics.scope import Idle, Scope, Target
from report_src.derivations.semantics.shapes import Node, describe, is_one, is_scalar, is_vector
from report_src.derivations.semantics.symbols import SCALAR, Shape, Symbol
from report_src.derivations.semantics.unnamed import unnamed_target
from report_src.derivations.source.errors import ShapeError, Unreadable
from report_src.derivations.syntax.lexer_tokens import Letter
from report_src.derivations.syntax.names import only_items, read_name, show_key
from report_src.derivations.syntax.parser import Script, Side, Syntax
from report_src.derivations.syntax.pretty import pretty

Pick = Any  # what is done with one axis of a derivative: an index, a number, or the words "row" and "column"

_DENOMINATOR = "the denominator is ∂ and a name, once or twice"
_NAME_FIRST = "give an expression a name first, \\mathbf z \\coloneqq …, and differentiate by that"


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative by one or two symbols, the symbols held fixed, and what is picked from the full tensor."""

    numerator: Symbol
    denominators: tuple[Symbol, ...]
    held: frozenset[Symbol]
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Operand:
    """What is differentiated, or by what: a symbol with its components, and the scripts behind it."""

    target: Target
    transposed: bool
    squared: bool
    start: int
    end: int


def fraction(scope: Scope, base: Syntax, held: frozenset[Symbol]) -> Node | None:
    """Return the derivative that a fraction is, or None where it is an ordinary quotient."""
    top, bottom = only_items(base.items[0]), only_items(base.items[1])
    italic = italic_d(scope, top, bottom)
    if len(top) > 1 and len(bottom) > 1 and top[0].meaning == bottom[0].meaning in (Letter("delta"), Letter("Delta")):
        message = "this fraction can be read as a quotient of differences or variations, and as one of products"
        raise Unreadable(message, base.start, base.end, "write \\partial, or cancel the common factor")
    if not (top and order_of(top[0], italic)) and not (bottom and order_of(bottom[0], italic)):
        return None
    if not top or not bottom or not order_of(top[0], italic) or not order_of(bottom[0], italic):
        raise Unreadable("a derivative has ∂ above and below", base.start, base.end)
    if len(top) < 2:
        raise Unreadable("this derivative acts on what follows it, and nothing does", base.start, base.end)
    numerator = _value(scope, top[1:])
    return make(scope, numerator, _below(scope, base, top, bottom), held, base.start, base.end)


def _below(scope: Scope, base: Syntax, top: tuple[Syntax, ...], bottom: tuple[Syntax, ...]) -> list[Operand]:
    """Return by what a fraction differentiates, as often as its numerator says."""
    italic = italic_d(scope, top, bottom)
    denominators, order = _denominators(scope, bottom, base, italic), order_of(top[0], italic)
    if order != len(denominators):
        message = f"∂{'²' if order == 2 else ''} above, but {len(denominators)} symbols below"
        raise Unreadable(message, base.start, base.end)
    return denominators


def acting(scope: Scope, base: Syntax, target: Target, start: int, end: int) -> Node:
    """Return the derivative that a fraction without a numerator takes of what follows it."""
    top, bottom = only_items(base.items[0]), only_items(base.items[1])
    numerator = Operand(target, False, False, start, end)
    return make(scope, numerator, _below(scope, base, top, bottom), frozenset(), base.start, end)


def _value(scope: Scope, items: tuple[Syntax, ...]) -> Operand:
    """Read what is differentiated: a name, or an expression that becomes a definition of its own."""
    first = items[0].items[0] if items[0].kind == "scripted" else items[0]
    if len(items) == 1 and first.kind in ("NAME", "TEXT"):
        use = read_name(items[0])
        known = scope.table.find(use) if use is not None else None
        plain = use is not None and not (use.primes or use.power or set(use.operations) - {"transpose"})
        if (plain and known) or (known is None and use is not None and use.letter.letter != "e"):
            return read_operand(scope, items[0])
    target = unnamed_target(scope, lambda: scope.reader.hadamard_chain(list(items)))
    return Operand(target, False, False, items[0].start, items[-1].end)


def _denominators(scope: Scope, items: tuple[Syntax, ...], base: Syntax, italic: bool) -> list[Operand]:
    found: list[Operand] = []
    for sign, name in zip(items[::2], items[1::2], strict=False):
        if order_of(sign, italic) != 1:
            raise Unreadable(_DENOMINATOR, base.start, base.end, _NAME_FIRST)
        operand = read_operand(scope, name)
        found.extend([operand, operand] if operand.squared else [operand])
    if len(items) % 2 or not found or len(found) > 2:
        raise Unreadable(_DENOMINATOR, base.start, base.end, _NAME_FIRST)
    return found


def read_operand(scope: Scope, item: Syntax) -> Operand:
    """Read a name that is differentiated, or by which."""
    if item.kind == "paren" and len(item.items) == 1:
        inner = only_items(item.items[0])
        if len(inner) == 1:
            return read_operand(scope, inner[0])
    use = read_name(item)
    if use is None:
        message = "a derivative is taken of a name and by a name"
        raise Unreadable(message, item.start, item.end, "give the value a name with \\coloneqq")
    found = scope.table.find(use)
    if found is None:
        if use.spelled in scope.table.dims:
            shown = show_key((use.letter.letter, "", "", use.subs))
            raise Unreadable(f"{shown} is a dimension and has no derivative", use.start, use.end)
        raise scope.table.unknown(use)
    symbol, subs = found
    if symbol.kind == "function":
        message = f"{symbol} is a function; a derivative is taken of a value"
        raise Unreadable(message, use.start, use.end, f"name its value: L \\coloneqq {symbol}(…)")
    if use.primes == 1 and "primes" in scope.table.layout and not use.operations:
        use.primes, use.operations = 0, ("transpose",)
    if use.primes or use.power is not None or set(use.operations) - {"transpose", "square"}:
        raise Unreadable("this script is not read in a derivative", use.start, use.end)
    if scope.bindings:
        raise Unreadable(
            "a derivative in the formula of a function is read at its own argument only", use.start, use.end
        )
    scope.uses.add(symbol)
    target = scope.target(use, symbol, subs)
    if target.components and not is_scalar(target.shape):
        message = f"a derivative by or of a part of {symbol} is read of its entries"
        raise Unreadable(message, use.start, use.end, "write \\frac{\\partial L}{\\partial A_{ij}}")
    transposed, squared = "transpose" in use.operations, "square" in use.operations
    if transposed and is_scalar(target.shape):
        raise Unreadable(f"{scope.segment.text[use.start : use.end]} is a number and carries no ⊤", use.start, use.end)
    return Operand(target, transposed, squared, use.start, use.end)


def with_slash(scope: Scope, items: list[Item], index: int) -> tuple[Node, int]:
    """Read ∂L/∂x as one factor."""
    window = items[index : index + 5]
    start, end = window[0].start, window[-1].end
    if not slashed(scope, items, index):
        hint = "write \\frac{\\partial L}{\\partial x} or \\partial L/\\partial x"
        raise Unreadable("a lone ∂ cannot be read", start, window[0].end, hint)
    numerator, denominator = _value(scope, (tree(window[1]),)), read_operand(scope, tree(window[4]))
    if denominator.squared or numerator.transposed:
        raise Unreadable("write this derivative as a fraction", start, end)
    return make(scope, numerator, [denominator], frozenset(), start, end), index + 5


def tree(item: Item) -> Syntax:
    """Return the tree of an item; raise Unreadable for a sum that was read already."""
    if isinstance(item, Node):
        raise Unreadable("a derivative is taken of a name", item.start, item.end)
    return item


def held_fixed(scope: Scope, base: Syntax, scripts: tuple[Script, ...]) -> Node:
    """Read a derivative with a bar whose subscript names the nodes that are held fixed."""
    sides: tuple[Side, ...] = ()
    held_of, end = base, base.end
    if base.kind == "held":
        inner = only_items(base.items[0])
        if len(inner) != 1:
            raise Unreadable("the bar follows one derivative", base.start, base.end)
        held_of, sides = inner[0], base.items[1]
    elif len(scripts) == 1:
        sides, end = scripts[0].sides, scripts[0].end
    while held_of.kind == "paren" and len(held_of.items) == 1 and len(only_items(held_of.items[0])) == 1:
        held_of = only_items(held_of.items[0])[0]
    held = frozenset(_held_symbols(scope, sides))
    made = fraction(scope, held_of, held) if held_of.kind == "fraction" and held else None
    if made is None:
        raise Unreadable("only a derivative is followed by a bar with held nodes", base.start, end)
    made.start, made.end = base.start, end
    return made


def _held_symbols(scope: Scope, sides: tuple[Side, ...]) -> list[Symbol]:
    if len(sides) != 1:
        raise Unreadable("held nodes are names: |_{\\mathbf h_1}", sides[0].start if sides else 0)
    operands = [read_operand(scope, _only(item)) for item in sides[0].items]
    for operand in operands:
        if operand.transposed or operand.squared or operand.target.components:
            raise Unreadable("held nodes are whole names: |_{\\mathbf h_1}", operand.start, operand.end)
    return [operand.target.symbol for operand in operands]


def _only(item: Syntax) -> Syntax:
    items = only_items(item)
    if len(items) != 1:
        raise Unreadable("held nodes are names: |_{\\mathbf h_1}", item.start, item.end)
    return items[0]


def make(
    scope: Scope,
    numerator: Operand,
    denominators: list[Operand],
    held: frozenset[Symbol],
    start: int,
    end: int,
) -> Node:
    """Return the node of a derivative with its shape and what it picks."""
    if numerator.target.symbol.kind == "rule":
        function = numerator.target.symbol
        raise Unreadable(f"{function} is a function: it needs ( )", start, end, f"write {function}(…)")
    _refuse_meaningless(numerator, denominators, held, start, end)
    _note_idle(scope, numerator.target.symbol, [operand.target.symbol for operand in denominators], start, end)
    rule = _second if len(denominators) == 2 else _first
    shape, picks = rule(numerator, denominators, start, end, scope.table.layout)
    symbols = tuple(operand.target.symbol for operand in denominators)
    data = Derivative(numerator.target.symbol, symbols, held, picks)
    indices = numerator.target.indices.union(*(operand.target.indices for operand in denominators))
    return Node("derivative", (), shape, indices, start, end, scope.segment, data)


def _refuse_meaningless(
    numerator: Operand, denominators: list[Operand], held: frozenset[Symbol], start: int, end: int
) -> None:
    fixed = [operand.target.symbol for operand in denominators if operand.target.symbol in held]
    if fixed or numerator.target.symbol in held:
        symbol = fixed[0] if fixed else numerator.target.symbol
        raise Unreadable(f"{symbol} is held fixed in its own derivative", start, end)
    above = ancestors(numerator.target.symbol)
    idle = [symbol for symbol in held if symbol not in above]
    if idle:
        message = f"{numerator.target.symbol} does not depend on {idle[0]}, so that holding it fixed says nothing"
        raise Unreadable(message, start, end)
    if numerator.transposed or numerator.squared:
        raise Unreadable("the numerator of a derivative carries no ⊤", numerator.start, numerator.end)
    if any(operand.squared for operand in denominators) and not all(
        is_scalar(operand.target.shape) for operand in denominators
    ):
        raise Unreadable("∂x² is read for a scalar x", start, end, "write \\partial x\\,\\partial x^\\top")


def _note_idle(scope: Scope, numerator: Symbol, below: list[Symbol], start: int, end: int) -> None:
    """Note a derivative by a definition that the numerator does not contain; it is 0 whatever the author means."""
    above = ancestors(numerator) | {numerator}
    for symbol in below:
        if symbol.key in numerator.moved:
            message = f"{numerator} has another value in the place of {symbol}, by which this differentiates"
            hint = "differentiate at the argument, \\nabla J(x), or by the name that is put there"
            raise Unreadable(message, start, end, hint)
        if symbol.kind != "definition" or symbol in above:
            _refuse_repeated(numerator, symbol, above, start, end)
            continue
        typed = symbol.typed.replace(" ", "")
        inside = [other for other in above if typed and typed in other.typed.replace(" ", "")]
        hint = f"write \\partial of a value that is defined by {symbol}"
        if inside:
            nearest = max(inside, key=lambda other: other.order)
            hint = f"{nearest} contains {pretty(symbol.typed)}, which equals {symbol}: write {symbol} there"
        message = f"{numerator} is not defined by {symbol}, so that this derivative is 0"
        common = {other for other in (ancestors(symbol) | {symbol}) & above if other.kind != "function"}
        scope.idle.append(Idle((start, end), message, hint, bool(common)))


def _refuse_repeated(numerator: Symbol, symbol: Symbol, above: set[Symbol], start: int, end: int) -> None:
    r"""Refuse \partial L/\partial u of u := x + y and L := u(x + y): the written x + y may be meant as u."""
    typed = symbol.typed.replace(" ", "")
    if numerator is symbol or symbol.kind != "definition" or not _OPERATION.search(typed):
        return
    factor = _APPLIED.fullmatch(typed)  # \tanh(x), \frac{x}{y}: a factor wherever it is written
    around = ("", r"(?![\^_'])") if factor else (r"(?:^|[({\[+,=])", r"(?:$|[)}\]+,-])")
    alone = re.compile(re.escape(typed).join(around))
    for other in above - ancestors(symbol) - {symbol}:
        if alone.search(other.typed.replace(" ", "")):
            message = f"{other} contains {pretty(symbol.typed)}, which equals {symbol}; {numerator} has {symbol} too"
            raise Unreadable(message, start, end, f"write {symbol} there, or give it no name")


_APPLIED = re.compile(r"\\[A-Za-z]+(?:\([^()]*\)|(?:\{[^{}]*\})+)")
_OPERATION = re.compile(r"[+/^(-]|\\(?:frac|sum|odot|cdot|tanh|exp|log|sqrt)")  # what a formula has and no name


def ancestors(symbol: Symbol) -> set[Symbol]:
    """Return everything that a symbol is defined from, near and far."""
    found: set[Symbol] = set()
    frontier = [symbol]
    while frontier:
        for other in frontier.pop().depends - found:
            found.add(other)
            frontier.append(other)
    return found


def with_ancestors(symbols: Iterable[Symbol]) -> set[Symbol]:
    """Return symbols and everything that they are defined from."""
    return set(symbols).union(*map(ancestors, symbols))


def _axes(operand: Operand, row: Pick, column: Pick) -> tuple[Pick, ...]:
    """Return the picks along slots, rows and columns of one symbol; components win."""
    return operand.target.axes(row, column)


def _first(
    top: Operand, below: list[Operand], start: int, end: int, layout: frozenset[str]
) -> tuple[Shape, tuple[Pick, ...]]:
    by = below[0]
    above_shape, below_shape = top.target.shape, by.target.shape
    if is_scalar(above_shape):
        rows, columns = below_shape
        row = 0 if is_one(rows) else ("column" if by.transposed else "row")
        column = 0 if is_one(columns) else ("row" if by.transposed else "column")
        shape = (columns, rows) if by.transposed else (rows, columns)
        return shape, _axes(top, 0, 0) + _axes(by, row, column)
    if is_scalar(below_shape):
        axes = _axes(top, 0 if is_one(above_shape[0]) else "row", 0 if is_one(above_shape[1]) else "column")
        return above_shape, axes + _axes(by, 0, 0)
    vectors = all(is_one(shape[0]) or is_one(shape[1]) for shape in (above_shape, below_shape))
    turned = by.transposed and "denominator" in layout  # ∂a/∂x⊤ has the numerator's rows in any layout
    if vectors and layout & {"numerator", "denominator"} and not turned:
        return _stated(top, by, "denominator" in layout)
    if is_vector(above_shape) and is_vector(below_shape):
        return (above_shape[0], below_shape[0]), _axes(top, "row", 0) + _axes(by, "column", 0)
    message = f"{top.target.symbol} is {describe(above_shape)} and {by.target.symbol} is {describe(below_shape)}:"
    kind = Unreadable if vectors else ShapeError  # a row beside a column is a layout that is not read, not an error
    hint = "state it in the text: Jacobians are in numerator layout. Or write components" if vectors else ""
    raise kind(f"{message} this derivative has no agreed shape", start, end, hint or "write it in components")


def _stated(top: Operand, by: Operand, turned: bool) -> tuple[Shape, tuple[Pick, ...]]:
    """Return shape and picks of a Jacobian in the layout that the text states; `turned` is the denominator's."""
    above, below = ("column", "row") if turned else ("row", "column")
    lengths, picks = [], []
    for operand, along in ((top, above), (by, below)):
        rows, columns = operand.target.shape
        lengths.append(rows if is_one(columns) else columns)
        picks.append(_axes(operand, along, 0) if is_one(columns) else _axes(operand, 0, along))
    return (lengths[turned], lengths[not turned]), picks[0] + picks[1]


def _second(
    top: Operand, below: list[Operand], start: int, end: int, _: frozenset[str]
) -> tuple[Shape, tuple[Pick, ...]]:
    first, second = below
    if not is_scalar(top.target.shape):
        message = f"a second derivative is taken of a scalar; {top.target.symbol} is "
        raise Unreadable(message + describe(top.target.shape), start, end)
    shapes = [operand.target.shape for operand in below]
    if all(is_scalar(shape) for shape in shapes):
        return SCALAR, _axes(top, 0, 0) + _axes(first, 0, 0) + _axes(second, 0, 0)
    if first.transposed or not second.transposed or not all(is_vector(shape) for shape in shapes):
        message = "a Hessian is written \\frac{\\partial^2 L}{\\partial \\mathbf a\\,\\partial \\mathbf b^\\top}"
        raise Unreadable(message, start, end)
    rows, columns = shapes[0][0], shapes[1][0]
    return (rows, columns), _axes(top, 0, 0) + _axes(first, "row", 0) + _axes(second, "column", 0)
