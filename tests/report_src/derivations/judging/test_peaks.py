"""An inequality of one or two numbers that only fails on a narrow peak is wrong."""

import pytest

from tests.report_src.derivations.checked import checked, displayed

REAL = r"Let $x, y \in \mathbb{R}$."
POSITIVE = r"Let $x > 0$."
SHARE = r"Let $x \in (0, 1)$."
RAMP = r"\min(1, \max(0, 1000(x - 0.3127))) \min(1, \max(0, 1000(0.3157 - x)))"


@pytest.mark.parametrize(
    ("setting", "side", "bound", "exceeded"),
    [
        (REAL, r"\sin(x) \sin(1000x)", "1", "0.999"),
        (REAL, r"\sin(x) + \sin(\sqrt2\,x)", "2", "1.9999"),
        (REAL, r"\mathbb{1}[x > 0] \sin(100x) \cos(x)", "1", "0.999"),
        (REAL, RAMP, "1", "0.9"),
        (REAL, r"\sin(97x) \sin(89y) \sin(x + y)", "1", "0.999"),
        (POSITIVE, r"\sin(500x) e^{-x}", "1", "0.99"),
        (SHARE, r"\sin(300x) \sqrt{x}", "1", "0.99"),
    ],
)
def test_a_bound_that_a_narrow_peak_exceeds_is_wrong(setting: str, side: str, bound: str, exceeded: str) -> None:
    verdicts = displayed(
        checked(setting, rf"{side} &\le {bound}", rf"{side} &\le {exceeded}", rf"-{side} &< -{exceeded}")
    )
    assert verdicts == ["ok", "wrong", "wrong"]


def test_the_peak_of_something_defined_is_found() -> None:
    rows = [r"z &\coloneqq \sin(x)", r"z \sin(1000x) &\le 1", r"z \sin(1000x) &\le 0.999"]
    assert displayed(checked(REAL, *rows)) == ["definition", "ok", "wrong"]


ARRAY = r"Let $v \in \mathbb{R}^{n}$ and $x \in \mathbb{R}$."


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (r"\sum_{i=1}^{n-1} \lvert v_{i+1} - v_i\rvert &\le 2\lVert v\rVert_1", "ok"),
        (r"\sum_{i=1}^{n-1} \lvert v_{i+1} - v_i\rvert &\le 1.9\lVert v\rVert_1", "wrong"),
        (r"\sum_{i=1}^{n-1} v_i v_{i+1} &\ge -\lVert v\rVert^2", "ok"),
        (r"\sum_{i=1}^{n-1} v_i v_{i+1} &\ge -0.99\lVert v\rVert^2", "wrong"),
        (r"x^4 - 10^{-8} x^2 &\ge 0", "wrong"),
    ],
)
def test_a_bound_is_tried_at_neighbours_that_differ_and_near_zero(row: str, verdict: str) -> None:
    assert displayed(checked(ARRAY, row)) == [verdict]
