r"""What a row says behind "where", definitions behind their use, and conditions of the row above."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = (
    r"Let $A, B \in \mathbb{R}^{n \times n}$ be positive definite, $y, x \in \mathbb{R}^{n}$ and $\theta > 0$. "
    r"$K \coloneqq \theta A + B$."
)
USE = r"y^\top K^{-1} A K^{-1} y &= \alpha^\top A \alpha"
SOFTMAX = (
    r"Let $o \in \mathbb{R}^{K}$, $k \in \{1, \dots, K\}$ and $j \in \{1, \dots, K\}$. "
    r"$p_i \coloneqq \frac{e^{o_i}}{\sum_m e^{o_m}}$. $L \coloneqq -\log(p_k)$."
)


@pytest.mark.parametrize("said", [r"\text{where } \alpha =", r"\text{with } \alpha =", r"\alpha \coloneqq"])
def test_a_name_is_defined_behind_its_use(said: str) -> None:
    assert displayed(checked(SETTING, rf"{USE}, \quad {said} K^{{-1}} y")) == ["ok"]
    assert displayed(checked(SETTING, rf"{USE}, \quad {said} K^{{-2}} y")) == ["wrong"]


def test_members_of_a_family_are_defined_behind_their_use() -> None:
    assert displayed(checked(SETTING, r"x^\top y &= \sum_i u_i, \quad \text{where } u_i = x_i y_i")) == ["ok"]
    assert displayed(checked(SETTING, r"x^\top y &= \sum_i u_i, \quad \text{where } u_i = x_i")) == ["wrong"]


def test_a_row_goes_on_from_the_formula_and_not_from_what_explains_it() -> None:
    aside = rf"{USE}, \quad\text{{where }} \alpha = K^{{-1}} y"
    assert displayed(checked(SETTING, aside, r"&= \operatorname{tr}(A \alpha\alpha^\top)")) == ["ok", "ok"]
    assert displayed(checked(SETTING, aside, r"&= \alpha")) == ["ok", "wrong"]
    known = r"y^\top K y &= \theta y^\top A y + y^\top B y, \quad\text{where } K = \theta A + B"
    assert displayed(checked(SETTING, known, r"&= y^\top K y")) == ["ok", "ok"]
    assert displayed(checked(SETTING, known.replace("+ B", "- B"), r"&= y^\top K y")) == ["wrong", "ok"]


def test_a_row_goes_on_from_a_definition_that_it_is_aligned_with() -> None:
    used = rf"{USE}, & \alpha &\coloneqq K^{{-1}} y"
    assert displayed(checked(SETTING, used, r"&&&= K^{-1} I y")) == ["ok", "ok"]
    assert displayed(checked(SETTING, used, r"&&&= K^{-2} y")) == ["ok", "wrong"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (rf"{USE}, \quad\text{{where }} \alpha = 2\alpha", "neither declared nor defined"),
        (r"x_i &= x_1, \quad \text{where } i = 1", "neither declared nor defined"),
        (r"\alpha^\top y &= 0, \quad \alpha = K y", "neither declared nor defined"),
    ],
)
def test_what_defines_nothing_is_refused(row: str, said: str) -> None:
    found = refused(checked(SETTING, row))[0]
    assert (found.verdict, said in found.message) == ("unreadable", True), found.message


def test_an_index_behind_where_is_a_condition() -> None:
    assert displayed(checked(SETTING, r"x_i &= x_j, \quad \text{where } i = j")) == ["ok"]
    assert displayed(checked(SETTING, r"x_i &= y_j, \quad \text{where } i = j")) == ["wrong"]


def test_a_row_goes_on_below_a_condition() -> None:
    above = r"\frac{\partial L}{\partial o_j} &= \frac{e^{o_j}}{\sum_m e^{o_m}}, \quad j \ne k"
    assert displayed(checked(SOFTMAX, above, "&= p_j")) == ["ok", "ok"]
    assert displayed(checked(SOFTMAX, above, "&= p_k")) == ["ok", "wrong"]


@pytest.mark.parametrize("sign", ["-", "+"])
def test_a_row_that_needs_the_condition_above_says_it_again(sign: str) -> None:
    above, below = r"\frac{\partial L}{\partial o_j} &= p_j, \quad j \ne k", rf"&= p_j {sign} \mathbb 1[j = k]"
    found = checked(SOFTMAX, above, below)
    assert displayed(found) == ["ok", "unreadable"]
    assert "the condition of the row above" in refused(found)[0].message
    assert displayed(checked(SOFTMAX, above, rf"{below}, \quad j \ne k")) == ["ok", "ok"]


MOMENTUM = r"m_t &\coloneqq \beta m_{t-1} + (1 - \beta) g_t"


@pytest.mark.parametrize(
    "said",
    [
        "Assume $m_0 = 0$.",
        "Let $m_0 = 0$.",
        r"Here $m_0 = \mathbf 0$.",
        r"$m_0 \coloneqq 0$.",
        "We begin at $m_0 = 0$.",
    ],
)
@pytest.mark.parametrize("space", [r"\mathbb{R}", r"\mathbb{R}^{d}", r"\mathbb{R}^{d \times k}"])
@pytest.mark.sampled(3)
def test_a_recursion_begins_at_zeros_of_its_own_shape(said: str, space: str) -> None:
    setting = rf"Let $g_t \in {space},\ t = 1,\dots,T$ and $\beta \in (0,1)$. {said}"
    last = r"m_T &= (1 - \beta) \sum_{i=1}^T \beta^{T-i} g_i"
    assert displayed(checked(setting, MOMENTUM, last)) == ["definition", "ok"]
    assert displayed(checked(setting, MOMENTUM, last.replace("(1 - ", "(2 - "))) == ["definition", "wrong"]


@pytest.mark.parametrize(
    "said",
    [
        "If $m_0 = 0$ then the moment is biased.",
        "We avoid $m_0 = 0$.",
        "Our $m_0$ is arbitrary; Adam has $m_0 = 0$.",
        "The usual choice is $m_0 = 0$.",
    ],
)
def test_a_remark_about_a_first_member_begins_nothing(said: str) -> None:
    setting = rf"Let $g_t \in \mathbb{{R}},\ t = 1,\dots,T$ and $\beta \in (0,1)$. {said}"
    assert displayed(checked(setting, MOMENTUM, r"m_1 &= (1 - \beta) g_1")) == ["unreadable", "unreadable"]


def test_the_words_that_begin_it_may_stand_below() -> None:
    setting = r"Let $g_t \in \mathbb{R}^{d},\ t = 1,\dots,T$ and $\beta \in (0,1)$."
    rows = rf"{MOMENTUM} \end{{align}} with $m_0 = 0$. \begin{{align}} m_1 &= (1 - \beta) g_1"
    assert displayed(checked(setting, rows)) == ["definition", "ok"]
    assert displayed(checked(setting, MOMENTUM)) == ["unreadable"]


NOTES = [
    r"\quad \text{(difference of squares)}",
    r"&& \text{(completing the square)}",
    r"&& \text{(Cauchy--Schwarz)}",
    r"&& \text{expand}",
    r"\qquad \text{by the distributive law}",
    r"&& \text{substitute the definition}",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_names_the_step_of_a_row(note: str) -> None:
    setting = r"Let $x, y \in \mathbb{R}$."
    rows = rf"x^2 - y^2 &= (x - y)(x + y) {note}", rf"x^2 - y^2 &= (x - y)(x - y) {note}"
    assert displayed(checked(setting, *rows)) == ["ok", "wrong"]


@pytest.mark.parametrize("note", [r"\quad \text{transposed}", r"&& \text{inverse}", r"\quad \text{(up to a constant)}"])
def test_words_that_may_belong_to_the_formula_are_refused(note: str) -> None:
    assert displayed(checked(r"Let $A \in \mathbb{R}^{n \times n}$.", rf"A &= A^{{\top\top}} {note}")) == ["unreadable"]
