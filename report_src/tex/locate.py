r"""Where an author typed what TeX complains of; TeX reports only where it noticed.

The argument of a macro, a display, a caption are read to their end before anything in them is carried out, so that
TeX names their last line. What TeX was reading, and the name it does not know, lead back to the line itself.
"""

import bisect
import dataclasses
import re
from collections.abc import Sequence

from report_src.tex.messages import unknown_name

TAILS = (40, 20, 10, 5)  # letters of what TeX has read that are looked for, the longest first
WORDS_IN_A_ROW = re.compile(r"[a-z]{2,}\s+[a-z]{2,}")  # between two dollars: text, no formula
NUMBER_SIGN = re.compile(r"(?<!\\)#(?!\d)")  # in words: one before a digit is a parameter of a macro
MATHEMATICS = re.compile(r"(?:[_^]|\\[A-Za-z]+)\s*$")  # what TeX may have read before mathematics
FARTHEST = 100  # lines above a paragraph in which a $ without a partner is looked for
DOLLAR = re.compile(r"(?<!\\)\$")
LINE = "l."  # the label of the line that TeX is reading
FONT = re.compile(r"\\[A-Z0-9]+/\S+ ")  # in the log, before the letters that are set in it
PRINTED = 10  # letters that tell one line of a paragraph from the others
COMMENT = re.compile(r"(?<!\\)%.*")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_TOKEN = re.compile(r"(?:\\[A-Za-z@]+\*?(?:\s*\{(?:[^{}]*\})?)?|\\.|[A-Za-z0-9./:-]{2,}|\S)\s*$")
# of these the macro's own text is at fault, wherever it is used; a missing $ may as well be its user's
OF_THE_TEXT = ("Undefined control sequence", "Environment", "Double ", "Unicode character", "Illegal unit")


@dataclasses.dataclass(frozen=True)
class Sources:
    """The rendered document and its preamble, line by line, and the pictures that it may show."""

    document: Sequence[str]
    preamble: Sequence[str] = ()
    pictures: Sequence[str] = ()  # "figures/a.pdf"


@dataclasses.dataclass(frozen=True)
class Reading:
    """One thing that TeX was reading: the macro's name or `<argument>`, and the text up to the mistake, unspaced."""

    label: str
    text: str


@dataclasses.dataclass(frozen=True)
class Typed:
    """The line of the document, or of its preamble, where something was typed; where that ends on it, if known."""

    line: int
    column: int | None = None  # characters of the line up to its end
    in_preamble: bool = False
    start: int | None = None  # of it, from 0; where it is None, it is the token that ends at `column`


def readings(following: Sequence[str]) -> tuple[Reading, ...]:
    """Return what TeX was reading at an error, the innermost first, from the lines of the log that follow it."""
    found: list[Reading] = []
    for line in following:
        if match := re.match(r"l\.\d+ ?(.*)$", line):
            return (*found, Reading(LINE, _unspaced(match[1].removeprefix("..."))))
        if match := re.match(r"(<[a-z ]+>|\\\S+) (.*)$", line):
            text = match[2].split("->", 1)[-1]
            found.append(Reading(match[1], _unspaced(text.removeprefix("..."))))
    return tuple(found)


def typed(message: str, line: int, read: Sequence[Reading], sources: Sources) -> Typed:
    """Return where that was typed of which TeX complains with `message`, having read to `line`."""
    line = min(line, len(sources.document))
    first = paragraph(sources.document, line)
    at = _of_what_was_read(message, first, line, read, sources)
    if at is None and (named := unknown_name(message)):
        return named_line(*named, first, line, sources)
    if at is None:
        before = next((reading.text for reading in read if reading.label == LINE), "")
        at = Typed(line, _column_of(before, sources.document[line - 1]) if sources.document else None)
    if message.startswith("Missing $") and not at.in_preamble:
        at = _dollar_without_partner(sources.document, first, at) or at
    if message.startswith("Illegal parameter number") and not at.in_preamble:
        at = _lone_number_sign(sources.document, first, at) or at
    while at.line > first and not at.in_preamble and not sources.document[at.line - 1].strip():
        at = Typed(at.line - 1)  # noticed at the blank line that ends the paragraph
    return at


