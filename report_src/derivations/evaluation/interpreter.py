"""What each kind of node computes from the values of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from report_src.derivations.evaluation.functions import KINKED, NAMED
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Symbol

if TYPE_CHECKING:
    from report_src.derivations.evaluation.environment import Environment

EXACT = frozenset(
    {"constant", "dimension", "index", "ones", "zeros", "eye", "indicator", "transpose", "component", "realigned"}
)
"""Operations whose result float64 holds without rounding."""


def _name(env: Environment, node: Node) -> Tensor:
    target: Target = node.data
    value = env.values[target.symbol]
    if not target.slots and not target.components:
        return value
    row = "row" if not target.components else target.row
    column = "column" if not target.components else target.column
    return env.pick(value, (*target.slots, row, column))


def _derivative(env: Environment, node: Node) -> Tensor:
    full = env.derivative(node.data)
    picks = node.data.picks
    if picks == (0, 0, "row", "column"):
        return full[0, 0]
    return env.pick(full, picks)


def _add(env: Environment, node: Node) -> Tensor:
    total: Tensor | None = None
    for sign, arg in zip(node.data, node.args, strict=True):
        value = env.value(arg)
        if total is None:
            total = -value if sign == "-" else value
        else:
            total = total - value if sign == "-" else total + value
    assert total is not None
    return total


def _product(env: Environment, node: Node) -> Tensor:
    total = env.value(node.args[0])
    for step, arg in zip(node.data, node.args[1:], strict=True):
        value = env.value(arg)
        total = total * value if step == "scale" else total @ value
    return total


def _hadamard(env: Environment, node: Node) -> Tensor:
    total = env.value(node.args[0])
    for arg in node.args[1:]:
        total = total * env.value(arg)
    return total


def _function(env: Environment, node: Node) -> Tensor:
    function, primes = node.data
    argument = env.value(node.args[0])
    if isinstance(function, Symbol):
        chosen = env.instance.functions[function][primes]
    else:
        chosen = NAMED[function][primes]
        if function in KINKED:
            env.near_kink(argument)
    result: Tensor = chosen(argument)
    return result


def _multivariate(env: Environment, node: Node) -> Tensor:
    arguments = [env.value(arg) for arg in node.args]
    result: Tensor = env.instance.functions[node.data](arguments)
    return result


def _maximum(env: Environment, node: Node) -> Tensor:
    constant, inner = (env.value(arg) for arg in node.args)
    env.near_kink(inner - constant)
    return torch.maximum(inner, constant)


def _absolute(env: Environment, node: Node) -> Tensor:
    inner = env.value(node.args[0])
    env.near_kink(inner)
    return inner.abs()


def _norm(env: Environment, node: Node) -> Tensor:
    inner = env.value(node.args[0])
    return (inner * inner).sum(dim=(-2, -1), keepdim=True).sqrt()


def _diag(env: Environment, node: Node) -> Tensor:
    return torch.diag_embed(env.value(node.args[0])[..., 0])


def _trace(env: Environment, node: Node) -> Tensor:
    return env.value(node.args[0]).diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None]


def _indicator(env: Environment, node: Node) -> Tensor:
    rounding, env.rounding = env.rounding, None  # y = 1 holds exactly or not at all
    left, right = (env.value(arg) for arg in node.args)
    env.rounding = rounding
    if node.data != "=":
        env.near_kink(left - right)
    compare = {"=": torch.eq, "<": torch.lt, ">": torch.gt, "<=": torch.le, ">=": torch.ge}[node.data]
    return compare(left, right).to(torch.float64)


def _component(env: Environment, node: Node) -> Tensor:
    return env.pick(env.value(node.args[0]), node.data)


def _sum(env: Environment, node: Node) -> Tensor:
    return env.value(node.args[0]).sum(dim=-(3 + node.data.axis), keepdim=True)


def _realigned(env: Environment, node: Node) -> Tensor:
    """Move the axes of a statement's indices to where another statement has them."""
    value = env.value(node.args[0])
    rank = 3 + max(axis for pair in node.data for axis in pair)
    value = value.reshape((1,) * (rank - value.ndim) + tuple(value.shape))
    return torch.movedim(value, [-(3 + old) for old, _ in node.data], [-(3 + new) for _, new in node.data])


def _inverse(env: Environment, node: Node) -> Tensor:
    inner = env.value(node.args[0])
    if inner.shape[-2:] == (1, 1):
        return 1 / inner
    inverse: Tensor = torch.linalg.inv(inner)
    env.condition = max(env.condition, float((_frobenius(inner) * _frobenius(inverse)).max()))
    return inverse


def _frobenius(value: Tensor) -> Tensor:
    return torch.linalg.matrix_norm(value.detach())


def _shaped(fill: Callable[..., Tensor]) -> Callable[[Environment, Node], Tensor]:
    def make(env: Environment, node: Node) -> Tensor:
        rows, columns = (env.instance.size(dim) for dim in node.shape)
        return fill(rows, columns, dtype=torch.float64)

    return make


def _square_entries(env: Environment, node: Node) -> Tensor:
    inner = env.value(node.args[0])
    return inner * inner


def _matrix_square(env: Environment, node: Node) -> Tensor:
    inner = env.value(node.args[0])
    return inner @ inner


def _constant(env: Environment, node: Node) -> Tensor:
    return _number(node.data)


@lru_cache(maxsize=256)
def _number(value: float) -> Tensor:
    return torch.tensor([[value]], dtype=torch.float64)


def _dimension(env: Environment, node: Node) -> Tensor:
    return _number(float(env.instance.size(node.data)))


def _index(env: Environment, node: Node) -> Tensor:
    return env.axis_values(node.data).to(torch.float64) + 1


OPERATIONS: dict[str, Callable[[Environment, Node], Tensor]] = {
    "constant": _constant,
    "dimension": _dimension,
    "index": _index,
    "name": _name,
    "derivative": _derivative,
    "add": _add,
    "product": _product,
    "hadamard": _hadamard,
    "quotient": lambda env, node: env.value(node.args[0]) / env.value(node.args[1]),
    "transpose": lambda env, node: env.value(node.args[0]).mT,
    "inverse": _inverse,
    "realigned": _realigned,
    "square": _square_entries,
    "elementwise_square": _square_entries,
    "matrix_square": _matrix_square,
    "root": lambda env, node: env.value(node.args[0]).sqrt(),
    "norm": _norm,
    "absolute": _absolute,
    "function": _function,
    "multivariate": _multivariate,
    "maximum": _maximum,
    "softmax": lambda env, node: torch.softmax(env.value(node.args[0]), dim=-2),
    "diag": _diag,
    "trace": _trace,
    "indicator": _indicator,
    "component": _component,
    "sum": _sum,
    "ones": _shaped(torch.ones),
    "zeros": _shaped(torch.zeros),
    "eye": _shaped(torch.eye),  # rows equal columns by its shape
}
