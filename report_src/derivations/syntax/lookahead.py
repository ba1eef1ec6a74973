"""What follows a token: the places outside of braces, a bracket that holds a relation."""

from __future__ import annotations

from collections.abc import Iterator

from report_src.derivations.source.tokens import Tok, group
from report_src.derivations.source.vocabulary import ACCENTS, FONTS, GREEK, RELATIONS, SIZES, SPACES

_COMPARISONS = frozenset({"=", "<", ">", "<=", ">="})

_CLOSING = {"(": ")", "[": "]", "\\{": "\\}", "{": "}"}


_WORDED = frozenset({"\\text", "\\mathrm", "\\textrm", "\\mbox"})
_NAMED = frozenset(f"\\{word}" for word in (*FONTS, *ACCENTS, *GREEK)) | SPACES | {"{", "}", "\\quad", ".", ":"}
_SCRIPTS = frozenset({"(", ")", "[", "]", ",", "'", "\\prime", "\\top", "*", "\\star", "\\ast", *"0123456789"})


def names_only(toks: list[Tok]) -> Tok | None:
    r"""Return what makes a note a formula, or None: `\text{bias term}` and `\boldsymbol\delta^{(2)}` say nothing."""
    index, letters, worded = 0, 0, False
    while index < len(toks):
        tok = toks[index]
        index += 1
        if tok.text in _WORDED and index < len(toks) and toks[index].text == "{":
            close = group(toks, index)
            sign = next((inner for inner in toks[index + 1 : close] if inner.text in _CLAIMING), None)
            if sign is not None:
                return sign
            index, worded = close + 1, True
        elif tok.text in ("_", "^"):
            close = group(toks, index) if index < len(toks) and toks[index].text == "{" else index
            odd = (t for t in toks[index : close + 1] if not (t.text in _NAMED | _SCRIPTS or t.text.isalpha()))
            if (sign := next(odd, None)) is not None:
                return sign
            index = close + 1
        elif (tok.text.isalpha() and len(tok.text) == 1) or tok.text[1:] in GREEK:
            letters += 1
            if letters > 1 or worded:
                return tok
        elif tok.text not in _NAMED | {"(", ")", "'"}:
            return tok
    return None


# what words of a note may not hold: signs and digits of a claim
_CLAIMING = frozenset("=<>≈≠≤≥$0123456789") | {"\\(", "\\ensuremath"}


def claims(toks: list[Tok]) -> bool:
    """Tell whether a note begins with its only relation, and says something of what it belongs to: = 0."""
    signs = [at for at in outer(toks, 0, len(toks)) if toks[at].text in RELATIONS]
    return signs == [0] and len(toks) > 1 and RELATIONS[toks[0].text] in _COMPARISONS


def a_shape(toks: list[Tok]) -> bool:
    r"""Tell whether a note says rows and columns, m \times d."""
    rows, sign, columns = [toks[0:1], toks[1:2], toks[2:]] if len(toks) == 3 else [[], [], []]
    sized = all(tok.text.isalnum() for tok in (*rows, *columns))
    return sized and [tok.text for tok in sign] == ["\\times"]


def outer(toks: list[Tok], index: int, stop: int) -> Iterator[int]:
    """Yield the places of tokens that are in no braces of their own."""
    while index < stop:
        yield index
        index = group(toks, index) + 1 if toks[index].text == "{" else index + 1


def sums(toks: list[Tok], index: int, stop: int) -> bool:
    r"""Tell whether a brace \{ at a place holds a sum or a difference at its outer level, and is no set."""
    depth, found = 0, False
    for at in range(index, stop):
        text = toks[at].text
        depth += (text in _CLOSING) - (text in _CLOSING.values())
        if depth == 0:
            return found
        if depth == 1 and (text in RELATIONS or text in (",", ":", "|", "\\mid")):
            return False
        found = found or (depth == 1 and text in ("+", "-") and toks[at - 1].text not in ("\\{", "_", "^"))
    return False


def compares(toks: list[Tok], index: int, stop: int) -> bool:
    """Tell whether a bracket or a subscript begins at a place, and holds a relation at its outer level."""
    while index < stop and (toks[index].text in SPACES | SIZES or toks[index].text == "\\left"):
        index += 1
    if index < stop and toks[index].text == "_":
        index += 1
        if index >= stop or toks[index].text != "{":
            return False
    if index >= stop or toks[index].text not in _CLOSING:
        return False
    depth, close = 0, _CLOSING[toks[index].text]
    for at in range(index, stop):
        text = toks[at].text
        depth += (text in _CLOSING) - (text in _CLOSING.values())
        if depth == 0:
            return False
        if (
            text in RELATIONS
            and RELATIONS[text] in ("=", "<", ">", "<=", ">=", "!=")
            and (depth == 1 or (depth == 2 and close == "}"))
        ):
            return True
    return False
