"""Names and what they stand for: dimensions, indices, values, functions, families.

A name is a letter with its accent, its superscript in parentheses and its subscripts; fonts do not make
names. ``W^{(1)}_{ji}`` is the name W^(1) with two components if W^(1) is declared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from report_src.derivations.syntax.errors import ShapeError, Unreadable
from report_src.derivations.syntax.lexer import Letter
from report_src.derivations.syntax.parser import Script, Side, Syntax
from report_src.derivations.syntax.vocabulary import ACCENTS, GREEK


class Dim:
    """A dimension: a letter of the author's, a number, or one that is not known yet."""

    __slots__ = ("label", "least", "parent", "size")

    def __init__(self, label: str = "", size: int | None = None) -> None:
        """Make a dimension of a letter, of a number, or an unknown one."""
        self.label, self.size = label, size
        self.least = 1
        self.parent: Dim | None = None

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

    def __str__(self) -> str:
        """Return the letter or number."""
        root = self.root()
        return root.label or (str(root.size) if root.size is not None else "?")


ONE = Dim(size=1)
Shape = tuple[Dim, Dim]
SCALAR: Shape = (ONE, ONE)


def same(left: Dim, right: Dim, *, tie: bool = False) -> bool:
    """Make two dimensions one; two different letters agree only where a tie says so."""
    a, b = left.root(), right.root()
    if a is b or (a.size is not None and a.size == b.size):
        return True
    if not a.known():
        a.parent = b
        return True
    if not b.known() or (tie and a.size is None and b.size is None):
        b.parent = a
        a.least = max(a.least, b.least)
        return True
    return False


class Index:
    """An index: its letter, its range, and its axis in the tensors of one statement."""

    __slots__ = ("axis", "bound", "dim", "letter")

    def __init__(self, letter: str, axis: int, dim: Dim | None = None, bound: bool = False) -> None:
        """Make an index; without ``dim`` its range is found from where it stands."""
        self.letter, self.axis, self.bound = letter, axis, bound
        self.dim = dim or Dim()


Selector = Index | int
"""What picks one entry along one axis: an index, or a number counted from 0."""

Key = tuple[str, str, str, tuple[str, ...]]


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
    depends: set[Symbol] = field(default_factory=set)
    used: bool = False

    def __str__(self) -> str:
        """Return the name as a message prints it."""
        return show_key(self.key)


@dataclass
class NameUse:
    """A name as it stands in a row, before it is looked up."""

    letter: Letter
    sup: str
    subs: tuple[str, ...]
    primes: int
    operations: tuple[str, ...]
    power: Side | None
    start: int
    end: int
    sub_after_operation: bool = False


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def latex(key: Key) -> str:
    """Return a name as LaTeX."""
    letter, accent, sup, subs = key
    made = f"\\{letter}" if letter in GREEK else letter
    made = f"\\{accent}{{{made}}}" if accent in ACCENTS else made
    below = ",".join(f"\\{sub}" if sub in GREEK else sub for sub in subs)
    return made + (f"_{{{below}}}" if subs else "") + (f"^{{({sup})}}" if sup else "")


def show_key(key: Key) -> str:
    """Return a name as a message prints it."""
    letter, accent, sup, subs = key
    shown = GREEK.get(letter, letter) + (ACCENTS[accent] if accent else "")
    shown += f"^({sup})" if sup else ""
    below = ",".join(sub for sub in subs if sub != "*")
    if not below:
        return shown
    return shown + (below.translate(_SUBSCRIPTS) if is_number(below) else "_" + below)


def is_number(text: str) -> bool:
    """Tell whether a script is made of the digits 0–9."""
    return text.isascii() and text.isdigit()


def spell(node: Syntax) -> str | None:
    """Return a script's content as text, if it is made of letters, numbers and + − alone."""
    if node.kind == "NUM":
        return f"{node.meaning:g}"
    if node.kind == "NAME":
        return str(node.meaning.letter)
    if node.kind == "TEXT":
        return str(node.meaning).strip()
    if node.kind == "term":
        parts = [spell(item) for item in node.items]
        return None if None in parts else "".join(p for p in parts if p is not None)
    if node.kind == "expr":
        signed = [(sign, spell(term)) for sign, term in node.items]
        if any(text is None for _, text in signed):
            return None
        return "".join(f"{sign}{text}" for sign, text in signed).removeprefix("+")
    return None


def only_items(node: Syntax) -> tuple[Syntax, ...]:
    """Return the items of an expression that is a single term without a sign, else nothing."""
    if node.kind == "expr" and len(node.items) == 1 and node.items[0][0] == "+":
        return tuple(node.items[0][1].items)
    return ()


def subscripts(script: Script) -> tuple[str, ...] | None:
    """Return the items of a subscript: ``{2,j}`` and ``{ij}`` have two."""
    if script.relation or len(script.sides) != 1:
        return None
    found: list[str] = []
    for item in script.sides[0].items:
        pieces = [spell(piece) for piece in only_items(item)] or [spell(item)]
        if any(piece is None for piece in pieces):
            return None
        found.extend(piece for piece in pieces if piece is not None)
    return tuple(found)


