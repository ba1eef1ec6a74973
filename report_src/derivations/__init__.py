"""Derivations that run: the LaTeX that is printed is parsed, evaluated on random instances and compared with
automatic differentiation.

    >>> from pathlib import Path
    >>> from report_src.derivations import check
    >>> path = Path("templates/derivations/shared-bias.tex.j2")
    >>> reports = check([path], cache=Path("build/derivations.json"))
    >>> all(report.accepted for report in reports), [row.verdict for row in reports[0].rows]  # doctest: +SKIP
    (True, ['declaration', 'definition', 'ok'])

The phases are packages, and each imports only what is before it: source (files to rows) → syntax (rows to trees) →
printing (does the tree print the row?) → semantics (trees to a typed program) → evaluation (values) → judging
(verdicts) → checking (reports and suggestions), lint, binding. Unchanged derivations come from the cache.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_src.derivations.judging.settings import SEED

if TYPE_CHECKING:
    from report_src.derivations.checking.cache import check
    from report_src.derivations.checking.records import Report, RowReport, SideBySide

__all__ = ["Report", "RowReport", "SideBySide", "check", "check_file", "check_text"]
_RECORDS = ("Report", "RowReport", "SideBySide")


def __getattr__(name: str) -> Any:
    """Return a public name, imported when it is asked for; AttributeError for another name.

    Whoever needs one phase does not load the others.
    """
    if name in __all__:
        module = "records" if name in _RECORDS else "cache"
        return getattr(importlib.import_module(f"{__name__}.checking.{module}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")


def check_text(text: str, file: str = "", *, seed: int = SEED) -> list[Report]:
    """Check every derivation of a text (checking.check_text)."""
    from report_src.derivations.checking import check

    return check.check_text(text, file, seed=seed)


def check_file(path: Path, *, seed: int = SEED) -> list[Report]:
    """Check every derivation of a file (checking.check_file)."""
    from report_src.derivations.checking import check

    return check.check_file(path, seed=seed)
