"""Would one small edit make a refused row true? If so, say which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as copy_with
from functools import cached_property

from report_src.derivations.checking.edits import Edit, edits, whole
from report_src.derivations.evaluation import budget
from report_src.derivations.evaluation.instances import smallest_sizes
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.program import Program
from report_src.derivations.source.document import Derivation
from report_src.derivations.source.errors import Refusal
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.names import latex
from report_src.derivations.syntax.parser import Statement, parse

MAX_ROWS = 5  # wrong rows of a derivation for which a correction is looked for
MAX_CANDIDATES = 400  # edits that are tried; a row of thirty factors has about two hundred
MOST = 250_000  # characters that are read in search of the corrections of one derivation: under two seconds
OPERATION = 0.1  # what an operation on a number takes, in characters read
LONGEST = 1500  # characters of a statement for which edits are tried; a printed row has at most about four hundred
_ORDER = ("transpose", "sign", "product", "prime", "mean", "name", "accent", "index", "swap", "missing", "term")


@dataclass
class Suggestions:
    """The search for the corrections of the wrong rows of one derivation.

    What it may still take, `left`, is counted in characters read and not in seconds, so that every machine finds the
    same corrections.
    """

    derivation: Derivation
    program: Program
    seed: int
    left: float = MOST
    rows: int = 0

    def of(self, number: int) -> str:
        """Return the edit that makes row `number` true, as a sentence, or nothing; bounds are not mended."""
        from report_src.derivations.judging.verdict import judge, passes_first_draw

        self.rows += 1
        if self.rows > MAX_ROWS:
            return ""
        row = self.derivation.rows[number]
        above = _until(self.derivation, number)
        cost = self._cost(above)
        candidates = [
            (position, edit) for position, segment in enumerate(row.segments) for edit in _edits(segment, self.program)
        ]
        candidates.sort(key=lambda candidate: _ORDER.index(candidate[1].kind))
        for position, edit in candidates[: min(MAX_CANDIDATES, int(self.left / cost))]:
            self.left -= cost
            mended = read(derivation_with_edit(above, number, position, edit))
            if number in mended.problems:
                continue
            mended.keep([claim for claim in mended.claims if number in claim.place.rows])
            if not mended.claims or any(claim.sign != "=" for claim in mended.claims):
                continue
            if not passes_first_draw(mended, self.seed):
                continue
            if not any(outcome.failure for outcome in judge(mended, self.seed).values()):
                return f"{_sentence(edit, row.segments[position])} would make this row true"
        return ""

    def _cost(self, above: Derivation) -> float:
        """Return what one more edit takes: its derivation is read, and one instance of it is evaluated."""
        characters = sum(len(segment.text) for row in above.rows for segment in row.segments)
        return 1 + characters + OPERATION * self._operations

    @cached_property
    def _operations(self) -> float:
        return min(budget.work(self.program, smallest_sizes(self.program)), budget.MOST)


def _until(derivation: Derivation, number: int) -> Derivation:
    """Return the derivation without the displayed rows below `number`, which cannot change its verdict."""
    rows = [row for k, row in enumerate(derivation.rows) if k <= number or row.inline]
    return copy_with(derivation, rows=rows)


def _edits(segment: Segment, program: Program) -> Iterator[Edit]:
    if len(segment.text) > LONGEST:
        return
    try:
        tree = parse(segment.text)
    except Refusal:
        return
    # the left side says what is meant; the right side is what slipped, and a row that goes on has right sides only
    start = tree.relations[0].end if tree.relations and not tree.continues else 0
    for edit in [*edits(segment.text, tree, program.table), *_additions(segment, tree, program)]:
        if edit.start >= start:
            yield edit


def _additions(segment: Segment, tree: Statement, program: Program) -> Iterator[Edit]:
    """Yield a term that is already defined, or a factor 1/N, added to the last side."""
    if not tree.sides:
        return
    side = tree.sides[-1]
    left = segment.text[tree.sides[0].start : tree.sides[0].end].replace(" ", "")
    end = whole(segment.text, side.start, side.end)
    for label in program.table.dims:
        for found in re.finditer(rf"(?<![A-Za-z\\_^{{]){re.escape(label)}(?![A-Za-z_^}}])", segment.text):
            yield Edit("mean", found.start(), found.end(), f"\\frac{{1}}{{{label}}}", f"1/{label} for {label}")
        yield Edit("mean", side.start, side.start, f"\\frac{{1}}{{{label}}}", f"the factor 1/{label}")
    for symbol in program.table.symbols.values():
        written = latex(symbol.key)
        if symbol.kind != "function" and not symbol.slots and written != left:
            for sign in "+-":
                yield Edit("missing", end, end, f" {sign} {written}", f"the term {sign} {symbol}")


def derivation_with_edit(derivation: Derivation, number: int, position: int, edit: Edit) -> Derivation:
    """Return the derivation with one statement of one row edited."""
    rows = list(derivation.rows)
    row = rows[number]
    segments = list(row.segments)
    segment = segments[position]
    segments[position] = copy_with(segment, text=edit.apply(segment.text))
    rows[number] = copy_with(row, segments=segments)
    return copy_with(derivation, rows=rows)


def _sentence(edit: Edit, segment: Segment) -> str:
    from report_src.derivations.syntax.pretty import pretty

    if edit.kind in ("transpose", "name", "accent") and edit.new:
        return " for ".join(pretty(part) for part in edit.what.split(" for "))
    old, new = pretty(segment.text[edit.start : edit.end].strip()), pretty(edit.new.strip())
    if edit.kind == "swap":
        return f"{new} for {old}"
    if edit.kind == "transpose":
        return f"leaving out the transpose {old}"
    if edit.kind == "prime":
        return "a prime" if edit.new else "leaving out the prime"
    return edit.what
