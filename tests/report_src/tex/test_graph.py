"""The graph of a derivation is that of its definitions: a := W x + b gives x -> a <- b."""

import msgspec
import pytest

from report_src.derivations import check_text
from report_src.errors import RenderError
from report_src.tex.graph import Arrow, graph, paths_between

DECLARED = r"""Let $\mathbf{x}, \mathbf{b}, \mathbf{c} \in \mathbb{R}^{m}$,
$W \in \mathbb{R}^{m \times m}$, $U \in \mathbb{R}^{m \times m}$,
$g : \mathbb{R} \to \mathbb{R}$, $\ell : \mathbb{R}^m \times \mathbb{R}^m \to \mathbb{R}$."""
TWO_LAYERS = {
    r"\mathbf{a}": r"W\mathbf{x} + \mathbf{b}",
    r"\mathbf{h}": r"g(\mathbf{a})",
    r"\mathbf{o}": r"U\mathbf{h} + \mathbf{b}",
    "L": r"\ell(\mathbf{o}, \mathbf{c})",
}
BIAS, RESULT = r"\vect{b}", "L"


def arrows_of(definitions):
    rows = " \\\\\n".join(rf"{name} &\coloneqq {value}" for name, value in definitions.items())
    text = rf"\begin{{derivation}}{{d}}{DECLARED}\begin{{align}}{rows} \\ L &= L\end{{align}}\end{{derivation}}"
    (report,) = check_text(text)
    assert report.accepted, report.rows
    return msgspec.to_builtins(report.arrows)


def drawn(definitions):
    return str(graph(arrows_of(definitions), BIAS, RESULT))


def test_each_occurrence_of_a_quantity_is_an_arrow_with_its_jacobian():
    found = [tuple(arrow.values()) for arrow in arrows_of(TWO_LAYERS)]
    assert found == [
        (r"\vect{x}", r"\vect{a}", "W"),
        (r"\vect{b}", r"\vect{a}", "I"),
        (r"\vect{a}", r"\vect{h}", r"\diag g'(\vect{a})"),
        (r"\vect{h}", r"\vect{o}", "U"),
        (r"\vect{b}", r"\vect{o}", "I"),
        (r"\vect{o}", "L", ""),
        (r"\vect{c}", "L", ""),
    ]


def test_both_paths_are_coloured_and_what_they_share_is_drawn_for_each():
    picture = drawn(TWO_LAYERS)
    assert picture.count("->,pathdirect") == 2
    assert picture.count("->,pathhidden") == 4
    assert picture.count("->,black!45") == 2
    assert "{direct path}" in picture
    assert r"{path through $\vect{a}$, $\vect{h}$}" in picture


@pytest.mark.parametrize(
    ("name", "value", "direct", "hidden"),
    [
        (r"\mathbf{o}", r"U\mathbf{h}", 4, 0),  # the bias is left out of the second layer
        (r"\mathbf{a}", r"W\mathbf{x}", 2, 0),  # of the first
        (r"\mathbf{h}", r"g(W\mathbf{x})", 2, 0),  # what it is added to in the first leads nowhere
    ],
)
def test_a_changed_definition_changes_the_graph(name, value, direct, hidden):
    picture = drawn(TWO_LAYERS | {name: value})
    assert picture != drawn(TWO_LAYERS)
    assert (picture.count("->,pathdirect"), picture.count("->,pathhidden")) == (direct, hidden)


def test_the_jacobians_of_a_composed_step_are_written_in_order():
    composed = {r"\mathbf{o}": r"U g(\mathbf{b}) + \mathbf{x}", "L": r"\ell(\mathbf{o}, \mathbf{c})"}
    assert arrows_of(composed)[0]["jacobian"] == r"U\,\diag g'(\vect{b})"


@pytest.mark.parametrize(
    ("definitions", "found"),
    [
        (TWO_LAYERS | {r"\mathbf{a}": r"W\mathbf{x}", r"\mathbf{o}": r"U\mathbf{h}"}, 0),
        (TWO_LAYERS | {"L": r"\ell(\mathbf{o}, \mathbf{b})"}, 3),
    ],
)
def test_without_a_path_or_with_three_the_message_counts_them(definitions, found):
    with pytest.raises(RenderError, match=rf"one or two paths from .*, got {found}; the derivation's quantities are"):
        drawn(definitions)


def test_paths_branch_and_join():
    step = [Arrow(*pair, "") for pair in ("ab", "ac", "bd", "cd", "de")]
    assert ["".join(arrow.head for arrow in path) for path in paths_between(step, "a", "e")] == ["bde", "cde"]
    assert paths_between(step, "e", "a") == []
