# ruff: noqa: E501 - rows of LaTeX are not broken
"""Strict bounds whose sides meet at a point without a short decimal form, narrow bumps, and bounds of sizes alone."""

import pytest

from report_src.derivations.evaluation import budget
from report_src.derivations.evaluation.instances import free_dimensions
from report_src.derivations.judging.counterexamples import affordable_sizes
from report_src.derivations.reader.analyzer import read
from report_src.derivations.source.document import derivations
from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = (
    r"Let $x, y \in \mathbb{R}$, $\lambda > 0$, $r \in (0,1)$, $\mathbf{u}, \mathbf{v} \in \mathbb{R}^{d}$, "
    r"$A \in \mathbb{R}^{m \times d}$ and $g, h : \mathbb{R} \to \mathbb{R}$."
)

MEET = {
    "a square": r"(3x - 2)^2 &> 0",
    "a square on the right": r"1 - (7x - 3)^2 &< 1",
    "the square of a name": r"w &\coloneqq 3x - y - 1 \\ w^2 &> 0",
    "a fourth power": r"(11x - 1)^4 &> 0",
    "a size": r"|3x - 5| &> 0",
    "an irrational root": r"(x^2 - 7)^2 &> 0",
    "two squares": r"(3x - 1)^2 + (6y - x)^2 &> 0",
    "a root of squares": r"\sqrt{(3x - 1)^2 + (9y - 4)^2} &> 0",
    "the larger of two": r"\max((3x - 1)^2, (7y - 1)^2) &> 0",
    "a norm": r"\lVert 3\mathbf{u} - \mathbf{1}_d\rVert^2 &> 0",
    "a norm of a matrix": r"\lVert A\mathbf{u} - \tfrac13\mathbf{1}_m\rVert &> 0",
    "a function": r"g(x)^2 &> 0",
    "two functions": r"(g(x) - h(x))^2 &> 0",
    "a square that is multiplied out": r"25x^2 + 4 &> 20x",
    "a polynomial of two": r"x^2 + y^2 &> \tfrac23(x + y) - \tfrac29",
    "a mean": r"\lambda + \frac{5}{\lambda} &> 2\sqrt5",
    "a share": r"r^2(1 - r) &< \tfrac{4}{27}",
    "a tangent": r"e^{3x} &> 3ex",
    "a scalar product": r"\mathbf{u}^\top\mathbf{u} + \tfrac19\mathbf{v}^\top\mathbf{v} &> \tfrac23\mathbf{u}^\top\mathbf{v}",
}  # fmt: skip


@pytest.mark.parametrize("row", MEET.values(), ids=list(MEET))
def test_a_strict_bound_that_is_met_somewhere_is_refused(row: str) -> None:
    assert refused(checked(SETTING, row))


@pytest.mark.parametrize(
    "row",
    [
        r"(3x - 2)^2 + 1 &> 0",
        r"(3x - 1)^2 + (3x - 2)^2 &> 0",
        r"25x^2 + 5 &> 20x",
        r"\lambda + \frac{5}{\lambda} &> 2\sqrt5 - 1",
        r"e^{-e^{x}} &> 0",
        r"\lambda^2 + \lambda r &> 0",
        r"\lambda r^2(1 - r) &> 0",
        r"x^2 + \lambda^2 &> 0",
        r"r^2 &< r",
        r"1 + g(x)^2 &> 0",
        r"\sigma(g(x)) &< 1",
        r"\log(1 + e^{g(x)}) &> g(x)",
        r"r^2(1 - r) &< \tfrac{4}{26}",
        r"\lVert 3\mathbf{u} - \mathbf{1}_d\rVert^2 &\ge 0",
    ],
)
@pytest.mark.sampled(3)
def test_a_bound_whose_sides_stay_apart_is_accepted(row: str) -> None:
    report = checked(SETTING, row)
    assert report.accepted, refused(report)


