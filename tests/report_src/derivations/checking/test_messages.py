# ruff: noqa: E501 - rows of LaTeX are not broken
"""What an author reads after a slip: where it is, what is wrong, and what to do about it."""

import unicodedata

import pytest

from report_src.derivations import RowReport, check_text
from tests.report_src.derivations.checked import checked, refused

SETTING = (
    r"Let $\mathbf{x} \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{m \times d}$, $\mathbf{b}, \mathbf{y} \in \mathbb{R}^{m}$, "
    r"$g : \mathbb{R} \to \mathbb{R}$, $X \in \mathbb{R}^{d \times N}$, $\lambda > 0$."
)
NETWORK = r"\mathbf{a} &\coloneqq W\mathbf{x} + \mathbf{b}, & \hat{\mathbf{y}} &\coloneqq g(\mathbf{a}), & L &\coloneqq \tfrac12\lVert\hat{\mathbf{y}} - \mathbf{y}\rVert^2"


def refusal(row: str) -> RowReport:
    (found,) = refused(checked(SETTING, NETWORK, row))
    return found


SLIPS = {
    "a Jacobian transposed": (
        r"\frac{\partial \mathbf{a}}{\partial \mathbf{x}} &= W^{\top}",
        "∂a/∂x is m×d, W^⊤ is d×m",
        "leaving out the transpose ^⊤ would make this row true",
    ),
    "a gradient as a row": (
        r"\frac{\partial L}{\partial \mathbf{x}} &= \bigl((\hat{\mathbf{y}} - \mathbf{y}) \odot g'(\mathbf{a})\bigr)^{\top} W",
        "∂L/∂x is d×1, ((ŷ - y)⊙g'(a))^⊤W is 1×d",
        "a gradient has the shape of what it is taken by",
    ),
    "a wrong range": (
        r"\frac{\partial L}{\partial x_i} &= \sum_{j=1}^{d} W_{ji}(\hat{y}_j - y_j)g'(\mathbf{a})_j",
        "j runs over d elsewhere in this statement, and over m in W",
        r"\sum_{j=1}^{m}",
    ),
    "N for 1/N": (
        r"\lambda + \frac{\lambda}{N} &= \lambda + N\lambda",
        "is not λ + Nλ",
        "1/N for N would make this row true",
    ),
    "a forgotten definition": (
        r"\frac{\partial L}{\partial \mathbf{x}} &= W^{\top}\boldsymbol{\delta}",
        "δ is neither declared nor defined",
        r"declare it: $\delta \in \mathbb{R}^{d}$, or define it: \delta \coloneqq …",
    ),
    "an undeclared function": (
        r"\frac{\partial L}{\partial \mathbf{a}} &= (\hat{\mathbf{y}} - \mathbf{y}) \odot g_1'(\mathbf{a})",
        "g₁ is neither declared nor defined",
        r"$g_{1} : \mathbb{R} \to \mathbb{R}$; did you mean g?",
    ),
    "y for ŷ": (
        r"\frac{\partial L}{\partial \mathbf{a}} &= (\mathbf{y} - \mathbf{y}) \odot g'(\mathbf{a})",
        "is not (y - y)⊙g'(a)",
        "ŷ for y would make this row true",
    ),
    "a derivative with d": (
        r"d L &= \frac{1}{d} \frac{\partial L}{\partial \mathbf{x}}^\top d\mathbf{x}",
        "dL reads as a differential, and d is a number here",
        r"\frac{\partial L}{\partial x}, or with \mathrm d for d",
    ),
    "a prime on a value": (r"L' &= 0", "L is a value: it carries no prime", r"write \frac{\partial L}{\partial x}"),
    "a broadcast": (r"WX + \mathbf{b} &= WX", "WX is m×N, b is m×1", r"\mathbf b\mathbf 1_N^\top"),
    "a missing diag": (
        r"\frac{\partial \hat{\mathbf{y}}}{\partial \mathbf{x}} &= g'(\mathbf{a}) W",
        "g'(a) is m×1, W is m×d: the product has no meaning",
        r"\operatorname{diag}(g'(a))",
    ),
    "a derivative by an expression": (
        r"\frac{\partial L}{\partial W\mathbf{x}} &= \mathbf{y}",
        "the denominator is ∂ and a name",
        "give an expression a name first",
    ),
    "a function without its argument": (
        r"\mathbf{a} &= \mathbf{a} \odot g'",
        "g is a function: it needs ( )",
        "write g'(…)",
    ),
    "an undeclared dimension": (r"\sum_{k=1}^{K} x_k &= 1", "a sum runs to a dimension letter", "declared are d, m, N"),
    "an index above": (r"\lambda^i &= \lambda", "neither a number nor a declared value", "a layer or an example"),
    "an expectation": (r"\mathbb{E}[\mathbf{x}] &= \mathbf{x}", r"\mathbb is read before R, 1 and I", r"\frac1N\sum_{n=1}^{N}"),
    "a layer as a power": (r"W^{2}\mathbf{x} &= W\mathbf{x}", "W^2 is m×d, which has no square", "W^{(2)}"),
    "an operator's name in text": (
        r"\text{SoftMax}(\mathbf{a}) &= \mathbf{a}",
        "the word 'SoftMax' is part of the formula here",
        r"did you mean \operatorname{softmax}?",
    ),
    "a word as a side": (r"\text{loss} &= L", "the word 'loss' is part of the formula here", "declare a name for it"),
    "an open brace": (r"\frac{\partial L}{\partial \mathbf{x} &= W", "this brace is never closed", "add the }"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "what", "mend"), SLIPS.values(), ids=list(SLIPS))
