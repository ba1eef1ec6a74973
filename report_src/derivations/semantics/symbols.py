"""The meanings of names: dimensions, indices, values, functions, families, and the table of a derivation's symbols.

`W^{(1)}_{ji}` is the name W^(1) with two components if W^(1) is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from report_src.derivations.source.errors import Undeclared, Unjudged, Unreadable
from report_src.derivations.source.vocabulary import INSTEAD
from report_src.derivations.syntax.names import (
    Key,
    NameUse,
    counted,
    is_number,
    label_parts,
    latex,
    shifted,
    show_key,
    show_label,
    word_of,
)


class Dim:
    """A dimension: a letter of the author's, a number, or one that is not known yet."""

    __slots__ = ("label", "least", "parent", "reach", "size", "sum")

    def __init__(self, label: str = "", size: int | None = None) -> None:
        """Make a dimension of a letter, of a number, or an unknown one."""
        self.label, self.size = label, size
        self.least = 1
        self.reach = 1  # the size of which some instance is, because a row compares an index with a number
        self.parent: Dim | None = None
        self.sum: Place | None = None  # the sizes that it is made of: n - K + 1

    def root(self) -> Dim:
        """Return the dimension that stands for all that were found equal."""
        found = self
        while found.parent is not None:
            found = found.parent
        return found

    def known(self) -> bool:
        """Tell whether the dimension is a letter or a number."""
        root = self.root()
        return bool(root.label) or root.size is not None

    def size_in(self, sizes: Mapping[Dim, int]) -> int:
        """Return the size, where those of the letters are given; that of a sum of sizes is 1 where it ends below."""
        root = self.root()
        if root.sum is not None:
            return max(1, root.sum.number_in(sizes))
        return sizes[root] if root.size is None else root.size

    def __str__(self) -> str:
        """Return the letter or number."""
        root = self.root()
        return root.label or (str(root.size) if root.size is not None else "?")


MAX_SIZE = 12  # largest number that is read as a dimension
ONE = Dim(size=1)
Shape = tuple[Dim, Dim]
SCALAR: Shape = (ONE, ONE)


def same(left: Dim, right: Dim, *, tie: bool = False) -> bool:
    """Make two dimensions one; different letters, or a letter and a number, agree only where a tie says so."""
    a, b = left.root(), right.root()
    if a is b or (a.size is not None and a.size == b.size):
        return True
    if a.sum is not None and b.sum is None and tie:
        a, b = b, a
    if tie and a.size is None and a.sum is None and b.size is not None:
        a.parent = b
        return True
    if not a.known():
        a.parent = b
        b.reach = max(a.reach, b.reach)
        return True
    if not b.known() or (tie and a.size is None and b.size is None and a.sum is None):
        a.sum, b.parent = a.sum or b.sum, a
        a.least, a.reach = max(a.least, b.least), max(a.reach, b.reach)
        return True
    return False


class Index:
    """An index: its letter, its range, and its axis in the tensors of one statement."""

    __slots__ = ("axis", "bound", "dim", "first", "letter")

    def __init__(self, letter: str, axis: int, dim: Dim | None = None, bound: bool = False) -> None:
        """Make an index; without `dim` its range is found from its use."""
        self.letter, self.axis, self.bound = letter, axis, bound
        self.first = 1  # the number of its first value; that of a sum may be 0
        self.dim = dim or Dim()


@dataclass(frozen=True)
class Place:
    """A place counted from indices and sizes, each with its sign: h_{t-1}, h_T, x_{i+k-1}; or a size, n - K + 1."""

    parts: tuple[tuple[Index | Dim, int], ...]
    offset: int = 0

    @property
    def indices(self) -> list[tuple[Index, int]]:
        """The indices and their signs."""
        return [(part, sign) for part, sign in self.parts if isinstance(part, Index)]

    @property
    def dims(self) -> list[tuple[Dim, int]]:
        """The sizes and their signs."""
        return [(part, sign) for part, sign in self.parts if isinstance(part, Dim)]

    def number_in(self, sizes: Mapping[Dim, int]) -> int:
        """Return the number that the sizes add up to, where those of the letters are given."""
        return self.offset + sum(sign * dim.size_in(sizes) for dim, sign in self.dims)

    def __str__(self) -> str:
        """Return the place as a message prints it."""
        shown = [f"{'-' if sign < 0 else '+'} {getattr(part, 'letter', part)}" for part, sign in self.parts]
        shown += [f"{'-' if self.offset < 0 else '+'} {abs(self.offset)}"] if self.offset else []
        return " ".join(shown).removeprefix("+ ")


