r"""Values and the decimals to which they round: \frac13 \approx 0.333."""

import pytest

from report_src.derivations.reader import rounded
from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = (
    r"Let $s \in \mathbb{R}$ and $n \in \mathbb{N}$. "
    r"$W \coloneqq \begin{bmatrix} 1 & 2 \\ 3 & 5 \end{bmatrix}$, $v \coloneqq \begin{bmatrix} 1 \\ -2 \end{bmatrix}$."
)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\frac13 &\approx 0.333", r"\frac13 &\approx 0.334"),
        (r"\frac23 &\approx 0.67", r"\frac23 &\approx 0.66"),
        (r"\frac23 &\approx 0.6667", r"\frac23 &\approx 0.6670"),
        (r"-\sqrt{2} &\approx -1.414", r"-\sqrt{2} &\approx 1.414"),
        (r"0.125 &\approx 0.13", r"0.1249999999999999999 &\approx 0.13"),
        (r"0.125 &\approx 0.12", r"0.125 &\approx 0.11"),
        (r"\exp(1) &\approx 3", r"\exp(1) &\approx 2"),
        (r"e^{-7} &\approx 9.12 \cdot 10^{-4}", r"e^{-7} &\approx 9.11 \cdot 10^{-4}"),
        (r"e^{-7} &\approx 9.12 \times 10^{-4}", r"e^{-7} &\approx 9.12 \times 10^{-3}"),
        (r"1497 &\approx 1.5 \cdot 10^3", r"1497 &\approx 1.500 \cdot 10^3"),
        (r"\pi &\approx 3.14159265358979323846264338327950288", r"\pi &\approx 3.14159265358979323846264338327950289"),
        (
            r"\tanh(Wv) &\approx \begin{bmatrix} -0.995 \\ -1.000 \end{bmatrix}",
            r"\tanh(Wv) &\approx \begin{bmatrix} -0.995 \\ -0.999 \end{bmatrix}",
        ),
        (
            r"\frac{1}{3} W &\approx \begin{bmatrix} 0.33 & 0.67 \\ 1.00 & 1.67 \end{bmatrix}",
            r"\frac{1}{3} W &\approx \begin{bmatrix} 0.33 & 1.00 \\ 0.67 & 1.67 \end{bmatrix}",
        ),
        (r"\|v\| &= \sqrt{5} \approx 2.236", r"\|v\| &= \sqrt{5} \approx 2.235"),
        (r"\frac13 &\approx 0.33 = \frac{33}{100}", r"\frac13 &\approx 0.33 = \frac13"),
        (r"\frac13 &\approx 0.333 < 0.334", r"\frac13 &\approx 0.333 < 0.332"),
        (r"s - s + 0.26 &\approx 0.3", r"s + 0.26 &\approx 0.3"),
        (r"\frac{1}{1 + s^2 - s^2} &\approx 1.0", r"\frac{1}{1 + s^2} &\approx 1.0"),
        (r"\sum_{i=1}^{3} \frac{1}{i} &\approx 1.83", r"\sum_{i=1}^{3} \frac{1}{i} &\approx 1.84"),
    ],
)
def test_a_decimal_is_what_the_value_rounds_to(true: str, false: str) -> None:
    assert displayed(checked(SETTING, true)) == ["ok"]
    assert displayed(checked(SETTING, false)) == ["wrong"]


def test_a_row_goes_on_from_a_decimal_as_it_is_printed() -> None:
    rows = [r"\frac13 &\approx 0.333", r"&= \frac{333}{1000}", r"&\approx 0.33", r"&\approx 0.34", r"&\approx 0.4"]
    assert displayed(checked(SETTING, *rows)) == ["ok", "ok", "ok", "wrong", "wrong"]


def test_what_differs_from_its_decimal_is_told_with_the_difference() -> None:
    (row,) = refused(checked(SETTING, r"\frac13 &\approx 0.334"))
    assert "1/3 is not ≈ 0.334 to its last digit: they differ by 0.00067, more than 0.0005" in row.message


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"s &\approx s", rounded.NO_DECIMAL),
        (r"s &\approx \frac12", rounded.NO_DECIMAL),
        (r"\frac13 &\approx 2 \cdot 0.17", rounded.NO_DECIMAL),
        (r"v &\approx \begin{bmatrix} 1 \\ -\frac{4}{2} \end{bmatrix}", rounded.NO_DECIMAL),
        (r"0.33 &\approx \frac13", rounded.NO_DECIMAL),
        (r"1497 &\approx 1500", r"write 1500.0, or 1.5 \cdot 10^{3}"),
        (r"s &\approx 0", "write 0.0, or 0.00"),
        (r"v &\approx 1.0", "2×1"),
        (r"\frac13 &\approx \begin{bmatrix} 0.3 \\ 0.3 \end{bmatrix}", "scalar"),
    ],
)
def test_other_approximations_are_refused(row: str, said: str) -> None:
    (found,) = refused(checked(SETTING, row))
    assert found.verdict == "unreadable"
    assert said in found.message


def test_no_assumption_is_approximate() -> None:
    report = checked(SETTING + r" Assume that $s \approx 0.5$.", r"s &\approx 0.5")
    assert [row.verdict for row in refused(report)] == ["unreadable", "unreadable"]
