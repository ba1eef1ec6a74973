"""The printed gradients on arrays as the studies write them, beside NumPy's and central differences."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from analysis.errors import InputError
from report_src.derivations.binding.cached import bind_all
from report_src.derivations.binding.evaluate import bind
from report_src.derivations.binding.table import Binding, BindingError, load_table
from report_src.project import ROOT

FOLDER = ROOT / "templates" / "derivations"
_, SHARED_BIAS = load_table(FOLDER / "bindings.toml")["shared-bias"]
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


@pytest.mark.parametrize("key", ["dx_numpy", "dx_torch", "dx_central"])
def test_a_gradient_off_by_one_part_in_two_thousand_is_refused(arrays: Path, key: str) -> None:
    changed = attribution()
    changed[key] = changed[key] * (1 + 1 / 2000)
    np.savez(arrays / "attribution.npz", **changed)
    result, _ = bind_all(FOLDER, FOLDER / "bindings.toml", arrays)
    assert not result.accepted
    assert "differ by 5.00e-04" in result.message
    assert f"input-gradient.tex.j2:{result.line}" in result.message


def test_another_formula_is_refused(arrays: Path, tmp_path: Path) -> None:
    text = (FOLDER / "shared-bias.tex.j2").read_text(encoding="utf-8")
    path = tmp_path / "shared-bias.tex.j2"
    path.write_text(
        text.replace(
            r"(U^{\top}\boldsymbol{\delta}_2\bigr) \odot g'(\mathbf{a}_1).",
            r"(U\boldsymbol{\delta}_2\bigr) \odot g'(\mathbf{a}_1).",
        )
    )
    assert path.read_text() != text
    assert not bind(path, SHARED_BIAS, arrays / "shared_bias.npz").accepted


def test_unchanged_bindings_come_from_the_cache(arrays: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = arrays / "bindings.json"
    first = bind_all(FOLDER, FOLDER / "bindings.toml", arrays, cache=cache)
    monkeypatch.setattr("report_src.derivations.binding.evaluate.bind", None)
    assert bind_all(FOLDER, FOLDER / "bindings.toml", arrays, cache=cache) == first


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": {"W": "W"}}, "nothing is bound to"),
        ({"values": {"W": "absent"}}, "no array 'absent'"),
        ({"values": {"Q": "W"}}, "declares no Q"),
        ({"values": {"W": "U", "U": "U", r"\mathbf{x}": "x"}}, "is d×1, but 'x' is 12×1"),
        ({"functions": {"g": "sinus"}}, "known functions are"),
        ({"derivative": r"\frac{\partial L}{\partial U}"}, "no claim begins with"),
        ({"derivative": r"\frac{\partial L}{\partial q}"}, "neither declared nor defined"),
        ({"references": {"numpy": "W"}}, "has 48 numbers, the formula 4"),
    ],
)
def test_a_table_that_does_not_fit_says_what_is_wrong(arrays: Path, change: dict[str, object], words: str) -> None:
    binding = msgspec.structs.replace(SHARED_BIAS, **change)
    with pytest.raises(BindingError, match=words.replace("(", r"\(")):
        bind(FOLDER / "shared-bias.tex.j2", binding, arrays / "shared_bias.npz")


def test_an_unknown_field_of_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bindings.toml"
    path.write_text("[a]\nstudy = 's'\nderivativ = 'x'\n")
    with pytest.raises(InputError, match=r"bindings\.toml:3: a\.derivativ: expected one of .*write 'derivative'"):
        load_table(path)
    assert Binding("s", "d", {}, {}).functions == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[shared-bias", "[shared-bais", "the derivation 'shared-bais' is not there; nearest: shared-bias"),
        (
            'study = "shared_bias"',
            'study = "shared_bais"',
            "study 'shared_bais' is not there; nearest: shared_bias",
        ),
        ('torch = "db_torch"', 'torch = "db_troch"', "no array 'db_troch' (found: "),
        (r"'\mathbf{b}' = ", r"'\mathbf{q}' = ", "the derivation declares no"),
    ],
)
def test_a_mistake_in_a_table_is_named_at_the_heading_of_its_binding(
    arrays: Path, tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = (FOLDER / "bindings.toml").read_text(encoding="utf-8")
    head, shared = text[: text.index("[shared-bias]")], text[text.index("[shared-bias]") :]
    assert old in shared
    path = tmp_path / "bindings.toml"
    path.write_text(head + shared.replace(old, new))
    with pytest.raises(BindingError) as refused:
        bind_all(FOLDER, path, arrays)
    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{path}:{head.count(chr(10)) + 1}: ")
