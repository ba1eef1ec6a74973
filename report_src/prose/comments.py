r"""What TeX prints of a source and what it takes for a comment: one function decides for every lint.

"a 5\% rise % a note\nin sales"  ->  "a 5\% rise in sales"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from report_src.derivations.source.raw import tags
from report_src.errors import RenderError

_VERBATIM = r"verbatim\*?|Verbatim\*?|lstlisting|comment"
_TOKEN = re.compile(
    rf"\\begin\{{({_VERBATIM})\}}.*?\\end\{{\1\}}"  # a percent sign in it is printed
    r"|\\(?:verb\*?|lstinline)([^\sA-Za-z*{\[]).*?\2"  # \verb|5%|
    r"|\\(?:url|nolinkurl|path|href)\s*\{[^{}]*\}"  # an address
    r"|\\."  # \% and the like
    r"|(%[^\n]*)",
    re.DOTALL,
)
_TEXT_BEFORE = re.compile(r"(?:[^\s{}\\%&~]|\d\s+|\\[%$&#_]|(?:VAR|text\w+|emph|num|qty)\b[^\n]*\})$")
_SHOWN = 40  # characters of the words lost that a message quotes


def comment_spans(source: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every comment, from its percent sign up to the end of the line."""
    for token in _TOKEN.finditer(without_tags(source)):
        if token[3] is not None:
            yield token.span(3)


def without_tags(source: str) -> str:
    r"""Blank every \VAR{…}, \BLOCK{…} and \NOTE{…} in place: a percent sign in one of them is Jinja's."""
    return blank(source, ((start, end) for start, end, _ in tag_spans(source)))


def tag_spans(source: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield (start, end, text) of every \VAR{…}, \BLOCK{…} and \NOTE{…}, as Jinja ends them."""
    for word, start, end in tags(source):
        begin = start - len(word) - 1
        yield begin, end + 1, source[begin : end + 1]


def blank_comments(source: str) -> str:
    """Replace every comment by spaces, so that what is left keeps its line and column."""
    return blank(source, comment_spans(source))


def swallowed(source: str) -> Iterator[tuple[int, str, str]]:
    r"""Yield (position, word before, words lost) of each percent sign that was meant as one and starts a comment.

    A percent sign that begins a line, or follows a space behind a word, starts a comment that was meant. One that
    ends its line loses nothing.
    """
    for start, end in comment_spans(source):
        line = source[source.rfind("\n", 0, start) + 1 : start]
        lost = source[start + 1 : end].strip()
        if lost and line.strip() and _TEXT_BEFORE.search(line):
            yield start, line.split()[-1], lost


def refuse_swallowed(folder: Path) -> None:
    r"""Raise RenderError for percent signs that swallow words in the templates below `folder`."""
    places = []
    for path in sorted([*folder.rglob("*.tex.j2"), *folder.rglob("*.tex")]):
        if path.name == "preamble.tex":
            continue
        source = path.read_text(encoding="utf-8")
        for position, before, lost in swallowed(source):
            line = source.count("\n", 0, position) + 1
            column = position - source.rfind("\n", 0, position)
            place = f"{folder.name}/{path.relative_to(folder).as_posix()}:{line}:{column}"
            places.append((place, _message(before, lost)))
    if places:
        (place, message), *others = places
        raise RenderError("\n".join([message, *(f"{other}: {text}" for other, text in others)]), place)


def _message(before: str, lost: str) -> str:
    shown = lost if len(lost) <= _SHOWN else lost[: _SHOWN - 1] + "…"
    return (
        rf"% after '{before}' makes a comment of the rest of its line, '{shown}'; write \% for the percent sign,"
        " or begin the comment on a line of its own"
    )


def blank(text: str, spans: Iterator[tuple[int, int]]) -> str:
    """Replace the characters of the spans by spaces, but keep line ends."""
    pieces, last = [], 0
    for start, end in spans:
        if end > last:
            pieces += [text[last:start], re.sub(r"[^\n]", " ", text[max(start, last) : end])]
            last = end
    return "".join([*pieces, text[last:]])
