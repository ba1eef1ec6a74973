r"""What the text of a derivation concludes in a formula, and that does not hold.

    t \coloneqq s^2     Thus $\partial t/\partial s = s^3$ for all $s$.
    t \coloneqq s^2     … and $\frac{\partial t}{\partial s} = 3s$ is its derivative.
    t \coloneqq s^2     The derivative of $t$ with respect to $s$ is $3s$.

A formula in the midst of words may be one case of some, or a wish. Only what its words conclude, or what is a
derivative of something defined, is judged; where words say for which values it is meant, it is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace as copy_with

from report_src.derivations.checking.stated import Judge
from report_src.derivations.reader.analyzer import COMPARISONS, read
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import walk
from report_src.derivations.source.document import Derivation, Row
from report_src.derivations.source.segments import Segment
from report_src.derivations.words.sentences import before, behind, formula, inside, plain

HINT = "correct it, or write it as a row of a display; where it holds for some values only, say for which"
_CONCLUDES = re.compile(
    r"\b(?:so|then|hence|thus|therefore|consequently|gives?|yields?|get|gets|obtain|follows|implies|means|find|see|shows?"
    r"|(?:so|shows?|prove|implies|means|follows|see|find|note|have|clear)\s+that|we\s+have)\W*\Z",
    re.IGNORECASE,
)
# words of a sentence by which its formula is one case of some, a wish, a mistake or a step on the way
_OTHERWISE = re.compile(
    r"\b(?:or|either|zero|perfect|unit|small|large|if|when\w*|unless|until|case|cases|suppos\w+|assum\w+|given|provided|consider|let|set(?:ting)?|put(?:ting)?|with|under"
    r"|where|at|near|from|towards?|on|in|inside|outside|once|while|as\s+long|except|only|some|not|no|never|cannot|neither|nor"
    r"|false|wrong|mistak\w*|would|could|should|may|might|ideally|want|wish|hope|solv\w+|condition\w*|requir\w+|minim\w*|maxim\w*"
    r"|optim\w*|stationar\w*|critical|vanish\w*|limit|approximat\w*|about|roughly|nearly|almost|instead|unlike|whereas|although"
    r"|because|since|exclud\w*|ignor\w*|neglect\w*|drop\w*|fix\w*|constant|treat\w*|for(?!\s+(?:all|every|each|any)\b))\b",
    re.IGNORECASE,
)


def refuted(
    derivation: Derivation, program: Program, judge: Judge, text: str, seed: int
) -> list[tuple[int, int, Claim]]:
    """Return the claims of the text that do not hold, each with the offsets of its formula."""
    if not program.claims or not text.startswith("\\begin", derivation.start):  # a paper's prose is not executed
        return []
    inline = (row for number, row in enumerate(derivation.rows) if _is_judged(row, program.kinds.get(number), text))
    rows = [*(copy_with(row, inline=False, relates=True) for row in inline), *_in_words(derivation, text)]
    if not rows:
        return []
    first = len(derivation.rows)
    variant = read(copy_with(derivation, rows=[*derivation.rows, *rows]))
    variant.keep([claim for claim in variant.claims if min(claim.place.rows) >= first])
    outcomes = judge(variant, seed)
    found: dict[int, Claim] = {}
    for k, claim in enumerate(variant.claims):
        failure, number = outcomes[k].failure, claim.place.rows[0] - first
        sure = failure is not None and not failure.undecided
        if sure and (_concludes(rows[number], text) or _is_derivative(claim)):
            found.setdefault(number, claim)
    return [(rows[number].start, rows[number].end, claim) for number, claim in found.items()]


def _is_judged(row: Row, kinds: set[str] | None, text: str) -> bool:
    """Tell whether an inline formula compares something, and its words leave it no condition."""
    if not row.inline or kinds or row.assumed or row.problem or row.announced or len(row.segments) != 1:
        return False
    relations = row.segments[0].relations
    free = not _OTHERWISE.search(before(text, row.start)) and not _OTHERWISE.search(behind(text, row.end))
    return bool(relations) and set(relations) <= COMPARISONS and free


_DERIVATIVE = re.compile(
    r"\b(?:derivative|gradient|slope)\s+of\s+(§)\s+(?:(?:with\s+respect\s+to|w\.r\.t\.|by|in|along)\s+(§)\s+)"
    r"(?:is|equals|becomes|reads)\s+(?:just\s+|simply\s+|then\s+)?(§)",
    re.IGNORECASE,
)


def _in_words(derivation: Derivation, text: str) -> Iterator[Row]:
    """Yield a row for each derivative that a sentence states in words: the derivative of $t$ by $s$ is $2s$."""
    for found in _DERIVATIVE.finditer(plain(text), derivation.start, derivation.end):
        above, below, value = (inside(formula(text, found.start(k))) for k in (1, 2, 3))
        stop = found.start(3) + len(formula(text, found.start(3)))
        if not _OTHERWISE.search(before(text, found.start())) and not _OTHERWISE.search(behind(text, stop)):
            equation = Segment(
                f"\\frac{{\\partial {above}}}{{\\partial {below}}} = {value}", [(0, found.start(3))], ("=",)
            )
            yield Row(found.start(3), stop, inline=False, segments=[equation], display=found.start(3))


def _concludes(row: Row, text: str) -> bool:
    return _CONCLUDES.search(before(text, row.start).rstrip(" $(\\")) is not None


def _is_derivative(claim: Claim) -> bool:
    """Tell whether the left side of an equation is a derivative of something defined."""
    derived = (node.data.numerator.kind for node in walk(claim.left) if node.op == "derivative")
    return claim.sign == "=" and any(kind in ("definition", "rule") for kind in derived)
