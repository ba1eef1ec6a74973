# ruff: noqa: E501 - rows of LaTeX are not broken
"""Class labels as indices: what holds for every value of a label is accepted, and nothing that moves or is a number."""

import pytest

from report_src.derivations.printing.compare import read_as_printed, shown
from report_src.derivations.printing.typed import typed
from tests.report_src.derivations.printing.rows import verdicts

SCORES = r"Let $f \in \mathbb{R}^{K}$."
SHARES = SCORES + r" \[ p_k \coloneqq \frac{e^{f_k}}{\sum_j e^{f_j}} \]"
DECLARED = SCORES + r" Let $y \in \{1, \dots, K\}$." + SHARES.removeprefix(SCORES)
LOSS = DECLARED + r" \[ L \coloneqq -\log p_y \]"
NAMED = SHARES + r" \[ L_i \coloneqq -\log p_{y_i} \]"
HINGE = SCORES + r" \[ L_i \coloneqq \sum_{j \ne y_i} \max(0, f_j - f_{y_i} + 1) \]"
BATCH = (
    r"Let $F \in \mathbb{R}^{N \times K}$. \[ q_{ik} \coloneqq \frac{e^{F_{ik}}}{\sum_j e^{F_{ij}}} \]"
    r" \[ L_i \coloneqq -\log q_{i, y_i} \]"
)
STEPS = r"Let $f \in \mathbb{R}^{K}$, $x_t \in \mathbb{R},\ t = 1,\dots,T$. \[ h_t \coloneqq x_t + f_{y_t} \]"
MARGIN = DECLARED + r" \[ m_k \coloneqq f_k - f_y \]"

TRUE = [
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k - \mathbb{1}(y = k)"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k - \delta_{ky}"),
    (LOSS, r"\frac{\partial L}{\partial f_y} = p_y - 1"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k, \quad k \ne y"),
    (
        LOSS,
        r"\frac{\partial L}{\partial f_k} = \begin{cases} p_k - 1, & \text{if } k = y \\ p_k, & \text{if } k \ne y \end{cases}",
    ),
    (LOSS, r"L = -f_y + \log \sum_j e^{f_j}"),
    (LOSS, r"dL = \sum_k p_k\, df_k - df_y"),
    (LOSS, r"\frac{\partial^2 L}{\partial f_k\, \partial f_j} = p_k (\mathbb{1}[k = j] - p_j)"),
    (LOSS + r" \[ M \coloneqq L^2 \]", r"\frac{\partial M}{\partial f_k} = 2 (p_k - \mathbb{1}[k = y]) L"),
    (DECLARED, r"\log p_y = f_y - \log \sum_j e^{f_j}"),
    (DECLARED, r"\frac{\partial}{\partial f_k}(-\log p_y) = p_k - \mathbb{1}(y = k)"),
    (DECLARED, r"\sum_k \mathbb{1}(k = y) p_k = p_y"),
    (DECLARED, r"\sum_{k \ne y} p_k = 1 - p_y"),
    (DECLARED + r" Let $z \in \{1, 2, \ldots, K\}$.", r"\frac{\partial p_z}{\partial f_y} = p_z (\mathbb{1}(z = y) - p_y)"),
    (DECLARED + r" \[ r_y \coloneqq p_y^2 \]", r"r_k = p_k^2"),
    (MARGIN, r"m = f - f_y \mathbf 1"),
    (MARGIN, r"\sum_k m_k = \sum_k f_k - K f_y"),
    (SCORES + r" \[ J(f) \coloneqq -\log\operatorname{softmax}(f)_{y_i} \]", r"\nabla J(f) = \operatorname{softmax}(f) - \nabla_f f_{y_i}"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y_i = k)"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k - 1_{k = y_i}"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k - \delta_{k y_i}"),
    (NAMED, r"L_i = -f_{y_i} + \log \sum_j e^{f_j}"),
    (SCORES + r" Let $y_i \in \{1, \dots, K\}$.", r"\operatorname{softmax}(f)_{y_i} = \frac{e^{f_{y_i}}}{\sum_j e^{f_j}}"),
    (SHARES, r"\log p_{y^{(i)}} = f_{y^{(i)}} - \log \sum_j e^{f_j}"),
    (SHARES, r"\log p_{\eta_n} = f_{\eta_n} - \log \sum_j e^{f_j}"),
    (HINGE, r"L_i = \sum_j \max(0, f_j - f_{y_i} + 1) - 1"),
    (HINGE, r"\frac{\partial L_i}{\partial f_j} = \mathbb{1}(f_j - f_{y_i} + 1 > 0), \quad j \ne y_i"),
    (BATCH, r"\frac{\partial L_i}{\partial F_{jk}} = \mathbb{1}(i = j)(q_{jk} - \mathbb{1}(k = y_i))"),
    (BATCH, r"L_j = -F_{j, y_j} + \log \sum_k e^{F_{jk}}"),
    (BATCH, r"L_1 = -F_{1, y_1} + \log \sum_k e^{F_{1k}}"),
    (STEPS, r"h_T = x_T + f_{y_T}"),
]  # fmt: skip

