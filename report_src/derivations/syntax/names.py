"""Names as they are typed: a letter with its accent, its superscript in parentheses and its subscripts.

Fonts do not make names. `W^{(1)}_{ji}` has the letter W, the superscript 1 and the subscripts j, i.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.vocabulary import ACCENTS, GREEK
from report_src.derivations.syntax.lexer_tokens import Letter
from report_src.derivations.syntax.parser import Script, Side, Syntax

Key = tuple[str, str, str, tuple[str, ...]]


@dataclass
class NameUse:
    """A name in a row, before it is looked up."""

    letter: Letter
    sup: str
    subs: tuple[str, ...]
    primes: int
    operations: tuple[str, ...]
    power: Side | None
    start: int
    end: int
    letter_t: str = ""  # the letter, T or t, with which a transpose is written
    above: Side | None = None  # the superscript that it ends, a power where the base is a number
    label: str = ""  # the superscript as a part of the name, where one is declared so: ^2 in \sigma^2, ^L in W^L
    turned: bool = False  # whether a transpose follows the label: W^{L\top}
    bracket: str = ""  # the bracket around its superscript, ( or [
    squared: bool = False  # whether the name that the label makes is squared: \sigma^4 beside \sigma^2

    def settle(self) -> None:
        """Take the superscript as a part of the name, and for no operation."""
        self.sup, self.power, self.letter_t = self.label, None, ""
        self.operations = ("transpose",) if self.turned else ("square",) if self.squared else ()

    @property
    def key(self) -> Key:
        """The key under which a symbol of this name is declared."""
        return (self.letter.letter, self.letter.accent, self.sup, self.subs)

    @property
    def spelled(self) -> str:
        """The letter and its subscripts, as dimensions are named: d_1."""
        return "_".join((self.letter.letter, *self.subs))

    @property
    def bare(self) -> bool:
        """Tell whether the name is a letter with subscripts at most."""
        return not (self.letter.accent or self.sup or self.primes or self.operations or self.power)


MAX_SUBSCRIPTS = 5  # most subscripts of one symbol; printed ones have at most three
DIFFERENTIAL = "d "  # what the letter of a name such as dZ begins with, where it is no differential
_WORD = "\\text{"
_SHIFTED = re.compile(r"([A-Za-z]+)([+-])(\d{1,2})")
_COUNTED = re.compile(r"([+-]?)(?:([A-Za-z]+'*)|(\d{1,2}))(?=[+-]|$)")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def shifted(text: str) -> tuple[str, int] | None:
    """Return the letter and the steps of a subscript: `t-1` is `("t", -1)`."""
    found = _SHIFTED.fullmatch(text)
    return (found[1], int(found[2] + found[3])) if found else None


def counted(text: str) -> tuple[tuple[tuple[str, int], ...], int] | None:
    """Return the letters with their signs and the number of a sum: `i+k-1` is `((("i", 1), ("k", 1)), -1)`."""
    found = list(_COUNTED.finditer(text))
    if not found or "".join(part[0] for part in found) != text or any(not part[1] for part in found[1:]):
        return None
    sums = [(part[2], part[3], -1 if part[1] == "-" else 1) for part in found]
    letters = tuple((letter, sign) for letter, _, sign in sums if letter)
    twice = len({letter for letter, _ in letters}) < len(letters)
    return None if twice or not letters else (letters, sum(sign * int(number) for _, number, sign in sums if number))


def declared_name(item: Syntax) -> NameUse | None:
    """Return the name that a declaration or a definition introduces; its superscript may be a part of it."""
    use = read_name(item)
    if use is not None and use.label:
        use.settle()
    return use


def latex(key: Key) -> str:
    """Return a name as LaTeX."""
    letter, accent, sup, subs = key
    if letter.startswith(DIFFERENTIAL):
        return "d" + latex((letter.removeprefix(DIFFERENTIAL), accent, sup, subs))
    bare = letter.rstrip("'")
    made = f"\\{bare}" if bare in GREEK else bare
    made = (f"\\{accent}{{{made}}}" if accent in ACCENTS else made) + letter[len(bare) :]
    above = f"^{{{sup[1:]}}}" if sup[:1] == "^" else f"^{{({sup})}}" if sup else ""
    below = ",".join(f"\\{sub}" if sub in GREEK else sub for sub in subs)
    return made + (f"_{{{below}}}" if subs else "") + above


def show_key(key: Key) -> str:
    """Return a name as a message prints it."""
    letter, accent, sup, subs = key
    if letter.startswith(DIFFERENTIAL):
        return "d" + show_key((letter.removeprefix(DIFFERENTIAL), accent, sup, subs))
    bare = letter.rstrip("'")
    shown = GREEK.get(bare, _plain(bare)) + (ACCENTS[accent] if accent else "") + letter[len(bare) :]
    if sup[:1] == "^":
        shown, sup = f"{shown}^{_plain(sup[1:])}", ""
    shown += f"^({sup.replace(_WORD, '').removesuffix('}')})" if sup else ""
    below = ",".join(map(_plain, (sub for sub in subs if sub != "*")))
    if not below:
        return shown
    return shown + (below.translate(_SUBSCRIPTS) if is_number(below) else "_" + below)


def _plain(label: str) -> str:
    return label.replace(_WORD, "").removesuffix("}").replace("\\ast", "*").replace("\\star", "⋆")


def word_of(letter: str) -> str:
    r"""Return the word that a name consists of, \text{MSE}, or an empty string for a letter."""
    return _plain(letter) if letter.startswith(_WORD) else ""


def is_number(text: str) -> bool:
    """Tell whether a script is made of the digits 0–9."""
    return text.isascii() and text.isdigit()


_STARS = {"*": "\\ast", "star": "\\star", "+": "+", "-": "-"}


def spell(node: Syntax) -> str | None:
    """Return a script's content as text, if it is made of letters, numbers and + − only."""
    if node.kind == "NUM":
        return str(node.meaning.typed)
    if node.kind == "NAME" and node.meaning.letter in _STARS:
        return _STARS[node.meaning.letter]
    if node.kind == "NAME" and (node.meaning.font or node.meaning.bold):  # a letter of another font is a label
        bold = "bold " * node.meaning.bold
        return None if node.meaning.accent else f"{_WORD}{bold}{node.meaning.letter}}}"
    if node.kind == "NAME":
        return None if node.meaning.accent else str(node.meaning.letter)
    if node.kind == "OP":
        return f"{_WORD}{node.meaning.typed}}}"
    if node.kind == "scripted" and all(script.mark == "'" for script in node.items[1:]):
        letter = spell(node.items[0]) if node.items[0].kind == "NAME" else None
        return letter and letter + "'" * (len(node.items) - 1)  # the index a' beside a
    if node.kind == "TEXT":
        return f"\\text{{{str(node.meaning).strip()}}}"
    if node.kind == "term":
        parts = [spell(item) for item in node.items]
        joined = "".join(p for p in parts if p is not None)
        return None if None in parts or (len(parts) > 1 and joined in GREEK) else joined
    if node.kind == "expr":
        signed = [(sign, spell(term)) for sign, term in node.items]
        if signed[0][0] == "+" and node.meaning and node.meaning[0] != -1:
            return None  # +1 prints another name than 1
        if any(text is None for _, text in signed):
            return None
        return "".join(f"{sign}{text}" for sign, text in signed).removeprefix("+")
    return None


