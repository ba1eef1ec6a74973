# ruff: noqa: E501 - rows of LaTeX are not broken
"""Small derivations in the notation of textbooks and lecture notes, each with one true row and a false one.

Every entry is (name, what is declared and defined, the true row, the false row, what the slip is).
"""

VECTOR = r"Let $\mathbf{x} \in \mathbb{R}^{d}$, $\mathbf{b}, \mathbf{y} \in \mathbb{R}^{m}$, $W \in \mathbb{R}^{m \times d}$."
PLAIN = r"Let $x \in \mathbb{R}^{d}$, $b, y \in \mathbb{R}^{m}$, $W \in \mathbb{R}^{m \times d}$, $g : \mathbb{R} \to \mathbb{R}$."
LOGITS = r"Let $\mathbf{z} \in \mathbb{R}^{K}$, $\mathbf{y} \in \{0,1\}^{K}$."
BATCH = r"Let $X \in \mathbb{R}^{D \times N}$, $Y \in \{0,1\}^{K \times N}$, $W \in \mathbb{R}^{K \times D}$, $\mathbf{b} \in \mathbb{R}^{K}$. The columns of $Y$ are one-hot."
COUNTED = r"Let $\mathbf{x}_n \in \mathbb{R}^{d},\ n = 1,\dots,N$, $\mathbf{w} \in \mathbb{R}^{d}$, $t_n \in \mathbb{R}$, $\lambda > 0$."
QUADRATIC = r"Let $\mathbf{x}, \mathbf{c} \in \mathbb{R}^{d}$, $A \in \mathbb{R}^{d \times d}$, $f \coloneqq \mathbf{x}^\top A \mathbf{x} + \mathbf{c}^\top \mathbf{x}$."
LAYERS = (
    r"Let $x \in \mathbb{R}^{D}$, $W^{(1)} \in \mathbb{R}^{M \times D}$, $W^{(2)} \in \mathbb{R}^{K \times M}$, $y \in \mathbb{R}^{K}$, "
    r"$g : \mathbb{R} \to \mathbb{R}$, $\ell : \mathbb{R}^K \times \mathbb{R}^K \to \mathbb{R}$. "
    r"\begin{align*} z^{(1)} &:= W^{(1)}x, & a^{(1)} &:= g(z^{(1)}), & z^{(2)} &:= W^{(2)}a^{(1)}, & L &:= \ell(z^{(2)}, y) \end{align*}"
)
SQUARED = (
    VECTOR
    + r" \[ \mathbf{a} \coloneqq W\mathbf{x} + \mathbf{b}, \quad L \coloneqq \tfrac12 \lVert \mathbf{a} - \mathbf{y} \rVert^2 \]"
)
SOFTMAX = (
    LOGITS
    + r" \[ \mathbf{p} \coloneqq \operatorname{softmax}(\mathbf{z}), \quad L \coloneqq -\mathbf{y}^\top \log \mathbf{p} \]"
)
MEAN = (
    COUNTED
    + r" \[ e_n \coloneqq \mathbf{w}^\top\mathbf{x}_n - t_n, \quad E \coloneqq \frac{1}{2N} \sum_{n=1}^N e_n^2 \]"
)
BATCHED = BATCH + (
    r" \[ A \coloneqq WX + \mathbf{b}\mathbf{1}_N^\top, \quad P \coloneqq \operatorname{softmax}(A), \quad"
    r" L \coloneqq -\frac1N \sum_{n=1}^N \sum_{k=1}^K Y_{kn} \log P_{kn} \]"
)
TIED = r"Let $\mathbf{x} \in \mathbb{R}^{d}$, $\mathbf{y} \in \mathbb{R}^{k}$, $U \in \mathbb{R}^{k \times m}$, $V \in \mathbb{R}^{m \times d}$, $m = k$."
SCALAR = r"Let $w, x, b, t \in \mathbb{R}$, $s \coloneqq \sigma(wx + b)$, $L \coloneqq -t \log s - (1 - t)\log(1 - s)$."
RECTIFIED = PLAIN + r" \[ a := Wx + b, \quad h := \operatorname{ReLU}(a), \quad L := \tfrac12 \|h - y\|^2 \]"

