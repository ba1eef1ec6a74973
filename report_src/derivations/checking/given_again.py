r"""What the text of a derivation says of a name that has a value, and that differs from this value.

The rows that use the name may mean either value: they are not judged.

    z \coloneqq wx            Now let $z = w^2x$.              z = wx
    z \coloneqq wx            Denote by $z$ the number $w^2x$. z = wx
    z \coloneqq wx            We replace $w$ by $-w$.          z = wx
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as copy_with

from report_src.derivations.checking.stated import Judge
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.symbols import Symbol
from report_src.derivations.source.document import Derivation, Row
from report_src.derivations.source.errors import Refusal
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.names import plain_name, side_items
from report_src.derivations.syntax.parser import parse
from report_src.derivations.words.sentences import before, begin, end, formula, inside, plain

HINT = "give the second value a name of its own, or define it: z' \\coloneqq …"
SHOWN = 60  # characters of what the text says that a message shows

# words directly before a formula by which it is one case of some
_SOMETIMES = re.compile(
    r"\b(?:if|when|whenever|unless|until|at|only|that|as|for|case|cases|near|from|to|around|towards?)\s*\Z", re.I
)
_CONDITIONAL = re.compile(r"\b(?:if|when|whenever|unless)\b", re.IGNORECASE)
# two formulas in words that make one of them the other
_VERB = r"(?:is|are|be|means?|denotes?|equals?|becomes?|called|named|stands?\s+for)"
_FILL = (
    r"(?:\s+(?:now|then|here|the|an?|by|as|to|number|value|quantity|product|sum|function|vector|matrix|output)){0,4}"
)
_NAMES = re.compile(
    r"\b(?:write|writing|denotes?|denoting|abbreviat\w+|call|calling|name|naming|mean)\b[^§.;]{0,40}(§)[^§.;]{0,40}(§)"
    rf"|\bby\s+(§)\s+we{_FILL}\s+(?:mean|denote)s?\s+(§)|(§)\s+to\s+be{_FILL}\s+(§)",
    re.IGNORECASE,
)
_IS = re.compile(rf"(§){_FILL}\s+{_VERB}{_FILL}(?:\s+{_VERB}{_FILL})?\s+(§)(?!\s+\w)", re.IGNORECASE)
_REPLACES = re.compile(
    r"\b(?:replaced?|exchanged?|swap(?:ped)?|interchanged?|substituted?)\b[^§.;]{0,20}(§)[^§.;]{0,20}(§)"
    r"|(§)\s+is\s+(?:now\s+|then\s+)?(?:replaced|exchanged|substituted)\s+(?:by|with|for)[^§.;]{0,20}(§)"
    r"|(§)\s+and\s+(§)\s+(?:now\s+)?(?:change|swap|exchange|trade|switch)\s+(?:places|roles|names|meanings)",
    re.IGNORECASE,
)
_LATER = r"(?:now|henceforth|instead|from\s+(?:now|here)\s+on|no\s+longer|later)"
_BEING = r"(?:is|are|be|denotes?|means?|stands?|becomes?|has|gets|takes)"
# a name in words that give it another meaning
_OTHERWISE = re.compile(
    rf"(§)\s+(?:{_LATER},?\s+{_BEING}|{_BEING}\s+(?:{_LATER}|redefined|(?:another|an?\s+(?:new|different))\s+))\b"
    rf"|\b(?:redefin\w+|(?:another|an?\s+(?:different|new)))\s+(§)|\blet\s+now\s+(§)|\bnow\s+let\s+(§)"
    rf"|\bfrom\s+(?:now|here)\s+on,?\s+(?:let\s+)?(§)\s+{_BEING}\b|(§)\s+{_BEING}\b[^§.;]*\b{_LATER}\s*(?=[.;:]|\Z)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Given:
    """Another value of a name: the name, what the text says, and the offsets between which it is read so."""

    symbol: Symbol
    said: str
    start: int

    def concerns(self, claim: Claim) -> bool:
        """Tell whether a claim below uses the name."""
        below = claim.place.segment.locate(claim.place.start) > self.start
        return below and self.symbol in with_ancestors(claim.uses)

    def __str__(self) -> str:
        """Return what a message says of it."""
        return f"the text gives {self.symbol} another value below its definition: '{self.said}'"


def given_again(derivation: Derivation, program: Program, text: str, judge: Judge, seed: int) -> list[Given]:
    """Return the names that have a value to which the text gives another one.

    An equation of the text is judged as a row; the text gives another value where it does not hold.
    """
    found = list(_in_words(derivation, program, text))
    rows: list[Row] = list(derivation.rows)
    said: dict[int, tuple[int, list[Symbol]]] = {}  # by row: its place in the text, and the names that it concerns
    for left, right, place, kinds in (*_equations(derivation, program, text), *_reworded(derivation, text)):
        named = [one for side in (left, right) for one in _named(program, side) if one.kind in kinds or not kinds]
        if named:
            said[len(rows)] = place, named
            segment = Segment(f"{left} = {right}", [(0, place)], ("=",))
            rows.append(Row(place, place, inline=False, segments=[segment], display=place))
    if not said:
        return found
    variant = read(copy_with(derivation, rows=rows))
    variant.keep([claim for claim in variant.claims if said.keys() & set(claim.place.rows)])
    outcomes = judge(variant, seed)
    failures = ((claim.place.rows[0], outcomes[k].failure) for k, claim in enumerate(variant.claims))
    other = {row for row, failure in failures if failure is not None and not failure.undecided}
    other |= {row for row in said.keys() & variant.problems.keys() if _INTRODUCES.search(before(text, said[row][0]))}
    return found + [
        Given(symbol, _sentence(text, said[row][0]), _begin(text, said[row][0]))
        for row in sorted(other)
        for symbol in said[row][1]
    ]


_INTRODUCES = re.compile(r"\b(?:let|define|set|put|take|redefine|instead|now)\b[^§]{0,20}\Z", re.IGNORECASE)


_DEFINED = ("definition", "rule")


def _named(program: Program, typed: str) -> list[Symbol]:
    """Return the symbol of a name, or of the array that it is an entry of; none for any other formula."""
    try:
        items = side_items(parse(typed).sides[0])
    except Refusal:
        return []
    use = plain_name(items[0]) if len(items) == 1 else None
    whole = (use.key, (*use.key[:3], ())) if use is not None else ()
    return [program.table.symbols[key] for key in whole if key in program.table.symbols][:1]


def _sides(typed: str) -> list[str]:
    """Return the first two sides of a statement, empty where it is not read."""
    try:
        sides = parse(typed).sides
    except Refusal:
        sides = ()
    return [*(typed[side.start : side.end] for side in sides), "", ""][:2]


def _sentence(text: str, place: int) -> str:
    """Return the sentence of an offset as a message prints it."""
    words = " ".join(text[begin(text, place) : end(text, place)].split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN]} …"


def _begin(text: str, place: int) -> int:
    """Return where what the text says begins to hold: above the display before it, if its sentence goes on behind."""
    at = begin(text, place)
    return place if plain(text)[at - 1 : at] != "¶" else at


def _equations(derivation: Derivation, program: Program, text: str) -> Iterator[_Equation]:
    """Yield the sides of the equations in the text that nothing reads, and that are no case of some."""
    for number, row in enumerate(derivation.rows):
        said = before(text, row.display)
        free = not (row.assumed or program.kinds.get(number) or row.problem) and row.inline
        if not free or _SOMETIMES.search(said) or _CONDITIONAL.search(said):
            continue
        for segment in row.segments:
            sides = _sides(segment.text)
            if segment.relations[:1] == ("=",):
                yield sides[0], sides[1], row.display, _DEFINED


_OF = re.compile(r"(?:\b(?:of|in|to|by|for|at|between|with|on|from|than|over)|§\s+and)\s*\Z")  # no subject follows
_Equation = tuple[str, str, int, tuple[str, ...]]  # its sides, its place, and the kinds of names that it concerns


def _reworded(derivation: Derivation, text: str) -> Iterator[_Equation]:
    """Yield the pairs of formulas that the text makes one, and their place: "Write $z$ for $Wx$"."""
    words = plain(text)
    for pattern in (_NAMES, _IS, _REPLACES):
        for found in pattern.finditer(words, derivation.start, derivation.end):
            places = [found.start(k) for k, said in enumerate(found.groups(), 1) if said]
            if pattern is not _IS or not _OF.search(words, begin(text, places[0]), places[0]):
                first, second = (inside(formula(text, place)) for place in places)
                yield first, second, places[0], () if pattern is _REPLACES else _DEFINED


def _in_words(derivation: Derivation, program: Program, text: str) -> Iterator[Given]:
    """Yield the names with a definition that words give another meaning: "Let now $z$ be the output"."""
    for found in _OTHERWISE.finditer(plain(text), derivation.start, derivation.end):
        place = next(found.start(k) for k, said in enumerate(found.groups(), 1) if said)
        for symbol in _named(program, inside(formula(text, place))):
            if symbol.kind in _DEFINED:
                yield Given(symbol, _sentence(text, place), place)
