"""Powers: x^3, x^{-1/2}, p^y of numbers, A^3 of square matrices, and entry by entry if shapes say so."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from report_src.derivations.semantics import ambiguities, operators, shapes
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node, Shape
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import NameUse, only_items, plain_name
from report_src.derivations.syntax.parser import Side, Syntax

MAX_EXPONENT = 12  # largest exponent that is typed as a number; printed ones stay below ten
LAYER_HINT = "a layer or an example is written in parentheses, W^{(2)}, or declared with its superscript"


def power(scope: Scope, base: Node, side: Side, start: int, end: int) -> Node:
    """Return a base raised to a typed exponent."""
    if len(side.items) != 1:
        raise Unreadable("a list is no exponent", start, end)
    first = side.items[0].items[0][1].items[0]
    if first.kind == "paren":
        message = "an exponent that begins with a bracket can be read as a layer, and as a power"
        raise Unreadable(message, start, end, LAYER_HINT)
    if first.kind == "NAME" and (first.meaning.letter in ("*", "star", "+", "-")):
        shown = first.meaning.letter.replace("star", "*")
        mark = "star" if shown == "*" else "sign"
        message = f"{base}: this name with a {mark} is neither declared nor defined"
        raise Unreadable(message, start, end, f"declare it: $w^{shown} \\in …$")
    exponent = _exponent(side.items[0])
    if exponent is not None and abs(exponent) > MAX_EXPONENT:
        raise Unreadable(f"an exponent above {MAX_EXPONENT} is not read", start, end)
    if not shapes.is_scalar(base.shape) and (exponent is not None or not _is_square(base)):
        return _of_array(base, exponent, start, end)
    if exponent is not None:
        made = shapes.node("power", (base,), base.shape, exponent, start=start, end=end)
        made.literal = base.literal and exponent.denominator == 1
        return made
    index = _refuse_index(scope, base, side.items[0])
    scope.in_exponent = index or len(side.items[0].items) > 1
    above = scope.reader.single(side)
    scope.in_exponent = False
    if not shapes.is_scalar(above.shape):
        raise Unreadable(f"the exponent {above} is {shapes.describe(above.shape)}", start, end)
    if not shapes.is_scalar(base.shape) and not all(map(operators.is_counted, shapes.walk(above))):
        return _of_array(base, None, start, end)
    kind = "power" if shapes.is_scalar(base.shape) else "matrix_power"
    return shapes.node(kind, (base, above), base.shape, None, start=start, end=end)


def raised(scope: Scope, made: Node, use: NameUse) -> Node:
    """Return a value with the power, or the transpose, inverse or square, that its name carries."""
    if use.power is not None:
        return power(scope, made, use.power, use.start, use.end)
    return operators.operated(made, use.operations, use.start, use.end)


def letter_t(scope: Scope, base: Node, letter: str, above: Side | None, operations: tuple[str, ...]) -> Node | None:
    r"""Return β^T as a power where T is a dimension or a number, and the base holds numbers, which nobody transposes.

    Return None where ^T is a transpose, or no letter is written; refuse it where it can be either.
    """
    if not letter:
        return None
    numbers = operations == ("transpose",) and all(map(shapes.is_scalar, _shapes(base)))
    dim, known = scope.table.dims.get(letter), scope.table.symbols.get((letter, "", "", ()))
    if numbers and dim is not None:
        exponent = shapes.node("dimension", (), base.shape, dim, like=base)
        return shapes.node("power", (base, exponent), base.shape, None, like=base)
    counted = letter in scope.free or any(index.letter == letter for index in scope.bound)
    value = known is not None and shapes.is_scalar(known.shape) and not known.slots
    if numbers and above is not None and (value or counted):
        return power(scope, base, above, base.start, above.end)
    ambiguities.letter_t(scope, base, letter, base.start, base.end)
    return None


def _shapes(node: Node) -> Iterator[Shape]:
    return (inner.shape for inner in shapes.walk(node))


def _is_square(base: Node) -> bool:
    return base.shape[0].root() is base.shape[1].root()


def _of_array(base: Node, exponent: Fraction | None, start: int, end: int) -> Node:
    square = _is_square(base)
    vector = shapes.is_one(base.shape[0]) or shapes.is_one(base.shape[1])
    if exponent is None or not (square or vector) or (square and exponent.denominator != 1):
        message = f"{base} is {shapes.describe(base.shape)}: this power of it is not read"
        raise Unreadable(message, start, end, LAYER_HINT)
    if square:
        return shapes.node("matrix_power", (base,), base.shape, int(exponent), start=start, end=end)
    return shapes.node("entrywise", (base,), base.shape, exponent, start=start, end=end)


def _refuse_index(scope: Scope, base: Node, expr: Syntax) -> bool:
    """Tell whether an exponent is an index that is met beside it; refuse x^i where i is none and no value.

    It could be read as a power and as the i-th x.
    """
    items = only_items(expr)
    use = plain_name(items[0]) if len(items) == 1 else None
    if use is None or scope.table.find(use) is not None:
        return False
    met = any(index.letter == use.spelled for index in scope.bound) or use.spelled in scope.free
    if use.bare and met and (shapes.is_scalar(base.shape) or _is_square(base)):
        return True
    if use.bare and use.spelled not in scope.table.dims and use.letter.letter != "e":
        message = "this superscript is neither a number nor a declared value"
        raise Unreadable(message, expr.start, expr.end, LAYER_HINT)
    return False


def _exponent(expr: Syntax) -> Fraction | None:
    """Return the number that an exponent consists of, or None: -2 -> -2, \\frac12 -> 1/2."""
    if expr.kind != "expr" or len(expr.items) != 1:
        return None
    sign, term = expr.items[0]
    found = _unsigned_exponent(tuple(term.items))
    return None if found is None else (-found if sign == "-" else found)


def _unsigned_exponent(items: tuple[Syntax, ...]) -> Fraction | None:
    if len(items) == 1 and items[0].kind == "NUM":
        return Fraction(items[0].meaning.typed)
    if len(items) == 3 and items[1].kind == "SLASH":
        pair = [_unsigned_exponent((items[0],)), _unsigned_exponent((items[2],))]
    elif len(items) == 1 and items[0].kind == "fraction":
        pair = [_unsigned_exponent(only_items(part)) for part in items[0].items]
    else:
        return None
    top, bottom = pair
    return None if top is None or not bottom else top / bottom


def _ambiguous_entrywise(node: Node) -> Node | None:
    """Return a power or quotient that only seems to be taken entry by entry: x^2 may be meant as x^⊤ x; else None.

    It is taken entry by entry if another term, or an operation around it, has the shape of the array. A quotient of
    two arrays of the same shape has no other meaning, nor has one by 1 + exp(-v).
    """
    divided = node.op == "entrywise_quotient" and shapes.is_scalar(node.args[0].shape)
    if node.op == "entrywise" or (divided and not _taken_entrywise(node.args[1])):
        return node
    if node.op in ("component", "diag", "multivariate", "derivative", "name", "determinant", "trace", "inverse"):
        return None
    if node.op in ("add", "hadamard"):
        arrays = [arg for arg in node.args if not arg.literal]
        found = [_ambiguous_entrywise(arg) for arg in arrays]
        return None if None in found else next(iter(found), None)
    return next((made for arg in node.args if (made := _ambiguous_entrywise(arg)) is not None), None)


def _taken_entrywise(divisor: Node) -> bool:
    """Tell whether a divisor is an array that a function makes, with a number added to it or without."""
    parts = [arg for arg in divisor.args if not arg.literal] if divisor.op == "add" else [divisor]
    return len(parts) == 1 and parts[0].op == "function" and not shapes.is_scalar(parts[0].shape)


def refuse_ambiguous_entrywise(*sides: Node) -> None:
    """Refuse sides none of which shows that a power or quotient of an array is taken entry by entry."""
    found = [_ambiguous_entrywise(side) for side in sides]
    loose = found[0]
    if loose is not None and None not in found:
        message = f"{loose} is an array if it is taken entry by entry, and nothing else in the row says that it is"
        raise Unreadable(message, loose.start, loose.end, "write x \\odot x, x^\\top x or the components")
