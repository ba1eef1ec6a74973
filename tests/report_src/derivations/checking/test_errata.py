# ruff: noqa: E501 - rows of LaTeX are not broken
"""Rows that were published wrong: the published row is refused, and the corrected one is accepted.

The formulas are typed in one notation, each with the source of the slip.
"""

from dataclasses import dataclass

import pytest

from tests.report_src.derivations.checked import checked, displayed


@dataclass(frozen=True)
class Erratum:
    source: str
    given: str
    left: str
    published: str
    corrected: str


LOGISTIC = r"Let $y \in \mathbb{R}$ and $f \in \mathbb{R}$. $L \coloneqq -y\log\sigma(f) - (1 - y)\log(1 - \sigma(f))$."
LINEAR = r"Let $W \in \mathbb{R}^{m \times d}$, $\mathbf{x} \in \mathbb{R}^{d}$ and $\ell : \mathbb{R}^m \to \mathbb{R}$. $\mathbf{z} \coloneqq W\mathbf{x}$, $J \coloneqq \ell(\mathbf{z})$, $\boldsymbol\delta \coloneqq \frac{\partial J}{\partial\mathbf{z}}$."
LAYERS = (
    r"Let $W \in \mathbb{R}^{m \times d}$, $V \in \mathbb{R}^{k \times m}$, $\mathbf{x} \in \mathbb{R}^{d}$, $g : \mathbb{R} \to \mathbb{R}$ and $\ell : \mathbb{R}^k \to \mathbb{R}$. "
    r"$\mathbf{r} \coloneqq W\mathbf{x}$, $\mathbf{v} \coloneqq g(\mathbf{r})$, $\mathbf{z} \coloneqq V\mathbf{v}$, $L \coloneqq \ell(\mathbf{z})$, $\boldsymbol\delta \coloneqq \frac{\partial L}{\partial\mathbf{z}}$."
)
REGRESSION = r"Let $X \in \mathbb{R}^{m \times n}$, $\mathbf{y} \in \mathbb{R}^{m}$ and $\mathbf{w} \in \mathbb{R}^{n}$. $J \coloneqq \frac1m\lVert X\mathbf{w} - \mathbf{y}\rVert^2$."

