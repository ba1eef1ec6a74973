"""From a file to the rows of its derivations: environments, displays, rows, and the statements in a row.

Nothing is expanded and nothing is executed; offsets always count in the text that was given, so that a
message can name the line and the column the author edits.

    Derivation   \\begin{derivation}{name} … \\end{derivation}
    Row          one row of a display, or one piece of inline mathematics
    Segment      one statement of a row (its text, and where each part of it stands)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from report_src.derivations.syntax.errors import Unreadable
from report_src.derivations.syntax.segments import Segment, joined_lists, split
from report_src.derivations.syntax.tokens import Tok, argument, group, tokens

_NUMBERED = ("equation", "align", "gather", "multline", "flalign", "alignat")
DISPLAYS = frozenset(name + star for name in _NUMBERED for star in ("", "*"))
"""Environments whose rows are read."""
TRANSPARENT = frozenset({"split", "aligned", "alignedat", "gathered"})
"""Environments inside a display whose rows are rows of the display."""
PROSE_ENVIRONMENTS = frozenset({"itemize", "enumerate", "center", "quote", "flushleft"})
FORBIDDEN = frozenset(
    {"\\input", "\\include", "\\def", "\\edef", "\\gdef", "\\let", "\\newcommand", "\\renewcommand"}
    | {"\\providecommand", "\\DeclareMathOperator", "\\newenvironment", "\\csname", "\\catcode", "\\write"}
)
JINJA = frozenset({"\\VAR", "\\BLOCK", "\\NOTE"})
BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")
MAX_DEPTH = 40
"""Deepest nesting of brackets that is read; printed formulas stay below ten."""


@dataclass
class Row:
    """A row of a display or a piece of inline mathematics; offsets are those of the file."""

    start: int
    end: int
    inline: bool
    segments: list[Segment] = field(default_factory=list)
    unchecked: str | None = None
    problem: Unreadable | None = None


@dataclass
class Derivation:
    """The rows of one environment, in reading order, and what is wrong with the environment itself."""

    name: str
    start: int
    end: int
    rows: list[Row] = field(default_factory=list)


def derivations(text: str) -> Iterator[Derivation]:
    """Yield the derivations of a file in order; what cannot be read is a row with a problem."""
    toks = tokens(text)
    index = 0
    while index < len(toks):
        if toks[index].text == "\\begin" and _environment(toks, index) == "derivation":
            derivation, index = _derivation(text, toks, index)
            yield derivation
        else:
            index += 1


def _environment(toks: list[Tok], index: int) -> str:
    """Return the name in \\begin{name} or \\end{name} at ``index``, or an empty string."""
    letters: list[str] = []
    for tok in toks[index + 2 : index + 40]:
        if tok.text == "}":
            return "".join(letters) if toks[index + 1].text == "{" else ""
        letters.append(tok.text)
    return ""


def _derivation(text: str, toks: list[Tok], index: int) -> tuple[Derivation, int]:
    start = toks[index].start
    body = index + 3 + len("derivation")
    try:
        name, body = argument(toks, body, text)
    except Unreadable as nameless:
        nameless.message = "a derivation has a name: \\begin{derivation}{name}"
        row = Row(start, toks[index + 1].end, inline=False, problem=nameless)
        return Derivation("", start, start, [row]), index + 1
    stop = next(
        (i for i in range(body, len(toks)) if toks[i].text == "\\end" and _environment(toks, i) == "derivation"),
        None,
    )
    if stop is None:
        problem = Unreadable("this derivation is never closed by \\end{derivation}", start, toks[body - 1].end)
        rows = [Row(start, toks[body - 1].end, inline=False, problem=problem)]
        return Derivation(name.strip(), start, len(text), rows), len(toks)
    derivation = Derivation(name.strip(), start, toks[stop].end)
    derivation.rows.extend(_rows(text, toks[body:stop]))
    return derivation, stop + 1


def _rows(text: str, toks: list[Tok]) -> Iterator[Row]:
    """Yield the rows of a derivation's body, displays and inline mathematics, in order."""
    index = 0
    while index < len(toks):
        tok = toks[index]
        try:
            rows, index = _piece(text, toks, index)
        except Unreadable as problem:
            rows, index = (
                [Row(tok.start, max(tok.end, problem.end), inline=False, problem=problem)],
                index + 1,
            )
        yield from rows


