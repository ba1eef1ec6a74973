r"""Functions that the author defines: J(\theta) := …, its value, and the same formula at other arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace

from report_src.derivations.notation import powers
from report_src.derivations.semantics import derivatives, operators
from report_src.derivations.semantics.ambiguities import names_in
from report_src.derivations.semantics.derivatives import ancestors
from report_src.derivations.semantics.items import Item, is_paren, split
from report_src.derivations.semantics.scope import Scope, Target
from report_src.derivations.semantics.shapes import NONE, Node, describe, is_scalar, walk
from report_src.derivations.semantics.statements import Placed
from report_src.derivations.semantics.symbols import Symbol, Table, same
from report_src.derivations.semantics.unnamed import unnamed_target
from report_src.derivations.source.errors import ShapeError, Unreadable
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.names import Key, NameUse, first_item, only_items, plain_name, show_key, subscripts
from report_src.derivations.syntax.parser import Side, Syntax

MAX_CALLS = 60  # most applications of the author's functions in one statement; printed rows have at most ten


@dataclass(frozen=True)
class Formula:
    """The arguments with which a function is defined, and its right side as typed."""

    arguments: tuple[Key, ...]
    segment: Segment
    side: Side


def argument_key(table: Table, item: Syntax) -> Key | None:
    """Return the key of the name that an argument consists of, or None."""
    items = only_items(item) if item.kind == "expr" else (item,)
    use = plain_name(items[0]) if len(items) == 1 else None
    if use is not None and use.label and (use.letter.letter, use.letter.accent, use.label, use.subs) in table.symbols:
        use.settle()
    if use is None or use.operations or use.primes or use.power is not None:
        return None
    return use.key


def header_arguments(table: Table, items: tuple[Syntax, ...], use: NameUse) -> tuple[Key, ...]:
    r"""Return the arguments on the left of a definition; add subscripts behind them to `use`: s(\mathbf x)_i -> s_i."""
    paren, scripts = split(items[1])
    keys = (
        [argument_key(table, item) for item in paren.items] if paren is not None and paren.kind == "paren" else [None]
    )
    known = [key for key in keys if key is not None]
    for item in paren.items if paren is not None and None in keys else ():
        argument = plain_name(first_item(item))
        if argument is not None and argument.label:
            argument.settle()
            raise table.unknown(argument)
    below = [subscripts(script) if script.mark == "_" else None for script in scripts]
    if len(items) != 2 or len(known) != len(keys) or None in below or len(below) > 1:
        raise Unreadable(
            "a definition has one name on its left, or a name with its arguments", use.start, items[-1].end
        )
    sizes = [key[0] for key in known if key[1:] == ("", "", ()) and key[0] in table.dims and key not in table.symbols]
    if sizes:
        hint = "write the sum or product itself: the sizes of what is summed do not change with the argument"
        raise Unreadable(f"{sizes[0]} is a size, and a function of a size is not read", use.start, items[-1].end, hint)
    use.subs += below[0] if below and below[0] else ()
    return tuple(known)


def read_call(scope: Scope, use: NameUse, items: list[Item], index: int) -> tuple[Node, int] | None:
    """Read J(θ) and J(θ + ε) where J is defined with its argument; return None for anything else."""
    found = scope.table.find(use)
    following = items[index + 1] if index + 1 < len(items) else None
    if found is None or found[0].formula is None or not isinstance(following, Syntax) or not is_paren(following):
        return None
    symbol = found[0]
    paren, scripts = split(following)
    assert paren is not None
    if (made_of := _prime_derivative(scope, use, found, paren)) is not None:
        return scope.reader.with_scripts(made_of, scripts), index + 2
    if _is_slope(scope, use, symbol) and len(paren.items) == 1:
        return scope.reader.with_scripts(_slope_at(scope, use, symbol, paren), scripts), index + 2
    if use.operations or use.primes or use.power is not None:
        message = f"a power of the function {symbol}, or this prime, is not read"
        hint = (
            f"write \\bigl({symbol}(…)\\bigr)^2 for a power, \\frac{{\\partial {symbol}(u)}}{{\\partial u}} for a prime"
        )
        raise Unreadable(message, use.start, use.end, hint)
    if len(paren.items) != len(symbol.formula.arguments):
        message = f"{symbol} is defined with {len(symbol.formula.arguments)} arguments, not {len(paren.items)}"
        raise ShapeError(message, use.start, paren.end)
    keys = tuple(argument_key(scope.table, item) for item in paren.items)
    same_names = keys == symbol.formula.arguments and not set(keys) & scope.bindings.keys()
    made = scope.reader.name(use) if same_names and symbol.kind != "rule" else _formula_at(scope, use, symbol, paren)
    made = replace(made, start=use.start, end=paren.end, segment=scope.segment)
    return scope.reader.with_scripts(made, scripts), index + 2


def _prime_derivative(scope: Scope, use: NameUse, found: tuple[Symbol, tuple[str, ...]], paren: Syntax) -> Node | None:
    """Return f'(x) and f''(x) where the number f is defined with the one argument x, which is a number."""
    symbol, subs = found
    plain = not (use.operations or use.power) and 1 <= use.primes <= 2 and "primes" not in scope.table.layout
    keys = tuple(argument_key(scope.table, item) for item in paren.items)
    if not plain or len(keys) != 1 or keys != symbol.formula.arguments or symbol.kind == "rule" or scope.bindings:
        return None
    argument = first_item(paren.items[0])
    by = derivatives.read_operand(scope, argument)
    target = scope.target(replace(use, primes=0), symbol, subs)
    if not (is_scalar(target.shape) and is_scalar(by.target.shape)):
        return None
    scope.uses.add(symbol)
    top = derivatives.Operand(target, False, False, use.start, use.end)
    return derivatives.make(scope, top, [by] * use.primes, frozenset(), use.start, paren.end)


