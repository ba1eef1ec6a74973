r"""The declarations that a derivation lacks, with shapes that let its rows be read.

For each undeclared name the spaces are tried that its letter suggests: ℝ, ℝ^d, ℝ^{m×d} with new dimensions and known
ones, or a function; x_i may be a component of a vector x, or one of several values. The choices that leave the fewest
rows refused are kept, of those the ones that add no number to an array, and of those the plainest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as copy_with

from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.program import Program
from report_src.derivations.source.document import Derivation
from report_src.derivations.source.errors import Refusal, Undeclared, Unjudged
from report_src.derivations.source.rows import Row, split_rows
from report_src.derivations.source.tokens import tokens
from report_src.derivations.syntax.names import NameUse, label_parts, latex

KEPT = 8  # choices that are followed at a time
MOST = 40  # most names that are declared
DIMENSIONS = ("m", "d", "n", "k", "p", "q", "r")  # letters of new dimensions, unless they are taken
_NUMBERS = frozenset("LJECTN")  # capital letters that more often name a number than a matrix
# letters that name a function where nothing else is declared
_FUNCTIONS = frozenset({"f", "g", "h", "phi", "varphi", "psi"})
# the letter to which a sum runs, and so a dimension: the n of \\sum_{i=1}^{n}
_UPPER = re.compile(r"\\(?:sum|prod)\s*(?:\\limits\s*)?_\s*\{[^{}=]*=[^{}]*\}\s*\^\s*\{?\s*([A-Za-z])(?![A-Za-z+-])")

_SIZED = "\\Xi"  # letter of an array that is declared for its dimension only
_SQUARE = re.compile(r"\{(\w+) \\times \1\}")
_CAPITAL = 8  # what a number or a vector costs more that is written with a capital letter


@dataclass
class Proposal:
    """The declarations that were found, and the refusals that are left with them, by row."""

    declarations: list[str] = field(default_factory=list)
    left: dict[int, Refusal] = field(default_factory=dict)


def proposal(derivation: Derivation) -> Proposal:
    """Return the declarations with which the most rows of a derivation are read."""
    upper = tuple(dict.fromkeys(_UPPER.findall(" ".join(s.text for row in derivation.rows for s in row.segments))))
    kept = [_Choice((), 0, _read(derivation, (), upper), upper)]
    for _ in range(MOST):
        if not any(choice.unknown() for choice in kept):
            break
        tried = [further for choice in kept for further in _further(derivation, choice)]
        tried.sort(key=lambda choice: (*choice.refused(), choice.mixed(), choice.cost))
        kept = tried[:KEPT]
    best = kept[0]
    program = _read(derivation, best.declarations, ())
    left = {row: problem for row, (problem, _) in program.problems.items() if not isinstance(problem, Unjudged)}
    return Proposal(list(best.declarations), left)


def _read(derivation: Derivation, declarations: tuple[str, ...], upper: tuple[str, ...]) -> Program:
    """Read a derivation with declarations before it; letters to which sums run are dimensions, used or not."""
    sizes = [f"{_SIZED}_{{\\text{{{letter}}}}} \\in \\mathbb{{R}}^{{{letter}}}" for letter in upper]
    rows = [row for declaration in (*sizes, *declarations) for row in _declared(declaration)]
    program = read(copy_with(derivation, rows=[*rows, *derivation.rows]))
    program.problems = {row - len(rows): problem for row, problem in program.problems.items()}
    return program


@dataclass
class _Choice:
    """Some declarations, how unusual they are, and the program that is read with them."""

    declarations: tuple[str, ...]
    cost: int
    program: Program
    upper: tuple[str, ...]  # the letters to which sums run

    def unknown(self) -> NameUse | None:
        """Return the first name that is still undeclared and no dimension."""
        rows = sorted(self.program.problems)
        found = (self.program.problems[row][0] for row in rows)
        names = (problem.name for problem in found if isinstance(problem, Undeclared))
        return next((name for name in names if name.letter.letter not in self.upper), None)

    def mixed(self) -> int:
        """Return how often a number with a name is added to an array: it is more likely an array itself."""
        nodes = shapes.walk(*self.program.expressions)
        sums = [node for node in nodes if node.op == "add" and not shapes.is_scalar(node.shape)]
        return sum(arg.op == "name" and shapes.is_scalar(arg.shape) for node in sums for arg in node.args)

    def refused(self) -> tuple[int, int]:
        """Return how many rows are refused for another reason than an undeclared name, and how many below those."""
        found = [problem for problem, _ in self.program.problems.values()]
        below = sum(isinstance(problem, Unjudged) for problem in found)
        return sum(not isinstance(problem, Undeclared | Unjudged) for problem in found), below


def _further(derivation: Derivation, choice: _Choice) -> Iterator[_Choice]:
    use = choice.unknown()
    if use is None:
        yield choice
        return
    taken = {key[0] for key in choice.program.table.symbols}
    known = list(choice.program.table.dims)
    for cost, (subs, space) in enumerate(
        _candidates(use, known, [new for new in DIMENSIONS if new not in {*known, *taken}])
    ):
        name = latex((use.letter.letter, use.letter.accent, use.sup, subs))
        bold = f"\\mathbf{{{use.letter.letter}}}" if use.letter.bold and len(name) == 1 else name
        declarations = (*choice.declarations, f"{bold} {space}")
        program = _read(derivation, declarations, choice.upper)
        yield _Choice(declarations, choice.cost + cost + _unusual(use, space), program, choice.upper)


def _unusual(use: NameUse, space: str) -> int:
    """Return what a space costs more: a square matrix, as two dimensions are more general; no matrix for a capital."""
    capital = use.letter.letter[:1].isupper() and use.letter.letter not in _NUMBERS
    return (_SQUARE.search(space) is not None) + _CAPITAL * (capital and "\\times" not in space)


def _declared(declaration: str) -> list[Row]:
    rows = split_rows(declaration, tokens(declaration), inline=True, breaks=False)
    return [copy_with(row, restricts=True) for row in rows]


def _candidates(use: NameUse, known: list[str], new: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the subscripts of a name and the spaces it may lie in; x_i may be a component of x, or counted by i."""
    counted = [sub for sub in use.subs if (len(sub) == 1 and sub.islower()) or label_parts(sub)]
    label = any(label_parts(sub) for sub in counted)  # p_{y_i} is an entry of p, and no name
    if not counted or len(counted) != len(use.subs) or len(counted) > 2 or use.letter.bold:
        yield from ((use.subs, space) for space in _spaces(use, known, new))
        return
    lengths = [*new[:1], *known]
    if len(counted) == 1:
        yield from (((), f"\\in \\mathbb{{R}}^{{{length}}}") for length in lengths)
        for count in [*new[1:2], *known] if not label else ():
            ranged = f",\\ {counted[0]} = 1,\\dots,{count}"
            yield from ((use.subs, f"\\in \\mathbb{{R}}^{{{length}}}{ranged}") for length in lengths if length != count)
    else:
        pairs = [(a, b) for a in [*new[:1], *known] for b in [*new[1:2], *known] if a != b]
        yield from (((), f"\\in \\mathbb{{R}}^{{{a} \\times {b}}}") for a, b in pairs)
    if not label:
        yield from ((use.subs, space) for space in _spaces(use, known, new))


def _spaces(use: NameUse, known: list[str], new: list[str]) -> list[str]:
    """Return the spaces a name may lie in, the likeliest first; a new dimension is more general than a known one."""
    fresh = new[:1]
    pairs = [(a, b) for a in new[:1] for b in new[1:2]]
    pairs += [pair for a in known for b in fresh for pair in ((b, a), (a, b))]
    pairs += [(a, b) for a in known for b in known] + [(a, a) for a in fresh]
    number, function = ["> 0" if use.sup == "^2" else "\\in \\mathbb{R}"], [": \\mathbb{R} \\to \\mathbb{R}"]
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
