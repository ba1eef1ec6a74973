"""The printed formula on real arrays, beside the gradients of other programs; unchanged ones come from a cache."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Container
from functools import partial
from pathlib import Path

import msgspec

from report_src.derivations.binding.table import Binding, BindingError, load_table
from report_src.derivations.checking.cache import checker_digest
from report_src.derivations.checking.records import SideBySide
from report_src.system.cache_file import Memo


def bind_all(
    folder: Path, table: Path, arrays: Path, *, only: Container[Path] | None = None, cache: Path | None = None
) -> list[SideBySide]:
    """Bind every derivation of a table; `folder` has `<name>.tex.j2`, `arrays` has `<study>.npz`.

    `only` has the files of the document; the bindings of others are skipped. While derivation, binding, arrays and
    checker are unchanged, the result is read from `cache`, without PyTorch.
    """
    memo = Memo(cache, checker_digest(), SideBySide)
    results = []
    for name, (place, binding) in load_table(table).items():
        source, file = folder / f"{name}.tex.j2", arrays / f"{binding.study}.npz"
        if only is not None and source not in only and source.is_file():
            continue
        try:
            _refuse_absent(source, "the derivation", name, ".tex.j2")
            _refuse_absent(file, "the arrays of the study", binding.study, ".npz")
            parts = (msgspec.json.encode(binding), source.read_bytes(), file.read_bytes())
            content = " ".join(hashlib.sha256(part).hexdigest() for part in parts)
            results.append(memo.get(content, partial(_bound, source, binding, file)))
        except BindingError as error:
            raise BindingError(f"{place}: {error}") from None
    memo.save()
    return results


def _refuse_absent(path: Path, what: str, name: str, ending: str) -> None:
    """Raise BindingError where a file that a binding names does not exist."""
    if not path.is_file():
        known = sorted(other.name.removesuffix(ending) for other in path.parent.glob(f"*{ending}"))
        near = difflib.get_close_matches(name, known, n=1) or known
        raise BindingError(f"{what} '{name}' is not there; nearest: {', '.join(near) or 'none'}")


def _bound(source: Path, binding: Binding, arrays: Path) -> SideBySide:
    from report_src.derivations.binding.evaluate import bind  # imported only if something changed

    return bind(source, binding, arrays)
