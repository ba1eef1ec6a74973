"""Every single edit of a row: what an author slips on, and what would correct a slip.

The same list serves the suggestions (does one edit make a refused row true?) and the mutation test of the
shipped derivations (is every edit of a true row refused?).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from report_src.derivations.semantics.symbols import Table
from report_src.derivations.source.vocabulary import GREEDY, GREEK
from report_src.derivations.syntax.names import Key, NameUse, only_items, plain_name, superscript
from report_src.derivations.syntax.parser import Script, Statement, Syntax


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]` by `new`; `kind` names the slip, `what` says it in words."""

    kind: str
    start: int
    end: int
    new: str
    what: str

    def apply(self, text: str) -> str:
        """Return the edited text."""
        return text[: self.start] + self.new + text[self.end :]


@dataclass(frozen=True, slots=True)
class _Unit:
    """Items of a term that belong together: a name, a function with its argument, a derivative."""

    start: int
    end: int
    kind: str


def edits(text: str, tree: Statement, table: Table) -> Iterator[Edit]:
    """Yield every edit of a statement, sides first to last."""
    letters = _index_letters(tree)
    for side in tree.sides:
        for item in side.items:
            yield from _expression(text, item, table, letters)


def whole(text: str, start: int, end: int) -> int:
    """Return `end` moved behind the braces around a script's or fraction's content."""
    depth = text.count("{", start, end) - text.count("}", start, end)
    while depth > 0 and end < len(text):
        depth += (text[end] == "{") - (text[end] == "}")
        end += 1
    return end


def _expression(text: str, tree: Syntax, table: Table, letters: set[str]) -> Iterator[Edit]:
    places = tree.meaning or ()
    for position, (sign, term) in enumerate(tree.items):
        place = places[position] if position < len(places) else -1
        end = whole(text, term.start, term.end)
        flipped = {"+": "-", "-": "+"}[sign]
        if place >= 0:
            yield Edit("sign", place, place + 1, flipped, f"{flipped} for {sign}")
        else:
            yield Edit("sign", term.start, term.start, "-", "a minus in front")
        if len(tree.items) > 1:
            start = place if place >= 0 else term.start
            yield Edit("term", start, end, "", f"without {text[start:end].strip()}")
        yield from _term(text, term, table, letters)


def _term(text: str, tree: Syntax, table: Table, letters: set[str]) -> Iterator[Edit]:
    units = _units(text, tree, table)
    for left, right in pairwise(units):
        if "sum" in (left.kind, right.kind) or left.kind == "greedy":
            continue
        between = text[left.end : right.start]
        swapped = text[right.start : right.end] + between + text[left.start : left.end]
        if "/" not in between:
            yield Edit("swap", left.start, right.end, swapped, "the factors in the other order")
        sign = next((s for s in ("\\odot", "\\circ") if s in between), "")
        if sign:
            at = left.end + between.index(sign)
            yield Edit("product", at, at + len(sign), " ", "the matrix product for ⊙")
        elif not between.strip():
            yield Edit("product", left.end, right.start, " \\odot ", "⊙ for the product")
    for unit in units:
        if unit.kind in ("sum", "greedy"):
            continue
        written = text[unit.start : unit.end].replace(" ", "")
        if len(units) > 1 and written.startswith(("\\frac{1}{", "\\frac1", "\\tfrac1", "\\tfrac{1}")):
            yield Edit("mean", unit.start, unit.end, "", f"without {text[unit.start : unit.end]}")
    for item in tree.items:
        yield from _item(text, item, table, letters)


def _units(text: str, tree: Syntax, table: Table) -> list[_Unit]:
    """Group the items of a term."""
    units: list[_Unit] = []
    index, items = 0, tree.items
    while index < len(items):
        item = items[index]
        base = item.items[0] if item.kind == "scripted" else item
        step, kind = 1, "factor"
        if base.kind in ("ODOT", "CDOT", "SLASH", "TIMES"):
            index += 1
            continue
        if base.kind == "SUM":
            kind = "sum"
        elif base.kind == "PARTIAL":
            step = 5
        elif base.kind == "NABLA":
            step = 2
        elif base.kind == "OP" or _function(item, table):
            following = items[index + 1] if index + 1 < len(items) else None
            inner = following.items[0] if following is not None and following.kind == "scripted" else following
            if inner is not None and inner.kind == "paren":
                step = 2
            elif base.kind == "OP" and base.meaning in GREEDY:
                kind = "greedy"
        last = items[min(index + step, len(items)) - 1]
        units.append(_Unit(item.start, whole(text, item.start, last.end), kind))
        index += step
    return units


