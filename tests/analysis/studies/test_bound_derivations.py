"""The gradients that the first report prints, on arrays as its studies write them, beside NumPy's and differences."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from report_src.derivations.binding.cached import bind_all
from report_src.project import ROOT

FOLDER = ROOT / "templates" / "derivations"
Arrays = dict[str, np.ndarray]


def central(loss: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    return np.array([(loss(at + step * e) - loss(at - step * e)) / (2 * step) for e in np.eye(at.size)])


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def attribution() -> Arrays:
    """A relu network of sizes 5-7-6-4 and the gradient of its cross-entropy at one listing."""
    draw = np.random.default_rng(3)
    w1, w2, w3 = draw.normal(size=(7, 5)), draw.normal(size=(6, 7)), draw.normal(size=(4, 6))
    b1, b2, b3 = draw.normal(size=7), draw.normal(size=6), draw.normal(size=4)
    x, y = draw.normal(size=5), np.eye(4)[2]

    def forward(x: np.ndarray) -> tuple[np.ndarray, ...]:
        a1 = w1 @ x + b1
        a2 = w2 @ np.maximum(a1, 0) + b2
        a3 = w3 @ np.maximum(a2, 0) + b3
        return a1, a2, np.exp(a3 - a3.max()) / np.exp(a3 - a3.max()).sum()

    a1, a2, p = forward(x)
    gradient = w1.T @ ((w2.T @ ((w3.T @ (p - y)) * (a2 > 0))) * (a1 > 0))
    names = {"W1": w1, "W2": w2, "W3": w3, "b1": b1, "b2": b2, "b3": b3, "x0": x, "y": y}
    differences = central(lambda x: -float(np.log(forward(x)[2][2])), x)
    return names | {"dx_numpy": gradient, "dx_torch": gradient.copy(), "dx_central": differences}


def shared_bias() -> Arrays:
    """The shared-bias network with sigmoids and summed binary cross-entropy."""
    draw = np.random.default_rng(4)
    w, u, b = draw.normal(size=(4, 12)), draw.normal(size=(4, 4)), draw.normal(size=4)
    x, y = draw.normal(size=12), np.array([1.0, 0.0, 0.0, 1.0])

    def loss(b: np.ndarray) -> float:
        p = sigmoid(u @ sigmoid(w @ x + b) + b)
        return -float(np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)))

    h = sigmoid(w @ x + b)
    delta = sigmoid(u @ h + b) - y
    gradient = delta + (u.T @ delta) * h * (1 - h)
    names = {"W": w, "U": u, "b": b, "x": x, "y": y}
    return names | {"db_numpy": gradient, "db_torch": gradient.copy(), "db_central": central(loss, b)}


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    np.savez(tmp_path / "attribution.npz", **attribution())
    np.savez(tmp_path / "shared_bias.npz", **shared_bias())
    return tmp_path


def test_the_printed_gradients_equal_those_of_the_studies(arrays: Path) -> None:
    results = bind_all(FOLDER, FOLDER / "bindings.toml", arrays)
    assert [(result.derivation, result.accepted) for result in results] == [
        ("input-gradient", True),
        ("shared-bias", True),
    ]
    for result in results:
        assert set(result.references) == {"numpy", "torch", "central"}
        assert result.differences["numpy"] < 1e-12
        assert result.differences["central"] < 1e-6
        assert len(result.printed) == len(result.references["numpy"])
    assert "odot" in results[0].formula
