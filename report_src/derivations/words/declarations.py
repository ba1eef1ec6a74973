r"""Whether the words around inline mathematics let it declare, and what takes it back.

Let $m = k$ and $\lambda > 0$.          declares
The case $\lambda > 0$ is simple.       declares nothing
"""

from __future__ import annotations

import re

from report_src.derivations.words.assumptions import WEAKENS, denied
from report_src.derivations.words.sentences import DENIALS, before, begin, behind, end

_DECLARES = re.compile(
    r"\s*(?:\w+(?: \w+)?:\s+)?(?:(?:and|now|also|here|then)\b,?\s*)?(?:we\s+)?"
    r"(?:let|assume|suppose|take|set|write|where|with|for)\b",
    re.IGNORECASE,
)


def announces(text: str, start: int, stop: int) -> bool:
    r"""Tell whether the sentence around inline mathematics declares: it begins with Let or has an \in before it.

    "Nothing changes for $m = k$." declares nothing.
    """
    declares = _DECLARES.match(before(text, start)) or re.search(r"\\in(?![A-Za-z])", text[begin(text, start) : start])
    stands = _STANDS.match(behind(text, stop))
    return bool(declares and stands) and not denied(text, start, stop)


# what may follow `m = k` where it makes two dimensions one: "where $m = k$ is excluded" says something else
_STANDS = re.compile(
    r"\s*(?:$|[.,;:)]"
    r"|(?:and|with|where|throughout|here|below|everywhere|so that|such that|for simplicity)\b|is assumed\b)"
)


def doubted(text: str, start: int, stop: int) -> str:
    r"""Return the word of the text around inline mathematics that leaves open whether it declares, or nothing.

    "We do not assume $x > 0$." -> `not`; "Let $x > 0$ or $y > 0$." -> `or`.
    """
    clause = re.split("[,;§():]", before(text, start))[-1]
    after = re.split(r"[,;:§()\\]", behind(text, stop), maxsplit=1)[0].split()[:_NEAR]
    between = re.findall(r"\bor\s*\Z", before(text, start)) + after[:1]
    words = re.findall(r"[a-z'’]+", " ".join([clause, *after]).lower())
    taken_back = (word for word in words if word.replace("’", "'") in (DENIALS | WEAKENS | _DOUBTS) - _HARMLESS)
    asked = "?" if text[end(text, stop) : end(text, stop) + 1] == "?" else ""
    return "or" if "or" in between else next(taken_back, asked)


_NEAR = 3  # words behind a formula that may take it back
_DOUBTS = frozenset(
    {"mistake", "rarely", "seldom", "possible", "possibly", "perhaps", "maybe", "nobody", "none", "only", "why"}
    | {"whether", "counterexample", "fail", "wrongly", "supposedly", "allegedly", "instead", "violates", "violate"}
    | {"excluded"}
)
_HARMLESS = frozenset({"without", "about", "or", "else"})  # "without loss of generality", "x > 0 (or x = 1)"


def several_ones(text: str, start: int, stop: int) -> str:
    r"""Return the word of a sentence by which a vector of zeros and ones may have several ones, or nothing.

    "Let $\mathbf{m} \in \{0,1\}^{d}$ be a dropout mask." -> `dropout`.
    """
    sentence = f"{before(text, start)} {behind(text, stop)}".lower()
    found = _SEVERAL.search(sentence)
    return found.group() if found and "hot" not in sentence else ""


_SEVERAL = re.compile(
    r"\b(?:masks?|dropout|binary|bits?|multi-?label|multi-?hot|adjacency|bernoulli|gates?|subsets?|switches|pattern)\b"
)


def denies_display(text: str, start: int) -> str:
    """Return the words that run into a display and take it back, or nothing: "It is not true that"."""
    found = _TAKES_BACK.search(text, max(0, start - _RUN), start)
    return " ".join(found.group().split()) if found else ""


_RUN = 60  # characters before a display that are looked at
_TAKES_BACK = re.compile(
    r"\b(?:not true|untrue|false|wrong|incorrect|not the case|a mistake|impossible|nobody \w+)"
    r"(?:\s+to\s+\w+)?(?:\s+that)?\s*\Z"
    r"|\b(?:never|not)\s+(?:have|has|get|holds?|be)(?:\s+that)?\s*\Z",
    re.IGNORECASE,
)
