"""Figures are drawn as wide as the text, in type that can be read, and none of it is turned."""

import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from analysis.plotting import style
from analysis.plotting.pairs import paired

PREAMBLE = Path(__file__).parents[3] / "templates/preamble.tex"


def test_a_figure_is_as_wide_as_the_text():
    (width,) = re.findall(r"width=(\d+)mm", PREAMBLE.read_text())
    drawn, _ = style.figure()
    assert drawn.get_figwidth() * 25.4 == pytest.approx(int(width))


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"fontsize": 7.5}, "'small': 7.5 pt, turned by 0 degrees"),
        ({"rotation": 20}, "'small': 9 pt, turned by 20 degrees"),
        ({"fontsize": 8}, None),
        ({"fontsize": 7, "visible": False}, None),
    ],
)
def test_small_and_turned_type_is_found(options, fault):
    drawn, axes = style.figure()
    axes.text(0.5, 0.5, "small", **options)
    assert style.faults(drawn) == ([fault] if fault else [])


def test_a_turned_name_of_an_axis_and_small_ticks_are_found():
    drawn, axes = style.figure()
    axes.set_ylabel("upright axis")
    axes.tick_params(axis="x", labelsize=6)
    found = style.faults(drawn)
    assert any("upright axis" in fault for fault in found)
    assert any(": 6 pt" in fault for fault in found)


def test_panels_are_lettered_in_order():
    _, panels = style.figure(1, 3)
    style.panel_titles(panels, ("one", "two", "three"))
    assert [panel.get_title(loc="left") for panel in panels] == ["(a) one", "(b) two", "(c) three"]


def test_a_run_that_steps_back_and_forth_has_a_level_mean():
    swinging = 5 + np.array([1.0, -1.0] * 4)
    assert paired(swinging) == pytest.approx([5.0] * 7)
    assert paired(np.array([[0, 2, 4], [1, 1, 1]])) == pytest.approx(np.array([[1, 3], [1, 1]]))


def test_a_matplotlibrc_of_the_users_own_changes_no_figure():
    style.figure()
    expected = dict(matplotlib.rcParams)
    matplotlib.rcParams.update({"lines.linewidth": 9, "axes.facecolor": "red", "text.usetex": True, "savefig.dpi": 7})
    style.figure()
    assert dict(matplotlib.rcParams) == expected
