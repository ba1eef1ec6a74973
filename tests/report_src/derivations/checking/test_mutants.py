"""Every single-token slip in a checked row of the shipped derivations is refused, or is listed as equal.

The kinds: transpose added or dropped, sign flipped, factors swapped, ⊙ for the product and back, a term
dropped, another declared superscript, subscript or accent, g for g', 1/N dropped, indices swapped or exchanged.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from report_src.derivations.checking.edits import Edit, edits
from report_src.derivations.checking.suggestions import derivation_with_edit
from report_src.derivations.judging.settings import SEED
from report_src.derivations.judging.verdict import judge
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.program import Program
from report_src.derivations.source.document import Derivation
from report_src.derivations.syntax.parser import parse
from tests.report_src.derivations.shipped import SHIPPED

EQUAL = Path(__file__).with_name("equal_mutants.tsv")
Mutant = tuple[int, int, Edit]


def mutants(derivation: Derivation, program: Program) -> Iterator[Mutant]:
    """Yield row, segment and edit of every slip in a checked row."""
    checked = sorted({row for claim in program.claims for row in claim.place.rows})
    for row in checked:
        for position, segment in enumerate(derivation.rows[row].segments):
            for edit in edits(segment.text, parse(segment.text), program.table):
                yield row, position, edit


def holds(program: Program) -> bool:
    return not any(outcome.failure for outcome in judge(program, SEED).values())


def refused(derivation: Derivation, mutant: Mutant) -> bool:
    """Return whether the mutated row is refused, or, for a mutated definition, a claim that uses it."""
    row, position, edit = mutant
    changed = derivation_with_edit(derivation, row, position, edit)
    here = read(changed)
    if row in here.problems:
        return True
    here.keep([claim for claim in here.claims if row in claim.place.rows])
    if not holds(here):
        return True
    if ":=" not in derivation.rows[row].segments[position].relations:
        return False
    program = read(changed)
    return any(later > row for later in program.problems) or not holds(program)


def statement(derivation: Derivation, mutant: Mutant) -> str:
    row, position, edit = mutant
    return " ".join(edit.apply(derivation.rows[row].segments[position].text).split())


def listed() -> Counter[tuple[str, str, str]]:
    with EQUAL.open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    assert all(len(row) == 4 and row[3] for row in rows), "every equal mutant has its reason"
    return Counter((row[0], row[1], row[2]) for row in rows)


def check_slips(derivation: Derivation, step: int) -> None:
    """Assert that of every `step`-th slip exactly the listed ones are equal, and that only slips are listed."""
    every = list(mutants(derivation, read(derivation)))
    keys = [(derivation.name, mutant[2].kind, statement(derivation, mutant)) for mutant in every]
    equal = {key for key in listed() if key[0] == derivation.name}
    assert equal <= set(keys)
    tried = list(zip(keys, every, strict=True))[::step]
    survivors = {key for key, mutant in tried if not refused(derivation, mutant)}
    assert survivors == equal & {key for key, _ in tried}


@pytest.mark.parametrize("derivation", SHIPPED, ids=[derivation.name for derivation in SHIPPED])
@pytest.mark.sampled(5)
def test_every_sixteenth_slip_is_refused_or_listed_as_equal_with_its_reason(derivation: Derivation) -> None:
    check_slips(derivation, 16)


@pytest.mark.long
@pytest.mark.parametrize("derivation", SHIPPED, ids=[derivation.name for derivation in SHIPPED])
def test_every_slip_is_refused_or_listed_as_equal_with_its_reason(derivation: Derivation) -> None:
    check_slips(derivation, 1)


def test_there_are_over_a_thousand_slips_of_every_kind() -> None:
    kinds: Counter[str] = Counter()
    for derivation in SHIPPED:
        kinds.update(edit.kind for _, _, edit in mutants(derivation, read(derivation)))
    assert sum(kinds.values()) > 1000
    assert set(kinds) == {"transpose", "sign", "swap", "product", "term", "name", "accent", "prime", "mean", "index"}


def test_a_list_of_equal_mutants_that_names_a_refused_one_is_noticed() -> None:
    """The comparison is exact: a listed mutant that is refused makes the test above fail."""
    derivation = SHIPPED[0]
    first = next(mutant for mutant in mutants(derivation, read(derivation)) if refused(derivation, mutant))
    assert (derivation.name, first[2].kind, statement(derivation, first)) not in listed()
