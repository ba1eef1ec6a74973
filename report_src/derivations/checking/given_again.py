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
from itertools import takewhile

from report_src.derivations.checking.stated import Judge
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import walk
from report_src.derivations.semantics.symbols import Symbol
from report_src.derivations.source.document import Derivation, Row
from report_src.derivations.source.errors import Refusal
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.names import latex, plain_name, side_items
from report_src.derivations.syntax.parser import parse
from report_src.derivations.words.sentences import MATH, before, begin, behind, end, formula, inside, plain

HINT = "give the second value a name of its own, or define it: z' \\coloneqq …"
SHOWN = 60  # characters of what the text says that a message shows

# words directly before a formula, or in its sentence, by which it is one case of some, or only a wish
_SOMETIMES = re.compile(
    r"(?:\b(?:if|when|whenever|until|case|cases|near|from|towards?)|\A\s*(?:at|for|with)\s+§[^§]*)\s*\Z", re.IGNORECASE
)
_WISHED = re.compile(
    r"\A\s*(?:if|when|whenever|(?:at|for|with)\s+§)|\b(?:ideally|want|wish|would|hope|should|perfect|smallest|minimal|largest"
    r"|optimal|example|instance|boundary|threshold|mean\s+of|zero\s+weight)\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"\b(?:let|define|set|put|take|redefine|instead|now|switch|change|use|from\s+(?:now|here)\s+on)\b", re.IGNORECASE
)
_LATER = r"(?:now|henceforth|instead|from\s+(?:now|here)\s+on|no\s+longer)"
_BEING = r"(?:is|are|be|denotes?|means?|stands?|becomes?|has|gets|takes|mean)"
# words between a name and a formula that make the one the other
_MAKES = re.compile(
    r"\b(?:is|are|be|becomes?|means?|mean|denotes?|equals?|for|by|as|to|called|named|written|value|stands?)\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"\b(?:respect|if|when|whenever|not|from|derivative|gradient|instead\s+of|like|of|in|and|at)\b", re.I
)
_PAIR = re.compile(r"(?=(§)([^§.;:]{1,60})(§))")
_REPLACES = re.compile(
    r"(?<!\w)(?:replaced?|exchanged?|swap(?:ped)?|interchanged?|substituted?)\b[^§.;]{0,20}(§)[^§.;]{0,20}(§)"
    r"|(§)\s+is\s+(?:now\s+|then\s+)?(?:replaced|exchanged|substituted)\s+(?:by|with|for)[^§.;]{0,20}(§)"
    r"|(§)\s+and\s+(§)\s+(?:now\s+)?(?:change|swap|exchange|trade|switch)\s+(?:places|roles|names|meanings)",
    re.IGNORECASE,
)
_CHANGED = (
    r"(?:squared?|scaled?|chang(?:ed?|ing)|re-?used?|recycled?|overwrit(?:e|ten)|updated?|redefined?|renamed?|normali[sz]ed?"
    r"|standardi[sz]ed?|clip(?:ped)?|detach(?:ed)?|absorb(?:ed)?|doubled?|halved?|increased?|decreased?|cubed?|shifted"
    r"|negated?|rectified|constant|fixed|free|dropped)"
)
# a name in words that give it another meaning
_OTHERWISE = re.compile(
    rf"(§)\s+(?:{_LATER},?\s+{_BEING}|{_BEING}\s+{_LATER})\s+(?!computed|linear|used|known|compared|given)\w"
    rf"|\bredefin\w+\s+(§)|\blet\s+now\s+(§)|\b[Nn]ow\s+let\s+(§)"
    rf"|\bfrom\s+(?:now|here)\s+on,?\s+(?:let\s+)?(§)\s+{_BEING}\b"
    rf"|(§)\s+(?:is|are|gets|be)\s+(?:(?:then|now|also|treated\s+as|held|kept|a)\s+){{0,2}}{_CHANGED}\b"
    rf"|(?:\A|(?<=[.;:¶]))\s*(?:(?:then|now|next|we|let\s+us)\s+){{0,2}}(?!to\b){_CHANGED}\s+(?:the\s+(?:value|output|input|\w+)\s+)?(§)"
    rf"|\bhold\s+(§)\s+fixed\b|\btreat\s+(§)\s+as\b|(§)\s+(?:no\s+longer|does\s+not)\s+depend",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*(.*?)\s*(?:\\(?:leftarrow|gets|mapsto|leftrightarrow|equiv|Leftarrow)(?![A-Za-z]))")


@dataclass(frozen=True)
class Given:
    """Another value of a name: the name, what the text says, and the offset behind which it may be meant.

    `tied` are the names on which a declared name depends by what the text says: derivatives by them are meant.
    """

    symbol: Symbol
    said: str
    start: int
    tied: frozenset[Symbol] = frozenset()

    def concerns(self, claim: Claim) -> bool:
        """Tell whether a claim below uses the name."""
        below = claim.place.segment.locate(claim.place.start) > self.start
        by = {
            one for node in walk(claim.left, claim.right) if node.op == "derivative" for one in node.data.denominators
        }
        return below and self.symbol in with_ancestors(claim.uses) and (not self.tied or bool(by & self.tied))

    def __str__(self) -> str:
        """Return what a message says of it."""
        return f"the text gives {self.symbol} another value below its definition: '{self.said}'"


def given_again(derivation: Derivation, program: Program, text: str, judge: Judge, seed: int) -> list[Given]:
    """Return the names that have a value to which the text gives another one.

    An equation of the text is judged as a row; the text gives another value where it does not hold.
    """
    found = [*_in_words(derivation, program, text), *_arrows(derivation, program, text)]
    rows: list[Row] = list(derivation.rows)
    said: dict[int, tuple[int, list[Symbol]]] = {}  # by row: its place in the text, and the names that it concerns
    for left, right, place, kinds in (*_equations(derivation, program, text), *_reworded(derivation, text)):
        named = [one for side in (left, right) for one in _named(program, side)]
        tied = frozenset(_names(program, right)) - {*named[:1]}
        if kinds and tied and [one for one in _named(program, left) if one.kind not in (*_DEFINED, "function")]:
            found.append(Given(named[0], _sentence(text, place), _begin(derivation, text, place), tied))
        named = [one for one in named if one.kind in kinds or not kinds]
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
    other |= said.keys() & variant.problems.keys()  # a value that is not read may be another one
    return found + [
        Given(symbol, _sentence(text, said[row][0]), _begin(derivation, text, said[row][0]))
        for row in sorted(other)
        for symbol in said[row][1]
    ]


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


def _names(program: Program, typed: str) -> list[Symbol]:
    """Return the declared symbols of scalars and arrays whose letters a formula has."""
    letters = set(re.findall(r"\\[A-Za-z]+|[A-Za-z]", typed))
    table = program.table.symbols.values()
    return [
        one for one in table if one.kind not in (*_DEFINED, "function") and latex((*one.key[:1], "", "", ())) in letters
    ]


def _sides(typed: str) -> list[str]:
    """Return the sides of a chain of equations; where it is not read, those around its first sign."""
    try:
        tree = parse(typed)
    except Refusal:
        return [side.strip() for side in typed.split("=", maxsplit=1)]
    equal = list(takewhile(lambda one: one == "=", tree.signs))
    return [typed[side.start : side.end] for side in tree.sides[: len(equal) + 1]]


def _sentence(text: str, place: int) -> str:
    """Return the sentence of an offset as a message prints it."""
    words = " ".join(text[begin(text, place) : end(text, place)].split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN]} …"


