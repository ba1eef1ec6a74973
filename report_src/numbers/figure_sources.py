"""What a figure is drawn from: the function that draws it, the fields and arrays it reads, the numbers it prints."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from report_src.numbers.lookup import nodes
from report_src.numbers.printed_numbers import agrees
from report_src.numbers.provenance import provenance_of
from report_src.project import Project

SIGNIFICANT = 3  # digits of a printed number that lead to one field; an axis has shorter ones
SHOWN = 12  # fields, arrays or numbers of a figure that are listed
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?![\w.]*\d)")


class FigureSource(Struct, frozen=True):
    """A figure's study, the place of its function, and what it shows, reads and prints."""

    study: str
    place: str  # "analysis/studies/training/plots.py:24 plot_accuracy"
    meaning: str
    fields: tuple[str, ...]  # "training.iterations = 400"
    arrays: tuple[str, ...]
    printed: tuple[str, ...]  # "83.2: training.share = 0.8319"

    def rows(self) -> list[tuple[str, str]]:
        """Return pairs of a term and what is said of it."""
        return [("Study", self.study), ("Drawn by", self.place), ("Shows", self.meaning),
                ("Fields read", listed(self.fields)), ("Arrays read", listed(self.arrays)),
                ("Numbers printed", listed(self.printed))]  # fmt: skip


def listed(lines: tuple[str, ...]) -> str:
    """Return some lines, and how many more there are."""
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *more])


def figure_source(project: Project, name: str) -> FigureSource | None:
    """Return what figures/<name>.pdf is drawn from; None where no plot of a study draws it.

    Fields and arrays are those that the function and the functions it hands its record to name in their source.
    """
    study = max((one for one in project.settings.studies if name.startswith(f"{one}-")), key=len, default="")
    folder = provenance_of(project).folder(study)
    function = f"plot_{name.removeprefix(f'{study}-').replace('-', '_')}"
    trees = {path: ast.parse(path.read_text("utf-8")) for path in _files(folder)} if folder else {}
    functions = {node.name: (path, node) for path, tree in trees.items() for node in tree.body
                 if isinstance(node, ast.FunctionDef)}  # fmt: skip
    if function not in functions or folder is None:
        return None
    path, drawing = functions[function]
    read = Reading({each: node for each, (_, node) in functions.items()})
    read.follow(drawing, 0, 1)
    results = msgspec.json.decode(project.results.read_bytes())
    tree = results.get(study, {})
    paths = {found for field in read.fields if (found := _existing(field, tree))}
    fields = sorted(field for field in paths if not any(other.startswith(f"{field}.") for other in paths))
    base = project.root if path.is_relative_to(project.root) else folder.parent.parent
    place = f"{path.relative_to(base).as_posix()}:{drawing.lineno} {function}"
    meaning = (ast.get_docstring(drawing) or "").partition("\n")[0]
    shown = tuple(f"{study}.{field}{_value(_at(field, tree))}" for field in fields)
    printed = tuple(_printed(project.work / "figures" / f"{name}.pdf", study, fields, tree))
    return FigureSource(study, place, meaning, shown, tuple(sorted(read.arrays)), printed)


def _files(folder: Path) -> Iterator[Path]:
    """Yield a study's plots.py and the modules of the study that it imports, but for its record."""
    plots = folder / "plots.py"
    if plots.is_file():
        yield plots
        imported = re.findall(
            rf"^from (?:[\w.]*\b{folder.name})?\.(\w+) import", plots.read_text("utf-8"), re.MULTILINE
        )
        yield from (folder / f"{name}.py" for name in dict.fromkeys(imported) if name != "record")


class Reading:
    """The fields of the record and the arrays that functions of one study name in their source."""

    def __init__(self, functions: Mapping[str, ast.FunctionDef]) -> None:
        """Begin with no function read; `functions` are those of the study's folder."""
        self.functions = functions
        self.fields: set[str] = set()
        self.arrays: set[str] = set()
        self._followed: set[tuple[str, int | None, int | None]] = set()

    def follow(self, function: ast.FunctionDef, record: int | None, arrays: int | None) -> None:
        """Read a function whose arguments at these positions are the record and the arrays."""
        if (function.name, record, arrays) in self._followed:
            return
        self._followed.add((function.name, record, arrays))
        names = [argument.arg for argument in function.args.args]
        record_name, arrays_name = (names[at] if at is not None and at < len(names) else "" for at in (record, arrays))
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and (field := _field_of(node, record_name)):
                self.fields.add(field)
            elif isinstance(node, ast.Subscript) and _is(node.value, arrays_name):
                self.arrays.add(_text(node.slice))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.functions:
                given = [next((at for at, one in enumerate(node.args) if _is(one, name)), None)
                         for name in (record_name, arrays_name)]  # fmt: skip
                if given != [None, None]:
                    self.follow(self.functions[node.func.id], *given)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name != ""


def _field_of(node: ast.AST, root: str) -> str:
    """Return the fields from the record to an attribute: `record.relu.mean` -> "relu.mean"; "" from anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join(parts) if _is(node, root) else ""


def _text(node: ast.AST) -> str:
    """Return the name of an array as its source has it: `f"{name}_loss"` -> "…_loss"."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return "…"


def _existing(field: str, tree: Any) -> str:
    """Return as much of a field as leads somewhere in the results: a method at its end does not."""
    parts = field.split(".")
    while parts and _at(".".join(parts), tree) is None:
        parts.pop()
    return ".".join(parts)


def _at(field: str, tree: Any) -> Any:
    for part in field.split("."):
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _value(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("mean")
    return f" = {value:.10g}" if isinstance(value, float) else f" = {value}" if isinstance(value, int | str) else ""


def _printed(pdf: Path, study: str, fields: list[str], tree: Any) -> Iterator[str]:
    """Yield each number that a figure prints and that rounds one of the values it reads, and no other."""
    below = {f"{study}.{field}": _at(field, tree) for field in fields}
    values = (one for one in nodes(below) if ".replicates" not in one[0])
    read = {key: value for key, value in values if isinstance(value, int | float) and not isinstance(value, bool)}
    for number in dict.fromkeys(_NUMBER.findall(_words(pdf))):
        digits = number.replace(",", "")
        if len(re.sub(r"\D", "", digits).lstrip("0")) >= SIGNIFICANT:
            keys = [key for key, value in read.items() if agrees(digits, value)]
            if len(keys) == 1:
                yield f"{number}: {keys[0]}{_value(read[keys[0]])}"


def _words(pdf: Path) -> str:
    import pypdfium2

    if not pdf.is_file():
        return ""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(page.get_textpage().get_text_range() for page in document).replace("\N{MINUS SIGN}", "-")
