"""What TeX takes for a comment, held against TeX itself, and percent signs that would swallow a sentence."""

import re
import subprocess

import pytest

from report_src.prose.comments import blank_comments, comment_spans, swallowing_percent_signs
from report_src.prose.lint import scan, words_of
from report_src.prose.requirements import answered

# each is one page for TeX; a source may have several lines
SOURCES = [
    "plain words", r"5\% of rows", "a % note", "a% note", "a %% note", r"a \% b % c", r"a\\% b", r"a \\\% b",
    "a % note\nb", "a% note\nb", "a% note\n  b", "a %\nb", "a%\nb", "% note\na", "  % note\na", "a\n% note\nb",
    "a\n  % note\n  b", "34.9% is bad\nAs Ribeiro", "100% of\nrows", "34.9 % right\nend", "a % b % c\nd",
    r"\verb|5% off| now", r"\verb+a%b+ c % d", r"\verb*|5%x| y", r"x \verb!%! y % z",
    "\\begin{verbatim}\n5% off\n\\end{verbatim}",
    r"\url{http://a.org/b%20c} d", r"\url{http://a.org/b%20c} d % e", r"\href{http://a.org/b%20c}{link} d % e",
    r"\textbf{34.9}% of\nrows".replace(r"\n", "\n"), r"\emph{a % b" + "\n c} d", "$5$% of it\nall",
    "(a)% b\nc", "a,% b\nc",
    r"\%% b" + "\nc", r"\{a\}% b" + "\nc", "a{}% b\nc", r"\ldots% b" + "\nc", "a~% b\nc", "a % b\n\nc", "a -- % b\nc",
    r"A \textit{b}% c" + "\n%d\ne",
]  # fmt: skip


LINE_END = re.compile(r"\n(?![ \t]*\n)[ \t]*")  # an empty line behind a comment still ends the paragraph
COMMAND_AT_END = re.compile(r"(?<!\\)(?:\\\\)*\\[A-Za-z]+$")


def without_comments(source):
    r"""Return what TeX reads: a comment takes the end of its line and the next line's indent with it.

    "34.9% is bad\n  As Ribeiro" -> "34.9As Ribeiro"
    """
    read, last = "", 0
    for start, end in comment_spans(source):
        read += source[last:start]
        taken = LINE_END.match(source, end)
        last = taken.end() if taken else end
        if COMMAND_AT_END.search(read) and source[last : last + 1].isalpha():
            read += " "  # TeX drops a space behind a command, and the comment has ended the command's name
    return read + source[last:]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tex")
    head = (
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{hyperref}\\pagestyle{empty}\\begin{document}\n"
    )
    body = "\n\n\\newpage\n\n".join(SOURCES)
    plain = "\n\n\\newpage\n\n".join(without_comments(source) for source in SOURCES)
    texts = []
    for name, content in (("typed", body), ("read", plain)):
        (folder / f"{name}.tex").write_text(head + content + "\n\\end{document}\n", encoding="utf-8")
        subprocess.run(["pdflatex", "-interaction=batchmode", name], cwd=folder, check=True, capture_output=True)
        subprocess.run(["pdftotext", "-layout", f"{name}.pdf"], cwd=folder, check=True)
        texts.append([" ".join(p.split()) for p in (folder / f"{name}.txt").read_text().split("\f")[:-1]])
    return texts


def test_there_are_forty_sources():
    assert len(SOURCES) >= 40


def test_tex_prints_the_same_without_what_we_take_for_comments(pages):
    typed, read = pages
    assert len(typed) == len(read) == len(SOURCES)
    assert [(s, a, b) for s, a, b in zip(SOURCES, typed, read, strict=True) if a != b] == []


def test_no_comment_is_left_out(pages):
    """Every % that is left is printed by TeX, or it is in an address."""
    for source, page in zip(SOURCES, pages[0], strict=True):
        if r"\url" not in source and r"\href" not in source:
            assert without_comments(source).count("%") == page.count("%"), source


@pytest.mark.parametrize("source", SOURCES)
def test_blanking_keeps_lines_and_columns(source):
    blanked = blank_comments(source)
    assert len(blanked) == len(source)
    assert [len(line) for line in blanked.split("\n")] == [len(line) for line in source.split("\n")]


