r"""Mistakes in \VAR{…} and \BLOCK{…}, as an author reads them; and from which line of a template a text comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from report_src.errors import RenderError
from report_src.numbers.values import wrap
from report_src.rendering.engine import environment, render_text
from report_src.rendering.source_marks import parts, take_out

MISTAKES = [
    ("\\VAR{x.y | count updates.", 2, "\\VAR{ is never closed: its } is missing"),
    ("\\VAR{x.y | count and \\VAR{x.y | count} more", 2, "\\VAR{ is never closed: its } is missing"),
    ("\\BLOCK{if x.y\nb\n\\BLOCK{endif}", 2, "\\BLOCK{ is never closed: its } is missing"),
    ("\\VAR{'{' ~ x.y | cuont} \\VAR{'}' ~ w.y}", 2, "unknown style 'cuont'; nearest: count"),
    ("\\BLOCK{if x.y ~ '{'}\nb", 2, "\\BLOCK{if x.y ~ '{'} is never closed: \\BLOCK{endif} is missing"),
    ("\\NOTE{words\nmore", 2, "\\NOTE{ is never closed: its } is missing"),
    ("\\BLOCK{if x.y}\nb", 2, "\\BLOCK{if x.y} is never closed: \\BLOCK{endif} is missing"),
    ("\\BLOCK{for z in x}\n\\BLOCK{if z}\nb\n\\BLOCK{endfor}", 3,
     "\\BLOCK{if z} is never closed: \\BLOCK{endif} is missing before \\BLOCK{endfor} (line 5)"),
    ("\\BLOCK{for z in x}\n\\BLOCK{for z in x}\nb\n\\BLOCK{endfor}", 2,
     "\\BLOCK{for z in x} is never closed: \\BLOCK{endfor} is missing (or that of line 3, inside it)"),
    ("\\BLOCK{endif}", 2, "\\BLOCK{endif} belongs to no block: no \\BLOCK{if …} is open here"),
    ("\\BLOCK{otherwise}", 2, "\\BLOCK{otherwise} belongs to no block: no \\BLOCK{claim …} is open here"),
    ("\\BLOCK{iff x}", 2, "unknown tag 'iff'; nearest: if"),
    ("\\VAR{x.y | cuont}", 2, "unknown style 'cuont'; nearest: count"),
    ("\\VAR{w.y | count}", 2, "there is no 'w'"),
    ("\\VAR{x.y count}", 2, "expected token }, got 'count', in \\VAR{x.y count}"),
    ("\\BLOCK{if x is defind}\\BLOCK{endif}", 2, "unknown test 'defind'; nearest: defined"),
    ('\\BLOCK{include "s/t.tex"}', 2, "there is no template 's/t.tex'; nearest: s/t.tex.j2"),
]  # fmt: skip


def rendered(folder: Path, text: str) -> str:
    path = folder / "s" / "t.tex.j2"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    engine = environment(folder)
    return render_text(engine, "s/t.tex.j2", {"x": wrap({"y": 3.0}, "x", engine.ledger)})


@pytest.mark.parametrize(("text", "line", "says"), MISTAKES)
def test_a_mistake_in_a_tag_is_told_in_words_at_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(RenderError) as refused:
        rendered(tmp_path, f"first\n{text}\n")
    assert refused.value.message.startswith(says)
    assert refused.value.place.endswith(f"s/t.tex.j2:{line}")


def test_a_correct_template_is_told_nothing_of(tmp_path: Path) -> None:
    assert "3" in rendered(tmp_path, "\\BLOCK{if x.y > 2}\\VAR{x.y | count}\\BLOCK{endif}\n")


def test_each_part_of_a_line_knows_the_line_of_the_template_that_it_comes_from(tmp_path: Path) -> None:
    macro = "\\BLOCK{macro m(a)}\n\\BLOCK{if a}one\n\\BLOCK{else}two\n\\BLOCK{endif}\n\\BLOCK{endmacro}\n"
    made = rendered(tmp_path, macro + "head \\VAR{m(1) | mathematics} tail\n\\BLOCK{if x.y}inside\\BLOCK{endif}\n")
    document, places = take_out(made)
    lines = document.split("\n")
    assert lines[:3] == ["head one", " tail", "inside"]
    assert [(start, number) for start, _, number in parts(made)[1]] == [(0, 6), (5, 2)]
    assert [number for _, number in places[1:3]] == [6, 7]


def test_a_blank_line_has_a_place_of_its_own(tmp_path: Path) -> None:
    document, places = take_out(rendered(tmp_path, "one\n\nthree\n"))
    assert places[document.split("\n").index("")] == ("s/t.tex.j2", 2)
