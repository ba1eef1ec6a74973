"""What each kind of node computes from the values of its arguments, and derivatives of what was defined."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, partial

import numpy as np

from report_src.derivations.evaluation import powers, recursion
from report_src.derivations.evaluation.arithmetic import MET, Floats, largest
from report_src.derivations.evaluation.functions import ABSOLUTE, EXP, NAMED, RELU, ROOT
from report_src.derivations.evaluation.symbol_values import Environment, diagonal
from report_src.derivations.evaluation.tape import Var
from report_src.derivations.notation.differentials import Differential
from report_src.derivations.semantics.derivatives import Derivative, ancestors
from report_src.derivations.semantics.operators import is_counted
from report_src.derivations.semantics.program import Definition
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Symbol

_DIGITS = re.compile(r"\d{1,400}(\.\d{1,400})?|\.\d{1,400}")


def define(env: Environment, definition: Definition) -> None:
    """Enter the value of a definition as a new node of the record."""
    if definition.waits:
        return
    if definition.group:
        recursion.run(env, definition.group, value)
        return
    found = value(env, definition.value)
    if definition.slots or found.value.ndim > 2:  # the axis of an index that was summed over stays with size 1
        found = env.stacked(found, definition.slots)
    env.values[definition.symbol] = env.tape.copy(found)


def value(env: Environment, node: Node) -> Var:
    """Return the value of a node; a node that was met before is not evaluated again."""
    found = env.known.get(id(node))
    if found is None:
        found = env.known[id(node)] = node, OPERATIONS[node.op](env, node)
    return found[1]


def derivative(env: Environment, data: Derivative) -> Var:
    """Return the full tensor of a derivative, (numerator's axes…, denominators' axes…)."""
    key = (data.numerator, data.denominators, data.held)
    if key not in env.derivatives:
        stop = [*env.held, *(node for symbol in data.held for node in _nodes(env, symbol))]
        if len(data.denominators) == 1:
            _first(env, data, stop)
        else:
            one, two = data.denominators
            first = derivative(env, Derivative(data.numerator, (one,), data.held, ()))
            env.derivatives[key] = _all(env, first, [two], stop)[0]
    return env.derivatives[key]


def _first(env: Environment, data: Derivative, stop: list[Var]) -> None:
    """Differentiate by all symbols that the program asks for and that have a value by now, at once."""
    asked = {*env.wanted.get((data.numerator, data.held), ()), *data.denominators}
    by = [s for s in asked if s in env.values and (data.numerator, (s,), data.held) not in env.derivatives]
    for symbol, found in zip(by, _all(env, env.values[data.numerator], by, stop), strict=True):
        env.derivatives[data.numerator, (symbol,), data.held] = found


def _all(env: Environment, top: Var, by: list[Symbol], stop: list[Var]) -> list[Var]:
    """Return the derivatives of all entries of an array; zeros where no path leads to a symbol."""
    nodes = [_nodes(env, symbol) for symbol in by]
    found = iter(env.tape.gradients(top, [node for members in nodes for node in members], stop))
    made: list[Var | None] = []
    for symbol, members in zip(by, nodes, strict=True):
        parts = [next(found) for _ in members]
        above = top.value.shape
        if all(part is None for part in parts):
            made.append(env.tape.of(env.tape.arithmetic.zeros(above + env.values[symbol].value.shape)))
        else:
            made.append(recursion.together(env, parts, above) if symbol in env.steps else parts[0])
    return [part for part in made if part is not None]


def _nodes(env: Environment, symbol: Symbol) -> list[Var]:
    """Return the nodes that hold a symbol's value: one, or one for each step of a recursion."""
    return env.steps.get(symbol) or [env.values[symbol]]


def exact(node: Node) -> Fraction:
    """Return a number as typed: 0.1 is a tenth."""
    return _exact(node.segment.text[node.start : node.end].strip(), node.data)


