"""Values at which the two sides of an inequality may be equal: zeros of what it squares, and of its margin's slopes.

    (3x - 1)^2 > 0        -> x = 1/3, where what is squared is 0
    9x^2 + 1 > 6x         -> x = 1/3, where the difference of the sides has the slope 0
    e^{-(x - 77)^2} < 0.9 -> x = 77, where a narrow bump has its top

Each is a solution of equations, found as an assumption is met, to more digits than a row is judged with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace as copy_with

from report_src.derivations.assumptions.system import System
from report_src.derivations.assumptions.ways import satisfying
from report_src.derivations.evaluation.arithmetic import Array
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.evaluation.tape import Var
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import NONE, Node, walk
from report_src.derivations.semantics.symbols import SCALAR, Symbol

CLEARLY = 1e-100  # what is larger is no 0 that was solved for
MOST_SQUARED = 6  # squares of a row that are looked at
_SQUARES = frozenset({"square", "elementwise_square", "absolute", "norm", "norm_1"})
_WITHIN = frozenset({"previous", "inside", "realigned"})  # operations that have a value inside a definition only


def zeros(program: Program, claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Yield instances on which all that a claim squares is 0 at once, each of it, or what a function is taken of.

    For `≤` and `≥` only what holds a typed number is solved for, in float64: others are 0 at structured starts.
    """
    strict = claim.sign in ("<", ">")
    squared, inside = _squared(program, claim)
    typed = [node for node in (*squared, *inside) if any(part.op == "constant" for part in walk(node))]
    alone = squared if strict else typed
    together = [squared] if len(squared) > 1 and (strict or typed) else []
    for group in (*together, *([node] for node in alone)):
        met = [copy_with(claim, left=node, sign="=", right=_zero(node), after=None) for node in group]
        assumed = copy_with(program, assumptions=[*program.assumptions, *met], plan=None)
        found = satisfying(assumed, copy_with(instance, special=False), exact=strict)
        if found is not None and _inside(found.values):
            # a special instance would be moved to where an assumed bound is tight
            yield copy_with(found, special=not program.assumptions, edge=strict)


def level(program: Program, claim: Claim, instance: Instance) -> Iterator[Instance]:
    """Yield the instance next to a given one at which the difference of the two sides has the slope 0, all entries.

    None where an assumption is about what the claim uses.
    """
    used = with_ancestors(claim.uses)
    if any(used & with_ancestors(assumption.uses) for assumption in program.assumptions):
        return
    equal = copy_with(program, assumptions=[copy_with(claim, sign="=")], plan=None)
    values = _Level(equal, copy_with(instance, special=False), 0.0).solved(exact=True)
    if values is not None and _inside(values):
        yield copy_with(instance, values=values, special=True)


class _Level(System):
    """The slopes of the difference of the two sides of a claim, each of which is to be 0."""

    def __init__(self, program: Program, instance: Instance, margin: float) -> None:
        super().__init__(program, instance, margin)
        self.unknown += [symbol for symbol in instance.values if symbol in self.used and symbol.kind == "unit"]

    def _residuals(self, env: Environment, bounds: Sequence[Claim]) -> list[Var]:
        claim = self.equations[0]
        difference = env.tape.sub(value(env, claim.left), value(env, claim.right))
        difference = env.tape.sum(difference, tuple(range(-difference.value.ndim, 0)))
        slopes = env.tape.gradients(difference, [env.values[symbol] for symbol in self.unknown])
        return [slope for slope in slopes if slope is not None]


def _squared(program: Program, claim: Claim) -> tuple[list[Node], list[Node]]:
    """Return what a claim, and what it is defined from, squares or takes the size of, and what functions are taken of.

    Each is met once, and nothing is looked for inside of a square.
    """
    plain = [definition.value for definition in program.definitions if not (definition.slots or definition.group)]
    squared: dict[str, Node] = {}
    inside: dict[str, Node] = {}
    left = [claim.left, claim.right, *plain]
    while left:
        node = left.pop()
        even = node.op in ("power", "entrywise") and node.data is not None and node.data > 0 and not node.data % 2
        if (not even and node.op not in _SQUARES) or node.args[0].op in _SQUARES:
            left.extend(node.args)
            known = inside if node.op == "function" else None
        else:
            known = squared
        if known is not None and not any(part.op in _WITHIN for part in walk(node)):
            known.setdefault(str(node.args[0]), node.args[0])
    return list(squared.values())[:MOST_SQUARED], list(inside.values())[:MOST_SQUARED]


def _inside(values: Mapping[Symbol, Array]) -> bool:
    """Tell whether what was declared positive, or between 0 and 1, is clearly so: a solution may lie at the bound."""
    return all(
        float(entry) > _LEAST[symbol.kind] and (symbol.kind != "unit" or float(entry) < 1)
        for symbol, found in values.items()
        if symbol.kind in _LEAST
        for entry in found.flat
    )


_LEAST = {"positive": CLEARLY, "unit": CLEARLY, "nonnegative": 0.0}


def _zero(like: Node) -> Node:
    return Node("constant", (), SCALAR, NONE, like.start, like.end, like.segment, 0, True)
