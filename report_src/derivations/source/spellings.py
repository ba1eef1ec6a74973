r"""Other spellings of what the language reads: \overset{(a)}{=}, \eqqcolon, \sum_{1 \le i < j \le n}."""

from __future__ import annotations

import re

from report_src.derivations.source.tokens import Tok, group
from report_src.derivations.source.vocabulary import RELATIONS

_OVER = frozenset({"\\overset", "\\stackrel"})
_REFERENCE = re.compile(
    r"(?:\\(?:text|mathrm|textrm)\{)?\(?(?:[a-zA-Z]|[ivx]+|\*+|\d+)\)?\}?|\\(?:eqref|ref|cref|Cref)\{[^{}]*\}"
)
_LETTER = r"\\?[A-Za-z]+"
_SIZE = r"(?:\\?[A-Za-z]+|\d+)(?: [+-] (?:\\?[A-Za-z]+|\d+))*"
# a limit of a sum that says a whole range or a condition, and the limits of the sums that say the same
_RANGES = [
    (re.compile(pattern.replace("I", f"({_LETTER})").replace("N", f"({_SIZE})")), limits)
    for pattern, limits in (
        (r"1 \\le I \\le N", ["{0} = 1 @ {1}"]),
        (r"1 \\le I , I \\le N", ["{0} = 1 @ {2}", "{1} = 1 @ {2}"]),
        (r"1 \\le I < I \\le N", ["{0} = 1 @ {2}", "{1} = {0} + 1 @ {2}"]),
        (r"1 \\le I \\le I \\le N", ["{0} = 1 @ {2}", "{1} = {0} @ {2}"]),
        (r"1 \\le I \\ne I \\le N", ["{0} = 1 @ {2}", "{1} \\ne {0} @ {2}"]),
        (r"I \\in \[ N \]", ["{0} = 1 @ {1}"]),
        (r"I \\in \\{ 1 , (?:2 , )?\\dots , N \\}", ["{0} = 1 @ {1}"]),
        (r"\\substack { I = 1 \\\\ (\1 .+) } @ N", ["{1} @ {2}"]),
        (r"\\substack { I , I = 1 \\\\ \1 (?:\\ne) \2 } @ N", ["{0} = 1 @ {2}", "{1} \\ne {0} @ {2}"]),
    )
]
_SAME = {"\\leq": "\\le", "\\leqslant": "\\le", "\\ldots": "\\dots", "\\cdots": "\\dots", "\\neq": "\\ne"}
_DEFINES = frozenset({"\\text{def}", "\\mathrm{def}", "\\text{def.}", "\\triangle", "\\Delta", "def"})
NAMES = "=:"  # the relation with which a row names its right side


def respelled(toks: list[Tok]) -> list[Tok]:
    r"""Return the tokens of a row as the language spells them: \overset{(a)}{=} -> =, \eqqcolon -> =:."""
    found: list[Tok] = []
    index = 0
    while index < len(toks):
        tok = toks[index]
        made, after = [tok], index + 1
        if tok.text in _OVER:
            made, after = _relation_below(toks, index)
        elif tok.text == "\\eqqcolon":
            made = [Tok(NAMES, tok.start, tok.end)]
        elif tok.text == "=" and after < len(toks) and toks[after][:2] == (":", tok.end):
            made, after = [Tok(NAMES, tok.start, toks[after].end)], after + 1
        elif [one.text for one in toks[index : index + 3]] == ["."] * 3:
            made, after = [Tok("\\dots", tok.start, toks[index + 2].end)], index + 3
        elif tok.text in ("\\sum", "\\prod"):
            made, after = _sum_over_ranges(toks, index)
        found += made
        index = after
    return _dotted_sums(found)


def _relation_below(toks: list[Tok], index: int) -> tuple[list[Tok], int]:
    r"""Return the relation that a reference is set over, \overset{(a)}{=}, and the index behind it."""
    whole = [toks[index]], index + 1
    if index + 1 >= len(toks) or toks[index + 1].text != "{":
        return whole
    middle = group(toks, index + 1)
    if middle + 1 >= len(toks) or toks[middle + 1].text != "{":
        return whole
    last = group(toks, middle + 1)
    over, relation = "".join(tok.text for tok in toks[index + 2 : middle]), toks[middle + 2 : last]
    if len(relation) != 1 or relation[0].text not in RELATIONS:
        return whole
    if over in _DEFINES and relation[0].text == "=":
        return [Tok(":=", *relation[0][1:])], last + 1
    return (relation, last + 1) if _REFERENCE.fullmatch(over) else whole


def _sum_over_ranges(toks: list[Tok], index: int) -> tuple[list[Tok], int]:
    r"""Return a sum whose lower limit says the whole range as one with two limits, and the index behind it.

    \sum_{1 \le i \le n} -> \sum_{i=1}^{n}, \sum_{1 \le i < j \le n} -> \sum_{i=1}^{n}\sum_{j=i+1}^{n},
    \sum_{i \in [n]} -> \sum_{i=1}^{n}, \sum_{\substack{j=1 \\ j \ne i}}^{n} -> \sum_{j \ne i}^{n}.
    """
    sign, at = toks[index], index + 1
    if [tok.text for tok in toks[at : at + 2]] != ["_", "{"]:
        return [sign], at
    close = group(toks, at + 1)
    after = close + 1
    limit = toks[at + 2 : close]
    if after + 1 < len(toks) and toks[after].text == "^":
        last = group(toks, after + 1) if toks[after + 1].text == "{" else after + 1
        limit += [Tok("@", *toks[after][1:]), *(tok for tok in toks[after + 1 : last + 1] if tok.text not in "{}")]
        after = last + 1
    said = " ".join(_SAME.get(tok.text, tok.text) for tok in limit)
    for pattern, limits in _RANGES:
        if found := pattern.fullmatch(said):
            texts = [
                f"_ {{ {text} }}".replace("@", "} ^ {") for text in (one.format(*found.groups()) for one in limits)
            ]
            place = (toks[at + 2].start, toks[close].start)
            return [tok for text in texts for tok in (sign, *(Tok(part, *place) for part in text.split()))], after
    return [sign], at


