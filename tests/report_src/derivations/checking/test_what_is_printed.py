# ruff: noqa: E501 - rows of LaTeX are not broken
"""What is printed in a row beside its formula, and two names or signs that a reader tells apart: each is refused."""

import pytest

from tests.report_src.derivations.checked import checked, refused

GIVEN = r"Let $x, y, \delta \in \mathbb{R}$, $\mathbf{w} \in \mathbb{R}^{d}$ and $W \in \mathbb{R}^{m \times d}$."


REFUSED = {
    "a relation in a note": (r"x &= x \text{ (here y = 2x)}", "mathematics inside"),
    "a relation between rows": (r"x &= x \\ \intertext{so that x = y} y &= y", "mathematics inside"),
    "a note that denies": (r"x &= x \text{ (incorrect)}", "takes back what the row says"),
    "a tag that denies": (r"x &= x \tag{false}", "takes back what the row says"),
    "words between rows that deny what follows": (
        r"x &= x \\ \intertext{The following is false.} y &= y",
        "takes back what the row says",
    ),
    "words between rows that deny": (r"x &= x \\ \intertext{It is wrong that} y &= y", "takes back what the row says"),
    "an upright index": (r"w_{\mathrm{k}} &= w_k", "is not an index"),
    "an upright label and a letter": (r"p_{\mathrm{k}} &\coloneqq x \\ p_k &= x", "neither declared nor defined"),
    "a calligraphic letter beside an italic one": (r"\mathcal{L} &\coloneqq x \\ L &= x", "prints two names"),
    "an upright letter beside an italic one": (r"p &\coloneqq x \\ \mathsf{p} &= x", "prints two names"),
    "a bold index": (r"w_{\mathbf k} &= w_k", "is not an index"),
    "a blank in a label": (r"p_{\text{a b}} &\coloneqq x \\ p_{\text{ab}} &= x", "neither declared nor defined"),
    "arithmetic in a note": (r"x &= x \quad\text{(times two)}", "not a word that leads"),
    "a sign in a note": (r"x &= x \quad\text{(+ 1)}", "not a word that leads"),
    "a note that names another value": (r"\underbrace{x + y}_{\delta} &= x + y", "the note of this brace says"),
    "the value of a norm at 0": (r"\lVert W\mathbf{w}\rVert^2(0) &= 0", "the value at a point"),
    "the value of a square at 0": (r"(x - 1)^2(0) &= 0", "the value at a point"),
    "a bold value beside a component": (r"\mathbf{w}_1 &\coloneqq x \\ w_1 &= x", "a component of w"),
    "a row that goes on in another column": (r"x &= x \\ && y &= y \\ &= y", "another column"),
    "braces around one name": (r"x\{y\} &= xy", "braces"),
    "braces that close as a bracket": (r"2\{x + y) &= 2x + 2y", "it prints 2{x+y)"),
    "a component of a number": (r"x_i &= x", "has no components"),
    "signs over each other": (r"x\!\!\!\!\!\!\!\! y &= xy", "print signs over each other"),
    "a pale colour": (r"x + \textcolor{palegray}{y} &= x + y", "may not be seen on paper"),
    "two brackets of one name": (r"p^{[1]} &\coloneqq x \\ p^{(1)} &= x", "prints two names"),
    "a variation": (r"L &\coloneqq x^2 \\ \frac{\delta L}{\delta x} &= x", "can be read as a quotient"),
    "a value that is written out beside its name": (
        r"u &\coloneqq x + y, & L &\coloneqq (x + y)^2, & M &\coloneqq uL \\ \frac{\partial M}{\partial u} &= L",
        "which equals u",
    ),
    "a factor that is written out beside its name": (
        r"u &\coloneqq \tanh(x), & L &\coloneqq u\tanh(x) \\ \frac{\partial L}{\partial u} &= \tanh(x)",
        "which equals u",
    ),
    "a zero derivative of a source": (
        r"u &\coloneqq x^2, & v &\coloneqq 2u \\ \frac{\partial u}{\partial v} &= 0",
        "is not defined by",
    ),
    "a zero derivative by an equal value": (
        r"\mathbf{r} &\coloneqq W\mathbf{w}, & L &\coloneqq \lVert W\mathbf{w}\rVert^2 \\"
        r" \frac{\partial L}{\partial \mathbf{r}} &= 0",
        "is not defined by",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_a_row_is_refused_for_what_it_prints(case: tuple[str, str]) -> None:
    row, why = case
    found = [one for one in checked(GIVEN, row).rows if one.message]
    assert {one.verdict for one in found} == {"unreadable"}, found
    assert any(why in one.message for one in found), found


@pytest.mark.parametrize(
    "row",
    [
        r"x &= x \text{ (by symmetry)}",
        r"x &= x \tag{A1}",
        r"x\!\! y &= xy",
        r"x &= x \\ \intertext{and, without loss of generality,} y &= y",
        r"p_{\mathrm{k}} &\coloneqq x \\ p_{\text{k}} &= x",
        r"w_{\max} &\coloneqq x \\ w_{\text{max}} &= x",
        r"W^{\mathrm{T}}W &= W^\top W",
        r"\exp\{x\} &= \exp\left\{x\right\}",
        r"\max\{0, x\} - 2\{x + y\} &= \max(0, x) - 2x - 2y",
        r"\mathbb{1}\{x > 0\}\exp\{x\} &= e^{x}\mathbb{1}[x > 0]",
        r"e^{-x^2} &> 0",
        r"u &\coloneqq x^2, & v &\coloneqq u + x, & L &\coloneqq v^2 \\ \frac{\partial L}{\partial u} &= 2v",
        r"u &\coloneqq x^2, & L &\coloneqq u + x^2 \\ \frac{\partial L}{\partial x} &= 4x",
        r"\mathcal{L} &\coloneqq x^2 \\ \frac{\partial\mathcal{L}}{\partial x} &= 2x",
        r"\sum_{ij} W_{ij}^2 &= \lVert W\rVert_F^2",
        r"\sum\nolimits_i w_i &= \sum\limits_i w_i",
        r"x &= x \quad\therefore\quad x + y = y + x",
        r"f(x) &\coloneqq x^2 y \\ f'(x) &= 2xy \\ f''(x) &= 2y",
        r"x + \textcolor{blue}{y} &= x + y",
        r"p^{[1]} &\coloneqq x \\ p^{[1]} &= x",
        r"u &\coloneqq x^2, & v &\coloneqq 2y \\ \frac{\partial u}{\partial v} &= 0",
    ],
)
def test_the_usual_way_to_write_it_is_read(row: str) -> None:
    assert checked(GIVEN, row).accepted, checked(GIVEN, row).rows


def test_a_letter_is_no_dimension_and_another_number() -> None:
    report = checked(
        r"Let $x_n \in \mathbb{R},\ n = 1,\dots,N$ and $N \in \mathbb{R}$.", r"\frac1N\sum_{n=1}^{N} x_n &= 0"
    )
    assert any("N is a dimension of this derivation" in row.message for row in report.rows)


def test_a_long_product_and_a_long_power_are_judged() -> None:
    given = r"Let $\mathbf{x} \in \mathbb{R}_{>0}^{d}$."
    for row in (
        r"\frac{1}{d}\sum_i x_i &\ge \prod_i x_i^{1/d}",
        r"\Bigl(\frac{1}{d}\sum_i x_i\Bigr)^d &\ge \prod_i x_i",
    ):
        assert checked(given, row).accepted


@pytest.mark.parametrize(
    ("setting", "row"),
    [
        (r"Let $W \in \mathbb{R}^{m \times d}$, where $m = d$ never holds.", r"\operatorname{tr}(W) &= \operatorname{tr}(W^\top)"),
        (r"Let $x_n \in \mathbb{R},\ n = 1,\dots,N$ and $y_n \in \mathbb{R},\ n = 1,\dots,N+1$.", r"\sum_n y_n &= \sum_{n=1}^{N} y_n"),
        (r"Let $W \in \mathbb{R}^{m \times d}$. Nothing changes for $m = d$.", r"\operatorname{tr}(W) &= \operatorname{tr}(W^\top)"),
        (r"Let $W \in \mathbb{R}^{m \times d}$. In the case with $m = d$ more is known.", r"\operatorname{tr}(W) &= \operatorname{tr}(W^\top)"),
        (r"Let $\mathbf{x} \in \mathbb{R}^{4}$.", r"\sum_{i=1}^{3} x_i &= x_1 + x_2 + x_3 + x_4"),
        (r"Let $\mathbf{x} \in \mathbb{R}^{3}$.", r"\sum_{i=1}^{3} 1 &= 4"),
        (GIVEN, r"f(x) &\coloneqq x^2 \\ f'(x) &= x"),
        (GIVEN, r"f(x) &\coloneqq x^2 \\ f'(3) &= 2x"),
        (GIVEN, r"f(x) &\coloneqq x^2 y \\ f'(y) &= x^2"),
        (GIVEN, r"L &\coloneqq x^2 \\ L\{x + 1\} &= x^3 + x^2"),
        (GIVEN, r"\exp\{x\}^2 &= e^{x^2}"),
    ],
)  # fmt: skip
def test_what_a_reader_takes_otherwise_gets_no_tick(setting: str, row: str) -> None:
    assert not checked(setting, row).accepted


def test_a_half_line_is_written_before_or_behind_its_dimension() -> None:
    setting = r"Let $\mathbf{s} \in \mathbb{R}^{n}_{>0}$, $\mathbf{r} \in \mathbb{R}_{>0}^{n}$ and $\mathbf{t} \in \mathbb{R}^n_{\ge 0}$."
    assert checked(setting, r"\log(s_i r_i) &= \log s_i + \log r_i", r"t_i &\ge 0").accepted
    assert not checked(setting, r"t_i &> 0").accepted


@pytest.mark.parametrize("size", [3, 4])
def test_a_sum_to_a_number_is_read_where_the_vector_has_so_many_entries(size: int) -> None:
    report = checked(rf"Let $\mathbf{{x}} \in \mathbb{{R}}^{{{size}}}$.", r"\sum_{i=1}^{3} x_i &= x_1 + x_2 + x_3")
    assert [row.verdict for row in report.rows if not row.inline] == ["ok" if size == 3 else "unreadable"]


@pytest.mark.parametrize("words", ["with $m = d$.", ", where $m = d$.", ". We take $m = d$.", ". Let $m = d$."])
def test_a_sentence_that_declares_makes_two_dimensions_one(words: str) -> None:
    setting = rf"Let $W \in \mathbb{{R}}^{{m \times d}}$ {words}"
    assert checked(setting, r"\operatorname{tr}(W) &= \operatorname{tr}(W^\top)").accepted


@pytest.mark.parametrize(
    ("setting", "row", "verdict"),
    [
        (r"$x_t \in \mathbb{R}$ for $t \in \{1, \dots, T\}$", r"\sum_{t=1}^{T} x_t &= \sum_t x_t", "ok"),
        (r"$x^{(i)} \in \mathbb{R}$, $i \in \{1, \dots, m\}$", r"\sum_{i=1}^{m} x^{(i)} &= \sum_i x^{(i)}", "ok"),
        (r"$x_t \in \mathbb{R}$ for $t \in \{0, \dots, T\}$", r"\sum_{t=1}^{T} x_t &= \sum_t x_t", "unreadable"),
        (r"$K \in \mathbb{R}^{n \times n}$", r"\log\det K + \log 2 &= \log(2\det(K))", "ok"),
        (r"$K \in \mathbb{R}^{n \times n}$", r"\log\det K^\top K &= 2\log\det K", "unreadable"),
    ],
)
def test_a_set_of_numbers_is_the_range_of_an_index_and_log_det_is_one_function(
    setting: str, row: str, verdict: str
) -> None:
    report = checked(f"Let {setting}.", row)
    assert [found.verdict for found in report.rows if not found.inline] == [verdict]


@pytest.mark.parametrize("words", ["It is not true that", "It would be wrong to say that", "In general we do not have"])
def test_words_that_run_into_a_display_and_take_it_back_refuse_it(words: str) -> None:
    (found,) = refused(checked(f"{GIVEN} {words}", "x &= x"))
    assert "takes back what this display says" in found.message


@pytest.mark.parametrize("words", ["It is not hard to see that", "This is not true of matrices. Here", "We find that"])
def test_other_words_before_a_display_say_nothing(words: str) -> None:
    assert checked(f"{GIVEN} {words}", "x &= x").accepted
