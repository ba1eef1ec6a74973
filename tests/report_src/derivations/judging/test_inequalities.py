# ruff: noqa: E501 - rows of LaTeX are not broken
"""Textbook inequalities: each is accepted, and refused where its constant is one per cent too tight."""

import pytest

from tests.report_src.derivations.checked import checked, refused

SETTING = (
    r"Let $x, y \in \mathbb{R}$, $a, b, c > 0$, $\mathbf{u}, \mathbf{v}, \mathbf{w} \in \mathbb{R}^{d}$, $A, B \in \mathbb{R}^{m \times m}$, "
    r"$C \in \mathbb{R}^{m \times d}$, $\mathbf{p}, \mathbf{q} \in \Delta^{K}$, $\mathbf{z}, \mathbf{s} \in \mathbb{R}^{K}$, $\mathbf{t} \in \{0,1\}^{K}$, "
    r"$X \in \mathbb{R}^{d \times N}$, $g : \mathbb{R} \to \mathbb{R}$."
)
INEQUALITIES = {
    "Cauchy-Schwarz": (r"\mathbf{u}^\top\mathbf{v} \le @\lVert\mathbf{u}\rVert\lVert\mathbf{v}\rVert", "0.99"),
    "Cauchy-Schwarz, absolute": (r"|\mathbf{u}^\top\mathbf{v}| \le @\lVert\mathbf{u}\rVert\lVert\mathbf{v}\rVert", "0.99"),
    "Cauchy-Schwarz from below": (r"\mathbf{u}^\top\mathbf{v} \ge -@\lVert\mathbf{u}\rVert\lVert\mathbf{v}\rVert", "0.99"),
    "Cauchy-Schwarz, squares": (r"(\mathbf{u}^\top\mathbf{v})^2 \le @(\mathbf{u}^\top\mathbf{u})(\mathbf{v}^\top\mathbf{v})", "0.99"),
    "Cauchy-Schwarz of matrices": (r"\operatorname{tr}(A^\top B) \le @\lVert A\rVert_F\lVert B\rVert_F", "0.99"),
    "triangle": (r"\lVert\mathbf{u} + \mathbf{v}\rVert \le @(\lVert\mathbf{u}\rVert + \lVert\mathbf{v}\rVert)", "0.99"),
    "triangle, reversed": (r"\lVert\mathbf{u} - \mathbf{v}\rVert \ge @(\lVert\mathbf{u}\rVert - \lVert\mathbf{v}\rVert)", "1.01"),
    "triangle, three": (r"\lVert\mathbf{u} + \mathbf{v} + \mathbf{w}\rVert \le @(\lVert\mathbf{u}\rVert + \lVert\mathbf{v}\rVert + \lVert\mathbf{w}\rVert)", "0.99"),
    "triangle of matrices": (r"\lVert A + B\rVert_F \le @(\lVert A\rVert_F + \lVert B\rVert_F)", "0.99"),
    "triangle of numbers": (r"|x + y| \le @(|x| + |y|)", "0.99"),
    "square of a sum": (r"\lVert\mathbf{u} + \mathbf{v}\rVert^2 \le @(2\lVert\mathbf{u}\rVert^2 + 2\lVert\mathbf{v}\rVert^2)", "0.99"),
    "product of matrices": (r"\lVert A B\rVert_F \le @\lVert A\rVert_F\lVert B\rVert_F", "0.99"),
    "matrix and vector": (r"\lVert C\mathbf{u}\rVert \le @\lVert C\rVert_F\lVert\mathbf{u}\rVert", "0.99"),
    "arithmetic and geometric mean": (r"\sqrt{ab} \le @\frac{a + b}{2}", "0.99"),
    "geometric and harmonic mean": (r"\frac{2}{\frac{1}{a} + \frac{1}{b}} \le @\sqrt{ab}", "0.99"),
    "quadratic mean": (r"\frac{a + b}{2} \le @\sqrt{\frac{a^2 + b^2}{2}}", "0.99"),
    "Young": (r"ab \le @\Bigl(\frac{a^2}{2} + \frac{b^2}{2}\Bigr)", "0.99"),
    "Young with weights": (r"xy \le @\Bigl(\frac{c x^2}{2} + \frac{y^2}{2c}\Bigr)", "0.99"),
    "a number and its inverse": (r"a + \frac{1}{a} \ge 2@", "1.01"),
    "Jensen for squares": (r"\Bigl(\sum_k p_k z_k\Bigr)^2 \le @\sum_k p_k z_k^2", "0.99"),
    "Jensen for exponentials": (r"\exp\Bigl(\sum_k p_k z_k\Bigr) \le @\sum_k p_k e^{z_k}", "0.99"),
    "Jensen for a norm": (r"\Bigl\lVert\frac1N X\mathbf{1}\Bigr\rVert^2 \le @\frac1N\lVert X\rVert_F^2", "0.99"),
    "power mean": (r"\Bigl(\sum_i u_i\Bigr)^2 \le @ d\cdot\mathbf{u}^\top\mathbf{u}", "0.99"),
    "sum of absolute values": (r"\sum_i |u_i| \le @\sqrt{d}\lVert\mathbf{u}\rVert", "0.99"),
    "absolute values and norm": (r"\lVert\mathbf{u}\rVert \le @\sum_i |u_i|", "0.99"),
    "Hölder": (r"\Bigl|\sum_i u_i v_i\Bigr| \le @\sum_i |u_i||v_i|", "0.99"),
    "trace and norm": (r"\operatorname{tr}(A) \le @\sqrt{m}\lVert A\rVert_F", "0.99"),
    "trace of a square": (r"\operatorname{tr}(AA) \le @\lVert A\rVert_F^2", "0.99"),
    "slope of the logistic function": (r"\sigma'(x) \le @\tfrac14", "0.99"),
    "slope of tanh": (r"1 - \tanh^2(x) \le @", "0.99"),
    "tanh below its argument": (r"|\tanh(x)| \le @|x|", "0.99"),
    "exponential above its tangent": (r"e^{x} \ge @ + x", "1.01"),
    "logarithm below its tangent": (r"\log a \le a - @", "1.01"),
    "softplus above zero": (r"\log(1 + e^{x}) \ge @\max(0, x)", "1.01"),
    "softplus and ReLU": (r"\log(1 + e^{x}) \le \max(0, x) + @\log 2", "0.99"),
    "logarithm of a sum of exponentials": (r"\log\Bigl(\sum_k e^{z_k}\Bigr) \ge \sum_k p_k z_k - @\sum_k p_k\log p_k", "1.01"),
    "entropy": (r"-\sum_k p_k\log p_k \le @\log K", "0.99"),
    "cross-entropy above entropy": (r"-\sum_k p_k\log q_k \ge -@\sum_k p_k\log p_k", "1.01"),
    "Kullback and Leibler, by squares": (r"\sum_k p_k\log p_k - \sum_k p_k\log q_k \ge @\tfrac12\sum_k (p_k - q_k)^2", "2.05"),
    "Kullback and Leibler, reversed, by squares": (r"\sum_k q_k\log q_k - \sum_k q_k\log p_k \ge @\tfrac12\sum_k (p_k - q_k)^2", "2.05"),
    "Pinsker": (r"\sum_k p_k\log p_k - \sum_k p_k\log q_k \ge @\tfrac12\Bigl(\sum_k |p_k - q_k|\Bigr)^2", "1.01"),
    "Kullback and Leibler, by weighted squares": (r"\sum_k p_k\log p_k - \sum_k p_k\log q_k \le @\sum_k \frac{(p_k - q_k)^2}{q_k}", "0.99"),
    "slope of softmax between two points": (r"2\lVert\operatorname{softmax}(\mathbf{z}) - \operatorname{softmax}(\mathbf{s})\rVert \le @\lVert\mathbf{z} - \mathbf{s}\rVert", "0.99"),
    "slope of the logistic function between two points": (r"4|\sigma(x) - \sigma(y)| \le @|x - y|", "0.99"),
    "curvature of softplus": (r"\log(1 + e^{x}) \le \log 2 + \tfrac12 x + @\tfrac18 x^2", "0.99"),
    "variance of a probability": (r"p_1 - p_1^2 \le @\tfrac14", "0.99"),
    "probabilities and uniform": (r"\sum_k p_k^2 \ge @\frac1K", "1.01"),
    "curvature of softmax": (r"\sum_k p_k z_k^2 - \Bigl(\sum_k p_k z_k\Bigr)^2 \ge @ - 1", "1.01"),
    "loss of the right class": (r"-\mathbf{t}^\top\log(\operatorname{softmax}(\mathbf{z})) \ge @ - 1", "1.01"),
}  # fmt: skip


