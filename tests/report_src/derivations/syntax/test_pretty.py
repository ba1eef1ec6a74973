"""Formulas as a message prints them on one line: brackets stand where the typed form needs none."""

import pytest

from report_src.derivations.syntax.pretty import pretty
from tests.report_src.derivations.checked import checked, refused


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (r"\frac12 x", "(1/2)x"),
        (r"\tfrac1{2N}", "1/(2N)"),
        (r"\frac1N\sum_i x_i", "(1/N)∑_ix_i"),
        (r"\frac{a - b}{2}", "(a - b)/2"),
        (r"\frac{-1}{\sigma^2}", "-1/σ^2"),
        (r"\frac{\partial L}{\partial \mathbf{w}_1}", "∂L/∂w₁"),
        (r"\sqrt2 + \sqrt{x + 1}", "√2 + √(x + 1)"),
        (r"{1 \over 7} - u", "1/7 - u"),
    ],
)
def test_a_fraction_and_a_root_keep_their_parts_together(typed, shown):
    assert pretty(typed) == shown


@pytest.mark.parametrize("argument", [r"u - \frac{1}{7}", r"u - \tfrac17", r"u - {1 \over 7}"])
def test_a_tie_is_told_with_the_equation_that_is_typed(argument):
    report = checked(r"Let $u \in \mathbb{R}$.", rf"z &\coloneqq \operatorname{{sgn}}({argument})", "z^2 &= 1")
    (row,) = refused(report)
    assert row.message.partition("\n")[0].endswith("z^2 is not 1: 0 and 1, where u - 1/7 = 0")
