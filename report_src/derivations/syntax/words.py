"""Words in and around formulas: which are passed over, and which would change what a row says."""

from __future__ import annotations

import re

from report_src.derivations.syntax.errors import Unreadable
from report_src.derivations.syntax.tokens import Tok, group
from report_src.derivations.syntax.vocabulary import OPERATORS, SPACES

WORDS = frozenset({"\\text", "\\intertext", "\\shortintertext"})
"""Commands that set words in a display."""
PROSE = frozenset(
    {"\\emph", "\\textbf", "\\textit", "\\textrm", "\\textsf", "\\texttt", "\\mbox", "\\footnote", "\\enquote"}
    | {"\\cref", "\\Cref", "\\ref", "\\eqref", "\\pageref", "\\cite", "\\label", "\\item", "\\par", "\\noindent"}
    | {"\\smallskip", "\\medskip", "\\bigskip", "\\ldots", "\\dots", "\\S", "\\\\", "\\ ", "\\,", "\\-", "\\/", "\\@"}
    | {"\\%", "\\&", "\\#", "\\_", "\\$", "\\quad", "\\qquad", "\\'", '\\"', "\\`", "\\^", "\\~", "\\ss", "\\o"}
)
"""Commands that prose inside a derivation may use: none of them changes how a formula is printed."""
CONNECTIVES = frozenset(
    {"and", "or", "so", "thus", "hence", "therefore", "but", "where", "with", "for"}
    | {"all", "every", "each", "since", "as", "because", "then", "now", "let", "also"}
    | {"that", "is", "are", "we", "have", "get", "obtain", "gives", "which", "means"}
    | {"i.e.", "by", "from", "the", "a", "an", "in", "on", "of", "it"}
    | {"its", "if", "when", "here", "finally", "likewise", "similarly", "while", "whereas", "again"}
    | {"first", "second", "of", "both", "same", "rule", "chain", "product", "sum", "definition"}
    | {"linearity", "symmetry"}
)
"""Words that lead from one statement of a row to the next."""
DENIALS = frozenset(
    {"not", "no", "never", "nor", "neither", "false", "wrong", "untrue", "cannot", "unless"}
    | {"except", "without", "nearly", "almost", "approximately", "about", "roughly", "hardly", "fails", "unequal"}
    | {"differs", "different", "isn't", "doesn't", "aren't"}
)
"""Words that take back what a row says."""
_CITED = frozenset({"\\cref", "\\Cref", "\\ref", "\\eqref"})
_ALL_WORDS = WORDS | {"\\textrm", "\\textnormal", "\\textit", "\\textbf", "\\textup", "\\mbox", "\\hbox", "\\tag"}
_INSIDE = _CITED | {"\\emph", "\\ ", "\\,", "\\-", "\\%", "\\&", "\\_", "\\#", "\\'", '\\"', "\\`", "\\quad", "\\qquad"}
_PASSED = SPACES | {"\\quad", "\\qquad", "\\nonumber", "\\notag", "{", "}"}
_ENDS = frozenset({",", ".", ";", "\\label", "\\tag", "\\unchecked"})


def refuse_mathematics_in_words(toks: list[Tok]) -> None:
    r"""Refuse mathematics and commands in \text, \intertext, \mbox and \tag, at any depth of a row.

    A command that is not known to print words may print a formula.
    """
    for index, tok in enumerate(toks):
        if tok.text not in _ALL_WORDS or index + 1 >= len(toks):
            continue
        at = index + 2 if toks[index + 1].text == "*" else index + 1
        for inner in toks[at : group(toks, at)] if at < len(toks) and toks[at].text == "{" else toks[at : at + 1]:
            if inner.text in ("$", "\\(", "\\[", "\\ensuremath", "\\begin"):
                hint = "write the formula in the row, or in the text between two displays"
                raise Unreadable(f"mathematics inside {tok.text} is not read", inner.start, inner.end, hint)
            if inner.text[0] == "\\" and inner.text not in _INSIDE:
                raise Unreadable(f"{inner.text} is not read inside {tok.text}", inner.start, inner.end)


def refuse_sentence(words: str, place: list[Tok], before: list[Tok], after: list[Tok], beside: bool) -> None:
    r"""Refuse the words of a \text that a reader would take for a part of the formula, or that deny it.

    `x\text{2}` -> refused; `x = y \text{, and } z = w` -> passed over. `before` and `after` are the other tokens of
    the row; `beside` is whether a formula stands directly before.
    """
    start, end = place[0].start, place[-1].end
    follows = [tok for tok in after if tok.text not in _PASSED]
    leads = bool(follows) and follows[0].text not in _ENDS
    formula = any(tok.text not in _PASSED | {"&"} for tok in [*before, *after])
    plain = " ".join(re.sub(r"\\(?:[cC]ref|ref|eqref|emph)\s*\{([^{}]*)\}|\\[ ,]|~", r" \1 ", words).split())
    found = [word.lower() for word in re.findall(r"[A-Za-z][A-Za-z.'’-]*", plain)]
    bare = [word if word in CONNECTIVES else word.strip(".'") for word in found]
    denied = next((word for word in bare if word.replace("’", "'") in DENIALS or word.startswith("non-")), "")
    if denied and formula:
        what = f"'{denied}' takes back what the row says, and the row is checked as true"
        raise Unreadable(what, start, end, _OUTSIDE)
    gaps = _PASSED - {"\\!", "{", "}"} | {"&"}
    spaced = bool(before) and before[-1].text in gaps | {","}
    glued = beside and not spaced and not re.match(r"[\s,;:.(~]|\\ ", words)
    if glued or (leads and not re.search(r"[\s:~]$|\\ $", words) and after[0].text not in gaps):
        raise Unreadable(f"the words '{plain}' are printed as a part of the formula", start, end, _SPACE)
    unknown = next((word for word in bare if word not in CONNECTIVES), "")
    other = re.search(r"[^A-Za-z\s.,;:()'’-]", plain) or (not bare and plain.strip(",.;:"))
    note = re.fullmatch(r"[,;]?\s*\([^()]*(?:\([^()]*\)[^()]*)*\)[.,;]?", plain) is not None
    if formula and not note and (unknown or other):
        near = next((name for name in OPERATORS if name.lower() == unknown), "")
        what = f"'{unknown or plain}' is not a word that leads from one statement to the next"
        raise Unreadable(what, start, end, f"did you mean \\operatorname{{{near}}}?" if near else _OUTSIDE)


_OUTSIDE = "write it in the text outside the display; a note at the end of a row stands in parentheses"
_SPACE = "words that lead to a row end in a space, \\text{so }; words behind a formula begin with one, \\text{ and }"