def only_items(node: Syntax) -> tuple[Syntax, ...]:
    """Return the items of an expression that is a single term without a sign, else nothing."""
    signed = node.kind == "expr" and bool(node.meaning) and node.meaning[0] != -1
    if node.kind == "expr" and len(node.items) == 1 and node.items[0][0] == "+" and not signed:
        return tuple(node.items[0][1].items)
    return ()


def first_item(node: Syntax) -> Syntax:
    """Return the first item of an expression that is a single term without a sign, else the node itself."""
    return next(iter(only_items(node)), node)


def side_items(side: Side) -> tuple[Syntax, ...]:
    """Return the items of a side that is a single term without a sign, else nothing."""
    return only_items(side.items[0]) if len(side.items) == 1 else ()


_LABEL = re.compile(r"([A-Za-z]+)(_|\^\()([A-Za-z]+|[0-9]+)\)?")


def label_parts(text: str) -> tuple[str, str] | None:
    """Return the letter of a label and what names it: `y_i` and `y^(i)` are `("y", "i")`."""
    found = _LABEL.fullmatch(text)
    return (found[1], found[3]) if found else None


def show_label(text: str) -> str:
    """Return a label as a message prints it."""
    letter, *below = label_parts(text) or (text,)
    return show_key((letter, "", "".join(below) if "^" in text else "", () if "^" in text else tuple(below)))


def renamed(text: str, below: str) -> str:
    """Return a label that something else names: `y_i` with `j` is `y_j`."""
    return _LABEL.sub(lambda found: found[0].replace(found[2] + found[3], found[2] + below), text)


def label_text(node: Syntax) -> str | None:
    r"""Return the text of a name with one subscript, or one superscript in parentheses: `y_i`, `y^{(i)}`."""
    scripted = node.kind == "scripted" and node.items[0].kind == "NAME"
    use = plain_name(node) if scripted else None
    if use is None or use.letter.accent or use.letter.bold or use.primes or use.operations or use.power:
        return None
    below, above = use.subs, use.sup
    text = f"{use.letter.letter}_{below[0]}" if len(below) == 1 and not above else ""
    text = f"{use.letter.letter}^({above})" if above and not below else text
    parts = label_parts(text) or ("", "")
    return text if all(len(part) == 1 or part in GREEK or is_number(part) for part in parts) else None


