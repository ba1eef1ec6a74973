"""The indices of one statement: which letters are bound, which are free, and what they range over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from report_src.derivations.semantics.places import FURTHEST, Limits, form_of, never_negative, plus, reached
from report_src.derivations.semantics.shapes import Node, describe, is_one, is_scalar
from report_src.derivations.semantics.symbols import (
    ONE,
    RANGE,
    SCALAR,
    WHOLE,
    Dim,
    Index,
    Place,
    Selector,
    Shape,
    Symbol,
    Table,
    indices_of,
    same,
)
from report_src.derivations.source.errors import ShapeError, Unreadable
from report_src.derivations.source.segments import Segment
from report_src.derivations.source.vocabulary import GREEK
from report_src.derivations.syntax.names import (
    Key,
    NameUse,
    counted,
    is_number,
    label_parts,
    renamed,
    shifted,
    show_key,
    show_label,
)
from report_src.derivations.syntax.parser import Relation

MAX_INDICES = 5  # most indices in one statement: five of size seven are 17,000 numbers; printed rows have at most four


@dataclass(frozen=True, slots=True)
class Target:
    """A symbol with what picks from it: along its slots, its rows and its columns."""

    symbol: Symbol
    slots: tuple[Selector | str, ...]
    row: Selector | str | None
    column: Selector | str | None
    components: bool
    shape: Shape

    @property
    def indices(self) -> frozenset[Index]:
        """The indices that occur."""
        return indices_of((*self.slots, self.row, self.column))

    @property
    def whole(self) -> bool:
        """Whether all members of a family of scalars stand for an array."""
        return WHOLE in self.slots

    def axes(self, row: Any, column: Any) -> tuple[Any, ...]:
        """Return what picks along slots, rows and columns, where `row` and `column` are the axes of the array."""
        if self.whole:
            axes = iter((row, column))
            return (*(next(axes) if pick == WHOLE else pick for pick in self.slots), 0, 0)
        if self.components:
            return (*self.slots, self.row, self.column)
        return (*self.slots, row, column)


@dataclass(frozen=True, slots=True)
class Idle:
    """A derivative by a definition that the numerator does not contain, and why it is refused."""

    place: tuple[int, int]
    message: str
    hint: str
    related: bool  # whether both are made of a value that they have in common


@dataclass(frozen=True, slots=True)
class Note:
    """What the note of a brace claims of it."""

    inner: Node
    relation: Relation
    right: Node


class Scope:
    """What one statement knows about its indices, and which symbols it has used."""

    def __init__(self, table: Table, segment: Segment, ranged: dict[str, Dim]) -> None:
        """Begin without indices; `ranged` has those whose range the row writes."""
        self.table, self.segment, self.ranged = table, segment, ranged
        self.free: dict[str, Index] = {}
        self.bound: list[Index] = []
        self.met: set[int] = set()  # axes of those that were met in their sum
        self.shadowed: dict[int, Any] = {}  # axis of one that was not -> a sum inside with its letter
        self.named: frozenset[str] = frozenset()  # the subscripts of the name that the statement defines
        self.released: set[str] = set()
        self.indices_made: list[Index] = []
        self.idle: list[Idle] = []
        self.uses: set[Symbol] = set()
        self.moved: set[Key] = set()  # arguments of functions that were applied at another value
        self.reader: Any = None  # what reads expressions in this scope
        self.bindings: dict[Key, Any] = {}  # the values that the arguments of a function have while its formula is read
        # free indices that a sum compares its own with; unless they occur on all sides, the sum may run over both
        self.uncleared: list[Index] = []
        self.limits = Limits()
        self.stated: set[Index] = set()  # the indices of sums whose upper limit is written
        self.places: list[tuple[Place, Dim, str, int, int]] = []  # the places met, along what size, of what, and where
        self.partial: dict[str, list[Place]] = {}  # places that some values of free indices lack: what is then below 0
        self.defines = False  # whether the statement is a definition
        self.calls = 0
        self.choice: dict[str, str] = {}  # how signs with several readings are read here
        self.notes: list[Note] = []  # what the notes of braces claim
        self.notes_read: set[int] = set()  # where the braces begin whose notes were compared, or are claims
        self.unnamed: list[Any] = []  # the expressions that are differentiated without a name
        self.read_as_products: list[str] = []
        self.in_indicator = False
        self.in_exponent = False  # where an index counts as its number: \beta^{T-t}
        self.inherited: dict[str, Dim] = {}  # the ranges of indices in the statement that this one goes on from

    def number_of(self, index: Index, place: Any) -> Node:
        """Return the number of an index as a node at the place of what is read: the i of 1[i = j]."""
        return Node("index", (), SCALAR, frozenset({index}), place.start, place.end, self.segment, index)

    def make(self, letter: str, bound: bool, place: Any) -> Index:
        """Make an index with an axis of its own."""
        taken = {index.axis for index in (*self.free.values(), *self.bound)}
        if len(taken) >= MAX_INDICES:
            message = f"more than {MAX_INDICES} indices at one place of a statement"
            raise Unreadable(message, place.start, place.end)
        axis = next(axis for axis in range(MAX_INDICES) if axis not in taken)  # a sum that is left gives its axis back
        label = self.table.labels.get(letter)
        declared = label if label is not None and label.known() else None
        known = declared or self.ranged.get(letter) or self.inherited.get(letter)
        if letter in self.table.fixed and letter not in self.table.labels:
            message = self.table.one_value(letter, self.table.fixed[letter])
            raise Unreadable(message, place.start, place.end, RANGE)
        self.table.counting.add(letter)
        made = Index(letter, axis, known if not bound else None, bound)
        self.indices_made.append(made)
        return made

    def bind(self, letter: str, place: Any) -> Index:
        r"""Enter the index of a sum, which its letter means inside of it: \sum_i a_i \sum_i b_i is a product."""
        outer = (index.axis for index in self.bound if index.letter == letter)
        self.shadowed |= {axis: place for axis in outer if axis not in self.met}
        if letter in self.free:
            message = f"the index {letter} is free elsewhere in this statement and summed over here"
            raise Unreadable(message, place.start, place.end, "give one of them another letter")
        if letter in self.table.labels:
            message = f"{show_label(letter)} is a label, which is fixed: no sum runs over it"
            raise Unreadable(message, place.start, place.end, "take another letter for the index of the sum")
        if (letter, "", "", ()) in self.table.symbols:
            shown = show_key((letter, "", "", ()))
            raise Unreadable(f"{shown} is declared as a value and cannot be an index", place.start, place.end)
        index = self.make(letter, True, place)
        self.bound.append(index)
        return index

    def counts(self, letter: str) -> bool:
        """Tell whether a letter is an index here, and may be read as its number."""
        bound = any(found.letter == letter for found in self.bound)
        return self.in_indicator or bound or (self.in_exponent and letter in self.free)

    def release(self, letter: str) -> None:
        """Leave the sum over an index."""
        assert self.bound[-1].letter == letter
        axis = self.bound.pop().axis
        self.met.discard(axis)
        place = self.shadowed.pop(axis, None)
        if place is not None:
            raise Unreadable(f"the index {letter} is already summed over", place.start, place.end)
        self.released.add(letter)

    def index(self, letter: str, use: Any, *, bold: bool) -> Index:
        """Return the index of a letter; an unknown one becomes free, unless the name is bold."""
        for found in reversed(self.bound):
            if found.letter == letter:
                self.met.add(found.axis)
                self.shadowed.pop(found.axis, None)
                return found
        if letter in self.free:
            return self.free[letter]
        shown = show_label(letter)
        if letter in self.released:
            message = f"the index {shown} is summed over in this statement, and occurs outside of its sum here"
            raise Unreadable(message, use.start, use.end, "put the whole sum in brackets, or take another letter")
        if letter in self.table.dims:
            raise Unreadable(f"{shown} is a dimension, not an index", use.start, use.end)
        if (letter, "", "", ()) in self.table.symbols:
            label = self.table.symbols[letter, "", "", ()].kind == "onehot"
            hint = f"the entry at the label is \\sum_k {shown}_k x_k" if label else ""
            raise Unreadable(f"{shown} is a value, not an index", use.start, use.end, hint)
        if bold and letter not in self.ranged:
            message = f"no symbol {show_key(use.key)} is declared"
            hint = "a component is written with a letter that is not bold"
            raise Unreadable(message, use.start, use.end, hint)
        if label_parts(letter) is not None:
            self.note_label(letter, use)
        elif len(letter.rstrip("'")) > 1 and letter.rstrip("'") not in GREEK:
            raise Unreadable(f"{letter} is not an index", use.start, use.end)
        self.free[letter] = self.make(letter, False, use)
        return self.free[letter]

    def note_label(self, text: str, use: Any) -> None:
        """Enter a label that is written as y_i; refuse one whose letter has another meaning."""
        letter = (label_parts(text) or (text,))[0]
        other = next((symbol for key, symbol in self.table.symbols.items() if key[:2] == (letter, "")), None)
        if other is not None or letter in self.table.dims or letter in self.table.labels:
            kind = "a dimension" if letter in self.table.dims else "a label of its own" if other is None else "a value"
            message = f"{show_label(text)} is no index: {other or show_label(letter)} is {kind}"
            hint = "the entry of p at the label of a one-hot y is \\sum_k y_k p_k"
            raise Unreadable(message, use.start, use.end, hint)
        self.table.labels.setdefault(text, Dim())

    def selector(self, text: str, dim: Dim, use: Any, *, bold: bool, shown: str) -> Selector:
        """Return what a subscript picks along an axis of size `dim`."""
        if is_number(text):
            place = int(text)
            root = dim.root()
            if bold:
                message = f"no symbol {shown} with subscript {text} is declared"
                raise Unreadable(message, use.start, use.end, "a component is written with a letter that is not bold")
            if text != str(place):
                raise Unreadable(f"{text} is no number of a component", use.start, use.end)
            if place < 1:
                raise Unreadable(f"{shown} has no component {text}", use.start, use.end, f"define {shown}_{text} above")
            if place > (root.size or place):
                raise ShapeError(f"{shown} has no component {text}", use.start, use.end)
            if place > FURTHEST:
                message = f"a component of a size that is a letter is one of the first {FURTHEST}"
                raise Unreadable(message, use.start, use.end, "take a smaller number, or write the row for any i")
            root.least = max(root.least, place)
            return place - 1
        steps = shifted(text)
        letter = steps[0] if steps else text
        counts = letter in self.free or any(bound.letter == letter for bound in self.bound)
        if letter in self.table.dims and not counts:
            return self.last(text, steps, dim, use, bold=bold, shown=shown)
        if (terms := counted(text)) is not None and terms != (((text, 1),), 0):
            return self.place(*terms, dim, use, bold=bold, shown=shown)
        index = self.index(text, use, bold=bold)
        if index.first == 0:
            return self.place(((text, 1),), 0, dim, use, bold=bold, shown=shown)
        if same(index.dim, dim):
            return index
        if _are_sums(index.dim, dim) and (not index.bound or index in self.stated):
            return self.place(((text, 1),), 0, dim, use, bold=bold, shown=shown)
        raise _elsewhere(index, dim, shown, use)

    def place(
        self, letters: tuple[tuple[str, int], ...], offset: int, dim: Dim, use: Any, *, bold: bool, shown: str
    ) -> Place:
        """Return the place that is counted from indices and sizes: h_{t-1}, x_{i+k-1}; it may exist for some only."""
        parts: list[tuple[Index | Dim, int]] = []
        for letter, sign in letters:
            if letter in self.table.labels:
                message = f"{show_label(letter)} is a label: nothing is counted from it"
                raise Unreadable(message, use.start, use.end)
            counts = letter in self.free or any(bound.letter == letter for bound in self.bound)
            size = self.table.dims.get(letter) if not counts else None
            parts.append((size or self.index(letter, use, bold=bold), sign))
        first = parts[0][0]
        alone = len(parts) == 1 and isinstance(first, Index) and first.first == 1
        if alone and isinstance(first, Index) and not (same(first.dim, dim) or _are_sums(first.dim, dim)):
            raise _elsewhere(first, dim, shown, use)
        for part, sign in parts:
            if isinstance(part, Index) and not part.bound and sign > 0 and not part.dim.known():
                same(part.dim, dim)
            along = part.dim if isinstance(part, Index) else part
            reached(along, abs(offset) + 2 * len(parts), use.start, use.end)
        found = Place(tuple(parts), offset)
        self.places.append((found, dim, shown, use.start, use.end))
        return found

    def settle_places(self) -> None:
        """Find the places that some values of free indices lack; refuse those that a sum goes beyond."""
        for place, dim, shown, start, end in self.places:
            for excess in (plus(form_of(place), {None: -1}), plus(form_of(dim), form_of(place), -1)):
                left = self.limits.least(excess, bound=True)
                if never_negative(self.limits.least(left, bound=False), self.table.sums.values()):
                    continue
                free = [key for key in left if isinstance(key, Index)]
                if not free or any(index.letter in self.ranged for index in free):
                    runs = ", ".join(index.letter for index, _ in place.indices)
                    message = f"{shown} is met outside of its range, as {runs} runs over all of it"
                    raise Unreadable(message, start, end, "write the first or the last term beside the sum")
                parts = tuple((key, count) for key, count in left.items() if key is not None)
                self.partial.setdefault(str(place), []).append(Place(parts, left[None]))
        self.places.clear()

    def last(self, text: str, steps: tuple[str, int] | None, dim: Dim, use: Any, *, bold: bool, shown: str) -> Selector:
        """Return the last member, x_T, or one some steps before it."""
        letter, offset = steps or (text, 0)
        if bold or self.table.dims[letter].root() is not dim.root() or offset > 0:
            raise Unreadable(f"{letter} is a dimension, not an index of {shown}", use.start, use.end)
        dim.root().least = max(dim.root().least, 1 - offset)
        return Place(((dim, 1),), offset)

    def target(self, use: NameUse, symbol: Symbol, subs: tuple[str, ...]) -> Target:
        """Return a symbol with the selectors that its subscripts mean."""
        count = len(symbol.slots) - len(symbol.hidden)
        if len(subs) < count:
            starred = ",".join(["n"] * count)
            message = f"{symbol} is a family: it needs an index, as in {symbol}_{starred}"
            raise Unreadable(message, use.start, use.end)
        hidden = self.hidden(symbol, subs, use)
        if subs and subs == (WHOLE,) * count:
            shape = (symbol.slots[0], symbol.slots[1] if count == 2 else ONE)
            return Target(symbol, (*subs, *hidden), None, None, False, shape)
        slots = tuple(
            self.selector(text, dim, use, bold=False, shown=str(symbol))
            for text, dim in zip(subs[:count], symbol.slots[:count], strict=True)
        )
        slots += hidden
        rest = subs[count:]
        if not rest:
            return Target(symbol, slots, None, None, False, symbol.shape)
        bold = use.letter.bold
        row, column = self.picks(rest, symbol.shape, str(symbol), use.start, use.end, bold=bold, use=use)
        return Target(symbol, slots, row, column, True, picked_shape(symbol.shape, row, column))

    def hidden(self, symbol: Symbol, subs: tuple[str, ...], use: NameUse) -> tuple[Selector, ...]:
        """Return the labels on which a symbol depends and which it does not show; L_j of L_i := … has the label y_j."""
        found, first = [], len(symbol.slots) - len(symbol.hidden)
        for (label, place), dim in zip(symbol.hidden, symbol.slots[first:], strict=True):
            text = label if place is None else renamed(label, subs[place])
            if not self.table.is_label(text):
                message = f"{symbol} depends on the label {show_label(label)}, which is not fixed here"
                raise Unreadable(message, use.start, use.end, "write its index as a letter or a number")
            found.append(self.selector(text, dim, use, bold=False, shown=str(symbol)))
        return tuple(found)

    def picks(
        self, subs: tuple[str, ...], shape: Shape, shown: str, start: int, end: int, **name: Any
    ) -> tuple[Selector | str | None, Selector | str | None]:
        """Return the selectors of rows and columns: one for a vector, two for a matrix, of which one may be whole."""
        use = name.get("use") or NameUse(_NO_LETTER, "", (), 0, (), None, start, end)
        bold = name.get("bold", False)
        rows, columns = shape
        if len(subs) == 1 and is_number(subs[0]) and len(subs[0]) == 2 and not is_one(rows) and not is_one(columns):
            subs = tuple(subs[0])
        if is_scalar(shape):
            raise Unreadable(f"{shown} is a scalar and has no components", start, end)
        if _WHOLE.issuperset(subs):
            raise Unreadable(f"this is all of {shown}", start, end, "write its name alone")
        one_dimensional = is_one(rows) or is_one(columns)
        if one_dimensional and len(subs) == 2 and subs[not is_one(rows)] == "1":  # Z_{1i} of a row is Z_i
            subs = (subs[is_one(rows)],)
        if len(subs) != (1 if one_dimensional else 2):
            wanted = "one index" if one_dimensional else "two indices"
            message = f"{shown} is {describe(shape)}: a component has {wanted}, not {len(subs)}"
            raise Unreadable(message, start, end)
        if is_one(columns):
            return self.selector(subs[0], rows, use, bold=bold, shown=shown), 0
        if is_one(rows):
            return 0, self.selector(subs[0], columns, use, bold=bold, shown=shown)
        row = "row" if subs[0] in _WHOLE else self.selector(subs[0], rows, use, bold=bold, shown=shown)
        return row, "column" if subs[1] in _WHOLE else self.selector(subs[1], columns, use, bold=bold, shown=shown)


def picked_shape(shape: Shape, row: Selector | str | None, column: Selector | str | None) -> Shape:
    """Return the shape of an entry, of a row A_{i,:} or of a column A_{:,j} of an array."""
    return (shape[0] if row == "row" else ONE, shape[1] if column == "column" else ONE)


_WHOLE = frozenset({":", "cdot"})  # the subscripts that stand for all rows, or all columns


def _are_sums(*dims: Dim) -> bool:
    """Tell whether some of two sizes is a sum, so that an index of one may count along the other."""
    return any(dim.root().sum is not None for dim in dims)


def _elsewhere(index: Index, dim: Dim, shown: str, use: Any) -> Unreadable | ShapeError:
    letter = show_key((index.letter, "", "", ()))
    message = f"{letter} runs over {index.dim} elsewhere in this statement, and over {dim} in {shown}"
    hint = f"a sum over {shown}'s index ends at {dim}: \\sum_{{{letter}=1}}^{{{dim}}}" if index.bound else ""
    numbered = dim.root().size is not None or index.dim.root().size is not None
    return (Unreadable if numbered else ShapeError)(message, use.start, use.end, hint)


_NO_LETTER: Any = type("NoLetter", (), {"letter": "", "accent": "", "bold": False})()
