r"""Turn syntax trees into typed nodes: precedence, applied functions, subscripts that pick components.

Juxtaposition and \cdot bind tighter than \odot, which binds tighter than +. A sum takes everything up to the next
+ or −; log, exp and tanh without parentheses take one factor: \log a b + c -> refused, \log a + c -> log(a) + c.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from report_src.derivations.notation import (
    applications,
    arrays,
    authored_functions,
    differentials,
    gradients,
    powers,
    readings,
)
from report_src.derivations.notation.indicators import read_cases, read_indicator, read_kronecker
from report_src.derivations.notation.recursion import read_previous
from report_src.derivations.notation.sums import read_sum
from report_src.derivations.reader import notes
from report_src.derivations.semantics import ambiguities, derivative_signs, derivatives, operators, shapes
from report_src.derivations.semantics.items import Item, is_paren, kind_of, split
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import NONE, Node
from report_src.derivations.semantics.symbols import SCALAR, Symbol
from report_src.derivations.semantics.unnamed import unnamed_target
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import (
    NameUse,
    read_name,
    superscript,
    writes_t,
)
from report_src.derivations.syntax.parser import Script, Side, Syntax


class Reader:
    """Reads the expressions of one statement."""

    def __init__(self, scope: Scope) -> None:
        """Read with the indices and symbols of a scope."""
        self.scope = scope
        scope.reader = self
        self.table = scope.table

    def single(self, side: Side) -> Node:
        """Read a side that must be one expression."""
        if len(side.items) != 1:
            raise Unreadable("a list is not read here", side.start, side.end)
        return self.expression(side.items[0])

    def expression(self, tree: Syntax) -> Node:
        """Read signed terms: a - b c -> add(a, product(b, c))."""
        for _, term in tree.items[:-1]:
            ambiguities.open_operator(self.scope, list(term.items), "+")
        signs, nodes = [], []
        terms = [(sign, list(term.items)) for sign, term in tree.items]
        while terms:
            sign, items = terms.pop(0)
            if terms and _is_sum(items[-1]):  # \sum_i -a_i: the summand begins with its sign
                inside, following = terms.pop(0)
                place = (following[0].start, following[-1].end)
                signed = Syntax("expr", ((inside, Syntax("term", tuple(following), *place)),), *place)
                items.append(Syntax("paren", (signed,), *place, "("))
            signs.append(sign)
            nodes.append(self.hadamard_chain(items))
        if len(nodes) == 1 and signs == ["+"]:
            return nodes[0]
        made = shapes.add(nodes, signs)
        made.start = tree.start
        return made

    def hadamard_chain(self, items: list[Item]) -> Node:
        """Read a term of products with ⊙ or ⊗ between them; a sum sign takes everything behind it."""
        products: list[list[Item]] = [[]]
        signs: list[str] = []
        for position, item in enumerate(items):
            base, _ = split(item)
            if base is not None and base.kind == "ODOT":
                products.append([])
                signs.append(base.meaning)
            elif base is not None and base.kind == "SUM":
                products[-1].append(read_sum(self.scope, _as_syntax(item), items[position + 1 :]))
                break
            else:
                products[-1].append(item)
        if len(products) > 1:
            ambiguities.open_operator(self.scope, items, "⊙")
        for part in products:
            if not part:
                end = items[-1].end
                raise Unreadable("⊙ needs a factor on each side", items[0].start, end)
        for part, following in pairwise(products):
            ambiguities.before_hadamard(self.scope, part, following[0])
        nodes = [self.product(part) for part in products]
        for part, read in zip(products, nodes[1:], strict=False):
            ambiguities.derivative_before_hadamard(part, read)
        if "\\otimes" not in signs:
            return shapes.hadamard(nodes, _HADAMARD_HINT if any(len(part) > 1 for part in products) else "")
        made = nodes[0]
        for sign, other in zip(signs, nodes[1:], strict=True):
            tensor = sign == "\\otimes"
            made = (
                readings.tensor_product(made, other, self.scope.choice, self.table.layout)
                if tensor
                else shapes.hadamard([made, other])
            )
        return made

    def product(self, items: list[Item]) -> Node:
        """Read adjacent factors, with \\cdot between some of them, and at most one / for a quotient."""
        factors: list[Node] = []
        dots: set[int] = set()
        index = 0
        while index < len(items):
            item = items[index]
            kind = item.kind if isinstance(item, Syntax) else ""
            if kind in ("CDOT", "SLASH", "TIMES"):
                if not factors or index + 1 == len(items):
                    raise Unreadable("a factor is missing beside this sign", item.start, item.end)
                index += 1
                dots.add(len(factors))
                if kind == "TIMES":
                    ambiguities.cross(
                        _as_syntax(item).meaning, shapes.product(factors, dots), self.factor(items, index)[0]
                    )
                if kind == "SLASH":
                    how = self.scope.choice.get("/")
                    if how == "below":
                        right, index = self.product(items[index:]), len(items)
                    else:
                        right, index = self.factor(items, index)
                    if index < len(items) and how == "left":
                        left = shapes.product(factors, dots)
                        factors, dots = [shapes.quotient(left, right, left.start, right.end)], set()
                        continue
                    if index < len(items):
                        message = "a/bc can be read in two ways; write \\frac or parentheses"
                        raise Unreadable(message, item.start, items[index].end)
                    left = shapes.product(factors, dots)
                    return shapes.quotient(left, right, left.start, right.end)
                continue
            ambiguities.spelled(self.scope, items, index)
            if base := derivative_signs.operator(self.scope, item):
                factors.append(self.acted_on(base, items[index + 1 :]))
                break
            if not (
                derivative_signs.slashed(self.scope, items, index) or differentials.begins(self.scope, items, index)
            ):
                ambiguities.differential(self.scope, items, index)
            open_ended = kind_of(item)
            factor, index = self.factor(items, index)
            ambiguities.application(self.scope, item, factor, items, index)
            if len(items) > index and kind_of(items[index]) == "paren":
                ambiguities.depends(self.scope, factor, items[index])
            if open_ended in ("NABLA", "PARTIAL") and index < len(items):
                behind = index + (kind_of(items[index]) == "CDOT" and index + 1 < len(items))
                following, end = (factor, index) if kind_of(items[index]) == "SLASH" else self.factor(items, behind)
                last = following if end == len(items) else None
                dotted = behind > index or kind_of(items[index]) == "SLASH"
                whole = following if dotted or last is not None else self.product(items[index:])
                ambiguities.behind_derivative(open_ended, factor, following, items[index:], last, whole)
            factors.append(factor)
        return shapes.product(factors, dots)

    def acted_on(self, base: Syntax, rest: list[Item]) -> Node:
        """Read the expression behind a differential operator, \\frac{d}{dx} f(x), and differentiate it."""
        if not rest:
            raise Unreadable("this derivative acts on what follows it, and nothing does", base.start, base.end)
        return gradients.behind_bar(self.scope, rest, lambda items: self._derivative(base, items))

    def _derivative(self, base: Syntax, rest: list[Item]) -> Node:
        """Return the derivative of some items."""
        target = unnamed_target(self.scope, lambda: self.product(rest))
        made = derivatives.acting(self.scope, base, target, rest[0].start, rest[-1].end)
        whole = next((one.value for one in self.scope.unnamed if one.symbol is target.symbol), None)
        ambiguities.behind_operator(rest, made, whole)
        return made

    def factor(self, items: list[Item], index: int) -> tuple[Node, int]:
        """Read one factor; return its node and the position of the item behind it."""
        item = items[index]
        if isinstance(item, Node):
            return item, index + 1
        base, _ = split(item)
        assert base is not None
        if base.kind == "OP":
            return applications.read_operator(self.scope, item, items, index)
        if not derivative_signs.slashed(self.scope, items, index) and differentials.begins(self.scope, items, index):
            return differentials.read(self.scope, items, index)
        if base.kind == "PARTIAL":
            return derivatives.with_slash(self.scope, items, index)
        if base.kind == "NABLA":
            return gradients.read_nabla(self.scope, items, index)
        if base.kind in ("NAME", "TEXT"):
            if derivative_signs.slashed(self.scope, items, index):
                return derivatives.with_slash(self.scope, items, index)
            use = read_name(item)
            if use is not None and (call := authored_functions.read_call(self.scope, use, items, index)):
                return call
            function = use and operators.function_of(self.table, use)
            if use is not None and function:
                return self.application(use, function, items, index)
            following = items[index + 1] if index + 1 < len(items) else None
            found = self.table.find(use) if use is not None and not use.operations else None
            scalar = found is not None and shapes.is_scalar(found[0].shape)
            if scalar and isinstance(following, Syntax) and is_paren(following):
                self.scope.read_as_products.append(str(found[0]) if found else "")
        return self.atom(item), index + 1

    def application(self, use: NameUse, function: Symbol | str, items: list[Item], index: int) -> tuple[Node, int]:
        """Read g(a), g'(a) or ℓ(ŷ, y) with the scripts behind the parenthesis."""
        if use.operations or use.power is not None:
            message = "a power of a function can be read in two ways; write \\bigl(g(x)\\bigr)^2"
            raise Unreadable(message, use.start, use.end)
        name = str(function) if isinstance(function, Symbol) else "σ"
        following = items[index + 1] if index + 1 < len(items) else None
        if not (isinstance(following, Syntax) and is_paren(following)):
            if function == "logistic" and not use.primes:
                raise self.table.unknown(use)
            written = f"{name}{chr(39) * use.primes}(…)"
            raise Unreadable(f"{name} is a function: it needs ( )", use.start, use.end, f"write {written}")
        paren, scripts = split(following)
        assert paren is not None
        arguments = [self.expression(item) for item in paren.items]
        place = (use.start, paren.end)
        if isinstance(function, Symbol):
            self.scope.uses.add(function)
        if isinstance(function, Symbol) and not _is_elementwise(function):
            if use.primes:
                message = f"{name}' has no meaning: {name} takes several numbers; write ∂ with a name for its value"
                raise Unreadable(message, use.start, use.end)
            made = shapes.apply_function(function, arguments, *place)
        else:
            operators.one_argument(arguments, name, place)
            if use.primes > 2:
                raise Unreadable("derivatives above the second are not in the language", use.start, use.end)
            data = (function, use.primes)
            made = shapes.node("function", (arguments[0],), arguments[0].shape, data, start=place[0], end=place[1])
        return self.with_scripts(made, scripts), index + 2

    def atom(self, item: Syntax) -> Node:
        """Read a factor that is not an application: a name, a number or a bracket, with its scripts."""
        base, scripts = split(item)
        assert base is not None
        if base.kind in ("NAME", "TEXT"):
            use = read_name(item)
            if use is not None:
                return self.name(use)
            raise Unreadable("only a derivative is followed by a bar with held nodes", item.start, item.end)
        if (at_point := gradients.read_at_point(self.scope, base, scripts)) is not None:
            return at_point
        if scripts and scripts[-1].mark == "|":
            return derivatives.held_fixed(self.scope, base, scripts)
        if base.kind == "ONES":
            return arrays.read_constant_array(self.scope, base, scripts)
        if base.kind == "norm":
            return arrays.read_norm(self.scope, base, scripts)
        if base.kind == "inner":
            below = tuple(script for script in scripts if script.mark == "_")
            rest = tuple(script for script in scripts if script.mark != "_")
            return self.with_scripts(arrays.read_inner(self.scope, base, below), rest)
        return self.with_scripts(self.base(base), scripts)

    def base(self, base: Syntax) -> Node:
        """Read the base that scripts belong to, by its kind."""
        if base.kind == "NUM":
            return Node("constant", (), SCALAR, NONE, base.start, base.end, self.scope.segment, base.meaning, True)
        if base.kind in ("paren", "boxed"):
            if len(base.items) != 1:
                raise Unreadable("a list in parentheses is read only behind a function", base.start, base.end)
            inner = self.expression(base.items[0])
            notes.read(self.scope, base, inner)
            return replace(inner, start=base.start, end=base.end)
        if base.kind == "absolute":
            inner = self.expression(base.items[0])
            ambiguities.bars(base)
            return readings.between_bars(inner, self.scope.choice, base.start, base.end)
        if base.kind == "fraction":
            return derivatives.fraction(self.scope, base, frozenset()) or shapes.quotient(
                self.expression(base.items[0]), self.expression(base.items[1]), base.start, base.end
            )
        if base.kind == "root":
            return shapes.root(self.expression(base.items[0]), base.start, base.end)
        if base.kind == "held":
            return derivatives.held_fixed(self.scope, base, ())
        if base.kind == "matrix":
            return arrays.read_matrix(self.scope, base)
        if base.kind == "indicator":
            return read_indicator(self.scope, base)
        if base.kind == "cases":
            return read_cases(self.scope, base)
        shown = self.scope.segment.text[base.start : base.end]
        raise Unreadable(f"{shown} is not read here", base.start, base.end)

    def name(self, use: NameUse) -> Node:
        """Read a name with its components and operations."""
        bound = authored_functions.argument_value(self.scope, use)
        if bound is not None:
            return bound
        if (earlier := read_previous(self.scope, use)) is not None:
            return operators.operated(earlier, use.operations, use.start, use.end)
        found = self.table.find(use)
        if found is None:
            return self.undeclared(use)
        symbol, picks = found
        if symbol.kind == "rule":
            raise Unreadable(f"{symbol} is a function: it needs ( )", use.start, use.end, f"write {symbol}(…)")
        if symbol.kind == "function":
            if picks:
                raise self.table.unknown(use)
            raise Unreadable(f"{symbol} is a function: it needs ( )", use.start, use.end, f"write {symbol}(…)")
        target = self.scope.target(use, symbol, picks)
        rows, columns = symbol.shape
        powered = use.operations == ("square",) or use.power is not None
        if target.components and powered and ambiguities.same_square(rows, columns):
            message = f"entry of the square {symbol}², or square of the entry?"
            raise Unreadable(message, use.start, use.end, "write (A_{ij})^2 or (A^2)_{ij}")
        entry = target.components and shapes.is_scalar(target.shape)
        if entry and use.operations not in ((), ("square",)):
            message = "component of the transpose, or transpose of the component?"
            raise Unreadable(message, use.start, use.end, "write (A^\\top)_{ij}")
        if use.primes == 1 and "primes" in self.table.layout and not target.components and not use.operations:
            use = replace(use, primes=0, operations=("transpose",))
        if use.primes:
            hint = f"write \\frac{{\\partial {symbol}}}{{\\partial x}}, declare {symbol} as a function, "
            hint += "or say in the text: A prime denotes the transpose."
            raise Unreadable(f"{symbol} is a value: it carries no prime", use.start, use.end, hint)
        self.scope.uses.add(symbol)
        made = Node("name", (), target.shape, target.indices, use.start, use.end, self.scope.segment, target)
        if (counted := powers.letter_t(self.scope, made, use.letter_t, use.above, use.operations)) is not None:
            return counted
        return powers.raised(self.scope, made, use)

    def undeclared(self, use: NameUse) -> Node:
        """Read a name with a meaning of its own: e, π, I, a dimension, an index in an indicator; refuse others."""
        letter, bare = use.letter.letter, not (use.letter.accent or use.sup or use.primes)
        place: dict[str, Any] = {"start": use.start, "end": use.end, "segment": self.scope.segment}
        number = letter == "e" and bare and not (use.subs or use.letter.bold) and self.table.has_own_meaning(use)
        if number and (use.power is not None or use.operations):
            if "e" in self.table.dims or "e" in self.scope.ranged or "e" in self.scope.free:
                message = "e is a letter of this derivation, and reads as Euler's number here"
                raise Unreadable(message, use.start, use.end, "write \\exp(…), or give the dimension another letter")
            above = use.above if use.letter_t and "transpose" in use.operations else use.power  # e^t, e^{-t}
            if above is None:
                exponents = {"inverse": -1.0, "square": 2.0}
                if len(use.operations) != 1 or use.operations[0] not in exponents:
                    raise self.table.unknown(use)
                value = exponents[use.operations[0]]
                inner = Node("constant", (), SCALAR, NONE, use.start, use.end, self.scope.segment, value)
            else:
                inner = self.single(above)
            return shapes.node("function", (inner,), inner.shape, ("exp", 0), **place)
        label = "_".join((letter, *use.subs))
        if bare and label in self.table.dims:
            made = Node("dimension", (), SCALAR, NONE, use.start, use.end, self.scope.segment, self.table.dims[label])
            return powers.raised(self.scope, made, use)
        plain = not (use.letter.accent or use.sup or use.subs)
        primed = letter + "'" * use.primes
        counts = self.scope.counts(primed) and (letter != "pi" or letter in self.scope.free)
        if plain and primed not in self.table.labels and counts:
            index = self.scope.index(primed, use, bold=use.letter.bold)
            if "transpose" in use.operations:
                raise Unreadable(f"{letter} is the number of an entry and carries no ⊤", use.start, use.end)
            made = self.scope.number_of(index, use)
            return powers.raised(self.scope, made, use)
        if use.power is not None:
            raise self.table.unknown(use)
        if (delta := read_kronecker(self.scope, use)) is not None:
            return delta
        if letter == "pi" and bare and not use.subs and all(key[0] != "pi" for key in self.table.taken):
            made = Node("pi", (), SCALAR, NONE, use.start, use.end, self.scope.segment)
            return operators.operated(made, use.operations, use.start, use.end)
        if letter == "I" and bare and self.table.has_own_meaning(use):
            rows = operators.sized(self.table, use.subs, use)
            return operators.operated(shapes.ones("eye", rows, rows, **place), use.operations, use.start, use.end)
        raise self.table.unknown(use, applied=_BEFORE_ARGUMENT.match(self.scope.segment.text, use.end) is not None)

    def with_scripts(self, made: Node, scripts: tuple[Script, ...]) -> Node:
        """Apply the scripts behind a bracket: components, transposes, powers."""
        components = any(script.mark == "_" for script in scripts)
        for script in sorted(scripts, key=lambda script: script.mark != "_"):
            if script.mark == "_":
                made = operators.component(self.scope, made, script)
                continue
            found = superscript(script) if script.mark == "^" else None
            if found is not None and found[0]:
                message = "a layer in parentheses is written at a name"
                raise Unreadable(message, script.start, script.end, "a power has no parentheses: x^2")
            if script.mark == "^" and found is None:
                made = powers.power(self.scope, made, script.sides[0], made.start, script.end)
                continue
            if found is None and "primes" in self.table.layout and not components:
                made = shapes.transpose(made, made.start, script.end)
                continue
            if found is None:
                hint = "write ^\\top, or state it in the text: A prime denotes the transpose."
                raise Unreadable("a prime follows a function", script.start, script.end, hint)
            if components and found[1] != ("square",):
                message = "component of the transpose, or transpose of the component?"
                raise Unreadable(message, script.start, script.end, "write \\bigl((…)^\\top\\bigr)_i")
            counted = powers.letter_t(self.scope, made, writes_t(script), script.sides[0], found[1])
            made = counted or operators.operated(made, found[1], made.start, script.end)
        return made


_BEFORE_ARGUMENT = re.compile(r"\s*(?:\\left|\\[bB]igg?l?)?\s*\(")  # the bracket behind a function's name
_HADAMARD_HINT = "⊙ takes the whole products beside it; write (a \\odot b) c for the other reading"


def _is_elementwise(symbol: Symbol) -> bool:
    return len(symbol.arguments) == 1 and symbol.arguments[0] == SCALAR


def _is_sum(item: Item) -> bool:
    base, _ = split(item)
    return base is not None and base.kind == "SUM" and bool(base.meaning == "\\sum")


def _as_syntax(item: Item) -> Syntax:
    assert isinstance(item, Syntax)
    return item
