r"""Names with a prime: w' := w - \eta g and x' \in \mathbb R^d are names of their own; f' of a function stays one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from report_src.derivations.semantics.statements import Placed
from report_src.derivations.syntax.names import only_items, plain_name
from report_src.derivations.syntax.parser import Script, Syntax

_Primed = tuple[str, str, int]  # a letter, its accent and how many primes follow it
_DECLARES = {("in",), (">",), (">=",), (":",)}


def settle(statements: list[Placed], layout: Iterable[str]) -> None:
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
