# ruff: noqa: E501 - rows of LaTeX are not broken
r"""Definitions and conditions in the words between displays: dL/dx of "Let $L = x^2$", z_1 and z_2, "set it to 0"."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused


@pytest.mark.parametrize(
    ("setting", "true", "false"),
    [
        (r"Let $x \in \mathbb{R}$. Define $L = x^2$. Then", r"\frac{dL}{dx} &= 2x", r"\frac{dL}{dx} &= x"),
        (r"Let $x, y, z \in \mathbb{R}$. Let $q = x + y$. Let $f = qz$.", r"\frac{\partial f}{\partial x} &= z",
         r"\frac{\partial f}{\partial x} &= x"),
        (r"Let $x \in \mathbb{R}^{n}$, $W \in \mathbb{R}^{m \times n}$. Let $u = Wx$.", r"u^Tu &= x^T W^T u", r"u^Tu &= x^T u"),
        (r"Let $x \in \mathbb{R}^{n}$, $W_1 \in \mathbb{R}^{m \times n}$ and $W_2 \in \mathbb{R}^{k \times m}$. "
         r"Let $z_1 = W_1 x$ and $z_2 = W_2 \tanh(z_1)$.", r"z_2 &= W_2 \tanh(W_1 x)", r"z_2 &= W_2 W_1 x"),
        (r"Let $x \in \mathbb{R}^{n}$, $W^{(1)} \in \mathbb{R}^{m \times n}$ and $W^{(2)} \in \mathbb{R}^{k \times m}$. "
         r"Let $z^{(1)} = W^{(1)} x$ and $z^{(2)} = W^{(2)} \tanh(z^{(1)})$.",
         r"z^{(2)} &= W^{(2)} \tanh(W^{(1)} x)", r"z^{(2)} &= W^{(2)} W^{(1)} x"),
        (r"Let $w_1 = 0.5$, $w_2 = -1$ and $x \in \mathbb{R}$. Let $y = w_1 x + w_2$.", r"y &= \tfrac12 x - 1", r"y &= x - 1"),
        (r"Let $z \in \mathbb{R}^{K}$ and let $y \in \{0,1\}^K$ be a one-hot label. "
         r"$L \coloneqq -y^\top \log \operatorname{softmax}(z)$.",
         r"\frac{\partial L}{\partial z} &= \operatorname{softmax}(z) - y", r"\frac{\partial L}{\partial z} &= y"),
    ],
)  # fmt: skip
def test_a_name_that_words_define_is_read_wherever_it_stands(setting: str, true: str, false: str) -> None:
    assert displayed(checked(setting, true)) == ["ok"]
    assert displayed(checked(setting, false)) == ["wrong"]


LINE = r"Let $x, y, w \in \mathbb{R}$. $L \coloneqq (wx - y)^2$."


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Setting the derivative to 0 gives", "ok"),
        ("We set it to 0 and obtain", "ok"),
        ("Equating to 0:", "unreadable"),
        ("The first-order condition yields", "unreadable"),
        ("The optimal $w$ satisfies", "unreadable"),
        ("Hence", "wrong"),
    ],
)
def test_a_row_below_words_that_set_something_to_zero_is_not_called_wrong(words: str, verdict: str) -> None:
    setting = rf"{LINE} \[ \frac{{\partial L}}{{\partial w}} = 2x(wx - y) \] {words}"
    assert displayed(checked(setting, r"w x^2 &= xy"))[-1] == verdict


@pytest.mark.parametrize(
    ("condition", "verdicts"),
    [
        (r"2x(wx - y) \stackrel{\text{set}}{=} 0", ["assumption", "ok"]),
        (r"2x(wx - y) \to 0", ["unreadable", "unreadable"]),
        (r"\text{Suppose } wx = y", ["unreadable", "unreadable"]),
        (r"w x^2 = 2xy", ["wrong", "wrong"]),
    ],
)
def test_a_row_below_a_condition_that_is_not_read_is_not_called_wrong(condition: str, verdicts: list[str]) -> None:
    assert displayed(checked(LINE, condition, r"w x^2 &= xy")) == verdicts


def test_entries_that_are_defined_again_are_not_judged() -> None:
    setting = r"Let $A \in \mathbb{R}^{n \times n}$ and $r \in \mathbb{R}^{n}$."
    rows = [r"r_j &\coloneqq \sum_k A_{jk} r_k", r"\sum_j r_j &= \sum_k \sum_j A_{jk} r_k"]
    assert displayed(checked(setting, *rows)) == ["unreadable", "unreadable"]


def test_a_derivative_beside_single_values_is_refused_where_its_function_bends() -> None:
    setting = r"Let $x \in \mathbb{R}$."
    report = checked(setting, r"\frac{d}{dx} \lvert x\rvert^2 &= 2x + \mathbb 1[x = 0]")
    assert displayed(report) == ["unreadable"]
    assert "single values" in refused(report)[0].message
    assert displayed(checked(setting, r"\frac{d}{dx} \lvert x\rvert^2 &= 2x")) == ["ok"]


def test_a_row_of_an_align_may_begin_with_a_bracket_on_the_next_line() -> None:
    setting = r"Let $A, B \in \mathbb{R}^{n \times n}$."
    rows = [
        r"(AB)_{ij} &= \sum_k A_{ik} B_{kj}",
        r"[AB]_{ij} &= \sum_k A_{ik} B_{kj}",
        r"[AB]_{ij} &= \sum_k A_{ik} B_{jk}",
    ]
    assert displayed(checked(setting, *rows)) == ["ok", "ok", "wrong"]


@pytest.mark.parametrize(
    "words", ["The next row is false.", "The following does not hold:", "It is a common error that"]
)
def test_words_that_deny_a_display_refuse_it(words: str) -> None:
    assert displayed(checked(rf"Let $x, y \in \mathbb{{R}}$. {words}", "xy &= yx")) == ["unreadable"]