def test_under_an_assumption_the_sides_meet_only_where_it_holds() -> None:
    assumed = SETTING + " Assume that $x + y = 1$."
    assert refused(checked(assumed, r"(3x - 1)^2 + (3y - 2)^2 &> 0"))
    assert checked(assumed, r"(3x - 1)^2 + (3y - 1)^2 &> 0").accepted


@pytest.mark.parametrize(
    "row",
    [
        r"e^{-(x - 57)^2} &\le 0.9",
        r"e^{-|7x - 900|} &\le 0.5",
        r"e^{-(xy - 57)^2 - (x - y)^2} &\le 0.9",
        r"\sigma'(3x - 555) &\le 0.2",
        r"\frac{1}{1 + (13x - 57)^4} &\le 0.5",
        r"g(0) &\le 100000000000",
        r"g(1) - h(1) &\le 100000000000",
    ],
)
def test_a_narrow_bump_and_a_large_function_break_a_bound(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["wrong"]


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (r"\frac{d}{d + 3000} &\le 1", True),
        (r"d &\le d^2", True),
        (r"\log d &\le 25", False),
        (r"d &\le 90000", False),
        (r"\frac{1}{d} &\ge 0.0000001", False),
    ],
)
def test_a_bound_of_sizes_alone_is_tried_at_very_large_sizes(row: str, holds: bool) -> None:
    assert checked(SETTING, row).accepted == holds


def test_a_product_counts_what_is_larger_between_its_factors() -> None:
    text = (
        "\\begin{derivation}{d}\nLet $A \\in \\mathbb{R}^{k \\times l}$, $B \\in \\mathbb{R}^{l \\times m}$ and "
        "$C \\in \\mathbb{R}^{m \\times n}$.\n\\begin{align} \\lVert ABC\\rVert_F &\\ge 0 \\end{align}\n\\end{derivation}\n"
    )
    program = read(next(iter(derivations(text))))
    sizes = {root: 1000 if root.label in "km" else 1 for root in free_dimensions(program)}
    assert budget.work(program, sizes) >= 1000 * 1000  # of AB, while A, B, C and ABC have 1000 entries at most
    large = [size for root, size in affordable_sizes(program, "even most").items() if root.label in "km"]
    assert min(large) < 2000


FUNCTIONS = r"Let $x \in \mathbb{R}$ and $g, h : \mathbb{R} \to \mathbb{R}$."


@pytest.mark.parametrize(
    "row",
    [r"g(0)^2 &> 0", r"g(x)^2 + h(x)^2 &> 0", r"|g(0) - h(0)| &> 0", r"\operatorname{sign}(g(x))^2 &= 1"],
)
def test_a_row_that_fails_for_a_function_that_is_0_is_refused(row: str) -> None:
    assert displayed(checked(FUNCTIONS, row)) == ["wrong"]


@pytest.mark.parametrize("row", [r"1 + g(x)^2 &> 0", r"e^{g(x)} &\ge 1 + g(x)"])
def test_a_row_that_holds_for_a_function_that_is_0_is_accepted(row: str) -> None:
    assert displayed(checked(FUNCTIONS, row)) == ["ok"]


@pytest.mark.parametrize(
    ("setting", "row", "verdict"),
    [
        (r"Let $\mathbf{u} \in \mathbb{R}^{d}$.", r"9u_i^2 + 1 &> 6u_i", "unreadable"),
        (r"Let $\mathbf{u} \in \mathbb{R}^{d}$.", r"\sin(u_i) &< 1", "unreadable"),
        (r"Let $\mathbf{u} \in \mathbb{R}^{d}$.", r"9u_i^2 + 1.01 &> 6u_i", "ok"),
        (r"Let $x, y \in \mathbb{R}$. Assume $y > 0$.", r"9x^2 + 1 &> 6x", "unreadable"),
        (r"Let $x, y \in \mathbb{R}$. Assume $y > 0$.", r"x^2 + y &> 0", "ok"),
    ],
)
def test_sides_that_meet_are_found_along_an_index_and_beside_an_assumption(
    setting: str, row: str, verdict: str
) -> None:
    assert displayed(checked(setting, row)) == [verdict]