def _is_slope(scope: Scope, use: NameUse, symbol: Symbol) -> bool:
    """Tell whether a name with primes is the derivative of a function of one argument."""
    plain = not (use.operations or use.power) and 1 <= use.primes <= 2 and "primes" not in scope.table.layout
    return plain and symbol.formula is not None and len(symbol.formula.arguments) == 1 and not scope.bindings


def _slope_at(scope: Scope, use: NameUse, symbol: Symbol, paren: Syntax) -> Node:
    """Return f'(u) of a number u: u and f(u) become definitions of their own, and f(u) is differentiated by that u."""
    point = unnamed_target(scope, lambda: _copy(scope, scope.reader.expression(paren.items[0]), paren))
    if not is_scalar(point.shape):
        message = f"{symbol}' is read of numbers; its argument is {describe(point.shape)}"
        raise Unreadable(message, paren.start, paren.end, "write the components")

    def applied() -> Node:
        scope.uses.add(point.symbol)
        at = Node("name", (), point.shape, point.indices, paren.start, paren.end, scope.segment, point)
        return _copy(scope, _formula_at(scope, use, symbol, paren, [at]), use, paren)

    found = unnamed_target(scope, applied)
    top, below = (derivatives.Operand(target, False, False, use.start, paren.end) for target in (found, point))
    return derivatives.make(scope, top, [below] * use.primes, frozenset(), use.start, paren.end)


def _copy(scope: Scope, value: Node, first: Syntax | NameUse, last: Syntax | None = None) -> Node:
    """Return a node of the same value that is no name, so that what it stands for is one of its own."""
    end = (last or first).end
    return replace(value, op="add", args=(value,), data=("+",), start=first.start, end=end, segment=scope.segment)