@pytest.mark.parametrize(
    ("source", "before", "lost"),
    [
        ("The test accuracy of 34.9% is much worse than", "34.9", "is much worse than"),
        ("100% of the rows", "100", "of the rows"),
        ("34.9 % right", "34.9", "right"),
        ("about half% of them", "half", "of them"),
        ("(half)% of them", "(half)", "of them"),
        (r"\VAR{training.accuracy | percent}% of them", "percent}", "of them"),
        (r"\textbf{34.9}% of them", r"\textbf{34.9}", "of them"),
        ("$34.9$% of them", "$34.9$", "of them"),
        (r"5\%% of them", r"5\%", "of them"),
        ("34.9~% of them", "34.9~", "of them"),
        (r"34.9\,% of them", r"34.9\,", "of them"),
        (r"34.9\ % of them", "34.9\\", "of them"),
        ("34.9{}% of them", "34.9{}", "of them"),
        (r"$34.9$\,% of them", r"$34.9$\,", "of them"),
        (r"\VAR{a.b | decimal(1)}\,% of them", r"decimal(1)}\,", "of them"),
        (r"\VAR{a.b | decimal(1)} % of them", "decimal(1)}", "of them"),
        (r"34.9\\% of them", r"34.9\\", "of them"),
        ("5%, and", "5", ", and"),
        (r"\caption{An accuracy of 34.9%}", r"34.9", "}"),
        (r"A\footnote{Of these 5 %} is", r"5", "} is"),
        ("is 34.9%\nAs others say", "34.9", ""),
        ("is 34.9 %\nAs others say", "34.9", ""),
        ("is $34.9$%\nAs others say", "$34.9$", ""),
        ("is \\VAR{a.b | decimal(1)}%\nAs others say", "decimal(1)}", ""),
        ("is 34.9~%\nAs others say", "34.9~", ""),
        ("Some words % and this text is lost.", "words", "and this text is lost."),
        ("In a small\n% share of the rows, nothing.\nNext.", "small", "share of the rows, nothing."),
        ("drops by \\VAR{a.b | cell_percent}\n% of the rows, a loss.", "cell_percent}", "of the rows, a loss."),
        (r"\NOTE{a {b} 34.9% of them}", "34.9", "of them}"),  # Jinja ends a note at its first brace
        (r"\VAR{'{' ~ x} 34.9% of them", "34.9", "of them"),
    ],
)
def test_a_percent_sign_that_swallows_words_is_found(source, before, lost):
    ((position, shown, words),) = swallowing_percent_signs(source)
    assert source[position] == "%"
    assert (shown, words) == (before, lost)


@pytest.mark.parametrize(
    "source",
    ["% a note", "   % a note", "Words. % a note", "Words.%", "{%", r"5\% of", r"\verb|5% off|", r"\url{http://a/b%20c}",
     r"\BLOCK{if x % 2 == 0}", "\\begin{lstlisting}\nx = 5% 2\n\\end{lstlisting}", "a line\\\\% a note", "}% a note",
     "}%", "12 & 3 \\\\ % a note", r"\VAR{a.b | target}%", r"\vspace{2mm}%",
     "Words.\n% and a sentence that was taken out.\nNext.", "some words % a note",
     "In a small\n% A line that was taken out before.\nshare"],
)  # fmt: skip
def test_a_comment_that_was_meant_is_left_alone(source):
    assert list(swallowing_percent_signs(source)) == []


def test_words_in_a_comment_are_not_linted_and_words_behind_a_percent_sign_are():
    words = re.compile("worse|better")
    assert scan("fine % worse\n", words) == []
    assert [mark.text for mark in scan("5\\% worse\n% better\n", words) if mark.kind == "judging word"] == ["worse"]
    assert words_of("said % aside\nmore") == ["said", "more"]


def test_mathematics_in_a_comment_opens_none():
    assert [m.text for m in scan("a % costs $5\nworse $x$\n", re.compile("worse"))] == ["worse"]


def test_a_requirement_marked_in_a_comment_is_not_answered():
    assert answered("\\answer{A1}{Yes.}\n% \\answer{A2}{No.}\n") == ["A1"]


def test_a_comment_begins_at_its_sign():
    assert list(comment_spans("a % b\nc")) == [(2, 5)]
