"""How much work a program is, known from its sizes before anything is evaluated."""

from __future__ import annotations

from math import inf, prod

from report_src.derivations.evaluation.plan import Sizes, plan_of
from report_src.derivations.evaluation.tape import CORE
from report_src.derivations.semantics.derivatives import Derivative, ancestors
from report_src.derivations.semantics.program import Definition, Program
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim, Symbol

# operations on single numbers that one instance of a derivation, or one of its rows, may take: a fifth of a second
MOST = 300_000
STEP = 1000  # operations on single numbers that cost as much as one small array operation


def fits(program: Program, sizes: Sizes) -> bool:
    """Tell whether an instance of some sizes is within the bound; so is then every smaller one."""
    known = plan_of(program).affordable
    if any(all(sizes[root] <= size for root, size in other.items()) for other in known):
        return True
    if work(program, sizes) > MOST:
        return False
    known.append(sizes)
    return True


def work(program: Program, sizes: Sizes) -> float:
    """Return about how many operations on single numbers the definitions, derivatives and the longest claim take."""
    counter = _Counter(sizes)
    for definition in program.definitions:
        counter.define(definition)
    claims = [counter.steps(claim.left) + counter.steps(claim.right) for claim in program.claims]
    derived = sum(counter.derived.values())
    return sum(counter.defined.values()) + derived + max(claims, default=0)


def recursion_work(program: Program, sizes: Sizes) -> float:
    """Return what the recursions of a program take beside their entries: each operation of each step has a cost."""
    counter = _Counter(sizes)
    parts = (part for definition in program.definitions for part in definition.group)
    return sum(STEP * sum(1 for _ in walk(part.value)) * counter.size(part.slots[0].dim) for part in parts)


class _Counter:
    """The steps of every definition and of every derivative that was met."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.defined: dict[Symbol, float] = {}
        self.derived: dict[tuple[Symbol, tuple[Symbol, ...], frozenset[Symbol]], float] = {}

    def size(self, dim: Dim) -> int:
        root = dim.root()
        return root.size if root.size is not None else self.sizes[root]

    def entries(self, symbol: Symbol) -> int:
        return prod(self.size(dim) for dim in (*symbol.slots, *symbol.shape))

    def define(self, definition: Definition) -> None:
        inside = [self.derivative(node.data) for node in walk(definition.value) if node.op == "derivative"]
        self.defined[definition.symbol] = self.steps(definition.value) + self.entries(definition.symbol) + sum(inside)

    def steps(self, node: Node) -> float:
        """Return the operations of an expression; what its derivatives take is counted once, beside it."""
        total = 0
        for inner in walk(node):
            if inner.op == "derivative":
                self.derivative(inner.data)
            if inner.op == "differential":
                for symbol, _ in inner.data.varied:
                    self.derivative(Derivative(inner.data.symbol, (symbol,), frozenset(), ()))
            entries = prod(self.size(index.dim) for index in inner.indices)
            added = self.size(inner.args[0].shape[1]) if inner.op in _ADDING else 1
            total += entries * self.size(inner.shape[0]) * self.size(inner.shape[1]) * added * (len(inner.args) or 1)
        return total

    def derivative(self, data: Derivative) -> float:
        key = (data.numerator, data.denominators, data.held)
        if key not in self.derived:
            symbols = (data.numerator, *data.denominators)
            passes: float = self.entries(data.numerator)
            if len(data.denominators) == 2:
                passes += 3 * passes * passes * self.entries(data.denominators[0])
            above = {data.numerator} | ancestors(data.numerator)
            graph = sum(self.defined.get(symbol, 0.0) for symbol in above)
            fits = sum(len(symbol.slots) + 2 for symbol in symbols) <= CORE
            steps = prod(map(self.entries, symbols)) + 3 * passes * graph
            self.derived[key] = steps if fits else inf
        return self.derived[key]


# operations that add up a row of numbers for one entry
_ADDING = frozenset({"product", "matrix_square", "matrix_power", "inverse", "determinant"})
