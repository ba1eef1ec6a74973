"""The gate of the build: every derivation of the templates is accepted, or there is no report."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from analysis.errors import InputError
from report_src.derivations.binding.cached import bind_all
from report_src.derivations.binding.table import BindingError
from report_src.derivations.checking.cache import check
from report_src.derivations.checking.records import Arrow, Report, SideBySide, repeated_names
from report_src.derivations.lint.coverage import findings_among
from report_src.derivations.lint.sources import MAIN, Sources, sources
from report_src.errors import RenderError

SHOWN = 5  # refused rows that are printed in full


class Row(Struct, frozen=True):
    """One derivation, for the appendix."""

    name: str
    steps: int
    instances: int
    largest_error: float
    unchecked: list[str]
    assumptions: list[str]  # LaTeX, as the text states them
    file: str  # below the templates
    digest: str  # SHA-256 of that file
    arrows: tuple[Arrow, ...]  # what its definitions compute from what
    checked: list[list[int]]  # line and column of each displayed row that was found true


class Bound(Struct, frozen=True):
    """One printed formula on real arrays: entry by entry beside the gradients of other programs."""

    name: str
    study: str
    line: int
    on: str  # what the arrays are, in LaTeX
    references: list[str]  # names of the other programs
    largest_difference: float
    rows: list[dict[str, float]]


class Summary(Struct, frozen=True):
    """What the appendix prints: a row a derivation, and the printed formulas bound to real arrays."""

    table: list[Row]
    bindings: list[Bound]
    warnings: list[str]
    rows: int  # that claim something, over all derivations
    largest_error: float  # of any of them

    def as_json(self) -> bytes:
        """Return the summary as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def verify(templates: Path, build: Path, *, cache: Path | None) -> Summary:
    """Check and bind every derivation that reaches the document; RenderError shows what is refused, with its messages.

    One collector finds the files; the lint reads all of them but the spans that are checked, so that a display is
    checked, exempt by a rule of docs/derivations.md, or refused.
    """
    here = f"{templates.parent}/"
    found = sources(templates)
    elsewhere = findings_among(found, templates, cache=_second_cache(cache, "lint"))
    if elsewhere:
        raise RenderError("\n".join(str(finding).replace(here, "") for finding in elsewhere[:SHOWN]))
    reports = check(list(found.texts), cache=cache, others=found.texts)
    repeated = repeated_names(reports)
    if repeated:
        raise RenderError("\n".join(repeated[:SHOWN]).replace(here, ""))
    refused = [row for report in reports for row in report.rows if row.verdict in ("wrong", "unreadable")]
    if refused:
        more = [f"and {len(refused) - SHOWN} more refused rows"] if len(refused) > SHOWN else []
        raise RenderError("\n".join([row.message.replace(here, "") for row in refused[:SHOWN]] + more))
    table = [_row(report, templates) for report in reports]
    return Summary(
        table=table,
        bindings=_bindings(templates / "derivations", build / "arrays", cache, found),
        warnings=[warning.replace(here, "") for report in reports for warning in report.warnings]
        + [_left_out(path).replace(here, "") for path in found.left_out],
        rows=sum(row.steps for row in table),
        largest_error=max((row.largest_error for row in table), default=0.0),
    )


def _left_out(path: Path) -> str:
    """Return the notice of a file that the document does not contain."""
    return f"{path}: {MAIN} neither includes nor inputs it, so nothing in it is checked or listed"


def _bindings(folder: Path, arrays: Path, cache: Path | None, found: Sources) -> list[Bound]:
    """Bind the printed formulas to the arrays of the studies; RenderError where a formula and a gradient differ."""
    try:
        bound = bind_all(
            folder, folder / "bindings.toml", arrays, only=found.texts, cache=_second_cache(cache, "bound")
        )
    except (BindingError, InputError, OSError) as error:
        raise RenderError(str(error).replace(f"{folder.parent.parent}/", "")) from None
    refused = [result.message for result in bound if not result.accepted]
    if refused:
        raise RenderError("\n".join(refused))
    return [_bound(result) for result in bound]


def _second_cache(cache: Path | None, what: str) -> Path | None:
    """Return the name of a further cache beside the first."""
    return None if cache is None else cache.with_suffix(f".{what}.json")


def _bound(result: SideBySide) -> Bound:
    columns: dict[str, tuple[float, ...]] = {"printed": result.printed, **result.references}
    return Bound(
        name=result.derivation,
        study=result.study,
        line=result.line,
        on=result.on,
        references=list(result.references),
        largest_difference=max(result.differences.values()),
        rows=[dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)],
    )


def _row(report: Report, templates: Path) -> Row:
    path = Path(report.file)
    return Row(
        name=report.name,
        steps=report.steps,
        instances=report.instances,
        largest_error=report.largest_error,
        assumptions=[latex for _, latex in report.assumptions],
        unchecked=[f"line {line}: {reason}" for line, reason in report.unchecked],
        file=path.relative_to(templates).as_posix(),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        arrows=report.arrows,
        checked=[[row.line, row.column] for row in report.rows if row.verdict == "ok" and not row.inline],
    )