def _begin(derivation: Derivation, text: str, place: int) -> int:
    """Return where what the text says begins to hold: above the display before it, if its sentence goes on behind."""
    at = begin(text, place)
    shown = [row.display for row in derivation.rows if not row.inline and row.display < at]
    return (
        max(shown) - 1 if shown and plain(text)[at - 1 : at] == "¶" and not text[at:].lstrip()[:1].isupper() else place
    )


def _equations(derivation: Derivation, program: Program, text: str) -> Iterator[_Equation]:
    """Yield the sides of the equations in the text that nothing reads, and that are no case of some."""
    for number, row in enumerate(derivation.rows):
        said = before(text, row.display)
        free = not (row.assumed or row.problem) and (
            not program.kinds.get(number) if row.inline else _INTRODUCES.search(said) is not None
        )
        if not free or (row.inline and (_SOMETIMES.search(said) or _WISHED.search(said))):
            continue
        for segment in row.segments if row.inline else row.segments[:1]:
            left, *sides = _sides(segment.text)
            for right in sides if segment.relations[:1] == ("=",) else ():
                number_only = re.fullmatch(r"[-+\s\d.,/{}]*", right) and not _INTRODUCES.search(said)
                if not number_only:
                    yield left.partition("(")[0] if row.inline else left, right, row.display, _DEFINED


