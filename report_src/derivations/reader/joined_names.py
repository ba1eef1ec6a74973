r"""Names of two signs: w' := w - \eta g and dZ := \frac{\partial L}{\partial Z} are names, once they are defined so.

f' of a function stays its derivative. dZ stays a differential where the text has other differentials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

from report_src.derivations.semantics.statements import Placed, names_before
from report_src.derivations.syntax.lexer_tokens import Letter
from report_src.derivations.syntax.names import DIFFERENTIAL, only_items, plain_name, side_items
from report_src.derivations.syntax.parser import Script, Side, Syntax

_Primed = tuple[str, str, int]  # a letter, its accent and how many primes follow it
_DECLARES = {("in",), (">",), (">=",), (":",)}


def settle(statements: list[Placed], layout: Iterable[str]) -> set[int]:
    """Make each primed name and each name such as dZ that a statement defines a name of one letter, wherever it is.

    Return the positions of the statements with such a name that are not judged, as other rows have differentials.
    """
    _settle_primes(statements, layout)
    named, mixed = _named_differentials(statements)
    for statement in statements if named and not mixed else ():
        statement.tree = _joined(statement.tree, named)
    met = (place for place, one in enumerate(statements) for side in one.tree.sides if named & {*_differentials(side)})
    return set(met) if mixed else set()


_Name = tuple[str, str]  # a letter and its accent


def _named_differentials(statements: list[Placed]) -> tuple[set[_Name], bool]:
    """Return the names whose differentials are defined, and whether there are other differentials or a value d."""
    found: dict[_Name, set[_Name]] = {}
    others: set[_Name] = set()
    for statement in statements:
        tree = statement.tree
        left = side_items(tree.sides[0]) if tree.signs[:1] == [":="] and not tree.continues else ()
        if len(left) == 2 and (name := _differential(left[0], left[1])) is not None:
            found[name] = {one for side in tree.sides[1:] for one in _differentials(side)}
        else:
            others.update(one for side in tree.sides for one in _differentials(side))
    met = others.union(*found.values())
    value = ("d", "", "", ()) in names_before(statements, "in", ":", ">", ">=")
    return set(found), value or not met <= found.keys()


def _differential(first: Any, second: Any) -> _Name | None:
    """Return the name behind a d, where two neighbours are these."""
    if not (isinstance(first, Syntax) and first.kind == "NAME" and first.meaning == Letter("d")):
        return None
    use = plain_name(second) if isinstance(second, Syntax) else None
    return (use.letter.letter, use.letter.accent) if use is not None else None


def _is_derivative(part: Any) -> bool:
    r"""Tell whether a tree is \frac{dL}{dz}."""
    if not isinstance(part, Syntax) or part.kind != "fraction":
        return False
    top = only_items(part.items[0])
    return bool(top) and isinstance(top[0], Syntax) and top[0].kind == "NAME" and top[0].meaning == Letter("d")


def _differentials(part: Any) -> Iterator[_Name]:
    """Yield the names in a tree that a d precedes, those of derivatives left out."""
    if _is_derivative(part):
        return
    if isinstance(part, Syntax) and part.kind == "term":
        yield from (name for pair in pairwise(part.items) if (name := _differential(*pair)) is not None)
    inside = part.items if isinstance(part, (Syntax, Side)) else part.sides if isinstance(part, Script) else part
    for one in inside if isinstance(inside, tuple) else ():
        yield from _differentials(one)


def _joined(part: Any, found: set[_Name]) -> Any:
    """Return a part of a tree in which every dZ of a name is one letter."""
    if isinstance(part, tuple):
        return tuple(_joined(one, found) for one in part)
    if not is_dataclass(part) or isinstance(part, type) or _is_derivative(part):
        return part
    kept = [field.name for field in fields(part) if field.name != "meaning"]
    made: Any = replace(part, **{name: _joined(getattr(part, name), found) for name in kept})
    if not isinstance(made, Syntax) or made.kind != "term":
        return made
    items: list[Any] = []
    for item in made.items:
        if items and _differential(items[-1], item) in found:
            start = items.pop().start
            base = item.items[0] if item.kind == "scripted" else item
            whole = replace(base, start=start, meaning=replace(base.meaning, letter=DIFFERENTIAL + base.meaning.letter))
            item = replace(item, start=start, items=(whole, *item.items[1:])) if item.kind == "scripted" else whole
        items.append(item)
    return replace(made, items=tuple(items))


def _settle_primes(statements: list[Placed], layout: Iterable[str]) -> None:
    """Make each primed name that a statement declares or defines a name of one letter, wherever it is written.

    Where a prime denotes the transpose, and of a letter that is a function, it stays a prime.
    """
    functions, found = set(), set()
    for statement in statements:
        signs = tuple(statement.tree.signs)
        left = [only_items(item) or (item,) for item in statement.tree.sides[0].items] if statement.tree.sides else []
        for items in left:
            use = plain_name(items[0])
            if use is not None and (signs[:2] == (":", "to") or (signs[:1] == (":=",) and len(items) > 1)):
                functions.add((use.letter.letter, use.letter.accent))
            elif use is not None and use.primes and (signs in _DECLARES or signs[:1] == (":=",)):
                found.add((use.letter.letter, use.letter.accent, use.primes))
    found = {name for name in found if name[:2] not in functions}
    if found and "primes" not in layout:
        for statement in statements:
            statement.tree = _renamed(statement.tree, found)


def _renamed(part: Any, found: set[_Primed]) -> Any:
    """Return a part of a tree in which every w' is one letter."""
    if isinstance(part, tuple):
        return tuple(_renamed(one, found) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    kept = [field.name for field in fields(part) if field.name != "meaning"]
    made: Any = replace(part, **{name: _renamed(getattr(part, name), found) for name in kept})
    if not isinstance(made, Syntax) or made.kind != "scripted" or made.items[0].kind != "NAME":
        return made
    base, scripts = made.items[0], made.items[1:]
    primes = sum(script.mark == "'" for script in scripts)
    if (base.meaning.letter, base.meaning.accent, primes) not in found:
        return made
    rest: tuple[Script, ...] = tuple(script for script in scripts if script.mark != "'")
    whole = replace(base, end=made.end, meaning=replace(base.meaning, letter=base.meaning.letter + "'" * primes))
    return replace(made, items=(whole, *rest)) if rest else whole