def subscripts(script: Script) -> tuple[str, ...] | None:
    """Return the items of a subscript: `{2,j}` and `{ij}` have two."""
    if script.relation or len(script.sides) != 1:
        return None
    found: list[str] = []
    for item in script.sides[0].items:
        pieces = [spell(piece) or label_text(piece) for piece in only_items(item) or (item,)]
        if any(piece is None for piece in pieces):
            return None
        found.extend(piece for piece in pieces if piece is not None)
    return tuple(found)


def superscript(script: Script) -> tuple[str, tuple[str, ...]] | None:
    """Return the name's superscript and the operations: `(2)\\top` is `("2", ("T",))`."""
    if script.relation or len(script.sides) != 1 or len(script.sides[0].items) != 1:
        return None
    expr = script.sides[0].items[0]
    if spell(expr) == "-1":
        return "", ("inverse",)
    if (below := _negated(expr)) is not None and _is_transpose(below):
        return "", ("inverse", "transpose")
    items = only_items(expr)
    if len(items) == 1 and items[0].kind == "NUM" and items[0].meaning.typed == "2":
        return "", ("square",)
    name, operations = "", []
    for position, item in enumerate(items):
        inner = item.items[0] if item.kind == "paren" and len(item.items) == 1 else None
        if position == 0 and inner is not None and spell(inner):
            name = spell(inner) or ""
        elif position == len(items) - 1 and _is_transpose(item):
            operations.append("transpose")
        else:
            return None
    return (name, tuple(operations)) if items else None


def _negated(expr: Syntax) -> Syntax | None:
    """Return the one factor behind a minus that a superscript consists of: the ⊤ of `-\\top`."""
    terms = expr.items if expr.kind == "expr" else ()
    single = len(terms) == 1 and terms[0][0] == "-" and len(terms[0][1].items) == 1
    return terms[0][1].items[0] if single else None


def _is_transpose(item: Syntax) -> bool:
    return item.kind == "TOP" or (item.kind == "NAME" and item.meaning in (Letter("T"), Letter("t")))


def _label_of(script: Script) -> tuple[str, bool]:
    """Return a superscript as a part of a name, and whether a transpose follows: `L\\top` is `("^L", True)`."""
    if script.relation or len(script.sides) != 1 or len(script.sides[0].items) != 1:
        return "", False
    expr = script.sides[0].items[0]
    items = only_items(expr)
    turned = len(items) > 1 and items[-1].kind == "TOP"
    pieces = [spell(item) for item in items[:-1]] if turned else [spell(expr)]
    text = "".join(piece for piece in pieces if piece is not None)
    return ("", False) if None in pieces or text in ("", "-1", "T", "\\text{T}", "\\text{t}") else (f"^{text}", turned)


def writes_t(script: Script) -> str:
    """Return the letter T or t where a superscript ends in it and means a transpose."""
    expr = script.sides[0].items[0] if script.sides and len(script.sides[0].items) == 1 else None
    items = only_items(expr) or (_negated(expr),) if expr is not None else ()
    items = tuple(item for item in items if item is not None)
    return items[-1].meaning.letter if items and items[-1].kind == "NAME" and _is_transpose(items[-1]) else ""


def read_name(node: Syntax) -> NameUse | None:
    """Return the name a node spells, with its scripts; None where the node is no name."""
    base, scripts = (node.items[0], node.items[1:]) if node.kind == "scripted" else (node, ())
    if base.kind not in ("NAME", "TEXT"):
        return None
    letter = base.meaning if base.kind == "NAME" else Letter(f"{_WORD}{base.meaning.strip()}}}")
    use = NameUse(letter, "", (), 0, (), None, node.start, node.end)
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
                message = "this subscript is neither a name's nor an index"
                hint = "the entry of p at the label of a one-hot y is \\sum_k y_k p_k"
                raise Unreadable(message, script.start, script.end, hint)
            if len(subs) > MAX_SUBSCRIPTS:
                raise Unreadable(f"more than {MAX_SUBSCRIPTS} subscripts on one symbol", script.start, script.end)
            use.subs = subs
        else:
            found = superscript(script)
            use.label, use.turned = _label_of(script)
            if found is None:
                use.power = script.sides[0]
            else:
                use.sup, use.operations = found
                use.letter_t, use.above = writes_t(script), script.sides[0]
                use.bracket = _bracket(script) if use.sup else ""
    return use


def _bracket(script: Script) -> str:
    """Return the bracket around a superscript that is a part of a name."""
    items = only_items(script.sides[0].items[0])
    return str(items[0].meaning) if items and items[0].kind == "paren" else ""


def plain_name(node: Syntax) -> NameUse | None:
    """Return the name a node spells, or None where it is no name or one that cannot be read."""
    try:
        return read_name(node)
    except Unreadable:
        return None
