"""How much work a program is, known from its sizes before anything is evaluated."""

from __future__ import annotations

from math import inf, prod

from report_src.derivations.evaluation.plan import Sizes, plan_of
from report_src.derivations.evaluation.tape import CORE
from report_src.derivations.semantics.derivatives import Derivative, ancestors
from report_src.derivations.semantics.program import Claim, Definition, Program
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim, Index, Symbol

# operations on single numbers that one instance of a derivation, or one of its rows, may take: a fifth of a second
MOST = 300_000


def fits(program: Program, sizes: Sizes) -> bool:
    """Tell whether an instance of some sizes is within the bound; so is then every smaller one."""
    known = plan_of(program).affordable
    if any(all(sizes[root] <= size for root, size in other.items()) for other in known):
        return True
    if work(program, sizes) > MOST:
        return False
    known.append(sizes)
    return True


def drawn(program: Program, sizes: Sizes) -> int:
    """Return how many numbers an instance of some sizes has, declared and defined."""
    return sum(
        prod(dim.size_in(sizes) for dim in (*symbol.slots, *symbol.shape))
        for symbol in program.table.symbols.values()
        if symbol.kind not in ("function", "rule")
    )


def calls(program: Program, sizes: Sizes) -> int:
    """Return how many operations on whole arrays the recursions of a program take, one after the other."""
    groups = [definition.group for definition in program.definitions if definition.group]
    return sum(
        inner.slots[0].dim.size_in(sizes) * sum(1 for _ in walk(inner.value)) for group in groups for inner in group
    )


def work(program: Program, sizes: Sizes) -> float:
    """Return about how many operations on single numbers the definitions, derivatives and the longest claim take."""
    counter = _Counter(sizes)
    for definition in program.definitions:
        counter.define(definition)
    claims = [counter.compared(claim) for claim in program.claims]
    derived = sum(counter.derived.values())
    return sum(counter.defined.values()) + derived + max(claims, default=0)


class _Counter:
    """The steps of every definition and of every derivative that was met."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.defined: dict[Symbol, float] = {}
        self.derived: dict[tuple[Symbol, tuple[Symbol, ...], frozenset[Symbol]], float] = {}

    def size(self, dim: Dim) -> int:
        return dim.size_in(self.sizes)

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
            total += entries * (self.multiplied(inner) if inner.op == "product" else self.single(inner))
        return total

    def compared(self, claim: Claim) -> float:
        """Return the operations of a claim: of its sides and conditions, and of their comparison entry by entry."""
        parts = (claim.left, claim.right, *claim.where)
        indices = frozenset[Index]().union(*(part.indices for part in parts))
        entries = prod(self.size(index.dim) for index in indices) * prod(map(self.size, claim.left.shape))
        return entries + sum(map(self.steps, parts))

    def single(self, node: Node) -> int:
        """Return the operations of a node that is no product, for each value of its indices."""
        added = self.size(node.args[0].shape[1]) if node.op in _ADDING else 1
        return prod(map(self.size, node.shape)) * added * (len(node.args) or 1) * self.squares(node)

    def squares(self, node: Node) -> int:
        """Return how many products a power with an exponent that is counted along indices takes for each entry."""
        if node.op not in _POWERS or len(node.args) < 2:
            return 1
        return 3 * max((self.size(index.dim) for index in node.indices), default=1).bit_length()

    def multiplied(self, node: Node) -> int:
        """Return the operations of a product from left to right: what stands in between may be larger than the end."""
        rows, columns = map(self.size, node.args[0].shape)
        total = rows * columns
        for step, factor in zip(node.data, node.args[1:], strict=True):
            height, width = map(self.size, factor.shape)
            if step == "matrix":
                total += rows * columns * width
                columns = width
            else:
                total += max(rows * columns, height * width)
                rows, columns = (1, 1) if step == "inner" else (max(rows, height), max(columns, width))
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


_POWERS = frozenset({"power", "entrywise", "matrix_power"})
# operations that add up a row of numbers for one entry
_ADDING = frozenset({"matrix_square", "matrix_power", "inverse", "determinant"})
