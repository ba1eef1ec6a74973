"""A draft shows the keys of its numbers in the margin, wherever a number may stand."""

import json
import shutil
import subprocess

import pytest

from report_src.rendering.engine import TEMPLATES
from report_src.tex import compile
from tests.report_src.tex.formats import lend

pytestmark = pytest.mark.skipif(
    not (shutil.which("pdflatex") and shutil.which("pdftotext")), reason="needs TeX and poppler"
)
PLACES = r"""\section{A number \result{a.in_heading}{7} in a heading}
Words and \result{eda.in_text}{7} and \result{eda.rather_long.name_of_a_key[3].standard_deviation}{8} and $x = \result{a.b}{1}$.
\begin{table}[t]\caption{In a caption \result{a.caption}{3}.}\begin{tabular}{lp{3cm}}\result{a.cell}{4} & \result{a.p}{5}\end{tabular}\end{table}
\begin{figure}[t]\caption{Here \result{a.figure}{3}.}\end{figure}
\begin{minipage}{5cm}In a box \result{a.box}{3}.\end{minipage}
\begin{multicols}{2}In columns \result{a.columns}{3}.\end{multicols}
\begin{itemize}\item An item \result{a.item}{3}.\end{itemize}
\shippedtext{}As shipped.

\owntext{}\answer{A1}{Own words with \result{a.answer}{3}.} And so on.
"""  # noqa: E501 (one line each, as in a template)


def words(tmp_path, *, draft, body=PLACES):
    (tmp_path / "preamble.tex").write_bytes((TEMPLATES / "preamble.tex").read_bytes())
    switch = r"\draftkeys" if draft else ""
    document = rf"\input{{preamble}}{switch}\begin{{document}}\tableofcontents {body}\end{{document}}"
    for key in ("in_heading", "in_text", "b", "caption"):
        document = document.replace(r"\end{document}", rf"\hypertarget{{number:a.{key}}}{{}}\end{{document}}")
    (tmp_path / "report.tex").write_text(document, encoding="utf-8")
    (tmp_path / "report.map.json").write_text(json.dumps({"lines": [["t", 1]] * 20}), encoding="utf-8")
    lend(tmp_path)
    compile.compile_tex(tmp_path, "report", epoch=0, root=tmp_path)
    shown = subprocess.run(["pdftotext", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True)
    return "".join(shown.stdout.split())


def test_keys_stand_in_the_margin_of_running_text_and_break_nothing_elsewhere(tmp_path):
    shown = words(tmp_path, draft=True)
    for key in ("eda.in_text", "eda.rather_long.name_of_a_key[3].standard_deviation", "a.item", "a.answer"):
        assert key in shown
    for key in ("a.caption", "a.cell", "a.p", "a.box", "a.columns", "a.figure"):
        assert key not in shown


@pytest.mark.long
def test_the_report_itself_shows_no_key(tmp_path):
    assert "in_text" not in words(tmp_path, draft=False)


@pytest.mark.long
def test_a_page_may_hold_more_than_a_hundred_numbers(tmp_path):
    numbers = " ".join(rf"\result{{a.key{at}}}{{{at}}}" for at in range(150))
    assert "a.key149" in words(tmp_path, draft=True, body=numbers)
