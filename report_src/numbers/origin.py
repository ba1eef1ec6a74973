"""The lines of a study that compute the value of a key."""

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

SUMMARY = frozenset(
    {"mean", "std", "half_width", "minimum", "maximum", "replicates"}
)  # the fields of a summary over replicates
_GIVING = (ast.Call, ast.Assign, ast.AnnAssign, ast.Dict)
SHOWN_LINES = 3  # of those that compute a value


def computed_at(key: str, folder: Path | None, root: Path, record: str = "") -> list[str]:
    """Return "file:line  code" of the lines below a study's `folder` that give the field of a key its value.

    What is given to `record`, the class of the field, comes before what is given to another of that name; a line that
    only hands on a value of that name is left out where another one computes it.
    """
    name = next((part for part in reversed(re.findall(r"[A-Za-z_]\w*", key)) if part not in SUMMARY), "")
    found: list[tuple[bool, bool, str, int, str]] = []
    if folder is None:
        return []
    base = root if folder.is_relative_to(root) else folder.parent.parent
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8") if path.name != "record.py" else ""
        if name and name in text:
            shown = path.relative_to(base).as_posix()
            for line, of_record, handed_on in _givers(text, name, record):
                found.append((not of_record, handed_on, shown, line, text.splitlines()[line - 1].strip()))
    best = min((each[:2] for each in found), default=None)
    lines = [f"{path}:{line}  {code}" for *rank, path, line, code in sorted(set(found)) if tuple(rank) == best]
    return lines[:SHOWN_LINES]


def parse_sources(folder: Path) -> None:
    """Parse the files of a study's `folder`; `computed_at` keeps what was parsed while a file is unchanged."""
    for path in folder.rglob("*.py"):
        if path.name != "record.py":
            _nodes(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=1000)
def _givers(text: str, name: str, record: str) -> list[tuple[int, bool, bool]]:
    """Return of each keyword, assignment and entry of a dict that gives `name` a value in the source `text`:

    its line, whether it is an argument of `record`, and whether its value only hands on one of that name.
    """
    found: list[tuple[int, bool, bool]] = []
    for node in _nodes(text):
        given: list[tuple[str | None, ast.expr]] = []
        if isinstance(node, ast.Call):
            given = [(keyword.arg, keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Assign):
            given = [(_named(target), node.value) for target in _targets(node.targets)]
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            given = [(_named(node.target), node.value)]
        elif isinstance(node, ast.Dict):
            given = [(_named(entry), value) for entry, value in zip(node.keys, node.values, strict=True) if entry]
        of_record = isinstance(node, ast.Call) and _named(node.func) == record
        found += [
            (value.lineno, of_record, any(_named(part) == name for part in ast.walk(value)))
            for target, value in given
            if target == name
        ]
    return found


@functools.lru_cache(maxsize=100)
def _nodes(text: str) -> list[ast.AST]:
    """Return what in a source may give a name its value."""
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, _GIVING)]


def _targets(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        yield from target.elts if isinstance(target, ast.Tuple) else (target,)


def _named(node: ast.AST) -> str:
    """Return the name of a variable, of an attribute or in a string; "" of anything else."""
    found = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "value", None)
    return found if isinstance(found, str) else ""
