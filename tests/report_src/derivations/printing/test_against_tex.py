"""The printed form is tested against TeX itself: the typed row and the row printed back set the same glyphs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from report_src.derivations.printing.compare import read_as_printed
from report_src.derivations.printing.tree import printed
from report_src.derivations.printing.typed import typed
from report_src.derivations.source.errors import Refusal
from tests.report_src.derivations.printing.rows import every_statement, latex, statements

# environment variable: a folder with further derivations, each `.tex` file of which is set as well
ROWS = "DERIVATION_ROWS"
PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath,amssymb,mathtools,bm,xcolor}
\renewcommand{\boldsymbol}[1]{#1}\renewcommand{\bm}[1]{#1}\renewcommand{\mathcal}[1]{#1}
\let\bold\mathbf \renewcommand{\mathbf}[1]{\ifnum0<0\noexpand#1 \bold{#1}\else #1\fi}
\renewcommand{\textcolor}[2]{#2}\renewcommand{\operatorname}[1]{\mathrm{#1}}\renewcommand{\text}[1]{\mathrm{#1}}
\renewcommand{\tfrac}[2]{\frac{#1}{#2}}\renewcommand{\dfrac}[2]{\frac{#1}{#2}}
\renewcommand{\log}{\mathrm{log}}\renewcommand{\ln}{\mathrm{ln}}\renewcommand{\exp}{\mathrm{exp}}
\renewcommand{\tanh}{\mathrm{tanh}}\renewcommand{\max}{\mathrm{max}}\let\circ\odot
\let\,\relax \let\;\relax \let\:\relax \let\!\relax \let\quad\relax \let\qquad\relax \let\ \relax
\def\lVert{\|}\def\rVert{\|}\def\lvert{|}\def\rvert{|}\def\vert{|}\let\limits\relax
\makeatletter\def\underbrace#1{#1\@ifnextchar_{\dropbelow}{}}\def\overbrace#1{#1\@ifnextchar^{\dropabove}{}}
\def\dropbelow_#1{}\def\dropabove^#1{}\makeatother\let\displaystyle\relax
\def\coloneqq{:=}
\def\sizeless{\let\big\relax\let\Big\relax\let\bigl\relax\let\bigr\relax\let\Bigl\relax
\let\Bigr\relax\let\biggl\relax\let\biggr\relax\let\bigg\relax}
\scriptspace=0pt
\newwrite\boxes \immediate\openout\boxes=boxes.txt \tracingoutput1 \showboxbreadth100000 \showboxdepth100000
\def\row#1{\sizeless\thinmuskip0mu\medmuskip0mu\thickmuskip0mu\setbox0\hbox{$#1$}%
\immediate\write\boxes{\the\wd0,\the\ht0,\the\dp0}\shipout\copy0}
\begin{document}
"""
WIDTH = 0.6  # points by which widths may differ (italic corrections); the narrowest glyph of a script is 2 points wide

GLYPH = re.compile(r"^\.+(?:(\\[A-Z0-9]+/\S+ \S.*)|\\[hv]box\S+, (shifted -?\d+))", re.M)

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")


def outside() -> list[str]:
    folder = os.environ.get(ROWS)
    files = sorted(Path(folder).glob("*.tex")) if folder else []
    return [found for file in files for found in statements(file.read_text(encoding="utf-8", errors="replace"))]


def without_delimiters(row: str) -> str:
    """Return a row without \\left and \\right, which size what follows and print nothing."""
    return re.sub(r"\\left\s*\.|\\(left|right)(?![A-Za-z])|&", "", row)


def set_rows(rows: list[str], folder: Path) -> list[tuple[float, list[str]]]:
    """Set rows in one document; return of each its width in points, its glyphs, and how far boxes are moved down.

    TeX lists every glyph of a box that it ships out: `\\OML/cmm/m/it/7 i` is an italic i of 7 points, a script's.
    """
    body = "".join(f"\\row{{{row}}}\n" for row in rows)
    (folder / "rows.tex").write_text(PREAMBLE + body + "\\end{document}\n", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "rows.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=120)
    assert run.returncode == 0, run.stdout[-2000:]
    widths = [float(line.partition("pt")[0]) for line in (folder / "boxes.txt").read_text().split()]
    shipped = (folder / "rows.log").read_text(errors="replace").split("Completed box being shipped out")[1:]
    return [
        (width, ["".join(found) for found in GLYPH.findall(box)]) for width, box in zip(widths, shipped, strict=True)
    ]


def differences(pairs: list[tuple[str, str]], folder: Path) -> list[tuple[str, str]]:
    """Return the pairs of rows that TeX sets with different glyphs, or in boxes of different widths."""
    boxes = set_rows([row for pair in pairs for row in pair], folder)
    assert len(boxes) == 2 * len(pairs)
    found = zip(pairs, boxes[::2], boxes[1::2], strict=True)
    return [pair for pair, left, right in found if abs(left[0] - right[0]) > WIDTH or left[1] != right[1]]


@pytest.mark.slow
def test_typed_rows_and_rows_printed_back_set_the_same_boxes(tmp_path: Path) -> None:
    pairs = []
    for text in dict.fromkeys([*every_statement(), *outside()]):
        try:
            statement = read_as_printed(text)
        except Refusal:
            continue
        pairs.append((without_delimiters(text), latex(printed(statement))))
    assert len(pairs) > 100
    assert differences(pairs, tmp_path) == []


@pytest.mark.slow
def test_boxes_tell_rows_apart_that_print_differently(tmp_path: Path) -> None:
    pairs = [
        ("x'", "x"),
        ("(x+y)z", "x+yz"),
        ("W^{\\top}", "W"),
        ("x_i", "x"),
        ("25x", "2\\cdot5x"),
        ("x_{ij}", "x_i"),
        ("xy", "yx"),
        ("x_i", "x^i"),
    ]
    assert differences(pairs, tmp_path) == pairs


@pytest.mark.slow
def test_the_printed_form_of_what_is_typed_prints_what_is_typed(tmp_path: Path) -> None:
    pairs = [(without_delimiters(text), latex(typed(text))) for text in every_statement()]
    assert differences(pairs, tmp_path) == []
