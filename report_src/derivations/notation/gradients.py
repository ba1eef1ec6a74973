r"""Gradients and Hessians: \nabla_x L, \nabla^2_x L, \nabla_x x^\top A x, \nabla J(\theta)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from report_src.derivations.notation.authored_functions import argument_key
from report_src.derivations.semantics import derivatives, shapes
from report_src.derivations.semantics.derivatives import Operand, ancestors, with_ancestors
from report_src.derivations.semantics.items import Item, is_paren, kind_of, split
from report_src.derivations.semantics.scope import Scope, Target
from report_src.derivations.semantics.shapes import Node, describe, is_scalar, walk
from report_src.derivations.semantics.symbols import Symbol, same
from report_src.derivations.semantics.unnamed import unnamed_factor, unnamed_target
from report_src.derivations.source.errors import Refusal, ShapeError, Unreadable
from report_src.derivations.syntax.names import Key, first_item, only_items, plain_name, superscript
from report_src.derivations.syntax.parser import Script, Side, Syntax


def read_at_point(scope: Scope, base: Syntax, scripts: tuple[Script, ...]) -> Node | None:
    r"""Read \left.\frac{\partial f}{\partial x}\right|_{x=0}: an expression at another value of what is declared.

    Return None for anything else, such as a bar with what is held fixed.
    """
    bar = len(scripts) == 1 and scripts[0].mark == "|" and base.kind == "fraction"
    relation = base.meaning if base.kind == "held" else scripts[0].relation if bar else ""
    sides: tuple[Side, ...] = base.items[1] if base.kind == "held" else scripts[0].sides if bar else ()
    if relation != "=" or any(len(side.items) != 1 for side in sides):
        return None
    inner = scope.reader.expression(base.items[0]) if base.kind == "held" else scope.reader.base(base)
    return _at(scope, inner, sides, base.start)


def behind_bar(scope: Scope, items: list[Item], read: Callable[[list[Item]], Node]) -> Node:
    r"""Read a derivative of what some items are, at the point that a bar behind them names: (x + t)\Big|_{t=0}."""
    last = items[-1]
    script = last.items[-1] if isinstance(last, Syntax) and last.kind == "scripted" else None
    sides = script.sides if script is not None and script.mark == "|" and script.relation == "=" else ()
    if not isinstance(last, Syntax) or not sides or any(len(side.items) != 1 for side in sides):
        return read(items)
    before = last.items[:-1]
    stripped = before[0] if len(before) == 1 else replace(last, items=before, end=before[-1].end)
    inner = read([*items[:-1], stripped])
    return _at(scope, inner, sides, inner.start)


def _at(scope: Scope, inner: Node, sides: tuple[Side, ...], start: int) -> Node:
    """Return an expression at another value of what is declared: the sides are its name and the value."""
    symbol = _declared(scope, sides[0])
    point = scope.reader.single(sides[1])
    if point.op == "constant" and point.data == 0 and not is_scalar(symbol.shape):
        point = shapes.ones("zeros", *symbol.shape, start=point.start, end=point.end, segment=point.segment)
    if not all(map(same, point.shape, symbol.shape)):
        message = f"{symbol} is {describe(symbol.shape)}, and {point} is {describe(point.shape)}"
        raise ShapeError(message, sides[0].start, point.end)
    positive = point.op == "constant" and point.data > 0
    alike = point.op == "name" and point.data.symbol.kind == symbol.kind
    if symbol.kind != "real" and not alike and not (positive and symbol.kind in ("positive", "nonnegative")):
        message = f"{symbol} is declared with a set, and {point} may lie outside of it"
        raise Unreadable(message, sides[0].start, point.end)
    met = {node.data.symbol for node in walk(inner) if node.op == "name"}
    met |= {one for node in walk(inner) if node.op == "derivative" for one in (node.data.numerator, *node.data.held)}
    needed = with_ancestors(met)
    if symbol not in needed or point.indices:
        raise Unreadable(f"{inner} does not depend on {symbol}", inner.start, inner.end)
    if any(node.op == "previous" for node in walk(inner, point)):
        raise Unreadable("a value at a point is not read inside a recursion", inner.start, point.end)
    scope.uses.add(symbol)
    end = point.end + 1
    return shapes.node("at", (inner, point), inner.shape, (symbol, frozenset(needed)), start=start, end=end)


def _declared(scope: Scope, side: Side) -> Symbol:
    """Return the declared value whose name a side is."""
    item = first_item(side.items[0])
    use = plain_name(item)
    found = scope.table.find(use) if use is not None and not use.operations and use.power is None else None
    if found is None or found[1] or found[0].slots or found[0].kind in ("definition", "function", "rule"):
        message = "a bar names a declared value and what it is there: |_{x = 0}"
        raise Unreadable(message, side.start, side.end)
    return found[0]


_BY_ARGUMENT = "or define it with its argument, L(x) \\coloneqq …, and write \\nabla L(x)"


def read_nabla(scope: Scope, items: list[Item], index: int) -> tuple[Node, int]:
    """Read ∇_x L or ∇²_x L; return its node and the position of the item behind it."""
    behind, transposed = _untransposed(scope, items[index + 1 : index + 3])
    made, after = _gradient(scope, [*items[: index + 1], *behind, *items[index + 3 :]], index)
    return (shapes.transpose(made, made.start, items[after - 1].end) if transposed else made), after


def _untransposed(scope: Scope, following: list[Item]) -> tuple[list[Item], bool]:
    r"""Return what follows a ∇ without the ⊤ behind a function's argument, which turns the gradient: J(u)^\top."""
    applied = len(following) == 2 and isinstance(following[1], Syntax) and is_paren(following[1])
    use = plain_name(following[0]) if applied and isinstance(following[0], Syntax) else None
    found = scope.table.find(use) if use is not None else None
    if found is None or (found[0].kind != "function" and found[0].formula is None):
        return following, False
    paren, scripts = split(following[1])
    if len(scripts) != 1 or scripts[0].mark != "^" or superscript(scripts[0]) != ("", ("transpose",)):
        return following, False
    assert paren is not None
    return [following[0], paren], True


