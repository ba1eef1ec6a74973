"""Bounds that hold for every size that is tried by drawing values, and break at larger ones."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

UNIT = r"Let $w, x \in \mathbb{R}^d$ with $\lVert w \rVert = 1$."
BESIDE = r"Let $w, x \in \mathbb{R}^d$ and $A \in \mathbb{R}^{d \times d}$ with $w^\top w = 1$."
ORTHOGONAL = r"Let $Q \in \mathbb{R}^{n \times n}$ be orthogonal and $x \in \mathbb{R}^n$."
SYMMETRIC = r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric."
DEFINITE = r"Let $A \in \mathbb{R}^{n \times n}$. Assume $A \succ 0$."
SEMIDEFINITE = r"Let $A \in \mathbb{R}^{n \times n}$. Assume $A \succeq 0$."
WHOLE = r"Let $n \in \mathbb{N}$."
FALSE = [
    (WHOLE, r"n! &\le 100^n"),  # from n = 268 on
    (WHOLE, r"\binom{2n}{n} &\le 3.9^n"),
    (BESIDE, r"\sum_i |w_i| &\le 10"),
    (UNIT, r"\lVert w \rVert_1 &\le 500"),
    (UNIT, r"\sum_i w_i^4 &\ge 0.00001"),
    (UNIT, r"\mathbf 1^\top w &\le 300"),
    (ORTHOGONAL, r"\operatorname{tr}(Q) &\le 10"),
    (ORTHOGONAL, r"\sum_{i,j} |Q_{ij}| &\le 10000"),
    (ORTHOGONAL, r"\lVert Qx \rVert_1 &\le 7 \lVert x \rVert_1"),
    (SYMMETRIC, r"\operatorname{tr}(A) &\le 50 \lVert A \rVert_F"),
    (DEFINITE, r"\operatorname{tr}(A^2) &\ge 0.02 \operatorname{tr}(A)^2"),
    (SEMIDEFINITE, r"\lVert A \rVert_F &\ge 0.01 \operatorname{tr}(A)"),
    (WHOLE, r"\frac{n}{n+1} &\le 0.99999999"),
    (WHOLE, r"\Bigl(1 + \frac1n\Bigr)^n &\le 2.71828"),
    (WHOLE, r"\frac{n-1}{n} &\le \frac{10^6}{10^6 + 1}"),
    (WHOLE, r"2^{1/n} &\ge 1.00001"),
    (WHOLE, r"\log n &\le 200"),
    (WHOLE, r"\sum_{i=1}^n \frac{1}{i^2} &\le 1.64493"),
    (WHOLE, r"\sum_{i=1}^n \frac{1}{\sqrt i} &\ge 2\sqrt n - 1.46"),
    (WHOLE, r"\sum_{i=1}^n \frac1i &\ge \log n + 0.577216"),
]
TRUE = [
    (WHOLE, r"n! &\le n^n"),
    (WHOLE, r"\binom{2n}{n} &\le 4^n"),
    (WHOLE, r"\log n! &\le n \log n"),
    (UNIT, r"\lVert w \rVert_2 &\le 1"),
    (UNIT, r"|w_i| &\le 1"),
    (UNIT, r"|w^\top x| &\le \lVert w \rVert \lVert x \rVert"),
    (UNIT, r"\lVert w \rVert_1 &\le \sqrt d"),
    (UNIT, r"\lVert w \rVert_1 &\ge 1"),
    (BESIDE, r"w^\top A w &\le \lVert A \rVert_F"),
    (ORTHOGONAL, r"\lVert Qx \rVert &= \lVert x \rVert"),
    (ORTHOGONAL, r"\operatorname{tr}(Q) &\le n"),
    (ORTHOGONAL, r"|Q_{ij}| &\le 1"),
    (SYMMETRIC, r"\operatorname{tr}(A) &\le \sqrt n \lVert A \rVert_F"),
    (SEMIDEFINITE, r"\operatorname{tr}(A)^2 &\ge \operatorname{tr}(A^2)"),
    (WHOLE, r"\frac{n}{n+1} &\le 1"),
    (WHOLE, r"\Bigl(1 + \frac1n\Bigr)^n &\le 3"),
    (WHOLE, r"\Bigl(1 + \frac1n\Bigr)^n &< e^1"),
    (WHOLE, r"\sum_{i=1}^n \frac{1}{i^2} &\le 2"),
    (WHOLE, r"\sum_{i=1}^n \frac{1}{i(i+1)} &= \frac{n}{n+1}"),
    (WHOLE, r"\sum_{i=1}^n \frac{1}{i(i+1)} &< 1"),
    (WHOLE, r"2^n &\ge n"),
    (WHOLE, r"\sum_{i=1}^n i &= \frac{n(n+1)}{2}"),
    (WHOLE, r"e^{1/n} &\ge 1 + \frac1n"),
    (WHOLE, r"\sum_{i=1}^n \frac1i &\le 1 + \log n"),
    (WHOLE, r"\sum_{i=1}^n \frac{1}{\sqrt i} &\le 2\sqrt n"),
]


@pytest.mark.parametrize(("said", "row"), FALSE)
def test_a_bound_that_breaks_at_larger_sizes_is_not_accepted(said: str, row: str) -> None:
    assert displayed(checked(said, row))[0] in ("wrong", "unreadable")


@pytest.mark.parametrize(("said", "row"), TRUE)
def test_a_bound_that_holds_at_every_size_is_accepted(said: str, row: str) -> None:
    assert displayed(checked(said, row)) == ["ok"]


def test_an_assumption_on_other_names_and_sizes_does_not_shield_a_bound() -> None:
    setting = rf"{UNIT} {WHOLE}"
    rows = (r"\frac{2n}{2n+3} &\le 0.9999999", r"\frac{2n}{2n+3} &\le 1", r"\lVert w\rVert_1 &\le \sqrt d")
    assert displayed(checked(setting, *rows)) == ["wrong", "ok", "ok"]