@pytest.mark.usefixtures("corrections")
def test_a_slip_is_answered_with_its_place_what_is_wrong_and_what_to_do(row: str, what: str, mend: str) -> None:
    found = refusal(row)
    lines = unicodedata.normalize("NFC", found.message).split("\n")
    assert found.line == 5
    assert lines[0].startswith(f"d.tex:5:{found.column}: ")
    assert what in lines[0]
    assert lines[2].lstrip().startswith("^")
    assert mend in lines[3]
    assert lines[3].startswith("  hint: ")


def test_words_that_lead_to_a_row_are_passed_over() -> None:
    (report,) = check_text(
        r"\begin{derivation}{d}$x \in \mathbb{R}^{d}$ \begin{align} \text{so } x &= x && \text{(trivially)} \\ "
        r"\text{and thus}\quad (x + x) &= 2x \end{align}\end{derivation}"
    )
    assert report.accepted, [row.message for row in report.rows]
    assert report.steps == 2


MEANT = {
    r"\leftarrow": ("W &\\leftarrow W - W", "give the new value a name of its own"),
    r"\overset": (r"W &\overset{?}{=} W", "a note belongs in parentheses"),
    r"\lim": (r"\lim_{t} t &= 0", "a limit cannot be checked"),
    r"\succeq": (r"W &\succeq 0", r"assume it in the text"),
    r"\partal": (r"\frac{\partal L}{\partial W} &= W", r"did you mean \partial?"),
}


@pytest.mark.parametrize(("row", "mend"), MEANT.values(), ids=MEANT)
def test_the_hint_for_an_unknown_command_is_the_nearest_in_meaning(row: str, mend: str) -> None:
    assert mend in refusal(row).message.split("hint: ")[1]


UNREAD = {
    "tanh without a backslash": (r"\mathbf{a} &= tanh(\mathbf{a})", "tanh is typed letter by letter", r"write \tanh"),
    "log without a backslash": (r"\lambda &= log(\lambda)", "log is typed letter by letter", r"write \log"),
    "tr without a backslash": (r"\lambda &= tr(WX)", "tr is typed letter by letter", r"write \operatorname{tr}"),
    "a subscript for a derivative": (r"J_x &= W", "J_x is neither declared", r"$J_{x} \in \mathbb{R}$ or $J_{x} \in \mathbb{R}^{d}$"),
    "a starred name": (r"\mathbf{x}^* &= \mathbf{x}", "this name with a star is neither declared", r"$w^* \in"),
    "the step before": (r"\mathbf{h} &= \mathbf{h}_{t-1}", "h is neither declared", r"declare it: $h \in"),
    "one step before": (r"\mathbf{x} + \mathbf{h}_{t-1} &= \mathbf{x}", "neither declared", "a recursion is a definition"),
    "the entry at a label": (r"x_{y_i} &= \lambda", "y_i is no index: y is a value", r"\sum_k y_k p_k"),
    "a sum without its index": (r"\sum 2 &= \lambda", "it is not clear what this sum runs over", r"a sum is written \sum_{i=1}^{d}"),
    "a macro of somebody": (r"\bx &= \mathbf{x}", r"\bx is not in the language", r"its one \newcommand is above"),
    "⊙ beside products": (r"W\mathbf{x} \odot g'(\mathbf{a})\mathbf{x}^\top &= W", "Wx is m×1, g'(a)x^⊤ is m×d", r"write (a \odot b) c"),
    "cases": (r"\lambda &= \begin{cases} 1 & \lambda > 0 \end{cases}", "these cases overlap, or leave a case open", r"\mathbb 1[z > 0]"),
    "cases without conditions": (r"\lambda &= \begin{cases} 1 \\ 2 \end{cases}", "expected an expression", ""),
    "a note with its brackets outside": (r"\lambda &= \lambda && (\text{plus one})", "printed as a part of the formula", r"\text{(by symmetry)}"),
    "cases in words": (r"\lambda &= \begin{cases} 1 & \text{unless } \lambda > 0 \end{cases}", r"a case is written v & \text{if } z > 0", ""),
    "a condition in words": (r"\text{if } \lambda > 0 \quad \lambda &= \lambda", "a condition in words", r"\mathbb 1[z > 0]"),
    "the spectral norm": (r"\lVert W\rVert_2 &= \lambda", "the norm is written _F for a matrix", "other norms of a matrix"),
    "a tangent": (r"\tan(\lambda) &= \lambda", r"\tan is not in the language", "what holds for every function holds for it"),
    "an operator of somebody": (r"\operatorname{logit}(\lambda) &= \lambda", "'logit' is not in the language", r"\log\frac{p}{1 - p}"),
    "an update": (r"W &\leftarrow W - W", r"\leftarrow is not in the language", "give the new value a name of its own"),
    "a function without \\operatorname": (r"\mathbf{a} &= \softmax(\mathbf{b})", r"\softmax is not in the language", r"write \operatorname{softmax}"),
    "a line that is broken elsewhere": (r"W &= W \newline", r"\newline does not end a row", r"write \\"),
    "a formula in bold": (r"\mathbf{\frac{\lambda}{1}} &= \lambda", r"\mathbf takes one letter", r"write the formula without \mathbf"),
    "a name that is defined below": (r"\lambda &= q \\ q &\coloneqq 2\lambda", "q is neither declared", "q is defined further on: write its definition above"),
    "a prime for a transpose": (r"W' &= W^\top", "W is a value: it carries no prime", "say in the text: A prime denotes the transpose."),
    "a matrix that does not fit": (r"W &= \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1 2; 3 4) is 2×2", ""),
}  # fmt: skip


