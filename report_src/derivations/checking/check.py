"""The check of a text or a file, phase by phase: rows, program, verdict, messages, report."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from report_src.derivations.checking.arrows import arrows
from report_src.derivations.checking.concluded import HINT as CORRECT
from report_src.derivations.checking.concluded import refuted
from report_src.derivations.checking.declare import proposal
from report_src.derivations.checking.given_again import HINT as GIVE_NAME
from report_src.derivations.checking.given_again import Given, given_again
from report_src.derivations.checking.records import INTERNAL as INTERNAL
from report_src.derivations.checking.records import Report, RowReport
from report_src.derivations.checking.stated import rows_that_hold, unread_condition
from report_src.derivations.judging.settings import INSTANCES, SEED
from report_src.derivations.notation.assumption_forms import UNJUDGED, is_unstated_condition
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol
from report_src.derivations.source.all_displays import everything
from report_src.derivations.source.document import Derivation, Row, derivations
from report_src.derivations.source.errors import Refusal, Unjudged, Unreadable
from report_src.derivations.syntax.diagnostics import Text

if TYPE_CHECKING:
    from report_src.derivations.checking.suggestions import Suggestions
    from report_src.derivations.judging.comparison import Failure, Outcome

STRICT = "the two sides are equal there: is ≤ or ≥ meant?"
ROUNDED = "a decimal that only rounds a value equals nothing: write \\approx before it, or \\tfrac13"
CONDITION = "state it in the text above: At a stationary point, $\\nabla_w L = \\mathbf 0$. Or: Assume that $A w = 0$."
CONDITION_ABOVE = "not judged: a row above is a condition that no assumption states"
SLIGHT = 1e-3  # relative difference below which a decimal is taken for a rounded value
BELOW = (
    "the side before it is refused as well, and the last one that held does not equal this either: correct that first"
)


def check_text(text: str, file: str = "", *, seed: int = SEED) -> list[Report]:
    """Check every derivation of a text; a wrong or unreadable one raises nothing, its report says so."""
    shown = Text(text, file)
    return _each(derivations(text), shown, seed)


def check_file(path: Path, *, seed: int = SEED) -> list[Report]:
    """Check every derivation of a file; bytes that are not UTF-8 are replaced."""
    return check_text(path.read_bytes().decode("utf-8", "replace"), str(path), seed=seed)


def check_everything(
    path: Path, declarations: Path | None = None, *, inputs: Sequence[str] = (), seed: int = SEED
) -> list[Report]:
    """Check the derivations of a file and the displays outside of them; a file of declarations is read with each.

    `inputs` are the texts that the file inputs.
    """
    shown, stated = _joined(path, declarations)
    return _each(everything(shown.text, stated, inputs), shown, seed)


def _each(found: Iterator[Derivation], text: Text, seed: int) -> list[Report]:
    """Check derivations one by one; an error of the checker that ends the reading is a report of its own."""
    reports = []
    try:
        for derivation in found:
            reports.append(check_derivation(derivation, text, seed))
    except Exception as problem:
        reports.append(failed(Derivation("", 0, len(text.text)), text, problem))
    return reports


def proposals(
    path: Path, declarations: Path | None, *, everywhere: bool, inputs: Sequence[str] = ()
) -> Iterator[tuple[str, int, list[str], list[str]]]:
    """Yield for each derivation its name, its line, the declarations that it lacks, and what is refused with them.

    `everywhere` is whether displays outside of derivations are read as well.
    """
    shown, stated = _joined(path, declarations)
    for derivation in (
        everything(shown.text, stated, inputs) if everywhere else derivations(shown.text[:stated], inputs)
    ):
        found = proposal(derivation)
        refused = [shown.message(p.message, p.start, p.end, p.hint) for _, p in sorted(found.left.items())]
        yield derivation.name, shown.place(derivation.start)[0], found.declarations, refused


def _joined(path: Path, declarations: Path | None) -> tuple[Text, int]:
    """Return a text with the file of declarations behind it, and the offset at which that begins."""
    text = path.read_bytes().decode("utf-8", "replace").rstrip("\n") + "\n"
    if declarations is None:
        return Text(text, str(path)), len(text)
    more = declarations.read_bytes().decode("utf-8", "replace")
    return Text(text + more, str(path), (text.count("\n"), str(declarations))), len(text)


def check_derivation(derivation: Derivation, text: Text, seed: int = SEED) -> Report:
    """Read, evaluate and report one derivation; whatever happens, the answer is a report."""
    try:
        return _check(derivation, text, seed)
    except Exception as problem:  # an error of the checker must not look like a verdict on the author's row
        return failed(derivation, text, problem)


def failed(derivation: Derivation, text: Text, problem: Exception) -> Report:
    """Return the report of a derivation, or of a whole text, on which the checker stopped: one refused row."""
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
    from report_src.derivations.judging.verdict import (  # numpy and flint are imported only here
        judge,
        unsatisfied_assumption,
    )

    position = unsatisfied_assumption(program, seed) if program.assumptions else None
    if position is not None:
        _refuse_assumption(program, position)
    return judge(program, seed)


def _refuse_assumption(program: Program, position: int) -> None:
    """Refuse an assumption that nothing satisfies, and with it the claims below it."""
    found = program.assumptions[position]
    segment = found.place.segment
    start, end = segment.locate(found.place.start), segment.locate(max(found.place.start, found.place.end - 1)) + 1
    what = (
        f"no values were found that satisfy {found} and the assumptions before it"
        if position
        else (f"no values were found that satisfy {found}")
    )
    hint = "do they contradict each other? only values that are declared real or positive are chosen"
    program.problems.setdefault(found.place.rows[0], (Unreadable(what, start, end, hint), start))
    dropped = [id(claim) for claim in program.assumptions[position:]]
    program.assumptions = program.assumptions[:position]
    kept = []
    for claim in program.claims:
        if not any(id(known) in dropped for known in claim.given):
            kept.append(claim)
            continue
        start = claim.place.segment.locate(claim.place.start)
        for row in claim.place.rows:
            program.problems.setdefault(row, (Unjudged(UNJUDGED, start, start), start))
    program.keep(kept)


@dataclass(frozen=True)
class _Judged:
    """A program with what was found for its claims, the claims of each row, and the identities of the failed.

    `stated` returns the rows that hold where the remarks of the text hold; `given_again` are the names that it gives
    another value.
    """

    program: Program
    outcomes: dict[int, Outcome]
    claims: dict[int, list[int]]
    failed: set[int]
    stated: Callable[[], set[int]]
    suggestions: Callable[[], Suggestions]
    given_again: list[Given]


def _by_row(derivation: Derivation, program: Program, outcomes: dict[int, Outcome], text: Text, seed: int) -> _Judged:
    claims: dict[int, list[int]] = {}
    for k, claim in enumerate(program.claims):
        for number in claim.place.rows:
            claims.setdefault(number, []).append(k)
    failed = {id(claim) for k, claim in enumerate(program.claims) if outcomes[k].failure}

    @cache
    def stated() -> set[int]:
        return rows_that_hold(derivation, program, text.text, _judge, seed)

    @cache
    def suggestions() -> Suggestions:
        from report_src.derivations.checking.suggestions import Suggestions  # evaluates as well

        return Suggestions(derivation, program, seed)

    again = given_again(derivation, program, text.text, _judge, seed) if claims else []
    return _Judged(program, outcomes, claims, failed, stated, suggestions, again)


def _rows(
    derivation: Derivation, program: Program, outcomes: dict[int, Outcome], text: Text, seed: int
) -> list[RowReport]:
    rows: list[RowReport] = []
    judged = _by_row(derivation, program, outcomes, text, seed)
    for number, row in enumerate(derivation.rows):
        made = _row(derivation, number, row, judged, text)
        if made is not None:
            rows.append(made)
    false = [_said(*found, text) for found in refuted(derivation, program, _judge, text.text, seed)]
    rows = sorted([*rows, *false], key=lambda row: row.line) if false else rows
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
        suggestion = judged.suggestions().of(number) if verdict == "wrong" else ""
        message = _refusal(problem[0], text, suggestion)
        line, column, file = text.place(problem[1])
    elif again := next((one for one in judged.given_again for k in claims if one.concerns(program.claims[k])), None):
        verdict = "unreadable"
        claim = program.claims[claims[0]]
        message = text.message(str(again), *_placed(claim), GIVE_NAME)
        line, column, file = text.place(claim.place.segment.locate(claim.place.start))
    elif failed is not None:
        claim, failure = program.claims[failed], outcomes[failed].failure
        decided = [k for k in range(failed + 1) if (one := outcomes[k].failure) is not None and not one.undecided]
        conditions = [k for k in decided if is_unstated_condition(program.claims[k])]
        open_ended = (failure is not None and failure.undecided) or bool(conditions)
        said = hint = ""
        if not open_ended:
            said, hint = unread_condition(derivation, number, claim, program, text.text, judged.stated)
            if not said and _refused_condition(derivation, number, program, text.text):
                said, hint = f"{claim} does not hold for all values, and {REFUSED_ABOVE}", CONDITION
        verdict = "unreadable" if open_ended or said else "wrong"
        suggestion = judged.suggestions().of(number) if verdict == "wrong" else ""
        below = id(claim.after) in judged.failed
        message = _difference(claim, outcomes[failed], text, suggestion or (BELOW if below else ""))
        message = text.message(said, *_placed(claim), hint) if said else message
        if failed in conditions:
            said = f"{claim} does not hold for all values: it is a condition, and no assumption states it"
            message = text.message(said, *_placed(claim), CONDITION)
        elif conditions:
            message = text.message(CONDITION_ABOVE, *_placed(claim)).partition("\n")[0]
        line, column, file = text.place(claim.place.segment.locate(claim.place.start))
        error = outcomes[failed].error
    elif claims:
        verdict, error = "ok", max(outcomes[k].error for k in claims)
    elif kinds:
        verdict = next(kind for kind in ("definition", "assumption", "declaration") if kind in kinds)
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


def _refused_condition(derivation: Derivation, number: int, program: Program, text: str) -> bool:
    """Tell whether a display above a row is not read, and may state a condition or another value."""
    refused = (
        (row, program.problems[k][0])
        for k, row in enumerate(derivation.rows[:number])
        if k in program.problems and not row.inline
    )
    return any(
        problem.verdict == "unreadable" and _MAY_STATE.search(text, row.start, row.end) for row, problem in refused
    )


_MAY_STATE = re.compile(
    r"\\(?:stackrel|overset|to|rightarrow|propto|approx|simeq|leftarrow|gets|equiv|mapsto|doteq|iff|(?:Long)?[lL]eftrightarrow)"
    r"(?![A-Za-z])|:=|=\s*(?:\\(?:mathbf|boldsymbol|vec)\s*)?\{?\s*0(?![.\d])"
    r"|\\text\s*\{[^{}]*\b(?:let|suppose|if|assum\w*|set|where|when)\b",
    re.IGNORECASE,
)
REFUSED_ABOVE = "a row above, which is refused, may state a condition"


def _said(start: int, end: int, claim: Claim, text: Text) -> RowReport:
    """Return the report of a claim in words that does not hold."""
    line, column, file = text.place(start)
    message = text.message(f"the text says {claim}, and it does not hold", start, end, CORRECT)
    said = text.text[start:end]
    return RowReport(
        line=line, column=column, file=file, source=said, verdict="unreadable", message=message, inline=True
    )


def _refusal(problem: Refusal, text: Text, suggestion: str) -> str:
    hint = suggestion or problem.hint
    message = text.message(problem.message, problem.start, problem.end, hint)
    return message.partition("\n")[0] if isinstance(problem, Unjudged) else message


def _difference(claim: Claim, outcome: Outcome, text: Text, suggestion: str) -> str:
    """Return the message of a claim that failed: the place and the two values."""
    failure = outcome.failure
    assert failure is not None
    start, end = _placed(claim)
    if failure.reason:
        return text.message(failure.reason, start, end, claim.hint or failure.hint)
    sign = {"=": "is not", "<=": "is not ≤", ">=": "is not ≥", "<": "is not <", ">": "is not >"}[claim.sign]
    message = f"{claim.left} {sign} {claim.right}: {_values(failure)}"
    if claim.about:  # its sides are what they differ by, and half a unit of the last digit
        message = f"{' is not ≈ '.join(map(str, claim.about))} to its last digit: "
        message += f"they differ by {failure.left:.2g}, more than {failure.right:.2g}"
    message += f" at {failure.entry}" if failure.entry else ""
    message += f", {'' if failure.values.startswith('where ') else 'with '}{failure.values}" if failure.values else ""
    tied = claim.sign in ("<", ">") and failure.difference == 0
    rounded = outcome.error < SLIGHT and _decimal(claim)
    hint = STRICT if tied else ROUNDED if rounded else ""
    return text.message(message, start, end, suggestion or claim.hint or hint)


def _placed(claim: Claim) -> tuple[int, int]:
    """Return where the right side of a claim is in the file."""
    segment = claim.place.segment
    return segment.locate(claim.place.start), segment.locate(max(claim.place.start, claim.place.end - 1)) + 1


def _values(failure: Failure) -> str:
    left, right = (
        f"{side:.6g}" if math.isfinite(side) else "more than 1e308" for side in (failure.left, failure.right)
    )
    if left == right and math.isinf(failure.difference):
        return "both are more than 1e308"
    if left == right and failure.difference:
        return f"both are about {left}, and differ by {abs(failure.difference):.2g}"
    return f"{left} and {right}"


def _decimal(claim: Claim) -> bool:
    """Tell whether a decimal number is written on a side of a claim."""
    typed = (side.segment.text[side.start : side.end] for side in (claim.left, claim.right))
    return any(re.search(r"\d\.\d", side) for side in typed)


def _warnings(program: Program, text: Text) -> list[str]:
    """Name the declared symbols and the definitions that no claim uses, and labels that no word calls one-hot."""
    used: set[Symbol] = set().union(*(claim.uses for claim in (*program.claims, *program.assumptions)))
    used = with_ancestors(used)
    used |= set(program.table.varied.values())
    unused = [symbol for symbol in program.table.symbols.values() if symbol not in used]
    word = {True: "defined", False: "declared"}
    idle = [f"{symbol} is {word[symbol.kind in ('definition', 'rule')]}, but no claim uses it" for symbol in unused]
    told = {"one-hot", "one-hot rows"} & program.table.layout
    bits = [symbol for symbol in program.table.symbols.values() if symbol.kind == "onehot" and not told]
    silent = [
        f"{symbol} is read as one-hot, and the text does not say so: its entries may be any bits" for symbol in bits
    ]
    return [*program.warnings, *idle, *silent]


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
        assumptions=tuple((row.line, " ".join(row.source.split())) for row in rows if row.verdict == "assumption"),
        warnings=tuple(warnings),
    )
