"""The assumptions of a derivation as equations, and a solution near the values that were drawn.

Levenberg-Marquardt steps in float64 lead to a solution, chord steps in balls sharpen it to `EXACT` bits. A positive
definite matrix is made from its drawn values by its eigenvalues, a semidefinite one as an exact product C C^⊤.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as copy_with
from functools import reduce

import numpy as np

from report_src.derivations.evaluation.arithmetic import Array, Balls, Floats
from report_src.derivations.evaluation.functions import RELU
from report_src.derivations.evaluation.instances import BOUNDED, Instance
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.evaluation.tape import Var
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import Node, is_scalar
from report_src.derivations.semantics.symbols import Symbol

Values = dict[Symbol, Array]
EXACT = 1300  # bits to which a solution is sharpened; claims under assumptions are judged with at most 1024
STEPS, CHORDS = 40, 60  # most steps in float64, and in balls
LEAST_DAMPING, MOST_DAMPING, TINY = 1e-13, 1e6, 1e-300
ROUNDING = 1e-9  # largest residual of values that satisfy the assumptions but for rounding
CLOSE = 1e-11  # relative residual from which a solution is sharpened
SOLVED = 1150  # bits below 1 at which an equation counts as solved
RANK = 1e-9  # relative size below which a slope is rounding: of W⊤W = I, one equation of each pair says nothing
MOST = 10_000  # largest number of equations times unknowns
# smallest eigenvalue of a definite matrix that is made, relative to the largest; further ones where it got lost
FLOORS = (1e-6, 1e-5, 1e-4, 1e-3)
# steps of the largest entry of C to which its entries are rounded: C C^⊤ of up to 60 columns is exact in float64
GRID = 2.0**20
NARROW = 1e-6  # how far from a bound a value may lie on it, relative to its right side and 1
# what is declared positive, or definite, is clearly so at a solution: from these sizes on it may have gone to the bound
INSIDE = {"positive": 1e-12, "nonnegative": 0.0}
DRIFT = 0.01  # how far a value moves while it is sharpened, relative to itself and 1: x^2 = 0 is solved by rough values
SINGULAR = 1e-8  # smallest eigenvalue of a definite matrix at a solution, relative to the largest


@dataclass(frozen=True)
class Pattern:
    """A way in which assumptions are satisfied.

    `tight` is the share of the entries of a ≤ or ≥ that are equal; `branched` is whether of a product that is 0 one
    factor is chosen for each entry; `still` is whether positive values and definite matrices stay as they were drawn;
    `touching` is whether a bound may be met with equality wherever a solution lies on it.
    """

    tight: float = 0.0
    branched: bool = False
    still: bool = False
    touching: bool = False


LOOSE = ("<=", ">=")
_ZERO = frozenset({"constant", "zeros"})


class System:
    """The assumptions of a program on one choice of sizes and functions, as equations in the declared values."""

    def __init__(self, program: Program, instance: Instance, margin: float, pattern: Pattern | None = None) -> None:
        """Collect the equations and bounds; `margin` is how far a bound is satisfied."""
        self.pattern = pattern or Pattern()
        self.instance, self.margin = instance, 0.0 if self.pattern.touching else margin
        self.generator = np.random.default_rng(max(instance.choice, 0))
        self.chosen: dict[int, np.ndarray] = {}  # by equation: which factor is 0, for each entry
        self.tight: dict[int, np.ndarray] = {}  # by bound: which entries are equal
        self.assumptions = program.assumptions
        uses = set().union(*(claim.uses for claim in self.assumptions))
        self.used = with_ancestors(uses)
        self.semidefinite = {claim.left.data.symbol for claim in self.assumptions if claim.sign == "succeq"}
        self.definite = {claim.left.data.symbol for claim in self.assumptions if claim.sign == "succ"}
        movable = self.used - self.semidefinite - (self.definite if self.pattern.still else set())
        kinds = ("real",) if self.pattern.still else ("real", *BOUNDED)
        self.unknown = [s for s in instance.values if s in movable and s.kind in kinds]
        needed = [definition for definition in program.definitions if definition.symbol in self.used]
        self.program = copy_with(program, definitions=needed, claims=[], order=[*needed], plan=None)
        self.equations = [claim for claim in self.assumptions if claim.sign == "="]
        self.bounds = [claim for claim in self.assumptions if claim.sign not in ("=", "succ", "succeq")]
        self.recorded: tuple[Environment, list[tuple[Var, list[Var | None]]]] | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this system from those of other patterns on the same instance."""
        branched = self.pattern.branched and any(len(_factors(claim)) > 1 for claim in self.equations)
        return self.pattern.tight, branched, self.pattern.touching, *self.unknown

    def constructed(self, values: Values, floor: float, *, drawn: bool) -> Values:
        """Return the values with every definite and semidefinite matrix made from its symmetric part.

        Eigenvalues change their sign where they were `drawn`; an optimiser's are set to the smallest. Those of a
        semidefinite matrix become 0, so that it is singular on most draws.
        """
        made = dict(values)
        for symbol in self.semidefinite:
            half = np.asarray(made[symbol], dtype=float)
            spectrum, vectors = np.linalg.eigh((half + half.T) / 2)
            root = vectors * np.sqrt(np.maximum(spectrum, 0.0))
            step = np.abs(root).max() / GRID or 1.0
            root = np.rint(root / 2.0 ** np.ceil(np.log2(step))) * 2.0 ** np.ceil(np.log2(step))
            made[symbol] = root @ root.T
        for symbol in self.definite:
            half = np.asarray(made[symbol], dtype=float)
            spectrum, vectors = np.linalg.eigh((half + half.T) / 2)
            least = floor * (np.abs(spectrum).max() + 1e-3)
            if (half != half.T).any() or spectrum[0] < least:
                spectrum = np.maximum(np.abs(spectrum) if drawn else spectrum, least)
                whole = vectors * spectrum @ vectors.T
                made[symbol] = np.tril(whole) + np.tril(whole, -1).T
        return made

    def solved(self, *, exact: bool) -> Values | None:
        """Return a solution near the values of the instance: these themselves where nothing is to be moved."""
        values = self.instance.values
        with np.errstate(all="ignore"):
            for floor in FLOORS if self.definite else FLOORS[:1]:
                values = self.constructed(values, floor, drawn=exact)
                if not self.equations and self.holds(values):
                    return values
                near = self._descended(values) if self.unknown else None
                if near is not None and self.pattern.touching and self._touches(near):
                    near = self._descended(near)
                if near is None:
                    return None
                if self.holds(near):
                    found = self._sharpened(near) if exact and (self.equations or self.tight) else near
                    return found if found is not None and self._inside(found) and self._stays(near, found) else None
                values = near
        return None

    def holds(self, values: Values) -> bool:
        """Tell whether the inequalities hold, and what was declared positive or not negative is."""
        if not self._inside(values):
            return False
        env = self._environment(_floats(values), Floats())
        return all(((gap > 0) | self.tight.get(id(claim), False)).all() for claim, gap, _ in self._gaps(env))

    def meets(self, values: Values) -> bool:
        """Tell whether values satisfy all assumptions as they are, but for rounding."""
        if not self._inside(values):
            return False
        residuals = self._residuals(self._environment(values, Floats()), self.bounds)
        return all((np.abs(residual.value) <= ROUNDING).all() for residual in residuals)

    def _inside(self, values: Values) -> bool:
        """Tell whether what was declared positive, not negative or definite is clearly so."""
        floats = _floats(values)
        if any(BOUNDED[s.kind](floats[s], INSIDE[s.kind]).any() for s in self.unknown if s.kind in BOUNDED):
            return False
        for symbol in self.definite:
            spectrum = np.linalg.eigvalsh(floats[symbol])
            if not spectrum[0] > SINGULAR * spectrum[-1]:
                return False
        return True

    def _stays(self, near: Values, found: Values) -> bool:
        """Tell whether sharpening moved no value far: e^a = 0 is solved by none, and comes closer with every step."""
        before, after = _floats(near), _floats(found)
        return all((np.abs(after[s] - before[s]) <= DRIFT * (1 + np.abs(before[s]))).all() for s in self.unknown)

    def _gaps(self, env: Environment) -> Iterator[tuple[Claim, np.ndarray, np.ndarray]]:
        """Yield each bound, by how much it holds, and how large its right side is."""
        for claim in self.bounds:
            left, right = value(env, claim.left).value, value(env, claim.right).value
            yield claim, left - right if claim.sign in (">", ">=") else right - left, 1 + np.abs(right)

    def _touches(self, values: Values) -> bool:
        """Take as equations the entries of loose bounds on which a solution lies; tell whether there are any."""
        for claim, gap, size in self._gaps(self._environment(values, Floats())):
            if claim.sign in LOOSE and (np.abs(gap) <= NARROW * size).any():
                self.tight[id(claim)] = np.abs(gap) <= NARROW * size
        self.recorded = None
        return bool(self.tight)

    def _environment(self, values: Values, arithmetic: Floats | Balls, *, repeats: bool = False) -> Environment:
        env = Environment(self.program, copy_with(self.instance, values=values), arithmetic, repeats=repeats)
        for definition in self.program.definitions:
            define(env, definition)
        return env

    def _residuals(self, env: Environment, bounds: Sequence[Claim]) -> list[Var]:
        """Return what is 0 at a solution; a bound counts as far as it is broken."""
        tape = env.tape
        found = [self._equation(env, claim) for claim in self.equations]
        for claim in self.bounds:
            if (tight := self._tight(env, claim)) is not None:
                difference = tape.sub(value(env, claim.left), value(env, claim.right))
                found.append(tape.mul(tape.leaf(tight.astype(float)), difference))
        found += [tape.sub(env.values[symbol], tape.transpose(env.values[symbol])) for symbol in self.definite]
        for claim in bounds:
            left, right = value(env, claim.left), value(env, claim.right)
            low, high = (left, right) if claim.sign in (">", ">=") else (right, left)
            margin = tape.steady(lambda _, bound: self.margin * (1 + np.abs(bound)), right)
            broken = tape.apply(RELU, 0, tape.add(tape.sub(high, low), margin))
            tight = self.tight.get(id(claim))
            found.append(broken if tight is None else tape.mul(tape.leaf(1.0 - tight), broken))
        return found

    def _tight(self, env: Environment, claim: Claim) -> np.ndarray | None:
        """Return which entries of a bound are equal, None if none is."""
        if id(claim) not in self.tight and self.pattern.tight and claim.sign in LOOSE:
            sides = (value(env, side).value.shape for side in (claim.left, claim.right))
            self.tight[id(claim)] = self.generator.random(np.broadcast_shapes(*sides)) < self.pattern.tight
        return self.tight.get(id(claim))

    def _equation(self, env: Environment, claim: Claim) -> Var:
        """Return what is 0 where an equation holds; of a product that is 0, one factor for each entry."""
        factors = _factors(claim) if self.pattern.branched else []
        if len(factors) < 2:
            return env.tape.sub(value(env, claim.left), value(env, claim.right))
        values = [value(env, factor) for factor in factors]
        if id(claim) not in self.chosen:
            shape = np.broadcast_shapes(*(found.value.shape for found in values))
            whole = any(not is_scalar(factor.shape) for factor in factors) and any(
                is_scalar(factor.shape) for factor in factors
            )
            size = (*shape[:-2], 1, 1) if whole else shape
            self.chosen[id(claim)] = self.generator.integers(len(factors), size=size)
        parts = [
            env.tape.mul(env.tape.leaf((self.chosen[id(claim)] == place).astype(float)), found)
            for place, found in enumerate(values)
        ]
        return reduce(env.tape.add, parts)

    def linear(self, values: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return the residuals in float64 and their slopes by the unknowns."""
        if self.recorded is None:
            env = self._environment(values, Floats(), repeats=True)
            residuals = self._residuals(env, self.bounds)
            nodes = [env.values[symbol] for symbol in self.unknown]
            self.recorded = env, [(residual, env.tape.gradients(residual, nodes)) for residual in residuals]
        else:
            self.recorded[0].move(values)
            self.recorded[0].tape.repeat()
        rows = []
        for residual, slopes in self.recorded[1]:
            count, sizes = residual.value.size, [values[symbol].size for symbol in self.unknown]
            parts = [
                np.zeros((count, size)) if slope is None else slope.value.reshape(count, size)
                for slope, size in zip(slopes, sizes, strict=True)
            ]
            rows.append(np.concatenate(parts, axis=1))
        return np.concatenate([residual.value.reshape(-1) for residual, _ in self.recorded[1]]), np.concatenate(rows)

    def _descended(self, values: Values) -> Values | None:
        """Return values in float64 at which the residuals are rounding errors, or None."""
        env = self._environment(values, Floats())
        equations = sum(residual.value.size for residual in self._residuals(env, self.bounds))
        if equations * sum(values[symbol].size for symbol in self.unknown) > MOST:
            return None
        residual, slopes = self.linear(values)
        if not (np.isfinite(residual).all() and np.isfinite(slopes).all()):
            return None
        damping, point = 1e-3, values
        for _ in range(STEPS):
            if _small(residual, slopes, self._scale(point)):
                return point
            scale = self._scale(point)
            step = _damped(slopes * scale, residual, damping) * scale
            trial = self._moved(point, step)
            found, other = self.linear(trial)
            if np.isfinite(found).all() and np.isfinite(other).all() and found @ found < residual @ residual:
                point, residual, slopes, damping = trial, found, other, damping / 10
            else:
                damping *= 8
                if damping > MOST_DAMPING:
                    break
        return point if _small(residual, slopes, self._scale(point)) else None

    def _sharpened(self, values: Values) -> Values | None:
        """Return midpoints of `EXACT` bits at which the equations hold, or None where the steps do not converge."""
        _, slopes = self.linear(values)
        scale = self._scale(values)
        back = (np.linalg.pinv(slopes * scale, rcond=RANK) * scale[:, None]).astype(object)
        arithmetic = Balls(EXACT)
        point = {**values, **{symbol: arithmetic.array(values[symbol]) for symbol in self.unknown}}
        for _ in range(CHORDS):
            env = self._environment(point, arithmetic)
            found = [entry.mid() for residual in self._residuals(env, ()) for entry in residual.value.flat]
            if all(abs(entry) < arithmetic.arb(2) ** -SOLVED for entry in found):
                return point
            if not all(entry.is_finite() for entry in found):
                return None
            point = self._moved(point, -(back[:, : len(found)] @ np.array(found, dtype=object)))
            point |= {symbol: _MIDPOINTS(point[symbol]) for symbol in self.unknown}
        return None

    def _scale(self, values: Values) -> np.ndarray:
        """Return how far each unknown may move in proportion: about its own size."""
        parts = []
        for symbol in self.unknown:
            size = np.abs(np.asarray(values[symbol], dtype=float))
            parts.append((size + 0.1 * size.max(initial=0.0) + 1e-3).reshape(-1))
        return np.concatenate(parts)

    def _moved(self, values: Values, step: np.ndarray) -> Values:
        """Return values with a step added to the unknowns."""
        made, begin = dict(values), 0
        for symbol in self.unknown:
            end = begin + values[symbol].size
            made[symbol] = values[symbol] + step[begin:end].reshape(values[symbol].shape)
            begin = end
        return made


def _floats(values: Values) -> Values:
    return {symbol: np.asarray(numbers, dtype=float) for symbol, numbers in values.items()}


def _factors(claim: Claim) -> list[Node]:
    """Return the factors of a product that an equation says is 0, one of which is 0 for each entry, if it is one."""
    for side, other in ((claim.left, claim.right), (claim.right, claim.left)):
        zero = other.op in _ZERO and (other.op == "zeros" or other.data == 0)
        entrywise = side.op == "hadamard" or (side.op == "product" and set(side.data) == {"scale"})
        if zero and entrywise:
            return [factor for factor in side.args if not factor.literal]
    return []


def _small(residual: np.ndarray, slopes: np.ndarray, scale: np.ndarray) -> bool:
    """Tell whether residuals are rounding errors beside the terms they are made of."""
    return bool((np.abs(residual) <= CLOSE * (1e-6 + np.abs(slopes) @ scale)).all())


def _damped(slopes: np.ndarray, residual: np.ndarray, damping: float) -> np.ndarray:
    """Return the shortest step that solves the linear equations, shortened by a damping."""
    squares = slopes @ slopes.T
    weight = max(damping, LEAST_DAMPING) * max(squares.diagonal().max(), TINY)
    step: np.ndarray = -slopes.T @ np.linalg.solve(squares + weight * np.eye(len(squares)), residual)
    return step


_MIDPOINTS = np.frompyfunc(lambda ball: ball.mid(), 1, 1)
