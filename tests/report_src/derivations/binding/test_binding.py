"""Printed gradients on arrays, beside NumPy's and central differences: those of a layer, to its bias and its input."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from analysis.errors import InputError
from report_src.derivations.binding.cached import bind_all
from report_src.derivations.binding.evaluate import bind
from report_src.derivations.binding.table import Binding, BindingError, load_table

LAYER = r"""\begin{derivation}{NAME}
Let $\mathbf{x} \in \mathbb{R}^{d}$, $\mathbf{y}, \mathbf{b} \in \mathbb{R}^{m}$, $W \in \mathbb{R}^{m \times d}$,
$g : \mathbb{R} \to \mathbb{R}$.
\begin{align}
  \mathbf{a} &\coloneqq W\mathbf{x} + \mathbf{b}, \quad
  L \coloneqq \tfrac{1}{2} \lVert g(\mathbf{a}) - \mathbf{y} \rVert^2 \\
  GRADIENT.
\end{align}
\end{derivation}
"""
ERROR = r"\bigl(g(\mathbf{a}) - \mathbf{y}\bigr) \odot g'(\mathbf{a})"
GRADIENTS = {  # name of a derivation -> what it shows
    "bias": rf"\frac{{\partial L}}{{\partial \mathbf{{b}}}} &= {ERROR}",
    "input": rf"\frac{{\partial L}}{{\partial \mathbf{{x}}}} &= W^{{\top}}\bigl({ERROR}\bigr)",
}
BINDING = r"""
[NAME]
study = "NAME"
derivative = '\frac{\partial L}{\partial \mathbf{LETTER}}'
references = { numpy = "numpy", central = "central" }
functions = { g = "sigmoid" }

[NAME.values]
'\mathbf{x}' = "x"
'\mathbf{y}' = "y"
'\mathbf{b}' = "b"
W = "W"
"""
Arrays = dict[str, np.ndarray]


def layer(name: str) -> Arrays:
    """Return a layer of 12 inputs and 4 outputs, a gradient of it, and a matrix of another size."""
    draw = np.random.default_rng(4)
    w, b, x, y = draw.normal(size=(4, 12)), draw.normal(size=4), draw.normal(size=12), draw.normal(size=4)

    def loss(b: np.ndarray, x: np.ndarray) -> float:
        return float(np.sum((1 / (1 + np.exp(-(w @ x + b))) - y) ** 2) / 2)

    g = 1 / (1 + np.exp(-(w @ x + b)))
    delta = (g - y) * g * (1 - g)
    at, of = (b, lambda b: loss(b, x)) if name == "bias" else (x, lambda x: loss(b, x))
    central = np.array([(of(at + e) - of(at - e)) / 2e-5 for e in 1e-5 * np.eye(at.size)])
    return {"W": w, "b": b, "x": x, "y": y, "V": np.ones((4, 5)), "central": central,
            "numpy": delta if name == "bias" else w.T @ delta}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two derivations, what binds them, and the arrays of their studies."""
    for name, gradient in GRADIENTS.items():
        text = LAYER.replace("NAME", name).replace("GRADIENT", gradient)
        (tmp_path / f"{name}.tex.j2").write_text(text, encoding="utf-8")
        np.savez(tmp_path / f"{name}.npz", **layer(name))
    both = "".join(BINDING.replace("NAME", name).replace("LETTER", f"{{{letter}}}")
                   for name, letter in (("input", "x"), ("bias", "b")))  # fmt: skip
    (tmp_path / "bindings.toml").write_text(both, encoding="utf-8")
    return tmp_path


def test_printed_gradients_equal_those_of_the_arrays(folder: Path) -> None:
    results = bind_all(folder, folder / "bindings.toml", folder)
    assert {(result.derivation, result.accepted) for result in results} == {("input", True), ("bias", True)}
    for result in results:
        assert result.differences["numpy"] < 1e-12
        assert result.differences["central"] < 1e-6
        assert len(result.printed) == len(result.references["numpy"])
        assert "odot" in result.formula


