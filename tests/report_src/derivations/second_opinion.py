"""A second opinion on a claim: PyTorch in float64, with its own operations and its own automatic differentiation.

Only the instances (sizes, values, parameters of the random functions) are shared with the checker; what a function's
derivative is, autograd says.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from report_src.derivations.evaluation.functions import NAMED, Function
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import exact
from report_src.derivations.semantics.derivatives import Derivative
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Index, Place, Symbol

PLAIN: dict[str, Callable[[Tensor], Tensor]] = {
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tanh": torch.tanh,
    "logistic": torch.sigmoid,
    "softplus": lambda z: torch.nn.functional.softplus(z, threshold=40.0),
}


class _Torch:
    """The arithmetic in which a random function is written out: its values only."""

    def apply(self, name: str, value: Tensor) -> Tensor:
        return PLAIN[name](value)

    def sign(self, value: Tensor) -> Tensor:
        return torch.sign(value.detach())


class _Tape:
    """What a random function of several arguments calls."""

    def leaf(self, values: Any) -> Tensor:
        return torch.as_tensor(values, dtype=torch.float64)

    def mul(self, a: Tensor, b: Tensor) -> Tensor:
        return a * b

    def add(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b

    def total(self, a: Tensor) -> Tensor:
        return a.sum(dim=(-2, -1), keepdim=True)

    def apply(self, function: Function, order: int, a: Tensor) -> Tensor:
        return derived(function, order, a)


def derived(function: Function, order: int, value: Tensor) -> Tensor:
    """Return a derivative of an elementwise function by autograd from its values."""
    if order == 0:
        return _value_of(function, value)
    with torch.enable_grad():
        at = value if value.requires_grad else value.detach().requires_grad_(True)
        lower = derived(function, order - 1, at)
        if not lower.requires_grad:
            return torch.zeros_like(value)
        (slope,) = torch.autograd.grad(lower.sum(), at, create_graph=True)
    return slope


def _value_of(function: Function, value: Tensor) -> Tensor:
    if function.name == "relu":
        return torch.relu(value)
    if function.name == "sign":
        return torch.sign(value)
    result: Tensor = function.at(0, value, _Torch())  # type: ignore[arg-type]
    return result


class SecondOpinion:
    """The definitions of a program on an instance, in torch."""

    def __init__(self, program: Program, instance: Instance) -> None:
        self.program, self.instance = program, instance
        self.values = {s: torch.tensor(v, requires_grad=True) for s, v in instance.values.items()}

    def sides(self) -> list[tuple[Claim, Tensor, Tensor]]:
        """Return both sides of every claim, in order."""
        found = []
        for step in self.program.order:
            if isinstance(step, Definition):
                self.values[step.symbol] = self._stacked(self.value(step.value), step.slots).clone()
            else:
                found.append((step, self.value(step.left), self.value(step.right)))
        return found

    def _stacked(self, value: Tensor, slots: tuple[Index, ...]) -> Tensor:
        if not slots:
            return value.reshape(value.shape[-2:])
        rank = 3 + max(index.axis for index in slots)
        value = value.reshape((1,) * (rank - value.ndim) + tuple(value.shape))
        sizes = list(value.shape)
        for index in slots:
            sizes[-(3 + index.axis)] = self.instance.size(index.dim)
        value = value.expand(sizes)
        order = [value.ndim - (3 + index.axis) for index in slots]
        value = value.permute(*order, *(k for k in range(value.ndim - 2) if k not in order), -2, -1)
        return value.reshape(*value.shape[: len(slots)], *value.shape[-2:])

    def value(self, node: Node) -> Tensor:
        """Return the value of a node."""
        if node.op == "at":
            return self._at(node)
        args = [self.value(arg) for arg in node.args]
        rule = getattr(self, f"_{node.op}", None)
        return rule(node, *args) if rule is not None else _RULES[node.op](*args)

    def _at(self, node: Node) -> Tensor:
        (inner, point), (symbol, needed) = node.args, node.data
        other = SecondOpinion(self.program, self.instance)
        moved = self.value(point).detach().expand(self.values[symbol].shape).clone().requires_grad_()
        other.values = {s: self.values[s] for s in self.instance.values} | {symbol: moved}
        for definition in self.program.definitions:
            if definition.symbol in needed:
                found = other._stacked(other.value(definition.value), definition.slots)
                other.values[definition.symbol] = found.clone()
        return other.value(inner)

    def _constant(self, node: Node) -> Tensor:
        return torch.tensor([[float(exact(node))]], dtype=torch.float64)

    def _dimension(self, node: Node) -> Tensor:
        return torch.tensor([[float(self.instance.size(node.data))]], dtype=torch.float64)

    def _index(self, node: Node) -> Tensor:
        return self._along(node.data).to(torch.float64) + node.data.first

    def _along(self, index: Index) -> Tensor:
        size = self.instance.size(index.dim)
        return torch.arange(size).reshape(size, *(1,) * (index.axis + 2))

    def _counted(self, place: Place) -> Tensor:
        along = sum(sign * (self._along(index) + index.first) for index, sign in place.indices)
        sizes = sum(sign * self.instance.size(dim) for dim, sign in place.dims)
        return torch.full((1, 1), place.offset + sizes - 1) + along

    def _pi(self, node: Node) -> Tensor:
        return torch.full((1, 1), torch.pi, dtype=torch.float64)

    def _inside(self, node: Node) -> Tensor:
        return (self._counted(node.data) + 1 >= 0).to(torch.float64)

    def _name(self, node: Node) -> Tensor:
        target = node.data
        return self._pick(self.values[target.symbol], target.axes("row", "column"))

    def _component(self, node: Node, inner: Tensor) -> Tensor:
        return self._pick(inner, node.data)

    def _pick(self, full: Tensor, picks: tuple[Any, ...]) -> Tensor:
        lead = full.ndim - len(picks)
        where = [torch.arange(full.shape[k]).reshape(-1, *(1,) * (lead - k + 1)) for k in range(lead)]
        for axis, choice in enumerate(picks, lead):
            if isinstance(choice, Index):
                where.append(self._along(choice))
            elif isinstance(choice, Place):
                where.append(self._counted(choice).clamp(0, full.shape[axis] - 1))
            elif choice == "row":
                where.append(torch.arange(full.shape[axis]).reshape(-1, 1))
            elif choice == "column":
                where.append(torch.arange(full.shape[axis]).reshape(1, -1))
            else:
                where.append(torch.full((1, 1), choice))
        return full[tuple(where)]

    def _derivative(self, node: Node) -> Tensor:
        return self._pick(self.derivative(node.data), node.data.picks)

    def derivative(self, data: Derivative) -> Tensor:
        """Return the full tensor of a derivative; held nodes are cut by evaluating again what depends on them."""
        values = self._cut(data) if data.held else self.values
        found = _jacobian(values[data.numerator], values[data.denominators[0]])
        for symbol in data.denominators[1:]:
            found = _jacobian(found, values[symbol])
        return found

    def _cut(self, data: Derivative) -> dict[Symbol, Tensor]:
        other = SecondOpinion(self.program, self.instance)
        other.values = {s: self.values[s] for s in self.instance.values}
        for definition in self.program.definitions:
            if definition.symbol not in self.values:
                break
            value = other.value(definition.value)
            value = other._stacked(value, definition.slots)
            other.values[definition.symbol] = value.detach() if definition.symbol in data.held else value.clone()
        return other.values

    def _add(self, node: Node, *terms: Tensor) -> Tensor:
        total = torch.zeros((1, 1), dtype=torch.float64)
        for sign, term in zip(node.data, terms, strict=True):
            total = total - term if sign == "-" else total + term
        return total

    def _product(self, node: Node, *factors: Tensor) -> Tensor:
        total = factors[0]
        for step, factor in zip(node.data, factors[1:], strict=True):
            total = total * factor if step == "scale" else total @ factor
        return total

    def _power(self, node: Node, base: Tensor, *above: Tensor) -> Tensor:
        return base ** above[0] if node.data is None else base ** float(node.data)

    def _function(self, node: Node, inner: Tensor) -> Tensor:
        function, primes = node.data
        chosen = self.instance.functions[function] if isinstance(function, Symbol) else NAMED[function]
        return derived(chosen, primes, inner)

    def _multivariate(self, node: Node, *arguments: Tensor) -> Tensor:
        found: Tensor = self.instance.functions[node.data](_Tape(), list(arguments))
        return found

    def _indicator(self, node: Node, left: Tensor, right: Tensor) -> Tensor:
        compare = {"=": torch.eq, "<": torch.lt, ">": torch.gt, "<=": torch.le, ">=": torch.ge}[node.data]
        return compare(left, right).to(torch.float64)

    def _sum(self, node: Node, inner: Tensor) -> Tensor:
        return inner.sum(dim=-(3 + node.data.axis), keepdim=True)

    def _filled(self, node: Node, fill: Callable[..., Tensor]) -> Tensor:
        rows, columns = (self.instance.size(dim) for dim in node.shape)
        return fill(rows, columns, dtype=torch.float64)

    def _ones(self, node: Node) -> Tensor:
        return self._filled(node, torch.ones)

    def _zeros(self, node: Node) -> Tensor:
        return self._filled(node, torch.zeros)

    def _eye(self, node: Node) -> Tensor:
        return self._filled(node, torch.eye)


def _hadamard(*factors: Tensor) -> Tensor:
    total = factors[0]
    for factor in factors[1:]:
        total = total * factor
    return total


_RULES: dict[str, Callable[..., Tensor]] = {
    "hadamard": _hadamard,
    "quotient": lambda a, b: a / b,
    "entrywise_quotient": lambda a, b: a / b,
    "determinant": lambda a: torch.linalg.det(a)[..., None, None],
    "transpose": lambda a: a.mT,
    "inverse": torch.linalg.inv,
    "square": lambda a: a * a,
    "elementwise_square": lambda a: a * a,
    "matrix_square": lambda a: a @ a,
    "root": torch.sqrt,
    "norm": lambda a: torch.linalg.matrix_norm(a, keepdim=True),
    "absolute": torch.abs,
    "maximum": lambda constant, a: torch.maximum(a, constant),
    "softmax": lambda a: torch.softmax(a, dim=-2),
    "diag": lambda a: torch.diag_embed(a[..., 0]),
    "trace": lambda a: a.diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None],
}


def _jacobian(top: Tensor, x: Tensor) -> Tensor:
    """Return d top / d x, with the axes of `top` first."""
    rows = []
    for entry in top.reshape(-1):
        found = torch.autograd.grad(entry, x, create_graph=True, allow_unused=True)[0] if entry.requires_grad else None
        rows.append(torch.zeros_like(x) if found is None else found)
    return torch.stack(rows).reshape(*top.shape, *x.shape)
