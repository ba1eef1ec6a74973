"""What a derivation says once it is read: its definitions, its claims, and the rows that were refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.statements import Problems
from report_src.derivations.semantics.symbols import Index, Symbol, Table
from report_src.derivations.source.segments import Segment


@dataclass
class Definition:
    """A symbol, the expression it stands for, and the axes of a family it defines."""

    symbol: Symbol
    value: Node
    slots: tuple[Index, ...]
    place: Place
    group: tuple[Definition, ...] = ()
    """The definitions of a recursion that are evaluated together with this one, its last."""
    waits: bool = False
    """Whether it is evaluated with a later one."""


@dataclass
class Claim:
    """Two sides that are compared on every instance."""

    left: Node
    sign: str
    right: Node
    place: Place
    uses: set[Symbol]
    head: Node | None = None
    """The first side of the chain that the claim belongs to."""
    hint: str = ""
    after: Claim | None = None
    """The claim before it in its chain, whose right side is this one's left."""
    scope: Any = None
    """What its statement knows about its indices."""


@dataclass(frozen=True)
class Place:
    """Where a statement stands: its segment, its rows, and the offsets of its sides."""

    segment: Segment
    rows: tuple[int, ...]
    start: int
    end: int


@dataclass
class Program:
    """A derivation that was read; ``problems`` has the refusals by row."""

    table: Table
    definitions: list[Definition] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    order: list[Definition | Claim] = field(default_factory=list)
    problems: Problems = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    kinds: dict[int, set[str]] = field(default_factory=dict)
    plan: Any = None
    """What the evaluation works out once per program."""