@lru_cache(maxsize=1000)
def _exact(typed: str, number: float) -> Fraction:
    if _DIGITS.fullmatch(typed) and float(typed) == number:
        return Fraction(typed)
    return Fraction(repr(number)) if abs(number) < float("inf") else Fraction(10) ** 400


def _name(env: Environment, node: Node) -> Var:
    target: Target = node.data
    if (inside := recursion.member(env, target)) is not None:
        return inside
    found = env.values[target.symbol]
    if not target.slots and not target.components:
        return found
    return env.pick(found, target.axes("row", "column"))


def _differential(env: Environment, node: Node) -> Var:
    """Return the derivatives by all that varies, each times its own differential, added up."""
    data: Differential = node.data
    total: Var | None = None
    for symbol, own in data.varied:
        full = derivative(env, Derivative(data.symbol, (symbol,), frozenset(), ()))
        rank = env.values[own].value.ndim
        summed = env.tape.sum(env.tape.mul(full, env.values[own]), tuple(range(-rank, 0)))
        part = env.pick(summed, (*data.picks, *(0,) * rank))
        total = part if total is None else env.tape.add(total, part)
    assert total is not None
    return total


def _inside(env: Environment, node: Node) -> Var:
    """Return 1 where a number counted from indices is at least 0, and 0 elsewhere."""
    return env.tape.leaf((env.counted(node.data) >= 0).astype(float))


def _unit(env: Environment, node: Node) -> Var:
    """Return the unit vectors of all values of an index along its axis."""
    size = env.instance.size(node.data.dim)
    return env.tape.leaf(np.eye(size).reshape(size, *(1,) * node.data.axis, size, 1))


def _add(env: Environment, node: Node) -> Var:
    total: Var | None = None
    for sign, arg in zip(node.data, node.args, strict=True):
        term = value(env, arg)
        if total is None:
            total = env.tape.neg(term) if sign == "-" else term
        else:
            total = env.tape.sub(total, term) if sign == "-" else env.tape.add(total, term)
    assert total is not None
    return total


def _product(env: Environment, node: Node) -> Var:
    total = value(env, node.args[0])
    for step, arg in zip(node.data, node.args[1:], strict=True):
        factor = value(env, arg)
        if step == "matrix":
            total = env.tape.matmul(total, factor)
        else:
            total = env.tape.mul(total, factor)
            total = env.tape.total(total) if step == "inner" else total
    return total


def _hadamard(env: Environment, node: Node) -> Var:
    total = value(env, node.args[0])
    for arg in node.args[1:]:
        total = env.tape.mul(total, value(env, arg))
    return total


def _quotient(env: Environment, node: Node) -> Var:
    above, below = (value(env, arg) for arg in node.args)
    env.tape.arithmetic.note_divisor(below.value)
    return env.tape.div(above, below)


def _cases(env: Environment, node: Node) -> Var:
    """Return a value where one condition holds; where none does, or several do, it is divided by 0."""
    found, count = (value(env, arg) for arg in node.args)
    once = env.tape.steady(MET["="], count, env.tape.leaf([[1.0]]))
    env.tape.arithmetic.note_divisor(once.value)
    return env.tape.div(found, once)


def _function(env: Environment, node: Node) -> Var:
    function, primes = node.data
    chosen = env.instance.functions[function] if isinstance(function, Symbol) else NAMED[function]
    return env.tape.apply(chosen, primes, value(env, node.args[0]))


def _multivariate(env: Environment, node: Node) -> Var:
    found: Var = env.instance.functions[node.data](env.tape, [value(env, arg) for arg in node.args])
    return found


def _maximum(env: Environment, node: Node) -> Var:
    constant, inner = (value(env, arg) for arg in node.args)
    return env.tape.add(constant, env.tape.apply(RELU, 0, env.tape.sub(inner, constant)))


