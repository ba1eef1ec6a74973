"""The LALR(1) parse table of the grammar, and the run of its automaton.

lark builds the table from `parser.lark`, which takes longer than a file takes to check. So the table is kept beside the
compiled modules of this folder, as JSON, under a hash of the grammar and of this module; only a process that does not
find it there imports lark.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from report_src.derivations.syntax.lexer_tokens import Mark
from report_src.system.cache_file import keep, recalled

GRAMMAR = Path(__file__).with_name("parser.lark")
KEPT = Path(__file__).parent / "__pycache__" / "parse_table.json"
END = "$END"  # kind of the token behind the last
Build = Callable[[list[Any]], Any]  # makes a node of the children of a rule


class Rule(Struct, array_like=True, frozen=True):
    """A production of the grammar: what it replaces, and what becomes of it.

    `made` is the name of the node; empty where the only child is handed on; with a _ in front where the children are
    a list that the rule above takes over.
    """

    origin: str
    made: str
    size: int
    children: list[int]  # places of the symbols that are not dropped
    lists: list[bool]  # whether such a child is a list of children


class Table(Struct, array_like=True, frozen=True):
    """By state: the next state of each symbol, or -1 - the number of the rule that is reduced before a token."""

    key: str
    start: int
    rules: list[Rule]
    steps: list[dict[str, int]]


class Unexpected(Exception):
    """A token, or the end of a statement, that no rule allows; `accepted` are the kinds that some rule allows there."""

    def __init__(self, mark: Mark | None, accepted: set[str]) -> None:
        """Keep the token and the kinds of tokens."""
        super().__init__(mark)
        self.mark, self.accepted = mark, accepted


def run(marks: Sequence[Mark], builds: Mapping[str, Build]) -> Any:
    """Return what the rules make of the tokens of a statement; raise Unexpected at the first that no rule allows.

    `builds` has a function for each kind of node. See Aho, Lam, Sethi and Ullman, Compilers, algorithm 4.44.
    """
    found = table()
    states: list[int] = [found.start]
    values: list[Any] = []
    for mark in (*marks, None):
        kind = END if mark is None else mark.type
        for rule in _reductions(found, states, kind):
            begin = len(values) - rule.size
            values[begin:] = [_node(rule, values[begin:], builds)]
        if kind not in found.steps[states[-1]]:
            others = filter(str.isupper, found.steps[states[-1]])  # tokens are written in capitals, rules are not
            raise Unexpected(mark, {other for other in others if _allowed(found, states, other)})
        states.append(found.steps[states[-1]][kind])
        values.append(mark)
    return values[0]


def _reductions(found: Table, states: list[int], kind: str) -> Iterator[Rule]:
    """Reduce the states by the rules that end before a token, and yield these."""
    while (step := found.steps[states[-1]].get(kind, 0)) < 0:
        rule = found.rules[-1 - step]
        del states[len(states) - rule.size :]
        states.append(found.steps[states[-1]][rule.origin])
        yield rule


def _allowed(found: Table, states: list[int], kind: str) -> bool:
    """Tell whether a kind of token can follow."""
    states = list(states)
    for _ in _reductions(found, states, kind):
        pass
    return kind in found.steps[states[-1]]


def _node(rule: Rule, values: list[Any], builds: Mapping[str, Build]) -> Any:
    children: list[Any] = []
    for place, is_list in zip(rule.children, rule.lists, strict=True):
        children += values[place] if is_list else [values[place]]
    if rule.made.startswith("_"):
        return children
    return builds[rule.made](children) if rule.made else children[0]


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the table of the grammar: the one that is kept, or a new one, which is kept if the folder is writable."""
    key = hashlib.sha256(GRAMMAR.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    found = recalled(KEPT, Table)
    if found is None or found.key != key:
        found = built(key)
        with contextlib.suppress(OSError):
            KEPT.parent.mkdir(exist_ok=True)
            keep(KEPT, found)
    return found


def built(key: str) -> Table:
    """Return the table that lark builds."""
    from lark import Lark  # where the table is kept it is not imported
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    lexer = type("NoLexer", (Lexer,), dict.fromkeys(("__init__", "lex"), lambda *_: None))
    made = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer=lexer, maybe_placeholders=False)
    found = made.parser.parser._parse_table
    numbers = {rule: number for number, rule in enumerate(made.rules)}
    steps: list[dict[str, int]] = [{} for _ in found.states]
    for state, row in found.states.items():
        for symbol, (action, target) in row.items():
            steps[state][str(symbol)] = target if action is Shift else -1 - numbers[target]
    steps[found.end_states["start"]][END] = 0  # whatever state follows, the statement is read
    return Table(key, found.start_states["start"], [_rule(rule) for rule in made.rules], steps)


def _rule(rule: Any) -> Rule:
    """Return what matters of a rule of lark's: `?rule` hands an only child on, `_rule` and `_TOKEN` leave no node."""
    name = str(rule.origin.name)
    kept = [(k, symbol) for k, symbol in enumerate(rule.expansion) if not (symbol.is_term and symbol.filter_out)]
    alone = rule.options.expand1 and not rule.alias and len(kept) == 1
    made = "" if alone and not name.startswith("_") else str(rule.alias or name)
    lists = [symbol.name.startswith("_") and not symbol.is_term for _, symbol in kept]
    return Rule(name, made, len(rule.expansion), [k for k, _ in kept], lists)
