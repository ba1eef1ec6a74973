# ruff: noqa: E501 - rows of LaTeX are not broken
"""Notation of lecture notes: each kind with a true row, a false one that is refused, and what is not read."""

import pytest

from report_src.derivations import check_text
from tests.report_src.derivations.printing.rows import verdicts

X = r"Let $x, y \in \mathbb{R}^{n}$, $A, B \in \mathbb{R}^{m \times n}$, $S \in \mathbb{R}^{n \times n}$, $u, v, s \in \mathbb{R}$, $p > 0$ and $g : \mathbb{R} \to \mathbb{R}$."
COUNTED = r"Let $z \in \mathbb{R}^{K}$, $a \in \mathbb{R}^{K}$ and $\mathbf{x}_t \in \mathbb{R}^{d},\ t = 1,\dots,T$, $\mathbf{h}_0 \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{d \times d}$."
RNN = (
    COUNTED
    + r" \[ \mathbf{h}_t \coloneqq \tanh(W\mathbf{h}_{t-1}) + \mathbf{x}_t, \quad L \coloneqq \mathbf{h}_T^\top \mathbf{h}_T \]"
)
SOFTMAX = COUNTED + r" \[ q_i \coloneqq \frac{e^{z_i}}{\sum_k e^{z_k}} \]"
STAR = r"Let $w, w^* \in \mathbb{R}^{n}$, $W^L \in \mathbb{R}^{n \times n}$, $b^1 \in \mathbb{R}^{n}$, $\sigma^2 > 0$, $m \in \mathbb{R}$, $\mu^+, \mu^{-} \in \mathbb{R}$."
COST = X + r" \[ J(x) \coloneqq x^\top S x, \quad f(r) \coloneqq r^2 + p \]"
DIM_D = r"Let $a, x \in \mathbb{R}^{d}$, $w \in \mathbb{R}$ and $L \coloneqq w^2 a^\top x$."
LABELS = r"Let $y_i \in \{-1,1\},\ i = 1,\dots,N$, $t \in \{0,1\}$, $r \in (0,1)$ and $m \in \mathbb{R}$."

PRIMED = r"Let $x, x' \in \mathbb{R}^{n}$, $\gamma > 0$, $s \in \mathbb{R}$ and $V : \mathbb{R}^n \to \mathbb{R}$. \[ s' \coloneqq s - \gamma \]"
POWERS = r"Let $\beta \in \mathbb{R}$, $v_0 \in \mathbb{R}^{d}$ and $g_t \in \mathbb{R}^{d},\ t = 1,\dots,T$. \[ v_t \coloneqq \beta v_{t-1} + g_t \]"
MATRIX_POWERS = r"Let $W \in \mathbb{R}^{d \times d}$, $v_0 \in \mathbb{R}^{d}$ and $g_t \in \mathbb{R}^{d},\ t = 1,\dots,T$. \[ v_t \coloneqq W v_{t-1} + g_t \in \mathbb{R}^{d} \]"
SLOPES = r"Let $s, u, v \in \mathbb{R}$. \[ q(z) \coloneqq \frac{1}{1 + e^{-z}}, \quad \sigma(s) \coloneqq \frac{1}{1 + e^{-s}}, \quad f(s) \coloneqq v s^2 \]"
DIVERGENCE = r"Let $P, Q \in \Delta^{K}$. \[ D_{KL}(P \| Q) \coloneqq \sum_k P_k\log\frac{P_k}{Q_k} \]"
BIAS = r"Let $\mathbf{w}, \mathbf{x} \in \mathbb{R}^{d}$ and $z \in \mathbb{R}$. \[ w_0 \coloneqq z, \quad q(z) \coloneqq \frac{1}{1 + e^{-z}}, \quad f(\mathbf{x}) \coloneqq (\mathbf{x} - \mathbf{w})^\top(\mathbf{x} - \mathbf{w}) \]"

