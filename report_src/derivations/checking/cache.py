"""Reports of derivations that have not changed, by what decided them.

The key holds the text of the derivation, the source of this package, the seed, and the versions of
python-flint, numpy and lark, so that an edit of a sentence elsewhere evaluates nothing. Lines and columns are moved to
where the derivation stands now.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from report_src.derivations.checking.records import Report
from report_src.derivations.judging.settings import SEED, LineMap
from report_src.derivations.source.document import derivations
from report_src.derivations.syntax.diagnostics import Text
from report_src.system.cache_file import keep, recalled

PACKAGES = ("python-flint", "numpy", "lark")

SOURCE = Path(__file__).resolve().parents[1]


def source_files() -> list[Path]:
    """Return every file of the checker, grammar included, at any depth."""
    return sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.lark")])


@lru_cache(maxsize=1)
def checker_digest() -> str:
    """Return a hash of the source of `report_src.derivations` and of the versions it relies on."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for package in PACKAGES:
        digest.update(f"{package} {version(package)}\0".encode())
    return digest.hexdigest()


def check(paths: list[Path], *, cache: Path | None = None, seed: int = SEED) -> list[Report]:
    """Check every derivation of the files, in order; unchanged ones are read from ``cache``.

    A file without a derivation gives no report. Raises OSError where a file cannot be read.
    """
    known, pages = _load(cache), recalled(_pages(cache), dict[str, list[str]]) or {}
    reports: list[Report] = []
    seen: dict[str, list[str]] = {}
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace")
        page = hashlib.sha256(f"{checker_digest()}\0{seed}\0{path}\0{text}".encode("utf-8", "replace")).hexdigest()
        found = _of_page(pages.get(page), str(path), known)
        found = _check(text, str(path), None, seed, known) if found is None else found
        seen[page] = [report.digest for report in found]
        reports += found
    if cache is not None:
        _save(cache, known | {report.digest: report for report in reports})
        keep(cache.with_suffix(".pages.json"), seen)
    return reports


def _pages(cache: Path | None) -> Path | None:
    return None if cache is None else cache.with_suffix(".pages.json")


def _of_page(digests: list[str] | None, file: str, known: dict[str, Report]) -> list[Report] | None:
    """Return the reports of a file that is as it was; None where it is not, or where two of them are alike."""
    if digests is None or len({*digests}) < len(digests):
        return None
    found = [known[digest] for digest in digests if digest in known and known[digest].file == file]
    return found if len(found) == len(digests) else None


def check_rendered(
    text: str, file: str, line_map: LineMap | None, *, cache: Path | None = None, seed: int = SEED
) -> list[Report]:
    """Check every derivation of a rendered text; rows carry the lines of the templates."""
    known = _load(cache)
    reports = _check(text, file, line_map, seed, known)
    if cache is not None:
        _save(cache, known | {report.digest: report for report in reports})
    return reports


def _check(text: str, file: str, line_map: LineMap | None, seed: int, known: dict[str, Report]) -> list[Report]:
    shown = Text(text, file, line_map)
    reports = []
    for derivation in derivations(text):
        content = f"{checker_digest()}\0{seed}\0{text[derivation.start : derivation.end]}"
        digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
        line, _, place = shown.place(derivation.start)
        report = _moved(known.get(digest), place, line)
        if report is None:
            from report_src.derivations.checking.check import check_derivation

            report = msgspec.structs.replace(check_derivation(derivation, shown, seed), digest=digest)
        reports.append(report)
    return reports


def _moved(report: Report | None, file: str, line: int) -> Report | None:
    """Return a kept report where its derivation stands now.

    A refused derivation that moved is judged again, for its messages name the old place.
    """
    if report is None or (report.file, report.line) == (file, line):
        return report
    if not report.accepted:
        return None
    shift = line - report.line
    rows = tuple(msgspec.structs.replace(row, file=file, line=row.line + shift) for row in report.rows)
    unchecked = tuple((row.line, row.reason) for row in rows if row.verdict == "unchecked")
    return msgspec.structs.replace(report, file=file, line=line, rows=rows, unchecked=unchecked)


def _load(cache: Path | None) -> dict[str, Report]:
    return recalled(cache, dict[str, Report]) or {}


def _save(cache: Path, reports: dict[str, Report]) -> None:
    keep(cache, reports)
