r"""By which words an assumption of the text may have ended above a row.

    Assume $x > 0$. \[ |x| = x \] In general, \[ \max(x, 0) = x \]        `In general`
    \item Assume $x > 0$. \[ |x| = x \] \item \[ \max(x, 0) = x \]        another item

No word says for certain that an assumption goes on or ends. Behind one that may end it, a row is judged without it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from report_src.derivations.words.sentences import MATH, end, plain

# words that open a case, leave one, or say of how much something holds
_MAY_END = re.compile(
    r"\b(?:in general|general(?:ly)?|generic|arbitrary|any\w*|unless|if|when(?:ever)?|cases?|elsewhere|away|may|might"
    r"|could|would|even|either|conversely|every\w+|need\w*|now|others?|another|rest|remain\w+|drop\w*|lift\w*|remov\w+"
    r"|relax\w*|abandon\w*|withdr[ae]w\w*|discard\w*|forg[eo]t\w*|ignor\w+|allow\w*|permit\w*|restrict\w*|without"
    r"|otherwise|else|not|no|never|nothing|none|neither|cannot|only|longer|non-(?!linear)\w+|nonpositive|nonnegative|nonzero"
    r"|negative(?! (?:log|cross|elbo|entropy|gradient|definite|semidefinite|sampl))"
    r"|opposite|contra(?:ry|st|diction)|instead|but|however|although|though|whereas|outside|beyond|previous\w*"
    r"|different|alternative\w*|regardless|irrespective|independent\w*|whatever|whichever|signs?|revers\w+"
    r"|unconditional\w*|wrong|false|impossible|absurd|fails?|stop\w*|replac\w+|converse)\b"
    r"|(?:\A|(?<=[.:;¶\n{}]))\s*\{?(?:theorem|lemma|proposition|corollary|example|exercise|problem|question)\b[^.:¶]{0,12}[.:]"
    r"|\b(?:for|in|at|of|on|over|to) (?:all|every|each)\b",
    re.IGNORECASE,
)
# "for all $n$", "let $B$ be any matrix" speak of the names in that formula
_OF_NAMES = re.compile(
    r"\b(?:for|over|in|of|at)\s+(?:all|every|each|any|an?\s+arbitrary|general|arbitrary)(?:\s+[a-z]+)?\s+§"
    r"|\blet\s+§\s+be\s+(?:an?\s+)?(?:any|arbitrary|general)\b"
    r"|\b(?:let|take|set|put|choose|consider|fix|for|at|on|with|where|now|next|then|given|below|to|of)[\s,]+§"
    r"|\bfor\s+real\s+§",
    re.IGNORECASE,
)
_SCOPES = re.compile(r"\\(?:(begin|end)\s*\{([A-Za-z]+)\*?\}|(item)(?![A-Za-z]))")
# commands that are no names
_SIGNS = re.compile(
    r"\\(?:math\w+|boldsymbol|bm|text\w*|operatorname|top|[lr]Vert|[lr]angle|nabla|partial|frac)(?![a-z])"
)
_RELATION = re.compile(r"[=<>]|\\(?:in|leq?|geq?|neq?|succ\w*|coloneqq?)(?![A-Za-z])|:=")


@dataclass(frozen=True)
class _Word:
    """A word that may end an assumption: all of them, or those of the names that its formula speaks of."""

    place: int
    said: str
    formula: str = ""


def ending(text: str, stated: int, row: int) -> str:
    """Return the words by which an assumption stated at an offset may have ended at a later row, or nothing."""
    words, places, scopes = _read(text)
    if row < stated:
        return ""
    inside, outside = _scope(scopes, stated), _scope(scopes, row)
    if outside[: len(inside)] != inside:
        return "another item or environment"
    formula = MATH.match(text, stated)
    assumed = formula.group() if formula else ""
    first, last = bisect_left(places, end(text, stated)), bisect_left(places, row)
    away = _AWAY.search(plain(text), end(text, stated), row) if _VANISHES.search(assumed) else None
    said = (word.said for word in words[first:last] if _concerns(word.formula, assumed))
    return next(said, away.group() if away else "")


# of a derivative that is zero: words by which the text speaks of another place, time or function
_VANISHES = re.compile(r"(?:\\nabla|\\partial|\\frac\s*\{?\s*d).*=[^=]*0[^=]*\Z", re.DOTALL)
_AWAY = re.compile(
    r"\b(?:recall|initial\w*|before|during|training|first\s+step|steps?\s+of|iterat\w+|updates?|descent|random\w*|starts?"
    r"|suboptimal|non-?optimal|far\s+from|off\s+the|back\s+to|return|penalty|ridge|regulari[sz]\w+|task|part\s+\d"
    r"|second\s+(?:loss|model|objective|problem)|by\s+definition|as\s+a\s+function)\b",
    re.IGNORECASE,
)


def _concerns(formula: str, assumed: str) -> bool:
    """Tell whether what is said of a formula is said of an assumption: they share a name, and are not the same."""
    left = _RELATION.split(formula.strip("$"), maxsplit=1)[0]
    same = re.sub(r"[\s{}]", "", formula) == re.sub(r"[\s{}]", "", assumed) and _RELATION.search(formula)
    return not formula or (not same and bool(_names(left) & _names(assumed)))


def _names(formula: str) -> set[str]:
    """Return the letters of a formula, without fonts: \\mathbf{x}^\\top A -> x, A."""
    return set(re.findall(r"\\[A-Za-z]+|[A-Za-z]", _SIGNS.sub(" ", formula)))


@lru_cache(maxsize=4)
def _read(text: str) -> tuple[list[_Word], list[int], list[tuple[int, tuple[int, ...]]]]:
    """Return the words of a text that may end an assumption, their offsets, and where items and environments change."""
    words = plain(text)
    found = []
    for of in _OF_NAMES.finditer(words):
        at = words.index("§", of.start())
        formula = MATH.match(text, at)
        found.append(
            _Word(of.start(), " ".join(of.group().replace("§", "…").split()), formula.group() if formula else "")
        )
    words = _OF_NAMES.sub(lambda of: " " * len(of.group()), words)
    found += [_Word(word.start(), word.group()) for word in _MAY_END.finditer(words)]
    found.sort(key=lambda word: word.place)
    return found, [word.place for word in found], _scopes(words)


def _scopes(words: str) -> list[tuple[int, tuple[int, ...]]]:
    r"""Return at each \begin, \end and \item the places of the environments and items around what follows."""
    path: list[tuple[str, int]] = []
    found: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    for border in _SCOPES.finditer(words):
        if border[1] == "begin":
            path.append((border[2], border.start()))
        elif border[1] and any(name == border[2] for name, _ in path):
            while path.pop()[0] != border[2]:
                pass
        elif border[3] and path:
            path[-1] = (path[-1][0], border.start())
        found.append((border.start(), tuple(place for _, place in path)))
    return found


def _scope(scopes: list[tuple[int, tuple[int, ...]]], place: int) -> tuple[int, ...]:
    return scopes[bisect_right(scopes, place, key=lambda scope: scope[0]) - 1][1]