_DOTS = frozenset({"\\dots", "\\cdots", "\\ldots"})
_OPENED = {"(": 1, "[": 1, "{": 1, "\\{": 1, ")": -1, "]": -1, "}": -1, "\\}": -1}
# what ends a term of a sum, beside a sign and the bracket around it
_ENDS = frozenset(
    {"&", ",", ";", ".", "\\\\", "\\quad", "\\qquad", "\\text", "\\begin", "\\end", "\\unchecked", "\\label"}
)
Unit = Tok | list[Tok]  # a token, or those of a script


def _dotted_sums(toks: list[Tok]) -> list[Tok]:
    r"""Return a row whose sums with dots have a sign: x_1 + x_2 + \dots + x_n -> \sum_{i'=1}^{n} x_{i'}."""
    for at in (at for at, tok in enumerate(toks) if tok.text in _DOTS):
        if [tok.text for tok in toks[max(at - 1, 0) : at + 2 : 2]] == ["+", "+"]:
            made = _dotted_sum(toks, at)
            if made is not None:
                return _dotted_sums(made)
    return toks


def _dotted_sum(toks: list[Tok], at: int) -> list[Tok] | None:
    """Return a row in which the sum with dots at a place is written with its sign; None where it has another form."""
    last, stop = _term(toks, at + 2, 1)
    begins, terms = at - 1, list[list[Unit]]()
    number = ""
    while begins > 0 and toks[begins].text == "+":
        term, start = _term(toks, begins - 1, -1)
        texts = {*map(_texts, _differences(term, terms[0] if terms else last) or ())}
        first, other = texts.pop() if len(texts) == 1 else ("", "")
        if not first.isdigit() or (terms and not (other.isdigit() and int(first) + 1 == int(other))):
            break
        terms.insert(0, term)
        number, begins = first, start
    changing = [_differences(term, last) or [] for term in terms]
    if any(len({*map(_texts, pairs)}) != 1 or len(pairs) != len(changing[-1]) for pairs in changing):
        return None
    before = toks[begins].text if begins >= 0 else ""
    if number not in ("0", "1") or before == "-":
        return None
    upper = changing[-1][0][1]
    letter = next(name for name in "ijkrst" if f"{name}'" not in "".join(tok.text for tok in toks))
    place = (toks[begins + 1].start, toks[begins + 1].start)
    index = [Tok(letter, *place), Tok("'", *place)]
    sign = [Tok(part, *place) for part in ("\\sum", "_", "{")]
    limits = [*sign, *index, Tok("=", *place), Tok(number, *place), *(Tok(part, *place) for part in "}^{")]
    body = _replaced(terms[0], last, index)
    return [*toks[: begins + 1], *limits, *upper, Tok("}", *place), *body, *toks[stop:]]


def _texts(pair: tuple[list[Tok], list[Tok]]) -> tuple[str, str]:
    one, other = ("".join(tok.text for tok in part) for part in pair)
    return one, other


def _term(toks: list[Tok], at: int, step: int) -> tuple[list[Unit], int]:
    """Return the units of the term of a sum that begins, or with step -1 ends, at a place; and where it stops."""
    depth, start = 0, at
    while 0 <= at < len(toks):
        text = toks[at].text
        depth += step * _OPENED.get(text, 0)
        if depth < 0 or (depth == 0 and (text in ("+", "-") or text in _ENDS or text in RELATIONS)):
            break
        at += step
    part = toks[start:at] if step > 0 else toks[at + 1 : start + 1]
    return _units(part), at


def _units(toks: list[Tok]) -> list[Unit]:
    found: list[Unit] = []
    index = 0
    while index < len(toks):
        found.append(toks[index])
        index += 1
        if toks[index - 1].text in ("_", "^") and index < len(toks):
            braced = toks[index].text == "{"
            close = group(toks, index) if braced else index
            found.append(toks[index + 1 : close] if braced else [toks[index]])
            index = close + 1
    return found


def _differences(left: list[Unit], right: list[Unit]) -> list[tuple[list[Tok], list[Tok]]] | None:
    """Return the parts of scripts in which two terms differ: x_1 y_1 and x_n y_n in (1, n) twice; None for others."""
    if len(left) != len(right):
        return None
    found = []
    for one, other in zip(left, right, strict=True):
        if isinstance(one, Tok) or isinstance(other, Tok):
            if not (isinstance(one, Tok) and isinstance(other, Tok) and one.text == other.text):
                return None
        elif len(one) == len(other):
            found += [([a], [b]) for a, b in zip(one, other, strict=True) if a.text != b.text]
        elif len(one) == 1:
            found.append((one, other))
        else:
            return None
    return found


def _replaced(first: list[Unit], last: list[Unit], index: list[Tok]) -> list[Tok]:
    """Return a term with an index in the place of what differs in the first and the last one."""
    made: list[Tok] = []
    for one, other in zip(first, last, strict=True):
        if isinstance(one, Tok) or isinstance(other, Tok):
            made.append(one if isinstance(one, Tok) else one[0])
            continue
        braces = [Tok(part, one[0].start, one[0].start) for part in "{}"]
        if len(one) == len(other):
            inner = [part for a, b in zip(one, other, strict=True) for part in ([a] if a.text == b.text else index)]
        else:
            inner = index
        made += [braces[0], *inner, braces[1]]
    return made
