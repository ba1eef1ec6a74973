"""Instances chosen against a row: sizes, values and functions for everything a derivation declares, from a seed.

The first instances follow the profiles in turn: ordinary draws, scales from 10⁻³ to 10³, positive values only,
zeros and equal entries, equal sizes, sizes of 1. All values are exact float64 numbers of few digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from report_src.derivations.evaluation.functions import random_member, short
from report_src.derivations.evaluation.multivariate import random_multivariate
from report_src.derivations.evaluation.plan import Sizes, fitted, plan_of
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.symbols import SCALAR, Dim, Symbol

GRAIN = 2.0**-30  # probabilities are whole multiples of it, so that they sum to exactly 1
FAR = 2.0**600  # factor of values beyond any number that a row is likely to name
LARGE = 100.0  # scale of functions whose exponentials may leave the digits
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Profile:
    """How an instance is drawn."""

    values: str
    sizes: str = "different"
    functions: float = 1.0
    special: bool = False  # whether zeros or equal values are likely, where a row may be undefined without being wrong


PROFILES = (
    Profile("normal"),
    Profile("scales"),
    Profile("positive", "wide"),
    Profile("large", functions=1000.0),
    Profile("special", "different", special=True),
    Profile("normal", "equal"),
    Profile("mixed", "ones", functions=-30.0),
    Profile("scales", "some ones", functions=-1.0),
    Profile("equal", "wide", special=True),
    Profile("negative", functions=30.0),
    Profile("positive", "different", functions=1e-3),
)
BOUNDED = {"positive": np.less_equal, "nonnegative": np.less}  # what no value of such a kind is beside 0
_FAR = ("zero", "high", "low", "either", "either", "either")
# further instances of a row that compares, or has a kink: values about 0, the row's own numbers, 1000, and far out
KINKED = (
    *(Profile(rule, special=True) for rule in (*_FAR, *["pivots"] * 6, *(f"between {k}" for k in range(6)))),
    *(Profile(f"far {rule}", special=True) for rule in ("high", "low", "either")),
    Profile("large", "many", special=True),
    Profile("normal", "many", special=True),
    Profile("large", "odd many", special=True),
    Profile("large", "even many", special=True),
    Profile("normal", functions=0.0, special=True),
)


_BETWEEN = Profile("between", special=True)


@dataclass
class Instance:
    """Sizes of dimensions, values of declared symbols, and concrete functions."""

    sizes: Sizes
    values: dict[Symbol, np.ndarray]
    functions: Mapping[Symbol, Any]
    special: bool = False
    small: bool = False  # whether sizes of 1 are meant: what is defined only there is not evidence enough
    large: bool = False  # whether functions have values so large that e^g(x) may be too small for all digits
    edge: bool = False  # whether an assumed ≤ or ≥ holds with equality
    tied: bool = False  # whether two numbers of a row are equal on it, which balls can only enclose
    choice: int = -1  # which way an assumption is met where there are several, such as xy = 0; -1 for any
    bits: int = 0  # precision that values beside a bound need; 0 for the usual one
    note: str = ""  # what a message says of values that are too far out to be printed

    def size(self, dim: Dim) -> int:
        """Return the size of a dimension."""
        return dim.size_in(self.sizes)


def draw(program: Program, seed: int, number: int, attempt: int = 0, sizes: Sizes | None = None) -> Instance:
    """Return instance `number` of a program; another `attempt` draws other numbers of the same profile."""
    profile = (*PROFILES, *KINKED)[number]
    generator = np.random.default_rng([seed, number, attempt])
    chosen = sizes_of(program, generator, profile.sizes) if sizes is None else sizes
    instance = filled(program, generator, profile, chosen)
    instance.choice = number + attempt * len((*PROFILES, *KINKED))
    return instance


def filled(program: Program, generator: np.random.Generator, profile: Profile, sizes: Sizes) -> Instance:
    """Return an instance of given sizes with values and functions of a profile."""
    instance = Instance(fitted(program, sizes, 0), {}, {}, profile.special, "ones" in profile.sizes)
    pivots = plan_of(program).pivots
    if profile.values.startswith("between"):  # no interval between two typed numbers is left out
        between = plan_of(program).between
        place, sign = divmod(int(profile.values.split()[1]), 2)
        profile, pivots = _BETWEEN, [between[place % len(between)] * (1 - 2 * sign)]
    functions: dict[Symbol, Any] = {}
    for symbol in program.table.symbols.values():
        if symbol.kind == "function":
            functions[symbol] = _function(symbol, instance, generator, profile.functions)
        elif symbol.kind not in ("definition", "rule"):
            shape = tuple(instance.size(dim) for dim in (*symbol.slots, *symbol.shape))
            instance.values[symbol] = _value(symbol.kind, shape, profile.values, generator, pivots)
    instance.functions = functions
    instance.large = bool(functions) and abs(profile.functions) >= LARGE
    return instance


def _function(symbol: Symbol, instance: Instance, generator: np.random.Generator, scale: float) -> Any:
    if symbol.arguments == (SCALAR,):
        return random_member(generator, scale)
    shapes = [(instance.size(rows), instance.size(columns)) for rows, columns in symbol.arguments]
    return random_multivariate(generator, shapes, scale)


def sizes_of(program: Program, generator: np.random.Generator, rule: str) -> Sizes:
    """Give each letter a size by a rule, large enough for components that rows name and for sizes that are sums."""
    sizes = _sizes_by_rule(program, generator, rule)
    if program.table.sums and rule != "ones":
        sizes = fitted(program, sizes, int(generator.integers(4)))
    return sizes


def _sizes_by_rule(program: Program, generator: np.random.Generator, rule: str) -> Sizes:
    roots = free_dimensions(program)
    if rule.endswith(" many"):
        return in_turn(program, rule, _ALIKE["many"])
    if rule in _ALIKE:
        reach = [root.reach for root in roots] if rule == "equal" else []
        return dict.fromkeys(roots, max([_ALIKE[rule], *(root.least for root in roots), *reach]))
    fixed = {dim.root().size for s in program.table.symbols.values() for dim in s.shape} - {None, 1}
    smallest, spread = (3, 2) if rule == "wide" else (2, 0)
    free = [size for size in range(smallest, smallest + len(roots) + len(fixed) + spread) if size not in fixed]
    generator.shuffle(free)
    sizes: Sizes = {}
    for root in sorted(roots, key=lambda dim: -dim.least):
        chosen = next((size for size in free if size >= root.least), root.least)
        if chosen in free:
            free.remove(chosen)
        sizes[root] = max(chosen, root.reach) if rule == "wide" else chosen
        if rule == "some ones" and generator.random() < 0.5:
            sizes[root] = root.least
    return sizes


def free_dimensions(program: Program) -> list[Dim]:
    """Return the dimensions whose size an instance chooses, in the order of their letters."""
    roots = sorted({dim.root() for dim in program.table.dims.values()}, key=lambda dim: dim.label)
    return [root for root in roots if root.size is None and root.sum is None]


def in_turn(program: Program, rule: str, size: int) -> Sizes:
    """Return a size for all letters, or for every other one while the rest are as small as they can be."""
    large = {"even": (0,), "odd": (1,)}.get(rule.split()[0], (0, 1))
    roots = enumerate(free_dimensions(program))
    return {root: max(size, root.least) if place % 2 in large else root.least for place, root in roots}


_ALIKE = {"equal": 3, "ones": 1, "many": 60}  # rules by which all letters have one size


def _value(
    kind: str, shape: tuple[int, ...], rule: str, generator: np.random.Generator, pivots: list[float]
) -> np.ndarray:
    if kind == "onehot rows":
        return _value("onehot", (*shape[:-2], shape[-1], shape[-2]), rule, generator, pivots).swapaxes(-1, -2)
    if kind == "onehot":
        columns = generator.integers(shape[-2], size=shape[:-2] + shape[-1:])
        return (np.arange(shape[-2])[:, None] == columns[..., None, :]).astype(float)
    if kind == "simplex":
        return probabilities(generator.gamma(1.0 if rule != "scales" else 0.2, size=shape))
    if kind in ("bit", "sign"):
        return generator.integers(2, size=shape) * (2.0 if kind == "sign" else 1.0) - (kind == "sign")
    values = real(shape, rule, generator, pivots)
    if kind in ("unit", "closed unit"):
        inside = np.clip(short(1 / (1 + np.exp(-np.clip(values, -40, 40)))), GRAIN, 1 - GRAIN)
        ends = kind == "closed unit" and rule in ("special", "zero", "high", "low", "either", "pivots")
        return np.where(values > 0, 1.0, 0.0) if ends else inside
    if kind == "positive":
        values = np.where(values == 0, 1.0, np.abs(values))
    return short(np.abs(values) if kind == "nonnegative" else values)


def real(shape: Shape, rule: str, generator: np.random.Generator, pivots: list[float]) -> np.ndarray:
    """Return real values by the rule of a profile."""
    values = generator.standard_normal(shape)
    if rule in ("scales", "mixed"):
        whole = 10.0 ** generator.uniform(-3, 3, size=shape if rule == "scales" else ())
        return values * whole
    if rule == "large":
        return 1000 * values
    if rule in ("positive", "negative"):
        return (1 if rule == "positive" else -1) * np.exp(generator.uniform(-1, 1, size=shape))
    if rule == "special":
        return generator.choice([0.0, 0.0, 1.0, -1.0, 2.0, 0.5], size=shape)
    if rule == "equal":
        return np.full(shape, generator.choice([1.0, -1.0, 2.0]))
    if rule == "zero":
        return np.zeros(shape)
    if rule.endswith(("high", "low", "either")):
        sign = {"high": 1, "low": -1}.get(rule.removeprefix("far ")) or generator.choice([-1, 1])
        return sign * generator.uniform(1000, 2000, size=shape) * (FAR if rule.startswith("far ") else 1)
    if rule == "between":
        return np.full(shape, pivots[0])
    if rule == "pivots":
        return generator.choice(pivots, size=shape) * generator.choice([-1, 1], size=shape)
    return values


def probabilities(weights: np.ndarray) -> np.ndarray:
    """Return positive numbers that sum to exactly 1 along the rows' axis, in proportion to weights."""
    shares = weights / weights.sum(axis=-2, keepdims=True)
    counts = np.maximum(1, np.floor(shares / GRAIN))
    largest = counts.argmax(axis=-2, keepdims=True)
    rest = 1 / GRAIN - counts.sum(axis=-2, keepdims=True)
    np.put_along_axis(counts, largest, np.take_along_axis(counts, largest, -2) + rest, -2)
    return counts * GRAIN


def smallest_sizes(program: Program) -> Sizes:
    """Return the smallest sizes at which different letters still differ where that matters: 2 and 3 in turn."""
    return fitted(
        program, {root: max(root.least, 2 + place % 2) for place, root in enumerate(free_dimensions(program))}
    )


def largest_sizes(program: Program) -> Sizes:
    """Return sizes that no profile exceeds, but the one of many entries."""
    roots = free_dimensions(program)
    return {root: max(root.least, root.reach, 4 + 2 * len(roots)) for root in roots}
