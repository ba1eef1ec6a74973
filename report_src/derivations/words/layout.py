r"""The layout that a derivation states in its text, before its first display.

Vectors are rows.                         $\mathbf x \in \mathbb{R}^{d}$ is 1×d
Jacobians are in numerator layout.        also of rows: as many rows as the numerator has entries
Jacobians are in denominator layout.      the transpose of that
The softmax is taken over rows.
Here $\otimes$ is the elementwise product.   also: the outer product
A prime denotes the transpose.               A' is the transpose of A; of a function it stays the derivative

Its text also says what a differential leaves constant: Here $A$ and $\mathbf b$ are constant.
"""

from __future__ import annotations

import re

from report_src.derivations.words.sentences import DENIALS

_TENSOR = r"\\otimes\s*\$? (?:is|denotes|means|stands for|for) (?:the |an )?"
_PHRASES = {
    "rows": r"\bvectors are (?:all |written as )?rows?\b",
    "numerator": r"\bnumerator[- ]layout\b",
    "denominator": r"\bdenominator[- ]layout\b",
    "softmax of rows": r"\bsoftmax\b[^$]*\brow-?wise\b|\brow-?wise softmax\b|\bsoftmax of (?:a|each) row\b"
    r"|\bsoftmax\}?\$? (?:is |works |acts |taken |applied )*(?:over|along|on|by|to) (?:the |its |each )?rows?\b",
    "entrywise": _TENSOR + r"(?:element|entry|component)-?wise product|" + _TENSOR + r"hadamard product",
    "outer": _TENSOR + r"outer product",
    "primes": r"\bprimes? (?:is|are|denotes?|means?|marks?|stands? for) (?:the |a )?transposes?\b",
}
# signs to which a text may give a meaning: what it may say of each, and where a derivation declares it itself
_MEANINGS = {
    r"\\sigma": ("logistic|sigmoid", r"\\sigma\s*(?:_|\^|:|\\colon|\\in\b|\\coloneqq|,)"),
    r"\\otimes": ("(?:element|entry|component)-?wise product|hadamard product|outer product", ""),
    r"\\circ": ("(?:element|entry|component)-?wise|hadamard|schur|composition", ""),
    r"\\mathbf\s*\{?1\}?": ("ones", ""),
    r"(?:\{\})?\^\{?\\top\}?": ("transpose", ""),
    "I": ("identity", r"(?<![A-Za-z\\])I\s*(?:_|\^|,|\\in\b|\\coloneqq)"),
    "e": ("euler|base of", r"(?<![A-Za-z\\])e\s*(?:_|,|\\in\b|\\coloneqq)"),
    r"\\odot": ("(?:element|entry|component)-?wise|hadamard|schur", ""),
    r"(?:\\lVert|\\Vert|\\\|)\s*\\cdot\s*(?:\\rVert|\\Vert|\\\|)": ("euclid|2-norm|ell_2|l2|length|frobenius", ""),
    r"\\(?:log|ln)": ("natural", ""),
}
_GENERIC = r"(?:an? |the |our |its |some |any )*(?:activation|nonlinearity|norm|function|product|operator| )+"
_OF_OTHERS = DENIALS | {"some", "other", "others", "elsewhere", "often", "usually", "sometimes", "many", "literature"}
_SENTENCE = re.compile(r"[.:;!?](?=\s|$)|\n[ \t]*\n")
_DISPLAY = re.compile(r"\\\[|\\begin\s*\{(?:equation|align|gather|multline|flalign|alignat|eqnarray)")


def layout(text: str) -> frozenset[str]:
    """Return what the masked text of a derivation states about layout before its first display."""
    shown = _DISPLAY.search(text)
    before = text[: shown.start()] if shown else text
    found = set()
    for sentence in _SENTENCE.split(before):
        plain = " ".join(sentence.lower().split())
        if not _OF_OTHERS & set(re.findall(r"[a-z'’]+", plain)):
            found |= {name for name, phrase in _PHRASES.items() if re.search(phrase, plain)}
    return frozenset(found)


# conventions in words that nothing here follows
_UNREAD = re.compile(
    r"\bnorms? (?:is|are)\b(?![^.]*(?:euclid|2-norm|frobenius|differ|positive|zero|one\b|equal))"
    r"|\blogarithms? (?:is|are)\b[^.]*\bbase\b(?! ?\$?e\b)"
    r"|\bind(?:ex|ices)\b[^.]* (?:count|run|start|begin)s? (?:from|at) (?:\$?0\$?|zero)"
    r"|\bindices\b[^.]*\bmodulo\b|\bgradients are (?:all |written as )?rows?\b|\bsoftmax\b[^.$]*\btemperature\b"
    r"|\bprimes? (?:is|are|denotes?|means?|marks?|stands? for) (?:the |an? )?(?!transpose|derivative|the\b|an?\b)\w",
    re.IGNORECASE,
)


def other_meaning(text: str) -> tuple[int, int] | None:
    r"""Return where a masked text gives a sign a meaning that is not read, or None: "We write $\\otimes$ for …"."""
    for sign, (meant, declared) in _MEANINGS.items():
        if declared and re.search(declared, text):
            continue
        formula = rf"\$\s*{sign}\s*(?:\(\s*\\cdot\s*\)\s*)?\$"
        stated = (
            rf"{formula}\s+(?:is|denotes|means|stands\s+for|for)\s+(?P<what>[^.;,$]*)"
            rf"|(?:denote|write|mean)s?\s+(?P<by>[^.;,$]*?)\s+(?:by|as)\s+{formula}"
        )
        for found in re.finditer(stated, text):
            what = " ".join((found["what"] or found["by"] or "").lower().split())
            if not re.search(meant, what) and not re.fullmatch(_GENERIC, what):
                return found.span()
    unread = _UNREAD.search(text)
    return unread.span() if unread else None


_LIST = r"(?:\$[^$]*\$[\s,]*(?:and\s+)?)+"
_CONSTANT = re.compile(
    rf"({_LIST})(?:is|are|be)\s+(?:(?:held|kept|all|both|treated|taken|regarded|as|an?)\s+)*(?:constants?|fixed)\b"
    rf"|\b(?:hold|holding|keep|keeping|fix|fixing|treat|treating|take|taking|with)\s+({_LIST})"
    r"(?:as\s+)?(?:an?\s+)?(?:constants?|fixed)\b",
    re.IGNORECASE,
)


def constants(text: str) -> frozenset[str]:
    r"""Return the names, as LaTeX, that a masked text says are constant: "Here $A, b$ are fixed." -> {"A", "b"}."""
    found: set[str] = set()
    for sentence in _SENTENCE.split(text):
        if (DENIALS | {"if", "when", "whenever"}) & set(re.findall(r"[a-z'’]+", sentence.lower())):
            continue
        for stated in _CONSTANT.finditer(sentence):
            for formula in re.findall(r"\$([^$]*)\$", stated[1] or stated[2]):
                found |= {name.strip() for name in re.split(r"\\in(?![A-Za-z])", formula)[0].split(",")}
    return frozenset(found)