def _function(item: Syntax, table: Table) -> bool:
    use = plain_name(item)
    if use is None:
        return False
    symbol = table.symbols.get(use.key)
    return (symbol is not None and symbol.kind == "function") or (
        symbol is None and use.letter.letter == "sigma" and not use.subs
    )


def _item(text: str, item: Syntax, table: Table, letters: set[str]) -> Iterator[Edit]:
    base: Syntax
    scripts: tuple[Script, ...]
    base, scripts = (item.items[0], item.items[1:]) if item.kind == "scripted" else (item, ())
    end = whole(text, item.start, item.end)
    use = plain_name(item) if base.kind == "NAME" else None
    if base.kind == "NAME" and use is not None:
        if _function(item, table):
            yield from _primes(text, item, use, scripts)
        else:
            yield from _transposes(text, item, scripts, end)
        yield from _renamed(text, use, scripts, table)
        yield from _accented(text, use, scripts, table)
        yield from _reindexed(text, use, scripts, letters, table)
    elif base.kind in ("paren", "fraction", "ONES", "held"):
        yield from _transposes(text, item, scripts, end)
        yield from _subscripts(text, scripts, letters)
    for inner in base.items:
        if isinstance(inner, Syntax) and inner.kind == "expr":
            yield from _inside(text, inner, base, table, letters)


def _inside(text: str, inner: Syntax, base: Syntax, table: Table, letters: set[str]) -> Iterator[Edit]:
    """Yield the edits inside a bracket or fraction; inside a derivative only its names change."""
    items = only_items(inner)
    first = items[0].items[0] if items and items[0].kind == "scripted" else (items[0] if items else None)
    if first is not None and first.kind == "PARTIAL":
        for name in items[1:]:
            use = plain_name(name)
            if use is not None:
                scripts = name.items[1:] if name.kind == "scripted" else ()
                yield from _renamed(text, use, scripts, table)
                yield from _accented(text, use, scripts, table)
                yield from _reindexed(text, use, scripts, letters, table)
        return
    yield from _expression(text, inner, table, letters)


def _transposes(text: str, item: Syntax, scripts: tuple[Script, ...], end: int) -> Iterator[Edit]:
    above = next((script for script in scripts if script.mark == "^"), None)
    if above is None:
        if not any(script.mark in ("'", "|") for script in scripts):
            yield Edit("transpose", end, end, "^{\\top}", f"{text[item.start : end]}^{{\\top}}")
        return
    start, stop = above.start, whole(text, above.start, above.end)
    found = superscript(above)
    if found is None:
        return
    name, operations = found
    if "transpose" in operations:
        new = f"^{{({name})}}" if name else ""
        yield Edit("transpose", start, stop, new, "without the transpose")
    elif name and not operations:
        yield Edit("transpose", start, stop, f"^{{({name})\\top}}", f"{text[item.start : start]}^{{({name})\\top}}")


def _primes(text: str, item: Syntax, use: NameUse, scripts: tuple[Script, ...]) -> Iterator[Edit]:
    for script in scripts:
        if script.mark == "'":
            yield Edit("prime", script.start, script.end, "", "without the prime")
            return
    end = whole(text, item.start, item.end)
    yield Edit("prime", end, end, "'", "with a prime")


