"""What a derivation says once it is read: its definitions, its claims, and the rows that were refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import Problems
from report_src.derivations.semantics.symbols import Index, Shape, Symbol, Table
from report_src.derivations.source.segments import Segment


@dataclass
class Definition:
    """A symbol, the expression it stands for, and the axes of a family it defines."""

    symbol: Symbol
    value: Node
    slots: tuple[Index, ...]
    place: Place
    # the definitions of a recursion that are evaluated together with this one, its last
    group: tuple[Definition, ...] = ()
    waits: bool = False  # whether it is evaluated with a later one


@dataclass
class Claim:
    """Two sides that are compared on every instance."""

    left: Node
    sign: str
    right: Node
    place: Place
    uses: set[Symbol]
    head: Node | None = None  # the first side of the chain that the claim belongs to
    hint: str = ""
    after: Claim | None = None  # the claim before it in its chain, whose right side is this one's left
    scope: Any = None  # what its statement knows about its indices
    given: tuple[Claim, ...] = ()  # the assumptions stated before it
    ended: dict[int, str] = field(default_factory=dict)  # by the position of one of them: words that may have ended it
    where: tuple[Node, ...] = ()  # of its indices, each 1 or 0: it is made where all are 1
    carried_given: tuple[Claim, ...] = ()  # and comparisons of numbers that may hold here too
    doubted: bool = False  # whether a comparison in its row may be a condition of it
    carried: tuple[Node, ...] = ()  # conditions of a row above in its chain, which may hold here too
    about: tuple[Node, Node] | None = None  # the sides as they are printed, where ≈ stands between them

    @property
    def sure(self) -> tuple[Claim, ...]:
        """The assumptions that no word between them and the claim may have ended."""
        return tuple(known for number, known in enumerate(self.given) if number not in self.ended)

    def __str__(self) -> str:
        """Return the comparison as a message prints it."""
        if self.about:
            return f"{self.about[0]} ≈ {self.about[1]}"
        return f"{self.left} {_SHOWN.get(self.sign, self.sign)} {self.right}"


_SHOWN = {"<=": "≤", ">=": "≥", "succ": "≻", "succeq": "⪰"}


@dataclass(frozen=True)
class Place:
    """The place of a statement: its segment, its rows, and the offsets of its sides."""

    segment: Segment
    rows: tuple[int, ...]
    start: int
    end: int


@dataclass
class Program:
    """A derivation that was read; `problems` has the refusals by row."""

    table: Table
    definitions: list[Definition] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    order: list[Definition | Claim] = field(default_factory=list)
    # what the text states as an assumption: a comparison that holds on every instance that is drawn
    assumptions: list[Claim] = field(default_factory=list)
    problems: Problems = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    kinds: dict[int, set[str]] = field(default_factory=dict)
    open_shapes: list[Shape] = field(default_factory=list)  # of zeros whose size a recursion tells
    plan: Any = None  # what the evaluation works out once per program

    @property
    def expressions(self) -> list[Node]:
        """The values of all definitions, then the two sides of every claim and its conditions."""
        sides = [side for claim in self.claims for side in (claim.left, claim.right, *claim.where)]
        return [*(definition.value for definition in self.definitions), *sides]

    def note(self, rows: Iterable[int], kind: str) -> None:
        """Note what rows do: "declaration", "definition", "claim" or "assumption"."""
        for row in rows:
            self.kinds.setdefault(row, set()).add(kind)

    def keep(self, claims: list[Claim]) -> None:
        """Leave in the program some of its claims, with all definitions."""
        chosen = {id(claim) for claim in claims}
        self.claims = claims
        self.order = [step for step in self.order if isinstance(step, Definition) or id(step) in chosen]
