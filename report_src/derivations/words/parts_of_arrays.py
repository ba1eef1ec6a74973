r"""Names that a text gives to the rows or columns of a matrix, and the definitions that say the same.

Let $w_j^\top$ be the $j$-th row of $W$.                        w_j := (W_{j,:})^\top
where $x_i$ is the $i$-th column of $X$                         x_i := X_{:,i}
The $i$-th row of $X$ is $x_i^\top$.                            x_i := (X_{i,:})^\top
Let $X \in \mathbb{R}^{n \times d}$ have rows $x_1^\top, \dots, x_n^\top$, or $(x^{(i)})^\top$.
where $e_i$ is the $i$-th unit vector in $\mathbb{R}^{n}$         e_i := (I_n)_{:,i}

A name of a row that carries no \top is a column, as all vectors are, unless the formulas of the text take it for a row.
"""

from __future__ import annotations

import re

from report_src.derivations.words.assumptions import denied
from report_src.derivations.words.sentences import MATH, begin, end

_INDEX = r"(?:\$\s*(?P<index>[A-Za-z])\s*\$|(?<![A-Za-z\\$])(?P<bare>[a-z]))"
_TH = rf"{_INDEX}(?:\s*|\\?[-,]|\\textsuperscript|\$\^|\^|\{{)*th\}}?\$?"
_WHAT = r"(?P<what>row|column)(?:\s+vector)?"
_OF = r"\s+of\s+(?:the\s+)?(?:[a-z]+\s+)?(?:matrix\s+)?\$(?P<matrix>[^$]*)\$"
_IS = r"(?:is|be|are|denotes?|being|as|for|by|means?|stands\s+for)"
_BEHIND = re.compile(rf"\s*(?:{_IS}\s+)?(?:the\s+)?{_TH}\s+{_WHAT}{_OF}", re.IGNORECASE)
_BEFORE = re.compile(rf"(?:the\s+){_TH}\s+{_WHAT}{_OF}\s*,?\s*{_IS}\s*\Z", re.IGNORECASE)
_WITH = re.compile(
    rf"\$(?P<matrix>[^$]*)\$[\s,]*(?:with|has|have|having|whose|and\s+its|by\s+its|by\s+the)\s+(?:the\s+)?"
    rf"(?:{_TH}\s+)?(?P<what>row|column)s?(?:\s+vectors?)?\s*(?:{_IS}\s*)?\Z",
    re.IGNORECASE,
)
_SPACE = r"\\mathbb\s*\{?\s*R\s*\}?\s*\^\s*\{?\s*(?P<size>[A-Za-z])\s*\}?"
_UNIT = re.compile(
    rf"\s*(?:{_IS}\s+)?(?:the\s+)?{_TH}\s+(?:(?:standard|canonical)\s+)?(?:basis|unit)\s+vector"
    rf"(?:\s+(?:of|in)\s+\$\s*{_SPACE}\s*\$)?",
    re.IGNORECASE,
)
# what may follow: nothing, or a further declaration
_NOUN = r"(?:let|also|the|an?|vectors?|matrix|labels?|targets?|weights?|bias(?:es)?|outputs?|inputs?|features?)"
_ENDS = re.compile(rf"[\s:]*\Z|\s*(?:,?\s*(?:and|with|where)\s+(?:{_NOUN}\s+)*|,\s*)\$[^$]*\\in(?![A-Za-z])")
# the words that may stand before a name, beside formulas
_BEFORE_WORDS = frozenset(
    {"let", "where", "with", "and", "here", "now", "also", "we", "write", "denote", "by", "for", "the", "a", "an", "be"}
    | {
        "of",
        "matrix",
        "vector",
        "weights",
        "weight",
        "data",
        "design",
        "input",
        "inputs",
        "output",
        "have",
        "has",
        "is",
    }
    | {"having", "whose", "row", "rows", "column", "columns", "vectors", "th", "as", "are", "its", "given", "batch"}
)
_TURN = r"\s*\^\s*\{?\s*(?:\\(?:top|intercal)(?![A-Za-z])|T|\\(?:mathsf|mathrm|text)\s*\{?T\}?)\s*\}?"
_BASE = r"(?:\\(?:mathbf|boldsymbol|bm|vec|pmb)\s*\{?\s*\\?[A-Za-z]+\s*\}?|\\?[A-Za-z]+)"
_MATRIX = rf"{_BASE}\s*(?:\^\s*\{{?\s*[(\[]\s*\w+\s*[)\]]\s*\}}?)?"
_AT = r"\s*(?:_\s*\{?\s*%s\s*\}?|\^\s*\{\s*\(\s*%s\s*\)\s*\})"
_ONE = _AT % ("(?P<sub>[A-Za-z])", "(?P<above>[A-Za-z])")
_FIRST = _AT % ("1", "(?P<above>1)")
_LAST = _AT % ("[A-Za-z]", "[A-Za-z]")
_NAME = re.compile(
    rf"\s*(?P<name>(?P<base>{_BASE}){_ONE})(?P<turn>{_TURN})?\s*(?:\\in\b(?P<space>[^,]*))?(?P<more>,.*)?\s*",
    re.DOTALL,
)
_LISTED = re.compile(
    rf"\s*(?P<base>{_BASE}){_FIRST}(?P<turn>{_TURN})?\s*,.*\\[lc]?dots\s*,\s*"
    rf"(?P<again>{_BASE}){_LAST}(?:{_TURN})?\s*",
    re.DOTALL,
)
# a member in brackets, or with its \top among what it carries: (x^{(i)})^\top, x^{(i)\top}
_IN_BRACKETS = re.compile(
    rf"(?:\\left)?[({{]\s*({_BASE}\s*(?:_\s*\{{?\w\}}?|\^\s*\{{\s*\(\w\)\s*\}}))\s*(?:\\right)?[)}}](?={_TURN})"
)
_TURNED = re.compile(r"(\^\s*\{\s*\(\w\))\s*(T|\\top)\s*\}")