def _formula_at(scope: Scope, use: NameUse, symbol: Symbol, paren: Syntax, values: list[Node] | None = None) -> Node:
    """Return a function's formula read with other values for its arguments: J(θ + ε)."""
    formula = symbol.formula
    assert formula is not None
    scope.calls += 1
    scope.uses.add(symbol)
    if scope.calls > MAX_CALLS:
        raise Unreadable(f"more than {MAX_CALLS} applications of defined functions", use.start, paren.end)
    if symbol.slots:
        message = f"{symbol} has an index or a label of its own, and is read at the arguments of its definition only"
        raise Unreadable(message, use.start, paren.end)
    _refuse_product(scope, use, symbol, paren)
    values = values or [scope.reader.expression(item) for item in paren.items]
    for key, value in zip(formula.arguments, values, strict=True):
        _refuse_unfit_argument(scope, symbol, key, value)
        if not any(node.op == "name" and node.data.symbol.key == key for node in walk(value)):
            scope.moved.add(key)
    outer = scope.segment, scope.bindings
    scope.segment, scope.bindings = formula.segment, dict(zip(formula.arguments, values, strict=True))
    try:
        return scope.reader.single(formula.side)
    finally:
        scope.segment, scope.bindings = outer


def _refuse_product(scope: Scope, use: NameUse, symbol: Symbol, paren: Syntax) -> None:
    """Refuse s(1-s), which reads as a product, where s is defined with an argument."""
    typed = scope.segment.text[paren.start : paren.end]
    letter = scope.segment.text[use.start : use.end]
    if f"{letter}(" not in typed.replace(" ", "") and any(name.letter == use.letter for name in names_in(paren)):
        message = f"{letter}{typed} can be read as {symbol} applied, and as a product"
        raise Unreadable(message, use.start, paren.end, f"write {symbol}(…) in full")


def _refuse_unfit_argument(scope: Scope, symbol: Symbol, key: Key, value: Node) -> None:
    """Refuse an argument with another shape than the declared one, or one that other names of the formula use."""
    declared = scope.table.symbols.get(key)
    if declared is None:
        return
    if not all(same(a, b) for a, b in zip(declared.shape, value.shape, strict=True)):
        message = f"{symbol} takes {show_key(key)}, {describe(declared.shape)}; {value} is {describe(value.shape)}"
        raise ShapeError(message, value.start, value.end)
    through = [other for other in symbol.depends if other is not declared and declared in ancestors(other)]
    if through:
        message = f"{symbol} depends on {declared} through {through[0]}, which is defined at {declared} only"
        raise Unreadable(message, value.start, value.end, "write the formula out in the definition")


def argument_value(scope: Scope, use: NameUse) -> Node | None:
    """Return the value of an argument while the formula of its function is read; None for other names."""
    if use.label and (use.letter.letter, use.letter.accent, use.label, use.subs) in scope.bindings:
        use.settle()
    for count in range(len(use.subs), -1, -1):
        key = (use.letter.letter, use.letter.accent, use.sup, use.subs[:count])
        if key in scope.bindings and not use.primes:
            made = replace(scope.bindings[key], start=use.start, end=use.end, segment=scope.segment)
            if use.subs[count:]:
                made = operators.entry_by_indices(scope, made, use.subs[count:], use.start, use.end)
            return powers.raised(scope, made, use)
        if key in scope.table.symbols:
            return None  # x_0 beside the argument x is a name of its own, and no component
    return None


def enter_rule(table: Table, statement: Placed, use: NameUse, formula: Formula) -> Node:
    """Enter a function whose arguments are not declared: its formula is read wherever it is applied."""
    tree = statement.tree
    start, end = tree.sides[0].start, tree.sides[0].end
    if len(tree.sides) > 2:
        raise Unreadable("an argument of this function is not declared, and the row claims something", start, end)
    key = use.key
    symbol = table.add(Symbol(key, "rule", place=start, bold=use.letter.bold, formula=formula), start, end)
    target = Target(symbol, (), None, None, False, symbol.shape)
    return Node("name", (), symbol.shape, NONE, start, end, statement.segment, target)