@pytest.mark.parametrize("key", ["numpy", "central"])
def test_a_gradient_off_by_one_part_in_two_thousand_is_refused(folder: Path, key: str) -> None:
    changed = layer("input")
    changed[key] = changed[key] * (1 + 1 / 2000)
    np.savez(folder / "input.npz", **changed)
    (result,) = [one for one in bind_all(folder, folder / "bindings.toml", folder) if one.derivation == "input"]
    assert not result.accepted
    assert "differ by 5.00e-04" in result.message
    assert f"input.tex.j2:{result.line}" in result.message


def test_another_formula_is_refused(folder: Path) -> None:
    path = folder / "bias.tex.j2"
    text = path.read_text(encoding="utf-8")
    assert text.count(r"\odot g'") == 1
    path.write_text(text.replace(r"\odot g'", r"\odot g"), encoding="utf-8")
    assert not bind(path, load_table(folder / "bindings.toml")["bias"][1], folder / "bias.npz").accepted


def test_unchanged_bindings_come_from_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = folder / "bindings.json"
    first = bind_all(folder, folder / "bindings.toml", folder, cache=cache)
    monkeypatch.setattr("report_src.derivations.binding.evaluate.bind", None)
    assert bind_all(folder, folder / "bindings.toml", folder, cache=cache) == first


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": {"W": "W"}}, "nothing is bound to"),
        ({"values": {"W": "absent"}}, "no array 'absent'"),
        ({"values": {"Q": "W"}}, "declares no Q"),
        ({"values": {"W": "V", r"\mathbf{x}": "x"}}, "is d×1, but 'x' is 12×1"),
        ({"functions": {"g": "sinus"}}, "known functions are"),
        ({"derivative": r"\frac{\partial L}{\partial W}"}, "no claim begins with"),
        ({"derivative": r"\frac{\partial L}{\partial q}"}, "neither declared nor defined"),
        ({"references": {"numpy": "W"}}, "has 48 numbers, the formula 4"),
    ],
)
def test_a_table_that_does_not_fit_says_what_is_wrong(folder: Path, change: dict[str, object], words: str) -> None:
    binding = msgspec.structs.replace(load_table(folder / "bindings.toml")["bias"][1], **change)
    with pytest.raises(BindingError, match=words.replace("(", r"\(")):
        bind(folder / "bias.tex.j2", binding, folder / "bias.npz")


def test_an_unknown_field_of_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bindings.toml"
    path.write_text("[a]\nstudy = 's'\nderivativ = 'x'\n")
    with pytest.raises(InputError, match=r"bindings\.toml:3: a\.derivativ: expected one of .*write 'derivative'"):
        load_table(path)
    assert Binding("s", "d", {}, {}).functions == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[bias", "[biass", "the derivation 'biass' is not there; nearest: bias"),
        ('study = "bias"', 'study = "bais"', "study 'bais' is not there; nearest: bias"),
        ('"central" }', '"centarl" }', "no array 'centarl' (found: "),
        (r"'\mathbf{b}' = ", r"'\mathbf{q}' = ", "the derivation declares no"),
    ],
)
def test_a_mistake_in_a_table_is_named_at_the_heading_of_its_binding(
    folder: Path, old: str, new: str, says: str
) -> None:
    path = folder / "bindings.toml"
    text = path.read_text(encoding="utf-8")
    head, bias = text[: text.index("[bias]")], text[text.index("[bias]") :]
    assert old in bias
    path.write_text(head + bias.replace(old, new), encoding="utf-8")
    with pytest.raises(BindingError) as refused:
        bind_all(folder, path, folder)
    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{path}:{head.count(chr(10)) + 1}: ")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('on = "half % of the fold"', r"on: % is a sign of TeX's"),
        ('references = { numpy = "db_numpy", central = "db_numpy" }', "references: db_numpy stands for two of them"),
    ],
)
def test_a_binding_that_would_print_something_else_is_refused(row: str, says: str, tmp_path: Path) -> None:
    given = {"study": '"a"', "derivative": "'d'", "values": "{}", "references": '{ numpy = "n" }'}
    key, _, value = row.partition(" = ")
    path = tmp_path / "bindings.toml"
    path.write_text("[one]\n" + "".join(f"{k} = {v}\n" for k, v in (given | {key: value}).items()), encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load_table(path)
