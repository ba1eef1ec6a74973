"""Cached reports of unchanged derivations.

A report is reused while its derivation is read as before (its text, the macros above it), and while the source of this
package, the seed and the versions of python-flint, numpy and lark are unchanged. An edit elsewhere in the file only
shifts its lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from report_src.derivations.checking.records import Report
from report_src.derivations.judging.settings import SEED
from report_src.derivations.source.macros import defined
from report_src.derivations.source.tags_and_comments import masked, may_begin
from report_src.derivations.syntax.diagnostics import Text
from report_src.system.cache_file import Memo

if TYPE_CHECKING:
    from report_src.derivations.source.document import Derivation

PACKAGES = ("python-flint", "numpy", "lark")

SOURCE = Path(__file__).resolve().parents[1]


def _source_files() -> list[Path]:
    """Return every file of the checker, grammar included, at any depth."""
    return sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.lark")])


@lru_cache(maxsize=1)
def checker_digest() -> str:
    """Return a hash of the source of `report_src.derivations` and of the versions it relies on."""
    from importlib.metadata import version  # takes longer to import than a cache to read

    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for package in PACKAGES:
        digest.update(f"{package} {version(package)}\0".encode())
    return digest.hexdigest()


def check(
    paths: list[Path],
    *,
    cache: Path | None = None,
    inputs: Sequence[str] = (),
    others: Mapping[Path, str] | None = None,
    seed: int = SEED,
) -> list[Report]:
    """Check every derivation of the files, in order; unchanged files and derivations are read from `cache`.

    `inputs` are texts that each file inputs, whose macros hold in it; `others` are the files of one document, in which
    a macro is defined once. A file without a derivation gives no report. Raise OSError where a file cannot be read.
    """
    names = {path: defined(masked(text)) for path, text in (others or {}).items()}
    memo = Memo(cache, f"{checker_digest()} {seed}" if cache else "", list[Report])
    known = {report.digest: report for reports in memo.known.values() for report in reports}
    found: list[Report] = []
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace")
        twice = sorted(name for other, more in names.items() if other != path for name in more & names[path])
        key = "\0".join((str(path), text, *inputs, *twice))
        found += memo.get(key, partial(check_text, text, str(path), seed, known, inputs, twice))
    memo.save()
    return found


def check_text(
    text: str,
    file: str,
    seed: int,
    known: Mapping[str, Report],
    inputs: Sequence[str] = (),
    elsewhere: Sequence[str] = (),
) -> list[Report]:
    """Return the reports of a file that changed; a derivation that is read as before only moves."""
    if not may_begin(text, "derivation"):
        return []
    from report_src.derivations.source.document import Derivation, derivations  # takes longer than a file without one

    shown = Text(text, file)
    reports: list[Report] = []
    try:
        for derivation in derivations(text, inputs, elsewhere):
            reports.append(_checked(derivation, shown, seed, known))
    except Exception as problem:  # what ends the reading of one file takes nothing away from the others
        from report_src.derivations.checking.check import failed

        reports.append(failed(Derivation("", 0, len(text)), shown, problem))
    return reports


def _checked(derivation: Derivation, shown: Text, seed: int, known: Mapping[str, Report]) -> Report:
    """Return the report of a derivation: the known one where it is read as before."""
    digest = _digest(derivation, shown.text)
    line, _, file = shown.place(derivation.start)
    report = _moved(known.get(digest), file, line)
    if report is None:
        from report_src.derivations.checking.check import check_derivation

        report = msgspec.structs.replace(check_derivation(derivation, shown, seed), digest=digest)
    return report


def _digest(derivation: Derivation, text: str) -> str:
    """Return a hash of a derivation's text and of its rows as they are read: macros above it count, its place not."""
    read = [
        (
            (row.start - derivation.start, row.display - derivation.start, row.inline, row.unchecked),
            (
                row.announced,
                row.defines,
                row.restricts,
                row.assumed,
                row.doubted,
                list(row.ends.values()),
                row.problem and row.problem.message,
            ),
            [
                (s.text, s.relations, s.separator, s.cell, s.cells, s.condition, s.everywhere, s.leads, s.aside)
                for s in row.segments
            ],
        )
        for row in derivation.rows
    ]
    typed = text[derivation.start : derivation.end]
    return hashlib.sha256(
        repr((typed, sorted(derivation.layout), sorted(derivation.sizes), read)).encode("utf-8", "replace")
    ).hexdigest()


def _moved(report: Report | None, file: str, line: int) -> Report | None:
    """Return a cached report with the present lines of its derivation.

    None for a refused derivation that moved: its messages have the old lines, so it is judged again.
    """
    if report is None or (report.file, report.line) == (file, line):
        return report
    if not report.accepted:
        return None
    shift = line - report.line
    rows = tuple(msgspec.structs.replace(row, file=file, line=row.line + shift) for row in report.rows)
    unchecked = tuple((row.line, row.reason) for row in rows if row.verdict == "unchecked")
    return msgspec.structs.replace(report, file=file, line=line, rows=rows, unchecked=unchecked)