def _of_what_was_read(message: str, first: int, line: int, read: Sequence[Reading], sources: Sources) -> Typed | None:
    """Return where the argument or the macro of the preamble that TeX was reading was typed, None where neither was."""
    for reading in read:
        if reading.label == LINE:
            continue
        # the text of LaTeX's own macros ends in words such as \endcsname, which an author may print as well
        tails = TAILS if reading.label.startswith("<") or _defining_line(reading.label, sources.document) else TAILS[:1]
        if found := line_of(reading.text, sources.document, first, line, tails):
            return Typed(found, _column_of(reading.text, sources.document[found - 1]))
        defined = _defining_line(reading.label, sources.preamble)
        if defined and message.startswith(OF_THE_TEXT):
            found = line_of(reading.text, sources.preamble, defined, len(sources.preamble))
            return Typed(found or defined, in_preamble=True)
    return None


def named_line(name: str, kind: str, first: int, line: int, sources: Sources) -> Typed:
    """Return the line, at or before `line`, that has an unknown name; else that of the preamble."""
    for pattern in _patterns_of(name, kind):
        for number in range(line, first - 1, -1):
            if match := re.search(pattern, COMMENT.sub("", sources.document[number - 1])):
                return Typed(number, match.end(), start=_start(match, name))
    for pattern in _patterns_of(name, kind):
        for number, text in enumerate(sources.preamble, start=1):
            if match := re.search(pattern, COMMENT.sub("", text)):
                return Typed(number, match.end(), in_preamble=True, start=_start(match, name))
    return Typed(line)


def _start(match: re.Match[str], name: str) -> int:
    """Return where a name begins in the text that was found for it, else where that text begins."""
    return match.start() + max(match[0].find(name), 0)


def _patterns_of(name: str, kind: str) -> list[str]:
    """Return what an author types where TeX reads this name, as regular expressions."""
    typed_name = re.escape(name)
    stem = re.escape(re.sub(r"^.*/|\.\w+$", "", name))
    return {
        "command": [rf"{typed_name}(?![A-Za-z@])"],
        "environment": [rf"\\begin\s*\{{{typed_name}\}}"],
        "file": [typed_name, rf"\{{{stem}\}}"],
        "label": [rf"[{{,]\s*{typed_name}\s*[}},]"],
        "source": [rf"[{{,]\s*{typed_name}\s*[}},]"],
        "character": [typed_name],
    }[kind]


def _defining_line(label: str, preamble: Sequence[str]) -> int | None:
    r"""Return the line of the preamble that defines a macro or an environment, None for one of LaTeX's own."""
    name = label.split(" ")[0].lstrip("\\")
    if not name.isalpha():
        return None
    pattern = rf"\\(?:(?:re)?newcommand|\w+DocumentCommand|DeclareMathOperator|def)\*?\{{?\\{name}\b"
    pattern += rf"|\\(?:re)?newenvironment\{{{name}\}}"
    return next((number for number, text in enumerate(preamble, start=1) if re.search(pattern, text)), None)


def line_of(text: str, lines: Sequence[str], first: int, last: int, tails: Sequence[int] = TAILS) -> int | None:
    """Return the line, from `first` to `last`, on which unspaced `text` ends; the last where there are several.

    Its last letters count where the whole is not found: as many as one of `tails`.
    """
    if len(text) < TAILS[-1]:
        return None
    pieces = [_unspaced(COMMENT.sub("", line)) for line in lines[first - 1 : last]]
    whole = "".join(pieces)
    for length in tails:
        start = whole.rfind(text[-length:])
        if start >= 0:
            end, position = start + len(text[-length:]), 0
            for number, piece in enumerate(pieces, start=first):
                position += len(piece)
                if position >= end:
                    return number
    return None


def printed_line(shown: str, lines: Sequence[str], first: int, last: int) -> int | None:
    """Return the line, from `first` to `last`, that prints the end of what the log shows of a box; None if unclear."""
    tail = _letters(FONT.sub("", shown))[-PRINTED:]
    whole, ends = "", []
    for line in lines[first - 1 : last]:
        whole += _letters(line)
        ends.append(len(whole))
    found = {bisect.bisect_left(ends, match.start() + len(tail)) for match in re.finditer(f"(?={tail})", whole)}
    return first + found.pop() if len(tail) == PRINTED and len(found) == 1 else None