TRUE_AND_FALSE = [
    (
        "cases of arrays",
        X,
        r"\frac{\partial}{\partial x}\max(0, u\, x^\top y) = \begin{cases} u y & u x^\top y > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\frac{\partial}{\partial x}\max(0, u\, x^\top y) = \begin{cases} u x & u x^\top y > 0 \\ 0 & \text{otherwise} \end{cases}",
    ),
    (
        "a derivative of a product in brackets",
        X,
        r"\frac{\partial}{\partial x}(x - y)^\top S (x - y) = (S + S^\top)(x - y)",
        r"\frac{\partial}{\partial x}(x - y)^\top S (x - y) = 2 S (x - y)",
    ),
    (
        "a derivative of a power of a bracket",
        X,
        r"\frac{\partial}{\partial u}(u - v)^2 = 2(u - v)",
        r"\frac{\partial}{\partial u}(u - v)^2 = 1",
    ),
    (
        "a gradient times an array",
        X,
        r"\nabla_x (x^\top x) \cdot y = 2 x^\top y",
        r"\nabla_x (x^\top x) \cdot y = x^\top y",
    ),
    (
        "a primed vector",
        PRIMED,
        r"\lVert x - x'\rVert^2 = \lVert x\rVert^2 - 2 x^\top x' + {x'}^\top x'",
        r"x^\top x' = x^\top x",
    ),
    ("a component of a primed vector", PRIMED, r"x'_i x_i = x_i x_i'", r"x'_i = x_i"),
    ("a primed definition", PRIMED, r"s' + \gamma = s", r"s' = s"),
    ("a function at a primed argument", PRIMED, r"V(x') - V(x) = -(V(x) - V(x'))", r"V(x') = V(x)"),
    (
        "a derivative by a primed name",
        PRIMED,
        r"\frac{\partial ({x'}^\top x)}{\partial x'} = x",
        r"\frac{\partial ({x'}^\top x)}{\partial x'} = x'",
    ),
    (
        "a power of a size",
        POWERS,
        r"v_T = \beta^T v_0 + \sum_{t=1}^{T} \beta^{T-t} g_t",
        r"v_T = \beta^T v_0 + \sum_{t=1}^{T} \beta^{T-t+1} g_t",
    ),
    (
        "a power of a size with its slope",
        POWERS,
        r"\frac{d}{d\beta}(\beta^T) = T\beta^{T-1}",
        r"\frac{d}{d\beta}(\beta^T) = T\beta^{T}",
    ),
    ("a power of a negative number", POWERS, r"(-1)^T (-1)^T = 1", r"(-1)^T = 1"),
    (
        "a number with the place 0",
        BIAS,
        r"\mathbf{w}^\top\mathbf{x} + w_0 = z + \sum_i w_i x_i",
        r"\mathbf 1^\top\mathbf{w} = w_0 + \sum_i w_i",
    ),
    ("a function beside a bracket with itself", BIAS, r"q'(z) = q(z)(1 - q(z))", r"q'(z) = q(z)(1 + q(z))"),
    ("sine and cosine", X, r"\sin^2 u + \cos^2 u = 1", r"\sin^2 u = \sin u^2"),
    ("the slope of a sine", X, r"\frac{d}{du}\sin(u v) = v\cos(u v)", r"\frac{d}{du}\sin(u v) = \cos(u v)"),
    (
        "a gradient of half a norm",
        X,
        r"\nabla_x \frac12\lVert x - y\rVert^2 = x - y",
        r"\nabla_x \frac12\lVert x - y\rVert^2 = 2(x - y)",
    ),
    ("the gradient of a declared function", PRIMED, r"\nabla V(x) = \nabla_x V(x)", r"\nabla V(x) = \nabla V(x')"),
    (
        "an inner product between bars",
        X,
        r"|\langle x, y\rangle| \le \|x\|\|y\|",
        r"|\langle x, y\rangle| \le 0.9\|x\|\|y\|",
    ),
    (
        "other words for the trace",
        X,
        r"\text{Tr}(A^T B) = \operatorname{trace}(B A^T)",
        r"\text{Tr}(A^T B) = \operatorname{trace}(A B^\top) + 1",
    ),
    ("transpose as t", X, r"(A^t)^\top = A", r"(A^t)^\top = -A"),
    ("over", X, r"{u \over p} = u {1 \over p}", r"{u \over p} = p {1 \over p}"),
    ("switched font", X, r"{\bf x}^\top y = y^\top \vec{x}", r"{\bf x}^\top y = x^\top \vec{x}"),
    ("bars for a norm", X, r"||x||_2^2 = x^\top x", r"||x||_2^2 = x^\top y"),
    ("letters in one font", X, r"\mathbf{AS} = A S", r"\mathbf{AS} = -A S"),
    ("names with superscripts", STAR, r"(w - w^*)^\top W^L b^1 = (b^1)^\top W^{L\top} (w - w^*)", r"W^L w^* = W^L w"),
    (
        "variance as a name",
        STAR,
        r"\frac{\partial}{\partial \sigma^2}(m\sigma^2) = m",
        r"\frac{\partial}{\partial \sigma^2}(m\sigma^2) = \sigma^2",
    ),
    (
        "cases of two numbers",
        X,
        r"\max(0, |u| - p) = \begin{cases} u - p & u > p \\ -u - p & u < -p \\ 0 & \text{otherwise} \end{cases}",
        r"\max(0, |u| - p) = \begin{cases} u - p & u > p \\ u + p & u < -p \\ 0 & \text{otherwise} \end{cases}",
    ),
    (
        "the slope of a loss by cases",
        X + r" \[ h \coloneqq \begin{cases} \frac12 u^2 & |u| \le p \\ p(|u| - \frac12 p) & |u| > p \end{cases} \]",
        r"\frac{\partial h}{\partial u} = \begin{cases} -p & u < -p \\ u & |u| \le p \\ p & u > p \end{cases}",
        r"\frac{\partial h}{\partial u} = \begin{cases} p & u < -p \\ u & |u| \le p \\ p & u > p \end{cases}",
    ),
    (
        "cases between two numbers",
        X
        + r" \[ h \coloneqq \begin{cases} \frac12 - u & u \le 0 \\ \frac12 (1-u)^2 & 0 < u < 1 \\ 0 & u \ge 1 \end{cases} \]",
        r"\frac{\partial h}{\partial u} = \begin{cases} -1 & u \le 0 \\ u - 1 & \text{if } 0 < u < 1, \\ 0 & u \ge 1 \end{cases}",
        r"\frac{\partial h}{\partial u} = \begin{cases} -1 & u \le 0 \\ 1 - u & \text{if } 0 < u < 1, \\ 0 & u \ge 1 \end{cases}",
    ),
    (
        "an indicator between two numbers",
        X,
        r"\mathbb 1[0 < u \le 1] = \mathbb 1[u > 0]\,\mathbb 1[u \le 1]",
        r"\mathbb 1[0 < u \le 1] = \mathbb 1[u > 0]\,\mathbb 1[u < 1]",
    ),
    (
        "a slope at another argument",
        SLOPES,
        r"\frac{\partial}{\partial u}\log q(u v) = \frac{q'(u v)}{q(u v)} v",
        r"\frac{\partial}{\partial u}\log q(u v) = \frac{q'(u v)}{q(u v)}",
    ),
    ("a slope at a name of the formula", SLOPES, r"f'(v) = 2 v^2", r"f'(v) = 3 v^2"),
    ("a second slope at another argument", SLOPES, r"f''(u^2) = 2 v", r"f''(u^2) = 2 u v"),
    ("a slope at a slope", SLOPES, r"f'(f'(s)) = 4 v^2 s", r"f'(f'(s)) = 4 v s"),
    (
        "a sigmoid beside a bracket with itself",
        SLOPES,
        r"\sigma'(s) = \sigma(s)(1 - \sigma(s))",
        r"\sigma'(s) = \sigma(s)(1 + \sigma(s))",
    ),
    (
        "a derivative of a value beside a difference",
        X + r" \[ c \coloneqq u s, \quad L \coloneqq g(c) \]",
        r"\frac{\partial L}{\partial s} = \frac{\partial L}{\partial c}(u + v) - v\frac{\partial L}{\partial c}",
        r"\frac{\partial L}{\partial s} = \frac{\partial L}{\partial c}(u + v)",
    ),
    (
        "a factor of a family beside a transposed bracket",
        r"Let $\alpha_i \in \mathbb{R},\ i = 1,\dots,N$ and $x^{(i)} \in \mathbb{R}^{d},\ i = 1,\dots,N$.",
        r"\sum_i\sum_j \alpha_i\alpha_j(x^{(i)})^T x^{(j)} = \Bigl\lVert\sum_i \alpha_i x^{(i)}\Bigr\rVert^2",
        r"\sum_i\sum_j \alpha_i\alpha_j(x^{(i)})^T x^{(j)} = \sum_i \lVert\alpha_i x^{(i)}\rVert^2",
    ),
    ("an inner product with a slash", X, r"x \cdot y/p = \frac{x^\top y}{p}", r"x \cdot y/p = p x^\top y"),
    (
        "the derivative of a family by a number",
        X + r" \[ r \coloneqq \sum_j x_j, \quad z_i \coloneqq r x_i \]",
        r"\frac{\partial z_i}{\partial r} = x_i",
        r"\frac{\partial z_i}{\partial r} = r x_i",
    ),
    (
        "a number beside a square matrix entry by entry",
        X,
        r"S \odot (1 - S) = S - S \odot S",
        r"S \odot (1 - S) = S + S \odot S",
    ),
    (
        "a trace of a number",
        X,
        r"\operatorname{tr}(x^\top S x) = x^\top S x",
        r"\operatorname{tr}(x^\top S x) = x^\top x",
    ),
    ("a size that an index runs to", COUNTED, r"T \ge 1", r"T - 1 \ge 2"),
    (
        "a range with its second number",
        r"Let $a_k \in \mathbb{R},\ k = 1, 2, \dots, K$.",
        r"a_k + 1 = 1 + a_k, \quad k = 1,2,\dots,K",
        r"a_k = -a_k, \quad k = 1,2,\dots,K",
    ),
    (
        "the gradient of a declared function at a definition",
        PRIMED + r" \[ q \coloneqq 2x \]",
        r"\nabla V(q) = \nabla_q V(q)",
        r"\nabla V(q) = \nabla_x V(q)",
    ),
    ("bold letters of the text", X, r"\textbf{x}^\top y = y^\top\mathbf{x}", r"\textbf{x}^\top y = 2 y^\top x"),
    (
        "two arguments with a bar between them",
        DIVERGENCE,
        r"D_{KL}(P \| Q) + D_{KL}(Q || P) = \sum_k (P_k - Q_k)\log\frac{P_k}{Q_k}",
        r"D_{KL}(P \| Q) = D_{KL}(Q \parallel P)",
    ),
    ("a bound of a divergence", DIVERGENCE, r"D_{KL}(P \| Q) \ge 0", r"D_{KL}(P \| Q) \ge 0.1"),
    (
        "a divisor that is 0 at one size",
        COUNTED,
        r"\frac{1}{K-1}\sum_k (z_k - a_k)(K - 1) = \sum_k z_k - \sum_k a_k",
        r"\frac{1}{K-1}\sum_k (z_k - a_k)(K - 1) = \sum_k z_k",
    ),
    (
        "a sigmoid that is a value",
        X + r" \[ \sigma \coloneqq \frac{1}{1 + e^{-u}} \]",
        r"\frac{d\sigma}{du} = \sigma(1 - \sigma)",
        r"\frac{d\sigma}{du} = \sigma(1 + \sigma)",
    ),
    ("entries of a one-hot vector", r"Let $y \in \{0,1\}^{K}$.", r"y_1 y_2 = 0", r"y_1 + y_2 = 1"),
    ("several bits", r"Let $a, b, c, h \in \{0,1\}$.", r"(a b c h)^2 = a b c h", r"a b c h = 0"),
    ("a sum of indices", X, r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}", r"\sum_{i=1}^{n} i = \frac{n(n-1)}{2}"),
    (
        "an index as a factor",
        X,
        r"\sum_{i=1}^{n} i x_i = \sum_{j=1}^{n}\sum_{i=j}^{n} x_i",
        r"\sum_{i=1}^{n} i x_i = n\sum_i x_i",
    ),
    (
        "a power of an index",
        X,
        r"\sum_{i=1}^{n} i^3 = \Bigl(\sum_{i=1}^{n} i\Bigr)^2",
        r"\sum_{i=1}^{n} i^2 = \Bigl(\sum_{i=1}^{n} i\Bigr)^2",
    ),
    ("the largest of several", X, r"\max(u, v, s) = \max(u, \max(v, s))", r"\max(u, v, s) = \max(u, v)"),
    ("the smallest of several", X, r"\min\{u, v, 0\} \le u", r"\min\{u, v, 1\} \ge u"),
    ("the largest entry", X, r"\max_i x_i = -\min_{i=1}^{n} (-x_i)", r"\max_i x_i = \min_i x_i"),
    (
        "the largest of some",
        X,
        r"\max(x_i, \max_{j \ne i} x_j) = \max_j x_j + x_i - x_i",
        r"x_i + \max_{j \ne i} x_j = x_i + \max_j x_j",
    ),
    (
        "the largest of all entries",
        X,
        r"\max_i \max_j A_{ij} = \max\limits_{i,j} A_{ij}",
        r"\max_i \min_j A_{ij} = \min_j \max_i A_{ij}",
    ),
    (
        "the largest in an exponent",
        SOFTMAX,
        r"q_i = \frac{e^{z_i - \max_k z_k}}{\sum_j e^{z_j - \max_k z_k}}",
        r"q_i = \frac{e^{z_i - \max_k z_k}}{\sum_j e^{z_j}}",
    ),
    (
        "the slope of the largest",
        COUNTED + r" \[ s \coloneqq \max_k z_k \]",
        r"\frac{\partial s}{\partial z_i} = \mathbb 1[z_i = s]",
        r"\frac{\partial s}{\partial z_i} = \mathbb 1[z_i \ge a_i]",
    ),
    (
        "bounds by the largest",
        COUNTED,
        r"\log\sum_{k=1}^{K} e^{z_k} \le \max_k z_k + \log K",
        r"\log\sum_{k=1}^{K} e^{z_k} \le \max_k z_k + 1",
    ),
    ("italic d", DIM_D, r"\frac{dL}{dw} = 2 w a^\top x", r"\frac{dL}{dw} = \frac{L}{w}"),
    ("italic d with a slash", DIM_D, r"dL/dw = 2 w a^\top x", r"dL/dw = w a^\top x"),
    (
        "derivative of an expression",
        X,
        r"\frac{\partial}{\partial x}(x^\top S x) = (S + S^\top) x",
        r"\frac{\partial}{\partial x}(x^\top S x) = 2 S x",
    ),
    (
        "expression above",
        X,
        r"\frac{\partial (A x)_i}{\partial x_j} = A_{ij}",
        r"\frac{\partial (A x)_i}{\partial x_j} = A_{ij} x_j",
    ),
    ("nabla of a bracket", X, r"\nabla_x [y^\top x] = y", r"\nabla_x [y^\top x] = x"),
    ("function with its argument", COST, r"\nabla J(x) = (S + S^\top) x", r"\nabla J(x) = 2 S x"),
    ("Hessian by the argument", COST, r"\nabla^2 J(x) = S + S^\top", r"\nabla^2 J(x) = 2 S"),
    ("function at other arguments", COST, r"J(x + y) = J(x) + J(y) + x^\top (S + S^\top) y", r"J(x + y) = J(x) + J(y)"),
    ("function of an undeclared argument", COST, r"f(u) - f(v) = u^2 - v^2", r"f(u) - f(v) = u - v"),
    ("powers", X, r"\frac{\partial}{\partial u}(u^3) = 3 u^2", r"\frac{\partial}{\partial u}(u^3) = 3 u^3"),
    ("powers of a half and below zero", X, r"p^{-1/2} = \frac{1}{\sqrt p}", r"p^{-2} = \frac{1}{p}"),
    ("a power to a value", X, r"\log(p^u) = u \log(p)", r"\log(p^u) = p \log(p)"),
    (
        "powers of a matrix that differ along an index",
        MATRIX_POWERS,
        r"v_T = W W^{T-1} v_0 + \sum_{t=1}^{T} W^{T-t} g_t",
        r"v_T = W W^{T-1} v_0 + \sum_{t=1}^{T} W^{T-t+1} g_t",
    ),
    ("a power of a matrix to a size", X, r"S^{n} = S S^{n-1}", r"S^{n} = S^{n-1}"),
    (
        "a row with its space",
        X,
        r"A^\top A = (A^\top A)^\top \in \mathbb{R}^{n \times n}",
        r"A^\top A = A^\top B \in \mathbb{R}^{n \times n}",
    ),
    ("a power of a matrix", X, r"S^3 = S S S", r"S^3 = S S"),
    ("squares entry by entry", X, r"x \odot x = x^2", r"x \odot y = x^2"),
    (
        "Kronecker's delta",
        SOFTMAX,
        r"\frac{\partial q_i}{\partial z_j} = q_i (\delta_{ij} - q_j)",
        r"\frac{\partial q_i}{\partial z_j} = q_i \delta_{ij} - q_j",
    ),
    (
        "other indicators",
        SOFTMAX,
        r"\sum_j 1_{i=j} z_j = \sum_j \mathbb{1}_{\{i=j\}} z_j",
        r"\sum_j 1\{i=j\} z_j = z_i + 1",
    ),
    (
        "a condition on the indices",
        SOFTMAX,
        r"\frac{\partial q_i}{\partial z_j} = -q_i q_j, \quad i \ne j",
        r"\frac{\partial q_i}{\partial z_j} = -q_i q_j, \quad i = j",
    ),
    ("families as arrays", SOFTMAX, r"q = \operatorname{softmax}(z)", r"q = z"),
    ("sums with conditions", SOFTMAX, r"\sum_{j \ne i} q_j = 1 - q_i", r"a_i - a_i + \sum_{j \ne i} q_j = 1"),
    (
        "two indices below one sum",
        X,
        r"\sum_{i,j} A_{ij} B_{ij} = \langle A, B\rangle_F",
        r"\sum_{i,j} A_{ij} B_{ij} = \langle A, A\rangle_F",
    ),
    ("a sum that begins with a sign", SOFTMAX, r"\sum_i -z_i a_i = -z^\top a", r"\sum_i -z_i a_i = z^\top a"),
    ("a sum without its index", SOFTMAX, r"\sum_{i=1}^{K} 2 = 2K", r"\sum_{i=1}^{K} 2 = K"),
    ("entries in small letters", X, r"(S x)_i = \sum_j S_{ij} x_j", r"\sum_j b_{ij} x_j = (A x)_i"),
    (
        "matrices",
        X,
        r"\begin{bmatrix} 1 & u \\ 0 & 2 \end{bmatrix}\begin{pmatrix} v \\ 1 \end{pmatrix} = \begin{bmatrix} v + u \\ 2 \end{bmatrix}",
        r"\begin{bmatrix} 1 & u \end{bmatrix}^\top = \begin{bmatrix} u \\ 1 \end{bmatrix}",
    ),
    ("inner products", X, r"x \cdot y = \langle y, x\rangle", r"x \cdot y = \langle x, x\rangle"),
    (
        "a sum over pairs",
        X,
        r"\Bigl(\sum_i x_i\Bigr)^2 = \sum_i x_i^2 + 2\sum_{i<j} x_i x_j",
        r"\Bigl(\sum_i x_i\Bigr)^2 = \sum_i x_i^2 + \sum_{i<j} x_i x_j",
    ),
    ("a condition below a sum", X, r"y_j \sum_{i<j} x_i = \sum_{i<j} x_i y_j", r"\sum_{i<j} x_i = \sum_{i \le j} x_i"),
    (
        "a sum from an index",
        X,
        r"\sum_{i=j}^{n} x_i = x_j + \sum_{i=j+1}^{n} x_i",
        r"\sum_{i=j}^{n} x_i = \sum_{i=1}^{j} x_i",
    ),
    ("a sum from 2", X, r"\sum_{i=2}^{n} x_i = \sum_i x_i - x_1", r"\sum_{i=2}^{n} x_i = \sum_i x_i"),
    (
        "a step back within a sum",
        COUNTED,
        r"\sum_{t=1}^{T-1} \mathbf{x}_t^\top \mathbf{x}_{t+1} = \sum_{t=2}^{T} \mathbf{x}_t^\top \mathbf{x}_{t-1}",
        r"\sum_{t=1}^{T-1} \mathbf{x}_t^\top \mathbf{x}_{t+1} = \sum_{t=1}^{T} \mathbf{x}_t^\top \mathbf{x}_{t}",
    ),
    (
        "a sum to the last but one",
        COUNTED,
        r"\sum_{t=1}^{T-1} \mathbf{x}_t = \sum_{t=1}^{T} \mathbf{x}_t - \mathbf{x}_T",
        r"\sum_{t=1}^{T-1} \mathbf{x}_t = \sum_{t=1}^{T} \mathbf{x}_t",
    ),
    (
        "a product over an index",
        SOFTMAX,
        r"\log \prod_{i=1}^{K} q_i = \sum_{i=1}^{K} \log q_i",
        r"\prod_{i=1}^{K} q_i = \sum_{i=1}^{K} q_i",
    ),
    (
        "a product without one of its factors",
        X,
        r"\frac{\partial}{\partial x_j}\Bigl(\prod_i x_i\Bigr) = \prod_{i \ne j} x_i",
        r"\frac{\partial}{\partial x_j}\Bigl(\prod_i x_i\Bigr) = \prod_{i < j} x_i",
    ),
    ("a product from 2", X, r"x_1 \prod_{i=2}^{n} x_i = \prod_i x_i", r"\prod_{i=2}^{n} x_i = \prod_i x_i"),
    ("the number pi", X, r"\log(2\pi) + \log p = \log(2\pi p)", r"\pi = \frac{22}{7}"),
    ("a cross between numbers", X, r"2 \times u \times A = 2 u A", r"2 \times 3 u = 5 u"),
    ("the inverse of a transpose", X, r"S^{-\top} = (S^\top)^{-1} = S^{-T}", r"S^{-T} = S^{-1}"),
    ("names with a sign", STAR, r"\mu^+ - \mu^{-} = -(\mu^{-} - \mu^{+})", r"\mu^+ = \mu^-"),
    ("the square of a variance", STAR, r"\sigma^4 = \sigma^2 \sigma^2", r"\sigma^4 = 2\sigma^2"),
    ("gradient of a quadratic form", X, r"\nabla_x\, x^\top S x = (S + S^\top) x", r"\nabla_x\, x^\top S x = 2 S x"),
    ("Hessian of a quadratic form", X, r"\nabla_x^2 x^\top S x = S + S^\top", r"\nabla_x^2 x^\top S x = 2 S"),
    ("zero as an array", X, r"A x - A(x - y) - A y = 0", r"\mathbf 0 = x"),
    ("zero as a matrix", X, r"S - (S^\top)^\top = 0", r"A^\top A = 0"),
    ("entries that are not negative", X, r"x \odot x \ge 0", r"x \ge 0"),
    ("determinants", X, r"\nabla_S \log\det(S^\top S) = 2 (S^{-1})^\top", r"\nabla_S \log\det(S^\top S) = 2 S^{-1}"),
    ("bars of a square matrix", X, r"|S^\top| = |S|", r"|2 S| = 2 |S|"),
    (
        "a tensor product",
        X,
        r"u\, x y^\top = u\, x \otimes y",
        r"\frac{\partial}{\partial x}(y^\top x) \odot y = x \otimes y",
    ),
    (
        "1-norm, smaller and larger",
        X,
        r"\|x\|_1 + \min(u, v) + \max(u, v) = \sum_i |x_i| + u + v",
        r"\min(u, v) = \max(u, v)",
    ),
    (
        "indices with a prime",
        SOFTMAX,
        r"\frac{\partial q_i}{\partial z_{i'}} = q_i (\mathbb 1[i = i'] - q_{i'})",
        r"\frac{\partial q_i}{\partial z_{i'}} = q_i (\mathbb 1[i = i'] - q_i)",
    ),
    (
        "a sum over an index with a prime",
        X,
        r"x_i \sum_{i'} y_{i'} = \sum_{j} x_i y_j",
        r"x_i \sum_{i'} y_{i'} = \sum_{j} x_j y_j",
    ),
    (
        "a gradient beside a transposed bracket",
        COST,
        r"\frac{\partial J}{\partial x} (A x)^\top = (S + S^\top) x x^\top A^\top",
        r"\frac{\partial J}{\partial x} (A x)^\top = (S + S^\top) x x^\top A^\top S",
    ),
    (
        "a box around a block",
        X,
        r"\boxed{\enspace\begin{aligned} x + y &= y + x \\ u &= u \end{aligned}}",
        r"\boxed{\begin{aligned} x &= y \end{aligned}}",
    ),
    ("a fraction at full size", X, r"\cfrac{1}{1 + u^2} = (1 + u^2)^{-1}", r"\cfrac{1}{1 + u^2} = 1 + u^2"),
    (
        "an accent over a letter with its index",
        X + r" \[ \hat y \coloneqq \operatorname{softmax}(x) \]",
        r"\log \hat{y_k} = x_k - \log \sum_j e^{x_j}",
        r"\log \hat{y_k} = x_k + \log \sum_j e^{x_j}",
    ),
    ("a space of a length", X, r"x_i = x_i \hspace{0.5in} x_i^2 \ge 0", r"x_i = x_i \hspace{0.5in} x_i^2 \ge 1"),
    (
        "an operator with what it differentiates by",
        X + r" \[ J \coloneqq x^\top y \]",
        r"\partial_x J = y, \quad \partial_{x_j} J = y_j",
        r"\partial_x J = y, \quad \partial_{x_j} J = x_j",
    ),
    (
        "a family as an argument",
        r"Let $\alpha_i, y_i \in \mathbb{R},\ i = 1,\dots,N$. \[ f(\alpha) \coloneqq \sum_i \alpha_i y_i \]",
        r"\frac{\partial f}{\partial \alpha_i} = y_i",
        r"\frac{\partial f}{\partial \alpha_i} = \alpha_i",
    ),
    (
        "rows of a bold matrix",
        r"Let $\mathbf X \in \mathbb{R}^{N \times D}$ with rows $\mathbf x_i^\top$.",
        r"\sum_{i=1}^N \mathbf x_i \mathbf x_i^\top = \mathbf X^\top \mathbf X",
        r"\sum_{i=1}^N \mathbf x_i \mathbf x_i^\top = 2\mathbf X^\top \mathbf X",
    ),
    (
        "a brace of equations",
        X,
        r"\begin{cases} x + y = y + x, \\ u = u \end{cases}",
        r"\begin{cases} x + y = y + x, \\ x = y \end{cases}",
    ),
    (
        "a brace before a block",
        X,
        r"\left\{ \begin{aligned} x + y &= y + x \\ u &= u \end{aligned} \right.",
        r"\left\{ \begin{aligned} x + y &= y + x \\ x &= y \end{aligned} \right.",
    ),
    ("a box around a row", X, r"\boxed{A x = \vec A x}", r"\boxed{A x = A y}"),
    ("a number added to a vector", X, r"\operatorname{softmax}(x + u) = \operatorname{softmax}(x)", r"x + u = x"),
    ("sets of numbers", LABELS, r"y_i^2 + t^2 = 1 + t", r"y_i = 1"),
    (
        "an exponent of indices",
        LABELS,
        r"\sum_{i=1}^{N} y_i^2 r^{N-i} = \sum_{i=1}^{N} r^{N-i}",
        r"\sum_{i=1}^{N} y_i^2 r^{N-i} = \sum_{i=1}^{N} r^{N-i+1}",
    ),
    (
        "words as names",
        X + r" \[ \text{NLL}(x) \coloneqq x^\top S x, \quad \mathrm{Loss} \coloneqq \text{NLL} + u \]",
        r"\nabla_x \mathrm{Loss} = \nabla_x \text{NLL}(x) = (S + S^\top) x",
        r"\mathrm{Loss} = \text{NLL}",
    ),
    (
        "cases of indices",
        SOFTMAX,
        r"\frac{\partial q_i}{\partial z_j} = \begin{cases} q_i(1 - q_i), & \text{if } i = j \\ -q_i q_j, & \text{otherwise} \end{cases}",
        r"\frac{\partial q_i}{\partial z_j} = \begin{cases} q_i(1 - q_i), & \text{if } i = j \\ -q_i, & \text{otherwise} \end{cases}",
    ),
    (
        "cases of a number",
        X,
        r"|u| = \begin{cases} u & u \ge 0 \\ -u & u < 0. \end{cases}",
        r"|u| = \begin{cases} u & u \ge 0 \\ u & u < 0. \end{cases}",
    ),
    (
        "three cases",
        X,
        r"\operatorname{sign}(u) = \begin{cases} 1 & \text{for } u > 0 \\ 0 & \text{for } u = 0 \\ -1 & \text{for } u < 0 \end{cases}",
        r"\operatorname{sign}(u) = \begin{cases} 1 & \text{for } u > 0 \\ 0 & \text{for } u < 0 \\ -1 & \text{for } u = 0 \end{cases}",
    ),
    (
        "a condition in brackets",
        SOFTMAX,
        r"\frac{\partial q_i}{\partial z_j} = -q_i q_j \quad (i \neq j)",
        r"\frac{\partial q_i}{\partial z_j} = -q_i q_j \quad (i = j)",
    ),
    ("an open interval", LABELS, r"r (1 - r) > 0", r"r < \frac{1}{2}"),
    (
        "a recursion",
        RNN,
        r"\frac{\partial L}{\partial \mathbf{h}_T} = 2\mathbf{h}_T",
        r"\frac{\partial L}{\partial \mathbf{h}_{T-1}} = 2\mathbf{h}_T",
    ),
    (
        "a recursion, one step back",
        RNN,
        r"\nabla_{\mathbf{h}_t} L = W^\top ((1 - \tanh^2(W\mathbf{h}_t)) \odot \nabla_{\mathbf{h}_{t+1}} L)",
        r"\nabla_{\mathbf{h}_t} L = W ((1 - \tanh^2(W\mathbf{h}_t)) \odot \nabla_{\mathbf{h}_{t+1}} L)",
    ),
    (
        "differentials",
        X + " Here $S$ is constant.",
        r"d(x^\top S x) = (dx)^\top S x + x^\top S\, dx",
        r"d(x^\top S x) = 2 x^\top S\, dx",
    ),
    (
        "the differential of a determinant",
        X,
        r"d \det(S) = \det(S) \operatorname{tr}(S^{-1} dS)",
        r"d \det(S) = \operatorname{tr}(S^{-1} dS)",
    ),
]

