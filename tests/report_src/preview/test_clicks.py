"""A click is answered by what was built: a number's card, a line, the verdict of a row."""

import json
from pathlib import Path
from typing import Any

import pytest

from report_src.build.environment import open_project
from report_src.findings import Finding
from report_src.preview.clicks import figure_at, number_card, verdict_of
from report_src.preview.places import Places
from report_src.project import ROOT, Project

TEMPLATE = r"""Let $x \in \mathbb{R}$.
\begin{align*}
  y &\coloneqq x^2 \\
  2y &= 2x^2 \\
  3y &= x^2 \\
     &\quad + 2x^2 \\
  4y &= z
\end{align*}
The end.
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A template of a derivation whose rows on lines 4 and 5 hold and whose row on line 7 is not checked."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/d.tex.j2").write_text(TEMPLATE, encoding="utf-8")
    row = {"name": "twice", "file": "d.tex.j2", "checked": [[4, 3], [5, 3]], "unchecked": ["line 7: no meaning of z"]}
    row |= {"instances": 11, "largest_error": 2e-16}
    (tmp_path / "derivations.json").write_text(json.dumps({"table": [row]}))
    return tmp_path


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (3, ""),  # a definition
        (4, "holds in twice: 11 instances, largest error 2.0e-16"),
        (5, "holds in twice: 11 instances, largest error 2.0e-16"),
        (6, ""),
        (7, "not checked: no meaning of z"),
        (9, ""),
        (1, ""),
    ],
)
def test_a_row_has_its_verdict_and_what_is_around_it_has_none(work: Path, line: int, verdict: str) -> None:
    typed = Finding("", "note", "templates/d.tex.j2", line)
    assert verdict_of(work, Places(work / "none", work), typed) == verdict


def test_a_row_of_several_lines_has_its_verdict_on_each(work: Path) -> None:
    path = work / "templates/d.tex.j2"
    path.write_text(TEMPLATE.replace("= x^2 \\\\\n     &\\quad", "= x^2\n     "), encoding="utf-8")
    for line in (5, 6):
        typed = Finding("", "note", "templates/d.tex.j2", line)
        assert verdict_of(work, Places(work / "none", work), typed).startswith("holds")


def test_another_file_has_no_verdict(work: Path) -> None:
    places = Places(work / "none", work)
    assert verdict_of(work, places, Finding("", "note", "templates/e.tex.j2", 4)) == ""
    (work / "derivations.json").unlink()
    assert verdict_of(work, places, Finding("", "note", "templates/d.tex.j2", 4)) == ""


def project(tmp_path: Path, results: dict[str, Any]) -> Project:
    built = open_project(ROOT / "starter/report.toml", tmp_path, None)
    built.work.mkdir()
    (built.work / "results.json").write_text(json.dumps(results))
    (built.work / "reads.json").write_text("{}")
    values = {"logistic.validation_accuracy.mean": 0.35}
    claim = {"id": "poor", "template": "sections/07.tex.j2", "line": 4, "values": values}
    (built.work / "claims.json").write_text(json.dumps([claim]))
    return built


def test_a_number_shows_all_that_is_known_of_it_with_links_to_its_places(tmp_path: Path) -> None:
    built = project(tmp_path, {"logistic": {"validation_accuracy": {"mean": 0.34965054131835}}})
    places = Places(tmp_path / "none", ROOT)
    card = number_card(built, places, "logistic.validation_accuracy.mean", None)
    rows = dict(card["rows"])
    assert (card["title"], card["opens"]) == ("logistic.validation_accuracy.mean", "")
    assert rows["value"][0]["text"] == "0.34965054131835"
    assert rows["meaning"][0]["text"] == "accuracy on the validation fold over splits, fraction"
    assert rows["unit"][0]["text"] == "fraction"
    assert rows["claims"][0]["text"] == "poor"
    assert rows["claims"][0]["href"].endswith("/templates/sections/07.tex.j2:4:1")
    path, line = rows["computed at"][0]["place"].rsplit(":", 1)
    assert (
        rows["computed at"][0]["text"] == (ROOT / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip()
    )


def test_a_number_that_is_gone_says_so(tmp_path: Path) -> None:
    card = number_card(project(tmp_path, {}), Places(tmp_path / "none", ROOT), "logistic.rows", None)
    assert "unknown key 'logistic.rows'" in card["rows"][0][1][0]["text"]


FIGURES = r"""Words.
\reportfigure{logistic-loss}{Of $x_{1}$:
two lines \BLOCK{if a}{b}\BLOCK{endif}
of caption.}
Words behind it.
\begin{figure}[h]
\withwords{\includegraphics[width=3cm]{figures/logistic-gaps.pdf}}
\caption{A caption.}
\end{figure}
More words.
\reportfigure[0.5]{logistic-classes}{One line.} And words.
"""


@pytest.mark.parametrize(
    ("line", "name"),
    [(1, ""), (2, "logistic-loss"), (3, "logistic-loss"), (4, "logistic-loss"), (5, ""), (7, "logistic-gaps"),
     (8, "logistic-gaps"), (10, ""), (11, "logistic-classes"), (12, "")],
)  # fmt: skip
def test_a_figure_and_its_caption_are_known_by_their_line(tmp_path: Path, line: int, name: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/f.tex.j2").write_text(FIGURES, encoding="utf-8")
    assert figure_at(Places(tmp_path / "none", tmp_path), Finding("", "note", "templates/f.tex.j2", line)) == name
