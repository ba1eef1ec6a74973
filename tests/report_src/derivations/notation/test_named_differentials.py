r"""dZ \coloneqq \frac{\partial L}{\partial Z} is a name, as many courses write it; dL = … stays a differential."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

SETTING = (
    r"Let $X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{k \times n}$, $b, \theta \in \mathbb{R}^{k}$ and "
    r"$\ell : \mathbb{R}^{k \times m} \to \mathbb{R}$. $Z \coloneqq WX + b \mathbf 1_m^\top$. "
    r"$J \coloneqq \frac1m \ell(Z)$."
)
DZ = r"dZ &\coloneqq m\frac{\partial J}{\partial Z}"


@pytest.mark.parametrize(
    ("defined", "true", "false"),
    [
        (r"dW &\coloneqq \frac{\partial J}{\partial W}", r"dW &= \frac1m dZ X^\top", r"dW &= dZ X^\top"),
        (r"dW &\coloneqq \frac{dJ}{dW}", r"dW &= \frac1m dZ X^\top", r"dW &= \frac1m X dZ^\top"),
        (r"db &\coloneqq \frac{\partial J}{\partial b}", r"db &= \frac1m dZ \mathbf 1", r"db &= dZ \mathbf 1"),
        (
            r"db_i &\coloneqq \frac{\partial J}{\partial b_i}",
            r"db_i &= \frac1m \sum_j dZ_{ij}",
            r"db_i &= \frac1m \sum_j dZ_{ji}",
        ),
        (r"d\theta &\coloneqq dZ \mathbf 1", r"d\theta &= m\frac{\partial J}{\partial b}", r"d\theta &= 2 d\theta"),
    ],
)
def test_the_name_of_a_gradient(defined: str, true: str, false: str) -> None:
    assert displayed(checked(SETTING, DZ, defined, true)) == ["definition", "definition", "ok"]
    assert displayed(checked(SETTING, DZ, defined, false)) == ["definition", "definition", "wrong"]


def test_names_with_layers_go_back_through_a_network() -> None:
    setting = (
        r"Let $W^{[1]} \in \mathbb{R}^{q \times p}$, $W^{[2]} \in \mathbb{R}^{r \times q}$, "
        r"$a^{[0]} \in \mathbb{R}^{p}$, $g : \mathbb{R} \to \mathbb{R}$ and $\ell : \mathbb{R}^{r} \to \mathbb{R}$. "
        r"$z^{[1]} \coloneqq W^{[1]}a^{[0]}$. $a^{[1]} \coloneqq g(z^{[1]})$. "
        r"$z^{[2]} \coloneqq W^{[2]}a^{[1]}$. $L \coloneqq \ell(z^{[2]})$."
    )
    above = [
        r"dz^{[2]} &\coloneqq \frac{\partial L}{\partial z^{[2]}}",
        r"dz^{[1]} &\coloneqq W^{[2]T}dz^{[2]} \odot g'(z^{[1]})",
    ]
    gradient = r"\frac{\partial L}{\partial W^{[1]}} &= dz^{[1]} a^{[0]T}"
    assert displayed(checked(setting, *above, gradient))[-1] == "ok"
    wrong = above[1].replace("^{[2]T}", "^{[2]T}W^{[2]}W^{[2]T}")
    assert displayed(checked(setting, above[0], wrong, gradient))[-1] == "wrong"


def test_beside_other_differentials_it_is_one_of_them() -> None:
    assert displayed(checked(SETTING, DZ, r"dJ &= \operatorname{tr}(dZ^\top dX)"))[0] == "unreadable"
    assert displayed(checked(SETTING, r"dJ &\coloneqq \operatorname{tr}(X dW)"))[0] == "unreadable"