UNREADABLE = [
    ("a power beside a name with that superscript", r"Let $\sigma, \sigma^2 \in \mathbb{R}$.", r"\sigma = \sigma^2"),
    ("the square of a vector", X, r"x^2 = y^2"),
    ("a power that may be a layer", X, r"u^i = u"),
    ("a derivative with a factor behind its bracket", X, r"\frac{\partial}{\partial u}(u) u = 2u"),
    ("a derivative with a term behind it", X, r"\frac{\partial}{\partial u} u v + v = 2 v"),
    ("d of a power", X, r"d u^2 = 2 u\, du"),
    ("a function that may be a factor", COST, r"f(1 - f) = 1"),
    ("a tensor sign for an elementwise product", X, r"x \otimes y = x \odot y"),
    ("a tensor sign between matrices", X, r"A \otimes B = A \odot B"),
    ("both products", X, r"\langle x \otimes y, x \otimes y\rangle = u"),
    ("a quotient with two readings", X, r"u / p v = u p^{-1} v"),
    ("a sum that begins at 0", SOFTMAX, r"\sum_{i=0}^{K} q_i = 1"),
    ("a sum to a value", X, r"\sum_{i=1}^{u} x_i = 1"),
    ("a sum over an index that is not there", SOFTMAX, r"\sum_i 2 = 2K"),
    ("a condition on an unknown index", SOFTMAX, r"\sum_{j \ne k} q_j = 1"),
    ("a recursion without its first member", COUNTED, r"\mathbf{g}_t \coloneqq W\mathbf{g}_{t-1}"),
    (
        "a claim about half a recursion",
        COUNTED,
        r"\mathbf{h}_t \coloneqq W\mathbf{c}_t + \mathbf{h}_{t-1} = \mathbf{c}_t",
    ),
    ("a product with a factor that lacks its index", X, r"\prod_i x_i u = u \prod_i x_i"),
    ("a product with a quotient behind it", X, r"\prod_i x_i / u = u^{-1} \prod_i x_i"),
    ("a product that begins with a sign", X, r"\prod_i -x_i = \prod_i x_i"),
    ("a product of matrices", X, r"\prod_{i=1}^{n} S = S^3"),
    ("a cross between arrays", X, r"S \times S = S S"),
    ("pi beside another pi", r"Let $\hat\pi \in \mathbb{R}$.", r"\hat\pi \pi = \pi \hat\pi"),
    ("a word that nothing defines", X, r"\mathrm{Loss} = u"),
    ("a word applied", X + r" $\mathrm{Loss} \coloneqq u$", r"\mathrm{Loss}(u) = u\, \mathrm{Loss}"),
    ("cases that overlap", X, r"u = \begin{cases} u & u \ge 0 \\ u & u \le 0 \end{cases}"),
    ("cases that leave one open", X, r"|u| = \begin{cases} u & u > 0 \\ -u & u < 0 \end{cases}"),
    ("cases of two numbers that overlap", X, r"u = \begin{cases} u & u > 0 \\ u & v \le 0 \end{cases}"),
    ("the rest before a case", X, r"u = \begin{cases} u & \text{otherwise} \\ u & u > 0 \end{cases}"),
    ("cases of two numbers that leave a gap", X, r"|u| = \begin{cases} u & u > p \\ -u & u < -p \end{cases}"),
    ("a row with another space", X, r"A^\top A = (A^\top A)^\top \in \mathbb{R}^{m \times m}"),
    ("a row with half of a space", X, r"u^2 = u u \in \mathbb{R}_{>0}"),
    ("a power of a matrix to a value", X, r"S^{u} = S"),
    ("a softmax of one entry", X, r"\operatorname{softmax}(x_i) = \frac{e^{x_i}}{\sum_j e^{x_j}}"),
    ("a diagonal of one entry", X, r"\operatorname{diag}(x_i) = x_i"),
    ("a trace of one entry", X, r"\operatorname{tr}(S_{ij}) = S_{ij}"),
    ("a determinant of one entry", X, r"\det(S_{ij}) = \det(S)"),
    ("a number beside a square matrix", X, r"\det(S - 2) = \det(S - 2 I_n)"),
    ("a square matrix beside a number", X, r"(1 + S)(1 - S) = I_n - S^2"),
    ("a free index as a number", X, r"x_i = i"),
    ("the largest of arrays", X, r"\max_i x = x"),
    ("a factor beside the largest", X, r"\max_i x_i u = u \max_i x_i"),
    ("the largest of a value", X, r"\max_u u^2 = u^2"),
    ("a gradient before a dot", X, r"\nabla_x S x \cdot y = S^\top y"),
    (
        "a derivative by a matrix at a transposed bracket",
        X + r" $L \coloneqq \operatorname{tr}(S^\top S)$",
        r"\frac{\partial L}{\partial S}(S)^\top = 2 S S^\top",
    ),
    ("the inverse of a power", COUNTED, r"W^{-T} = (W^{-1})^\top"),
    ("a condition of an array in brackets", X, r"x = x \quad (x > 0)"),
    ("pi applied", X, r"\pi(u) = \pi u"),
    ("a gradient with a factor behind its form", X, r"\nabla_x\, x^\top S x u = u (S + S^\top) x"),
    ("a gradient of one of two forms", X, r"\nabla_x\, x^\top x y^\top x = 2 x y^\top x + x^\top x y"),
    ("a name with a sign that nothing declares", X, r"u^- = u"),
    ("a condition that no assumption states", X, r"S x - y = 0"),
    ("a prime on a value", X, r"x' y = x^\top y"),
    ("a term outside of a sum's range", RNN, r"\sum_t \mathbf{x}_{t+1} = \mathbf 0"),
    ("two steps back within a sum from 2", COUNTED, r"\sum_{t=2}^{T} \mathbf{x}_{t-2} = \mathbf 0"),
    ("a layer behind a bracket", X, r"(u)^{(2)} = u^2"),
]


