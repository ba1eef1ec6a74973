"""Digits lost to cancellation are no verdict: such a draw is repeated, and no wrong row escapes by it."""

import time

import pytest

from tests.marks import mostly_long
from tests.report_src.derivations.checked import checked, refused

SETTING = r"$x, w \in \mathbb{R}^{d}$, $y \in \mathbb{R}$, $A \in \mathbb{R}^{d \times d}$"
SATURATED = r"\log(1 - \sigma(4w^\top x)) = -\log(1 + e^{4w^\top x})"
INVERTED = r"B := A^\top A A^\top A,\quad C := BB,\quad x^\top C^{-1}Bx = x^\top B^{-1}x"
CANCELLED = r"\log(1 - \sigma(33 + \sigma(y))) = -\log(1 + e^{33 + \sigma(y)})"


@pytest.mark.parametrize("row", [SATURATED, INVERTED, r"1 - \frac{1}{1 + e^{4w^\top x}} < 1"])
@pytest.mark.parametrize("seeds", mostly_long((6, 100), (6).__eq__))
@pytest.mark.sampled(3)
def test_a_true_row_that_loses_its_digits_on_some_draws_is_never_refused(row: str, seeds: int) -> None:
    assert [seed for seed in range(seeds) if not checked(SETTING, row, seed=seed).accepted] == []


@pytest.mark.parametrize(
    "row",
    [
        SATURATED.replace("e^{4w", "e^{3w"),
        SATURATED + "+ 10^{-5}".replace("10^{-5}", "0.00001"),
        INVERTED.replace("x^\\top B^", "x^\\top A^"),
        r"x^\top w + e^{25} - e^{25} = x^\top w + 0.01",
    ],
)
@pytest.mark.parametrize("seeds", mostly_long((5, 20), (5).__eq__))
def test_a_wrong_row_cannot_hide_behind_draws_without_digits_or_behind_a_large_term(row: str, seeds: int) -> None:
    assert [seed for seed in range(seeds) if checked(SETTING, row, seed=seed).accepted] == []


def test_a_difference_that_float64_has_no_digits_for_is_decided() -> None:
    assert checked(SETTING, CANCELLED, seed=0).accepted
    wrong = checked(SETTING, CANCELLED.replace("e^{33", "e^{32"), seed=0)
    assert [row.verdict for row in refused(wrong)] == ["wrong"]


def test_a_row_without_digits_on_any_draw_is_unreadable_and_says_so_in_bounded_time() -> None:
    before = time.process_time()
    (row,) = refused(checked(SETTING, r"\log(1 - \sigma(e^{12})) = -\log(1 + e^{e^{12}})", seed=0))
    assert row.verdict == "unreadable"
    assert "digits" in row.message
    assert time.process_time() - before < 5


def test_sides_that_are_never_apart_do_not_hold_a_strict_inequality() -> None:
    report = checked(SETTING, r"w^\top x < x^\top w", seed=0)
    assert not report.accepted
    assert "is ≤ or ≥ meant?" in report.rows[-1].message