ERRATA = {
    "logistic loss": Erratum("lecture notes of a course on classification, before 2020", LOGISTIC, r"\frac{\partial L}{\partial f}", r"y - \sigma(f)", r"\sigma(f) - y"),
    "outer product turned": Erratum("course notes on gradients of neural networks", LINEAR, r"\frac{\partial J}{\partial W}", r"\boldsymbol\delta^\top\mathbf{x}", r"\boldsymbol\delta\mathbf{x}^\top"),
    "product with the wrong factor": Erratum(
        "notes on back-propagation through Y = WX",
        r"Let $W \in \mathbb{R}^{m \times d}$, $X \in \mathbb{R}^{d \times N}$ and $T \in \mathbb{R}^{m \times N}$. $Y \coloneqq WX$, $C \coloneqq \lVert Y - T\rVert_F^2$.",
        r"\frac{\partial C}{\partial W}", r"W^\top\frac{\partial C}{\partial Y}", r"\frac{\partial C}{\partial Y}X^\top",
    ),
    "mean of squares": Erratum("notes on the mean squared error", r"Let $\mathbf{x} \in \mathbb{R}^{n}$. $L \coloneqq \frac1n\lVert\mathbf{x}\rVert^2$.", r"\frac{\partial L}{\partial\mathbf{x}}", r"\frac12\mathbf{x}", r"\frac{2}{n}\mathbf{x}"),
    "activation lost": Erratum("SciML/SciMLBook, issue 164", LAYERS, r"\frac{\partial L}{\partial\mathbf{x}}", r"W^\top V^\top\boldsymbol\delta", r"W^\top\bigl((V^\top\boldsymbol\delta) \odot g'(\mathbf{r})\bigr)"),
    "activation lost in a delta": Erratum("ujjwalkarn/Machine-Learning-Tutorials, pull request 16", LAYERS, r"\frac{\partial L}{\partial\mathbf{r}}", r"V^\top\boldsymbol\delta", r"(V^\top\boldsymbol\delta) \odot g'(\mathbf{r})"),
    "prime lost": Erratum("filipecalasans/mlp, issue 1", LAYERS, r"\frac{\partial L}{\partial\mathbf{r}}", r"(V^\top\boldsymbol\delta) \odot g(\mathbf{r})", r"(V^\top\boldsymbol\delta) \odot g'(\mathbf{r})"),
    "transpose lost": Erratum("course notes, dW = dz a", LAYERS, r"\frac{\partial L}{\partial V}", r"\boldsymbol\delta\mathbf{v}", r"\boldsymbol\delta\mathbf{v}^\top"),
    "derivative of the logistic": Erratum("sausheong/gonn, issue 8", r"Let $x \in \mathbb{R}$. $s \coloneqq \sigma(x)$.", r"\frac{\partial s}{\partial x}", r"s - (1 - s)", r"s(1 - s)"),
    "quotient of the logistic": Erratum("notes on the sigmoid", r"Let $x \in \mathbb{R}$. $s \coloneqq \frac{1}{1 + e^{-x}}$.", r"\frac{\partial s}{\partial x}", r"-\frac{e^{-x}}{1 + e^{-x}}", r"\frac{e^{-x}}{(1 + e^{-x})^2}"),
    "mean lost in a Hessian": Erratum("homework on Newton's method", REGRESSION, r"\nabla^2_{\mathbf{w}} J", r"2X^\top X", r"\frac{2}{m}X^\top X"),
    "mean lost in a gradient": Erratum("course notes on least squares", REGRESSION, r"\nabla_{\mathbf{w}} J", r"X^\top(X\mathbf{w} - \mathbf{y})", r"\frac{2}{m}X^\top(X\mathbf{w} - \mathbf{y})"),
    "factors of a square turned": Erratum("notes on quadratic forms", r"Let $G \in \mathbb{R}^{m \times m}$ and $\mathbf{x} \in \mathbb{R}^{m}$.", r"\lVert G\mathbf{x}\rVert^2", r"\mathbf{x}^\top G G^\top\mathbf{x}", r"\mathbf{x}^\top G^\top G\mathbf{x}"),
    "projection": Erratum(
        "mml-book, issue 455, equation (9.71)",
        r"Let $\Phi \in \mathbb{R}^{n \times n}$ and $\mathbf{y} \in \mathbb{R}^{n}$. $\boldsymbol\theta \coloneqq (\Phi^\top\Phi)^{-1}\Phi^\top\mathbf{y}$.",
        r"\Phi\boldsymbol\theta", r"\Phi(\Phi^\top\Phi)^{-1}\Phi\mathbf{y}", r"\Phi(\Phi^\top\Phi)^{-1}\Phi^\top\mathbf{y}",
    ),
    "quadratic form": Erratum(
        "mml-book, issue 226, equation (7.8)",
        r"Let $A \in \mathbb{R}^{n \times n}$ and $\mathbf{x}, \mathbf{b} \in \mathbb{R}^{n}$. Assume $A = A^\top$. $f \coloneqq \mathbf{x}^\top A\mathbf{x} - \mathbf{b}^\top\mathbf{x}$.",
        r"\nabla_{\mathbf{x}} f", r"A\mathbf{x} - \mathbf{b}", r"2A\mathbf{x} - \mathbf{b}",
    ),
    "square root": Erratum("mml-book, issue 37, equations (5.117) and (5.139)", r"Let $x > 0$. $c \coloneqq x + e^x$, $d \coloneqq \sqrt{c}$.", r"\frac{\partial d}{\partial c}", r"-\frac{1}{2\sqrt{c}}", r"\frac{1}{2\sqrt{c}}"),
    "tanh of the wrong layer": Erratum(
        "dennybritz/nn-from-scratch, pull request 3",
        LAYERS.replace("g(", r"\tanh(").replace(r", $g : \mathbb{R} \to \mathbb{R}$", "").replace(r"V \in \mathbb{R}^{k \times m}", r"V \in \mathbb{R}^{m \times m}").replace(r"\mathbb{R}^k \to", r"\mathbb{R}^m \to"),
        r"\frac{\partial L}{\partial\mathbf{r}}", r"(\mathbf{1} - \tanh^2(\mathbf{z})) \odot (V^\top\boldsymbol\delta)", r"(\mathbf{1} - \tanh^2(\mathbf{r})) \odot (V^\top\boldsymbol\delta)",
    ),
    "gradient as a row": Erratum(
        "Takada, More PRML Errata, equation (3.13)",
        r"Let $\boldsymbol\phi, \mathbf{w} \in \mathbb{R}^{d}$, $t \in \mathbb{R}$ and $\beta > 0$. $E \coloneqq \tfrac{\beta}{2}(t - \mathbf{w}^\top\boldsymbol\phi)^2$.",
        r"-\nabla_{\mathbf{w}} E", r"\beta(t - \mathbf{w}^\top\boldsymbol\phi)\boldsymbol\phi^\top", r"\beta(t - \mathbf{w}^\top\boldsymbol\phi)\boldsymbol\phi",
    ),
    "factor 2 lost": Erratum("davisking/dlib, issue 1169", r"Let $\mathbf{p}, \mathbf{t} \in \mathbb{R}^{n}$. $L \coloneqq \lVert\mathbf{t} - \mathbf{p}\rVert^2$.", r"\frac{\partial L}{\partial\mathbf{p}}", r"-(\mathbf{t} - \mathbf{p})", r"-2(\mathbf{t} - \mathbf{p})"),
    "state of the wrong step": Erratum(
        "d2l-ai/d2l-en, pull request 1402, equation (8.7.16)",
        r"Let $U \in \mathbb{R}^{m \times d}$, $W \in \mathbb{R}^{m \times m}$, $\mathbf{x}_1, \mathbf{x}_2 \in \mathbb{R}^{d}$ and $\mathbf{q} \in \mathbb{R}^{m}$. "
        r"$\mathbf{h}_1 \coloneqq U\mathbf{x}_1$, $\mathbf{h}_2 \coloneqq U\mathbf{x}_2 + W\mathbf{h}_1$, $L \coloneqq \mathbf{q}^\top\mathbf{h}_2$.",
        r"\frac{\partial L}{\partial W}", r"\mathbf{q}\mathbf{h}_2^\top", r"\mathbf{q}\mathbf{h}_1^\top",
    ),
    "sign of a mixed term": Erratum(
        "daodaokamiLT/Matrix-Project, KF.md, trace of an updated covariance",
        r"Let $P \in \mathbb{R}^{n \times n}$, $H \in \mathbb{R}^{m \times n}$, $K \in \mathbb{R}^{n \times m}$ and $R \in \mathbb{R}^{m \times m}$. Assume that $P$ is symmetric. "
        r"$M \coloneqq (I - KH)P(I - KH)^\top + KRK^\top$.",
        r"\operatorname{tr}(M)", r"\operatorname{tr}(P) + 2\operatorname{tr}(KHP) + \operatorname{tr}(K(HPH^\top + R)K^\top)",
        r"\operatorname{tr}(P) - 2\operatorname{tr}(KHP) + \operatorname{tr}(K(HPH^\top + R)K^\top)",
    ),
    "factors of a product exchanged": Erratum(
        "cs231n/cs231n.github.io, issue 229, equation (12) of the notes on derivatives",
        r"Let $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times m}$ and $\ell : \mathbb{R}^{n \times m} \to \mathbb{R}$. $Y \coloneqq XW$, $L \coloneqq \ell(Y)$.",
        r"\frac{\partial L}{\partial X}", r"\frac{\partial L}{\partial Y}X^\top", r"\frac{\partial L}{\partial Y}W^\top",
    ),
    "sign lost in a cross-entropy": Erratum(
        "peterroelants/peterroelants.github.io, pull request 24",
        r"Let $\mathbf{y} \in \Delta^{K}$ and $\mathbf{t} \in \{0,1\}^{K}$. $L \coloneqq -\sum_k t_k\log(y_k)$.",
        r"\frac{\partial L}{\partial y_i}", r"\frac{t_i}{y_i}", r"-\frac{t_i}{y_i}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("erratum", ERRATA.values(), ids=ERRATA)
@pytest.mark.sampled(3)
def test_the_published_row_is_refused_and_the_corrected_one_accepted(erratum: Erratum) -> None:
    assert displayed(checked(erratum.given, f"{erratum.left} &= {erratum.published}")) == ["wrong"]
    assert displayed(checked(erratum.given, f"{erratum.left} &= {erratum.corrected}")) == ["ok"]


def test_a_wrong_step_is_refused_where_the_end_of_the_chain_is_right() -> None:
    wrong = (
        r"\frac{\partial J}{\partial W} &= (\mathbf{x}\boldsymbol\delta^\top)",
        r"&= \boldsymbol\delta\mathbf{x}^\top",
    )
    assert displayed(checked(LINEAR, *wrong)) == ["wrong", "ok"]


def test_the_two_forms_of_batch_normalisation_are_equal() -> None:
    given = (
        r"Let $\mathbf{x} \in \mathbb{R}^{m}$, $\epsilon > 0$ and $\ell : \mathbb{R}^m \to \mathbb{R}$. "
        r"$\mu \coloneqq \frac1m\mathbf{1}_m^\top\mathbf{x}$, $\mathbf{c} \coloneqq \mathbf{x} - \mu\mathbf{1}_m$, $v \coloneqq \frac1m\lVert\mathbf{c}\rVert^2$, "
        r"$s \coloneqq \frac{1}{\sqrt{v + \epsilon}}$, $\hat{\mathbf{x}} \coloneqq s\mathbf{c}$, $L \coloneqq \ell(\hat{\mathbf{x}})$, $\boldsymbol\delta \coloneqq \frac{\partial L}{\partial\hat{\mathbf{x}}}$."
    )
    short = r"\frac{\partial L}{\partial\mathbf{x}} &= \frac{s}{m}\bigl(m\boldsymbol\delta - (\mathbf{1}_m^\top\boldsymbol\delta)\mathbf{1}_m - (\boldsymbol\delta^\top\hat{\mathbf{x}})\hat{\mathbf{x}}\bigr)"
    long = r"\frac{\partial L}{\partial\mathbf{x}} &= s\boldsymbol\delta + \frac{2}{m}\frac{\partial L}{\partial v}\mathbf{c} + \frac1m\frac{\partial L}{\partial\mu}\mathbf{1}_m"
    assert displayed(checked(given, short, long)) == ["ok", "ok"]
