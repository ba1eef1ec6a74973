r"""Sums with dots, written with their sign.

x_1 + x_2 + \dots + x_n                                   \sum_{i'=1}^{n} x_{i'}
1 + x + x^2 + \dots + x^n                                 \sum_{i'=0}^{n} x^{i'}
1^2 + 2^2 + \dots + n^2                                   \sum_{i'=1}^{n} (i')^2
g_T + \beta g_{T-1} + \dots + \beta^{T-1} g_1             \sum_{i'=0}^{T-1} \beta^{i'} g_{T-i'}
"""

from __future__ import annotations

from report_src.derivations.source.spellings.patterns import (
    NUMBER,
    Unit,
    free_index,
    pattern_of,
    series,
    units,
    with_counted_numbers,
)
from report_src.derivations.source.tokens import Tok
from report_src.derivations.source.vocabulary import DOTS, RELATIONS

LARGEST_FIRST = 2  # number that a sum to n begins with: it has no term, or one, where n is 1
_OPENED = {"(": 1, "[": 1, "{": 1, "\\{": 1, ")": -1, "]": -1, "}": -1, "\\}": -1}
# what ends a term of a sum, beside a sign and the bracket around it
_ENDS = frozenset(
    {"\\right", *("\\" + size + "r" for size in ("big", "Big", "bigg", "Bigg"))}
    | {"&", ",", ";", ".", "\\\\", "\\quad", "\\qquad", "\\text", "\\begin", "\\end", "\\unchecked", "\\label"}
)


def dotted_sums(toks: list[Tok]) -> list[Tok]:
    r"""Return a row whose sums with dots have a sign: x_1 + x_2 + \dots + x_n -> \sum_{i'=1}^{n} x_{i'}."""
    for at in (at for at, tok in enumerate(toks) if tok.text in DOTS):
        if [tok.text for tok in toks[max(at - 1, 0) : at + 2 : 2]] == ["+", "+"]:
            made = _dotted_sum(toks, at)
            if made is not None:
                return dotted_sums(made)
    return toks


def _dotted_sum(toks: list[Tok], at: int) -> list[Tok] | None:
    """Return a row in which the sum with dots at a place is written with its sign; None where it has another form."""
    last, stop = _term(toks, at + 2, 1)
    begins, terms = at - 1, [last]
    while begins > 0 and toks[begins].text == "+":
        term, start = _term(toks, begins - 1, -1)
        if pattern_of(with_counted_numbers([term, *terms])) is None:
            break
        terms.insert(0, term)
        begins = start
    counted = with_counted_numbers(terms)
    first = counted[0][0].scripts.get(NUMBER, [{}])[0] if counted[0] else {}
    late = isinstance(first, dict) and first.get("", 0) > LARGEST_FIRST
    found = series(counted, free_index(toks)) if counted is terms or (len(terms) > 2 and not late) else None
    if found is None or (begins >= 0 and toks[begins].text == "-"):
        return None
    limits, body = found
    place = (toks[begins + 1].start, toks[begins + 1].start)
    return [*toks[: begins + 1], *(Tok(text, *place) for text in ("\\sum", *limits)), *body, *toks[stop:]]


def _term(toks: list[Tok], at: int, step: int) -> tuple[list[Unit], int]:
    """Return the units of the term of a sum that begins, or with step -1 ends, at a place; and where it stops."""
    depth, start = 0, at
    while 0 <= at < len(toks):
        text = toks[at].text
        depth += step * _OPENED.get(text, 0)
        if depth < 0 or (depth == 0 and (text in ("+", "-") or text in _ENDS or text in RELATIONS)):
            break
        at += step
    return units(toks[start:at] if step > 0 else toks[at + 1 : start + 1]), at
