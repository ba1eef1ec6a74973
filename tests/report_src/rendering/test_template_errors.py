r"""Mistakes in \VAR{…} and \BLOCK{…}, as an author reads them; and from which line of a template a text comes."""

from pathlib import Path

import jinja2
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
    ('\\VAR{x.y | decimal("2")}', 2, "style 'decimal' takes digits=2, got '2'"),
    ("\\VAR{x.y | decimal(-1)}", 2, "style 'decimal' takes digits=2, got -1"),
    ("\\VAR{x.y | decimal(1, 2)}", 2, "style 'decimal' takes digits=2, got 1, 2"),
    ("\\VAR{x.y | decimal(places=1)}", 2, "style 'decimal' takes digits=2, got places=1"),
    ("\\VAR{x.y | count(1)}", 2, "style 'count' takes nothing, got 1"),
    ("\\VAR{x.y | decimal | percent}", 2, "a number has two styles"),
    ("\\VAR{x.y | decimal | text}", 2, "a style is the last filter of a number"),
    ("\\VAR{x.y | decimal | verbatim}", 2, "a style is the last filter of a number"),
    ('\\VAR{x.y | decimal | replace("6", "9")}', 2, "a style is the last filter of a number"),
    ("\\VAR{x.y | decimal | upper}", 2, "a style is the last filter of a number"),
    ("\\VAR{100 * x.y | decimal}", 2, "a number is calculated with behind its style"),
    ("\\VAR{x.y | decimal * 100}", 2, "a number is calculated with behind its style"),
    ("\\VAR{x.n | percent}", 2, "'x.n' is a whole number, 7, not a share; print it with | count"),
    ('\\BLOCK{claim "c" if x.y > 1 && x.y < 9}a\\BLOCK{otherwise}b\\BLOCK{endclaim}', 2, "unexpected char '&'"),
    ('\\BLOCK{claim "c" if x.y > 1}a\\BLOCK{else}b\\BLOCK{endclaim}', 2,
     '\\BLOCK{else} is no part of \\BLOCK{claim "c" if x.y > 1}; write \\BLOCK{otherwise}'),
    ('\\BLOCK{claim "c" if x.y > 1}a\\BLOCK{otherwise}b\\BLOCK{endif}', 2,
     '\\BLOCK{endif} is no part of \\BLOCK{claim "c" if x.y > 1}; write \\BLOCK{endclaim}'),
    ('\\BLOCK{claim "c" if x.y > 1}a\\BLOCK{otherwise}b\\BLOCK{otherwise}c\\BLOCK{endclaim}', 2,
     "claim 'c': the branch behind \\BLOCK{otherwise} is never printed"),
    ('\\BLOCK{claim "c" if 1 < 2}a\\BLOCK{otherwise}b\\BLOCK{endclaim}', 2,
     "claim 'c': a condition reads no result"),
    ('\\BLOCK{claim "c" if x.y > 1}\na\n\\BLOCK{otherwise}\na\n\\BLOCK{endclaim}', 2,
     "claim 'c': two branches print the same"),
    ('\\BLOCK{say "c": "a" if x.y > 1 otherwise "a"}', 2, "claim 'c': two branches print the same"),
    ('\\BLOCK{claim "c" if x.t < 1}a\\BLOCK{otherwise}b\\BLOCK{endclaim}', 2, "text and 1 are compared"),
]  # fmt: skip


def rendered(folder: Path, text: str) -> str:
    path = folder / "s" / "t.tex.j2"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    engine = environment(folder)
    return render_text(engine, "s/t.tex.j2", {"x": wrap({"y": 3.0, "n": 7, "t": "words"}, "x", engine.ledger)})


@pytest.mark.parametrize(("text", "line", "says"), MISTAKES)
def test_a_mistake_in_a_tag_is_explained_at_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(RenderError) as refused:
        rendered(tmp_path, f"first\n{text}\n")
    assert refused.value.message.startswith(says)
    assert refused.value.place.endswith(f"s/t.tex.j2:{line}")


@pytest.mark.parametrize(
    ("condition", "step"),
    [
        ("x.y > 1 && x.y < 9", "write `and`"),
        ("x.y > 1 || x.y < 9", "write `or`"),
        ("x.y => 1", "write >="),
        ("x.y =< 1", "write <="),
        ("x.y ≥ 1", "write >="),
        ("x.y = 1", "compared with =="),
        ("x.y <> 1", "written !="),
        ("x.y < 34%", "write 0.34 for 34 %"),
        ("x.y < 0,34", "write a decimal point"),
        ("!x.y", "write `not`"),
        ("x.t == “words”", "use straight quotes"),
        ("x.y < 1;", "take the semicolon out"),
    ],
)
def test_a_sign_of_another_language_in_a_condition_is_answered_with_what_to_type(
    tmp_path: Path, condition: str, step: str
) -> None:
    with pytest.raises(RenderError) as refused:
        rendered(tmp_path, f'first\n\\BLOCK{{claim "c" if {condition}}}a\\BLOCK{{otherwise}}b\\BLOCK{{endclaim}}\n')
    assert step in refused.value.message.rpartition("; ")[2]
    assert refused.value.place.endswith("s/t.tex.j2:2")


def test_a_correct_template_has_no_message(tmp_path: Path) -> None:
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


def test_a_template_that_every_report_has_is_named_by_the_path_of_its_file(tmp_path: Path) -> None:
    assert environment(tmp_path).get_template("shared/scans.tex.j2").name == "shared/scans.tex.j2"
    with pytest.raises(jinja2.TemplateNotFound):
        environment(tmp_path).get_template("report.tex.j2")
