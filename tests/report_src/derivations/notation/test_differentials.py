"""What a differential leaves constant is said in the text, or has a differential of its own in a row."""

import pytest

from tests.report_src.derivations.checked import checked, refused

SETTING = r"Let $x, y \in \mathbb{R}$, $A \in \mathbb{R}^{n \times n}$, $\mathbf{v}, \mathbf{b} \in \mathbb{R}^{n}$."


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (r"d(xy) = x\, dy + y\, dx", ""),
        (r"d(A\mathbf{v}) = A\, d\mathbf{v} + dA\, \mathbf{v}", ""),
        (r"d(xy) = x\, dy", "Here $x$ is constant."),
        (r"d(xy) = x\, dy", "We keep $x$ fixed and vary $y$."),
        (r"d(xy) = x\, dy", "Only $y$ varies; here $x$ is constant."),
        (r"d(A\mathbf{v} + \mathbf{b}) = A\, d\mathbf{v}", "We keep $A$ and $\\mathbf{b}$ fixed."),
        (r"d(A\mathbf{v} + \mathbf{b}) = A\, d\mathbf{v}", "Here $A, \\mathbf{b}$ are constants."),
        (r"d(A\mathbf{v}) = A\, d\mathbf{v}", "We treat $A$ as a constant."),
    ],
)
def test_a_differential_is_accepted_with_its_constants(row: str, text: str) -> None:
    assert checked(f"{SETTING} {text}", row).accepted


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (r"d(xy) = x\, dy", ""),
        (r"d(xy) = y\, dx", ""),
        (r"d(A\mathbf{v}) = A\, d\mathbf{v}", ""),
        (r"d(A\mathbf{v} + \mathbf{b}) = A\, d\mathbf{v}", "Here $A$ is constant."),
        (r"d(xy) = x\, dy", "Here $y$ is constant."),
        (r"d(xy) = x\, dy", "Here $x$ is not constant."),
        (r"d(xy) = x\, dy", "The product of $y$ and $x$ is constant."),
        (r"d(xy) = x\, dy", "The mean of $x$ is fixed."),
        (r"d(xy) = x\, dy", "Nothing with $x$ fixed is meant."),
        (r"d(xy) = x\, dy", "Here $x$ is constant along the level sets."),
        (r"d(xy) = x\, dy", "If $x$ is constant, less remains."),
        (r"u \coloneqq xy, \quad du = x\, dy", ""),
    ],
)
def test_a_silent_constant_is_refused(row: str, text: str) -> None:
    assert not checked(f"{SETTING} {text}", row).accepted


def test_the_message_says_what_to_write() -> None:
    report = checked(SETTING, r"d(xy) = x\, dy")
    assert "Here $x$ is constant." in "".join(row.message for row in report.rows)


@pytest.mark.parametrize(
    ("stated", "row"),
    [
        (r"Assume that $\lVert\mathbf{v}\rVert = 1$.", r"\mathbf{v}^\top d\mathbf{v} = 0"),
        (r"Assume that $A = A^\top$.", r"dA = (dA)^\top"),
        (r"Let $\mathbf{p} \in \Delta^{K}$.", r"\sum_k dp_k = 0"),
    ],
)
def test_what_may_not_vary_freely_has_no_differential_here(stated: str, row: str) -> None:
    report = checked(f"{SETTING} {stated}", row)
    assert report.rows[-1].verdict == "unreadable"
    assert "leaves it less freedom" in report.rows[-1].message
    assert not any(warning.startswith(("dA", "dp", "dv", "dx")) for warning in report.warnings)


@pytest.mark.parametrize("row", [r"\sum_{i=1}^{d} x &= dx", r"\sum_{i=1}^{d} (a_i + x) &= \mathbf 1_d^\top a + dx"])
def test_a_dimension_d_of_the_row_leaves_two_readings_of_dx(row: str) -> None:
    (found,) = refused(checked(r"Let $x \in \mathbb{R}$ and $a \in \mathbb{R}^d$.", row))
    assert found.verdict == "unreadable"
    assert "dx can be read as a product as well" in found.message