# rows that are false for some value of a label
WRONG = [
    (LOSS, r"\frac{\partial L}{\partial f_k} = \mathbb{1}(y = k) - p_k"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k + \mathbb{1}(y = k)"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_y - \mathbb{1}(y = k)"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k - \mathbb{1}(y \ne k)"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k - \mathbb{1}(y \le k)"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k - 1"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k"),
    (LOSS, r"\frac{\partial L}{\partial f_k} = p_k, \quad k = y"),
    (LOSS, r"\frac{\partial L}{\partial f_y} = p_y"),
    (LOSS, r"\frac{\partial L}{\partial f_y} = p_k - 1"),
    (LOSS, r"L = -\log p_k"),
    (LOSS, r"L = -\log p_1"),
    (LOSS, r"L = f_y - \log \sum_j e^{f_j}"),
    (LOSS + r" Let $z \in \{1, \dots, K\}$.", r"L = -\log p_z"),
    (LOSS + r" Let $z \in \{1, \dots, K\}$.", r"\frac{\partial L}{\partial f_k} = p_k - \mathbb{1}(z = k)"),
    (DECLARED, r"\frac{\partial p_k}{\partial f_y} = p_k (\mathbb{1}(k = y) - p_k)"),
    (DECLARED, r"\sum_k \mathbb{1}(k = y) p_k = 1"),
    (DECLARED, r"\sum_{k \ne y} p_k = 1"),
    (MARGIN, r"m = f"),
    (MARGIN, r"m_k = 0"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k + \mathbb{1}(y_i = k)"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y_j = k)"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(i = k)"),
    (NAMED, r"\frac{\partial L_i}{\partial f_{y_i}} = p_{y_i}"),
    (NAMED, r"L_i = -\log p_{y_j}"),
    (NAMED, r"L_i = -\log p_i"),
    (SHARES, r"p_{y_i} = p_{y_j}"),
    (SHARES, r"p_{y_i} = p_{y^{(i)}}"),
    (SHARES, r"\mathbb{1}(y_i = 1) p_{y_i} = p_1"),
    (HINGE, r"L_i = \sum_j \max(0, f_j - f_{y_i} + 1)"),
    (HINGE, r"\frac{\partial L_i}{\partial f_j} = \mathbb{1}(f_j - f_{y_i} + 1 > 0)"),
    (BATCH, r"\frac{\partial L_i}{\partial F_{jk}} = q_{jk} - \mathbb{1}(k = y_i)"),
    (BATCH, r"L_1 = -F_{1, y_2} + \log \sum_k e^{F_{1k}}"),
    (STEPS, r"h_T = x_T + f_{y_t}"),
    (SCORES + r" Let $g \in \mathbb{R}^{M}$ and $y \in \{1, \dots, M\}$.", r"f_y = f_y"),
]

# a label that is summed over, is named by an index that is summed over, or has a second meaning
UNREADABLE = [
    (LOSS, r"\sum_y L = 0", "no sum runs over it"),
    (LOSS, r"L_y = L", "is a scalar and has no components"),
    (DECLARED, r"\sum_y p_y = 1", "no sum runs over it"),
    (DECLARED, r"\prod_y p_y = p_y", "no sum runs over it"),
    (DECLARED, r"\sum_{k=1}^{y} p_k = 1", "no sum begins or ends at it"),
    (DECLARED, r"\sum_{k=y}^{K} p_k = 1", "no sum begins or ends at it"),
    (DECLARED, r"\sum_{k<y} p_k = 1 - p_y", "no sum begins or ends at it"),
    (DECLARED, r"y p_k = p_k y", "and no number"),
    (DECLARED, r"y^2 = y \cdot y", "and no number"),
    (DECLARED, r"p_k f_y 2^{k-y} = f_y p_k 2^{k-y}", "and no number"),
    (DECLARED, r"\frac{\partial p_k}{\partial y} = 0", "and no number"),
    (DECLARED, r"p_k \mathbb{1}(2y = k) = p_k \mathbb{1}(2y = k)", "and no number"),
    (DECLARED, r"\mathbb{1}(y = f_k) = 0", "compared with an index or a number"),
    (DECLARED, r"p_{y+1} = p_{y+1}", "nothing is counted from it"),
    (DECLARED, r"y \coloneqq f_1", "y can be no value"),
    (DECLARED, r"p_{y_i} = p_{y_i}", "y is a label of its own"),
    (DECLARED + r" Let $y \in \mathbb{R}$.", r"p_y = p_y", "y can be no value"),
    (DECLARED + r" Let $y_i \in \{1, \dots, K\}$.", r"p_y = p_y", "has a meaning in this derivation already"),
    (r"Let $y \in \mathbb{R}$." + DECLARED, r"p_y = p_y", "has a meaning in this derivation already"),
    (DECLARED + r" Let $h_y \in \mathbb{R},\ y = 1,\dots,K$.", r"p_y = p_y", "has another range"),
    (SHARES + r" Let $g \in \mathbb{R}^{M}$.", r"p_k = p_k, \quad k \in \{1, \dots, M\}", "has another range"),
    (SCORES + r" Let $y \in \{0, \dots, K-1\}$.", r"f_k = f_k", r"\{1, \dots, K\}"),
    (SCORES + r" Let $y \in \{1, 3, \dots, K\}$.", r"f_k = f_k", r"\{1, \dots, K\}"),
    (SCORES + r" Let $y \in \{1, \dots, M\}$.", r"f_k = f_k", "a dimension is a letter"),
    (DECLARED + r" Assume that $f_y = 0$.", r"f_k = 0", "an assumption about one value"),
    (LOSS + r" At a stationary point, $\nabla_f L = 0$.", r"p_k = 0", "an assumption about one value"),
    (SCORES + r" Assume that $f_{y_i} = 0$.", r"f_k = 0", "an assumption about one value"),
    (SHARES, r"L \coloneqq -\log p_y", "must be on the left"),
    (SHARES, r"L \coloneqq -\log p_k", "must be on the left"),
    (SHARES, r"\sum_i p_{y_i} f_i = p_{y_i}", "which names it, is summed over"),
    (SHARES, r"\sum_{i=1}^{K} p_{y_i} = 1", "which names it, is summed over"),
    (SHARES, r"\sum_{i=1}^{K} p_{y^{(i)}} = 1", "which names it, is summed over"),
    (SHARES, r"p_{y_i} \sum_i f_i = p_{y_i} \sum_i f_i", "which names it, is summed over"),
    (SHARES, r"\sum_i \sum_{j \ne y_i} p_i p_j = 1", "which names it, is summed over"),
    (NAMED, r"\sum_i f_i L_i = L_i", "which names it, is summed over"),
    (SCORES + r" \[ r(u) \coloneqq u_{y_i} \]", r"\sum_i f_i r(f) = r(f)", "which names it, is summed over"),
    (BATCH, r"\sum_i L_i = 0", "which names it, is summed over"),
    (BATCH, r"\frac{\partial L_i}{\partial F_{jk}} = \mathbb{1}(i = j)(q_{jk} - \mathbb{1}(k = y_j))", "may be one label"),
    (BATCH, r"L_j = -F_{j, y_i} + \log \sum_k e^{F_{jk}}", "may be one label"),
    (BATCH, r"L = L", "which is not fixed here"),
    (STEPS, r"h_{t+1} = x_{t+1} + f_{y_t}", "which is not fixed here"),
    (NAMED, r"\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y = k)", "y is an index in this statement"),
    (SHARES, r"\sum_y p_y + p_{y_i} = 1 + p_{y_i}", "y is an index in this statement"),
    (NAMED, r"\frac{\partial L_j}{\partial f_k} = p_k - \mathbb{1}(y_j = k)", "neither declared nor defined"),
    (SHARES + r" Let $y \in \mathbb{R}^{K}$.", r"p_{y_i} = p_{y_i}", "y is a value"),
    (SHARES + r" Let $y \in \{0,1\}^{K}$.", r"p_{y_i} = p_{y_i}", "y is a value"),
    (SHARES + r" Let $y_n \in \mathbb{R},\ n = 1,\dots,N$.", r"p_{y_n} = p_{y_n}", "y is a value"),
    (SHARES + r" \[ y_i \coloneqq f_i \]", r"p_{y_i} = p_{y_i}", "y is a value"),
    (NAMED, r"y_i \coloneqq f_i", "y_i is a label in this derivation"),
    (NAMED + r" Let $y \in \mathbb{R}^{K}$.", r"y_i = y_i", "y is a value"),
    (SHARES, r"p_{K_i} = p_{K_i}", "K is a dimension"),
    (SHARES, r"p_{y_i} y_i = y_i p_{y_i}", "and no number"),
    (SHARES, r"p_{y_i + 1} = p_{y_i + 1}", "neither a name's nor an index"),
    (SHARES, r"p_{y_{i_j}} = p_{y_{i_j}}", "neither a name's nor an index"),
    (SHARES, r"p_{\hat y_i} = p_{\hat y_i}", "neither a name's nor an index"),
    (SHARES, r"\mathbb{1}(y_i = k) = 1", "nothing determines the range"),
    (SCORES, r"r_{y_i} \coloneqq 1", "does not depend on it"),
    (SCORES + r" Let $r_{y_i} \in \mathbb{R}$.", r"r_{y_i} = r_{y_i}", "gives the whole array"),
    (r"Let $h_0 \in \mathbb{R}$, $x_t \in \mathbb{R},\ t = 1,\dots,T$." + SCORES, r"h_t \coloneqq h_{t-1} x_t + f_{y_i}", "depends on a label"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "row"), TRUE)
@pytest.mark.sampled(3)
def test_a_row_that_holds_for_every_label_is_accepted(setting: str, row: str) -> None:
    assert verdicts(row, setting) == ("accept", "")


@pytest.mark.parametrize(("setting", "row"), WRONG)
@pytest.mark.sampled(3)
def test_a_row_that_fails_for_some_label_is_wrong(setting: str, row: str) -> None:
    assert verdicts(row, setting)[0] == "wrong"


@pytest.mark.parametrize(("setting", "row", "says"), UNREADABLE)
def test_a_label_that_is_not_a_fixed_index_is_unreadable(setting: str, row: str, says: str) -> None:
    verdict, message = verdicts(row, setting)
    assert verdict == "unreadable"
    assert says in message


@pytest.mark.parametrize("row", [r"p_{y_i} = p_{y_{j}}", r"F_{n,y_n} = F_{n y_n}", r"p_{y^{(i)}}^2 = 1", r"y \in \{1, 2, \ldots, K\}"])  # fmt: skip
def test_a_label_is_printed_as_typed(row: str) -> None:
    read_as_printed(row)


def test_scripts_of_a_label_print_below_it() -> None:
    assert shown(typed("p_{y_i}")) != shown(typed("p_{yi}"))


def test_a_name_that_is_applied_may_be_a_function() -> None:
    _, message = verdicts(r"u = h'(u)", r"Let $u \in \mathbb{R}$.")
    assert r"hint: declare it: $h : \mathbb{R} \to \mathbb{R}$ or" in message
    _, message = verdicts(r"u = h\left(u\right)", r"Let $u \in \mathbb{R}$.")
    assert r"hint: declare it: $h : \mathbb{R} \to \mathbb{R}$ or" in message
    _, message = verdicts(r"u = h u", r"Let $u \in \mathbb{R}$.")
    assert r"\to" not in message


def test_a_primed_index_beside_a_label_of_its_letter_is_summed_over() -> None:
    setting = r"Let $\theta, w \in \mathbb{R}^{A}$ and $a \in \{1, \dots, A\}$."
    true = r"\sum_{a'} w_{a'} (\mathbb 1[a = a'] - \theta_{a'}) = w_a - \sum_{a'} w_{a'} \theta_{a'}"
    assert verdicts(true, setting)[0] == "accept"
    assert verdicts(true.replace("= w_a", "= w_1"), setting)[0] == "wrong"
