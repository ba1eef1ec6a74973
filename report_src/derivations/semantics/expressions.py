"""From syntax to nodes: what binds to what, which names are applied, which subscripts pick components.

juxtaposition and \\cdot bind tighter than \\odot, which binds tighter than +; a sum takes everything up
to the next + or −; log, exp and tanh without parentheses take the factors up to + − ⊙.
"""

from __future__ import annotations

from typing import Any

from report_src.derivations.semantics import derivatives, shapes
from report_src.derivations.semantics.derivatives import Item
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import NONE, Node
from report_src.derivations.semantics.symbols import ONE, SCALAR, Dim, Selector, Symbol, same
from report_src.derivations.syntax.errors import Unreadable
from report_src.derivations.syntax.names import (
    NameUse,
    only_items,
    read_name,
    show_key,
    subscripts,
    superscript,
    writes_t,
)
from report_src.derivations.syntax.parser import Script, Side, Syntax
from report_src.derivations.syntax.pretty import pretty
from report_src.derivations.syntax.vocabulary import GREEDY

ELEMENTWISE = {"log": "log", "ln": "log", "exp": "exp", "tanh": "tanh", "ReLU": "relu", "sign": "sign"}


class Reader:
    """Reads the expressions of one statement."""

    def __init__(self, scope: Scope) -> None:
        """Read within the indices and symbols of a scope."""
        self.scope = scope
        self.table = scope.table

    def single(self, side: Side) -> Node:
        """Read a side that must be one expression."""
        if len(side.items) != 1:
            raise Unreadable("a list cannot stand here", side.start, side.end)
        return self.expression(side.items[0])

    def expression(self, tree: Syntax) -> Node:
        """Read terms with signs between them."""
        nodes = [self.hadamard_chain(list(term.items)) for _, term in tree.items]
        signs = [sign for sign, _ in tree.items]
        if len(nodes) == 1 and signs == ["+"]:
            return nodes[0]
        made = shapes.add(nodes, signs)
        made.start = tree.start
        return made

    def hadamard_chain(self, items: list[Item]) -> Node:
        """Read a term: products separated by ⊙; a sum sign takes all that follows it."""
        products: list[list[Item]] = [[]]
        for position, item in enumerate(items):
            base, _ = _split(item)
            if base is not None and base.kind == "ODOT":
                products.append([])
            elif base is not None and base.kind == "SUM":
                products[-1].append(self.sum(item, items[position + 1 :]))
                break
            else:
                products[-1].append(item)
        for part in products:
            if not part:
                end = items[-1].end
                raise Unreadable("⊙ stands between two factors", items[0].start, end)
        return shapes.hadamard([self.product(part) for part in products])

    def product(self, items: list[Item]) -> Node:
        """Read factors side by side, \\cdot between them, and one / for a quotient."""
        factors: list[Node] = []
        index = 0
        while index < len(items):
            item = items[index]
            kind = item.kind if isinstance(item, Syntax) else ""
            if kind in ("CDOT", "SLASH", "TIMES"):
                if kind == "TIMES":
                    raise Unreadable("× is read in \\mathbb{R}^{m \\times n} alone", item.start, item.end)
                if not factors or index + 1 == len(items):
                    raise Unreadable("a factor is missing beside this sign", item.start, item.end)
                index += 1
                if kind == "SLASH":
                    right, index = self.factor(items, index)
                    if index < len(items):
                        message = "a/bc can be read in two ways; write \\frac or parentheses"
                        raise Unreadable(message, item.start, items[index].end)
                    left = shapes.product(factors)
                    return shapes.quotient(left, right, left.start, right.end)
                continue
            self.refuse_differential(items, index)
            open_ended = _kind(item)
            factor, index = self.factor(items, index)
            self.refuse_application(item, factor, items, index)
            if open_ended in ("NABLA", "PARTIAL") and index < len(items):
                self.refuse_behind_derivative(open_ended, factor, items, index)
            factors.append(factor)
        return shapes.product(factors)

    def factor(self, items: list[Item], index: int) -> tuple[Node, int]:
        """Read one factor and return it with the index after it."""
        item = items[index]
        if isinstance(item, Node):
            return item, index + 1
        base, _ = _split(item)
        assert base is not None
        if base.kind == "OP":
            return self.operator(item, items, index)
        if base.kind == "PARTIAL":
            return derivatives.with_slash(self.scope, items, index)
        if base.kind == "NABLA":
            return derivatives.nabla(self.scope, items, index)
        if base.kind == "NAME":
            use = read_name(item)
            function = use and self.function(use)
            if use is not None and function:
                return self.application(use, function, items, index)
            following = items[index + 1] if index + 1 < len(items) else None
            found = self.table.find(use) if use is not None and not use.operations else None
            scalar = found is not None and shapes.is_scalar(found[0].shape)
            if scalar and isinstance(following, Syntax) and _is_paren(following):
                self.scope.read_as_products.append(base.meaning.letter)
        return self.atom(item), index + 1

    def function(self, use: NameUse) -> Symbol | str | None:
        """Return the function that a name means: a declared one, or the logistic σ."""
        symbol = self.table.symbols.get((use.letter.letter, use.letter.accent, use.sup, use.subs))
        if symbol is not None:
            return symbol if symbol.kind == "function" else None
        bare = use.letter.letter == "sigma" and not (use.letter.accent or use.sup or use.subs)
        return "logistic" if bare and self.table.find(use) is None else None

    def application(self, use: NameUse, function: Symbol | str, items: list[Item], index: int) -> tuple[Node, int]:
        """Read g(a), g'(a), ℓ(ŷ, y) and the scripts that follow the parenthesis."""
        if use.operations or use.power is not None:
            message = "a power of a function can be read in two ways; write \\bigl(g(x)\\bigr)^2"
            raise Unreadable(message, use.start, use.end)
        name = str(function) if isinstance(function, Symbol) else "σ"
        following = items[index + 1] if index + 1 < len(items) else None
        if not (isinstance(following, Syntax) and _is_paren(following)):
            written = f"{name}{chr(39) * use.primes}(…)"
            raise Unreadable(f"{name} is a function: it needs ( )", use.start, use.end, f"write {written}")
        paren, scripts = _split(following)
        assert paren is not None
        arguments = [self.expression(item) for item in paren.items]
        place = (use.start, paren.end)
        if isinstance(function, Symbol):
            self.scope.uses.add(function)
        if isinstance(function, Symbol) and not _elementwise(function):
            if use.primes:
                message = f"{name}' has no meaning: {name} takes several numbers; write ∂ with a name for its value"
                raise Unreadable(message, use.start, use.end)
            made = shapes.apply_function(function, arguments, *place)
        else:
            self.one_argument(arguments, name, place)
            if use.primes > 2:
                raise Unreadable("derivatives above the second are not in the language", use.start, use.end)
            data = (function, use.primes)
            made = shapes.node("function", (arguments[0],), arguments[0].shape, data, start=place[0], end=place[1])
        return self.with_scripts(made, scripts), index + 2

    @staticmethod
    def one_argument(arguments: list[Node], name: str, place: tuple[int, int]) -> None:
        """Refuse an application to several arguments."""
        if len(arguments) != 1:
            raise Unreadable(f"{name} takes one argument", *place)

    def operator(self, item: Syntax, items: list[Item], index: int) -> tuple[Node, int]:
        """Read log, exp, tanh, ReLU, sign, softmax, diag, tr, max and their arguments."""
        base, scripts = _split(item)
        assert base is not None
        name, primes, squared = base.meaning, 0, False
        for script in scripts:
            if script.mark == "'" and name in ("tanh", "exp", "log", "ln", "ReLU"):
                primes += 1
            elif script.mark == "^" and superscript(script) == ("", ("square",)) and name in GREEDY:
                squared = True
            else:
                message = f"{name} carries no such script here"
                raise Unreadable(message, script.start, script.end, "put it behind the parenthesis")
        following = items[index + 1] if index + 1 < len(items) else None
        if isinstance(following, Syntax) and _is_paren(following):
            paren, behind = _split(following)
            assert paren is not None
            arguments = [self.expression(part) for part in paren.items]
            after, end = index + 2, paren.end
            self.refuse_behind_bracket(name, behind, items, after)
        elif name in GREEDY and following is not None:
            argument, after = self.bare_argument(name, items, index + 1)
            arguments, behind, end = [argument], (), argument.end
        else:
            raise Unreadable(f"{name} needs its argument in parentheses", item.start, item.end)
        made = self.operated(name, arguments, primes, item.start, end)
        if squared:
            made = shapes.node("elementwise_square", (made,), made.shape)
        return self.with_scripts(made, behind), after

    def bare_argument(self, name: str, items: list[Item], index: int) -> tuple[Node, int]:
        """Read what log takes without parentheses: one factor, or a number and a name."""
        first = items[index]
        kinds = [_kind(item) for item in items[index : index + 2]]
        if kinds[0] == "OP" and not (index + 1 < len(items) and _kind(items[index + 1]) == "paren"):
            message = f"{name} of {_text(self, first)} can be read in two ways"
            raise Unreadable(message, first.start, first.end, f"write \\{name}(…) with parentheses")
        if kinds == ["NUM", "NAME"]:
            argument, after = self.product(items[index : index + 2]), index + 2
        else:
            argument, after = self.factor(items, index)
        if after < len(items):
            taken, rest = _text(self, first), _text(self, items[after])
            message = f"{name} {taken} {rest} can be read as {name}({taken} {rest}) and as ({name} {taken}) {rest}"
            raise Unreadable(message, items[index - 1].start, items[-1].end, "write the one you mean with parentheses")
        return argument, after

    def refuse_behind_bracket(self, name: str, behind: tuple[Script, ...], items: list[Item], after: int) -> None:
        """Refuse log(x)^2 and log(x)(y): what stands behind the bracket may belong to it."""
        powers = [script for script in behind if script.mark != "_"]
        if powers and name in (*GREEDY, "tr"):
            message = f"{name}(x)^2 can be read as ({name}(x))^2 and as {name}((x)^2)"
            raise Unreadable(message, powers[0].start, powers[0].end, "write the one you mean with parentheses")
        if after < len(items) and _kind(items[after]) == "paren" and name in (*GREEDY, "tr"):
            message = f"{name}(x)(y) can be read as ({name}(x))(y) and as {name}((x)(y))"
            raise Unreadable(message, items[after].start, items[after].end, "write a \\cdot or the product in brackets")

    def refuse_behind_derivative(self, kind: str, read: Node, items: list[Item], index: int) -> None:
        """Refuse ∇fq, the gradient of f or of fq, and ∂L/∂x y; ∇f A has one meaning where A is an array."""
        if kind == "NABLA" and _kind(items[index]) in ("NAME", "paren", "NUM"):
            following, _ = self.factor(items, index)
            if not shapes.is_scalar(following.shape):
                return
        message = f"what follows {read} can be read as part of the derivative, and as a factor"
        raise Unreadable(message, items[index].start, items[-1].end, "write the derivative in parentheses")

    def refuse_application(self, item: Item, read: Node, items: list[Item], index: int) -> None:
        """Refuse a value or derivative with a bracket behind it that can be read as its argument: L(0), x(y)."""
        following = items[index] if index < len(items) else None
        if not isinstance(following, Syntax) or _kind(following) != "paren":
            return
        kind = _kind(item)
        base, behind = _split(following)
        assert base is not None
        inner = base.items[0].items if len(base.items) == 1 else ()
        shown = f"{_text(self, item)}{self.scope.segment.text[following.start : following.end]}"
        hint = "write \\cdot between the factors"
        if read.op == "derivative" and kind != "paren":
            message = f"{pretty(shown)} can be read as the derivative at a point, and as a product"
            raise Unreadable(message, item.start, following.end, hint)
        if kind != "NAME" or read.op not in ("name", "dimension"):
            return
        use = read_name(item) if isinstance(item, Syntax) else None
        logistic = use is not None and use.letter.letter == "sigma"
        turned = any(script.mark == "^" and "transpose" in (superscript(script) or ("", ()))[1] for script in behind)
        if turned and not shapes.is_scalar(read.shape) and not logistic:
            return
        if len(inner) == 1 and any(_kind(part) == "SUM" for part in inner[0][1].items) and not logistic:
            return
        several = len(inner) == 1 and len(inner[0][1].items) > 1
        if len(inner) > 1 and not logistic:
            return
        if several and not shapes.is_scalar(read.shape) and not logistic:
            return
        letter = use.letter.letter if use is not None else ""
        message = f"{pretty(shown)} can be read as {letter} applied, and as a product; {letter} is a value"
        raise Unreadable(message, item.start, following.end, hint)

    def refuse_differential(self, items: list[Item], index: int) -> None:
        """Refuse dL where d is a letter of a dimension: it reads as a differential."""
        first, following = items[index], items[index + 1] if index + 1 < len(items) else None
        if not isinstance(first, Syntax) or not isinstance(following, Syntax):
            return
        if first.kind == "NAME" and first.meaning.letter == "d" and _kind(following) == "NAME":
            message = f"d{_text(self, following)} reads as a differential, and d is a number here"
            raise Unreadable(
                message, first.start, following.end, "write \\mathrm d or \\partial, or d\\cdot for a product"
            )

    def operated(self, name: str, arguments: list[Node], primes: int, start: int, end: int) -> Node:
        """Apply an operator to its arguments."""
        if name == "max":
            if len(arguments) != 2 or not any(arg.literal for arg in arguments):
                raise Unreadable("max is read as \\max(0, z)", start, end)
            constant, inner = sorted(arguments, key=lambda arg: not arg.literal)
            return shapes.node("maximum", (constant, inner), inner.shape, start=start, end=end)
        self.one_argument(arguments, name, (start, end))
        inner = arguments[0]
        if name == "softmax" and shapes.is_one(inner.shape[0]) and not shapes.is_scalar(inner.shape):
            message = f"softmax of {inner}, {shapes.describe(inner.shape)}: it works on columns, and each has one entry"
            hint = "softmax(\\mathbf z)^\\top of a column is the row that is meant"
            raise Unreadable(message, start, end, hint)
        if name == "softmax":
            return shapes.node("softmax", (inner,), inner.shape, start=start, end=end)
        if name == "diag":
            return shapes.diag(inner, start, end)
        if name == "tr":
            return shapes.trace(inner, start, end)
        if primes > 2:
            raise Unreadable("derivatives above the second are not in the language", start, end)
        data = (ELEMENTWISE[name], primes)
        return shapes.node("function", (inner,), inner.shape, data, start=start, end=end)

    def atom(self, item: Syntax) -> Node:
        """Read a factor that is no application: a name, a number, a bracket, with its scripts."""
        base, scripts = _split(item)
        assert base is not None
        if base.kind == "NAME":
            use = read_name(item)
            if use is not None:
                return self.name(use)
            raise Unreadable("only a derivative is followed by a bar with held nodes", item.start, item.end)
        if scripts and scripts[-1].mark == "|":
            return derivatives.held_fixed(self.scope, base, scripts)
        if base.kind == "ONES":
            return self.constant_array(base, scripts)
        if base.kind == "norm":
            return self.norm(base, scripts)
        return self.with_scripts(self.base(base), scripts)

    def base(self, base: Syntax) -> Node:
        """Read what scripts may stand on, by its kind."""
        place: dict[str, Any] = {"start": base.start, "end": base.end, "segment": self.scope.segment}
        if base.kind == "NUM":
            return Node("constant", (), SCALAR, NONE, base.start, base.end, self.scope.segment, base.meaning, True)
        if base.kind in ("paren", "boxed"):
            if len(base.items) != 1:
                raise Unreadable("a list in parentheses is read behind a function alone", base.start, base.end)
            inner = self.expression(base.items[0])
            widened = Node(**{name: getattr(inner, name) for name in Node.__slots__})
            widened.start, widened.end = base.start, base.end
            return widened
        if base.kind == "absolute":
            inner = self.expression(base.items[0])
            return shapes.node("absolute", (inner,), inner.shape, **place)
        if base.kind == "fraction":
            return derivatives.fraction(self.scope, base, frozenset()) or shapes.quotient(
                self.expression(base.items[0]), self.expression(base.items[1]), base.start, base.end
            )
        if base.kind == "root":
            return shapes.root(self.expression(base.items[0]), base.start, base.end)
        if base.kind == "held":
            return derivatives.held_fixed(self.scope, base, ())
        if base.kind == "indicator":
            return self.indicator(base)
        shown = self.scope.segment.text[base.start : base.end]
        raise Unreadable(f"{shown} cannot stand here", base.start, base.end)

    def norm(self, base: Syntax, scripts: tuple[Script, ...]) -> Node:
        """Read ‖x‖, ‖x‖_2, ‖W‖_F and their squares."""
        kind, squared = "", False
        for script in scripts:
            if script.mark == "_" and subscripts(script) in (("2",), ("F",)):
                kind = (subscripts(script) or ("",))[0]
            elif script.mark == "^" and superscript(script) == ("", ("square",)):
                squared = True
            else:
                raise Unreadable("a norm carries _2, _F or ^2", script.start, script.end)
        end = scripts[-1].end if scripts else base.end
        made = shapes.norm(self.expression(base.items[0]), kind, base.start, end)
        return shapes.square(made, base.start, end) if squared else made

    def indicator(self, base: Syntax) -> Node:
        """Read 1[z > 0] and 1[i = j]."""
        self.scope.in_indicator = True
        try:
            left, right = self.expression(base.items[0]), self.expression(base.items[2])
        finally:
            self.scope.in_indicator = False
        if not (left.literal or right.literal):
            shapes.agree(left, right)
        shape = right.shape if left.literal else left.shape
        if base.items[1] not in ("=", "<", ">", "<=", ">="):
            raise Unreadable("an indicator compares with =, <, >, \\le or \\ge", base.start, base.end)
        return shapes.node("indicator", (left, right), shape, base.items[1], start=base.start, end=base.end)

    def constant_array(self, base: Syntax, scripts: tuple[Script, ...]) -> Node:
        """Read \\mathbf 1, \\mathbf 1_m, \\mathbf 0 and their transposes."""
        below = [subscripts(script) for script in scripts if script.mark == "_"]
        if None in below or len(below) > 1:
            raise Unreadable("below an array of ones or zeros stands its dimension", base.start, scripts[-1].end)
        subs = below[0] if below else None
        place: dict[str, Any] = {"start": base.start, "end": base.end, "segment": self.scope.segment}
        rows = self.sized(subs, base)
        if base.meaning == 1:
            made = shapes.ones("ones", rows, ONE, **place)
        else:
            made = shapes.ones("zeros", rows, ONE if subs else Dim(), **place)
        return self.with_scripts(made, tuple(script for script in scripts if script.mark != "_"))

    def sized(self, subs: tuple[str, ...] | None, base: Any) -> Dim:
        """Return the dimension in the subscript of 1_m or I_m, or one that the row must determine."""
        if not subs:
            return Dim()
        label = "_".join(subs)
        if label in self.table.dims:
            return self.table.dims[label]
        raise Unreadable(f"{label} is not a dimension", base.start, base.end)

    def name(self, use: NameUse) -> Node:
        """Read a name with its components and operations."""
        found = self.table.find(use)
        if found is None:
            return self.undeclared(use)
        symbol, picks = found
        if symbol.kind == "function":
            if picks:
                raise self.table.unknown(use)
            raise Unreadable(f"{symbol} is a function: it needs ( )", use.start, use.end, f"write {symbol}(…)")
        target = self.scope.target(use, symbol, picks)
        rows, columns = symbol.shape
        if target.components and use.operations == ("square",) and same_square(rows, columns):
            message = f"entry of the square {symbol}², or square of the entry?"
            raise Unreadable(message, use.start, use.end, "write (A_{ij})^2 or (A^2)_{ij}")
        if target.components and use.operations not in ((), ("square",)):
            message = "component of the transpose, or transpose of the component?"
            raise Unreadable(message, use.start, use.end, "write (A^\\top)_{ij}")
        if use.primes or use.power is not None:
            if use.primes:
                hint = f"write \\frac{{\\partial {symbol}}}{{\\partial x}}, or declare {symbol} as a function"
                raise Unreadable(f"{symbol} is a value: it carries no prime", use.start, use.end, hint)
            raise Unreadable(_POWER, use.start, use.end, "write the product; a layer stands in parentheses: W^{(3)}")
        self.scope.uses.add(symbol)
        made = Node("name", (), target.shape, target.indices, use.start, use.end, self.scope.segment, target)
        if use.letter_t:
            self.refuse_t(made, use.start, use.end)
        return self.operations(made, use.operations, use.start, use.end)

    def refuse_t(self, base: Node, start: int, end: int) -> None:
        """Refuse ^T where it can be a power: T is a letter of this derivation, or the base is a scalar."""
        known = "T" in self.table.dims or any(key[0] == "T" for key in self.table.symbols)
        known = known or "T" in self.scope.ranged or "T" in self.scope.free
        if known or shapes.is_scalar(base.shape):
            message = "^T can be read as the transpose and as the power T"
            raise Unreadable(message, start, end, "write ^\\top for the transpose")

    def undeclared(self, use: NameUse) -> Node:
        """Read Euler's e, the identity, a dimension as a number, an index in an indicator; or refuse."""
        letter, bare = use.letter.letter, not (use.letter.accent or use.sup or use.primes)
        place: dict[str, Any] = {"start": use.start, "end": use.end, "segment": self.scope.segment}
        if letter == "e" and bare and not use.subs and (use.power is not None or use.operations):
            if "e" in self.table.dims or "e" in self.scope.ranged or "e" in self.scope.free:
                message = "e is a letter of this derivation, and reads as Euler's number here"
                raise Unreadable(message, use.start, use.end, "write \\exp(…), or give the dimension another letter")
            if use.power is None:
                exponents = {"inverse": -1.0, "square": 2.0}
                if use.operations[0] not in exponents:
                    raise self.table.unknown(use)
                value = exponents[use.operations[0]]
                inner = Node("constant", (), SCALAR, NONE, use.start, use.end, self.scope.segment, value)
            else:
                inner = self.single(use.power)
            return shapes.node("function", (inner,), inner.shape, ("exp", 0), **place)
        if use.power is not None:
            raise Unreadable(_POWER, use.start, use.end, _power_hint(use))
        label = "_".join((letter, *use.subs))
        if bare and label in self.table.dims:
            made = Node("dimension", (), SCALAR, NONE, use.start, use.end, self.scope.segment, self.table.dims[label])
            return self.operations(made, use.operations, use.start, use.end)
        if letter == "I" and bare:
            rows = self.sized(use.subs, use)
            return self.operations(shapes.ones("eye", rows, rows, **place), use.operations, use.start, use.end)
        if bare and not use.subs and self.scope.in_indicator and not use.operations:
            index = self.scope.index(letter, use, bold=use.letter.bold)
            return Node("index", (), SCALAR, frozenset({index}), use.start, use.end, self.scope.segment, index)
        raise self.table.unknown(use)

    def operations(self, made: Node, operations: tuple[str, ...], start: int, end: int) -> Node:
        """Apply transposes, inverses and squares."""
        for operation in operations:
            if operation == "transpose":
                made = shapes.transpose(made, start, end)
            elif operation == "inverse":
                made = shapes.inverse(made, start, end)
            else:
                made = shapes.square(made, start, end)
        return made

    def with_scripts(self, made: Node, scripts: tuple[Script, ...]) -> Node:
        """Apply the scripts behind a bracket: components, transposes, squares."""
        components = any(script.mark == "_" for script in scripts)
        for script in sorted(scripts, key=lambda script: script.mark != "_"):
            if script.mark == "_":
                made = self.component(made, script)
                continue
            found = superscript(script) if script.mark == "^" else None
            if found is None or found[0]:
                raise Unreadable(_POWER if script.mark == "^" else "a prime follows a function", *_place(script))
            if components and found[1] != ("square",):
                message = "component of the transpose, or transpose of the component?"
                raise Unreadable(message, script.start, script.end, "write \\bigl((…)^\\top\\bigr)_i")
            if writes_t(script):
                self.refuse_t(made, script.start, script.end)
            made = self.operations(made, found[1], made.start, script.end)
        return made

    def component(self, made: Node, script: Script) -> Node:
        """Read (…)_i and (…)_{ij}."""
        subs = subscripts(script)
        if subs is None:
            raise Unreadable("this subscript is not an index", script.start, script.end)
        rows, columns, count = self.scope.picks(subs, made.shape, str(made), script.start, script.end)
        picked: list[Selector | None] = [rows, columns]
        extra = frozenset(pick for pick in picked if pick is not None and not isinstance(pick, int))
        result = shapes.node("component", (made,), SCALAR, tuple(picked), end=script.end)
        result.indices = made.indices | extra
        assert count
        return result

    def sum(self, item: Item, body_items: list[Item]) -> Node:
        """Read a sum over the product that follows it."""
        assert isinstance(item, Syntax)
        if not body_items:
            raise Unreadable("the sum has nothing to add up", item.start, item.end)
        _, scripts = _split(item)
        letter, upper = self.limits(item, scripts)
        index = self.scope.bind(letter, item)
        if upper is not None and not same(index.dim, upper):
            raise Unreadable("this range does not fit", item.start, item.end)
        body = self.hadamard_chain(body_items)
        self.scope.release(letter)
        if index not in body.indices:
            message = f"the index {show_key((letter, '', '', ()))} does not occur in what is summed"
            raise Unreadable(message, item.start, item.end)
        if not index.dim.known():
            message = f"nothing determines the range of the index {show_key((letter, '', '', ()))}"
            raise Unreadable(message, item.start, item.end, "write the range: \\sum_{i=1}^{d}")
        made = shapes.node("sum", (body,), body.shape, index, start=item.start)
        made.indices = body.indices - {index}
        return made

    def limits(self, item: Syntax, scripts: tuple[Script, ...]) -> tuple[str, Dim | None]:
        """Return the letter of a sum's index and the dimension it runs to."""
        lower = next((script for script in scripts if script.mark == "_"), None)
        upper = next((script for script in scripts if script.mark == "^"), None)
        use = _plain_name(lower.sides[0]) if lower is not None else None
        if len(scripts) != (lower is not None) + (upper is not None):
            raise Unreadable("a sum carries its limits alone", item.start, item.end)
        if lower is None or use is None or not use.bare or use.subs:
            raise Unreadable("a sum is written \\sum_{i=1}^{d} or \\sum_i", item.start, item.end)
        ranged = lower.relation == "="
        starts = [only_items(side.items[0]) for side in lower.sides[1:]]
        from_one = [len(start) == 1 and start[0].kind == "NUM" and start[0].meaning.typed == "1" for start in starts]
        if (lower.relation and not ranged) or not all(from_one) or ranged != (upper is not None):
            raise Unreadable("a sum runs from 1 to a dimension: \\sum_{i=1}^{d}", lower.start, lower.end)
        if upper is None:
            return use.letter.letter, None
        end = _plain_name(upper.sides[0])
        label = "_".join((end.letter.letter, *end.subs)) if end and end.bare else ""
        if label not in self.table.dims:
            hint = f"declared are {', '.join(self.table.dims)}" if self.table.dims else ""
            raise Unreadable("a sum runs to a dimension letter", upper.start, upper.end, hint)
        return use.letter.letter, self.table.dims[label]


