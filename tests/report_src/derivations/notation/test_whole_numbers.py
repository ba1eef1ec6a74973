r"""Natural numbers, n! and binomial coefficients: n \in \mathbb{N}, \binom{n}{k}, sums that run to n."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = r"Let $x, y \in \mathbb{R}$ and $n \in \mathbb{N}$."
ROWS = [
    (r"\sum_{k=0}^{n} \binom{n}{k} x^k &= (1+x)^n", r"\sum_{k=0}^{n} \binom{n}{k} x^k &= (1-x)^n"),
    (r"\sum_{k=0}^{n} \binom{n}{k} x^k y^{n-k} &= (x+y)^n", r"\sum_{k=0}^{n} \binom{n}{k} x^k y^k &= (x+y)^n"),
    (r"\sum_{k=0}^n \frac{n!}{k!(n-k)!} &= 2^n", r"\sum_{k=0}^n \frac{n!}{k!(n-k)!} &= 2^{n+1}"),
    (r"\binom{n}{2} &= \frac{n(n-1)}{2}", r"\binom{n}{2} &= \frac{n(n+1)}{2}"),
    (r"(n+1)! &= (n+1) n!", r"(n+1)! &= n \cdot n!"),
    (r"n! &= n (n-1)!", r"n! &= (n-1)(n-1)!"),
    (r"n! &= \prod_{i=1}^n i", r"n! &= \prod_{i=2}^n (i-1)"),
    (r"n! &\ge 2^{n-1}", r"n! &\ge 2^n"),
    (r"3! &= 6", r"3! &= 9"),
    (r"\binom{4}{2} &= 6", r"\binom{4}{2} &= 8"),
    (r"\sum_{i=1}^n i &= \frac{n(n+1)}{2}", r"\sum_{i=1}^n i &= \frac{n(n-1)}{2}"),
    (r"\frac{d}{dx} x^n &= n x^{n-1}", r"\frac{d}{dx} x^n &= n x^n"),
    (r"(x^n)^2 &= x^{2n}", r"(x^n)^2 &= x^{n+2}"),
    (r"2^n &\ge n", r"2^n &\ge n^2"),
]


@pytest.mark.parametrize(("true", "false"), ROWS)
def test_rows_about_whole_numbers(true: str, false: str) -> None:
    assert displayed(checked(SETTING, true, false)) == ["ok", "wrong"]


@pytest.mark.parametrize(
    "said",
    [r"Let $n$ be a positive integer.", r"Let $n \in \mathbb{N}_{>0}$.", r"Let $n \in \mathbb{Z}^+$.", "Let us see."],
)
def test_a_number_is_natural_by_words_by_its_set_or_as_the_end_of_a_sum(said: str) -> None:
    true, false = r"\sum_{i=1}^n i^2 &= \frac{n(n+1)(2n+1)}{6}", r"\sum_{i=1}^n i^2 &= \frac{n(n+1)}{6}"
    assert displayed(checked(said, true, false)) == ["ok", "wrong"]


def test_a_factorial_is_read_of_whole_numbers_alone() -> None:
    for row in (r"x! &= 1", r"\binom{x}{2} &= 1"):
        (found,) = refused(checked(SETTING, row))
        assert "read of whole numbers" in found.message
    assert displayed(checked(SETTING, r"\log(n)! &= 1", r"x_n! &= 1")) == ["unreadable"] * 2


def test_a_message_prints_a_factorial_as_it_is_typed() -> None:
    (found,) = refused(checked(SETTING, r"(n+1)! &= \binom{n}{2}"))
    assert "(n + 1)! is not C(n,2)" in found.message


@pytest.mark.parametrize("row", [r"(-1)! &= 0", r"\binom{-n}{1} &= 0", r"(-n)! &\le 0"])
def test_a_negative_number_has_no_factorial(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["unreadable"]


def test_a_function_of_a_size_is_refused() -> None:
    setting = SETTING + r" \[ F(n) \coloneqq \sum_{k=1}^n k \]"
    assert "ok" not in displayed(checked(setting, r"F(n+1) &= F(n)"))
    assert displayed(checked(r"Let $n \in \mathbb{N}$ be even.", r"(-1)^n &= 1")) == ["unreadable"]