def superscript(script: Script) -> tuple[str, tuple[str, ...]] | None:
    """Return the name's superscript and the operations: ``(2)\\top`` is ``("2", ("T",))``."""
    if script.relation or len(script.sides) != 1 or len(script.sides[0].items) != 1:
        return None
    expr = script.sides[0].items[0]
    if spell(expr) == "-1":
        return "", ("inverse",)
    items = only_items(expr)
    if len(items) == 1 and items[0].kind == "NUM" and items[0].meaning == 2:
        return "", ("square",)
    name, operations = "", []
    for position, item in enumerate(items):
        inner = item.items[0] if item.kind == "paren" and len(item.items) == 1 else None
        if position == 0 and inner is not None and item.meaning != "brace" and spell(inner):
            name = spell(inner) or ""
        elif position == len(items) - 1 and _is_transpose(item):
            operations.append("transpose")
        else:
            return None
    return (name, tuple(operations)) if items else None


def _is_transpose(item: Syntax) -> bool:
    return item.kind == "TOP" or (item.kind == "NAME" and item.meaning == Letter("T"))


def read_name(node: Syntax) -> NameUse | None:
    """Return the name a node spells, with its scripts; None where the node is no name."""
    base, scripts = (node.items[0], node.items[1:]) if node.kind == "scripted" else (node, ())
    if base.kind != "NAME":
        return None
    use = NameUse(base.meaning, "", (), 0, (), None, node.start, node.end)
    seen: set[str] = set()
    for script in scripts:
        if script.mark == "|":
            return None
        if script.mark == "'":
            use.primes += 1
            continue
        if script.mark in seen:
            raise Unreadable(f"a second {script.mark} on the same symbol", script.start, script.end)
        seen.add(script.mark)
        if script.mark == "_":
            subs = subscripts(script)
            if subs is None:
                raise Unreadable("this subscript is neither a name's nor an index", script.start, script.end)
            use.subs = subs
            use.sub_after_operation = bool(use.operations)
        else:
            found = superscript(script)
            if found is None:
                use.power = script.sides[0]
            else:
                use.sup, use.operations = found
    return use


def plain_name(node: Syntax) -> NameUse | None:
    """Return the name a node spells, or None where it is no name or one that cannot be read."""
    try:
        return read_name(node)
    except Unreadable:
        return None


class Table:
    """The symbols of one derivation in the order in which they were introduced."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.symbols: dict[Key, Symbol] = {}
        self.dims: dict[str, Dim] = {}
        self.lost: dict[Key, int] = {}

    def dim(self, label: str) -> Dim:
        """Return the dimension of a letter; the first use makes it."""
        return self.dims.setdefault(label, Dim(label))

    def add(self, symbol: Symbol, start: int, end: int) -> Symbol:
        """Enter a symbol; refuse a name that is taken."""
        if symbol.key in self.symbols:
            raise Unreadable(f"{symbol} is already declared or defined", start, end, "give it a name of its own")
        symbol.order = len(self.symbols)
        self.symbols[symbol.key] = symbol
        return symbol

    def find(self, use: NameUse) -> tuple[Symbol, tuple[str, ...]] | None:
        """Return the symbol of a name and the subscripts that pick from it."""
        letter, accent = use.letter.letter, use.letter.accent
        for count in range(len(use.subs), -1, -1):
            head, tail = use.subs[:count], use.subs[count:]
            for sup, sup_index in ((use.sup, ()), ("*", (use.sup,))) if use.sup else (("", ()),):
                for stars in range(len(tail), -1, -1):
                    symbol = self.symbols.get((letter, accent, sup, head + ("*",) * stars))
                    if symbol is not None:
                        return symbol, sup_index + tail
        return None

    def unknown(self, use: NameUse) -> Unreadable:
        """Return the error for a name that nothing declares, with what may have been meant."""
        key = (use.letter.letter, use.letter.accent, use.sup, use.subs)
        lost = [place for name, place in self.lost.items() if name[:2] == key[:2] and name[3] == key[3]]
        if lost:
            message = f"{show_key(key)} is not known: the row that should introduce it was refused"
            return Unreadable(message, use.start, use.end)
        names = list(self.symbols)
        near = [name for name in names if name[0] == key[0] and name != key] or [
            name for name in names if name[0].lower() == key[0].lower()
        ]
        hint = f"did you mean {' or '.join(show_key(name) for name in near[:3])}?" if near else ""
        if "square" in use.operations and any(name[2] == "2" for name in near):
            hint = "a layer is written in parentheses: W^{(2)}"
        if near and self.symbols[near[0]].kind == "function":
            hint = f"declare it: ${latex(key)} : \\mathbb{{R}} \\to \\mathbb{{R}}$; {hint}"
        if not hint:
            hint = f"declare it: ${latex(key)} \\in \\mathbb{{R}}^{{d}}$, or define it: {latex(key)} \\coloneqq …"
        return Unreadable(f"{show_key(key)} is neither declared nor defined", use.start, use.end, hint)


def mismatch(message: str, start: int, end: int, hint: str = "") -> ShapeError:
    """Return the error for shapes that do not agree."""
    return ShapeError(message, start, end, hint)