@pytest.mark.parametrize(
    ("setting", "row"), [(s, r) for _, s, r, _ in TRUE_AND_FALSE], ids=[n for n, *_ in TRUE_AND_FALSE]
)
@pytest.mark.sampled(3)
def test_true_rows_are_accepted(setting: str, row: str) -> None:
    assert verdicts(row, setting) == ("accept", "")


@pytest.mark.parametrize(
    ("setting", "row"), [(s, r) for _, s, _, r in TRUE_AND_FALSE], ids=[n for n, *_ in TRUE_AND_FALSE]
)
@pytest.mark.sampled(3)
def test_false_rows_are_refused(setting: str, row: str) -> None:
    assert verdicts(row, setting)[0] in ("wrong", "unreadable")


@pytest.mark.parametrize(("setting", "row"), [(s, r) for _, s, r in UNREADABLE], ids=[n for n, *_ in UNREADABLE])
def test_rows_with_two_readings_are_unreadable(setting: str, row: str) -> None:
    assert verdicts(row, setting)[0] == "unreadable"


def displayed(display: str) -> list[str]:
    (report,) = check_text(f"\\begin{{derivation}}{{d}}\n{X}\n{display}\n\\end{{derivation}}\n")
    return [row.verdict for row in report.rows if not row.inline]


