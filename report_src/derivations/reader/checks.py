"""What the sides of a claim or a definition must determine: shapes, sizes, the ranges of their indices."""

from __future__ import annotations

from report_src.derivations.notation import assumption_forms, powers
from report_src.derivations.reader import labels
from report_src.derivations.semantics import ambiguities, shapes
from report_src.derivations.semantics.derivatives import ancestors, with_ancestors
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node, walk
from report_src.derivations.semantics.symbols import Dim, Symbol, same
from report_src.derivations.source.errors import Unreadable


def require_comparable(left: Node, right: Node, sign: str) -> None:
    """Refuse two sides whose shapes differ or are not determined."""
    require_agreement(left, right, sign)
    for side in (left, right):
        require_known_size(side)
    powers.refuse_ambiguous_entrywise(left, right)
    ambiguities.number_beside_matrix(left, right)


def require_agreement(left: Node, right: Node, sign: str) -> None:
    r"""Refuse two sides of different shapes.

    A number is compared with each entry of a vector, as in `\frac{\partial\mu}{\partial x} = \frac1D`. An array may
    equal 0, an array of zeros.
    """
    for array, number in ((left, right), (right, left)):
        vector = shapes.is_one(array.shape[0]) != shapes.is_one(array.shape[1])
        if vector and shapes.is_scalar(number.shape) and shapes.is_constant(number):
            return
        if sign == "=" and assumption_forms.is_zero(number):
            return
    shapes.agree(left, right)


def require_known_size(value: Node) -> None:
    """Refuse a constant array whose size is not determined, or that could only be a number."""
    open_node = shapes.undetermined(value)
    if open_node is not None:
        message = f"nothing determines the size of {open_node}"
        raise Unreadable(message, open_node.start, open_node.end, "write \\mathbf 1_m, \\mathbf 0_m or I_m")
    single = next((part for part in walk(value) if part.op in ("ones", "eye") and shapes.is_scalar(part.shape)), None)
    if single is not None:
        message = f"{single} stands for an array, and would be one number here"
        raise Unreadable(message, single.start, single.end, "write 1 for the number, or the size: \\mathbf 1_m, I_m")


def require_ranges(scope: Scope, value: Node) -> None:
    """Refuse an index whose range is not determined, a label that is not fixed, and an entry that no array has."""
    labels.refuse_varying(scope, value.start, value.end)
    for index in scope.indices_made:
        if not index.dim.known() and (stated := scope.table.ranges.get(index.letter)) is not None:
            same(index.dim, stated)
        if not index.dim.known() and any(node.op == "previous" and node.data.index is index for node in walk(value)):
            last = f"{index.letter}_max"  # a recursion without a last member
            same(index.dim, scope.table.dims.setdefault(last, Dim(last)))
        if not index.dim.known():
            message = f"nothing determines the range of the index {index.letter}"
            raise Unreadable(message, value.start, value.end)
    scope.settle_places()


def refuse_idle_derivatives(program: Program, scope: Scope, sides: list[Node]) -> None:
    """Refuse a derivative that is 0 for lack of dependence, unless the row says that it is 0.

    Even then it is refused if both have a value in common: of u by v := 2u, a reader expects 1/2.
    """
    zero = any(side.op == "zeros" or (side.op == "constant" and side.data == 0) for side in sides)
    zero = zero and not any(idle.related for idle in scope.idle)
    if scope.idle and zero:
        program.warnings.append(scope.idle[0].message)
    if scope.idle and not (zero and all(side.op in ("zeros", "constant", "derivative") for side in sides)):
        idle = scope.idle[0]
        raise Unreadable(idle.message, *idle.place, idle.hint)


_KINKS = frozenset({"maximum", "minimum", "absolute", "norm", "norm_1", "root", "extremum"})


def refuse_single_points(program: Program, scope: Scope, sides: list[Node]) -> None:
    r"""Refuse a derivative of max, |x| or a root beside 1[x = 0]: where their slopes jump, none is judged."""
    points = (
        node
        for node in walk(*sides)
        if node.op == "indicator"
        and node.data in ("=", "!=")
        and any(arg.op not in _COUNTS for arg in node.args)
        and not _is_attained(program, *node.args)
    )
    point = next(points, None)
    derived = any(node.op in ("derivative", "differential") for node in walk(*sides))
    if point is None or not derived:
        return
    values = [*(part.value for part in program.definitions), *(part.value for part in scope.unnamed)]
    bent = (node.op in _KINKS or (node.op == "function" and node.data[0] == "relu") for node in walk(*values))
    if any(bent):
        message = (
            f"{point} speaks of single values, at which no derivative of a max, a root or an absolute value is judged"
        )
        raise Unreadable(message, point.start, point.end, "leave these values out: …, \\quad x \\ne 0")


_COUNTS = frozenset({"index", "dimension", "constant"})


def _is_attained(program: Program, left: Node, right: Node) -> bool:
    r"""Tell whether a side is the largest of entries and the other one of these, as in 1[z_i = \max_k z_k]."""
    extrema = {part.symbol: part.value for part in program.definitions if part.value.op == "extremum"}
    for side, entry in ((left, right), (right, left)):
        largest = extrema.get(side.data.symbol, side) if side.op == "name" else side
        if largest.op == "extremum" and [arg.op for arg in largest.args] == ["name"] and entry.op == "name":
            return largest.args[0].data.symbol is entry.data.symbol
    return False


def refuse_bound_differentials(program: Program, sides: list[Node]) -> None:
    """Refuse the differential of a value that an assumption, or its set, keeps from varying freely."""
    own = {mark: symbol for symbol, mark in program.table.varied.items()}
    met = {own[node.data.symbol]: node for node in walk(*sides) if node.op == "name" and node.data.symbol in own}
    for node in walk(*sides):
        met |= {symbol: node for symbol, _ in node.data.varied} if node.op == "differential" else {}
    bound = with_ancestors(set().union(*(assumption.uses for assumption in program.assumptions)))
    for symbol, node in met.items():
        if symbol in bound or symbol.kind in ("simplex", "onehot", "onehot rows"):
            message = f"d{symbol} varies freely here, and what is said of {symbol} leaves it less freedom"
            raise Unreadable(message, node.start, node.end, "write derivatives, or leave the differential out")


def refuse_two_kinds_of_derivative(sides: list[Node]) -> None:
    """Refuse dL/dx beside ∂L/∂x where L depends on x through another name: ∂ may be meant with that held fixed."""
    typed: dict[tuple[Symbol, tuple[Symbol, ...]], bool] = {}  # whether it was met with ∂
    for node in walk(*sides):
        if node.op != "derivative" or node.data.held:
            continue
        text = node.segment.text[node.start : node.end]
        key, partial = (node.data.numerator, node.data.denominators), "\\partial" in text
        if "\\nabla" in text or typed.setdefault(key, partial) == partial:
            continue
        through = [symbol for symbol in key[0].depends if any(by in ancestors(symbol) for by in key[1])]
        if through:
            message = f"d{key[0]}/d{key[1][0]} and ∂{key[0]}/∂{key[1][0]} are one derivative here, through {through[0]}"
            hint = "write what is held fixed: \\left.\\frac{\\partial L}{\\partial x}\\right|_{h}"
            raise Unreadable(message, node.start, node.end, hint)
