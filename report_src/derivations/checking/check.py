"""The check of a text or a file, phase by phase: rows, program, verdict, messages, report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from report_src.derivations.checking.arrows import arrows
from report_src.derivations.checking.records import Report, RowReport
from report_src.derivations.judging.settings import INSTANCES, SEED, LineMap
from report_src.derivations.semantics.analyzer import read
from report_src.derivations.semantics.derivatives import ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol
from report_src.derivations.source.document import Derivation, Row, derivations
from report_src.derivations.source.errors import Refusal
from report_src.derivations.syntax.diagnostics import Text

if TYPE_CHECKING:
    from report_src.derivations.judging.comparison import Failure, Outcome

INTERNAL = "internal error of the checker"
"""Begins the message of an exception that nothing expected; the derivation counts as refused."""
SUGGESTED = 5
"""Wrong rows of a derivation for which a mend is looked for; the first slip is the one to mend first."""
STRICT = "the two sides are equal there: is ≤ or ≥ meant?"
ROUNDED = "a decimal that only rounds a value equals nothing: write ≈ in a row that ends in \\unchecked, or \\tfrac13"
SLIGHT = 1e-3
"""Relative difference below which a decimal is taken for a rounded value."""
BELOW = "the side before it is refused as well, and the last one that held does not equal this either: mend that first"


def check_text(text: str, file: str = "", *, line_map: LineMap | None = None, seed: int = SEED) -> list[Report]:
    """Check every derivation of a text.

    ``line_map`` leads from lines of rendered text to those of the templates. Nothing is raised for a wrong or
    unreadable text; the report says so.
    """
    shown = Text(text, file, line_map)
    return [check_derivation(derivation, shown, seed) for derivation in derivations(text)]


def check_file(path: Path, *, seed: int = SEED) -> list[Report]:
    """Check every derivation of a file; bytes that are not UTF-8 are replaced."""
    return check_text(path.read_bytes().decode("utf-8", "replace"), str(path), seed=seed)


def check_derivation(derivation: Derivation, text: Text, seed: int = SEED) -> Report:
    """Read, evaluate and report one derivation; whatever happens, the answer is a report."""
    try:
        return _check(derivation, text, seed)
    except Exception as problem:  # an error of the checker must not look like a verdict on the author's row
        message = text.message(f"{INTERNAL} ({problem!r:.200})", derivation.start, derivation.start + 18)
        line, column, file = text.place(derivation.start)
        row = RowReport(line=line, column=column, file=file, source="", verdict="unreadable", message=message)
        return _report(derivation, [row], [], text)


def _check(derivation: Derivation, text: Text, seed: int) -> Report:
    program = read(derivation)
    outcomes = _judge(program, seed)
    rows = _rows(derivation, program, outcomes, text, seed)
    warnings = _warnings(program, text)
    return msgspec.structs.replace(_report(derivation, rows, warnings, text), arrows=arrows(program))


def _judge(program: Program, seed: int) -> dict[int, Outcome]:
    if not program.claims:
        return {}
    from report_src.derivations.judging.verdict import judge  # numpy and flint are imported only here

    return judge(program, seed)


@dataclass(frozen=True)
class _Judged:
    """A program with what was found for its claims, the claims of each row, and the identities of the failed."""

    program: Program
    outcomes: dict[int, Outcome]
    claims: dict[int, list[int]]
    failed: set[int]


def _by_row(program: Program, outcomes: dict[int, Outcome]) -> _Judged:
    claims: dict[int, list[int]] = {}
    for k, claim in enumerate(program.claims):
        for number in claim.place.rows:
            claims.setdefault(number, []).append(k)
    failed = {id(claim) for k, claim in enumerate(program.claims) if outcomes[k].failure}
    return _Judged(program, outcomes, claims, failed)


def _rows(
    derivation: Derivation, program: Program, outcomes: dict[int, Outcome], text: Text, seed: int
) -> list[RowReport]:
    rows: list[RowReport] = []
    wrong, judged = 0, _by_row(program, outcomes)
    for number, row in enumerate(derivation.rows):
        made = _row(derivation, number, row, judged, text, seed if wrong < SUGGESTED else None)
        if made is not None:
            rows.append(made)
            wrong += made.verdict == "wrong"
    if not any(row.verdict in ("ok", "wrong", "unreadable") for row in rows):
        message = text.message("a derivation without one checked claim", derivation.start, derivation.start + 18)
        line, column, file = text.place(derivation.start)
        rows.append(RowReport(line=line, column=column, file=file, source="", verdict="unreadable", message=message))
    return rows


def _row(
    derivation: Derivation,
    number: int,
    row: Row,
    judged: _Judged,
    text: Text,
    seed: int | None,
) -> RowReport | None:
    program, outcomes = judged.program, judged.outcomes
    line, column, file = text.place(row.start)
    kinds = program.kinds.get(number, set())
    claims = judged.claims.get(number, [])
    failed = next((k for k in claims if outcomes[k].failure), None)
    verdict, message, suggestion, error = "prose", "", "", None
    problem = program.problems.get(number)
    if row.unchecked is not None and row.problem is None:
        verdict = "unchecked"
    elif problem is not None:
        verdict = problem[0].verdict
        suggestion = _suggest(derivation, number, program, seed) if verdict == "wrong" else ""
        message = _refusal(problem[0], text, suggestion)
        line, column, file = text.place(problem[1])
    elif failed is not None:
        claim, failure = program.claims[failed], outcomes[failed].failure
        verdict = "unreadable" if failure is not None and failure.undecided else "wrong"
        suggestion = _suggest(derivation, number, program, seed) if verdict == "wrong" else ""
        below = id(claim.after) in judged.failed
        message = _difference(claim, outcomes[failed], text, suggestion or (BELOW if below else ""))
        line, column, file = text.place(claim.place.segment.locate(claim.place.start))
        error = outcomes[failed].error
    elif claims:
        verdict, error = "ok", max(outcomes[k].error for k in claims)
    elif kinds:
        verdict = "definition" if "definition" in kinds else "declaration"
    if row.inline and verdict == "prose":
        return None
    source = text.text[row.start : row.end]
    return RowReport(
        line=line,
        column=column,
        file=file,
        source=source,
        verdict=verdict,
        error=error,
        message=message,
        suggestion=suggestion,
        reason=row.unchecked or "",
        inline=row.inline,
    )


def _refusal(problem: Refusal, text: Text, suggestion: str) -> str:
    hint = suggestion or problem.hint
    return text.message(problem.message, problem.start, problem.end, hint)


def _difference(claim: Claim, outcome: Outcome, text: Text, suggestion: str) -> str:
    """Return the message of a claim that failed: the place and the two values."""
    failure = outcome.failure
    assert failure is not None
    segment = claim.place.segment
    start, end = (
        segment.locate(claim.place.start),
        segment.locate(max(claim.place.start, claim.place.end - 1)) + 1,
    )
    if failure.reason:
        return text.message(failure.reason, start, end, claim.hint or failure.hint)
    sign = {"=": "is not", "<=": "is not ≤", ">=": "is not ≥", "<": "is not <", ">": "is not >"}[claim.sign]
    message = f"{claim.left} {sign} {claim.right}: {_values(failure)}"
    message += f" at {failure.entry}" if failure.entry else ""
    message += f", with {failure.values}" if failure.values else ""
    tied = claim.sign in ("<", ">") and failure.difference == 0
    rounded = outcome.error < SLIGHT and _decimal(claim)
    hint = STRICT if tied else ROUNDED if rounded else ""
    return text.message(message, start, end, suggestion or claim.hint or hint)


def _values(failure: Failure) -> str:
    left, right = f"{failure.left:.6g}", f"{failure.right:.6g}"
    if left == right and failure.difference:
        return f"both are about {left}, and differ by {abs(failure.difference):.2g}"
    return f"{left} and {right}"


def _decimal(claim: Claim) -> bool:
    """Tell whether a decimal number is written on a side of a claim."""
    typed = (side.segment.text[side.start : side.end] for side in (claim.left, claim.right))
    return any(re.search(r"\d\.\d", side) for side in typed)


def _suggest(derivation: Derivation, number: int, program: Program, seed: int | None) -> str:
    if seed is None:
        return ""
    from report_src.derivations.checking.suggestions import suggestion  # evaluates as well

    return suggestion(derivation, number, program, seed)


def _warnings(program: Program, text: Text) -> list[str]:
    """Name the declared symbols and the definitions that no claim uses."""
    used: set[Symbol] = set().union(*(claim.uses for claim in program.claims))
    used = used.union(*(ancestors(symbol) for symbol in used))
    unused = [symbol for symbol in program.table.symbols.values() if symbol not in used]
    word = {True: "defined", False: "declared"}
    idle = [f"{symbol} is {word[symbol.kind == 'definition']}, but no claim uses it" for symbol in unused]
    return [*program.warnings, *idle]


def _report(derivation: Derivation, rows: list[RowReport], warnings: list[str], text: Text) -> Report:
    checked = [row for row in rows if row.verdict == "ok"]
    line, _, file = text.place(derivation.start)
    return Report(
        name=derivation.name,
        file=file,
        line=line,
        rows=tuple(rows),
        instances=INSTANCES,
        largest_error=max((row.error or 0.0 for row in checked), default=0.0),
        steps=len(checked),
        unchecked=tuple((row.line, row.reason) for row in rows if row.verdict == "unchecked"),
        warnings=tuple(warnings),
    )
