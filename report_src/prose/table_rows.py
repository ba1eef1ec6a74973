r"""Rows of a tabular that have fewer cells than it has columns: TeX leaves the last ones empty without a word."""

import re
from collections.abc import Iterator

from report_src.prose.comments import blank_comments
from report_src.tex.balance import closing_brace

_BEGIN = re.compile(r"\\begin\{(tabular\*?|tabularx|longtable)\}")
_REPEATED = re.compile(r"\*\{(\d+)\}\{([^{}]*)\}")
_BESIDE = re.compile(r"[@!><]\{(?:[^{}]|\{[^{}]*\})*\}")
_COLUMN = re.compile(r"[lcrSX]|[pmb]\{[^{}]*\}|w\{[^{}]*\}\{[^{}]*\}")
_ROW_END = re.compile(r"(?<!\\)\\\\(?:\[[^\]]*\])?|\\tabularnewline\b")
_RULES = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|endhead|endfirsthead|endfoot|addlinespace|cmidrule|cline)\b(?:\([^)]*\))?(?:\[[^\]]*\])?(?:\{[^{}]*\})?"
)
_SEVERAL = re.compile(r"\\multicolumn|\\begin\{")


def short_rows(document: str) -> Iterator[tuple[int, int, int]]:
    """Yield (line from 0, cells, columns) of each row of a table that has fewer cells than the table has columns.

    A row in which a cell spans several columns, or holds another table, is passed over.
    """
    document = blank_comments(document)
    for begin in _BEGIN.finditer(document):
        declared, start = _arguments(document, begin)
        end = document.find(f"\\end{{{begin[1]}}}", start)
        columns = _columns(document[declared:start])
        position = start
        for stop in [*_ROW_END.finditer(document, start, end)] if end > 0 else []:
            row, line = document[position : stop.start()], document.count("\n", 0, stop.start())
            position = stop.end()
            text = _RULES.sub("", row).strip()
            cells = len(re.findall(r"(?<!\\)&", text)) + 1
            if text and not _SEVERAL.search(text) and cells < columns:
                yield line, cells, columns


def _arguments(document: str, begin: re.Match[str]) -> tuple[int, int]:
    """Return where the columns of a table are declared, and the offset behind: its width or position is before them."""
    declared = at = begin.end()
    for _ in range(2 if begin[1] in ("tabular*", "tabularx") else 1):
        if document[at : at + 1] == "[":
            at = document.find("]", at) + 1
        if document[at : at + 1] == "{":
            declared, at = at, closing_brace(document, at + 1) + 1
    return declared, at


def _columns(declared: str) -> int:
    """Return the number of columns: {@{}l*{2}{r}p{3cm}@{}} has four."""
    spec = _REPEATED.sub(lambda found: found[2] * int(found[1]), declared[1:-1])
    return len(_COLUMN.findall(_BESIDE.sub("", spec)))