@pytest.mark.parametrize(("row", "what", "mend"), UNREAD.values(), ids=UNREAD)
def test_what_authors_write_and_the_language_has_not_is_answered_with_what_it_has(
    row: str, what: str, mend: str
) -> None:
    message = unicodedata.normalize("NFC", refusal(row).message)
    assert what in message
    assert mend in (message.split("hint: ")[1] if mend else "")


READ = {
    "an italic derivative": r"\frac{dL}{d\lambda} &= 0",
    "Kronecker's delta": r"\frac{\partial x_i}{\partial x_j} &= \delta_{ij}",
    "a definition with its argument": r"J(\lambda) &\coloneqq \lambda + 1, & J(2) &= 3",
    "a square as a name": r"\tau^2 &\coloneqq \lambda, & \tau^2 &= \lambda",
    "a layer above": r"v^l &\coloneqq W\mathbf{x}, & v^l &= W\mathbf{x}",
    "components used as an array": r"p_k &\coloneqq 2 x_k, & p &= 2\mathbf{x}",
    "a boxed equation": r"\boxed{\lambda = \lambda}",
    "an indicator in parentheses": r"\mathbb 1(\lambda > 0) &= 1_{\lambda > 0}",
    "a sum of what begins with a sign": r"\sum_i -x_i &= -\sum_i x_i",
    "a determinant": r"\det(XX^\top) &= |XX^\top|",
}


@pytest.mark.parametrize("row", READ.values(), ids=READ)
def test_what_authors_write_is_read(row: str) -> None:
    report = checked(SETTING, NETWORK, row)
    assert report.accepted, refused(report)


def test_rows_below_a_refused_definition_are_not_judged_in_one_line() -> None:
    rows = r"\boldsymbol\delta &\coloneqq \foo W \\ \boldsymbol\delta + \mathbf{b} &= \mathbf{b} \\ &= \boldsymbol\delta \\ \mathbf{b} &= \mathbf{b}"
    shown = [row.message for row in checked(SETTING, rows).rows if not row.inline]
    assert "\\foo is not in the language" in shown[0]
    assert shown[1].startswith("d.tex:4:")
    assert shown[1].endswith("not judged: the row that introduces δ is refused")
    assert "\n" not in shown[1] + shown[2]
    assert "not judged" in shown[2]
    assert shown[3] == ""


def test_double_dollars_are_a_display() -> None:
    text = "\\begin{derivation}{d}Let $x \\in \\mathbb{R}$. $$ x = x $$ $$ x = 2x $$ \\[ x = x \\]$$\\end{derivation}"
    (report,) = check_text(text)
    assert [row.verdict for row in report.rows if not row.inline] == ["ok", "wrong", "ok", "unreadable"]
    assert "never closed by $$" in report.rows[-1].message
