"""Operators and their arguments, with or without brackets: log, exp, tanh, softmax, diag, tr, det, max."""

from __future__ import annotations

from report_src.derivations.semantics import ambiguities, operators, shapes
from report_src.derivations.semantics.items import Item, is_paren, kind_of, split, text
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.vocabulary import BARE, GREEDY
from report_src.derivations.syntax.names import superscript
from report_src.derivations.syntax.parser import Syntax


def read_operator(scope: Scope, item: Syntax, items: list[Item], index: int) -> tuple[Node, int]:
    """Read log, exp, tanh, ReLU, sign, softmax, diag, tr or max with its arguments, and the position behind them."""
    base, scripts = split(item)
    assert base is not None
    name, primes, squared = base.meaning, 0, False
    for script in scripts:
        if script.mark == "'" and name in ("tanh", "exp", "log", "ln", "ReLU", "sin", "cos"):
            primes += 1
        elif script.mark == "^" and superscript(script) == ("", ("square",)) and name in GREEDY:
            squared = True
        else:
            message = f"{name} carries no such script here"
            hint = _WITHOUT.get((name, script.mark), "put it behind the parenthesis")
            raise Unreadable(message, script.start, script.end, hint)
    following = items[index + 1] if index + 1 < len(items) else None
    if name == "det" and kind_of(following or item) == "absolute":  # det |A| has its bars for brackets
        bars, behind = split(items[index + 1])
        assert bars is not None
        arguments, after, end = [scope.reader.expression(bars.items[0])], index + 2, bars.end
    elif isinstance(following, Syntax) and is_paren(following):
        paren, behind = split(following)
        assert paren is not None
        arguments = [scope.reader.expression(part) for part in paren.items]
        after, end = index + 2, paren.end
        ambiguities.behind_bracket(scope, name, behind, items, after)
    elif name in BARE and following is not None:
        argument, after = _bare_argument(scope, name, items, index + 1)
        arguments, behind, end = [argument], (), argument.end
    else:
        raise Unreadable(f"{name} needs its argument in parentheses", item.start, item.end)
    made = operators.applied(name, arguments, primes, item.start, end, scope.table.layout)
    if squared:
        made = shapes.node("elementwise_square", (made,), made.shape)
    return scope.reader.with_scripts(made, behind), after


def _bare_argument(scope: Scope, name: str, items: list[Item], index: int) -> tuple[Node, int]:
    """Read the argument of an operator without parentheses: one factor, or a number and a name, \\log 2x."""
    first = items[index]
    kinds = [kind_of(item) for item in items[index : index + 2]]
    base, _ = split(first)
    determinant = base is not None and base.meaning == "det"  # log det K is the logarithm of the determinant of K
    if kinds[0] == "OP" and not determinant and not (index + 1 < len(items) and kind_of(items[index + 1]) == "paren"):
        message = f"{name} of {text(scope, first)} can be read in two ways"
        raise Unreadable(message, first.start, first.end, f"write \\{name}(…) with parentheses")
    if kinds == ["NUM", "NAME"]:
        argument, after = scope.reader.product(items[index : index + 2]), index + 2
    else:
        argument, after = scope.reader.factor(items, index)
    if after < len(items) and kind_of(items[after]) != "OP":  # \\sin x \\cos y is a product of two values
        taken, rest = text(scope, first), text(scope, items[after])
        message = f"{name} {taken} {rest} can be read as {name}({taken} {rest}) and as ({name} {taken}) {rest}"
        raise Unreadable(message, items[index - 1].start, items[-1].end, "write the one you mean with parentheses")
    return argument, after


# by an operator and the script that it does not carry, what to write instead
_WITHOUT = {("log", "_"): "write \\frac{\\log x}{\\log 2}"} | {
    (name, "^"): f"an inverse function is not read; write the equation that it solves, \\{name} y = x"
    for name in ("tanh", "sin", "cos")
}
