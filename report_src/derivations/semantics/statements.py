"""The statements of a derivation in order, and the dimensions and ranges that they write.

Segments are parsed; a row that begins with + − ⊙ goes on in the statement above; inline mathematics that
neither declares nor defines is prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from report_src.derivations.printing.compare import read_as_printed
from report_src.derivations.semantics.symbols import MAX_SIZE, Dim, Table, same
from report_src.derivations.source.document import Row
from report_src.derivations.source.errors import Refusal, Unjudged, Unreadable
from report_src.derivations.source.rows import SIGNS
from report_src.derivations.source.segments import Segment
from report_src.derivations.source.tokens import tokens
from report_src.derivations.source.vocabulary import GREEK, RELATIONS, UNREAD_RELATIONS
from report_src.derivations.syntax.names import Key, counted, first_item, only_items, plain_name, spell
from report_src.derivations.syntax.parser import Relation, Side, Statement, Syntax

Problems = dict[int, tuple[Refusal, int]]  # the first refusal of each row, and its place


@dataclass
class Placed:
    """A parsed statement, its text, its rows; `silent` where the row is unchecked."""

    tree: Statement
    segment: Segment
    rows: tuple[int, ...]
    silent: bool
    inline: bool
    assumed: bool = False
    declares: bool = False  # whether it is among the declarations, where m = k makes two dimensions one
    restricts: bool = True  # whether it may say that a value is positive
    doubted: str = ""  # a word of the text that leaves open whether it declares
    defines: str = ""  # how the words let it define a name
    display: int = -1  # the offset of its display


_SUPERSCRIPT_OR_WORD = re.compile(
    r"\^\s*(?:[Tt]|\{[^{}]*[Tt]\s*\}|\{?\s*\\[A-Za-z]+\s*\{\s*[Tt]\s*\})|\\(?:text|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+"
)


def writes(text: str, letter: str) -> bool:
    """Tell whether a statement has a letter elsewhere than as a superscript."""
    return letter in _SUPERSCRIPT_OR_WORD.sub(" ", text)


def refuse(problems: Problems, statement: Placed, problem: Refusal) -> None:
    """Note a refusal at its row, with its place in the file."""
    place = statement.segment.locate(problem.start)
    row = statement.rows[0]
    problem.end = statement.segment.locate(max(problem.start, problem.end - 1)) + 1
    problem.start = place
    if not statement.silent:
        problems.setdefault(row, (problem, place))


def refuse_doubted(statement: Placed) -> None:
    """Refuse a declaration that its sentence takes back or leaves open: "Let $x > 0$ or $y > 0$."."""
    if statement.doubted:
        message = f"'{statement.doubted}' leaves open what this declares"
        hint = "declare it in a sentence of its own: Let $x > 0$."
        raise Unreadable(message, 0, len(statement.segment.text.rstrip()), hint)


def collect(rows: list[Row], problems: Problems, sizes: frozenset[str] = frozenset()) -> list[Placed]:
    """Parse the segments of all rows; continuations with a sign are joined to what they continue.

    `sizes` are the letters that the text declares as natural numbers: 1 <= k <= n compares such a k.
    """
    _refuse_open(rows, problems)
    found: list[tuple[Segment, list[int], bool]] = []
    for number, row in enumerate(rows):
        if row.problem is not None:
            problems[number] = (row.problem, row.problem.start)
            if row.assumed:
                found.append((Segment("", [(0, row.start)], ("=",)), [number], False))
        for position, segment in enumerate(row.segments):
            joins = position == 0 and segment.first in SIGNS and not segment.relations
            if row.inline:
                joins = False
            if joins and found and not rows[found[-1][1][0]].inline:
                before, places, silent = found[-1]
                found[-1] = (
                    before.join(segment, " "),
                    [*places, number],
                    silent or row.unchecked is not None,
                )
            else:
                found.append((segment, [number], row.unchecked is not None))
    statements = []
    displayed = next((number for number, row in enumerate(rows) if not row.inline), len(rows))
    for segment, places, silent in found:
        row = rows[places[0]]
        inline, stated = row.inline, row.assumed
        if inline and not _reads_inline(segment) and not (stated and segment.relations):
            continue
        beside = any(other.relations[:1] == ("in",) for other in row.segments)
        if inline and segment.first in RELATIONS and (beside or {"in", ":=", "to"}.intersection(segment.relations)):
            problem = Unreadable("this begins with a relation, and declares nothing", 0, len(segment.text))
            refuse(problems, Placed(Statement((), (), False), segment, tuple(places), silent, inline), problem)
            continue
        try:
            tree = read_as_printed(segment.text)
            declares = beside or (row.announced and places[0] < displayed)
            always = not inline or beside or row.restricts
            placed = Placed(
                tree,
                segment,
                tuple(places),
                silent,
                inline,
                stated,
                declares,
                always,
                row.doubted,
                row.defines,
                row.display,
            )
            statements.append(placed)
        except Refusal as problem:
            fresh = Unreadable(problem.message, problem.start, problem.end, problem.hint)
            broken = Placed(Statement((), (), False), segment, tuple(places), silent, inline, stated)
            if stated or not (inline and _only_prose(segment)):
                refuse(problems, broken, fresh)
                statements.append(broken)
    _take_ranges(statements, {(letter, "", "", ()) for letter in sizes})
    return statements


def _refuse_open(rows: list[Row], problems: Problems) -> None:
    """Refuse to judge a row if the one below may go on from it and cannot be read, as behind a phantom."""
    for number, (above, row) in reversed(list(enumerate(pairwise(rows)))):
        first = row.segments[0] if row.segments else None
        loose = not row.relates if row.problem else first is not None and not (first.relations or _relates(first.text))
        refused = row.problem or (first and first.first not in SIGNS) or number + 1 in problems
        if loose and refused and not (above.inline or row.inline or above.problem) and above.display == row.display:
            end = above.segments[-1].locate(0) if above.segments else above.start
            problems[number] = (Unjudged(OPEN, end), end)


def _relates(text: str) -> bool:
    r"""Tell whether a row prints a relation that is not read, as W \leftarrow W - G does; a phantom prints none."""
    depth, before = 0, ""
    for tok in tokens(text):
        depth += (tok.text == "{") - (tok.text == "}")
        takes = before[:1] == "\\" and before[1:] not in GREEK
        if depth == 0 and tok.text in UNREAD_RELATIONS and not takes:
            return True
        before = tok.text
    return False


OPEN = "not judged: the row below may go on from it, and is refused"


IN_PROSE = ((">",), (">=",), ("=",))  # relations of inline mathematics that declare, or are a remark


def _reads_inline(segment: Segment) -> bool:
    """Tell whether inline mathematics declares or defines; all other is prose."""
    signs = segment.relations
    if "in" in signs:
        return any(word in segment.text for word in ("\\mathbb", "\\{", "\\Delta", "(0", "[0"))
    return ":=" in signs or "to" in signs or signs in IN_PROSE


def _only_prose(segment: Segment) -> bool:
    return segment.relations in IN_PROSE


def dimension_label(item: Syntax) -> str | None:
    """Return the label of a dimension letter such as M_1, or None."""
    use = plain_name(item)
    if use is None or use.operations or use.power or use.primes or use.sup or use.letter.accent:
        return None
    return use.spelled


def size_label(tree: Syntax) -> str | None:
    """Return the label of a dimension letter, or a sum of letters such as n-K+1 as text, or None."""
    items = only_items(tree)
    return dimension_label(items[0]) if len(items) == 1 else spelled_sum(tree)


def spelled_sum(tree: Syntax) -> str | None:
    """Return a sum of letters and numbers as text, or None: n - K + 1 -> "n-K+1"."""
    typed = None if only_items(tree) else spell(tree)
    return typed if typed and counted(typed) else None


def declare_dimensions(statements: list[Placed], table: Table, problems: Problems) -> None:
    """Enter the dimension letters of all declarations and the ties between them; refuse one that contradicts others."""
    for statement in statements:
        signs = statement.tree.signs
        if "in" in signs or "to" in signs:
            space = stated_space(statement.tree)
            for side in (space,) if space else statement.tree.sides[1:]:
                for label in _labels(side):
                    table.dim(label)
        elif signs == ["="] and len(statement.tree.sides) == 2:
            upper = range_of(statement.tree)
            if upper is not None:
                table.dim(upper[1])
    for statement in statements:
        tied = tie(statement, table)
        if tied is not None and not same(*tied, tie=True):
            message = f"{tied[0].label or tied[0]} has another size already"
            refuse(problems, statement, Unreadable(message, 0, len(statement.segment.text.rstrip())))


def stated_space(tree: Statement) -> Side | None:
    r"""Return the space at the end of a row that defines or claims: S \coloneqq QK^\top \in \mathbb{R}^{N \times N}."""
    signs = tree.signs
    chained = len(signs) > 1 and signs[-1] == "in" and not {"in", ":", "to"}.intersection(signs[:-1])
    return tree.sides[-1] if chained else None


def names_before(statements: list[Placed], *signs: str) -> set[Key]:
    """Return the names on the left of all statements whose first relation is one of some: := of all definitions."""
    lefts = [s.tree.sides[0] for s in statements if s.tree.relations and s.tree.relations[0].sign in signs]
    found = (first_item(item) for left in lefts for item in left.items)
    uses = (plain_name(item) for item in found)
    return {use.key for use in uses if use is not None}


def _labels(side: Side) -> list[str]:
    found = []
    for item in side.items:
        for _, term in item.items:
            for factor in term.items:
                scripts = factor.items[1:] if factor.kind == "scripted" else ()
                for script in scripts:
                    for content in [c for s in script.sides for c in s.items]:
                        found.extend(_dimension_letters(content))
    return found


def _dimension_letters(content: Syntax) -> list[str]:
    return [
        label
        for _, term in content.items
        for item in term.items
        for label in (_dimension_letters(item.items[0]) if item.kind == "paren" else [dimension_label(item)])
        if label is not None and item.kind in ("NAME", "scripted", "paren")
    ]


def tie(statement: Placed, table: Table) -> tuple[Dim, Dim] | None:
    """Return the two dimensions of m = k or d = 3 where it is declared; elsewhere it is a claim or a remark."""
    tree = statement.tree
    if not statement.declares or len(tree.sides) != 2 or tree.continues or tree.relations[0].sign != "=":
        return None
    labels = [size_label(side.items[0]) if len(side.items) == 1 else None for side in tree.sides]
    dims = [table.size(label) if label else None for label in labels]
    number = only_items(tree.sides[1].items[0]) if len(tree.sides[1].items) == 1 else ()
    if len(number) == 1 and number[0].kind == "NUM" and number[0].meaning in range(2, MAX_SIZE + 1):
        dims[1] = Dim(size=int(number[0].meaning))
    return (dims[0], dims[1]) if dims[0] is not None and dims[1] is not None else None


def other_size(statement: Placed, table: Table) -> bool:
    """Tell whether a statement among the declarations says that a size is 1, or a product of others: n = 2m."""
    tree = statement.tree
    if not (statement.inline and statement.declares) or tree.signs != ["="] or tie(statement, table) is not None:
        return False
    left = size_label(tree.sides[0].items[0]) if len(tree.sides[0].items) == 1 else None
    return left is not None and table.size(left) is not None and range_of(tree) is None


def range_of(tree: Statement) -> tuple[str, str] | None:
    """Return index and dimension of n = 1,…,N and of n = 1,2,…,N."""
    if len(tree.sides) != 2 or tree.continues or len(tree.sides[0].items) != 1:
        return None
    items = [only_items(item) for item in tree.sides[1].items]
    if len(items) == 4 and len(items[1]) == 1 and items[1][0].kind == "NUM" and items[1][0].meaning == 2:
        del items[1]
    if len(items) != 3:
        return None
    first, dots, last = items
    index = only_items(tree.sides[0].items[0])
    if not (len(first) == len(dots) == len(index) == 1) or len(last) > 1 or dots[0].kind != "DOTS":
        return None
    letter, label = dimension_label(index[0]), size_label(tree.sides[1].items[-1])
    if len(last) == 1 and last[0].kind == "NUM" and 1 < last[0].meaning <= MAX_SIZE and last[0].meaning % 1 == 0:
        label = str(int(last[0].meaning))
    if first[0].kind != "NUM" or first[0].meaning != 1 or letter is None or label is None:
        return None
    return letter, label


def ranges_of(statements: list[Placed], table: Table, problems: Problems) -> dict[str, tuple[Dim, set[int]]]:
    """Return the ranges n = 1,…,N that are written anywhere, with the rows that write them."""
    found: dict[str, tuple[Dim, set[int]]] = {}
    for statement in statements:
        ranged = range_of(statement.tree)
        if ranged is not None:
            letter, label = ranged
            dim, rows = found.setdefault(letter, (table.dim(label), set()))
            if same(dim, table.dim(label)):
                rows.update(statement.rows)
            else:
                message = f"{letter} already runs to {dim}; it cannot run to {label} as well"
                problem = Unreadable(message, 0, len(statement.segment.text), "take another letter for one of them")
                refuse(problems, statement, problem)
        elif statement.declares and _counts(statement.tree):
            message = "this range is not read: an index runs from 1 to one letter"
            problem = Unreadable(message, 0, len(statement.segment.text), "write n = 1,\\dots,N")
            refuse(problems, statement, problem)
    return found


def _take_ranges(statements: list[Placed], sizes: set[Key]) -> None:
    r"""Turn t \in \{1, \dots, T\} into the range t = 1, \dots, T where t is a subscript of a declared name, as in x_t.

    Of any other letter it declares a class label.
    """
    counted = set()
    for statement in statements:
        if statement.tree.signs == ["in"]:
            uses = [plain_name(first_item(item)) for item in statement.tree.sides[0].items]
            counted |= {sub for use in uses if use is not None for sub in (*use.subs, use.sup)}
    declared = names_before(statements, ":=", "in", ":", ">", ">=") | sizes
    for statement in statements:
        statement.tree = _as_range(statement.tree, declared)
    counted -= {ranged[0] for statement in statements if (ranged := range_of(statement.tree)) is not None}
    for statement in statements:
        tree = statement.tree
        if tree.signs != ["in"] or tree.continues or len(tree.sides[0].items) != 1:
            continue
        letter, numbers = only_items(tree.sides[0].items[0]), [only_items(item) for item in tree.sides[1].items]
        counts = len(letter) == 1 and dimension_label(letter[0]) in counted
        if counts and len(numbers) == 1 and len(numbers[0]) == 1 and numbers[0][0].kind == "finite":
            right = Side(numbers[0][0].items, tree.sides[1].start, tree.sides[1].end)
            equals = Relation("=", tree.relations[0].start, tree.relations[0].end)
            statement.tree = Statement((tree.sides[0], right), (equals,), False)


def _as_range(tree: Statement, declared: set[Key]) -> Statement:
    r"""Return 1 \le i \le n as the range i = 1, \dots, n, where i is an index; any other statement as it is."""
    if tree.signs != ["<=", "<="] or tree.continues or any(len(side.items) != 1 for side in tree.sides):
        return tree
    one, letter = (only_items(side.items[0]) for side in tree.sides[:2])
    use = plain_name(letter[0]) if len(letter) == 1 else None
    from_one = len(one) == 1 and one[0].kind == "NUM" and one[0].meaning == 1
    if not from_one or use is None or not use.bare or use.key in declared:
        return tree
    low, index, high = tree.sides
    place = (low.start, high.end)
    dots = Syntax("expr", (("+", Syntax("term", (Syntax("DOTS", (), *place),), *place)),), *place)
    return Statement((index, Side((*low.items, dots, *high.items), *place)), (Relation("=", *place),), False)


def _counts(tree: Statement) -> bool:
    """Tell whether a statement says n = …, …, N of a letter, and is no range that is read."""
    if tree.signs != ["="] or tree.continues or len(tree.sides[0].items) != 1:
        return False
    letter = only_items(tree.sides[0].items[0])
    items = [only_items(item) for item in tree.sides[1].items]
    return (
        len(letter) == 1
        and dimension_label(letter[0]) is not None
        and any(len(item) == 1 and item[0].kind == "DOTS" for item in items)
    )
