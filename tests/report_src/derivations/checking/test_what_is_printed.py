"""What is printed in a row beside its formula, and two names or signs that a reader tells apart: each is refused."""

import pytest

from tests.report_src.derivations.checked import checked

GIVEN = r"Let $x, y, \delta \in \mathbb{R}$, $\mathbf{w} \in \mathbb{R}^{d}$ and $W \in \mathbb{R}^{m \times d}$."


REFUSED = {
    "a relation in a note": (r"x &= x \text{ (here y = 2x)}", "mathematics inside"),
    "a relation between rows": (r"x &= x \\ \intertext{so that x = y} y &= y", "mathematics inside"),
    "a note that denies": (r"x &= x \text{ (incorrect)}", "takes back what the row says"),
    "a tag that denies": (r"x &= x \tag{false}", "takes back what the row says"),
    "signs over each other": (r"x\!\!\!\!\!\!\!\! y &= xy", "print signs over each other"),
    "a pale colour": (r"x + \textcolor{palegray}{y} &= x + y", "may not be seen on paper"),
    "two brackets of one name": (r"p^{[1]} &\coloneqq x \\ p^{(1)} &= x", "prints two names"),
    "a variation": (r"L &\coloneqq x^2 \\ \frac{\delta L}{\delta x} &= x", "can be read as a quotient"),
    "a zero derivative of a source": (
        r"u &\coloneqq x^2, & v &\coloneqq 2u \\ \frac{\partial u}{\partial v} &= 0",
        "is not defined by",
    ),
    "a zero derivative by an equal value": (
        r"\mathbf{r} &\coloneqq W\mathbf{w}, & L &\coloneqq \lVert W\mathbf{w}\rVert^2 \\"
        r" \frac{\partial L}{\partial \mathbf{r}} &= 0",
        "is not defined by",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_a_row_is_refused_for_what_it_prints(case: tuple[str, str]) -> None:
    row, why = case
    found = [one for one in checked(GIVEN, row).rows if one.message]
    assert [one.verdict for one in found] == ["unreadable"], found
    assert why in found[0].message


@pytest.mark.parametrize(
    "row",
    [
        r"x &= x \text{ (by symmetry)}",
        r"x &= x \tag{A1}",
        r"x\!\! y &= xy",
        r"x + \textcolor{blue}{y} &= x + y",
        r"p^{[1]} &\coloneqq x \\ p^{[1]} &= x",
        r"u &\coloneqq x^2, & v &\coloneqq 2y \\ \frac{\partial u}{\partial v} &= 0",
    ],
)
def test_the_usual_way_to_write_it_is_read(row: str) -> None:
    assert checked(GIVEN, row).accepted, checked(GIVEN, row).rows


def test_a_letter_is_no_dimension_and_another_number() -> None:
    report = checked(
        r"Let $x_n \in \mathbb{R},\ n = 1,\dots,N$ and $N \in \mathbb{R}$.", r"\frac1N\sum_{n=1}^{N} x_n &= 0"
    )
    assert any("N is a dimension of this derivation" in row.message for row in report.rows)


def test_a_long_product_and_a_long_power_are_judged() -> None:
    given = r"Let $\mathbf{x} \in \mathbb{R}_{>0}^{d}$."
    for row in (
        r"\frac{1}{d}\sum_i x_i &\ge \prod_i x_i^{1/d}",
        r"\Bigl(\frac{1}{d}\sum_i x_i\Bigr)^d &\ge \prod_i x_i",
    ):
        assert checked(given, row).accepted
