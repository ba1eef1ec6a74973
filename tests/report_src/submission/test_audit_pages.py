"""Pages are compared word by word and figure by figure: what was changed is found, what was not is not."""

import shutil
import subprocess
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("Agg")
from matplotlib import pyplot as plt

from report_src.findings import Finding
from report_src.submission import audit_pages

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed")

DOCUMENT = r"""\documentclass{article}
\usepackage{graphicx}
\pdfobjcompresslevel=0
\newcommand{\result}[2]{\setbox0=\hbox{#2}\pdfannot width \wd0 height \ht0 depth \dp0
  {/Subtype /Square /Contents (#1 = 0)}#2}
\begin{document}
After descent \result{training.accuracy.mean}{82.4} per cent of the rows are right, which is much worse than chance.\par
\includegraphics[width=8cm]{figures/curve.pdf}
\newpage
The second page has \result{eda.rows}{1{,}234} rows and no figure.
\end{document}
"""


def curve(path: Path, values: list[float], title: str = "a curve") -> None:
    path.parent.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(4, 2))
    axes.plot(values)
    axes.set_title(title)
    figure.savefig(path)
    plt.close(figure)


def typeset(folder: Path, document: str, values: list[float] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    curve(folder / "figures/curve.pdf", values or [1, 3, 2, 5])
    (folder / "report.tex").write_text(document, encoding="utf-8")
    subprocess.run(["pdflatex", "-interaction=batchmode", "report.tex"], cwd=folder, check=True, capture_output=True)
    return folder / "report.pdf"


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return typeset(tmp_path_factory.mktemp("again"), DOCUMENT)


def found(again: Path, folder: Path, document: str, values: list[float] | None = None) -> list[Finding]:
    return audit_pages.of_pages(typeset(folder, document, values), again, DOCUMENT).findings


def test_the_same_pages_agree(again: Path, tmp_path: Path) -> None:
    compared = audit_pages.of_pages(typeset(tmp_path / "a", DOCUMENT), again, DOCUMENT)
    assert compared.findings == compared.left_out == []
    assert compared.compared[1].startswith("1 figure and")
    assert compared.pages == {"training.accuracy.mean": 1, "eda.rows": 2}


def test_a_number_whose_link_was_taken_away_is_compared(again: Path, tmp_path: Path) -> None:
    (finding,) = found(again, tmp_path / "a", DOCUMENT.replace(r"\result{training.accuracy.mean}{82.4}", "92.4"))
    assert (finding.kind, finding.name, finding.page) == ("number", "training.accuracy.mean", 1)
    assert "92.4" in finding.old
    assert "82.4" in finding.new
    assert found(again, tmp_path / "b", DOCUMENT.replace(r"\result{training.accuracy.mean}{82.4}", "82.4")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("worse", "better"),
        ("much worse", "hardly worse"),
        ("are right", "are not right"),
        ("no figure.", "no figure. Believe me."),
    ],
)
@pytest.mark.sampled(4)
def test_a_changed_sentence_is_found(again: Path, tmp_path: Path, old: str, new: str) -> None:
    (finding,) = found(again, tmp_path / "a", DOCUMENT.replace(old, new))
    assert finding.kind == "sentence"
    assert finding.page == (2 if "figure" in old else 1)
    assert new.split()[-1] in finding.old or new == "worse"


@pytest.mark.parametrize("values", [[1, 3, 2, 4], [5, 2, 3, 1], [1, 3, 2, 5.4]])
@pytest.mark.sampled(3)
def test_another_figure_is_found_by_its_name(again: Path, tmp_path: Path, values: list[float]) -> None:
    (finding,) = found(again, tmp_path / "a", DOCUMENT, values)
    assert (finding.kind, finding.name, finding.page) == ("figure", "curve", 1)


def test_something_drawn_over_a_word_is_found(again: Path, tmp_path: Path) -> None:
    drawn = DOCUMENT.replace("no figure.", r"no figure.\llap{\rule{2cm}{4mm}}")
    (finding,) = found(again, tmp_path / "a", drawn)
    assert (finding.kind, finding.name, finding.page) == ("figure", "drawing", 2)


def test_a_page_more_is_found(again: Path, tmp_path: Path) -> None:
    (finding,) = found(again, tmp_path / "a", DOCUMENT.replace(r"\end{document}", r"\newpage More. \end{document}"))
    assert finding.old == "3 pages"
