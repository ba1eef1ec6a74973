r"""Rounded values: a decimal behind \approx says by its last digit how close it is."""

from __future__ import annotations

import dataclasses
import math

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.lexer_tokens import Number

ABOUT = "≈"  # the sign of the relation
NO_DECIMAL = "≈ is read before a decimal, whose last digit says how close it is"
HINT = "make the row exact, or end it in \\unchecked{reason}"


def bounds(left: Node, right: Node) -> tuple[Node, Node]:
    r"""Return the two sides of |left - right| <= half a unit of the last digit of `right`, entry by entry.

    \frac13 \approx 0.333 -> |\frac13 - 0.333| <= 0.0005

    Raises Unreadable where `right` is neither a decimal nor an array of them, or its digits do not tell.
    """
    half = _half_unit(right)
    if half is None:
        raise Unreadable(NO_DECIMAL, right.start, right.end, HINT)
    shapes.agree(left, right)
    difference = shapes.node("add", (left, right), left.shape, ("+", "-"))
    return shapes.node("absolute", (difference,), left.shape), half


def _half_unit(value: Node) -> Node | None:
    """Return half a unit of the last digit of a decimal, -0.25 -> 0.005, of each entry of an array; None of others."""
    if value.op == "constant" and isinstance(value.data, Number):
        return dataclasses.replace(value, data=Number(_half_of_last(value)))
    if value.op == "add" and value.data == ("-",):
        return _half_unit(value.args[0])
    if value.op == "product" and value.data == ("scale",) and _is_power_of_ten(value.args[1]):
        first = _half_unit(value.args[0])
        return first and dataclasses.replace(value, args=(first, value.args[1]))
    if value.op in ("matrix", "transpose"):
        entries = [_half_unit(entry) for entry in value.args]
        return None if None in entries else dataclasses.replace(value, args=tuple(entries))  # type: ignore[arg-type]
    return None


def _half_of_last(value: Node) -> str:
    """Return half a unit of the last digit: "0.25" -> "0.005", "3" -> "0.5"; refuse 1500: its zeros may be rounded."""
    whole, _, decimals = value.data.typed.partition(".")
    if not decimals and whole.endswith("0"):
        message = f"how many digits of {value} count is not told: its last one is a zero before the decimal point"
        other = _scientific(whole) if whole.strip("0") else "0.00"
        raise Unreadable(message, value.start, value.end, f"write {whole}.0, or {other}")
    return f"0.{'0' * len(decimals)}5"


def _scientific(whole: str) -> str:
    r"""Return a whole number that ends in zeros with the digits that count: 1500 -> 1.5 \cdot 10^{3}."""
    kept = whole.rstrip("0")
    return f"{kept[0]}{'.' + kept[1:] if kept[1:] else ''} \\cdot 10^{{{len(whole) - 1}}}"


def _is_power_of_ten(value: Node) -> bool:
    base = value.args[0] if value.op == "power" else value
    return base.op == "constant" and math.isclose(base.data, 10)