# name, declarations, a row that is true, a row that is false, the slip
CASES = [
    ("power of a number", r"Let $x \in \mathbb{R}$.", r"x^3 = x x x", r"x^3 = x x", "false value"),
    ("index of a sum unused", VECTOR, r"\sum_{i=1}^{m} b_j = m b_j", r"\sum_{i=1}^{m} b_j = b_j", "false value"),
    (
        "derivative of an expression",
        VECTOR,
        r"\frac{\partial (\mathbf{b}^\top\mathbf{y})}{\partial \mathbf{b}} = \mathbf{y}",
        r"\frac{\partial (\mathbf{b}^\top\mathbf{y})}{\partial \mathbf{b}} = \mathbf{b}",
        "false value",
    ),
    ("dimension as an index", VECTOR, r"b_m + y_m = y_m + b_m", r"b_m = y_m", "false value"),
    (
        "number added to a vector",
        VECTOR + r" Let $\lambda > 0$.",
        r"\mathbf{b} + \lambda = \lambda\mathbf{1} + \mathbf{b}",
        r"\mathbf{b} + \lambda = \mathbf{y}",
        "false value",
    ),
    (
        "vector below a fraction",
        VECTOR + r" Let $\mathbf{q} \in \mathbb{R}_{>0}^m$.",
        r"\frac{\mathbf{b}}{\mathbf{q}} \odot \mathbf{q} = \mathbf{b}",
        r"\frac{\mathbf{b}}{\mathbf{q}} = \mathbf{b}",
        "false value",
    ),
    ("bars twice", VECTOR, r"||\mathbf{b}||^2 = \mathbf{b}^\top\mathbf{b}", r"||\mathbf{b}|| = 1", "false value"),
    ("bars of a matrix", QUADRATIC, r"|A^\top| = |A|", r"|2A| = |A|", "false value"),
    (
        "affine map, bold",
        SQUARED,
        r"\frac{\partial L}{\partial \mathbf{x}} = W^\top(\mathbf{a} - \mathbf{y})",
        r"\frac{\partial L}{\partial \mathbf{x}} = W(\mathbf{a} - \mathbf{y})",
        "transpose lost",
    ),
    (
        "weights of an affine map",
        SQUARED,
        r"\frac{\partial L}{\partial W} = (\mathbf{a} - \mathbf{y})\mathbf{x}^\top",
        r"\frac{\partial L}{\partial W} = \mathbf{x}(\mathbf{a} - \mathbf{y})^\top",
        "outer product turned round",
    ),
    (
        "gradient with nabla",
        SQUARED,
        r"\nabla_{\mathbf{b}} L = \mathbf{a} - \mathbf{y}",
        r"\nabla_{\mathbf{b}} L = \mathbf{y} - \mathbf{a}",
        "sign",
    ),
    (
        "index form of the weights",
        SQUARED,
        r"\frac{\partial L}{\partial W_{ij}} = (a_i - y_i)x_j",
        r"\frac{\partial L}{\partial W_{ij}} = (a_i - y_i)x_i",
        "index used twice",
    ),
    (
        "index form of the input",
        SQUARED,
        r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^{m} W_{ij}(a_i - y_i)",
        r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^{m} W_{ji}(a_i - y_i)",
        "indices swapped",
    ),
    (
        "Jacobian of an affine map",
        SQUARED,
        r"\frac{\partial \mathbf{a}}{\partial \mathbf{x}} = W",
        r"\frac{\partial \mathbf{a}}{\partial \mathbf{x}} = W^\top",
        "denominator layout",
    ),
    (
        "Jacobian by a row",
        SQUARED,
        r"\frac{\partial \mathbf{a}}{\partial \mathbf{x}^\top} = W, \quad \frac{\partial L}{\partial \mathbf{x}^\top} = (\mathbf{a} - \mathbf{y})^\top W",
        r"\frac{\partial L}{\partial \mathbf{x}^\top} = W^\top(\mathbf{a} - \mathbf{y})",
        "row and column",
    ),
    (
        "Jacobian in components",
        SQUARED,
        r"\frac{\partial a_i}{\partial x_j} = W_{ij}",
        r"\frac{\partial a_i}{\partial x_j} = W_{ji}",
        "indices swapped",
    ),
    (
        "Hessian of least squares",
        SQUARED,
        r"\frac{\partial^2 L}{\partial \mathbf{x}\,\partial \mathbf{x}^\top} = W^\top W, \quad \nabla^2_{\mathbf{x}} L = W^\top W",
        r"\nabla^2_{\mathbf{x}} L = W W^\top",
        "factors swapped",
    ),
    (
        "derivative written inline",
        SQUARED,
        r"\partial L/\partial \mathbf{b} = \mathbf{a} - \mathbf{y}",
        r"\partial L/\partial \mathbf{b} = 2(\mathbf{a} - \mathbf{y})",
        "factor",
    ),
    (
        "chain rule with Jacobians",
        SQUARED,
        r"\frac{\partial L}{\partial \mathbf{x}} = \Bigl(\frac{\partial \mathbf{a}}{\partial \mathbf{x}}\Bigr)^{\!\top}\frac{\partial L}{\partial \mathbf{a}}",
        r"\frac{\partial L}{\partial \mathbf{x}} = \frac{\partial \mathbf{a}}{\partial \mathbf{x}}\frac{\partial L}{\partial \mathbf{a}}",
        "transpose lost",
    ),
    (
        "softmax Jacobian",
        SOFTMAX,
        r"\frac{\partial \mathbf{p}}{\partial \mathbf{z}} = \operatorname{diag}(\mathbf{p}) - \mathbf{p}\mathbf{p}^\top",
        r"\frac{\partial \mathbf{p}}{\partial \mathbf{z}} = \operatorname{diag}(\mathbf{p}) - \mathbf{p}^\top\mathbf{p}",
        "inner for outer product",
    ),
    (
        "softmax Jacobian in components",
        SOFTMAX,
        r"\frac{\partial p_i}{\partial z_j} = p_i(\mathbb{1}[i = j] - p_j)",
        r"\frac{\partial p_i}{\partial z_j} = p_i(\mathbb{1}[i = j] - p_i)",
        "wrong index",
    ),
    (
        "softmax written out",
        SOFTMAX,
        r"p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} = \operatorname{softmax}(\mathbf{z})_k",
        r"p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{-z_j}}",
        "sign in an exponent",
    ),
    (
        "softmax with cross-entropy",
        SOFTMAX,
        r"\frac{\partial L}{\partial \mathbf{z}} = \mathbf{p} - \mathbf{y}",
        r"\frac{\partial L}{\partial \mathbf{z}} = \mathbf{p} \odot (\mathbf{1} - \mathbf{p})",
        "sigmoid's rule",
    ),
    (
        "cross-entropy by the probability",
        SOFTMAX,
        r"\frac{\partial L}{\partial p_k} = -y_k/p_k",
        r"\frac{\partial L}{\partial p_k} = -1/p_k",
        "label forgotten",
    ),
    (
        "log-sum-exp",
        SOFTMAX,
        r"L = \log \sum_{k} e^{z_k} - \mathbf{y}^\top \mathbf{z}",
        r"L = \sum_{k} \log e^{z_k} - \mathbf{y}^\top \mathbf{z}",
        "log and sum exchanged",
    ),
    ("a bound on the loss", SOFTMAX, r"L \ge 0, \quad p_k \le 1", r"L \ge \frac12", "bound too strong"),
    (
        "logistic regression",
        SCALAR,
        r"\frac{\mathrm{d} L}{\mathrm{d} w} = (s - t)x",
        r"\frac{\mathrm d L}{\mathrm d w} = (s - t)w",
        "wrong letter",
    ),
    (
        "logistic slope",
        SCALAR,
        r"\frac{\partial s}{\partial b} = s(1-s) = \sigma'(wx + b)",
        r"\frac{\partial s}{\partial b} = s(1+s)",
        "sign",
    ),
    (
        "second derivative of a scalar",
        SCALAR,
        r"\frac{\partial^2 L}{\partial b^2} = s(1 - s)",
        r"\frac{\partial^2 L}{\partial b^2} = s",
        "factor lost",
    ),
    (
        "tanh",
        PLAIN + r" \[ a := Wx, \quad h := \tanh(a) \]",
        r"\frac{\partial h_i}{\partial a_i} = 1 - h_i^2 = 1 - \tanh^2(a_i)",
        r"\frac{\partial h_i}{\partial a_i} = 1 - h_i",
        "square lost",
    ),
    (
        "layers without bold",
        LAYERS,
        r"\frac{\partial L}{\partial a^{(1)}} = W^{(2)\top}\frac{\partial L}{\partial z^{(2)}}",
        r"\frac{\partial L}{\partial a^{(1)}} = W^{(1)\top}\frac{\partial L}{\partial z^{(2)}}",
        "wrong layer",
    ),
    (
        "error of a hidden layer",
        LAYERS,
        r"\delta^{(1)} := \frac{\partial L}{\partial z^{(1)}} = \Bigl(W^{(2)\top}\frac{\partial L}{\partial z^{(2)}}\Bigr) \odot g'(z^{(1)})",
        r"\delta^{(1)} := \frac{\partial L}{\partial z^{(1)}} = \Bigl(W^{(2)\top}\frac{\partial L}{\partial z^{(2)}}\Bigr) \odot g(z^{(1)})",
        "slope forgotten",
    ),
    (
        "diagonal form of the slope",
        LAYERS,
        r"\frac{\partial L}{\partial x} = W^{(1)\top}\operatorname{diag}(g'(z^{(1)})) W^{(2)\top} \frac{\partial L}{\partial z^{(2)}}",
        r"\frac{\partial L}{\partial x} = W^{(1)\top} W^{(2)\top} \frac{\partial L}{\partial z^{(2)}}",
        "slope forgotten",
    ),
    (
        "hidden weights in components",
        LAYERS,
        r"\frac{\partial L}{\partial W^{(1)}_{ji}} = \frac{\partial L}{\partial z^{(1)}_j} x_i",
        r"\frac{\partial L}{\partial W^{(1)}_{ji}} = \frac{\partial L}{\partial z^{(1)}_i} x_j",
        "indices swapped",
    ),
    (
        "a held node",
        LAYERS,
        r"\left.\frac{\partial L}{\partial x}\right|_{z^{(1)}} = \mathbf{0}",
        r"\frac{\partial L}{\partial x} = \mathbf{0}",
        "nothing held",
    ),
    (
        "mean squared error of a batch",
        MEAN,
        r"\nabla_{\mathbf{w}} E = \frac1N \sum_{n=1}^N e_n \mathbf{x}_n",
        r"\nabla_{\mathbf{w}} E = \sum_{n=1}^N e_n \mathbf{x}_n",
        "1/N forgotten",
    ),
    (
        "one example of a batch",
        MEAN,
        r"\frac{\partial E}{\partial \mathbf{x}_n} = \frac1N e_n \mathbf{w}",
        r"\frac{\partial E}{\partial \mathbf{x}_n} = e_n \mathbf{w}",
        "1/N forgotten",
    ),
    (
        "components of examples",
        MEAN,
        r"\frac{\partial E}{\partial w_i} = \frac{1}{N}\sum_n e_n x_{n,i}",
        r"\frac{\partial E}{\partial w_i} = \frac{1}{N}\sum_n e_n w_i",
        "wrong letter",
    ),
    (
        "regularisation",
        MEAN + r" \[ J \coloneqq E + \frac{\lambda}{2}\lVert\mathbf{w}\rVert_2^2 \]",
        r"\nabla_{\mathbf{w}} J = \nabla_{\mathbf{w}} E + \lambda\mathbf{w}",
        r"\nabla_{\mathbf{w}} J = \nabla_{\mathbf{w}} E + \mathbf{w}",
        "λ forgotten",
    ),
    (
        "Frobenius penalty",
        r"Let $W \in \mathbb{R}^{m \times d}$, $R \coloneqq \lVert W \rVert_F^2$.",
        r"\frac{\partial R}{\partial W} = 2W, \quad R = \operatorname{tr}(W^\top W)",
        r"\frac{\partial R}{\partial W} = W",
        "2 forgotten",
    ),
    (
        "batch with columns",
        BATCHED,
        r"\frac{\partial L}{\partial W} = \frac1N (P - Y)X^\top",
        r"\frac{\partial L}{\partial W} = (P - Y)X^\top",
        "1/N forgotten",
    ),
    (
        "bias of a batch",
        BATCHED,
        r"\frac{\partial L}{\partial \mathbf{b}} = \frac{1}{N}(P - Y)\mathbf{1}_N",
        r"\frac{\partial L}{\partial \mathbf{b}} = \frac{1}{N}(P - Y)\mathbf{1}_K",
        "wrong ones",
    ),
    (
        "bias of a batch in components",
        BATCHED,
        r"\frac{\partial L}{\partial b_k} = \frac{1}{N}\sum_{n=1}^N (P_{kn} - Y_{kn})",
        r"\frac{\partial L}{\partial b_k} = \frac{1}{N}\sum_{n=1}^N (P_{nk} - Y_{nk})",
        "indices swapped",
    ),
    (
        "quadratic form",
        QUADRATIC,
        r"\frac{\partial f}{\partial \mathbf{x}} = (A + A^\top)\mathbf{x} + \mathbf{c}",
        r"\frac{\partial f}{\partial \mathbf{x}} = 2A\mathbf{x} + \mathbf{c}",
        "A taken as symmetric",
    ),
    (
        "Hessian of a quadratic form",
        QUADRATIC,
        r"\nabla^2_{\mathbf{x}} f = A + A^{\top}",
        r"\nabla^2_{\mathbf{x}} f = A + A",
        "A taken as symmetric",
    ),
    (
        "quadratic form in components",
        QUADRATIC,
        r"f = \sum_{i=1}^d \sum_{j=1}^d x_i A_{ij} x_j + \sum_i c_i x_i",
        r"f = \sum_{i=1}^d \sum_{j=1}^d x_i A_{ij} x_i + \sum_i c_i x_i",
        "wrong index",
    ),
    (
        "inverse",
        r"Let $A \in \mathbb{R}^{d \times d}$, $\mathbf{b} \in \mathbb{R}^d$, $\mathbf{x} \coloneqq A^{-1}\mathbf{b}$.",
        r"A\mathbf{x} = \mathbf{b}, \quad \frac{\partial \mathbf{x}}{\partial \mathbf{b}} = A^{-1}",
        r"\frac{\partial \mathbf{x}}{\partial \mathbf{b}} = A",
        "inverse forgotten",
    ),
    (
        "norm",
        VECTOR + r" \[ r \coloneqq \|\mathbf{x}\| \]",
        r"\frac{\partial r}{\partial \mathbf{x}} = \frac{1}{\|\mathbf{x}\|}\mathbf{x}",
        r"\frac{\partial r}{\partial \mathbf{x}} = \frac{1}{\|\mathbf{x}\|^2}\mathbf{x}",
        "a square too many",
    ),
    (
        "triangle inequality",
        VECTOR,
        r"\lVert \mathbf{b} + \mathbf{y} \rVert \le \lVert \mathbf{b} \rVert + \lVert \mathbf{y} \rVert",
        r"\lVert \mathbf{b} + \mathbf{y} \rVert \le \lVert \mathbf{b} \rVert",
        "term dropped",
    ),
    (
        "Cauchy-Schwarz",
        VECTOR,
        r"|\mathbf{b}^\top \mathbf{y}| \leq \|\mathbf{b}\|\,\|\mathbf{y}\|",
        r"|\mathbf{b}^\top \mathbf{y}| < \|\mathbf{b}\|\,\|\mathbf{y}\|",
        "strict where 0 = 0",
    ),
    (
        "a bound that fails far out",
        r"Let $x \in \mathbb{R}$.",
        r"2x \le 1 + x^2",
        r"x^2 \le 16",
        "bound broken far from the draws",
    ),
    (
        "rectifier",
        RECTIFIED,
        r"\frac{\partial L}{\partial a} = (h - y) \odot \mathbb{1}[a > 0], \quad h = \max(0, a)",
        r"\frac{\partial L}{\partial a} = (h - y) \odot \mathbb{1}[a < 0]",
        "wrong side",
    ),
    (
        "shapes tied",
        TIED + r" \[ \mathbf{r} \coloneqq UV\mathbf{x} - \mathbf{y}, \quad f \coloneqq \mathbf{r}^\top \mathbf{r} \]",
        r"\frac{\partial f}{\partial \mathbf{x}} = 2 V^\top U^\top \mathbf{r}",
        r"\frac{\partial f}{\partial \mathbf{x}} = 2 V^\top U \mathbf{r}",
        "transpose lost though the shapes fit",
    ),
    (
        "two paths",
        r"Let $w, x \in \mathbb{R}$, $u \coloneqq wx$, $v \coloneqq wu$.",
        r"\frac{\partial v}{\partial w} = u + wx, \quad \left.\frac{\partial v}{\partial w}\right|_{u} = u",
        r"\frac{\partial v}{\partial w} = u",
        "one path forgotten",
    ),
    (
        "copies of one parameter",
        r"Let $w \in \mathbb{R}$, $w_1 \coloneqq w$, $w_2 \coloneqq w$, $f \coloneqq w_1^2 w_2$.",
        r"\frac{\partial f}{\partial w} = \frac{\partial f}{\partial w_1} + \frac{\partial f}{\partial w_2}, \quad \frac{\partial f}{\partial w_1} = 2w_1 w_2",
        r"\frac{\partial f}{\partial w_1} = \frac{\partial f}{\partial w}",
        "copy taken for the original",
    ),
    (
        "any activation",
        PLAIN + r" \[ a := Wx, \quad h := g(a) \]",
        r"\frac{\partial h}{\partial x} = \operatorname{diag}(g'(a))W",
        r"\frac{\partial h_i}{\partial a_i} = h_i(1 - h_i)",
        "true of one g only",
    ),
    (
        "row vectors",
        r"Let $x \in \mathbb{R}^{1 \times d}$, $W \in \mathbb{R}^{d \times m}$, $y \in \mathbb{R}^{1 \times m}$. \[ f := \tfrac12 \lVert xW - y \rVert^2 \]",
        r"\frac{\partial f}{\partial x} = (xW - y)W^\top",
        r"\frac{\partial f}{\partial x} = W(xW - y)^\top",
        "column for row",
    ),
    (
        "superscript examples",
        r"Let $\mathbf{x}^{(n)} \in \mathbb{R}^d,\ n = 1,\dots,N$, $\mathbf{w} \in \mathbb{R}^d$, $f \coloneqq \sum_{n=1}^N \mathbf{w}^\top \mathbf{x}^{(n)}$.",
        r"\frac{\partial f}{\partial x_i^{(n)}} = w_i, \quad \frac{\partial f}{\partial \mathbf{w}} = \sum_n \mathbf{x}^{(n)}",
        r"\frac{\partial f}{\partial x_i^{(n)}} = x_i^{(n)}",
        "wrong letter",
    ),
    (
        "probabilities",
        r"Let $\mathbf{p} \in \Delta^{K}$, $\mathbf{q} \in \Delta^{K}$, $D \coloneqq \sum_k p_k \log \frac{p_k}{q_k}$.",
        r"\mathbf{1}^\top\mathbf{p} = 1, \quad D \ge 0",
        r"D \le 0",
        "sign of a divergence",
    ),
    (
        "vector functions side by side",
        LAYERS,
        r"\frac{\partial z^{(2)}}{\partial z^{(1)}} = W^{(2)}\operatorname{diag}\bigl(g'(z^{(1)})\bigr)",
        r"\frac{\partial z^{(2)}}{\partial z^{(1)}} = \operatorname{diag}\bigl(g'(z^{(1)})\bigr)W^{(2)}",
        "factors swapped",
    ),
    (
        "square root",
        r"Let $v > 0$, $s \coloneqq \sqrt{v}$.",
        r"\frac{\partial s}{\partial v} = \frac{1}{2\sqrt{v}} = \frac{1}{2s}",
        r"\frac{\partial s}{\partial v} = \frac{1}{2}\sqrt{v}",
        "inverse forgotten",
    ),
    (
        "identity",
        r"Let $A \in \mathbb{R}^{d \times d}$, $\lambda > 0$.",
        r"\operatorname{tr}(A + \lambda I) = \operatorname{tr}(A) + \lambda d",
        r"\operatorname{tr}(A + \lambda I) = \operatorname{tr}(A) + \lambda",
        "dimension forgotten",
    ),
]