Selector = Index | int | Place  # what picks one entry along one axis; a number counts from 0


def indices_of(picks: Iterable[Selector | str | None]) -> frozenset[Index]:
    """Return the indices of what picks along some axes."""
    picked = list(picks)
    places = [index for pick in picked if isinstance(pick, Place) for index, _ in pick.indices]
    return frozenset([*(pick for pick in picked if isinstance(pick, Index)), *places])


@dataclass(eq=False)
class Symbol:
    """A declared value, a definition or a function."""

    key: Key
    kind: str
    shape: Shape = SCALAR
    slots: tuple[Dim, ...] = ()
    arguments: tuple[Shape, ...] = ()
    order: int = 0
    place: int = 0
    bold: bool = False
    depends: set[Symbol] = field(default_factory=set)
    moved: frozenset[Key] = frozenset()  # arguments in whose place its functions are taken at another value
    awaited: bool = False  # whether it is used in a recursion before its definition
    formula: Any = None  # the arguments it is defined with and its right side, where it is defined as J(θ)
    typed: str = ""  # the right side of its definition as typed
    # the labels that its definition depends on and does not show, whose slots are its last; each with the place of the
    # slot that names it: L_i := -\\log p_{i,y_i} has ("y_i", 0)
    hidden: tuple[tuple[str, int | None], ...] = ()

    def __str__(self) -> str:
        """Return the name as a message prints it."""
        return show_key(self.key)


WHOLE = ":"  # the selector of all members of a family of scalars at once


