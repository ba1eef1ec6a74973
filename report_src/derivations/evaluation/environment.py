"""The value of every node on one instance, and derivatives by PyTorch's automatic differentiation.

Values are float64 tensors of shape (…, rows, columns); an index with axis k of its statement lies along the
axis −(3+k), so that sums and free indices are vectorised and broadcasting does the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import EXACT, OPERATIONS
from report_src.derivations.semantics.derivatives import Derivative
from report_src.derivations.semantics.program import Definition, Program
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Index, Symbol

NO_HELD: frozenset[Symbol] = frozenset()


Rounding = Callable[[Tensor], Tensor]


class Environment:
    """All definitions of a program, evaluated on an instance; derivatives are taken once and kept."""

    def __init__(self, program: Program, instance: Instance, rounding: Rounding | None = None) -> None:
        """Begin with the declared values of an instance; ``rounding`` moves the result of each operation."""
        self.program, self.instance, self.rounding = program, instance, rounding
        self.values: dict[Symbol, Tensor] = dict(instance.values)
        self.kink, self.condition = math.inf, 1.0
        self.scale: list[float] | None = None
        self.second_order, self.wanted = _plan(program)
        self.held: dict[frozenset[Symbol], Environment] = {}
        self.derivatives: dict[tuple[Symbol, tuple[Symbol, ...], frozenset[Symbol]], Tensor] = {}

    def define(self, definition: Definition) -> None:
        """Enter the value of a definition as a new node of the graph."""
        value = self.value(definition.value)
        if definition.slots:
            value = self._stacked(value, definition.slots)
        self.values[definition.symbol] = value.clone()

    def _stacked(self, value: Tensor, slots: tuple[Index, ...]) -> Tensor:
        """Move the axes of the indices to the front, in the order of the family's slots."""
        rank = 3 + max(index.axis for index in slots)
        value = value.reshape((1,) * (rank - value.ndim) + tuple(value.shape)) if value.ndim < rank else value
        sizes = list(value.shape)
        for index in slots:
            sizes[-(3 + index.axis)] = self.instance.size(index.dim)
        value = value.expand(sizes)
        order = [value.ndim - (3 + index.axis) for index in slots]
        value = value.permute(*order, *(k for k in range(value.ndim - 2) if k not in order), -2, -1)
        return value.reshape(*(value.shape[: len(slots)]), *value.shape[-2:])

    def value(self, node: Node) -> Tensor:
        """Return the value of a node."""
        result = OPERATIONS[node.op](self, node)
        if self.rounding is not None and node.op not in EXACT:
            result = self.rounding(result)
        if self.scale is not None and result.numel():
            self.scale.append(float(result.detach().abs().max()))
        return result

    def near_kink(self, value: Tensor) -> None:
        """Note how near an argument came to a point where its function has no derivative."""
        if value.numel():
            self.kink = min(self.kink, float(value.detach().abs().min()))

    def derivative(self, data: Derivative) -> Tensor:
        """Return the full tensor of a derivative, (numerator's axes…, denominators' axes…)."""
        key = (data.numerator, data.denominators, data.held)
        if key not in self.derivatives:
            environment = self._with_held(data) if data.held else self
            with torch.enable_grad():
                if len(data.denominators) == 1:
                    self._first(environment, data)
                else:
                    self.derivatives[key] = environment.second(data.numerator, data.denominators)
        return self.derivatives[key]

    def _first(self, environment: Environment, data: Derivative) -> None:
        """Differentiate by all symbols that the program asks for and that have a value by now, at once."""
        asked = self.wanted[data.numerator, data.held]
        by = [symbol for symbol in asked if symbol in environment.values]
        known = [symbol for symbol in by if (data.numerator, (symbol,), data.held) in self.derivatives]
        by = [symbol for symbol in by if symbol not in known]
        top = environment.values[data.numerator]
        for symbol, tensor in zip(
            by, _jacobians(top, [environment.values[s] for s in by], self.second_order), strict=True
        ):
            self.derivatives[data.numerator, (symbol,), data.held] = tensor

    def _with_held(self, data: Derivative) -> Environment:
        """Return the same graph with some nodes cut off from what they depend on."""
        held = data.held
        if held not in self.held or data.numerator not in self.held[held].values:
            other = Environment(self.program, self.instance, self.rounding)
            for symbol in held & other.values.keys():
                other.values[symbol] = other.values[symbol].detach()
            with torch.enable_grad():
                for definition in self.program.definitions:
                    if definition.symbol not in self.values:
                        break
                    other.define(definition)
                    if definition.symbol in held:
                        other.values[definition.symbol] = other.values[definition.symbol].detach()
            self.held[held] = other
        return self.held[held]

    def second(self, numerator: Symbol, denominators: tuple[Symbol, ...]) -> Tensor:
        """Differentiate twice with respect to whole symbols."""
        (first,) = _jacobians(self.values[numerator], [self.values[denominators[0]]], True)
        return _jacobians(first, [self.values[denominators[1]]], self.second_order)[0]

    def axis_values(self, index: Index) -> Tensor:
        """Return 0 … size−1 along the axis of an index."""
        size = self.instance.size(index.dim)
        return torch.arange(size).reshape(size, *(1,) * (index.axis + 2))

    def pick(self, full: Tensor, picks: tuple[Any, ...]) -> Tensor:
        """Pick from the trailing axes of a tensor along indices, numbers, "row" and "column".

        Axes before the picked ones are index axes and stay where they are.
        """
        if not any(isinstance(choice, Index) for choice in picks) and full.ndim == len(picks):
            return _kept(full, picks)
        lead = full.ndim - len(picks)
        where: list[Tensor | int] = []
        for axis in range(lead):
            size, behind = full.shape[axis], lead - axis + 1
            where.append(torch.arange(size).reshape(size, *(1,) * behind))
        for axis, choice in enumerate(picks, lead):
            if isinstance(choice, Index):
                where.append(self.axis_values(choice))
            elif choice == "row":
                where.append(torch.arange(full.shape[axis]).reshape(-1, 1))
            elif choice == "column":
                where.append(torch.arange(full.shape[axis]))
            else:
                where.append(choice)
        picked = full[tuple(where)]
        return picked.reshape((1,) * (2 - picked.ndim) + tuple(picked.shape)) if picked.ndim < 2 else picked