def _renamed(text: str, use: NameUse, scripts: tuple[Script, ...], table: Table) -> Iterator[Edit]:
    """Yield the same letter with another declared superscript or subscript."""
    found = table.find(use)
    if found is None:
        current: Key = use.key
    else:
        current = found[0].key
    tail = use.subs[len(current[3]) :] if found is not None else ()
    for key in table.symbols:
        if key[:2] != current[:2] or key == current or "*" in (key[2], *key[3]):
            continue
        new = _scripts(key, use, tail)
        start = scripts[0].start if scripts else use.end
        if not scripts:
            start = whole(text, use.start, use.end)
        stop = whole(text, start, scripts[-1].end) if scripts else start
        if any(script.mark == "|" for script in scripts):
            continue
        what = f"{text[use.start : start]}{new} for {text[use.start : stop]}"
        yield Edit("name", start, stop, new, what)


def _accented(text: str, use: NameUse, scripts: tuple[Script, ...], table: Table) -> Iterator[Edit]:
    """Yield the same name with another declared accent, or without its own."""
    stop = scripts[0].start if scripts else whole(text, use.start, use.end)
    old = text[use.start : stop]
    inner = re.fullmatch(r"\\(?:hat|tilde|bar)\s*(?:\{(.*)\}|(\S))\s*", old) if use.letter.accent else None
    if use.letter.accent and inner is None:
        return
    plain = (inner.group(1) or inner.group(2)) if inner is not None else old.strip()
    for letter, accent, sup, subs in table.symbols:
        if (
            letter == use.letter.letter
            and accent != use.letter.accent
            and (sup, subs) == (use.sup, use.subs[: len(subs)])
        ):
            new = f"\\{accent}{{{plain}}}" if accent else plain
            yield Edit("accent", use.start, stop, new, f"{new} for {old.strip()}")


def _scripts(key: Key, use: NameUse, tail: tuple[str, ...]) -> str:
    subs = [*(key[3]), *tail]
    joint = "," if key[3] and tail else ""
    below = joint.join(["".join(_letter(s) for s in key[3]), "".join(_letter(s) for s in tail)])
    new = f"_{{{below}}}" if subs else ""
    above = f"({key[2]})" if key[2] else ""
    above += {(): "", ("transpose",): "\\top", ("inverse",): "-1", ("square",): "2"}.get(use.operations, "")
    return new + (f"^{{{above}}}" if above else "") + "'" * use.primes


def _letter(sub: str) -> str:
    return f"\\{sub} " if sub in GREEK else sub


def _reindexed(text: str, use: NameUse, scripts: tuple[Script, ...], letters: set[str], table: Table) -> Iterator[Edit]:
    found = table.find(use)
    if found is None or len(use.subs) == len([s for s in found[0].key[3] if s != "*"]):
        return
    yield from _subscripts(text, scripts, letters)


def _subscripts(text: str, scripts: tuple[Script, ...], letters: set[str]) -> Iterator[Edit]:
    """Yield two indices in the other order, and each index as another of the statement's."""
    for script in scripts:
        if script.mark != "_":
            continue
        names = [
            (piece.start, piece.end, text[piece.start : piece.end])
            for side in script.sides
            for expr in side.items
            for piece in only_items(expr)
            if piece.kind == "NAME" and piece.meaning.letter in letters
        ]
        if len(names) == 2:
            (first, first_end, one), (second, second_end, two) = names
            new = two + text[first_end:second] + one
            yield Edit("index", first, second_end, new, f"the indices {two}{one}")
        for start, end, letter in names:
            for other in sorted(letters - {letter.strip().lstrip("\\")}):
                yield Edit("index", start, end, _letter(other), f"the index {other} for {letter}")


def _index_letters(tree: Statement) -> set[str]:
    """Return the single letters in subscripts of a statement."""
    found: set[str] = set()
    stack: list[object] = [item for side in tree.sides for item in side.items]
    while stack:
        node = stack.pop()
        if isinstance(node, Script):
            if node.mark == "_":
                pieces = [piece for side in node.sides for expr in side.items for piece in only_items(expr)]
                found |= {piece.meaning.letter for piece in pieces if piece.kind == "NAME"}
            stack.extend(item for side in node.sides for item in side.items)
        elif isinstance(node, Syntax):
            for item in node.items:
                stack.extend(item if isinstance(item, tuple) else [item])
    return found
