"""Text as shipped is distinguished from the author's own, block by block."""

import pytest

from analysis.settings.load import load
from report_src.project import ROOT
from report_src.prose import blocks as text_blocks
from report_src.prose.blocks import blocks, coloured_by_origin, shipped_hashes, unchanged_topics
from report_src.prose.requirements import Requirement
from report_src.prose.requirements import load as load_requirements
from report_src.rendering.engine import TEMPLATES

NAME = "sections/02_x.tex.j2"
SOURCE = """\\section{Of one thing and another}
\\answer{A1}{The first answer of three.}
It goes on with \\VAR{eda.rows | count} rows and ends.

\\begin{table}
\\caption{A table with a caption.}

1 & 2
\\end{table}
\\BLOCK{claim "x" if eda.rows > 3}
\\answer{A2}{One way to answer it.}
\\BLOCK{otherwise}
\\answer{A2}{The other way to answer it.}
\\BLOCK{endclaim}

\\BLOCK{include "derivations/y.tex.j2"}
And then some more words.
"""


def lines(source, name=NAME):
    return [block.line for block in blocks(name, source)]


def test_a_block_is_a_paragraph_or_an_answer():
    assert lines(SOURCE) == [1, 2, 5, 11, 13, 16]


def test_a_gap_inside_an_environment_or_a_tag_begins_no_block():
    assert lines("\\begin{itemize}\nfirst some words\n\nthen more words\n\\end{itemize}\n") == [1]
    assert lines("\\caption{first some words\n\nthen more words}\n") == [1]


def test_what_holds_no_words_is_no_block():
    assert lines('\\BLOCK{include "x.tex.j2"}\n\n$a+b$\n\n\\clearpage\n') == []


def test_a_derivation_is_one_block():
    assert lines("\\begin{derivation}{a}\n\n\\end{derivation}", "derivations/a.tex.j2") == [1]


def test_machinery_holds_no_blocks():
    assert lines(SOURCE, "front/attachments.tex.j2") == []


def test_an_indent_changes_no_hash_and_a_word_changes_one():
    before = [block.hash for block in blocks(NAME, SOURCE)]
    assert [block.hash for block in blocks(NAME, SOURCE.replace("It goes on", "  It goes\n  on"))] == before
    after = [block.hash for block in blocks(NAME, SOURCE.replace("It goes on", "It continues"))]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True, True, True, True]


def test_a_draft_switches_the_colour_at_each_block_and_moves_no_line():
    shipped = frozenset(block.hash for block in blocks(NAME, SOURCE))
    changed = SOURCE.replace("One way", "My way")
    shown = coloured_by_origin(NAME, changed, shipped).split("\n")
    assert [line.replace("\\shippedtext{}", "").replace("\\owntext{}", "") for line in shown] == changed.split("\n")
    assert [n for n, line in enumerate(shown, 1) if line.startswith("\\shippedtext{}")] == [1, 2, 5, 13, 16, 17]
    assert [n for n, line in enumerate(shown, 1) if line.startswith("\\owntext{}")] == [11]


REQUIREMENTS = [Requirement("A1", "A", "t", own="first"), Requirement("A2", "A", "t", own="second")]


@pytest.mark.parametrize(
    ("before", "after", "unchanged"),
    [
        ("", "", ["first", "second"]),
        ("One way", "My way", ["first"]),
        ("The first answer", "My first answer", ["second"]),
        ("some more words", "my own words", ["first", "second"]),
    ],
)
def test_a_topic_is_unchanged_while_every_block_that_answers_it_is(before, after, unchanged):
    shipped = {block.hash for block in blocks(NAME, SOURCE)}
    found = [
        text_blocks.Block(block.template, block.line, block.source, block.hash in shipped)
        for block in blocks(NAME, SOURCE.replace(before, after))
    ]
    assert list(unchanged_topics(found, REQUIREMENTS)) == unchanged


def test_every_topic_of_the_students_own_has_its_blocks():
    rows = load_requirements(TEMPLATES / "requirements.toml")
    marked = {name for block in text_blocks.all_blocks(TEMPLATES) for name in block.answers}
    assert len({row.own for row in rows if row.own}) == 6
    assert {row.id for row in rows if row.own} <= marked


def test_the_list_of_shipped_blocks_is_that_of_the_shipped_templates():
    if not load(ROOT / "report.toml").report.example:
        pytest.skip("the words of this report are its author's")
    stale = [f"{block.template}:{block.line}" for block in text_blocks.all_blocks(TEMPLATES) if not block.shipped]
    assert stale == [], "type: python -m report_src.prose.blocks"
    assert len(shipped_hashes(TEMPLATES)) == len(text_blocks.all_blocks(TEMPLATES))


def test_the_list_is_written_and_read_back(tmp_path):
    (tmp_path / "sections").mkdir()
    (tmp_path / NAME).write_text(SOURCE, encoding="utf-8")
    assert not any(block.shipped for block in text_blocks.all_blocks(tmp_path))
    assert text_blocks.write_list(tmp_path) == 6
    assert all(block.shipped for block in text_blocks.all_blocks(tmp_path))


def test_blocks_are_counted_as_they_are_found_whatever_is_remembered(tmp_path):
    templates, cache = tmp_path / "templates", tmp_path / "blocks.json"
    (templates / "sections").mkdir(parents=True)
    (templates / NAME).write_text(SOURCE, encoding="utf-8")
    (templates / "sections/03_y.tex.j2").write_text("Another one with words.\n", encoding="utf-8")
    text_blocks.write_list(templates)
    for before, after, shipped in [("", "", 7), ("of three", "of four", 6), ("of four", "of three", 7)]:
        text = (templates / NAME).read_text(encoding="utf-8")
        (templates / NAME).write_text(text.replace(before, after), encoding="utf-8")
        found = text_blocks.all_blocks(templates)
        assert text_blocks.counts(templates, cache) == (len(found), sum(one.shipped for one in found)) == (7, shipped)
    (templates / text_blocks.LIST).write_text("", encoding="utf-8")
    assert text_blocks.counts(templates, cache) == (7, 0)
    cache.write_bytes(cache.read_bytes()[:-1])
    assert text_blocks.counts(templates, cache) == (7, 0)


@pytest.mark.parametrize(
    ("name", "shipped", "now", "stay"),
    [
        (NAME, SOURCE, SOURCE.replace("first", "other"), False),
        (NAME, SOURCE.replace("first", "last"), SOURCE.replace("first", "other"), True),
        (NAME, SOURCE.replace("first", "other"), SOURCE.replace("first", "other"), False),
        (NAME, SOURCE.replace("first", "last"), SOURCE + "\n\nOne paragraph more.", False),
        (NAME, SOURCE, SOURCE.replace("rows | count", "cells | count"), False),
        ("preamble.tex", SOURCE, SOURCE.replace("first", "other"), True),
        ("../elsewhere/sections/02_x.tex.j2", SOURCE, SOURCE.replace("first", "other"), True),
    ],
)
def test_an_edit_changes_the_counts_where_a_block_is_as_shipped_before_or_after_it(tmp_path, name, shipped, now, stay):
    templates = tmp_path / "templates"
    templates.mkdir()
    hashes = [f"{block.hash}  x" for block in blocks(NAME, shipped)]
    (templates / text_blocks.LIST).write_text("\n".join(hashes), encoding="utf-8")
    assert text_blocks.counts_stay(templates, {(templates / name).resolve(): (SOURCE, now)}) == stay
