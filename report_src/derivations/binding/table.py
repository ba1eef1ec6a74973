"""Which derivation is bound to which arrays.

A table (TOML) binds a derivation to the arrays of a study: its names to keys of `build/arrays/<study>.npz`,
its functions to concrete ones, and one of its derivatives to reference gradients in the same file.

    [input-gradient]
    study = "attribution"
    derivative = '\\frac{\\partial L}{\\partial \\mathbf{x}}'
    values = { 'W^{(1)}' = "W1", '\\mathbf{x}' = "x0" }
    functions = { g = "relu" }
    references = { numpy = "dx_numpy", central = "dx_central" }
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec


class BindingError(ValueError):
    """A table or an array file does not fit the derivation; the message says what to fix."""


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one derivation is bound: LaTeX names to array keys, functions to concrete ones."""

    study: str
    derivative: str
    values: dict[str, str]
    references: dict[str, str]
    functions: dict[str, str] = {}
    on: str = "the arrays of the study"  # LaTeX for the appendix: "The printed formula of …, evaluated on …"


def load_table(path: Path) -> dict[str, Binding]:
    """Return the bindings of a table by derivation; raise BindingError where it is not one."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, Binding])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise BindingError(f"{path}: {problem}") from None


def place_of(path: Path, name: str) -> str:
    """Return "path:line" of the heading of a binding, the path where no line begins with it."""
    heading = re.search(rf"(?m)^[ \t]*\[[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*\]", path.read_text(encoding="utf-8"))
    return f"{path}:{heading.string.count(chr(10), 0, heading.start()) + 1}" if heading else str(path)
