"""The lines of a study that compute the value of a key."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

SUMMARY = frozenset(
    {"mean", "std", "half_width", "minimum", "maximum", "replicates"}
)  # the fields of a summary over replicates
SHOWN_LINES = 3  # of those that compute a value


def computed_at(key: str, folder: Path | None, root: Path) -> list[str]:
    """Return "file:line  code" of the lines below a study's `folder` that give the field of a key its value.

    A line that only hands on a value of that name is left out where another one computes it.
    """
    name = next((part for part in reversed(re.findall(r"[A-Za-z_]\w*", key)) if part not in SUMMARY), "")
    found: list[tuple[bool, str, int, str]] = []
    if folder is None:
        return []
    for path in sorted(folder.rglob("*.py")):
        if path.name != "record.py":
            text = path.read_text(encoding="utf-8")
            shown = path.relative_to(root if path.is_relative_to(root) else folder.parent.parent).as_posix()
            for line, value in _givers(ast.parse(text), name):
                handed_on = any(_named(node) == name for node in ast.walk(value))
                found.append((handed_on, shown, line, text.splitlines()[line - 1].strip()))
    least = min((handed_on for handed_on, *_ in found), default=False)
    lines = [f"{path}:{line}  {code}" for handed_on, path, line, code in sorted(set(found)) if handed_on == least]
    return lines[:SHOWN_LINES]


def _givers(tree: ast.AST, name: str) -> Iterator[tuple[int, ast.expr]]:
    """Yield (line, value) of every keyword, assignment and entry of a dict that gives `name` a value."""
    for node in ast.walk(tree):
        given: list[tuple[str | None, ast.expr]] = []
        if isinstance(node, ast.keyword):
            given = [(node.arg, node.value)]
        elif isinstance(node, ast.Assign):
            given = [(_named(target), node.value) for target in _targets(node.targets)]
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            given = [(_named(node.target), node.value)]
        elif isinstance(node, ast.Dict):
            given = [(_named(entry), value) for entry, value in zip(node.keys, node.values, strict=True) if entry]
        yield from ((value.lineno, value) for target, value in given if target == name)


def _targets(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        yield from target.elts if isinstance(target, ast.Tuple) else (target,)


def _named(node: ast.AST) -> str:
    """Return the name of a variable, of an attribute or in a string; "" of anything else."""
    found = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "value", None)
    return found if isinstance(found, str) else ""