def _gradient(scope: Scope, items: list[Item], index: int) -> tuple[Node, int]:
    sign = derivatives.tree(items[index])
    scripts: tuple[Script, ...] = sign.items[1:] if sign.kind == "scripted" else ()
    below = next((script for script in scripts if script.mark == "_"), None)
    above = next((script for script in scripts if script.mark == "^"), None)
    if len(scripts) != (below is not None) + (above is not None):
        raise Unreadable("∇ carries _ and ^2 only", sign.start, sign.end)
    twice = above is not None and superscript(above) == ("", ("square",))
    if below is None and (above is None or twice) and (argument := _by_own_argument(scope, items, index)):
        value, after = _single_operand(scope, items, index + 1)
        by_argument = Operand(argument, False, False, value.start, value.end)
        again = [replace(by_argument, transposed=True)] if twice else []
        return derivatives.make(scope, value, [by_argument, *again], frozenset(), sign.start, value.end), after
    if below is None or len(below.sides) != 1 or len(below.sides[0].items) != 1:
        raise Unreadable("∇ says by what: \\nabla_{\\mathbf x} L", sign.start, sign.end, _BY_ARGUMENT)
    if above is not None and not twice:
        raise Unreadable("∇ carries ^2 or nothing", above.start, above.end)
    by = only_items(below.sides[0].items[0])
    if len(by) != 1 or index + 1 >= len(items):
        raise Unreadable("∇ is followed by the name of a scalar", sign.start, sign.end)
    operand = derivatives.read_operand(scope, by[0])
    symbol = operand.target.symbol
    value, after = _scalar_product_operand(scope, items, index + 1, symbol) or _single_operand(scope, items, index + 1)
    if value.transposed or value.squared or operand.transposed or operand.squared:
        raise Unreadable("put ∇_x L in parentheses before ⊤ or a power", sign.start, value.end)
    if not is_scalar(value.target.shape):
        message = f"∇ is taken of a scalar; {value.target.symbol} is {describe(value.target.shape)}"
        raise Unreadable(message, value.start, value.end, "write \\frac{\\partial}{\\partial x} for a Jacobian")
    denominators = [operand]
    if above is not None:
        denominators.append(Operand(operand.target, True, False, operand.start, operand.end))
    return derivatives.make(scope, value, denominators, frozenset(), sign.start, value.end), after


def _scalar_product_operand(scope: Scope, items: list[Item], index: int, symbol: Symbol) -> tuple[Operand, int] | None:
    r"""Read the product behind \nabla_x that is a number only as a whole: x^\top A x.

    Return None if its first factor is a number, as \nabla_x f q can be read in two ways, or if another sign follows.
    What does not depend on x has no gradient: of \frac12\lVert x\rVert^2 and \lambda x^\top x it is taken as a whole.
    """
    signs = any(kind_of(item) in ("NABLA", "CDOT", "TIMES", "SLASH") for item in items[index:])
    if (
        not signs
        and len(items) > index + 1
        and _is_steady(scope, items[index], symbol)
        and _is_number(scope, items[index:])
    ):
        target = unnamed_target(scope, lambda: scope.reader.product(items[index:]))
        return Operand(target, False, False, items[index].start, items[-1].end), len(items)
    if signs or index + 1 >= len(items) or is_scalar(scope.reader.factor(items, index)[0].shape):
        return None
    ends = [end for end in range(index + 2, len(items) + 1) if _is_number(scope, items[index:end])]
    if not ends:
        return None
    if len(ends) > 1:
        message = "this ∇ can be taken of the factors up to here, and of those behind them as well"
        raise Unreadable(message, items[index].start, items[ends[0] - 1].end, "put what it is taken of in brackets")
    part = items[index : ends[0]]
    target = unnamed_target(scope, lambda: scope.reader.product(part))
    return Operand(target, False, False, part[0].start, part[-1].end), ends[0]