_POWER = "powers other than ^2, ^{-1} and ^\\top are not in the language"


def _power_hint(use: NameUse) -> str:
    side = use.power
    items = only_items(side.items[0]) if side is not None and len(side.items) == 1 else ()
    if len(items) == 1 and items[0].kind in ("NAME", "NUM"):
        return "a layer or an example is written in parentheses: W^{(2)}"
    return ""


def _place(script: Script) -> tuple[int, int]:
    return script.start, script.end


def _split(item: Item) -> tuple[Syntax | None, tuple[Script, ...]]:
    """Return the base of an item and its scripts."""
    if isinstance(item, Node):
        return None, ()
    if item.kind == "scripted":
        return item.items[0], item.items[1:]
    return item, ()


def _kind(item: Item) -> str:
    """Return the kind of an item without its scripts."""
    base, _ = _split(item)
    return base.kind if base is not None else ""


def _text(reader: Reader, item: Item) -> str:
    return pretty(reader.scope.segment.text[item.start : item.end])


def same_square(rows: Dim, columns: Dim) -> bool:
    """Tell whether an array is a square matrix."""
    return rows.root() is columns.root() and not shapes.is_one(rows)


def _is_paren(item: Syntax) -> bool:
    base, _ = _split(item)
    return base is not None and base.kind == "paren"


def _elementwise(symbol: Symbol) -> bool:
    return len(symbol.arguments) == 1 and symbol.arguments[0] == SCALAR


def _plain_name(side: Side) -> NameUse | None:
    items = only_items(side.items[0]) if len(side.items) == 1 else ()
    return read_name(items[0]) if len(items) == 1 else None
