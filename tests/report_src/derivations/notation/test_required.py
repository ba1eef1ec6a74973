r"""What \overset{!}{=} requires holds in the rows below it, and nowhere else."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = (
    r"Let $d, g \in \mathbb{R}^{n}$, $\lambda > 0$ and $F \in \mathbb{R}^{n \times n}$ be positive definite. "
    r"$L(d) \coloneqq g^\top d + \frac{\lambda}{2} d^\top F d$."
)
SOLVED, WRONG = r"d &= -\frac{1}{\lambda}F^{-1}g", r"d &= \frac{1}{\lambda}F^{-1}g"


@pytest.mark.parametrize(
    "rows",
    [
        [r"\frac{\partial L}{\partial d} &= g + \lambda F d \overset{!}{=} 0"],
        [r"\frac{\partial L}{\partial d} &= g + \lambda F d \stackrel{!}{=} 0"],
        [r"\nabla_d L &= g + \lambda F d", r"&\overset{!}{=} 0"],
        [r"\nabla L &\overset{!}{=} \mathbf 0"],
    ],
)
def test_what_is_required_holds_below(rows: list[str]) -> None:
    assert displayed(checked(SETTING, *rows, rf"\implies {SOLVED}"))[-1] == "ok"
    assert displayed(checked(SETTING, *rows, rf"\implies {WRONG}"))[-1] == "wrong"


def test_what_comes_before_the_sign_is_a_claim() -> None:
    found = checked(SETTING, r"\frac{\partial L}{\partial d} &= g + 2\lambda F d \overset{!}{=} 0")
    assert displayed(found) == ["wrong"]


def test_nothing_is_required_above() -> None:
    required = r"\nabla L &\overset{!}{=} \mathbf 0"
    assert displayed(checked(SETTING, SOLVED, required))[0] != "ok"


def test_what_only_repeats_it_or_contradicts_it_is_refused() -> None:
    required = r"d &\overset{!}{=} 1"
    assert "only repeats an assumption" in refused(checked(SETTING, required, "d &= 1"))[0].message
    assert displayed(checked(SETTING, required, r"d &\overset{!}{=} 2", r"d &= 3"))[-1] == "unreadable"


def test_below_a_requirement_that_is_refused_nothing_is_judged() -> None:
    found = checked(SETTING, r"q &\overset{!}{=} 0", SOLVED)
    assert displayed(found) == ["unreadable", "unreadable"]


@pytest.mark.parametrize(
    "said",
    [
        r"Set $\frac{\partial L}{\partial d} = 0$.",
        r"Setting $\nabla L = \mathbf 0$ gives",
        r"We set $\nabla_d L = 0$ and solve for $d$:",
        r"Setting the gradient $\nabla_d L = 0$, we obtain",
    ],
)
@pytest.mark.sampled(2)
def test_a_derivative_that_the_text_sets_to_zero_is_zero_below(said: str) -> None:
    assert displayed(checked(f"{SETTING} {said}", SOLVED)) == ["ok"]
    assert displayed(checked(f"{SETTING} {said}", WRONG)) == ["wrong"]


@pytest.mark.parametrize(
    "said",
    [
        r"Set $\nabla_d L = 0$ on average.",
        r"If $\nabla_d L = 0$, then",
        r"The case $\nabla_d L = 0$ is simple.",
        r"We do not set $\nabla_d L = 0$.",
    ],
)
def test_other_words_set_nothing(said: str) -> None:
    assert displayed(checked(f"{SETTING} {said}", SOLVED)) == ["unreadable"]
    assert displayed(checked(f"{SETTING} Set $d = 0$.", WRONG)) == ["wrong"]