def _letters(text: str) -> str:
    return re.sub(r"\\[A-Za-z]+|[^A-Za-z]", "", COMMENT.sub("", text))


def _column_of(text: str, line: str) -> int | None:
    """Return the column of a line where unspaced `text`, or its end, ends; None where it is not there."""
    bare = _unspaced(line)
    for length in (len(text), *TAILS):
        start = bare.find(text[-length:]) if text else -1
        if start >= 0:
            letters = [column for column, letter in enumerate(line, start=1) if not letter.isspace()]
            return letters[start + len(text[-length:]) - 1]
    return None


def paragraph(lines: Sequence[str], line: int) -> int:
    """Return the first line of the paragraph that `line` is in, or that ends above it."""
    while line > 1 and not lines[line - 1].strip():
        line -= 1
    while line > 1 and lines[line - 2].strip():
        line -= 1
    return line


def open_formula(lines: Sequence[str], line: int) -> Typed | None:
    """Return the place of the $ that begins the formula in which `line` begins; None where it begins in none."""
    dollar = _lone_dollar(lines, paragraph(lines, line), Typed(line))
    return None if dollar is None else Typed(*dollar)


def _dollar_without_partner(lines: Sequence[str], first: int, at: Typed) -> Typed | None:
    """Return the place of the $ without a partner that a missing $ at `at` is about; None where it is about none.

    It is in the same paragraph, or above it where that runs on into a box, and what is read is no mathematics.
    """
    dollar = _lone_dollar(lines, first, at)
    read = lines[at.line - 1][: at.column]
    last = first - 1
    while dollar is None and last > max(0, first - FARTHEST) and not MATHEMATICS.search(read):
        above = paragraph(lines, last)
        dollar = _lone_dollar(lines, above, Typed(last))
        last = above - 1
    return None if dollar is None else Typed(*dollar)


def _lone_number_sign(lines: Sequence[str], first: int, at: Typed) -> Typed | None:
    """Return the place of the last # that names no parameter between line `first` and `at`: TeX read to the brace."""
    for number in range(at.line, first - 1, -1):
        if found := [*NUMBER_SIGN.finditer(COMMENT.sub("", lines[number - 1]))]:
            return Typed(number, found[-1].end())
    return None


def _lone_dollar(lines: Sequence[str], first: int, at: Typed) -> tuple[int, int] | None:
    """Return line and column of the $ without a partner between line `first` and `at`; None where all have one."""
    texts = [COMMENT.sub("", line) for line in lines[first - 1 : at.line]]
    if texts and at.column is not None:
        texts[-1] = texts[-1][: at.column]
    found = [(number, match.end()) for number, text in enumerate(texts) for match in DOLLAR.finditer(text)]
    if len(found) % 2 == 0:
        return None
    dollar = found[-1]
    for (number, column), (stop, end) in zip(found[::2], found[1::2], strict=False):
        rows = [*texts[number:stop], texts[stop][: end - 1]]
        inside = "\n".join([rows[0][column:], *rows[1:]])
        if WORDS_IN_A_ROW.search(re.sub(r"\\\w+\s*(?:\{[^{}]*\})?", "", inside)):
            dollar = (number, column)
            break
    return first + dollar[0], dollar[1]


def token_start(line: str, end: int, message: str) -> int:
    r"""Return where (from 0) the command, name or sign begins that ends at `end`: ("a \foo{b}", 9, "…") -> 2.

    Of a command that the message names it is the last one up to there: TeX may have looked beyond it.
    """
    named = _COMMAND.search(message)
    at = line.rfind(named[0], 0, end) if named else -1
    found = _TOKEN.search(line[:end])
    return at if at >= 0 else found.start() if found else max(end - 1, 0)


def blank_line(lines: Sequence[str], name: str, line: int) -> tuple[int, int] | None:
    r"""Return the lines of \begin{name} and of the first blank line behind it, at or before `line`."""
    for start in range(min(line, len(lines)), 0, -1):
        if f"\\begin{{{name}}}" in lines[start - 1]:
            stop = next((n for n in range(start + 1, line + 1) if not lines[n - 1].strip()), None)
            return (start, stop) if stop else None
    return None


def _unspaced(text: str) -> str:
    """Return text without white space: TeX shows a blank after each of its commands."""
    return re.sub(r"\s+", "", text)
