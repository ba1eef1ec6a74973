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

from report_src.derivations.errors import Unreadable
from report_src.derivations.vocabulary import OPERATORS, RELATIONS

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
MAX_DEPTH = 40
"""Deepest nesting of brackets that is read; printed formulas stay below ten."""

TOKEN = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z]|$)|%[^\n]*(?:\n|$)|\s+|:=|.", re.DOTALL)
_DROPPED = frozenset({"\\nonumber", "\\notag"})
_DROPPED_WITH_ARGUMENT = frozenset({"\\label", "\\tag"})
_SEPARATORS = frozenset({",", "\\quad", "\\qquad", "\\Rightarrow", "\\implies"})
_WORDS = frozenset({"\\text", "\\intertext", "\\shortintertext"})
_BINDING = frozenset({"(", "[", "_", "^", "'", "+", "-", "\\odot", "\\circ", "\\cdot", "/"} | set(RELATIONS))
_SIZES = frozenset({"left", *(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l"))})
_DOTS = frozenset({"\\dots", "\\ldots", "\\cdots"})
_OPEN, _CLOSE = frozenset({"(", "[", "\\{"}), frozenset({")", "]", "\\}"})


@dataclass
class Segment:
    """One statement: its text and, for each part of the text, the offset in the file it came from."""

    text: str
    parts: list[tuple[int, int]]
    relations: tuple[str, ...] = ()
    first: str = ""
    separator: str = ""

    def locate(self, offset: int) -> int:
        """Return the offset in the file of an offset in ``text``."""
        begin, place = max((part for part in self.parts if part[0] <= offset), default=self.parts[0])
        return place + offset - begin

    def join(self, other: Segment, glue: str = " ") -> Segment:
        """Return both texts as one statement."""
        shift = len(self.text) + len(glue)
        parts = self.parts + [(shift + begin, place) for begin, place in other.parts]
        relations = self.relations + other.relations
        return Segment(self.text + glue + other.text, parts, relations, self.first, other.separator)


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


@dataclass(frozen=True, slots=True)
class Tok:
    """A token of TeX and its offsets."""

    text: str
    start: int
    end: int


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Tok]:
    """Return TeX's tokens of ``text[start:end]`` without comments and spaces."""
    found = TOKEN.finditer(text, start, len(text) if end is None else end)
    return [Tok(m.group(), m.start(), m.end()) for m in found if not (m.group()[0] == "%" or m.group().isspace())]


def group(toks: list[Tok], index: int) -> int:
    """Return the index of the brace that closes the one at ``index``; refuse where there is none."""
    depth = 0
    for position in range(index, len(toks)):
        if toks[position].text == "{":
            depth += 1
        elif toks[position].text == "}":
            depth -= 1
            if depth == 0:
                return position
    raise Unreadable("this brace is never closed", toks[index].start, hint="add the } where its content ends")


def argument(toks: list[Tok], index: int, text: str) -> tuple[str, int]:
    """Return the braced argument that starts at ``index`` and the index after it."""
    if index >= len(toks) or toks[index].text != "{":
        place = toks[index].start if index < len(toks) else len(text)
        raise Unreadable("expected an argument in braces", min(place, max(len(text) - 1, 0)))
    close = group(toks, index)
    return text[toks[index].end : toks[close].start], close + 1


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
    if stop is None:
        raise Unreadable(f"\\begin{{{name}}} is never closed", toks[index].start, toks[letters - 1].end)
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
        row.segments, row.unchecked = _segments(text, toks)
        row.segments = _joined_lists(row.segments)
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


def _segments(text: str, toks: list[Tok]) -> tuple[list[Segment], str | None]:
    """Split a row into its statements; return them and the reason of an unchecked row."""
    found: list[Segment] = []
    current: list[Tok] = []
    unchecked = None
    index = depth = columns = 0

    def close(separator: str) -> None:
        while current and current[-1].text == ".":
            current.pop()
        if current:
            found.append(_segment(text, current, separator))
        current.clear()

    while index < len(toks):
        tok = toks[index]
        if tok.text == "{":
            stop = group(toks, index)
            current.extend(toks[index : stop + 1])
            index = stop + 1
            continue
        if tok.text == "}":
            raise Unreadable("this brace closes nothing", tok.start)
        depth = max(0, depth + (tok.text in _OPEN) - (tok.text in _CLOSE))
        index += 1
        if tok.text in _DROPPED:
            continue
        if tok.text in _DROPPED_WITH_ARGUMENT:
            _, index = argument(toks, index, text)
        elif tok.text == "\\unchecked":
            unchecked, index = argument(toks, index, text)
            unchecked = unchecked.strip() or "no reason given"
        elif tok.text in _WORDS and not (current and current[-1].text in "_^"):
            words, after = argument(toks, index, text)
            if words.strip() in OPERATORS:
                current.append(tok)
                continue
            _refuse_word(words, tok, toks[after:])
            close("text")
            index = after
        elif tok.text == "&":
            columns += 1
            if columns % 2 == 0:
                close("&")
        elif tok.text in _SEPARATORS and depth == 0:
            close(tok.text)
        else:
            current.append(tok)
    close("end")
    return found, unchecked


def _refuse_word(words: str, tok: Tok, rest: list[Tok]) -> None:
    """Refuse a bare word that is printed as a function or as a side: what is left of the row would be another row."""
    following = next((other.text for other in rest if other.text != "&" and other.text[1:] not in _SIZES), "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", words) or following not in _BINDING:
        return
    near = next((name for name in OPERATORS if name.lower() == words.lower()), "")
    if near:
        hint = f"did you mean \\operatorname{{{near}}}?"
    elif following in ("(", "["):
        hint = f"the operators are {', '.join(sorted(OPERATORS))}; words that lead to a row end in a space"
    else:
        hint = "declare a name for it; words that lead to a row end in a space, \\text{so }"
    raise Unreadable(f"the word '{words}' is part of the formula here, and no name", tok.start, tok.end, hint)


def _segment(text: str, toks: list[Tok], separator: str) -> Segment:
    """Make a segment of its tokens; what was left out of the row becomes spaces."""
    start, pieces, at = toks[0].start, [], toks[0].start
    for tok in toks:
        pieces.append(" " * (tok.start - at) + tok.text)
        at = tok.end
    depth, relations = 0, []
    for tok in toks:
        depth += (tok.text in ("{", "(", "[")) - (tok.text in ("}", ")", "]"))
        if depth == 0 and tok.text in RELATIONS:
            relations.append(RELATIONS[tok.text])
    first = next((tok.text for tok in toks if tok.text not in ("\\,", "\\;", "\\:", "\\!", "\\ ", "~")), "")
    return Segment("".join(pieces), [(0, start)], tuple(relations), first, separator)


def _joined_lists(segments: list[Segment]) -> list[Segment]:
    """Join what a comma only seemed to separate: ``W, U \\in …`` and ``n = 1, \\dots, N``."""
    joined: list[Segment] = []
    index = 0
    while index < len(segments):
        segment = segments[index]
        if segment.text.strip() in _DOTS and joined and index + 1 < len(segments):
            joined[-1] = joined[-1].join(segment, ",").join(segments[index + 1], ",")
            index += 2
            continue
        while (
            not segment.relations
            and segment.separator == ","
            and index + 1 < len(segments)
            and (set(segments[index + 1].relations) & {"in", ":", ">"} or not segments[index + 1].relations)
            and segments[index + 1].text.strip() not in _DOTS
        ):
            index += 1
            segment = segment.join(segments[index], ",")
        joined.append(segment)
        index += 1
    return joined
