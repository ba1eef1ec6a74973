r"""The rendered document as pandoc reads it well: line by line the same text, with marks that the page needs.

Marks travel as `\href{web:KIND:ARGUMENT}{text}`; preamble.tex beside this file has the macros that expand to them.
"""

import dataclasses
import re
from collections.abc import Sequence

from report_src.tex.balance import closing_brace

BEGIN = r"\begin{document}"
SIMPLE = re.compile(
    r"^\\(?:newcommand|DeclareMathOperator)\*?\{\\([A-Za-z]+)\}(?:\[\d\])?(?:\[[^]]*\])?\{", re.MULTILINE
)
_NOTE = re.compile(r"^\\numbernote\{([^{}]*)\}\{<([0-9A-Fa-f]*)>\}%?$", re.MULTILINE)
_PICTURE = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.DOTALL)
_RULES = re.compile(r"\\(?:top|bottom)rule\b|\\cmidrule(?:\([^)]*\))?\{[^}]*\}|\\addlinespace\b(?:\[[^]]*\])?")
_RULE = re.compile(r"\\midrule\b|\\hline\b")
_COLUMNS = re.compile(r"\\begin\{(?:tabular|longtable)\}(?:\[[^]]*\])?\{|\\begin\{tabular\*\}\{[^}]*\}(?:\[[^]]*\])?\{")
_OPTION = re.compile(r"\[[^]]*\]")  # of a column that siunitx aligns
_SPANNING = re.compile(r"\\multicolumn\{\d+\}\{")
_ALGORITHM = re.compile(r"\\begin\{algorithm\}(?:\[[^]]*\])?")
_ALGORITHMIC = re.compile(r"\\begin\{algorithmic\}(?:\[[^]]*\])?")
_GRAPHICS = re.compile(r"\\includegraphics\[[^]{}]*\bpage=(\d+)[^]{}]*\]\{([^{}]*)\}")  # pandoc keeps no page
_REPEATED = re.compile(r"\\endfirsthead\b.*?\\endhead\b", re.DOTALL)  # the head of a table on its further pages
_SOURCES = re.compile(r"\\begin\{thebibliography\}\{[^}]*\}")
_SOURCE = re.compile(r"\\bibitem(?:\[[^]]*\])?\{([^}]*)\}")
_LISTING = re.compile(r"\\begin\{lstlisting\}.*?\\end\{lstlisting\}", re.DOTALL)
_DISPLAYS = "align|alignat|equation|gather|multline|flalign"
_END = re.compile(r"(?:\s|\\\\)+$")  # of a claim: no words of its
_BLOCK = re.compile(r"&|\\(?:begin|item|caption|(?:sub)*section|multicolumn|midrule|bottomrule|reportfigure)\b")
_MATHS = re.compile(rf"\\\\[ \t]*\n|\\[\\$%]|\$\$?|\\[(\[]|\\(?:begin|end)\{{(?:{_DISPLAYS})\*?\}}")


@dataclasses.dataclass(frozen=True)
class Source:
    """A document for pandoc, and what was taken out of it."""

    text: str
    pictures: tuple[str, ...]  # the source of each TikZ picture, drawn by TeX
    notes: dict[str, str]  # of each key that is printed: key and value, meaning, source, a line each


def for_pandoc(document: str, claims: Sequence[tuple[int, int, int, int, int]] = ()) -> Source:
    """Return a rendered document as pandoc reads it, with as many lines.

    A claim is (number, line, column, last line, last column), the lines from 1 and the columns from 0.
    """
    document = with_claims(document, claims)
    notes = {key: decoded(digits) for key, digits in _NOTE.findall(document)}
    head, begin, body = _NOTE.sub("", document).partition(BEGIN)
    pictures: list[str] = []

    def picture(found: re.Match[str]) -> str:
        pictures.append(found.group())
        return rf"\includegraphics{{picture:{len(pictures) - 1}}}" + "\n" * found.group().count("\n")

    pieces, before = [], 0
    body = _PICTURE.sub(picture, body)
    first = head.count("\n") + 1
    for listing in _LISTING.finditer(body):
        pieces += [_marked(body[before : listing.start()], first + body.count("\n", 0, before)), listing.group()]
        before = listing.end()
    pieces.append(_marked(body[before:], first + body.count("\n", 0, before)))
    return Source("\n" * head.count("\n") + begin + "".join(pieces), tuple(pictures), notes)


