r"""The layout that a derivation states in its text, before its first display.

Vectors are rows.                         $\mathbf x \in \mathbb{R}^{d}$ is 1×d
Jacobians are in numerator layout.        also of rows: as many rows as the numerator has entries
Jacobians are in denominator layout.      the transpose of that
The softmax is taken over rows.
Here $\otimes$ is the elementwise product.   also: the outer product
Here $*$ is the elementwise product.
A prime denotes the transpose.               A' is the transpose of A; of a function it stays the derivative

Its text also says what a differential leaves constant: Here $A$ and $\mathbf b$ are constant.
"""

from __future__ import annotations

import re

from report_src.derivations.words.sentences import DENIALS, each

_KIND = r"(?:numerator|denominator)[- ]layout"
_ROWWISE = r"(?:row-?wise|(?:over|along|on|by|to|of) (?:the |its |each |every )?rows?)"
_SOFTMAX = r"(?:\$\\operatorname\{softmax\}\$|softmax)"
_TENSOR = r"(?:where |we write )?\$\\otimes\$ (?:is|denotes|means|stands for|for) (?:the |an )?"
_STAR = _TENSOR.replace(r"\\otimes", r"(?:\*|\\ast|\\star)")
_PRODUCT = r"(?:(?:element|entry|component)-?wise|hadamard) (?:product|multiplication)"
# by kind: the statements that are read, in small letters
_STATEMENTS = {
    "rows": r"(?:all )?vectors are (?:all )?(?:written as |taken as )?rows?(?: vectors)?",
    "layout": (
        r"(?:(?:all )?(?:jacobians?|derivatives?|gradients?) (?:is|are) (?:all )?(?:written |taken )?in (?:the )?"
        r"|we (?:use|adopt|take|follow|write (?:jacobians|derivatives) in|work in) (?:the )?|the layout is (?:the )?)"
        rf"{_KIND}(?: convention)?(?: for (?:all )?(?:jacobians|derivatives))?"
    ),
    "softmax of rows": (
        rf"(?:the |each |every )?{_SOFTMAX} (?:is |works |acts )?(?:taken |applied |computed )?{_ROWWISE}"
        rf"|we (?:apply|take|use) (?:the |a )?(?:{_SOFTMAX} {_ROWWISE}|row-?wise {_SOFTMAX})"
    ),
    "entrywise": _TENSOR + _PRODUCT,
    "outer": _TENSOR + r"outer product",
    "star": _STAR + _PRODUCT,
    "primes": r"(?:a |the )?primes? (?:is|are|denotes?|means?|marks?|stands? for) (?:the |a )?transposes?",
}
_ANY = "|".join(f"(?:{words})" for words in _STATEMENTS.values())
_WHOLE = re.compile(
    r"(?:(?:here|throughout|below|in what follows|in this (?:section|derivation|text)),? )?"
    rf"(?:{_ANY})(?:(?:,? and|,) (?:{_ANY}))*(?: throughout| here| below)?"
)
# what a matrix of zeros and ones is: its columns are one-hot, or its rows
_ONE_HOT = {"one-hot rows": r"\brows?\b.*\bone-?hot\b|\bone-?hot rows?\b", "one-hot": r"\bone-?hot\b|\blabels?\b"}
# by kind: what only mentions it, and the formulas that it would change
_MENTIONS = {
    "rows": (r"\bvectors are (?:all |written as |taken as )?rows?\b", r""),
    "layout": (rf"\b{_KIND}\b", r"\\partial|\\nabla|\\frac"),
    "softmax of rows": (
        rf"\bsoftmax\b[^$]*\brow-?wise\b|\brow-?wise {_SOFTMAX}|\bsoftmax\}}?\$? (?:\w+ )*(?:over|along|on|by|to|of)"
        r" (?:the |its |each |every |a )?rows?\b",
        r"\\operatorname\s*\{softmax",
    ),
    "primes": (_STATEMENTS["primes"], "'"),
}
# signs to which a text may give a meaning, and what it may say of each
_MEANINGS = {
    r"\\otimes": "(?:element|entry|component)-?wise product|hadamard product|outer product",
    r"(?:\*|\\ast|\\star)": "(?:element|entry|component)-?wise|hadamard|schur",
    r"\\circ": "(?:element|entry|component)-?wise|hadamard|schur|composition",
    r"\\mathbf\s*\{?1\}?": "ones",
    r"(?:\{\})?\^\{?\\top\}?": "transpose",
    r"\\odot": "(?:element|entry|component)-?wise|hadamard|schur",
    r"(?:\\lVert|\\Vert|\\\|)\s*\\cdot\s*(?:\\rVert|\\Vert|\\\|)": "euclid|2-norm|ell_2|l2|length|frobenius",
    r"\\(?:log|ln)": "natural",
}
_GENERIC = r"(?:an? |the |our |its |some |any )*(?:norm|function|product|operator| )+"
_OF_OTHERS = DENIALS | {"some", "other", "others", "elsewhere", "often", "usually", "sometimes", "many", "literature"}
_DISPLAY = re.compile(r"\\\[|\\begin\s*\{(?:equation|align|gather|multline|flalign|alignat|eqnarray)")