def _is_steady(scope: Scope, item: Item, symbol: Symbol) -> bool:
    """Tell whether an item is a number that does not depend on a symbol; a sign such as \\sum is none."""
    if kind_of(item) not in ("NUM", "NAME", "fraction", "paren"):
        return False
    try:
        made: Node = scope.reader.factor([item], 0)[0]
    except Refusal:
        return False
    met = {node.data.symbol for node in walk(made) if node.op == "name"}
    plain = not any(node.op in ("derivative", "differential", "at") for node in walk(made))
    return plain and is_scalar(made.shape) and symbol not in with_ancestors(met)


def _is_number(scope: Scope, items: list[Item]) -> bool:
    """Tell whether some items can be read as a product that is a number."""
    try:
        return is_scalar(scope.reader.product(items).shape)
    except Refusal:
        return False


def _single_operand(scope: Scope, items: list[Item], index: int) -> tuple[Operand, int]:
    """Read the operand of ∇, a name or one factor; return it with the position of the item behind it."""
    item = items[index]
    use = plain_name(item) if isinstance(item, Syntax) else None
    found = scope.table.find(use) if use is not None else None
    if (
        use is not None
        and (found is None or found[0].formula is None)
        and (found is None or found[0].kind != "function")
    ):
        return derivatives.read_operand(scope, derivatives.tree(item)), index + 1
    target, after = unnamed_factor(scope, items, index)
    return Operand(target, False, False, item.start, items[after - 1].end), after


def _own_argument(scope: Scope, function: Symbol, following: list[Item]) -> Key | None:
    """Return the one name by which a function is differentiated: its argument, or the name at which it is taken.

    A value that is defined from one declared name alone, and from what is constant, is a function of that name.

    At another name the formula may not hold that name, and at an expression there is none.
    """
    behind = following[0] if following else None
    applied = isinstance(behind, Syntax) and is_paren(behind)
    if function.formula is not None:
        own = function.formula.arguments
        if len(own) != 1 or not applied:
            return own[0] if len(own) == 1 else None
        assert isinstance(behind, Syntax)
        paren, _ = split(behind)
        key = argument_key(scope.table, paren.items[0]) if paren is not None and len(paren.items) == 1 else None
        other = scope.table.symbols.get(key) if key is not None else None
        if key == own[0]:
            return key
        side = function.formula.side
        typed = function.formula.segment.text[side.start : side.end]
        met = key is not None and re.search(rf"(?<![A-Za-z]){re.escape(key[0])}(?![A-Za-z])", typed)
        if (
            other is None
            or met
            or other in function.depends
            or any(other in ancestors(symbol) for symbol in function.depends)
        ):
            message = (
                f"the gradient of {function} is read at its argument, and at a name that its formula does not hold"
            )
            raise Unreadable(message, behind.start, behind.end, "give the point a name of its own, and take it there")
        return key
    if function.kind == "definition" and not function.slots:
        fixed = scope.table.constants
        held = [s for s in function.depends if s.kind not in ("function", "rule") and s.key[:3] not in fixed]
        return held[0].key if len(held) == 1 and held[0].kind != "definition" else None
    if function.kind != "function" or not isinstance(behind, Syntax) or not is_paren(behind):
        return None
    paren, _ = split(behind)
    if paren is None or len(paren.items) != 1:
        return None
    return argument_key(scope.table, paren.items[0])


def _by_own_argument(scope: Scope, items: list[Item], index: int) -> Target | None:
    r"""Return by what \nabla J(\theta) of a function with one argument is taken: that argument."""
    item = items[index + 1] if index + 1 < len(items) else None
    use = plain_name(item) if isinstance(item, Syntax) else None
    found = scope.table.find(use) if use is not None else None
    key = _own_argument(scope, found[0], items[index + 2 : index + 3]) if found is not None else None
    symbol = scope.table.symbols.get(key) if key is not None else None
    if symbol is None or symbol.slots:
        return None
    return Target(symbol, (), None, None, False, symbol.shape)
