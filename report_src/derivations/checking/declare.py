r"""The declarations that a derivation lacks, with shapes that let its rows be read.

For each undeclared name the spaces are tried that its letter suggests: ℝ, ℝ^d, ℝ^{m×d} with new dimensions and known
ones, or a function. The choices that leave the fewest rows refused are kept, and of those the plainest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as copy_with

from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.program import Program
from report_src.derivations.source.document import Derivation
from report_src.derivations.source.errors import Refusal, Undeclared, Unjudged
from report_src.derivations.source.rows import Row, split_rows
from report_src.derivations.source.tokens import tokens
from report_src.derivations.syntax.names import NameUse, latex

KEPT = 8  # choices that are followed at a time
MOST = 40  # most names that are declared
DIMENSIONS = ("m", "d", "n", "k", "p", "q", "r")  # letters of new dimensions, unless they are taken
_NUMBERS = frozenset("LJECTN")  # capital letters that more often name a number than a matrix
# letters that name a function where nothing else is declared
_FUNCTIONS = frozenset({"f", "g", "h", "phi", "varphi", "psi"})


@dataclass
class Proposal:
    """The declarations that were found, and the refusals that are left with them, by row."""

    declarations: list[str] = field(default_factory=list)
    left: dict[int, Refusal] = field(default_factory=dict)


def proposal(derivation: Derivation) -> Proposal:
    """Return the declarations with which the most rows of a derivation are read."""
    kept = [_Choice((), 0, read(derivation))]
    for _ in range(MOST):
        if not any(choice.unknown() for choice in kept):
            break
        tried = [further for choice in kept for further in _further(derivation, choice)]
        tried.sort(key=lambda choice: (choice.refused(), choice.cost))
        kept = tried[:KEPT]
    best = kept[0]
    left = {row: problem for row, (problem, _) in best.program.problems.items() if not isinstance(problem, Unjudged)}
    return Proposal(list(best.declarations), left)


@dataclass
class _Choice:
    """Some declarations, how unusual they are, and the program that is read with them."""

    declarations: tuple[str, ...]
    cost: int
    program: Program

    def unknown(self) -> NameUse | None:
        """Return the first name that is still undeclared."""
        rows = sorted(self.program.problems)
        found = (self.program.problems[row][0] for row in rows)
        return next((problem.name for problem in found if isinstance(problem, Undeclared)), None)

    def refused(self) -> int:
        """Return how many rows are refused for another reason than an undeclared name."""
        found = (problem for problem, _ in self.program.problems.values())
        return sum(not isinstance(problem, Undeclared | Unjudged) for problem in found)


def _further(derivation: Derivation, choice: _Choice) -> Iterator[_Choice]:
    use = choice.unknown()
    if use is None:
        yield choice
        return
    taken = {key[0] for key in choice.program.table.symbols}
    known = list(choice.program.table.dims)
    for cost, space in enumerate(_spaces(use, known, [new for new in DIMENSIONS if new not in {*known, *taken}])):
        name = latex((use.letter.letter, use.letter.accent, use.sup, use.subs))
        bold = f"\\mathbf{{{use.letter.letter}}}" if use.letter.bold and len(name) == 1 else name
        declarations = (*choice.declarations, f"{bold} {space}")
        rows = [row for declaration in declarations for row in _declared(declaration)]
        program = read(copy_with(derivation, rows=[*rows, *derivation.rows]))
        shift = len(rows)
        program.problems = {row - shift: problem for row, problem in program.problems.items()}
        yield _Choice(declarations, choice.cost + cost, program)


def _declared(declaration: str) -> list[Row]:
    return list(split_rows(declaration, tokens(declaration), inline=True, breaks=False))


def _spaces(use: NameUse, known: list[str], new: list[str]) -> list[str]:
    """Return the spaces a name may lie in, the likeliest first; a new dimension is more general than a known one."""
    fresh = new[:1]
    pairs = [(a, b) for a in new[:1] for b in new[1:2]]
    pairs += [pair for a in known for b in fresh for pair in ((b, a), (a, b))]
    pairs += [(a, b) for a in known for b in known] + [(a, a) for a in fresh]
    number, function = ["\\in \\mathbb{R}"], [": \\mathbb{R} \\to \\mathbb{R}"]
    vectors = [f"\\in \\mathbb{{R}}^{{{dim}}}" for dim in [*fresh, *known]]
    matrices = [f"\\in \\mathbb{{R}}^{{{a} \\times {b}}}" for a, b in pairs]
    letter = use.letter.letter
    upper = letter[:1].isupper()
    if use.letter.bold:
        return [*matrices, *vectors] if upper else [*vectors, *matrices]
    if letter in _FUNCTIONS:
        return [*function, *number, *vectors]
    if upper and letter not in _NUMBERS:
        return [*matrices, *number, *vectors]
    return [*number, *vectors, *matrices, *function]