def layout(text: str) -> frozenset[str]:
    """Return what the masked text of a derivation states about layout before its first display."""
    shown = _DISPLAY.search(text)
    found = set()
    for start, stop in each(text):
        for said in _CLAUSE.split(_small(text[start:stop])) if not shown or stop <= shown.start() else ():
            if _WHOLE.fullmatch(said.strip()):
                found |= {name for name, words in _STATEMENTS.items() if re.search(words, said)}
                found |= {kind for kind in ("numerator", "denominator") if kind in said}
            found |= {name for name, words in _ONE_HOT.items() if re.search(words, said)}
    return frozenset(found - {"layout"})


_CLAUSE = re.compile("[;:]")


def _small(text: str) -> str:
    return " ".join(text.lower().split())


def _mentioned(text: str) -> tuple[int, int] | None:
    """Return a sentence that speaks of a layout and does not state it before the first display, or None.

    That the denominator layout, rows or primes are denied or are those of others agrees with what is read without a
    statement; of the numerator layout it does not.
    """
    shown = _DISPLAY.search(text)
    for start, stop in each(text):
        above = not shown or stop <= shown.start()
        for said in _CLAUSE.split(_small(text[start:stop])):
            elsewhere = "numerator" not in said and _OF_OTHERS & set(re.findall(r"[a-z'’]+", said))
            if elsewhere or (above and _WHOLE.fullmatch(said.strip())):
                continue
            if any(re.search(words, said) and re.search(used, text) for words, used in _MENTIONS.values()):
                return start, stop
    return None


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
    for sign, meant in _MEANINGS.items():
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
    return unread.span() if unread else _mentioned(text)


_LIST = r"(?:\$[^$]*\$[\s,]*(?:and\s+)?)+"
_CONSTANT = r"(?:(?:held|kept|all|both|treated|taken|regarded|as|an?)\s+)*(?:constants?|fixed)\b"
_HELD = re.compile(
    rf"(?:\A|[;:(]|\bwhere\b|\bwith\b)\s*(?:(?:here|now|let|and|as|where|with|throughout)[\s,]+)*({_LIST})(?:is|are|be)\s+{_CONSTANT}"
    rf"(?P<after>[^$]*)"
    rf"|(?:\A|[,;:(])\s*(?:(?:here|now|and|where)[\s,]+)*(?:we\s+)?"
    rf"(?:hold|holding|keep|keeping|treat|treating|take|taking|with)\s+({_LIST}){_CONSTANT}(?P<rest>[^$]*)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:$|[.,;:)]|(?:and|throughout|here|below|in this (?:row|display|section|derivation))\b)")


def constants(text: str) -> frozenset[str]:
    r"""Return the names, as LaTeX, that a masked text says are constant: "Here $A, b$ are fixed." -> {"A", "b"}.

    The list of names begins the clause: "The trace of $A$ is constant." says nothing of A.
    """
    found: set[str] = set()
    for start, stop in each(text):
        for clause in re.split("[;:]", text[start:stop]):
            stated = [] if _LEFT_OPEN & set(re.findall(r"[a-z'’]+", clause.lower())) else _HELD.finditer(clause)
            lists = [one[1] or one[3] for one in stated if _GOES_ON.match(one["after"] or one["rest"] or "")]
            for formula in re.findall(r"\$([^$]*)\$", " ".join(lists)):
                found |= {name.strip() for name in re.split(r"\\in(?![A-Za-z])", formula)[0].split(",")}
    return frozenset(found)


_LEFT_OPEN = DENIALS | {"if", "when", "whenever", "nothing", "none", "only", "nobody"}
