r"""Text that TeX never prints: what follows a swallowing percent sign, \end{document} or \iffalse.

Requirements, claims and lints read a template; where TeX stops reading it, they would count what nobody sees. Nor does
TeX read \verb, or a percent sign in an address, inside the braces of a command: it splits an argument into commands
and letters before the command in it could say that a percent sign is a letter.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from report_src.errors import RenderError
from report_src.prose.comments import (
    blank,
    blank_comments,
    code_spans,
    swallowing_percent_signs,
    tag_spans,
    without_tags,
)
from report_src.system.cache_file import Memo
from report_src.system.import_graph import closure_digest

MAIN = "report.tex.j2"  # the one template in which the document ends
_VERBATIM = re.compile(
    r"\\begin\{(verbatim\*?|Verbatim\*?|lstlisting|comment)\}.*?\\end\{\1\}"
    r"|\\(?P<letters>verb\*?|lstinline)(?P<bar>[^\sA-Za-z*{\[])(?P<shown>[^\n]*?)(?P=bar)"
    r"|\\(?P<address>url|nolinkurl|path|href)\s*\{(?P<target>[^{}\n]*)\}",
    re.DOTALL,
)
_PERCENT = re.compile(r"(?<!\\)%")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_COMMAND = re.compile(r"(\\[A-Za-z@]+\*?)(?:\s*\[[^\[\]]*\])*(?:\{[^{}]*\})*\s*$")
_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "_%#&${}"})
FARTHEST = 2000  # characters before it in which the command is looked for
_SHOWN = 40  # characters of the words lost that a message quotes
# a command that keeps text from the page (a regular expression) -> what to do
_HIDING = (
    (r"\\end\s*\{document\}", f"ends the document, and what follows is not printed; only {MAIN} ends it: take it out"),
    (r"\\(?:endinput|stop)(?![A-Za-z@])", "ends the reading, and what follows is not printed; take it out"),
    (r"\\iffalse(?![A-Za-z@])", "hides what follows; begin each line with %, or take the text out"),
    (r"\\begin\s*\{comment\}", "hides what follows; begin each line with %, or take the text out"),
    (r"\\bibliography\s*\{", "prints nothing here; put the entries into templates/references.bib and take it out"),
    (r"\{%[-+]?\s*\w+[^\n%]*%\}", "is a comment to TeX; a block is written \\BLOCK{…} here"),
)
# boxes in which TeX drops the text of a footnote, and one inside them that prints it
_DROPPING = re.compile(
    r"\\begin\{(table|figure|tabular|tabularx|align|gather|multline|flalign|alignat)(\*?)\}.*?\\end\{\1\2\}", re.DOTALL
)
_BOXED = re.compile(
    r"\\(mbox|fbox|makebox|framebox|parbox|raisebox|colorbox|scalebox|resizebox)(?![A-Za-z@])(?:\[[^\]]*\]|\{[^{}]*\})*?"
    r"\{[^{}]*\\footnote(?![A-Za-z@])"
)
_KEEPING = re.compile(r"\\begin\{minipage\}.*?\\end\{minipage\}", re.DOTALL)
_FOOTNOTE = re.compile(r"\\footnote(?![A-Za-z@])")


def refuse(folder: Path, cache: Path | None = None) -> None:
    """Raise RenderError with the place of everything below `folder` that keeps words from the page.

    What was found in unchanged templates comes from `cache`.
    """
    memo = Memo(cache, closure_digest(__name__, cache), list[tuple[int, str]])
    places = []
    for path in sorted([*folder.rglob("*.tex.j2"), *folder.rglob("*.tex")]):
        if path.name == "preamble.tex":
            continue
        source, is_main = path.read_text(encoding="utf-8"), path == folder / MAIN
        found = functools.partial(_found, source, is_main=is_main)
        for position, message in memo.get(f"{is_main}\0{source}", found):
            line = source.count("\n", 0, position) + 1
            column = position - source.rfind("\n", 0, position)
            places.append((f"{folder.name}/{path.relative_to(folder).as_posix()}:{line}:{column}", message))
    memo.save()
    if places:
        (place, message), *others = places
        raise RenderError("\n".join([message, *(f"{other}: {text}" for other, text in others)]), place)


def _found(source: str, *, is_main: bool) -> list[tuple[int, str]]:
    """Return (position, message) of what keeps words of a template from the page, in order."""
    hiding = [(match.start(), f"{match.group()} {step}") for match, step in _hiding(source, is_main=is_main)]
    behind = [(position, _swallowing(before, lost)) for position, before, lost in swallowing_percent_signs(source)]
    return sorted([*hiding, *behind, *unreadable(source), *_dropped(source), *_open_notes(source)])


def _open_notes(source: str) -> Iterator[tuple[int, str]]:
    r"""Yield (position, message) of each \NOTE{ that seems to end where another brace does, and takes in words."""
    for start, end, note in tag_spans(source):
        if not note.startswith("\\NOTE"):
            continue
        goes_on = "\n" in note and source[end : source.find("\n", end)].strip()
        if "{" in note[len("\\NOTE{") :] or goes_on:
            step = "a note ends at its first }; close it, and begin the text on a line of its own"
            yield start, f"\\NOTE{{ takes in what follows up to '{note[-20:].splitlines()[-1]}'; {step}"


def _dropped(source: str) -> Iterator[tuple[int, str]]:
    """Yield (position, message) of each footnote whose text TeX drops."""
    text = blank_comments(without_tags(source))
    text = blank(text, code_spans(source))
    text = blank(text, (box.span() for box in _KEEPING.finditer(text)))
    for box in _DROPPING.finditer(text):
        for note in _FOOTNOTE.finditer(box.group()):
            lost = f"the text of a footnote inside of \\begin{{{box[1]}{box[2]}}} is not printed"
            yield box.start() + note.start(), f"{lost}; write it into the caption, or below as a sentence"
    for box in _BOXED.finditer(text):
        lost = f"the text of a footnote inside of \\{box[1]} is not printed"
        yield box.end() - len("\\footnote"), f"{lost}; write it behind the box"


def _hiding(source: str, *, is_main: bool) -> Iterator[tuple[re.Match[str], str]]:
    typed = without_tags(source)
    typed = blank(typed, code_spans(typed))
    printed = blank_comments(typed)
    for pattern, step in _HIDING:
        for match in re.finditer(pattern, typed if pattern.startswith(r"\{%") else printed):
            if not (is_main and "{document}" in match.group() and not printed[match.end() :].strip()):
                yield match, step


def _swallowing(before: str, lost: str) -> str:
    shown = lost if len(lost) <= _SHOWN else lost[: _SHOWN - 1] + "…"
    rest = f"a comment of the rest of its line, '{shown}'" if lost else "a comment of the line's end"
    return rf"% after '{before}' makes {rest}; write \% for the percent sign, or begin the comment on a line of its own"


def unreadable(source: str) -> Iterator[tuple[int, str]]:
    """Yield (position, message) of what is inside the braces of a command and cannot be read there."""
    text = without_tags(source)
    for found in _VERBATIM.finditer(text):
        percent = _PERCENT.search(found["target"] or "")
        if not (found["letters"] or percent):
            continue
        command = _command_around(text, found.start())
        if command and found["letters"]:
            typed = found["shown"].translate(_SIGNS).replace("\\\\", "\\textbackslash ")
            step = f"type \\texttt{{{typed}}} there"
            yield found.start(), f"\\{found['letters']} cannot be read inside the braces of {command}; {step}"
        elif command and percent:
            rest = f"makes a comment of the rest of its line inside the braces of {command}"
            yield found.start("target") + percent.start(), f"% in the address of \\{found['address']} {rest}; write \\%"


def _command_around(text: str, position: int) -> str:
    r"""Return the innermost command whose argument holds a position of the text; "" where none does.

    `\footnote{see \verb|x|}` at `\verb` -> `\footnote`
    """
    before = blank_comments(text[:position])[-FARTHEST:]
    opened: list[int] = []
    for brace in _BRACE.finditer(before):
        if brace.group() == "{":
            opened.append(brace.start())
        elif brace.group() == "}" and opened:
            opened.pop()
    commands = (_COMMAND.search(before[:start]) for start in reversed(opened))
    return next((command[1] for command in commands if command), "")