def with_constant(row: str, constant: str) -> str:
    """Return a row with a constant in the place of @."""
    return row.replace("@", f"({constant})")


@pytest.mark.parametrize(("row", "tight"), INEQUALITIES.values(), ids=list(INEQUALITIES))
@pytest.mark.sampled(6)
def test_a_textbook_inequality_is_accepted_and_one_per_cent_more_is_refused(row: str, tight: str) -> None:
    true, false = (checked(SETTING, with_constant(row, constant), seed=0) for constant in ("1", tight))
    assert true.accepted, refused(true)
    assert [found.verdict for found in refused(false)] == ["wrong"]


@pytest.mark.long
@pytest.mark.parametrize(("row", "tight"), INEQUALITIES.values(), ids=list(INEQUALITIES))
def test_a_true_inequality_is_accepted_in_dozens_of_seeds(row: str, tight: str) -> None:
    true = with_constant(row, "1")
    assert [seed for seed in range(60) if not checked(SETTING, true, seed=seed).accepted] == []


VECTORS = r"Let $\mathbf{u}, \mathbf{v} \in \mathbb{R}^{d}$ and $x, y \in \mathbb{R}$."


@pytest.mark.parametrize(
    "row",
    [
        r"\sum_{i=1}^{d-1}(u_{i+1} - u_i)^2 \ge \tfrac12(u_d - u_1)^2",
        r"\lVert\mathbf{u} \odot \sigma(\mathbf{u}) - \mathbf{v} \odot \sigma(\mathbf{v})\rVert \le 1.05\lVert\mathbf{u} - \mathbf{v}\rVert",
        r"|\tanh^2 x - \tanh^2 y| \le 0.75|x - y|",
        r"|x\sigma(x) - y\sigma(y)| \le 1.05|x - y|",
    ],
)  # fmt: skip
def test_a_bound_whose_sides_are_both_0_at_many_starts_is_searched_elsewhere(row: str) -> None:
    for seed in range(3):
        assert [found.verdict for found in refused(checked(VECTORS, row, seed=seed))] == ["wrong"]


def test_there_are_forty_of_them() -> None:
    assert len(INEQUALITIES) >= 40