_Equation = tuple[str, str, int, tuple[str, ...]]  # its sides, its place, and the kinds of names that it concerns


def _arrows(derivation: Derivation, program: Program, text: str) -> Iterator[Given]:
    r"""Yield the names that a formula of the text changes with another sign: $z \leftarrow z^2$."""
    for mathematics in MATH.finditer(text, derivation.start, derivation.end):
        left = _ARROW.match(inside(mathematics.group())) if ":" not in mathematics.group() else None
        for symbol in _named(program, left[1]) if left else ():
            yield Given(symbol, _sentence(text, mathematics.start()), mathematics.start())


def _reworded(derivation: Derivation, text: str) -> Iterator[_Equation]:
    """Yield the pairs of formulas that the text makes one, and their place: "Write $z$ for $Wx$"."""
    words = plain(text)
    for found in _PAIR.finditer(words, derivation.start, derivation.end):
        first, second = (inside(formula(text, found.start(k))) for k in (1, 3))
        said = words[begin(text, found.start()) : found.start()]
        if _WISHED.search(said) or _KEEPS.search(found[2]) or len(found[2].split()) > WORDS_BETWEEN:
            continue
        rest = behind(text, found.end(3))
        makes = _MAKES.search(found[2]) or _MAKES.match(rest.lstrip()) or _NAMING.search(said)
        one_is_a_name = _is_bare(first) != _is_bare(second)
        if makes and one_is_a_name and not _OF.search(said) and not re.search(r"[=<>]|\\in(?![a-z])", first + second):
            own = _NAMING.search(said) and min(first, second, key=len) in max(first, second, key=len)  # w for w^2
            yield first, second, found.start(), () if own else _DEFINED
    for found in _REPLACES.finditer(words, derivation.start, derivation.end):
        places = [found.start(k) for k, said in enumerate(found.groups(), 1) if said]
        if not re.search(r"\b(?:if|would|later)\b", words[begin(text, found.start()) : places[1]], re.IGNORECASE):
            first, second = (inside(formula(text, place)) for place in places)
            yield first, second, places[0], ()


WORDS_BETWEEN = 7  # most words between a name and the formula that it stands for
_NAMING = re.compile(
    r"\b(?:write|denote|call|abbreviate|name|assign|give|by|use|take|set|put|let)\W*(?:\w+\s+){0,3}\Z", re.I
)
_OF = re.compile(r"(?:\b(?:of|in|for|at|between|with|on|from|than|over)|§\s+and)\s*\Z")  # no subject follows


def _is_bare(mathematics: str) -> bool:
    """Tell whether a formula is one name or number."""
    try:
        return len(side_items(parse(mathematics).sides[0])) == 1
    except Refusal:
        return False


_CORRECTS = re.compile(
    r"\b(?:misprints?|errat(?:um|a)|typos?|corrections?|should\s+(?:read|be)|abuse\s+of\s+notation"
    r"|same\s+(?:letter|name|symbol)|keep\s+(?:its|the)\s+name|old\s+value)\b",
    re.IGNORECASE,
)


def _in_words(derivation: Derivation, program: Program, text: str) -> Iterator[Given]:
    """Yield the names with a definition that words give another meaning: "Let now $z$ be the output"."""
    for found in _CORRECTS.finditer(plain(text), derivation.start, derivation.end):
        for symbol in program.table.symbols.values():
            if symbol.kind in _DEFINED:
                yield Given(symbol, _sentence(text, found.start()), found.start())
    for found in _OTHERWISE.finditer(plain(text), derivation.start, derivation.end):
        place = next(found.start(k) for k, said in enumerate(found.groups(), 1) if said)
        for symbol in _named(program, inside(formula(text, place))):
            if symbol.kind in _DEFINED:
                yield Given(symbol, _sentence(text, place), place)
