"""Whether the words around $m_0 = 0$ say where a recursion begins: "with $m_0 = 0$", "We start at $h_0 = 0$."."""

from __future__ import annotations

import re

from report_src.derivations.words.sentences import MATH, before, behind

# the words that may stand beside it; any other may say that it is so in some case, or elsewhere
_WORDS = frozenset(
    {
        "let",
        "where",
        "with",
        "and",
        "here",
        "assume",
        "assuming",
        "suppose",
        "that",
        "we",
        "set",
        "setting",
        "take",
        "by",
    }
    | {"start", "starts", "starting", "started", "begin", "begins", "beginning", "from", "at", "in", "initial", "state"}
    | {"initialise", "initialised", "initialize", "initialized", "initially", "hidden", "value", "moment", "momentum"}
    | {
        "recursion",
        "it",
        "is",
        "the",
        "a",
        "an",
        "as",
        "to",
        "for",
        "zero",
        "zeros",
        "throughout",
        "now",
        "also",
        "all",
    }
    | {"given", "cell", "both", "velocity", "of", "be", "vector", "section", "derivation", "this"}
)
_FIRST = re.compile(r"(?:_\s*\{?\s*0\s*\}?|\^\s*\{?\s*[(\[]\s*0\s*[)\]]\s*\}?)\s*=\s*(?:\\[a-z]+\s*)?\{?\s*0")


def begins_recursion(text: str, start: int, stop: int) -> bool:
    """Tell whether some inline mathematics says that a first member is 0."""
    return _FIRST.search(text, start, stop) is not None


def other_beginning(text: str, start: int, stop: int) -> str:
    """Return a word beside $m_0 = 0$ with which it may say something else, or nothing; other formulas have none."""
    if not begins_recursion(text, start, stop):
        return ""
    said = MATH.sub(" ", f"{before(text, start)} {behind(text, stop)}".replace("§", " ")).lower()
    return next((word for word in re.findall(r"[a-z]+", said) if word not in _WORDS), "")
