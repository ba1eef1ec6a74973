r"""The computation graph of a derivation: an arrow from each quantity to what is computed from it.

`\mathbf{a} \coloneqq W\mathbf{x} + \mathbf{b}` gives the arrows x -> a with Jacobian W and b -> a with Jacobian I.
"""

from __future__ import annotations

from collections.abc import Iterator

from report_src.derivations.checking.records import Arrow
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.shapes import Node, is_scalar, is_vector
from report_src.derivations.semantics.symbols import Symbol
from report_src.derivations.syntax.names import latex

IDENTITY = "I"


def arrows(program: Program) -> tuple[Arrow, ...]:
    """Return an arrow for each occurrence of a vector, or of a defined scalar, in the definitions, in their order.

    A definition that is a derivative computes nothing new and has no arrow. The Jacobian is empty where the
    definition does not print one: that of a function of several arguments, or of an elementwise product.
    """
    return tuple(
        Arrow(tail=_shown(tail), head=_shown(definition.symbol), jacobian=jacobian)
        for definition in program.definitions
        for tail, jacobian in _inputs(definition.value)
    )


def _inputs(value: Node) -> Iterator[tuple[Symbol, str]]:
    """Yield every quantity of an expression with the Jacobian of the expression with respect to it."""
    if value.op == "name":
        if is_vector(value.shape) or (is_scalar(value.shape) and value.data.symbol.kind == "definition"):
            yield value.data.symbol, IDENTITY
    elif value.op == "add" and "-" not in value.data:
        for term in value.args:
            yield from _inputs(term)
    elif (
        value.op == "product" and len(value.args) == 2 and value.args[0].op == "name" and is_vector(value.args[1].shape)
    ):
        for symbol, jacobian in _inputs(value.args[1]):
            yield symbol, _shown(value.args[0].data.symbol) + ("" if jacobian == IDENTITY else f"\\,{jacobian}")
    elif value.op == "function" and value.data[1] == 0 and value.args[0].op == "name":
        for symbol, _ in _inputs(value.args[0]):
            yield symbol, rf"\diag {_primed(value.data[0])}({_shown(symbol)})"
    else:
        for part in value.args:
            yield from ((symbol, "") for symbol, _ in _inputs(part))


def _primed(function: Symbol | str) -> str:
    return f"{_shown(function) if isinstance(function, Symbol) else function}'"


def _shown(symbol: Symbol) -> str:
    r"""Return a name as LaTeX, bold where it was typed so: `\hat{\vect{y}}`."""
    letter, accent, sup, subs = symbol.key
    return (
        latex((rf"\vect{{{letter}}}", accent, sup, subs))
        if symbol.bold and letter.isascii() and len(letter) == 1
        else latex(symbol.key)
    )
