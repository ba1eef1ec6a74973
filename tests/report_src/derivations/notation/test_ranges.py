"""Ranges of families as a text writes them; a name without one is no family."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = r"Let $v \in \mathbb{R}^{n}$."
SUM = r"s &\coloneqq \sum_{i=1}^n y_i v_i"
TRUE, FALSE = r"\frac{\partial s}{\partial y_i} &= v_i", r"\frac{\partial s}{\partial y_i} &= 2 v_i"


@pytest.mark.parametrize(
    "said",
    [
        r"$y_i \in \mathbb{R}$, where $1 \le i \le n$",
        r"$y_i \in \mathbb{R},\ 1 \leq i \leq n$",
        r"$y_i \in \mathbb{R}$ for $i \in [n]$",
        r"$y_i \in \mathbb{R}$ for $i = 1:n$",
        r"$y_i \in \mathbb{R}$ for $i = 1 \dots n$",
        r"$y_i \in \mathbb{R}$ for $i,k = 1,\dots,n$",
        r"$y_1, \dots, y_n \in \mathbb{R}$",
        r"$y_1, y_2, \ldots, y_{n} \in \mathbb{R}$",
        r"$y_1, \dots, y_n \in \mathbb{R}$ and $u_1, \dots, u_m \in \mathbb{R}^{k}$",
    ],
)
def test_a_range_is_read_as_it_is_written(said: str) -> None:
    assert displayed(checked(f"{SETTING} Let {said}.", SUM, TRUE)) == ["definition", "ok"]
    assert displayed(checked(f"{SETTING} Let {said}.", SUM, FALSE)) == ["definition", "wrong"]


def test_listed_vectors_are_a_family() -> None:
    setting = r"Let $x_1, \dots, x_n \in \mathbb{R}^{d}$ and $x^{(1)}, \dots, x^{(m)} \in \mathbb{R}^{d}$."
    assert displayed(checked(setting, r"\sum_{i=1}^n x_i^\top x_i &= \sum_{i=1}^n \lVert x_i\rVert^2")) == ["ok"]
    assert displayed(checked(setting, r"\sum_{i=1}^m \lVert x^{(i)}\rVert^2 &= \sum_{i=1}^n \lVert x_i\rVert^2")) == [
        "wrong"
    ]


@pytest.mark.parametrize(
    "said",
    [
        r"Let $y_i \in \mathbb{R}$ for all $i$.",
        r"We have $n$ samples $y_i \in \mathbb{R}$.",
        r"Let $y_i \in \mathbb{R}$ with $i$ from $1$ to $n$.",
        r"Let $y_i \in \mathbb{R}$ for $i=1,2,3$.",
        r"Let $y_i \in \mathbb{R}$ ($i \le n$).",
    ],
)
def test_a_name_without_a_range_is_one_value_and_none_beside_its_index(said: str) -> None:
    false = r"\frac{\partial s}{\partial y_i} &= \sum_{i=1}^n v_i"
    found = checked(f"{SETTING} {said}", SUM, false)
    assert set(displayed(found)) == {"unreadable"}
    assert "nothing says what i runs over" in "".join(row.message for row in refused(found))


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (
            r"Let $y_i \in \mathbb{R}$ for $i = 1,\dots,n$ and $y \in \mathbb{R}^{n}$.",
            r"\frac{\partial y^\top y}{\partial y_i} &= 0",
        ),
        (
            r"Let $w_{ij} \in \mathbb{R}$, $i = 1,\dots,n$, $j = 1,\dots,m$ and $W \in \mathbb{R}^{n \times m}$.",
            r"\frac{\partial \operatorname{tr}(W^\top W)}{\partial w_{ij}} &= 0",
        ),
    ],
)
def test_an_array_beside_the_family_of_its_entries_is_refused(said: str, row: str) -> None:
    found = checked(said, row)
    assert "reads as an entry" in refused(found)[0].message
    assert displayed(found) != ["ok"]


def test_a_stated_range_is_that_of_an_index_that_nothing_else_counts() -> None:
    setting, power = r"Let $a, p_0 \in \mathbb{R}$.", r"p_k &\coloneqq a p_{k-1}"
    assert displayed(checked(f"{setting} Here $k = 1,\\dots,K$.", power, "p_1 &= a p_0")) == ["definition", "ok"]
    assert displayed(checked(f"{setting} Here $k = 1,\\dots,K$.", power, "p_1 &= p_0")) == ["definition", "wrong"]


def test_a_recursion_without_a_last_member_goes_on() -> None:
    setting = r"Let $a, p_0 \in \mathbb{R}$, $H \in \mathbb{R}^{n \times n}$, $c, w_0 \in \mathbb{R}^{n}$, $\eta > 0$."
    rows = [r"p_k &\coloneqq a p_{k-1}", "p_1 &= a p_0", "p_k &= a^k p_0", "p_5 &= a^5 p_0", "p_k &= a^{k-1} p_0"]
    assert displayed(checked(setting, *rows)) == ["definition", "ok", "ok", "ok", "wrong"]
    step = r"w_t &\coloneqq w_{t-1} - \eta H(w_{t-1} - c)"
    rows = [step, r"w_t - c &= (I - \eta H)(w_{t-1} - c)", r"w_t - c &= (I + \eta H)(w_{t-1} - c)"]
    assert displayed(checked(setting, *rows)) == ["definition", "ok", "wrong"]


CONTRACTION = r"Let $a, c, w_0, v_0, w^{(0)} \in \mathbb{R}$."


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ([r"w_{t+1} &\coloneqq w_t - a(w_t - c)", r"w_{t+1} - c &= (1 - a)(w_t - c)"], "ok"),
        ([r"w_{t+1} &\coloneqq w_t - a(w_t - c)", r"w_{t+1} - c &= (1 + a)(w_t - c)"], "wrong"),
        ([r"w_{t+1} &\coloneqq w_t - a(w_t - c)", r"&= (1 - a) w_t + ac"], "ok"),
        ([r"w_{t+1} &\coloneqq w_t - a(w_t - c)", r"&= (1 - a) w_t - ac"], "wrong"),
        ([r"w^{(k+1)} &\coloneqq w^{(k)} - a(w^{(k)} - c)", r"w^{(k+1)} - c &= (1 - a)(w^{(k)} - c)"], "ok"),
        ([r"w_{t+1} &\coloneqq a w_t", r"w_t &= a^t w_0"], "ok"),
        ([r"w_{t+1} &\coloneqq a w_t", r"w_t &= a^{t+1} w_0"], "wrong"),
        ([r"w_{t+1} &\coloneqq a w_t", "w_2 &= a w_0"], "wrong"),
        ([r"w_{t+1} &\coloneqq a w_t", r"&= a^{t+1} w_0"], "ok"),
        ([r"w_{t+1} &\coloneqq a w_t", r"&= a^t w_0"], "wrong"),
        ([r"w_{t+1} &\coloneqq a w_t", r"&= (t + 1) a w_t / (t + 1)"], "unreadable"),
        ([r"w_{t+1} &\coloneqq w_t + t", "w_1 &= w_0"], "unreadable"),
    ],
)
def test_the_next_member_is_defined_by_this_one(rows: list[str], verdicts: str) -> None:
    assert displayed(checked(CONTRACTION, *rows))[1:] == [verdicts]


def test_two_families_go_on_together() -> None:
    rows = [r"v_{t+1} &\coloneqq a v_t + c", r"w_{t+1} &\coloneqq w_t - v_{t+1}", r"w_{t+1} &= w_t - a v_t - c"]
    verdicts = ["definition", "definition"]
    assert displayed(checked(CONTRACTION, *rows)) == [*verdicts, "ok"]
    assert displayed(checked(CONTRACTION, *rows[:2], r"w_{t+1} &= w_t - a v_t + c")) == [*verdicts, "wrong"]


def test_a_display_below_does_not_go_on_from_the_next_member() -> None:
    setting = rf"{CONTRACTION} \[ w_{{t+1}} \coloneqq w_t - a(w_t - c) \]"
    report = checked(setting, r"&= (1 - a) w_t + ac")
    assert displayed(report) == ["definition", "unreadable"]
    assert "repeat the left side" in refused(report)[0].message


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (r"p_t &= \beta^t p_0 + (1 - \beta^t) g", "ok"),
        (r"p_t &= \beta^t p_0 + (1 - \beta^{t-1}) g", "wrong"),
        (r"\frac{\partial p_t}{\partial p_0} &= \beta^t", "ok"),
        (r"\frac{\partial p_t}{\partial g} &= 1 - \beta^t", "ok"),
        (r"\frac{\partial p_t}{\partial g} &= 1 - \beta", "wrong"),
    ],
)
def test_an_index_beside_it_is_an_exponent(row: str, verdict: str) -> None:
    setting = r"Let $\beta \in (0, 1)$ and $p_0, g \in \mathbb{R}$. $p_t \coloneqq \beta p_{t-1} + (1 - \beta) g$."
    assert displayed(checked(setting, row)) == [verdict]


def test_names_with_letters_that_are_no_indices_are_values() -> None:
    setting = r"Let $p_u, q_i, q_j \in \mathbb{R}^{d}$. $L \coloneqq -\log\sigma(p_u^\top q_i - p_u^\top q_j)$."
    row = r"\frac{\partial L}{\partial p_u} &= -(1 - \sigma(p_u^\top q_i - p_u^\top q_j))(q_i - q_j)"
    assert displayed(checked(setting, row)) == ["ok"]


def test_an_index_that_is_a_size_defines_no_single_entry() -> None:
    setting = r"Let $z, t \in \mathbb{R}^{k}$."
    found = checked(setting, r"y_k &\coloneqq \tanh(z_k)", r"\frac{\partial y_k}{\partial z_k} &= 1 - y_k^2")
    assert "k is a size here" in refused(found)[0].message
    partial = r"m_k &\coloneqq \frac1k \sum_{i=1}^k z_i"
    assert displayed(checked(setting, partial, r"k m_k &= \sum_i z_i")) == ["definition", "ok"]
