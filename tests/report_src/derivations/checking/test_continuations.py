"""Rows that go on from the row above: behind an empty group, with a product, or in a form that cannot be read."""

import pytest

from report_src.derivations import check_text
from report_src.derivations.checking.check import INTERNAL
from tests.report_src.derivations.checked import checked, displayed

SETTING = r"Let $x, y, z \in \mathbb{R}$, $\mathbf{a}, \mathbf{b} \in \mathbb{R}^{d}$."


@pytest.mark.parametrize(
    "rows",
    [
        r"x + y &= x \\ &{}+ y",
        r"x - y &= x \\ &\quad {} - y",
        r"xy &= x \\ &\quad \cdot y",
        r"xy + x &= x + x \\ &\cdot y",
        r"\mathbf{a} \odot \mathbf{b} &= \mathbf{a} \\ &\quad {} \odot \mathbf{b}",
    ],
)
def test_a_row_goes_on_behind_what_prints_nothing(rows: str) -> None:
    assert set(displayed(checked(SETTING, rows))) == {"ok"}


@pytest.mark.parametrize(
    "rows", [r"x &= x \\ &{} + y", r"x + y &= x \\ &{} - y", r"xy &= x \\ &\cdot 2y", r"xy &= x \\ &\times 2y"]
)
def test_what_goes_on_is_judged_with_the_row_above(rows: str) -> None:
    assert "wrong" in displayed(checked(SETTING, rows))


@pytest.mark.parametrize(
    "rows",
    [
        r"x + y &= x \\ &\phantom{={}} + y",
        r"x + y &= x \\ &\hskip2em + y",
        r"x + y &= x \\ &\mathbin{+} y",
        r"xy &= x \\ &\ast y",
        r"x + y + z &= x \\ &\quad + y \\ &\quad \text{(last)} + z",
    ],
)
def test_a_row_is_not_called_wrong_if_the_row_that_goes_on_from_it_is_unread(rows: str) -> None:
    found = displayed(checked(SETTING, rows))
    assert "unreadable" in found
    assert "wrong" not in found


def test_an_error_while_rows_are_split_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("report_src.derivations.source.document.split_rows", fails)
    (report,) = check_text("\\begin{derivation}{d} \\[ 1 = 1 \\] \\end{derivation}")
    assert not report.accepted
    assert INTERNAL in report.rows[0].message


def test_a_row_with_a_relation_of_its_own_leaves_the_row_above_judged() -> None:
    assert displayed(checked(SETTING, r"x &= 2x \\ y &\approx y")) == ["wrong", "unreadable"]
