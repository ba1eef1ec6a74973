"""No displayed derivative slips past the check by standing outside a derivation."""

from pathlib import Path

import pytest

from report_src.derivations.lint import findings, findings_in


@pytest.mark.parametrize(
    "sign", [r"\partial L", r"\nabla L", r"\delta_2", "g'(a)", r"g_1^{\prime}(a)", r"\sigma'(z)", "∂L"]
)
@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (r"\[", r"\]"),
        ("$$", "$$"),
        (r"\begin{align}", r"\end{align}"),
        (r"\begin{equation*}", r"\end{equation*}"),
        (r"\begin{displaymath}", r"\end{displaymath}"),
    ],
)
def test_a_displayed_derivative_outside_a_derivation_is_refused_with_its_place(begin: str, end: str, sign: str) -> None:
    (finding,) = findings_in(f"Prose.\n{begin}\n  x = {sign}\n{end}\n", "s.tex.j2")
    assert (finding.file, finding.line, finding.column) == ("s.tex.j2", 3, 7)
    assert str(finding).startswith("s.tex.j2:3:7: ")


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{derivation}{d}\[ \frac{\partial L}{\partial x} = 1 \]\end{derivation}",
        r"Inline $\partial L/\partial x$ and \(\nabla L\) are prose.",
        r"\[ x = y \] % \[ \partial \]",
        "\\[ x = y % \\partial\n \\]",
        r"\begin{algorithm}\begin{algorithmic} \State $\delta \gets \nabla L$ \end{algorithmic}\end{algorithm}",
        r"\[ \Delta = f(x) + fg \]",
    ],
)
def test_derivations_inline_mathematics_comments_and_pseudocode_are_left_alone(text: str) -> None:
    assert findings_in(text) == []


def test_a_display_after_a_derivation_is_seen_again() -> None:
    text = r"\begin{derivation}{d}\[ 1 = 1 \]\end{derivation} \[ \nabla L \] \[ \partial L \]"
    assert [finding.line for finding in findings_in(text)] == [1, 1]


def test_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tex"
    path.write_text("\\[\n\\delta\n\\]", encoding="utf-8")
    assert [(finding.line, finding.column) for finding in findings(path)] == [(2, 1)]