def _minimum(env: Environment, node: Node) -> Var:
    first, second = (value(env, arg) for arg in node.args)
    return env.tape.sub(second, env.tape.apply(RELU, 0, env.tape.sub(second, first)))


def _norm(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    return env.tape.apply(ROOT, 0, env.tape.total(env.tape.mul(inner, inner)))


def _softmax(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    if isinstance(env.tape.arithmetic, Floats):
        inner = env.tape.sub(inner, env.tape.steady(largest, inner))
    powers = env.tape.apply(EXP, 0, inner)
    return env.tape.div(powers, env.tape.sum(powers, (-2,)))


def _diag(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    shape = (*inner.value.shape[:-1], inner.value.shape[-2])
    return env.tape.scatter(inner, diagonal(shape), shape, inner.value.shape)


def _trace(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    shape = inner.value.shape
    return env.tape.sum(env.tape.pick(inner, diagonal(shape), shape), (-2,))


def _determinant(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    return inner if inner.value.shape[-2:] == (1, 1) else env.tape.determinant(inner)


def _matrix(env: Environment, node: Node) -> Var:
    columns = env.instance.size(node.shape[1])
    shape = (env.instance.size(node.shape[0]), columns)
    total = env.tape.leaf(np.zeros(shape))
    for place, arg in enumerate(node.args):
        where = np.zeros(shape)
        where[divmod(place, columns)] = 1
        total = env.tape.add(total, env.tape.mul(env.tape.leaf(where), value(env, arg)))
    return total


def _power(env: Environment, node: Node) -> Var:
    """Return a power of numbers: by products where the exponent is whole, by roots where it is a half."""
    base = value(env, node.args[0])
    exponent: Fraction | None = node.data
    if len(node.args) == 2 and node.args[1].op == "dimension":
        exponent = Fraction(env.instance.size(node.args[1].data))
    if exponent is None:
        above = value(env, node.args[1])
        if all(map(is_counted, walk(node.args[1]))):
            return powers.counted(env, base, above, env.tape.mul, partial(powers.reciprocal, env))
        env.tape.arithmetic.note_power(base.value, id(node))
        return env.tape.apply(EXP, 0, env.tape.mul(above, env.tape.apply(NAMED["log"], 0, base)))
    if exponent.denominator == 2:
        base, exponent = env.tape.apply(ROOT, 0, base), exponent * 2
    if exponent.denominator != 1:
        env.tape.arithmetic.note_power(base.value, id(node))
        made = env.tape.arithmetic.zeros((1, 1))
        made[0, 0] = env.tape.arithmetic.number(exponent)
        logarithm = env.tape.apply(NAMED["log"], 0, base)
        return env.tape.apply(EXP, 0, env.tape.mul(env.tape.of(made), logarithm))
    return powers.repeated(env, base, int(exponent), env.tape.mul, partial(powers.reciprocal, env))


def _matrix_power(env: Environment, node: Node) -> Var:
    base, *above = (value(env, arg) for arg in node.args)
    if above:
        return powers.counted(env, base, above[0], env.tape.matmul, env.tape.inverse)
    return powers.repeated(env, base, node.data, env.tape.matmul, env.tape.inverse)


def _prod(env: Environment, node: Node) -> Var:
    return powers.folded(env, value(env, node.args[0]), node.data, env.tape.mul)


def _of_counts(env: Environment, node: Node) -> Var:
    return powers.of_counts(env, node.op, *(value(env, arg) for arg in node.args))


def _extremum(env: Environment, node: Node) -> Var:
    """Return the largest number along some indices, or the smallest, of those that meet the conditions."""
    sign, indices = node.data
    total, *conditions = (value(env, arg) for arg in node.args)
    total = env.tape.neg(total) if sign == "min" else total
    for condition in conditions:
        total = env.tape.among(condition, total)
    for index in reversed(indices):
        total = powers.folded(env, total, index, env.tape.larger)
    return env.tape.neg(total) if sign == "min" else total


def _square(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    return env.tape.mul(inner, inner)


def _matrix_square(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    return env.tape.matmul(inner, inner)


def _inverse(env: Environment, node: Node) -> Var:
    inner = value(env, node.args[0])
    if inner.value.shape[-2:] == (1, 1):
        return powers.reciprocal(env, inner)
    return env.tape.inverse(inner)


def _constant(env: Environment, node: Node) -> Var:
    made = env.tape.arithmetic.zeros((1, 1))
    made[0, 0] = env.tape.arithmetic.number(exact(node))
    return env.tape.of(made)


def _shaped(fill: Callable[[int, int], np.ndarray]) -> Callable[[Environment, Node], Var]:
    def make(env: Environment, node: Node) -> Var:
        rows, columns = (env.instance.size(dim) for dim in node.shape)
        return env.tape.leaf(fill(rows, columns))

    return make


def _at(env: Environment, node: Node) -> Var:
    """Return an expression at another value of a declared symbol: what is defined from it is evaluated anew."""
    moved, needed = node.data
    other = env.with_value(moved, value(env, node.args[1]))
    for definition in env.program.definitions:
        if definition.symbol in needed and moved in ancestors(definition.symbol):
            define(other, definition)
    return value(other, node.args[0])


OPERATIONS: dict[str, Callable[[Environment, Node], Var]] = {
    "constant": _constant,
    "dimension": lambda env, node: env.tape.leaf([[env.instance.size(node.data)]]),
    "pi": lambda env, node: env.tape.of(np.full((1, 1), env.tape.arithmetic.pi())),
    "index": lambda env, node: env.tape.leaf(env.axis_values(node.data) + node.data.first),
    "name": _name,
    "derivative": lambda env, node: env.pick(derivative(env, node.data), node.data.picks),
    "at": _at,
    "previous": lambda env, node: recursion.before(env, node.data),
    "inside": _inside,
    "unit": _unit,
    "differential": _differential,
    "add": _add,
    "product": _product,
    "hadamard": _hadamard,
    "quotient": _quotient,
    "transpose": lambda env, node: env.tape.transpose(value(env, node.args[0])),
    "inverse": _inverse,
    "realigned": lambda env, node: env.realigned(value(env, node.args[0]), node.data),
    "square": _square,
    "elementwise_square": _square,
    "matrix_square": _matrix_square,
    "root": lambda env, node: env.tape.apply(ROOT, 0, value(env, node.args[0])),
    "norm": _norm,
    "absolute": lambda env, node: env.tape.apply(ABSOLUTE, 0, value(env, node.args[0])),
    "function": _function,
    "multivariate": _multivariate,
    "maximum": _maximum,
    "minimum": _minimum,
    "power": _power,
    "entrywise": _power,
    "matrix_power": _matrix_power,
    "entrywise_quotient": _quotient,
    "inner": lambda env, node: env.tape.total(env.tape.mul(*(value(env, arg) for arg in node.args))),
    "norm_1": lambda env, node: env.tape.total(env.tape.apply(ABSOLUTE, 0, value(env, node.args[0]))),
    "matrix": _matrix,
    "determinant": _determinant,
    "softmax": _softmax,
    "diag": _diag,
    "trace": _trace,
    "indicator": lambda env, node: env.tape.steady(MET[node.data], *(value(env, arg) for arg in node.args)),
    "component": lambda env, node: env.pick(value(env, node.args[0]), node.data),
    "sum": lambda env, node: env.tape.sum(value(env, node.args[0]), (-(3 + node.data.axis),)),
    "prod": _prod,
    "cases": _cases,
    "extremum": _extremum,
    "factorial": _of_counts,
    "binom": _of_counts,
    "ones": _shaped(lambda rows, columns: np.ones((rows, columns))),
    "zeros": _shaped(lambda rows, columns: np.zeros((rows, columns))),
    "eye": _shaped(np.eye),  # rows equal columns by its shape
}
