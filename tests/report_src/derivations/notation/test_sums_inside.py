r"""A sum inside of a sum with the same letter has an index of its own, where the outer one is met beside it."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

SETTING = r"Let $x, y \in \mathbb{R}^{n}$."


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (r"\sum_i x_i \sum_i y_i &= \Big(\sum_i x_i\Big)\Big(\sum_j y_j\Big)", "ok"),
        (r"\sum_i x_i \sum_i y_i x_i &= x^\top y \sum_j x_j", "ok"),
        (r"\sum_i x_i \sum_i y_i x_i &= \sum_j x_j^2 y_j", "wrong"),
        (r"\sum_{i=1}^n \Big(x_i - \frac1n \sum_{i=1}^n x_i\Big)^2 &= x^\top x - \frac1n \Big(\sum_k x_k\Big)^2", "ok"),
        (r"\sum_i \Big(\sum_i y_i\Big)^2 x_i &= \sum_j x_j \sum_k y_k^2", "wrong"),
        (r"\sum_i \sum_i x_i y_i &= x^\top y", "unreadable"),
        (r"\sum_i \sum_i x_i &= n \sum_i x_i", "unreadable"),
        (r"\sum_i x_i \sum_i y_i + x_i &= x^\top y", "unreadable"),
    ],
)
def test_the_inner_sum_has_its_own_index(row: str, verdict: str) -> None:
    assert displayed(checked(SETTING, row)) == [verdict]


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (r"\nabla_x s\, b &= 2b\,x", "ok"),
        (r"\nabla_x s\, b &= b\,x", "wrong"),
        (r"\nabla_x s\, s &= 2s\,x", "unreadable"),
        (r"\nabla_x s\, b s &= 2bs\,x", "unreadable"),
        (r"\frac{\partial s}{\partial x_k} b &= 2b\,x_k", "ok"),
    ],
)
def test_a_factor_behind_a_derivative_that_does_not_depend_on_it_is_a_factor(row: str, verdict: str) -> None:
    setting = r"Let $x \in \mathbb{R}^{n}$, $b \in \mathbb{R}$, $s \coloneqq x^\top x$."
    assert displayed(checked(setting, row)) == [verdict]