def _kept(full: Tensor, picks: tuple[Any, ...]) -> Tensor:
    """Return the matrix that is left where no axis is picked along an index."""
    kept = full[tuple(slice(None) if isinstance(choice, str) else choice for choice in picks)]
    words = [choice for choice in picks if isinstance(choice, str)]
    if len(words) == 2:
        return kept if words[0] == "row" else kept.mT
    return kept.reshape((-1, 1) if words == ["row"] else (1, -1))


Wanted = dict[tuple[Symbol, frozenset[Symbol]], list[Symbol]]


def _plan(program: Program) -> tuple[bool, Wanted]:
    """Tell whether a derivative is differentiated again, and by what each numerator is differentiated."""
    if program.plan is None:
        nodes = [definition.value for definition in program.definitions]
        nodes += [side for claim in program.claims for side in (claim.left, claim.right)]
        all_data = [data for node in nodes for data in _derivatives(node)]
        wanted: Wanted = {}
        for data in all_data:
            asked = wanted.setdefault((data.numerator, data.held), [])
            if len(data.denominators) == 1 and data.denominators[0] not in asked:
                asked.append(data.denominators[0])
        tainted: set[Symbol] = set()
        for definition in program.definitions:
            if definition.symbol.depends & tainted or _derivatives(definition.value):
                tainted.add(definition.symbol)
        program.plan = (any(data.numerator in tainted for data in all_data), wanted)
    return program.plan


def _derivatives(node: Node) -> list[Derivative]:
    found, stack = [], [node]
    while stack:
        current = stack.pop()
        if current.op == "derivative":
            found.append(current.data)
        stack.extend(current.args)
    return found


def _jacobians(top: Tensor, by: list[Tensor], create_graph: bool) -> list[Tensor]:
    """Return d top / d x for each x of ``by``, with the axes of ``top`` first."""
    reached = [x for x in by if x.requires_grad] if top.requires_grad else []
    rows: list[list[Tensor]] = []
    if reached:
        for entry in top.reshape(-1).unbind() if top.numel() > 1 else [top]:
            found = torch.autograd.grad(entry, reached, retain_graph=True, create_graph=create_graph, allow_unused=True)
            rows.append([torch.zeros_like(x) if d is None else d for d, x in zip(found, reached, strict=True)])
    columns = iter(zip(*rows, strict=True))
    stacked = [torch.stack(next(columns)) if top.requires_grad and x.requires_grad else None for x in by]
    return [
        torch.zeros((*top.shape, *x.shape), dtype=torch.float64) if s is None else s.reshape(*top.shape, *x.shape)
        for s, x in zip(stacked, by, strict=True)
    ]