def test_an_eqnarray_is_read_like_an_align() -> None:
    rows = r"u + v & = & v \\ & & + u \\ x & = & y"
    assert displayed(f"\\begin{{eqnarray*}}\n{rows}\n\\end{{eqnarray*}}") == ["ok", "ok", "wrong"]


def test_an_environment_that_is_not_read_is_refused_once() -> None:
    display = "\\begin{tikzpicture}\n\\draw $x = y$;\n\\end{tikzpicture}\n\\[ u = u \\]"
    assert displayed(display) == ["unreadable", "ok"]


@pytest.mark.parametrize(
    "words",
    [
        "We do not assume $a > 0$.",
        "Sometimes $a > 0$.",
        "Let $a > 0$ or $b > 0$.",
        "Let $a > 0$ unless stated otherwise.",
        r"Let $a \in (0,1)$ or $a \in \{0,1\}$.",
    ],
)
def test_a_declaration_that_its_sentence_leaves_open_is_refused(words: str) -> None:
    found = verdicts(r"|a| = a", words)
    assert found[0] == "unreadable"
    assert "leaves open what this declares" in found[1]


def test_a_declaration_may_lose_no_generality() -> None:
    assert verdicts(r"|a| = a", "Without loss of generality let $a > 0$.") == ("accept", "")


def test_a_name_beside_the_argument_of_a_function_is_no_component_of_it() -> None:
    setting = r"Let $x, x_0 \in \mathbb{R}^{n}$. \[ q(x) \coloneqq (x - x_0)^\top(x - x_0) \]"
    assert verdicts(r"q(x_0 + x) = x^\top x", setting) == ("accept", "")
    assert verdicts(r"q(x_0 + x) = x_0^\top x_0", setting)[0] == "wrong"


def test_a_prime_stays_a_derivative_of_a_function() -> None:
    assert verdicts(r"g' \coloneqq u", X)[0] == "unreadable"
