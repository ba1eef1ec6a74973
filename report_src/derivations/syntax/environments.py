r"""The environments that print an array inside a row: bmatrix and pmatrix, entry by entry, and cases."""

from __future__ import annotations

from typing import Any

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tokens import environment, group
from report_src.derivations.source.vocabulary import SPACES
from report_src.derivations.syntax.lookahead import outer

_GAPS = SPACES | {"\\quad", "\\qquad"}
_IF, _ELSE = frozenset({"", "if", "for", "when"}), frozenset({"otherwise", "else"})


def matrix(lexer: Any, index: int, stop: int, depth: int) -> int:
    """Emit the entries of a bmatrix or pmatrix, or the branches of cases, row by row."""
    name = environment(lexer.toks, index)
    tok, index = lexer.toks[index], index + 3 + len(name)
    lexer.emit("CASES" if name == "cases" else "MATRIX", name, tok, index)
    start, mark = index, ""
    for at in outer(lexer.toks, index, stop):
        text = lexer.toks[at].text
        if text not in ("&", "\\\\", "\\end"):
            continue
        last = text == "\\end"
        if not (last and start == at and lexer.out[-1].type == "NEWROW"):
            mark = _branch(lexer, start, at, depth + 1) if name == "cases" else lexer.run(start, at, depth + 1) or ""
        elif last:
            lexer.out.pop()
        start = at + 1
        if last:
            return lexer.emit("ENDMATRIX", name, lexer.toks[at], at + 3 + len(name), lexer.toks[at + 2 + len(name)].end)
        lexer.emit("CELL" if text == "&" else "NEWROW", mark, lexer.toks[at], start)
    raise Unreadable(f"\\begin{{{name}}} is never closed", tok.start, tok.end)


def _branch(lexer: Any, start: int, stop: int, depth: int) -> str:
    r"""Emit a cell of cases, a value or a condition such as \text{if } z > 0; return the comma behind a value."""
    while start < stop and lexer.toks[start].text in _GAPS:
        start += 1
    while stop > start and lexer.toks[stop - 1].text in _GAPS:
        stop -= 1
    tail = lexer.toks[stop - 1].text if stop > start and lexer.toks[stop - 1].text in (",", ".", ";") else ""
    stop -= bool(tail)
    if lexer.out[-1].type != "CELL":
        lexer.run(start, stop, depth)
        return tail
    tok, words = lexer.toks[min(start, stop)], ""
    if tok.text == "\\text" and start < stop:
        close = group(lexer.toks, start + 1)
        words, start = "".join(inner.text for inner in lexer.toks[start + 2 : close]), close + 1
    if words.strip(" .,") in (_ELSE if start == stop else _IF):
        lexer.emit("ELSE" if start == stop else "IF", (words, tail), tok, start)
        lexer.run(start, stop, depth)
        return ""
    raise Unreadable("a case is written v & \\text{if } z > 0, the last \\text{otherwise}", tok.start, tok.end)
