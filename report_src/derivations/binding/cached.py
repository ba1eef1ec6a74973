"""The printed formula on real arrays, beside the gradients of other programs; unchanged ones come from a cache."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from pathlib import Path

import msgspec

from report_src.derivations.binding.table import Binding, load_table
from report_src.derivations.checking.cache import checker_digest
from report_src.derivations.checking.records import SideBySide
from report_src.system.cache_file import keep, recalled


def bind_all(
    folder: Path, table: Path, arrays: Path, *, only: Container[Path] | None = None, cache: Path | None = None
) -> list[SideBySide]:
    """Bind every derivation of a table; ``folder`` has ``<name>.tex.j2``, ``arrays`` has ``<study>.npz``.

    ``only`` has the files that the document contains; the bindings of others are passed over.

    What has not changed (derivation, binding, arrays, checker) is read from ``cache`` without PyTorch.
    """
    known = _load(cache)
    results, kept = [], {}
    for name, binding in load_table(table).items():
        source, file = folder / f"{name}.tex.j2", arrays / f"{binding.study}.npz"
        if only is not None and source not in only and source.is_file():
            continue
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
    from report_src.derivations.binding.evaluate import bind  # reads nothing where nothing has changed

    return bind(source, binding, arrays)
