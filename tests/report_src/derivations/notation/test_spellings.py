"""Other spellings of what is read: relations with a reference, named right sides, ranges below a sum, "for all i"."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

SETTING = (
    r"Let $x, y \in \mathbb{R}^{n}$, $\beta \in \mathbb{R}$, $A \in \mathbb{R}^{n \times n}$ and $h_t \in \mathbb{R},\ "
    r"t = 1,\dots,T$. $f \coloneqq x^\top y$."
)
SQUARES = r"\bigl(\sum_i x_i\bigr)^2"


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"f &\overset{(a)}{=} y^\top x", r"f &\overset{(a)}{=} y^\top y"),
        (r"f &\stackrel{(1)}{\le} f + 1", r"f &\stackrel{(1)}{\le} f - 1"),
        (r"f &\overset{\text{(i)}}{=} y^\top x", r"f &\overset{\text{(i)}}{=} x^\top x"),
        (r"\frac{\partial f}{\partial x} &= y =: g", r"\frac{\partial f}{\partial x} &= x =: g"),
        (r"\frac{\partial f}{\partial x} &= y \eqqcolon g", r"\frac{\partial f}{\partial x} &= x \eqqcolon g"),
        (r"\sum_{1 \le i \le n} x_i y_i &= f", r"\sum_{1 \le i \le n} x_i x_i &= f"),
        (
            r"\sum_{1 \le i, j \le n} x_i y_j A_{ij} &= x^\top A y",
            r"\sum_{1 \le i, j \le n} x_i y_j A_{ij} &= y^\top A x",
        ),
        (
            rf"2\sum_{{1 \le i < j \le n}} x_i x_j &= {SQUARES} - \sum_i x_i^2",
            rf"\sum_{{1 \le i < j \le n}} x_i x_j &= {SQUARES} - \sum_i x_i^2",
        ),
        (
            rf"2\sum_{{1 \le i \le j \le n}} x_i x_j &= {SQUARES} + \sum_i x_i^2",
            rf"2\sum_{{1 \le i \le j \le n}} x_i x_j &= {SQUARES}",
        ),
        (
            rf"\sum_{{1 \le i \ne j \le n}} x_i x_j &= {SQUARES} - \sum_i x_i^2",
            rf"\sum_{{1 \le i \ne j \le n}} x_i x_j &= {SQUARES}",
        ),
        (r"\sum_{i \in \{1, \dots, n\}} x_i y_i &= f", r"\sum_{i \in \{1, \dots, n\}} x_i &= f"),
        (r"\sum_{i \in [n]} x_i y_i &= f", r"\sum_{i \in [n]} x_i &= f"),
        (r"\sum_{j \ne i}^{n} x_j &= \sum_j x_j - x_i", r"\sum_{j \ne i}^{n} x_j &= \sum_j x_j + x_i"),
        (
            r"\sum_{\substack{j=1 \\ j \ne i}}^{n} x_j &= \sum_j x_j - x_i",
            r"\sum_{\substack{j=1 \\ j \ne i}}^{n} x_j &= \sum_j x_j - 2x_i",
        ),
        (
            rf"\sum_{{\substack{{i,j=1 \\ i \ne j}}}}^n x_i x_j &= {SQUARES} - \sum_i x_i^2",
            rf"\sum_{{\substack{{i,j=1 \\ i \ne j}}}}^n x_i x_j &= {SQUARES}",
        ),
        (r"\frac{\partial f}{\partial x_i} &= y_i \quad \text{for all } i", r"x_i &= y_i \quad \text{for all } i"),
        (r"x_i y_j &= y_j x_i \quad \forall i, j", r"x_i y_j &= y_i x_j \quad \forall i, j"),
        (
            r"x_i y_j &= y_j x_i \text{ for any } i \text{ and } j",
            r"x_i y_j &= y_i x_j \text{ for any } i \text{ and } j",
        ),
        (r"x_i y_i &= y_i x_i \quad \forall i \in \{1,\dots,n\}", r"x_i &= y_i \quad \forall i \in \{1,\dots,n\}"),
        (r"x^\top x &\ge 0 \quad \forall x \in \mathbb{R}^{n}", r"x^\top y &\ge 0 \quad \forall x \in \mathbb{R}^{n}"),
        (r"x_i y_i &= y_i x_i, \text{ for all } i=1,2,...,n", r"x_i &= y_i, \text{ for all } i=1,2,...,n"),
        (r"x_i y_i &= y_i x_i, \quad 1 \le i \le n", r"x_i &= y_i, \quad 1 \le i \le n"),
        (r"(1-\beta) \sum_{k=0}^{T-1} \beta^k &= 1 - \beta^T", r"(1-\beta) \sum_{k=0}^{T} \beta^k &= 1 - \beta^T"),
        (r"\sum_{k=0}^{3} \beta^k &= 1 + \beta + \beta^2 + \beta^3", r"\sum_{k=0}^{3} \beta^k &= 1 + \beta + \beta^2"),
        (
            r"\sum_{k=0}^{t-1} \beta^k h_{t-k} &= \sum_{s=1}^{t} \beta^{t-s} h_s",
            r"\sum_{k=0}^{t-1} \beta^k h_{t-k} &= \sum_{s=1}^{t} \beta^{s-1} h_s",
        ),
        (r"\prod_{k=0}^{T-1} h_{k+1} &= \prod_{t=1}^{T} h_t", r"\prod_{k=0}^{T-2} h_{k+1} &= \prod_{t=1}^{T} h_t"),
        (r"\sum_{k=0}^{T} 1 &= T + 1", r"\sum_{k=0}^{T} 1 &= T"),
        (r"f &= \color{red}{y^\top x}", r"f &= \color{red}{y^\top y}"),
        (r"f &= {\color{blue} y^\top x}", r"f &= {\color{blue} y^\top} y"),
        (r"\textcolor{blue}{f = y^\top x}", r"\textcolor{blue}{f = y^\top y}"),
        (r"&{f = y^\top x}", r"&{f = y^\top y}"),
        (r"\mathbf{x^\top A y = y^\top A^\top x}", r"\mathbf{x^\top A y = y^\top A x}"),
        (
            r"(\mathbf{A x - y})^\top \mathbf{(A x - y)} &= x^\top A^\top A x - 2 y^\top A x + y^\top y",
            r"(\mathbf{A x - y})^\top \mathbf{(A x - y)} &= x^\top A^\top A x + 2 y^\top A x + y^\top y",
        ),
        (r"2*(\beta + f)*\beta &= 2\beta^2 + 2f\beta", r"2*(\beta + f)*\beta &= 2\beta^2 + f\beta"),
        (
            r"\prod_{i=1}^n \beta x_i &= \beta^n \prod_{i=1}^n x_i",
            r"\prod_{i=1}^n \beta x_i &= \beta \prod_{i=1}^n x_i",
        ),
        (r"\beta\left(\frac{1}{f}\right) f^2 &= f\beta", r"\beta\left(\frac{1}{f}\right) f^2 &= \beta"),
        (r"\sum x_i y_i &= f", r"\sum x_i y_i &= 2f"),
        (r"(A^\top x)_j &= \sum A_{ij} x_i", r"(A x)_j &= \sum A_{ij} x_i"),
        (
            r"\frac{e^{x_i + 1}}{\sum e^{x_j + 1}} &= \frac{e^{x_i}}{\sum_k e^{x_k}}",
            r"\frac{e^{x_i + 1}}{\sum e^{x_j}} &= \frac{e^{x_i}}{\sum_k e^{x_k}}",
        ),
        (r"\sum_{i=1}^n (x_i - \beta) &= \sum x_i - n\beta", r"\sum_{i=1}^n (x_i - \beta) &= \sum x_i - \beta"),
    ],
)
@pytest.mark.sampled(4)
def test_another_spelling_says_the_same(true: str, false: str) -> None:
    assert displayed(checked(SETTING, true))[0] == "ok"
    assert displayed(checked(SETTING, false))[0] == "wrong"


# sums with dots, and the same with their sign
DOTTED = [
    (r"x_1 + \dots + x_n", r"\sum_i x_i"),
    (r"x_1^2 + x_2^2 + \dots + x_n^2", r"x^\top x"),
    (r"x_n + x_{n-1} + \dots + x_1", r"\sum_i x_i"),
    (r"x_1 y_n + x_2 y_{n-1} + \dots + x_n y_1", r"\sum_{i=1}^n x_i y_{n+1-i}"),
    (r"A_{11} + A_{22} + \dots + A_{nn}", r"\operatorname{tr}(A)"),
    (r"e^{x_1} + e^{x_2} + \dots + e^{x_n}", r"\sum_i e^{x_i}"),
    (r"\frac1n x_1 + \frac1n x_2 + \dots + \frac1n x_n", r"\frac1n \sum_i x_i"),
    (r"f + x_2 + x_3 + \dots + x_n", r"f - x_1 + \sum_i x_i"),
    (r"1 + \beta + \beta^2 + \dots + \beta^{n-1}", r"\frac{1-\beta^n}{1-\beta}"),
    (r"\beta x_1 + \beta^2 x_2 + \dots + \beta^n x_n", r"\sum_i \beta^i x_i"),
    (r"x_1 + \beta x_2 + \beta^2 x_3 + \dots + \beta^{n-1} x_n", r"\sum_i \beta^{i-1} x_i"),
    (r"h_T + \beta h_{T-1} + \beta^2 h_{T-2} + \cdots + \beta^{T-1} h_1", r"\sum_{t=1}^T \beta^{T-t} h_t"),
    (r"\beta^{T-1} h_1 + \beta^{T-2} h_2 + \cdots + \beta h_{T-1} + h_T", r"\sum_{t=1}^T \beta^{T-t} h_t"),
    (r"h_1 + h_2 + \dots + h_{T-1}", r"\sum_{t=1}^{T-1} h_t"),
    (r"h_t + h_{t-1} + \dots + h_1", r"\sum_{s=1}^{t} h_s"),
    (r"1 + 2 + \dots + n", r"\frac{n(n+1)}{2}"),
    (r"1^2 + 2^2 + \dots + n^2", r"\frac{n(n+1)(2n+1)}{6}"),
    (r"x_1 + 2x_2 + 3x_3 + \dots + n x_n", r"\sum_i i x_i"),
    (r"1 + 2\beta + 3\beta^2 + \dots + n\beta^{n-1}", r"\sum_{i=1}^n i \beta^{i-1}"),
    (r"3 + 1 + 2 + \dots + n", r"3 + \sum_{i=1}^n i"),
]


@pytest.mark.parametrize(("dots", "sign"), DOTTED)
@pytest.mark.sampled(3)
def test_a_sum_with_dots_is_the_sum_that_its_terms_begin(dots: str, sign: str) -> None:
    found = checked(
        SETTING, f"{dots} &= {sign}", f"{dots} &= 2 {sign}" if "frac{1-" in sign else f"{dots} &= {sign} + f"
    )
    assert displayed(found) == ["ok", "wrong"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"f &= \color{white}{y^\top x}", "may not be seen on paper"),
        (r"\textcolor{yellow}{f = y^\top x}", "may not be seen on paper"),
        (r"\mathbf{x^\top 1} &= \sum_i x_i", "takes one letter here"),
        (r"f &= x * y", "a convolution"),
        (r"A * A &= A A", "a convolution"),
        (r"\sum A_{ij} &= f", "what this sum runs over"),
        (r"x_i &= \sum x_i", "what this sum runs over"),
        (r"\sum 2 &= 2n", "what this sum runs over"),
        (r"2 + 4 + \dots + n &= f", "is not read here"),
        (r"2 + \dots + n &= f", "is not read here"),
        (r"3 + 4 + \dots + n &= f", "is not read here"),
        (r"12 + 22 + \dots + n2 &= f", "is not read here"),
        (r"1\tfrac12 + 2\tfrac12 + \dots + n\tfrac12 &= f", "this would be read as"),
        (r"1\,2 + 2\,2 + \dots + n\,2 &= f", "this would be read as"),
        (r"1 + 2\beta + 3\beta^2 + \dots + n\beta^n &= f", "is not read here"),
        (r"x_2 + 2x_2 + \dots + n x_n &= f", "is not read here"),
        (r"\prod_{i=1}^n x_i \beta &= \beta \prod_{i=1}^n x_i", "what belongs to this product"),
    ],
)
def test_what_has_no_one_meaning_is_refused(row: str, said: str) -> None:
    found = refused(checked(SETTING, row))[-1]
    assert (found.verdict, said in found.message) == ("unreadable", True), found.message


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\nabla s &= p", r"\nabla s &= z"),
        (r"\nabla^2 s &= \operatorname{diag}(p) - p p^\top", r"\nabla^2 s &= \operatorname{diag}(p) + p p^\top"),
        (r"\nabla q &= (C + C^\top) z", r"\nabla q &= 2 C z"),
        (r"\nabla q \cdot z &= 2 q", r"\nabla q \cdot z &= q"),
    ],
)
def test_a_gradient_by_the_one_name_of_a_definition(true: str, false: str) -> None:
    setting = (
        r"Let $z \in \mathbb{R}^{k}$ and $C \in \mathbb{R}^{k \times k}$. Here $C$ is constant. "
        r"$s \coloneqq \log\sum_i e^{z_i}$. $p \coloneqq \operatorname{softmax}(z)$. $q \coloneqq z^\top C z$."
    )
    assert displayed(checked(setting, true)) == ["ok"]
    assert displayed(checked(setting, false)) == ["wrong"]
    assert displayed(checked(setting.replace("Here $C$ is constant. ", ""), r"\nabla q &= 2 C z")) == ["unreadable"]


def test_words_between_two_rows_end_the_one_before() -> None:
    between = r"f &= x^\top y \intertext{which is}"
    assert displayed(checked(SETTING, rf"{between} &= y^\top x")) == ["ok", "ok"]
    assert displayed(checked(SETTING, rf"{between} &= y^\top y")) == ["ok", "wrong"]


def test_a_named_right_side_is_used_further_on() -> None:
    named = r"\frac{\partial f}{\partial x} &= y =: g"
    assert displayed(checked(SETTING, named, "g &= y")) == ["ok", "ok"]
    assert displayed(checked(SETTING, named, "g &= 2y")) == ["ok", "wrong"]
    assert displayed(checked(SETTING, r"f^2 =: q", r"q &= (y^\top x)^2")) == ["definition", "ok"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"f &\overset{?}{=} y^\top x", r"\overset is not in the language"),
        (r"f &\overset{x = 0}{=} 0", r"\overset is not in the language"),
        (r"f &= y^\top x \quad \forall z", "a row holds for all values of its indices"),
        (r"x_i y_i &= y_i x_i \quad \forall i \in \{1,\dots,T\}", "a row holds for all values of its indices"),
        (r"x^\top x &\ge 0 \quad \forall x \in \mathbb{R}^{T}", "a row holds for all values of its indices"),
        (r"f &\ge 0 \quad \forall x > 0", "compares numbers"),
        (r"\sum_{k=0}^{T-1} h_k &= \sum_{t} h_t", "outside of its range"),
        (r"\sum_{k=0}^{T} h_{k+1} &= \sum_{t} h_t", "outside of its range"),
    ],
)
def test_what_says_something_else_is_refused(row: str, said: str) -> None:
    found = refused(checked(SETTING, row))[-1]
    assert (found.verdict, said in found.message) == ("unreadable", True), found.message


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"f &= f + \underbrace{x^\top y - y^\top x}_{=0}", r"f &= f + \underbrace{x^\top y}_{=0} - f"),
        (r"\beta f &= \beta \underbrace{x^\top y}_{=f}", r"\beta f &= \beta \underbrace{x^\top y}_{=f^2}"),
        (r"f^2 &= \underbrace{f^2}_{\ge 0}", r"f &= \underbrace{f}_{\ge 0}"),
        (r"f &= \overbrace{x^\top y}^{= f}", r"f &= \overbrace{x^\top y}^{= 2f}"),
        (
            r"A x &= \underbrace{A}_{n \times n} \underbrace{x}_{n \times 1}",
            r"A x &= \underbrace{A}_{n \times n} \underbrace{x}_{1 \times n}",
        ),
        (r"x_i y_i &= \underbrace{x_i y_i}_{= y_i x_i}", r"x_i y_i &= \underbrace{x_i y_i}_{= x_i}"),
        (r"\underbrace{\beta^{2}}_{= \beta \beta} &= \beta^2", r"\underbrace{\beta^{2}}_{=0} &= \beta^2"),
        (r"\underbrace{A_{ij}}_{= A_{ij}} &= A_{ij}", r"\underbrace{A_{ij}}_{=0} &= A_{ij}"),
        (r"\underbrace{A^{-1}}_{n \times n} x &= A^{-1} x", r"\underbrace{A^{-1}}_{n \times 1} x &= A^{-1} x"),
    ],
)
@pytest.mark.sampled(2)
def test_the_note_of_a_brace_is_checked(true: str, false: str) -> None:
    assert displayed(checked(SETTING, true)) == ["ok"]
    assert displayed(checked(SETTING, false)) == ["wrong"]


@pytest.mark.parametrize(
    "row",
    [
        r"f &= \sum_i \underbrace{x_i y_i}_{= y_i x_i}",
        r"f &= \underbrace{x^\top y}_{= c}",
        r"f &= \underbrace{x^\top y}_{\approx 0}",
        r"A x &= \underbrace{A}_{I} x",
        r"\beta &= \underbrace{\beta}_{\pi}",
        r"\beta &= \underbrace{\beta}_{n}",
        r"\beta &= \underbrace{\beta}_{\text{(zero)}}",
        r"f &= \underbrace{x^\top y}_{0 = 1}",
        r"K(r) &\coloneqq \beta \underbrace{r^2}_{= 2}",
    ],
)
def test_a_note_that_is_not_checked_is_refused(row: str) -> None:
    assert displayed(checked(SETTING, row, "f &= x^\\top y"))[0] == "unreadable"


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"x_1 y_1 + x_2 y_2 + \cdots + x_n y_n &= f", r"x_1 x_1 + x_2 x_2 + \cdots + x_n x_n &= f"),
        (r"x_1 y_1 + \dots + x_{n} y_{n} &= f", r"x_1 y_1 + \dots + x_{n} y_{n} &= 2f"),
        (r"\exp(x_1 + \dots + x_n) &= \exp(\sum_i x_i)", r"\exp(x_1 + \dots + x_n) &= \sum_i \exp(x_i)"),
        (r"\beta + x_1^2 + x_2^2 + \dots + x_n^2 &= \beta + x^\top x", r"\beta + x_1^2 + \dots + x_n^2 &= x^\top x"),
        (
            r"A_{11} + A_{22} + \dots + A_{nn} &= \operatorname{tr}(A)",
            r"A_{11} + \dots + A_{1n} &= \operatorname{tr}(A)",
        ),
        (r"A_{i1} x_1 + A_{i2} x_2 + \dots + A_{in} x_n &= (Ax)_i", r"A_{1i} x_1 + \dots + A_{ni} x_n &= (Ax)_i"),
        (r"h_1 + \dots + h_{T-1} &= \sum_{t=1}^{T-1} h_t", r"h_1 + \dots + h_{T-1} &= \sum_{t=1}^{T} h_t"),
    ],
)
@pytest.mark.sampled(3)
def test_a_sum_with_dots_is_the_sum(true: str, false: str) -> None:
    assert displayed(checked(SETTING, true)) == ["ok"]
    assert displayed(checked(SETTING, false)) == ["wrong"]


@pytest.mark.parametrize(
    "row",
    [
        r"x_1 y_1 + x_2 y_2 + \dots + x_n x_n &= f",
        r"x_1 y_1 + x_2 y_3 + \dots + x_n y_n &= f",
        r"-x_1 + x_2 + \dots + x_n &= f",
        r"x_1 - x_2 + \dots + x_n &= f",
        r"x_i + \dots + x_n &= f",
        r"x_1 + x_3 + \dots + x_n &= f",
        r"\beta + \beta^2 + \beta^4 + \dots + \beta^n &= f",
        r"x_1 + \dots + h_n &= f",
        r"x_1 y_2 + x_2 y_2 + \dots + x_n y_n &= f",
        r"A_{12} + A_{22} + \dots + A_{nn} &= f",
        r"x_1^2 + x_2^2 + \dots + x_n^n &= f",
    ],
)
def test_dots_that_leave_out_something_else_are_refused(row: str) -> None:
    assert displayed(checked(SETTING, row)) == ["unreadable"]


STAR = (
    r"Let $x \in \mathbb{R}^{p}$, $g^{[1]} : \mathbb{R} \to \mathbb{R}$ and $\ell : \mathbb{R}^{p} \to \mathbb{R}$. "
    r"Here $*$ is the elementwise product. $a \coloneqq g^{[1]}(x)$. $L \coloneqq \ell(a)$."
)


@pytest.mark.parametrize("prime", [r"g^{[1]'}", r"g^{[1]\prime}", r"{g^{[1]}}'"])
def test_a_star_is_the_elementwise_product_where_the_text_says_so(prime: str) -> None:
    gradient = r"\frac{\partial L}{\partial x} &= \frac{\partial L}{\partial a} *"
    assert displayed(checked(STAR, f"{gradient} {prime}(x)")) == ["ok"]
    assert displayed(checked(STAR, f"{gradient} a")) == ["wrong"]
    silent = STAR.replace("Here $*$ is the elementwise product. ", "")
    assert displayed(checked(silent, f"{gradient} {prime}(x)")) == ["unreadable"]


def test_a_quotient_by_a_function_of_an_array_is_taken_entry_by_entry() -> None:
    setting = r"Let $v \in \mathbb{R}^{n}$. Here all vectors are columns."
    logistic = r"p &\coloneqq \frac{1}{1 + \exp(-v)}"
    true = r"\frac{\partial p}{\partial v} &= \operatorname{diag}(p \odot (1 - p))"
    assert displayed(checked(setting, logistic, true)) == ["definition", "ok"]
    assert displayed(checked(setting, logistic, true.replace("1 - p", "p"))) == ["definition", "wrong"]
    assert displayed(checked(setting, r"p &\coloneqq \frac{1}{v}"))[0] == "unreadable"


@pytest.mark.parametrize("star", ["*", "{*}", r"\ast", r"\star", r"{\star}"])
def test_a_star_below_a_name_is_a_part_of_it(star: str) -> None:
    setting = rf"Let $x, x_{star} \in \mathbb{{R}}^{{n}}$."
    rows = [rf"x_{star}^\top x &= x^\top x_{star}", rf"x_{star}^\top x &= x^\top x", rf"x_{star} &= x"]
    report = checked(setting, *rows)
    assert displayed(report) == ["ok", "wrong", "wrong"]
    assert ("x_⋆" if "star" in star else "x_*") in refused(report)[-1].message


def test_a_star_beside_an_index_is_not_read() -> None:
    assert displayed(checked(r"Let $x \in \mathbb{R}^{n}$.", r"x_{*i} &= x_i")) == ["unreadable"]
