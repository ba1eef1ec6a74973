r"""A section without its sentences, for a student who writes it in other words."""

import re
import shutil
from pathlib import Path

import pytest

from report_src.errors import BuildError
from report_src.prose import requirements, skeleton
from report_src.rendering.engine import TEMPLATES

SECTIONS = sorted(path.name for path in (TEMPLATES / "sections").glob("0*.tex.j2"))
SOURCE = r"""\section{A part}\label{sec:part}
\BLOCK{claim "x" if a.b > 1}
\answer{B1}{Network.}
It has \VAR{a.layers | words} layers.
\BLOCK{otherwise}
\answer{B1}{Network.}
It is small.
\BLOCK{endclaim}
\begin{table}[htbp]\caption{Cells.}\VAR{a.cell | count}\end{table}
\reportfigure[0.8]{part-line}{A line of \VAR{a.layers | words}.}
"""


def test_a_skeleton_keeps_marks_floats_and_keys_and_no_sentence() -> None:
    made = skeleton.skeleton(SOURCE, {"B1": "two layers"})
    assert made.startswith("\\section{A part}\\label{sec:part}\n")
    assert made.count("\\NOTE{B1: two layers}\n\\answer{B1}{Head.}\nYour sentences.") == 1
    assert "\\begin{table}[htbp]\\caption{Cells.}\\VAR{a.cell | count}\\end{table}" in made
    assert "\\reportfigure[0.8]{part-line}{Your caption.}" in made
    assert "a.layers | words\na.cell | count" in made
    assert not re.search("layers\\.|small", made)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_skeleton_of_a_section_answers_what_the_section_answers(name: str) -> None:
    source = (TEMPLATES / "sections" / name).read_text(encoding="utf-8")
    made = skeleton.skeleton(source, {})
    assert set(requirements.answered(made)) == set(requirements.answered(source))
    assert len(requirements.answered(made)) == len(set(requirements.answered(made)))


def test_a_skeleton_is_written_beside_the_section_and_never_over_own_words(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    said = skeleton.write(tmp_path / "templates", "03")
    path = tmp_path / "templates" / "sections" / "03_training.own.tex.j2"
    assert "instead of 03_training.tex.j2" in said
    path.write_text("Own words.", encoding="utf-8")
    with pytest.raises(BuildError, match="is there already"):
        skeleton.write(tmp_path / "templates", "03")
    assert path.read_text(encoding="utf-8") == "Own words."


@pytest.mark.parametrize("number", [None, "", "0", "77", "training"])
def test_an_unclear_section_is_asked_for(number: str | None) -> None:
    with pytest.raises(BuildError, match=r"which section\?.*03_training.tex.j2.*SECTION=01"):
        skeleton.write(TEMPLATES, number)
