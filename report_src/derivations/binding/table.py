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
from pathlib import Path

import msgspec

from analysis.errors import InputError
from analysis.io import toml_file

NEXT_STEP = "see docs/derivations.md"


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


def load_table(path: Path) -> dict[str, tuple[str, Binding]]:
    """Return the bindings by derivation, each with its place; raise InputError for what is no binding."""
    file = toml_file.read(path, NEXT_STEP)
    found = {name: (file.at(name), one) for name, one in toml_file.convert(file, dict[str, Binding]).items()}
    for place, one in found.values():
        if sign := re.search(r"(?<!\\)[%#&~^_]", re.sub(r"\\\w+\{[^{}]*\}|\$[^$]*\$", "", one.on)):
            raise InputError(f"{place}: on: {sign.group()} is a sign of TeX's", f"write \\{sign.group()}")
        twice = [key for key in one.references.values() if list(one.references.values()).count(key) > 1]
        if twice:
            raise InputError(f"{place}: references: {twice[0]} stands for two of them", "give each its own array")
    return found
