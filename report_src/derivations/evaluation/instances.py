"""Random instances: sizes, values and functions for everything a derivation declares, from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from report_src.derivations.evaluation.functions import MULTIVARIATE_POOL, POOL
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.symbols import Dim, Symbol

SMALLEST, LARGEST = 2, 7
"""Sizes are drawn from here as long as there are enough for all letters."""


@dataclass
class Instance:
    """Sizes of dimensions, values of declared symbols, and concrete functions."""

    sizes: dict[Dim, int]
    values: dict[Symbol, Tensor]
    functions: Mapping[Symbol, Any]

    def size(self, dim: Dim) -> int:
        """Return the size of a dimension."""
        root = dim.root()
        return root.size if root.size is not None else self.sizes[root]


def draw(program: Program, seed: int, number: int, attempt: int) -> Instance:
    """Return instance ``number`` of a program; another ``attempt`` draws it anew."""
    generator = np.random.default_rng([seed, number, attempt])
    instance = Instance(_sizes(program, generator), {}, {})
    symbols = [symbol for symbol in program.table.symbols.values() if symbol.kind != "definition"]
    functions: dict[Symbol, Any] = {}
    shift = int(generator.integers(len(POOL))) if attempt else seed
    for symbol in symbols:
        if symbol.kind == "function":
            elementwise = len(symbol.arguments) == 1 and all(dim.root().size == 1 for dim in symbol.arguments[0])
            pool: tuple[Any, ...] = POOL if elementwise else MULTIVARIATE_POOL
            functions[symbol] = pool[(number + shift + 3 * len(functions)) % len(pool)]
        else:
            instance.values[symbol] = _value(symbol, instance, generator)
    instance.functions = functions
    return instance


def _sizes(program: Program, generator: np.random.Generator) -> dict[Dim, int]:
    """Give each letter a size of its own, large enough for the components that rows name."""
    roots = sorted({dim.root() for dim in program.table.dims.values()}, key=lambda dim: dim.label)
    fixed = {dim.root().size for s in program.table.symbols.values() for dim in s.shape} - {None, 1}
    largest = max(LARGEST, SMALLEST + len(roots) + len(fixed), *(dim.least for dim in roots), 0)
    free = [size for size in range(SMALLEST, largest + 1) if size not in fixed]
    sizes: dict[Dim, int] = {}
    order = list(generator.permutation(len(free)))
    for root in sorted(roots, key=lambda dim: -dim.least):
        chosen = next((k for k in order if free[k] >= root.least), order[0])
        order.remove(chosen)
        sizes[root] = free[chosen]
    return sizes


def _value(symbol: Symbol, instance: Instance, generator: np.random.Generator) -> Tensor:
    shape = tuple(instance.size(dim) for dim in (*symbol.slots, *symbol.shape))
    if symbol.kind == "positive":
        values = np.exp(0.5 * generator.standard_normal(shape))
    elif symbol.kind == "simplex":
        values = generator.dirichlet(np.full(shape[-2], 2.0), shape[:-2] + shape[-1:])
        values = np.moveaxis(values, -1, -2)
    elif symbol.kind == "onehot":
        columns = generator.integers(shape[-2], size=shape[:-2] + shape[-1:])
        values = (np.arange(shape[-2])[:, None] == columns[..., None, :]).astype(float)
    else:
        values = generator.standard_normal(shape)
    return torch.from_numpy(values).requires_grad_(True)
