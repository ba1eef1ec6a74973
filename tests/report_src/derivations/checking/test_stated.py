"""A row that fails is not called wrong where its text says something of its names that is not read."""

import pytest

from report_src.derivations.checking.check import check_text
from report_src.derivations.checking.records import RowReport


def _failing(text: str, row: str) -> RowReport:
    source = f"\\begin{{derivation}}{{d}}\n{text}\n\\[ {row} \\]\n\\end{{derivation}}"
    (report,) = check_text(source)
    (found,) = [one for one in report.rows if one.message]
    return found


X, A, G = r"Let $x, y \in \mathbb{R}$", r"Let $A \in \mathbb{R}^{n \times n}$", r"Let $g : \mathbb{R} \to \mathbb{R}$"
REMARKS = {
    "set": (X + r". Set $x = 1$.", "x^2 = 1"),
    "a value of another": (X + r" where $y = x^2$.", "y^2 = x^4"),
    "the row itself": (X + r" where $y = x^2$.", "y - x^2 = 0"),
    "if": (X + r". If $x > 0$ then", "|x| = x"),
    "provided that": (X + r". Provided that $xy = 1$,", r"\frac{1}{x} = y"),
    "a list": (X + r", $x \ge y$.", r"\max(x, y) = x"),
    "one of several": (X + r". Fix $x \ge y$. For $y = 0$ see below.", r"\max(x, y) = x"),
}
WORDS = {
    "positive": (X + " be positive.", "|x| = x"),
    "diagonal": (A + " be diagonal.", r"A = A^\top"),
    "behind the name": (A + ", where $A$ is triangular.", "A_{21} = 0"),
    "before the name": (r"For a projection $P \in \mathbb{R}^{n \times n}$ we have", "P P = P"),
    "convex": (G + r" be convex and $x \in \mathbb{R}$.", r"g''(x) \ge 0"),
}


@pytest.mark.parametrize("case", REMARKS.values(), ids=list(REMARKS))
def test_a_row_that_holds_where_a_remark_does_is_not_called_wrong(case: tuple[str, str]) -> None:
    found = _failing(*case)
    assert found.verdict == "unreadable"
    assert "they are remarks" in found.message


@pytest.mark.parametrize("case", WORDS.values(), ids=list(WORDS))
def test_a_row_whose_names_are_restricted_in_words_is_not_called_wrong(case: tuple[str, str]) -> None:
    found = _failing(*case)
    assert found.verdict == "unreadable"
    assert "says is not read" in found.message


def test_a_derivative_of_a_declared_value_by_another_is_not_called_wrong() -> None:
    found = _failing(X + ".", r"\frac{\partial y}{\partial x} = 2x")
    assert found.verdict == "unreadable"
    assert "y is declared as a value of its own" in found.message


@pytest.mark.parametrize(
    "case",
    [
        (X + ".", "x^2 = 1"),
        (X + ". Thus $x = 1$.", "x^2 = 1"),
        (X + ". Set $x = 2$.", "x^2 = 1"),
        (X + " be the input and the target.", "|x| = x"),
        (r"Let $A \in \mathbb{R}^{n \times n}$ be diagonal and $x \in \mathbb{R}$.", "|x| = x"),
        (A + " be symmetric.", r"A = -A"),
        (X + r". We show that $x = y$.", "x = y"),
    ],
)
def test_a_row_that_the_text_does_not_save_is_wrong(case: tuple[str, str]) -> None:
    assert _failing(*case).verdict == "wrong"
