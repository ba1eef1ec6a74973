"""A token put anywhere into a true row is refused, prints nothing, or changes what is read: nothing is read past."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from report_src.derivations.printing.typed import Atom, Unprintable, typed
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.derivatives import Derivative
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Dim, Index, Symbol
from report_src.derivations.source.document import derivations
from report_src.derivations.source.tokens import tokens
from report_src.derivations.source.vocabulary import FRACTIONS, GREEK, KNOWN_MACROS, RELATIONS, SIZES, SPACES
from tests.report_src.derivations.cases import CASES
from tests.report_src.derivations.checked import derivation

ROWS = 30
SAMPLE = 401  # every 401st mutant is tried in the fast test; the number shares no factor with the number of tokens
LONG_SAMPLE = 5  # the same in the long test
LAYOUT = frozenset({"\\quad", "\\qquad", "\\Rightarrow", "\\label", "\\tag", "\\nonumber", "\\notag", "\\intertext"})
LAYOUT |= {"\\unchecked", "\\text", ",", "\\\\", "&"}  # what separates statements is the matter of other tests
TOKENS = sorted(
    (
        {f"\\{name}" for name in KNOWN_MACROS - frozenset(GREEK)}
        | {"\\alpha", "\\sigma", "\\ell", "\\ln", "x", "y", "d", "i", "e", "T", "I", "0", "1", "2", "7", "=", ".", "|"}
        | {"_i", "_2", "^2", "^\\top", "'", "^{-1}", "{", "}", "{}", "(", ")", "[", "]", "+", "-", "/", "\\|", "*", "!"}
        | {"\\hat ", "\\bar ", "\\mathbf ", "\\boxed", "\\sqrt", "\\mathbb 1", "\\mathbf 1", "^{(2)}", "_{\\hat k}"}
        | {f"\\{name}" for name in FRACTIONS}
        | set(RELATIONS)
        | SIZES
        | SPACES
    )
    - LAYOUT
)


def mutants() -> Iterator[tuple[str, str, str]]:
    """Yield setting, true row and mutant."""
    for _, setting, row, *_ in CASES[:ROWS]:
        places = [0, *(tok.end for tok in tokens(row))]
        for token in TOKENS:
            for place in places:
                yield setting, row, f"{row[:place]} {token} {row[place:]}"


def meaning(value: Any) -> Any:
    """Return what a node says, without its place."""
    if isinstance(value, Node):
        return (value.op, meaning(value.args), meaning(value.data))
    if isinstance(value, Target):
        return (value.symbol.key, meaning(value.slots), meaning(value.row), meaning(value.column), value.components)
    if isinstance(value, Derivative):
        names = tuple(symbol.key for symbol in value.denominators), sorted(symbol.key for symbol in value.held)
        return (value.numerator.key, *names, meaning(value.picks))
    if isinstance(value, Index):
        return (value.letter, str(value.dim), value.bound)
    if isinstance(value, Symbol):
        return value.key
    if isinstance(value, Dim):
        return str(value)
    return tuple(meaning(part) for part in value) if isinstance(value, tuple | list) else value


def readings(setting: str, row: str) -> Any:
    """Return what is read of a derivation's last row, or None where anything is refused."""
    (found,) = derivations(derivation(setting, row))
    program = read(found)
    if program.problems or any(other.problem or other.unchecked for other in found.rows):
        return None
    nodes = [(claim.sign, meaning(claim.left), meaning(claim.right)) for claim in program.claims]
    return nodes, [meaning(definition.value) for definition in program.definitions]


def bare(row: list[Atom] | tuple[Atom, ...]) -> list[Any]:
    """Return a printed form without what may be printed and changes nothing.

    That is a font, a bracket, \\cdot, \\times and * between numbers, +, a box, the 2 of ‖·‖_2 and the name in det |A|.
    """
    made: list[Any] = []
    for atom, following in pairwise([*row, Atom("")]):
        if atom.glyph in ("(", ")", "[", "]", "\\cdot", "\\times", "*", "+", ".") or (atom.glyph, following.glyph) == (
            "det",
            "|",
        ):
            inner: list[Any] = []
        elif atom.glyph in ("\\boxed", "\\underbrace", "\\overbrace"):
            inner = bare(atom.parts[0])
        else:
            inner = [(atom.glyph.removeprefix("upright "), [bare(_below_derivative(part)) for part in atom.parts])]
        below = () if atom.glyph in ("‖", "|") and [part.glyph for part in atom.below] == ["2"] else atom.below
        made += inner
        made += [("below", bare(below))] if below else []
        made += [("above", bare(atom.above))] if atom.above else []
    return made


def _below_derivative(row: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Return the denominator of a fraction without ⊤: ∂a/∂x and ∂a/∂x⊤ are one Jacobian."""
    once = [atom.glyph for atom in row].count("\\partial") == 1
    if once and row[-1].above and row[-1].above[-1].glyph == "\\top":
        return (*row[:-1], replace(row[-1], above=row[-1].above[:-1]))
    return row


def read_past(setting: str, row: str, mutant: str) -> bool:
    """Tell whether a mutant prints something else and is read as the row is."""
    found = readings(setting, mutant)
    if found is None or found != readings(setting, row):
        return False
    try:
        return bare(typed(mutant)) != bare(typed(row))
    except Unprintable:
        return True


def test_a_token_that_prints_is_not_read_past() -> None:
    tried = [case for number, case in enumerate(mutants()) if number % SAMPLE == 0]
    assert len(tried) > 200
    assert [mutant for setting, row, mutant in tried if read_past(setting, row, mutant)] == []


OTHER_NAME = r"\sum_{i ' =1}^{m} b_j = m b_j"  # of an index that the summand does not have: the same sum


@pytest.mark.long
def test_no_token_that_prints_is_read_past_anywhere() -> None:
    tried = [case for number, case in enumerate(mutants()) if number % LONG_SAMPLE == 0]
    assert {mutant for setting, row, mutant in tried if read_past(setting, row, mutant)} <= {OTHER_NAME}


def test_a_script_that_is_dropped_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    setting, row = CASES[0][1:3]
    same = readings(setting, row)
    monkeypatch.setattr(f"{__name__}.readings", lambda *_: same)
    assert read_past(setting, row, row + "^2")
    assert not read_past(setting, row, row + "\\,")
