r"""Notes that a row holds for all values, \text{for all } i: of what it is judged for anyway they say nothing new."""

from __future__ import annotations

from report_src.derivations.reader import domains, labels
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.statements import Placed
from report_src.derivations.semantics.symbols import Table, same
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax.names import first_item, plain_name


def holds_everywhere(table: Table, scope: Scope | None, statement: Placed) -> bool:
    r"""Tell whether a statement says "for all i" of what a row is judged for anyway: its indices, declared values.

    \text{for all } i, \forall x \in \mathbb{R}^{d}, \text{for each } i \in \{1, \dots, d\}.
    """
    tree = statement.tree
    if not statement.segment.everywhere or statement.inline or tree.continues or tree.signs not in ([], ["in"]):
        return False
    size = labels.counted_dimension(table, tree.sides[1]) if tree.signs else None
    for item in tree.sides[0].items:
        use = plain_name(first_item(item))
        index = scope.free.get(use.spelled) if scope is not None and use is not None and use.bare else None
        symbol = table.symbols.get(use.key) if use is not None and index is None else None
        if size is not None:
            found = index is not None and index.dim.root() is size.root()
        elif tree.signs:
            kind, shape = domains.domain_of(table, tree.sides[1])
            found = symbol is not None and symbol.kind == kind and all(map(same, symbol.shape, shape))
        else:
            found = index is not None or (symbol is not None and symbol.kind not in ("definition", "rule"))
        if not found:
            raise Unreadable(
                _NOT_ALL, item.start, item.end, "state the range in the text, or write it as i = 1,\\dots,d"
            )
    return True


_NOT_ALL = "a row holds for all values of its indices and of what is declared, and this is neither"