# name, declarations, a row outside the language, words of the message
UNREADABLE = [
    ("approximately", VECTOR, r"\mathbf{b} \approx \mathbf{y}", "≈"),
    ("proportional", VECTOR, r"\mathbf{b} \propto \mathbf{y}", "∝"),
    ("undeclared symbol", VECTOR, r"\mathbf{q} = \mathbf{y}", "q is neither declared nor defined"),
    ("unknown macro", VECTOR, r"\mathbf{b} = \argmax \mathbf{y}", "\\argmax is not in the language"),
    ("misspelt macro", VECTOR, r"\mathbf{b} = \matbf{y}", "did you mean \\mathbf"),
    ("layer as a power", LAYERS, r"W^2 = W^{(2)}", "parentheses"),
    ("ambiguous quotient", SCALAR, r"w/xb = w", "two ways"),
    ("bold index", VECTOR, r"\mathbf{b}_l = \mathbf{y}_l", "not bold"),
    ("unclosed parenthesis", VECTOR, r"(\mathbf{b} + \mathbf{y} = \mathbf{y}", "closing )"),
    ("function without argument", PLAIN, r"g = b", "needs ( )"),
    ("star product", VECTOR, r"\mathbf{b} * \mathbf{y} = \mathbf{y} * \mathbf{b}", "\\odot"),
    ("component of a transpose", VECTOR, r"W^\top_{ij} = W_{ji}", "component of the transpose"),
    ("Jinja inside", VECTOR, r"\mathbf{b} = \VAR{b}", "Jinja"),
    ("definition of a macro", VECTOR, r"\def\q{1} \mathbf{b} = \mathbf{b}", "not allowed"),
    ("no relation", VECTOR, r"\mathbf{b} + \mathbf{y}", "no relation"),
    ("lone partial", VECTOR, r"\partial \mathbf{b} = \mathbf{y}", "lone ∂"),
    ("taken name", VECTOR, r"\mathbf{b} \coloneqq \mathbf{y}", "already declared"),
    ("one index too few", VECTOR, r"W_i = b_i", "two indices"),
    ("vector added to matrix", BATCH, r"WX + \mathbf{b} = WX", "K×N"),
]

# name, declarations, a row whose shapes disagree, words of the message
SHAPES = [
    ("sum of unequal vectors", VECTOR, r"\mathbf{b} + \mathbf{x} = \mathbf{y}", "b is m×1, x is d×1"),
    ("row added to column", VECTOR, r"\mathbf{b} + \mathbf{y}^\top = \mathbf{y}", "y^⊤ is 1×m"),
    ("product that does not fit", VECTOR, r"W\mathbf{b} = \mathbf{y}", "W is m×d, b is m×1"),
    ("elementwise product of unequal shapes", VECTOR, r"W \odot \mathbf{b} = W", "W is m×d, b is m×1"),
    ("range of an index", VECTOR, r"b_i = x_i", "i runs over m"),
    (
        "matrix by vector",
        VECTOR + r" $\mathbf{a} \coloneqq W\mathbf{x}$",
        r"\frac{\partial \mathbf{a}}{\partial W} = \mathbf{x}",
        "no agreed shape",
    ),
]