def part_of_array(text: str, start: int, stop: int) -> tuple[str, str] | None:
    r"""Return the definition that the words around an inline name state, and the matrix.

    "Let $w_j^\top$ be the $j$-th row of $W$" -> "w_j \coloneqq (W_{j,:})^\top", "W"

    `start` and `stop` are the offsets of the mathematics with its dollars.
    """
    if (unit := _unit_vector(text, start, stop)) is not None:
        return unit
    said = _bare(text[start + 1 : stop - 1])
    first, last = text[begin(text, start) : start], text[stop : end(text, stop)]
    behind = _BEHIND.match(last)
    found = behind or _BEFORE.search(first) or _WITH.search(first)
    if found is None or denied(text, start, stop):
        return None
    first, last = (first, last[found.end() :]) if behind else (first[: found.start()], last)
    if not (_ENDS.match(last) and _leads(first)):
        return None
    named = found["index"] or found["bare"]
    one, listed = _NAME.fullmatch(said), _LISTED.fullmatch(said)
    name = one or listed
    if name is None or (listed is not None and listed["base"] != listed["again"]):
        return None
    index = (one["sub"] or one["above"]) if one is not None else "i"
    matrix = re.split(r"\\in(?![A-Za-z])", found["matrix"])[0].strip()
    if (named and named != index) or not re.fullmatch(_MATRIX, matrix):
        return None
    row = found["what"].lower() == "row"
    family = "^{(%s)}" if name["above"] else "_{%s}"
    whole = one["name"] if one is not None else f"{name['base']}{family % index}"
    array = f"({matrix})" if matrix.startswith("\\") else matrix  # a component's letter is not bold
    taken = f"{array}_{{{index},:}}" if row else f"{array}_{{:,{index}}}"
    if row and (name["turn"] or not _is_row(text, name["base"])):
        taken = f"({taken})^\\top"
    elif not row and name["turn"]:
        return None
    space = (one["space"] or "").strip() if one is not None else ""
    return f"{whole} \\coloneqq {taken}" + (f" \\in {space}" if space else ""), matrix


def _unit_vector(text: str, start: int, stop: int) -> tuple[str, str] | None:
    r"""Return the definition of a unit vector of a size: "$e_i$ is the $i$-th unit vector in $\mathbb{R}^{n}$"."""
    name, last = _NAME.fullmatch(text[start + 1 : stop - 1]), text[stop : end(text, stop)]
    found = _UNIT.match(last)
    if name is None or found is None or name["turn"] or denied(text, start, stop):
        return None
    if not (_ENDS.match(last[found.end() :]) and _leads(text[begin(text, start) : start])):
        return None
    space = re.fullmatch(rf"\s*{_SPACE}\s*", name["space"] or "")
    size = found["size"] or (space["size"] if space else "")
    if not size or (found["index"] or found["bare"]) != name["sub"]:
        return None
    return f"{name['name']} \\coloneqq (I_{{{size}}})_{{:,{name['sub']}}}", "I"


_TIES = re.compile(
    r"\s*(?:be|are|denote|form|as|for|its|collect\w*|stacked|,|\s)*\s*(?:the\s+|its\s+)?(?:(?:rows|columns)\b|(?:standard|canonical)\s+basis)",
    re.IGNORECASE,
)
_TIED = re.compile(r"\b(?:rows|columns)\s+(?:are|be)\s*\Z|\b(?:rows|columns)\s*\Z", re.IGNORECASE)


def unread_tie(text: str, start: int, stop: int) -> str:
    r"""Return the words that tie a family to the rows or columns of a matrix and are not read, or nothing.

    "Let $x_1, \dots, x_n \in \mathbb{R}^{d}$ be the rows of $X$."
    """
    said = text[start + 1 : stop - 1]
    if (
        not re.match(rf"\s*{_BASE}\s*(?:_\s*\{{?\s*(?:1|[a-z])\s*\}}?|\^\s*\{{\s*\(\s*(?:1|[a-z])\s*\))", said)
        or "=" in said
    ):
        return ""
    found = _TIES.match(text[stop : end(text, stop)]) or _TIED.search(text[begin(text, start) : start])
    return " ".join(found.group().split()) if found else ""


def _bare(formula: str) -> str:
    r"""Return a formula with the \top of each member behind it: `(x^{(i)})^\top`, `x^{(i)\top}` -> `x^{(i)}^\top`."""
    return _TURNED.sub(r"\1}^\2", _IN_BRACKETS.sub(r"\1", formula))


def _leads(words: str) -> bool:
    """Tell whether the words before a name, beside formulas, only lead to it: "Let", "where", "with weights"."""
    return set(re.findall(r"[a-z]+", MATH.sub(" ", words).lower())) <= _BEFORE_WORDS


def _is_row(text: str, base: str) -> bool:
    """Tell whether the formulas of a text take the members of a family for rows: they multiply, none transposed."""
    member = rf"{re.escape(base)}\s*(?:_\s*(?:\{{[^{{}}]*\}}|[A-Za-z0-9])|\^\s*\{{\([^{{}}]*\)\}})"
    shown = _bare(MATH.sub(" ", text))
    if re.search(rf"{member}\s*(?:\\right)?\)?{_TURN}|\\langle\s*{member}|{_TURN}\s*{member}", shown):
        return False
    return re.search(rf"{member}\s*(?:\\[A-Za-z]+|[A-Za-z(])", shown) is not None
