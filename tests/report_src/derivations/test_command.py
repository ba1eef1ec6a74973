"""The command on any LaTeX file: all displays, and the declarations that are missing."""

import json
from pathlib import Path

import pytest

from report_src.derivations.__main__ import main

PAPER = r"""\documentclass{article}
\begin{document}
\section{Ridge regression}
% declare $\lambda > 0$
Let $\mathbf{w} \in \mathbb{R}^{d}$ and $\mathbf{y} \in \mathbb{R}^{m}$; see \citet{someone} for $p \approx 3$.
\begin{theorem}
$$ L \coloneqq \lVert X\mathbf{w} - \mathbf{y}\rVert^2 + \lambda\lVert\mathbf{w}\rVert^2 $$
\end{theorem}
\begin{align}
\nabla_{\mathbf{w}} L &= 2X^\top(X\mathbf{w} - \mathbf{y}) + 2\lambda\mathbf{w} \\
 &= 2X^\top X\mathbf{w} + 2\lambda\mathbf{w}
\end{align}
\subsection{Norms}
\[ \operatorname{tr}(X^\top X) = \lVert X\rVert_F^2 \]
\begin{derivation}{own} Let $x \in \mathbb{R}$. \[ x + x = 2x \] \end{derivation}
\end{document}
"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    (tmp_path / "paper.tex").write_text(PAPER, encoding="utf-8")
    (tmp_path / "declared.tex").write_text("Let $X \\in \\mathbb{R}^{m \\times d}$.\n", encoding="utf-8")
    return tmp_path / "paper.tex"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]


def test_all_displays_are_checked_with_declarations_of_comments_and_of_a_file(
    paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = str(paper.with_name("declared.tex"))
    assert main(["--all", "--declarations", beside, str(paper)]) == 1
    found = [line.removeprefix(f"{paper}:").split()[:2] for line in lines(capsys)]
    assert found == [["15:", "ok"], ["7:", "definition"], ["10:", "ok"], ["11:", "wrong"], ["14:", "ok"]]
    paper.write_text(PAPER.replace(r"2X^\top X\mathbf{w} +", r"2X^\top X\mathbf{w} - 2X^\top\mathbf{y} +"))
    assert main(["--all", "--declarations", beside, "--json", str(paper)]) == 0
    rows = [json.loads(line) for line in lines(capsys)]
    assert {row["name"] for row in rows} == {"own", "Ridge regression", "Norms"}
    assert [row["line"] for row in rows if row["verdict"] == "ok"] == [15, 10, 11, 14]


SET = "Let $x \\in \\mathbb{R}$.\n\\[ x = x \\]\n"
UNREAD = {
    **{name: f"\\begin{{{name}}} x = 2x \\end{{{name}}}" for name in ("displaymath", "dmath", "dmath*", "math", "own")},
    **{name: f"\\begin{{{name}}}{{a}} x &=& 2x \\end{{{name}}}" for name in ("IEEEeqnarray*", "xalignat", "numcases")},
    "empheq": r"\begin{empheq}[box=\fbox]{align} x &= 2x \end{empheq}",
    "darray": r"\begin{theorem} Then \begin{darray}{c} x = 2x \end{darray} \end{theorem}",
    "ensuremath": r"\ensuremath{\displaystyle x = 2x}",
    "a lone dollar": "\\begin{own}$ ls\\end{own} and $$ x = 2x $$",
    "double dollars": "$a$$b$ and $$ x = 2x $$",
}


@pytest.mark.parametrize("display", UNREAD.values(), ids=UNREAD)
def test_a_display_of_any_environment_is_read_or_refused(
    display: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "paper.tex"
    path.write_text(f"{SET}{display}\n\\[ x + x = 2x \\]\n", encoding="utf-8")
    assert main(["--all", str(path)]) == 1
    assert list(dict.fromkeys(line.removeprefix(f"{path}:").split()[0] for line in lines(capsys))) == ["2:", "3:", "4:"]


def test_environments_of_text_are_no_displays(tmp_path: Path) -> None:
    path = tmp_path / "paper.tex"
    own = r"\begin{own}[a=b] Here we have $x = 3$ \end{own}"
    path.write_text(f"{SET}\\begin{{theorem}} With n = 3 and $x$. {own}\\end{{theorem}}\n")
    assert main(["--all", str(path)]) == 0


def test_only_derivations_are_read_unless_all_is_asked(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(paper)]) == 0
    assert lines(capsys) == [f"{paper}:15: ok 0.0e+00"]


def test_a_slip_in_the_file_of_declarations_is_shown_there(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = paper.with_name("declared.tex")
    beside.write_text("Let $Y \\in \\mathbb{R}$.\nLet $X \\in \\mathbb{R}^{m \\times 77}$.\n", encoding="utf-8")
    assert main(["--all", "--declarations", str(beside), str(paper)]) == 1
    assert any(line.startswith(f"{beside}:2: unreadable") for line in lines(capsys))


PROPOSED = {
    "a gradient": (
        [r"\mathbf{r} &\coloneqq W\mathbf{x} + \mathbf{b}", r"L &\coloneqq \tfrac12\lVert\mathbf{r}\rVert^2"],
        [r"$W \in \mathbb{R}^{m \times d}$", r"$\mathbf{x} \in \mathbb{R}^{d}$", r"$\mathbf{b} \in \mathbb{R}^{m}$"],
    ),
    "a function": (
        [
            r"z &\coloneqq g(\mathbf{v}^\top\mathbf{x})",
            r"\frac{\partial z}{\partial\mathbf{v}} &= g'(\mathbf{v}^\top\mathbf{x})\mathbf{x}",
        ],
        [r"$g : \mathbb{R} \to \mathbb{R}$", r"$\mathbf{v} \in \mathbb{R}^{m}$", r"$\mathbf{x} \in \mathbb{R}^{m}$"],
    ),
    "a square matrix": (
        [r"\operatorname{tr}(A) &= \operatorname{tr}(A^\top)"],
        [r"$A \in \mathbb{R}^{m \times m}$"],
    ),
    "layers": (
        [r"z_1 &\coloneqq W_1x + b_1", r"J &\coloneqq \tfrac12\lVert W_2 z_1 - y\rVert^2"],
        [
            r"$W_{1} \in \mathbb{R}^{m \times d}$",
            r"$x \in \mathbb{R}^{d}$",
            r"$b_{1} \in \mathbb{R}^{m}$",
            r"$W_{2} \in \mathbb{R}^{n \times m}$",
            r"$y \in \mathbb{R}^{n}$",
        ],
    ),
    "components": (
        [r"p_i &\coloneqq \frac{e^{z_i}}{\sum_k e^{z_k}}", r"\sum_i p_i &= 1"],
        [r"$z \in \mathbb{R}^{m}$"],
    ),
    "a variance": (
        [r"\ell(\mu, \sigma^2) &\coloneqq -\log\sigma^2 - \frac{\mu^2}{\sigma^2}"],
        [r"$\sigma^{2} > 0$"],
    ),
    "a sum to a letter": (
        [r"n t &= \sum_{i=1}^{n} x_i - \sum_{i=1}^{n} (x_i - t)"],
        [r"$t \in \mathbb{R}$", r"$x \in \mathbb{R}^{n}$"],
    ),
    "a number": ([r"\lambda + \lambda &= 2\lambda"], [r"$\lambda \in \mathbb{R}$"]),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "declared"), PROPOSED.values(), ids=PROPOSED)
@pytest.mark.sampled(4)
def test_missing_declarations_are_proposed_and_can_be_pasted(
    rows: list[str], declared: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    display = "\\begin{align}\n" + " \\\\\n".join([*rows, "1 &= 1"]) + "\n\\end{align}\n\\end{derivation}\n"
    file = tmp_path / "d.tex"
    file.write_text("\\begin{derivation}{d}\n" + display, encoding="utf-8")
    assert main([str(file)]) == 1
    capsys.readouterr()
    assert main(["--declare", str(file)]) == 0
    sentence = capsys.readouterr().out.splitlines()[1].strip()
    assert sentence == f"Let {', '.join(declared)}."
    file.write_text(f"\\begin{{derivation}}{{d}}\n{sentence}\n{display}", encoding="utf-8")
    assert main([str(file)]) == 0


def test_rows_that_no_shapes_fit_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "d.tex"
    rows = "\\[ \\mathbf{u}\\mathbf{1}_3 = \\mathbf{u} \\]\n"
    file.write_text(f"\\begin{{derivation}}{{d}}\n{rows}\\end{{derivation}}\n", encoding="utf-8")
    assert main(["--declare", str(file)]) == 1
    assert f"{file}:" in "".join(lines(capsys)[1:])


def test_json_holds_what_is_said_of_a_whole_file_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.tex").write_text("Words.\n", encoding="utf-8")
    (tmp_path / "twice.tex").write_text(
        "\\begin{derivation}{a}\n\\[ 1 = 1 \\]\n\\end{derivation}\n" * 2, encoding="utf-8"
    )
    assert main(["--json", *(str(tmp_path / name) for name in ("none.tex", "absent.tex", "twice.tex"))]) == 1
    printed = capsys.readouterr()
    rows, others = ([json.loads(line) for line in part.splitlines()] for part in (printed.out, printed.err))
    assert [row["verdict"] for row in rows] == ["unreadable", "unreadable", "ok", "ok"]
    assert {row.get("derivation") for row in rows} == {None, "a"}
    errors = [(Path(each["file"]).name, each["line"]) for each in rows + others if each["severity"] == "error"]
    assert errors == [("none.tex", 1), ("absent.tex", 1), ("twice.tex", 4)]