class Table:
    """The symbols of one derivation in the order in which they were introduced."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.symbols: dict[Key, Symbol] = {}
        self.dims: dict[str, Dim] = {}
        self.sums: dict[tuple[frozenset[tuple[str, int]], int], Dim] = {}  # the sizes that are sums: n - K + 1
        self.refused_names: dict[Key, int] = {}
        self.doubted: set[Symbol] = set()  # what a refused row defines again
        self.twice: set[Key] = set()  # names that were declared again with another shape
        self.told: set[Key] = set()  # the names that an equation of the text gives a value, and that nothing defines
        self.later: set[Key] = set()  # the names that a row defines, above or further on
        self.taken: set[Key] = set()  # the names that are declared or defined anywhere, or that the text speaks of
        self.letters: set[str] = set()  # which of T and t are letters of the derivation, so that ^T may be a power
        self.fonts: dict[tuple[str, str], str] = {}  # the font that a letter has if it is no italic one
        self.brackets: dict[tuple[str, str], str] = {}  # the bracket that a letter has around its superscripts
        self.layout: frozenset[str] = frozenset()
        self.differentials: set[tuple[str, str, str]] = set()  # the names that a row writes d before
        self.d_varies = False  # whether the dimension d is written in formulas as the sign of a differential only
        self.ranges: dict[str, Dim] = {}  # what the text says that an index runs over
        self.fixed: dict[str, Symbol] = {}  # letters in the scripts of names that have no range of them
        self.counting: set[str] = set()  # the letters that were met as indices
        self.constants: set[tuple[str, str, str]] = set()  # the names that the text says are constant
        self.labels: dict[str, Dim] = {}  # the labels that are declared, or written as y_i in the place of an index
        self.varied: dict[Symbol, Symbol] = {}  # the declared symbols among them, and the arrays that dx stands for

    def dim(self, label: str) -> Dim:
        """Return the dimension of a letter, of a number, or of a sum such as n-K+1; the first use makes it."""
        if label.isdigit():
            return ONE if label == "1" else Dim(size=int(label))
        terms = counted(label)
        found = self.total(*terms) if terms is not None else self.dims.setdefault(label, Dim(label))
        found.root().least = max(found.root().least, 1)
        return found

    def total(self, letters: tuple[tuple[str, int], ...], number: int) -> Dim:
        """Return the dimension of a sum of letters, each with its sign, and a number: n - K + 1.

        It may be 0 where it only ends a sum; what is declared with it has an entry.
        """
        if number == 0 and len(letters) == 1 and letters[0][1] > 0:
            return self.dims.setdefault(letters[0][0], Dim(letters[0][0]))
        place = Place(tuple((self.dim(letter), sign) for letter, sign in letters), number)
        key = (frozenset(letters), number)
        if key not in self.sums:
            self.sums[key] = Dim(str(place).replace(" ", ""))
            self.sums[key].sum, self.sums[key].least = place, 0
        return self.sums[key]

    def has_sum(self, label: str) -> bool:
        """Tell whether a sum of sizes is one that was met before."""
        terms = counted(label)
        return terms is not None and (frozenset(terms[0]), terms[1]) in self.sums

    def size(self, label: str) -> Dim | None:
        """Return the dimension of a letter, or of a sum of letters, that is declared; None for any other text."""
        terms = counted(label) or (((label, 1),), 0)
        if label in self.dims:
            return self.dims[label]
        return self.total(*terms) if terms[0] and all(letter in self.dims for letter, _ in terms[0]) else None

    def add(self, symbol: Symbol, start: int, end: int) -> Symbol:
        """Enter a symbol; refuse a name that is taken."""
        if symbol.key in self.symbols:
            if symbol.shape != self.symbols[symbol.key].shape:
                self.twice.add(symbol.key)
            raise Unreadable(f"{symbol} is already declared or defined", start, end, "give it a name of its own")
        self.refuse_label(symbol, start, end)
        self.refuse_component(symbol, start, end)
        self.refuse_whole(symbol, start, end)
        self.refuse_power(symbol, start, end)
        if symbol.key[0] in self.dims and symbol.key[1:] == ("", "", ()) and symbol.shape == SCALAR and not symbol.bold:
            message = f"{symbol} is a dimension of this derivation, so that it can be no other number"
            raise Unreadable(message, start, end, "take another letter for one of them")
        for letter in letters_of(symbol.key) if not symbol.hidden else ():
            if letter in self.counting:
                raise Unreadable(self.one_value(letter, symbol), start, end, RANGE)
            self.fixed.setdefault(letter, symbol)
        symbol.order = len(self.symbols)
        self.symbols[symbol.key] = symbol
        if symbol.kind not in ("definition", "function", "rule") and symbol.key[:3] in self.differentials:
            own = Symbol((f"d{symbol.key[0]}", *symbol.key[1:]), "real", symbol.shape, symbol.slots)
            self.varied[symbol] = self.symbols[own.key] = own
        return symbol

    def refuse_whole(self, symbol: Symbol, start: int, end: int) -> None:
        """Refuse a vector y beside a family y_i of numbers, and a matrix W beside w_{ij}: both print alike."""
        letter, accent, sup, subs = symbol.key
        if subs or symbol.shape == SCALAR or symbol.kind in ("function", "rule"):
            return
        for other in {letter, letter.lower()}:
            for stars in ("*",), ("*", "*"):
                known = self.symbols.get((other, accent, sup, stars))
                alike = known is not None and known.shape == SCALAR and (other == letter or len(stars) == 2)
                if alike and known is not None and known.kind not in ("function", "rule"):
                    message = f"{known} is declared as a family, and reads as an entry of {symbol}"
                    raise Unreadable(message, start, end, "declare the array alone: its entries are read from it")

    def one_value(self, letter: str, symbol: Symbol) -> str:
        """Return why a letter is no index beside a name that carries it without a range."""
        return f"{symbol} is one value, as nothing says what {letter} runs over, and {letter} is an index elsewhere"

    def is_label(self, text: str) -> bool:
        """Tell whether an index is a label: it is declared as one, or has a subscript of its own."""
        return text in self.labels or label_parts(text) is not None

    def refuse_label(self, symbol: Symbol, start: int, end: int) -> None:
        """Refuse a value with the letter of a label."""
        letter, accent = symbol.key[:2]
        label = next((text for text in self.labels if (label_parts(text) or (text,))[0] == letter), None)
        if label is not None and not accent:
            message = f"{show_label(label)} is a label in this derivation, so that {symbol} can be no value"
            raise Unreadable(message, start, end, "take another letter for one of them")

    def refuse_component(self, symbol: Symbol, start: int, end: int) -> None:
        """Refuse a name that is written like a component of another one: x_1 beside the vector x."""
        letter, accent, sup, subs = symbol.key
        counted = bool(subs) and (subs[-1] == "*" or (subs[-1].isdigit() and subs[-1] != "0"))  # w_0 beside w is a bias
        whole = self.symbols.get((letter, accent, sup, ()))
        if counted and whole is not None and whole.shape != SCALAR and not symbol.bold and whole.kind != "function":
            message = f"{symbol} is already a component of {whole}"
            raise Unreadable(message, start, end, "take another letter, or put a word below it: x_{\\text{new}}")

    def refuse_power(self, symbol: Symbol, start: int, end: int) -> None:
        """Refuse a name that is written like a power of another one: \\sigma^2 beside \\sigma."""
        letter, accent = symbol.key[:2]
        for other in self.symbols.values():
            labelled, plain = (other, symbol) if other.key[2][:1] == "^" else (symbol, other)
            mark = labelled.key[2]
            if mark[:1] != "^" or mark[1:] in ("\\ast", "\\star", "+", "-") or mark[1:].startswith("\\text"):
                continue
            alike = plain.key[:3] == (letter, accent, "") and other.key[:2] == (letter, accent)
            if alike and plain.kind != "function" and plain.key[3] in (labelled.key[3], ()):
                message = f"{labelled} can be read as a power, as {plain} is declared too"
                raise Unreadable(message, start, end, "take another letter for one of them")

    def names(self, key: Key) -> bool:
        r"""Whether a key is that of a symbol, or of all members of a family: \alpha of $\alpha_i \in \mathbb{R}$."""
        return key in self.symbols or (not key[3] and (*key[:3], ("*",)) in self.symbols)

    def find(self, use: NameUse) -> tuple[Symbol, tuple[str, ...]] | None:
        """Return the symbol of a name, whose superscript may be a part of it, and the subscripts that pick from it."""
        if use.label and (found := self._labelled(use)):
            use.settle()
            return found
        found = self._find(use)
        if found is not None and found[0].key in self.twice:
            raise Unjudged(f"not judged: {found[0]} is declared twice, with two shapes", use.start, use.end)
        if found is not None:
            self.refuse_bracket(use)
            self._refuse_italic(use, *found)
        return found

    def _refuse_italic(self, use: NameUse, symbol: Symbol, picked: tuple[str, ...]) -> None:
        r"""Refuse x_1 where \mathbf x_1 is a value beside the vector x: it can be read as a component of x."""
        whole = self.symbols.get((*symbol.key[:3], ()))
        vector = whole is not None and whole.shape != SCALAR and whole.kind != "function"
        if symbol.bold and not use.letter.bold and not picked and vector and is_number("".join(symbol.key[3])):
            message = f"{symbol} can be read as a component of {whole}, and as a bold value of its own"
            raise Unreadable(message, use.start, use.end, "take another letter for one of them")

    def refuse_bracket(self, use: NameUse) -> None:
        """Refuse W^{(1)} beside W^{[1]}, and \\mathcal L beside L: they print two names, and are one here."""
        letter = (use.letter.letter, use.letter.accent)
        font = use.letter.font
        if not use.letter.bold and self.fonts.setdefault(letter, font) != font:
            message = f"{show_key((*letter, '', ()))} is written in two fonts: it prints two names"
            raise Unreadable(message, use.start, use.end, "take one font, or another letter")
        if use.bracket and self.brackets.setdefault(letter, use.bracket) != use.bracket:
            shown = show_key((*letter, "", ()))
            message = f"{shown} has its superscript in ( ) and in [ ], which prints two names"
            raise Unreadable(message, use.start, use.end, "take one bracket, or another letter")

    def has_own_meaning(self, use: NameUse) -> bool:
        """Tell whether a letter such as σ, e or I may be read without a declaration: it has no other meaning."""
        return not self.taken & {use.key, (use.letter.letter, "", "", ())}

    def _labelled(self, use: NameUse) -> tuple[Symbol, tuple[str, ...]] | None:
        whole = self._find(replace(use, sup=use.label))
        if whole is None and use.label == "^4" and (square := self._find(replace(use, sup="^2"))):
            use.label, use.squared = "^2", True  # \sigma^4 is the square of the name \sigma^2
            return square
        if whole is not None or is_number(use.label[1:]):
            return whole
        counted = self._find(replace(use, sup="^*"))
        return (counted[0], (use.label[1:], *counted[1])) if counted else None

    def _find(self, use: NameUse) -> tuple[Symbol, tuple[str, ...]] | None:
        letter, accent = use.letter.letter, use.letter.accent
        for count in range(len(use.subs), -1, -1):
            head, tail = use.subs[:count], use.subs[count:]
            for sup, sup_index in (
                ((use.sup, ()), ("*", (use.sup,))) if use.sup and use.sup[0] != "^" else ((use.sup, ()),)
            ):
                for stars in range(len(tail), -1, -1):
                    symbol = self.symbols.get((letter, accent, sup, head + ("*",) * stars))
                    if symbol is not None:
                        return symbol, sup_index + tail
        return self._whole(use)

    def _whole(self, use: NameUse) -> tuple[Symbol, tuple[str, ...]] | None:
        """Return the scalars x_n as the vector x, a_{ij} as the matrix a, and w_{ij} as the entries of W."""
        letter, accent = use.letter.letter, use.letter.accent
        for stars in (("*",), ("*", "*")):
            symbol = self.symbols.get((letter, accent, use.sup, use.subs + stars))
            if symbol is not None and symbol.shape == SCALAR:
                return symbol, (WHOLE,) * len(stars)
        free = all(key[0] != letter for key in self.symbols)
        if len(use.subs) == 2 and letter.islower() and len(letter) == 1 and free:
            symbol = self.symbols.get((letter.upper(), accent, use.sup, ()))
            matrix = symbol is not None and all(dim.root().size != 1 for dim in symbol.shape)
            if symbol is not None and symbol.kind != "function" and matrix:
                return symbol, use.subs
        return None

    def _label(self, use: NameUse) -> str | None:
        """Return the label that a name spells, if it is one."""
        spelled = use.spelled + (f"^({use.sup})" if use.sup else "")
        found = (text for text in (spelled, use.letter.letter) if text in self.labels and not use.letter.accent)
        return next(found, None)

    def unknown(self, use: NameUse, *, applied: bool = False) -> Unreadable:
        """Return the error for a name that nothing declares, with what may have been meant."""
        key = use.key
        lost = [place for name, place in self.refused_names.items() if name[:2] == key[:2] and name[3] == key[3]]
        if lost:
            return Unjudged(f"not judged: the row that introduces {show_key(key)} is refused", use.start, use.end)
        if (label := self._label(use)) is not None:
            hint = f"read are p_{{{label}}}, \\mathbb 1(k = {label}) and \\sum_{{k \\ne {label}}}"
            message = f"{show_label(label)} is a label: it picks an entry or is compared with an index, and no number"
            return Unreadable(message, use.start, use.end, hint)
        if word := word_of(use.letter.letter):
            hint = INSTEAD.get(word) or f"define it, \\text{{{word}}} \\coloneqq …, or take a letter"
            return Unreadable(f"the operator '{word}' is not in the language", use.start, use.end, hint)
        names = list(self.symbols)
        near = [name for name in names if name[0] == key[0] and name != key] or [
            name for name in names if name[0].lower() == key[0].lower()
        ]
        meant = f"did you mean {' or '.join(show_key(name) for name in near[:3])}?" if near else ""
        hint = ""
        if "square" in use.operations and any(name[2] == "2" for name in near):
            hint = "a layer is written in parentheses: W^{(2)}"
        if near and self.symbols[near[0]].kind == "function":
            hint = f"declare it: ${latex(key)} : \\mathbb{{R}} \\to \\mathbb{{R}}$; {meant}"
        if any(shifted(sub) for sub in use.subs):
            hint = f"a recursion is a definition, {use.letter.letter}_t \\coloneqq …, below a declared first member"
        if key in self.later:
            hint = f"{show_key(key)} is defined further on: write its definition above this row"
        if key in self.told:
            hint = f"the text gives it a value in words that define nothing: write ${latex(key)} \\coloneqq …$ there"
        if not hint:
            scalar = "" if use.letter.bold else f"\\mathbb{{R}}$ or ${latex(key)} \\in "
            applies = applied or (use.primes > 0 and "primes" not in self.layout)
            function = f"${latex(key)} : \\mathbb{{R}} \\to \\mathbb{{R}}$ or " if applies else ""
            hint = (
                f"declare it: {function}${latex(key)} \\in {scalar}\\mathbb{{R}}^{{d}}$, "
                + f"or define it: {latex(key)} \\coloneqq …"
                + (f"; {meant}" if meant else "")
                + ("; a derivative is written with \\partial" if key[0] == "delta" and not use.letter.bold else "")
            )
        problem = Undeclared(f"{show_key(key)} is neither declared nor defined", use.start, use.end, hint)
        problem.name = use
        return problem


RANGE = "write the range in the text: $y_i \\in \\mathbb{R},\\ i = 1,\\dots,n$"


def letters_of(key: Key) -> list[str]:
    """Return the letters in the scripts of a name that could be indices: i of y_i and x^{(i)}."""
    return [part for part in (key[2], *key[3]) if len(part) == 1 and part.islower()]


def family(use: NameUse, slots: dict[str, Dim]) -> tuple[Key, tuple[Dim, ...]]:
    """Return the key of a name whose subscripts or superscript may count."""
    sup, dims = use.sup, []
    raw = sup[:1] == "^"
    if sup[raw:] in slots:
        dims.append(slots[sup[raw:]])
        sup = "^*" if raw else "*"
    subs = list(use.subs)
    for position in range(len(subs) - 1, -1, -1):
        if subs[position] not in slots:
            break
        subs[position] = "*"
    dims.extend(slots[old] for old, new in zip(use.subs, subs, strict=True) if new == "*")
    return (use.letter.letter, use.letter.accent, sup, tuple(subs)), tuple(dims)
