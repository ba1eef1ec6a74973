"""The printed formula on real arrays, beside the gradients of other programs.

A table (TOML) binds a derivation to the arrays of a study: its names to keys of ``build/arrays/<study>.npz``,
its functions to concrete ones, and one of its derivatives to reference gradients in the same file.

    [input-gradient]
    study = "attribution"
    derivative = '\\frac{\\partial L}{\\partial \\mathbf{x}}'
    values = { 'W^{(1)}' = "W1", '\\mathbf{x}' = "x0" }
    functions = { g = "relu" }
    references = { numpy = "dx_numpy", central = "dx_central" }
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import msgspec

from report_src.derivations.checking.cache import checker_digest
from report_src.derivations.checking.records import SideBySide
from report_src.system.cache_file import keep, recalled


class BindingError(ValueError):
    """A table or an array file does not fit the derivation; the message says what to mend."""


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one derivation is bound: LaTeX names to array keys, functions to concrete ones."""

    study: str
    derivative: str
    values: dict[str, str]
    references: dict[str, str]
    functions: dict[str, str] = {}


def load_table(path: Path) -> dict[str, Binding]:
    """Return the bindings of a table by derivation; raise BindingError where it is not one."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, Binding])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise BindingError(f"{path}: {problem}") from None


def bind_all(folder: Path, table: Path, arrays: Path, *, cache: Path | None = None) -> list[SideBySide]:
    """Bind every derivation of a table; ``folder`` has ``<name>.tex.j2``, ``arrays`` has ``<study>.npz``.

    What has not changed (derivation, binding, arrays, checker) is read from ``cache`` without PyTorch.
    """
    known = _load(cache)
    results, kept = [], {}
    for name, binding in load_table(table).items():
        source, file = folder / f"{name}.tex.j2", arrays / f"{binding.study}.npz"
        parts = [
            checker_digest().encode(),
            msgspec.json.encode(binding),
            source.read_bytes(),
            file.read_bytes(),
        ]
        key = hashlib.sha256(b"\0".join(parts)).hexdigest()
        kept[key] = known.get(key) or _bound(source, binding, file)
        results.append(kept[key])
    if cache is not None:
        keep(cache, kept)
    return results


def _load(cache: Path | None) -> dict[str, SideBySide]:
    return recalled(cache, dict[str, SideBySide]) or {}


def _bound(source: Path, binding: Binding, arrays: Path) -> SideBySide:
    from report_src.derivations.binding.evaluate import bind

    return bind(source, binding, arrays)
