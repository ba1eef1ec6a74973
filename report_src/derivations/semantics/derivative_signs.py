r"""The signs of derivatives: \partial, an upright d, and the letter d above and below a fraction."""

from __future__ import annotations

from typing import Any

from report_src.derivations.semantics.items import Item
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.lexer_tokens import Letter
from report_src.derivations.syntax.names import only_items, superscript
from report_src.derivations.syntax.parser import Syntax


def italic_d(scope: Scope, top: tuple[Any, ...], bottom: tuple[Any, ...]) -> bool:
    """Tell whether the letter d is the sign of a derivative: it is above and below, and no value is called d."""
    value = ("d", "", "", ()) in scope.table.symbols or "d" in scope.free or any(i.letter == "d" for i in scope.bound)
    return not value and len(bottom) > 1 and bool(top) and bool(order_of(top[0], True) and order_of(bottom[0], True))


def order_of(item: Any, italic: bool = False) -> int:
    """Return 1 for ∂, 2 for ∂², 0 for anything else; `italic` is whether the letter d is read so."""
    base, scripts = (item.items[0], item.items[1:]) if item.kind == "scripted" else (item, ())
    if base.kind != "PARTIAL" and not (italic and base.kind == "NAME" and base.meaning == Letter("d")):
        return 0
    if not scripts:
        return 1
    if len(scripts) == 1 and scripts[0].mark == "^" and superscript(scripts[0]) == ("", ("square",)):
        return 2
    raise Unreadable("∂ carries ^2 or nothing", item.start, item.end)


def operator(scope: Scope, item: Item) -> Syntax | None:
    r"""Return the fraction \frac{\partial}{\partial x}, which acts on what follows it, or None."""
    if not isinstance(item, Syntax) or item.kind != "fraction":
        return None
    top, bottom = only_items(item.items[0]), only_items(item.items[1])
    alone = len(top) == 1 and order_of(top[0], italic_d(scope, top, bottom)) > 0 and len(bottom) > 1
    return item if alone else None


def slashed(scope: Scope, items: list[Item], index: int) -> bool:
    """Tell whether ∂L/∂x, or dL/dx, begins at a place."""
    window = items[index : index + 5]
    trees = [item for item in window if isinstance(item, Syntax)]
    if len(trees) < 5 or trees[2].kind != "SLASH":
        return False
    italic = italic_d(scope, tuple(trees[:2]), tuple(trees[3:]))
    return order_of(trees[0], italic) == 1 and order_of(trees[3], italic) == 1
