r"""Regular tables from a list of columns: PyLaTeX writes the rules and separators, our styles write the cells.

\VAR{table(derivations.table, [("derivation", "l", "name", "name"), ("rows", "r", "steps", "count")])}
-> \begin{tabular}{@{}lr@{}} \toprule derivation & rows \\ \midrule \texttt{a} & \result{…}{3} \\ … \end{tabular}
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from report_src.errors import RenderError
from report_src.numbers import formatting
from report_src.tex.escape import Latex
from report_src.tex.messages import nearest

COLUMN = ("heading", "alignment", "key", "style")  # the four parts of a column
STYLE = re.compile(r"(\w+)(?:\((\d+)\))?")  # a style's name, with its number of digits or without
ALIGNMENT = re.compile(r"([>@!]\{.*\})*([lcrS]|[pmb]\{.+\}|S\[.*\])([<@!]\{.*\})*")
UNESCAPED = re.compile(r"(?<!\\)[%&#_]")  # signs that mean something to TeX
MATHEMATICS = re.compile(r"\$[^$]*\$|\\\([^)]*\\\)|\\ensuremath\{[^{}]*\}")
LINE_END = re.compile(r"(?:%?\n)+")  # PyLaTeX ends lines with a comment sign; an empty line would end the table's row


def table(rows: Iterable[Any], columns: Sequence[Sequence[Any]]) -> Latex:
    r"""Return a `tabular` with booktabs rules, one line of cells for each of `rows`.

    A column is (heading, alignment, key, style). The heading is LaTeX and may be empty; if all are empty, the head is
    left out. The key is a field of the row ("validation.mean") or a position in a tuple ("0"), and the style is that
    of `\VAR{… | style}`: "count", "decimal(3)". A key may also be a macro of the template; it gets the row and writes
    the cell, and the style is "".
    Raises RenderError if a column lacks a part, a tuple has another length than the columns, or a key is unknown.
    """
    from pylatex import Tabular  # only a report that is rendered pays for the import
    from pylatex.utils import NoEscape

    if not isinstance(rows, Iterable) or isinstance(rows, str):
        raise RenderError(f"table(rows, columns): expected a list of rows, got {rows!r}; name a field that is a list")
    if not columns:
        raise RenderError(f"table(rows, columns): no column is named; a column is ({', '.join(COLUMN)})")
    for column in columns:
        if len(column) != len(COLUMN):
            raise RenderError(f"a column is ({', '.join(COLUMN)}), got {len(column)} parts: {tuple(column)!r}")
    for heading, alignment, _, _ in columns:
        if ALIGNMENT.fullmatch(alignment) is None:
            raise RenderError(
                f"alignment '{alignment}' of a column: expected l, c, r, p{{3cm}} or S, got '{alignment}'"
            )
        if sign := UNESCAPED.search(MATHEMATICS.sub("", heading)):
            raise RenderError(f"heading '{heading}' of a column is LaTeX: write \\{sign[0]} for {sign[0]}")
    made = Tabular("".join(column[1] for column in columns), booktabs=True, width=len(columns))
    made.content_separator = "\n"
    if any(column[0] for column in columns):
        made.add_row([NoEscape(column[0]) for column in columns])
        made.add_hline()
    for number, row in enumerate(rows, start=1):
        cells = _flat(row, len(columns), number) if isinstance(row, tuple | list) else row
        made.add_row([NoEscape(_cell(cells, *column[1:])) for column in columns])
    return Latex(LINE_END.sub("\n", made.dumps()))


def _flat(row: Sequence[Any], width: int, number: int) -> list[Any]:
    """Return ((a, b), (c, d)) -> [a, b, c, d]; refuse a row of another width than the table."""
    cells = [cell for item in row for cell in (item if isinstance(item, tuple | list) else (item,))]
    if len(cells) != width:
        raise RenderError(f"row {number} of the table has {len(cells)} cells, expected {width}, one a column")
    return cells


def _cell(row: Any, alignment: str, key: str | Callable[[Any], str], style: str) -> Latex:
    """Return the formatted value that `key` names in a row; a column of a set width breaks its own lines."""
    if callable(key):
        return Latex(key(row))
    value = row
    for part in key.split("."):
        value = value[int(part) if part.isdigit() else part]
    if value == "":
        return Latex("")
    found = STYLE.fullmatch(style)
    if found is None or found[1] not in formatting.FILTERS:
        known = ", ".join(sorted(formatting.FILTERS))
        near = nearest(found[1] if found else style, formatting.FILTERS)
        raise RenderError(
            f"unknown style '{style}' of a column; {f'nearest: {near}' if near else f'expected one of {known}'}"
        )
    shown = formatting.FILTERS[found[1]](value, *([int(found[2])] if found[2] else []))
    return formatting.in_lines(value, shown) if isinstance(value, str) and "p{" not in alignment else shown
