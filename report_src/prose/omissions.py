r"""What a finished document leaves out without a word: cells of a table, references to a figure, the use of AI."""

import re
from collections.abc import Iterator, Sequence

from report_src.prose.comments import blank_comments
from report_src.tex.balance import closing_brace
from report_src.tex.source_map import DOCUMENT, place_of

_BEGIN = re.compile(r"\\begin\{(tabular\*?|tabularx|longtable)\}")
_REPEATED = re.compile(r"\*\{(\d+)\}\{([^{}]*)\}")
_BESIDE = re.compile(r"[@!><]\{(?:[^{}]|\{[^{}]*\})*\}")
_COLUMN = re.compile(r"[lcrSX]|[pmb]\{[^{}]*\}|w\{[^{}]*\}\{[^{}]*\}")
_ROW_END = re.compile(r"(?<!\\)\\\\(?:\[[^\]]*\])?|\\tabularnewline\b")
_RULES = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|endhead|endfirsthead|endfoot|addlinespace|cmidrule|cline)\b(?:\([^)]*\))?(?:\[[^\]]*\])?(?:\{[^{}]*\})?"
)
_SEVERAL = re.compile(r"\\multicolumn|\\begin\{")
_CITED = re.compile(r"\\(?:[cC]ref|ref|autoref|pageref|hyperref)\*?(?:range)?[\[{]([^}\]]*)[\]}]")
_FLOATS = re.compile(r"\\reportfigure(?:\[[^\]]*\])?\{([^{}]+)\}|\\label\{((?:fig|tab):[^{}]+)\}")
AI_USE = "shared/ai_usage.tex.j2"  # the template that declares it

Places = Sequence[tuple[str, int]]  # of each line of a document: the template that it comes from, and its line there


def omissions(document: str, places: Places) -> list[str]:
    """Return what is to be said of a document's figures and tables, each with its place and the next step."""
    return [*uncited(document, places), *short(document, places)]


def uncited(document: str, places: Places) -> list[str]:
    r"""Return what is to be said of each figure and table with a label that no \cref of a document names."""
    cited = {label.strip() for names in _CITED.findall(document) for label in names.split(",")}
    found = []
    for number, line in enumerate(document.split("\n")):
        for figure, label in _FLOATS.findall(line):
            name = f"fig:{figure}" if figure else label
            if name not in cited:
                step = f"write \\cref{{{name}}} where it is read"
                found.append(f"{place_of(places, number)}: no text refers to {name}; {step}")
    return found


def short(document: str, places: Places) -> list[str]:
    """Return what is to be said of each row of a table that has fewer cells than the table has columns."""
    found = []
    for number, cells, columns in short_rows(document):
        said = f"this row of a table has {cells} cells, and the table {columns} columns"
        found.append(f"{place_of(places, number)}: {said}; an & is missing, or \\multicolumn")
    return found


def undeclared_use(places: Places) -> list[str]:
    """Return what is to be said where no line of a document comes from the template that declares the use of AI."""
    if any(name.endswith(AI_USE) for name, _ in places):
        return []
    return [f"templates/{DOCUMENT}.j2: no page says how AI was used; include {AI_USE}"]


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