def _piece(text: str, toks: list[Tok], index: int) -> tuple[list[Row], int]:
    """Read what begins at ``index``: a display, inline mathematics, or a token of prose."""
    tok = toks[index]
    if tok.text in JINJA:
        message = "a Jinja tag stands inside a derivation; what is printed must be what is checked"
        raise Unreadable(message, tok.start, tok.end)
    if tok.text in FORBIDDEN:
        raise Unreadable(f"{tok.text} is not allowed inside a derivation", tok.start, tok.end)
    if tok.text == "$":
        if index + 1 < len(toks) and toks[index + 1].text == "$":
            raise Unreadable("$$ is not read; write \\[ … \\]", tok.start, tok.end + 1)
        return _delimited(text, toks, index, "$", inline=True)
    if tok.text == "\\(":
        return _delimited(text, toks, index, "\\)", inline=True)
    if tok.text == "\\[":
        return _delimited(text, toks, index, "\\]", inline=False)
    if tok.text == "\\begin":
        name = _environment(toks, index)
        if name in DISPLAYS:
            return _display(text, toks, index, name)
        if name not in PROSE_ENVIRONMENTS:
            message = f"the environment '{name}' is not read inside a derivation"
            raise Unreadable(message, tok.start, tok.end, "use align, equation, gather, multline or \\[ \\]")
    return [], index + 1


def _delimited(text: str, toks: list[Tok], index: int, close: str, *, inline: bool) -> tuple[list[Row], int]:
    stop = next((i for i in range(index + 1, len(toks)) if toks[i].text == close), None)
    if stop is None:
        raise Unreadable(f"this mathematics is never closed by {close}", toks[index].start, toks[index].end)
    return list(_split_rows(text, toks[index + 1 : stop], inline)), stop + 1


def _display(text: str, toks: list[Tok], index: int, name: str) -> tuple[list[Row], int]:
    letters = index + 3 + len(name)
    if name.startswith("alignat"):
        _, letters = argument(toks, letters, text)
    stop = next(
        (i for i in range(letters, len(toks)) if toks[i].text == "\\end" and _environment(toks, i) == name),
        None,
    )
    again = any(toks[i].text == "\\begin" and _environment(toks, i) == name for i in range(letters, stop or letters))
    if stop is None or again:
        raise Unreadable(f"\\begin{{{name}}} is never closed", toks[index].start, toks[letters - 1].end)
    if blank := BLANK_LINE.search(text, toks[letters - 1].end, toks[stop].start):
        message = f"a blank line stands inside \\begin{{{name}}}; take it out, or type % on it"
        raise Unreadable(message, blank.start() + 1, blank.start() + 1)
    return list(_split_rows(text, toks[letters:stop], inline=False)), stop + 3 + len(name)


def _split_rows(text: str, toks: list[Tok], inline: bool) -> Iterator[Row]:
    """Split at \\\\ on brace level 0; split and aligned are passed through."""
    row: list[Tok] = []
    depth, index = 0, 0
    while index < len(toks):
        tok = toks[index]
        depth += (tok.text == "{") - (tok.text == "}")
        if tok.text in ("\\begin", "\\end") and depth == 0:
            name = _environment(toks, index)
            if name not in TRANSPARENT:
                problem = Unreadable(f"the environment '{name}' is not in the language", tok.start, tok.end)
                yield Row(tok.start, tok.end, inline, problem=problem)
                return
            index += 3 + len(name)
            if name == "alignedat" and tok.text == "\\begin" and index < len(toks) and toks[index].text == "{":
                index = group(toks, index) + 1
            continue
        if tok.text == "\\\\" and depth == 0:
            yield from _row(text, row, inline)
            row, index = [], _after_break(toks, index + 1)
            continue
        row.append(tok)
        index += 1
    yield from _row(text, row, inline)


def _after_break(toks: list[Tok], index: int) -> int:
    """Return the index after the * and the [length] that may follow a \\\\."""
    if index < len(toks) and toks[index].text == "*":
        index += 1
    if index < len(toks) and toks[index].text == "[":
        for stop in range(index, min(index + 12, len(toks))):
            inside = "".join(tok.text for tok in toks[index + 1 : stop])
            if toks[stop].text == "]" and re.fullmatch(r"-?[0-9.]+(ex|em|pt|mm|cm|\\jot)|\\jot", inside):
                return stop + 1
    return index


def _row(text: str, toks: list[Tok], inline: bool) -> Iterator[Row]:
    if not toks:
        return
    row = Row(toks[0].start, toks[-1].end, inline)
    try:
        _check_tokens(toks)
        row.segments, row.unchecked = split(text, toks)
        row.segments = joined_lists(row.segments)
    except Unreadable as problem:
        row.problem = problem
    yield row


def _check_tokens(toks: list[Tok]) -> None:
    depth = 0
    for tok in toks:
        if tok.text in JINJA:
            raise Unreadable("a Jinja tag stands inside a derivation", tok.start, tok.end)
        if tok.text in FORBIDDEN:
            raise Unreadable(f"{tok.text} is not allowed inside a derivation", tok.start, tok.end)
        depth += (tok.text in "{([") - (tok.text in "})]")
        if depth > MAX_DEPTH:
            raise Unreadable(f"brackets are nested more than {MAX_DEPTH} deep", tok.start, tok.end)
