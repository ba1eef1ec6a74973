r"""Whether the words around inline mathematics let it declare, and what takes it back.

Let $m = k$ and $\lambda > 0$.          declares
The case $\lambda > 0$ is simple.       declares nothing
"""

from __future__ import annotations

import re

from report_src.derivations.words.assumptions import WEAKENS, assumed, denied, plainly_declares, ranges
from report_src.derivations.words.sentences import (
    DENIALS,
    HALF,
    MATH,
    before,
    begin,
    behind,
    end,
    formula,
    inside,
    plain,
)

_DECLARES = re.compile(
    r"\s*(?:\w+(?: \w+)?:\s+)?(?:(?:and|now|also|here|then)\b,?\s*)?(?:we\s+)?"
    r"(?:without\s+loss\s+of\s+generality,?\s+)?"
    r"(?:let|assume|suppose|take|set|write|where|with|for|fix|choose|given)\b|[\s§,]*(?:and\s+)?\Z",
    re.IGNORECASE,
)
NAMED = (
    r"(?:an?|the|our|its|some) (?:[a-z-]+ ){0,2}(?:rate|size|step|temperature|variance|parameter|constant|scale|scalar"
    r"|number|weight|strength|coefficient|bandwidth|precision|margin|length|width|factor|deviation|input|output|vector)s?"
)
# what comes directly before a formula that declares: one of these words, or the comma of a list of formulas
_LEADS = re.compile(
    rf"(?:\A\s*|§\s*,|\b(?:with|let|where|and|assume|suppose|take|fix|choose|given|for))\s*(?:{NAMED}\s*)?\Z",
    re.IGNORECASE,
)
_FOR = re.compile(r"\bfor\s*\Z", re.IGNORECASE)


def announces(text: str, start: int, stop: int) -> bool:
    r"""Tell whether the words around inline mathematics let it declare.

    Let, with, and or the comma of a list comes before it, and its sentence begins with Let or has an \in before it.

    "Nothing changes for $m = k$." declares nothing, and "For $d = 2$, …" is one case of some.
    """
    if NUMBER.search(text[start:stop]) and not plainly_declares(text, start):
        return False
    if _EXAMPLE.search(f"{before(text, start)} {behind(text, stop)}"):
        return False
    if not _LEADS.search(before(text, start)):
        return False
    declares = _DECLARES.match(before(text, start)) or re.search(r"\\in(?![A-Za-z])", text[begin(text, start) : start])
    over = _OVER.match(behind(text, stop))
    stands = _STANDS.match(behind(text, stop)) or (over and ranges(text, stop + over.end()))
    return bool(declares and stands) and not denied(text, start, stop)


_OVER = re.compile(r"\s*,?\s*for\s+(?:(?:all|each|every|any)\s+)?(?=§)")  # the range of an index
_EXAMPLE = re.compile(r"\b(?:cases?|examples?|proof|picture|possible|needed)\b", re.IGNORECASE)
NUMBER = re.compile(r"=\s*\d+\s*\W*$")  # a size that is a number
_NUMBERS = r"(?:(?:two|real|positive|given) )*(?:number|scalar|constant|parameter)s"
# what may follow `m = k` where it makes two dimensions one: "where $m = k$ is excluded" says something else
_STANDS = re.compile(
    r"\s*(?:$|[.,;:)]"
    r"|(?:and|with|where|throughout|here|below|everywhere|so that|such that)\b|is assumed\b"
    rf"|(?:for simplicity|(?:be|denote) (?:{NAMED}|{_NUMBERS})|be (?:given|fixed|arbitrary))"
    r"\s*(?:$|[.,;:)]|and\b|with\b))"
)


def restricts(text: str, start: int, stop: int) -> bool:
    r"""Tell whether the words around inline mathematics such as \lambda > 0 give a name its domain.

    Likewise "where $\lambda > 0$ is the penalty", "the step size is $\lambda > 0$"; none is one case of some, as
    "For $x > 0$, …".
    """
    said, after = before(text, start), behind(text, stop)
    named = _GIVES.search(said) and _GIVEN.match(after) and not _CASE.search(f"{said} {after}")
    return bool(named or announces(text, start, stop)) and _FOR.search(said) is None and not denied(text, start, stop)


_CASE = re.compile(
    r"\b(?:cases?|conditions?|claims?|questions?|assumptions?|bounds?|region|half|simple|easy|dropped)\b", re.I
)
_GIVES = re.compile(
    rf"(?:\b(?:where|with|here|and|some)|\b(?:the|an?|our|its)(?:\s+[\w-]+){{1,3}}\s+(?:is|be))\s*(?:{NAMED}\s*)?\Z",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\s*(?:$|[.,;:)]|and\b|with\b|(?:(?:is|denotes)\s+)?(?:the|an?|our|its)\s|is\s+(?:given|fixed)\b)", re.I
)


def doubted(text: str, start: int, stop: int) -> str:
    r"""Return the word of the text around inline mathematics that leaves open whether it declares, or nothing.

    "We do not assume $x > 0$." -> `not`; "Let $x > 0$ or $y > 0$." -> `or`.
    """
    case = _CASE_OF.match(before(text, start)) if re.search(r"\\in(?![A-Za-z])", text[start:stop]) else None
    if case:
        return case.group().strip().lower()
    clause = re.split("[,;§():]", before(text, start))[-1]
    after = re.split(r"[,;:§()\\]", behind(text, stop), maxsplit=1)[0].split()[:_NEAR]
    between = re.findall(r"\bor\s*\Z", before(text, start)) + after[:1]
    words = re.findall(r"[a-z'’]+", " ".join([clause, *after]).lower())
    doubts = (word for word in words if word.replace("’", "'") in (DENIALS | WEAKENS | _DOUBTS) - _HARMLESS)
    asked = "?" if text[end(text, stop) : end(text, stop) + 1] == "?" else ""
    return "or" if "or" in between else next(doubts, asked)