def with_claims(document: str, claims: Sequence[tuple[int, int, int, int, int]]) -> str:
    """Return a document with a mark where the printed branch of each claim begins and ends, within its own words."""
    starts = [0, *(found.end() for found in re.finditer("\n", document))]
    marks = []
    for number, line, column, last_line, last_column in claims:
        begin, end = starts[line - 1] + column, starts[last_line - 1] + last_column
        words = document[begin:end]
        begin, end = begin + len(words) - len(words.lstrip()), begin + len(_END.sub("", words))
        if begin < end:
            marks.append((end, 1, rf"\claimend{{{number}}}"))
            if not _BLOCK.match(document, begin):
                marks.append((begin, 0, rf"\claimbegin{{{number}}}"))
    for at, _, mark in sorted(marks, reverse=True):
        document = f"{document[:at]}{mark}{document[at:]}"
    return document


def _marked(text: str, first: int) -> str:
    """Return LaTeX, whose first line has the number `first`, with marks in its tables, pseudocode and formulas."""
    text = _RULE.sub(lambda _: r"\ruledhere\\", _RULES.sub("", text))
    text = _plain_columns(_plain_columns(text, _COLUMNS), _SPANNING)
    text = _ALGORITHM.sub(r"\\begin{figure}\\href{web:algorithm:}{}", text).replace(r"\end{algorithm}", r"\end{figure}")
    text = _ALGORITHMIC.sub(r"\\begin{enumerate}", text).replace(r"\end{algorithmic}", r"\end{enumerate}")
    text = _REPEATED.sub(lambda head: "\n" * head.group().count("\n"), text)
    text = text.replace(r"\end{thebibliography}", r"\end{enumerate}")
    text = _SOURCES.sub(r"\\section*{References}\\begin{enumerate}", text)
    text = _SOURCE.sub(r"\\item \\href{web:source:\1}{}", text)
    text = re.sub(r"\\begin\{multicols\}\{\d+\}", r"\\begin{multicols}", text)
    text = _GRAPHICS.sub(r"\\includegraphics{\2;page=\1}", text)
    text = re.sub(r"\\begin\{derivation\}\{([^}]*)\}", r"\\begin{derivation}\\derivationstart{\1}", text)
    return _with_places(text, first)


def _plain_columns(text: str, opening: re.Pattern[str]) -> str:
    """Return tables whose columns have an alignment and no more: `{@{}l>{\\small}p{3cm}r}` -> `{llr}`."""
    pieces, before = [], 0
    for found in opening.finditer(text):
        end = closing_brace(text, found.end())
        pieces += [text[before : found.end()], alignments(text[found.end() : end])]
        before = end
    return "".join([*pieces, text[before:]])


def alignments(columns: str) -> str:
    r"""Return the alignments of a table's columns: `@{}l*{2}{r}>{\raggedright}p{3cm}` -> "lrrl"."""
    found, at, columns = "", 0, _OPTION.sub("", columns)
    while at < len(columns):
        sign, at = columns[at], at + 1
        arguments = []
        while at < len(columns) and columns[at] == "{":
            end = closing_brace(columns, at + 1)
            arguments.append(columns[at + 1 : end])
            at = end + 1
        if sign == "*" and len(arguments) == 2:
            found += alignments(arguments[1]) * int(arguments[0])
        elif sign in "lcrSpmbX":
            found += {"S": "r"}.get(sign, sign if sign in "lcr" else "l")
    return found


def _with_places(text: str, first: int) -> str:
    r"""Return LaTeX with `\place{line}` at the beginning of each formula, and of each row of a display."""
    pieces, before, inside, display = [], 0, False, False
    for found in _MATHS.finditer(text):
        sign = found.group()
        if sign in ("$", "$$"):
            inside = not inside
        elif sign.startswith((r"\begin", r"\end")):
            display = sign.startswith(r"\begin")
        opens = inside if sign in ("$", "$$") else sign in (r"\(", r"\[") or (display and len(sign) > 2)
        if opens:
            line = first + text.count("\n", 0, found.end())
            pieces += [text[before : found.end()], rf"\place{{{line}}}"]
            before = found.end()
    return "".join([*pieces, text[before:]])


def decoded(digits: str) -> str:
    """Return the text of a PDF string in hexadecimal digits: "FEFF00E9" -> "é"."""
    raw = bytes.fromhex(digits)
    return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def simple_macros(preamble: str, known: str) -> str:
    r"""Return the macros of a preamble that abbreviate LaTeX, but those that `known` defines already.

    `\newcommand{\vect}[1]{\mathbf{#1}}` is one; what a macro does that is more than that is noticed where it is used.
    """
    defined = {found[1] for found in SIMPLE.finditer(known)}
    found = (match for match in SIMPLE.finditer(preamble) if match[1] not in defined)
    return "\n".join(preamble[match.start() : closing_brace(preamble, match.end()) + 1] for match in found) + "\n"