_CASE_OF = re.compile(r"\s*(?:if|when|whenever|we\s+ask)\b", re.IGNORECASE)


_NEAR = 3  # words behind a formula that may take it back
_DOUBTS = frozenset(
    {"mistake", "rarely", "seldom", "possible", "possibly", "perhaps", "maybe", "nobody", "none", "only", "why"}
    | {"whether", "counterexample", "fail", "wrongly", "supposedly", "allegedly", "instead", "violates", "violate"}
    | {"excluded"}
)
_HARMLESS = frozenset({"without", "about", "or", "else"})  # "without loss of generality", "x > 0 (or x = 1)"


def taken_back(text: str, name: str, place: int, span: tuple[int, int]) -> str:
    r"""Return what a text says elsewhere of a name that is declared as positive, or zero or more, or nothing.

    "Let $c > 0$. From now on $c < 0$." -> `c < 0`; "We drop the assumption that $c$ is positive." -> `drop`
    """
    own = re.escape(name)
    other = re.compile(
        rf"\s*(?:{own}\s*(?:<|\\leq?(?![A-Za-z])|=\s*-|=\s*0\s*$|\\in(?![A-Za-z])|$)|0\s*(?:>|\\geq?(?![A-Za-z]))\s*{own}\s*$)"
    )
    for found in MATH.finditer(text, *span):
        said = inside(found.group())
        before_it = found.start() < place and re.match(rf"{own}\s*\\in", said)  # c \in \mathbb{R} with c > 0
        if found.start() == place or before_it or assumed(text, *found.span()):
            continue
        words = f"{before(text, found.start())} {behind(text, found.end())}"
        half = HALF.search(said) is not None
        if other.match(said) and said != name and not half:
            return said
        named = said == name or re.match(rf"{own}\s*(?:>|\\geq?)\s*0$", said)
        if named and (doubt := _NO_LONGER.search(words)):
            return doubt.group()
    return ""


_NO_LONGER = re.compile(
    r"\b(?:negative|any|anything|drop\w*|replace\w*|no longer|may be|not (?:be )?positive|do not|case|without"
    r"|for real)\b",
    re.IGNORECASE,
)


def doubted_definition(text: str, start: int, stop: int) -> str:
    r"""Return the word of the sentence around an inline definition by which it may hold only sometimes, or nothing.

    "For $x > 0$ let $L \coloneqq x^2$." -> `for`; "One might set $L \coloneqq x^2$." -> `might`.
    """
    at = begin(text, start)
    sentence = plain(text)[at : end(text, stop)]
    for found in re.finditer(r"\bfor\s+(§|[a-z]+)", sentence, re.IGNORECASE):
        place = at + found.start(1)
        declares = found[1] == "§" and (ranges(text, place) or re.search(r"\\in(?![a-z])", formula(text, place)))
        if not declares and found[1].lower() not in _FOR_ALL:
            return "for"
    words = re.findall(r"[a-z]+", sentence.lower())
    return doubted(text, start, stop) or next((word for word in words if word in _SOMETIMES), "")


# words of a definition that is one of several, or only proposed
_SOMETIMES = frozenset({"might", "could", "would", "may", "others", "if", "when", "whenever", "otherwise", "up"})
_FOR_ALL = frozenset(
    {
        "all",
        "each",
        "every",
        "any",
        "some",
        "simplicity",
        "brevity",
        "short",
        "convenience",
        "a",
        "an",
        "the",
        "its",
        "our",
    }
    | {"one", "this", "these"}
)


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
    said = re.split(r"(?<=[.!?:])\s+|¶", plain(text)[max(0, start - _SENTENCE) : start].rstrip())[-1]
    found = _TAKES_BACK.search(text, max(0, start - _RUN), start) or _IS_FALSE.search(said)
    return " ".join(found.group().split()) if found else ""


_RUN = 60  # characters before a display that are looked at
_SENTENCE = 200  # the same for the sentence before it: "The next row is false."
_IS_FALSE = re.compile(
    r"\b(?:(?:next|following|below|rows?|displays?|claims?|equations?|equalit(?:y|ies)|identity)\b[^.]{0,30}?\b"
    r"(?:(?:is|are)\s+(?:false|wrong|untrue|incorrect|invalid|refuted|in\s+error|(?:not|seldom|rarely|hardly|never)\s+true)"
    r"|(?:do(?:es)?\s+not|can\s?not|will\s+not|never|seldom|rarely|\w+n['’]t)\s+(?:hold|be\s+true)\b)"
    r"|falsehood|bogus|(?:common|tempting|typical)\s+(?:error|mistake|fallacy)"
    r"|(?:wrongly|mistakenly|erroneously|falsely)\s+\w+)",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:not true|untrue|false|wrong|incorrect|not the case|a mistake|impossible|nobody \w+)"
    r"(?:\s+to\s+\w+)?(?:\s+that)?\s*\Z"
    r"|\b(?:never|not)\s+(?:have|has|get|holds?|be)(?:\s+that)?\s*\Z",
    re.IGNORECASE,
)
