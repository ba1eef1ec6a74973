"""What the text says of the names of a row that fails, and what is not read as an assumption.

Such a row may be true as it is printed: it is unreadable, not wrong.

    Let $x \\in \\mathbb R$. Set $x = 1$.             x^2 = 1
    Let $A \\in \\mathbb R^{n\\times n}$ be diagonal.   A = A^\\top
    Let $x, y \\in \\mathbb R$ and $y = x^2$.          \\partial y/\\partial x = 2x
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace as copy_with
from typing import TYPE_CHECKING

from report_src.derivations.notation.assumption_forms import REPEATS
from report_src.derivations.reader.analyzer import COMPARISONS, read
from report_src.derivations.semantics.derivatives import with_ancestors
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.shapes import walk
from report_src.derivations.source.document import Derivation, Row
from report_src.derivations.syntax.names import latex
from report_src.derivations.words.sentences import (
    EQUATES,
    HALF,
    ORDERS,
    behind,
    behind_display,
    each,
    formula,
    plain,
)

if TYPE_CHECKING:
    from report_src.derivations.judging.comparison import Outcome

TRIED = 4  # formulas of the text that are tried one by one
SHOWN = 5  # words of a sentence that a message shows
Judge = Callable[[Program, int], dict[int, "Outcome"]]

_FOLLOWS = re.compile(
    r"\b(?:so|then|hence|thus|therefore|gives?|yields?|means|get|obtain"
    r"|(?:so|shows?|prove|implies|means|follows|see|find|note|claim) that)\W*\Z",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r"\b(?:where|let|set|with|for|if|when|given|fix|put|provided that|and)\W*\Z", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?](?=\s|$)|\n[ \t]*\n|\\(?:begin|end)\{[a-z*]+\}(?:\{[^{}]*\})?|\\\]")
_OPENS = re.compile(
    r"\b(?:let|assum\w+|suppos\w+|where|with|for|if|when\w*|given|take|fix|provided|consider|denote"
    r"|since|because|as|using)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\$\s+(?:is|are)\s+(?:an?\s+|both\s+)?\Z")  # directly before such a word
_READ = frozenset({"constant", "one-hot"})  # words that are read wherever they stand
# words that say which values are meant
_RESTRICTS = re.compile(
    r"\b(?:(?:non-?)?(?:positive|negative|zero)|integers?|natural|whole|even|odd|diagonal|triangular|projections?|projectors?"
    r"|rotations?|permutations?|reflections?|rank|convex|concave|(?:in|de)creasing|monoton\w*|linear|affine|additive"
    r"|homogeneous|bounded|small|large|constant|stochastic|cent(?:er|re)d|mean|whitened|normali[sz]ed|standardi[sz]ed"
    r"|binary|one-hot|periodic|equal|equals|distinct|identical|orthogonal|orthonormal|parallel|unitary|unit|symmetric"
    r"|(?:semi-?)?definite|idempotent|singular|nilpotent|sorted|ordered|Lipschitz|probabilit\w+|optimal|minimi\w+"
    r"|commut\w*|same (?:norm|length)|kernel|covariance|Gram|perpendicular|row-?wise|ones|sums? to"
    r"|maximi\w+|eigen\w+|inverses?|separable|circulant|Toeplitz|scalar|identity|involut\w+|unimodular)\b",
    re.IGNORECASE,
)


def unread_condition(
    derivation: Derivation, number: int, claim: Claim, program: Program, text: str, judge: Callable[[], set[int]]
) -> tuple[str, str]:
    """Return what the text says of a failing row and is not read, with the next step; two empty strings for nothing.

    `judge` returns the rows that hold where the formulas of the text hold.
    """
    if number in judge():
        return (
            f"{claim} does not hold for all values; it holds where the formulas of the text do, and they are remarks",
            "assume what the row needs in the text: Assume that $x = 1$. Or define it: $z \\coloneqq x + y$",
        )
    met = with_ancestors(claim.uses)
    said = text[derivation.start : derivation.rows[number].start]
    for symbol in (one for one in met if one.kind == "function"):
        if re.search(rf"(?<![A-Za-z]){re.escape(latex(symbol.key))}\s*\([^()]*\)\s*=|\\mapsto", said):
            return (
                f"{symbol} is any function here, and a formula that the text gives it is not read",
                f"define it: ${latex(symbol.key)}(x) \\coloneqq …$",
            )
    letters = {latex((symbol.key[0], symbol.key[1], "", ())) for symbol in met if not symbol.typed}
    sizes = (node.data.root().label for node in walk(claim.left, claim.right) if node.op == "dimension")
    letters |= {label for label in sizes if label}
    row = derivation.rows[number]
    words = next(_words(derivation, row.start, letters, text), "") or _leading(text, derivation, row)
    if words:
        optimum = _OPTIMUM.search(words)
        return (
            f"{claim} does not hold for all values, and what '{words}' says is not read",
            AT_OPTIMUM if optimum else "assume it as a formula: Assume that $A = A^\\top$ and $x > 0$.",
        )
    for node in walk(claim.left, claim.right):
        if node.op == "derivative" and node.data.numerator.kind not in ("definition", "function", "rule"):
            above, below = node.data.numerator, node.data.denominators
            if above not in below and not any(symbol.slots for symbol in below):
                return (
                    f"{above} is declared as a value of its own, so that its derivative by {below[0]} is 0",
                    f"define it: ${latex(above.key)} \\coloneqq …$",
                )
    return "", ""


def rows_that_hold(derivation: Derivation, program: Program, text: str, judge: Judge, seed: int) -> set[int]:
    """Return the rows that hold where the formulas of the text hold that say nothing to the checker."""
    remarks = [row for number, row in enumerate(derivation.rows) if _remark(row, program.kinds.get(number), text)]
    if not remarks:
        return set()
    found: set[int] = set()
    for chosen in [remarks, *([row] for row in remarks[:TRIED] if len(remarks) > 1)]:
        rows = [copy_with(row, assumed=True, announced=True) if row in chosen else row for row in derivation.rows]
        variant = read(copy_with(derivation, rows=rows))
        outcomes = judge(variant, seed)
        repeated = {row for row, (problem, _) in variant.problems.items() if REPEATS in problem.message}
        if all(_INTRODUCED.search(_before(row, text)) for row in chosen):
            found |= repeated
        refuted = (k for k, outcome in outcomes.items() if outcome.failure and not outcome.failure.undecided)
        failed = {row for k in refuted for row in variant.claims[k].place.rows}
        found |= {row for claim in variant.claims for row in claim.place.rows} - failed - variant.problems.keys()
    return found


def _remark(row: Row, kinds: set[str] | None, text: str) -> bool:
    relations = row.segments[0].relations if len(row.segments) == 1 else ()
    compares = bool(relations) and set(relations) <= COMPARISONS | {"succ", "succeq"}
    free = not (row.assumed or kinds or row.problem) and not _FOLLOWS.search(_before(row, text))
    return row.inline and compares and free


def _before(row: Row, text: str) -> str:
    return text[max(0, row.start - 40) : row.start].rstrip(" $(\\")


def _words(derivation: Derivation, stop: int, letters: set[str], text: str) -> Iterator[str]:
    """Yield the parts of sentences above a row that restrict one of some names in words."""
    start = derivation.start
    taken = [row.start for row in derivation.rows if row.assumed or _is_read(row)]
    sentence = ""
    for end in [*(found.end() for found in _SENTENCE.finditer(text, start, stop)), stop]:
        before, sentence, begin, start = sentence, text[start:end], start, end
        if "\\\\" in sentence or any(begin <= place < end for place in taken):
            continue
        for word in _RESTRICTS.finditer(_FORMULA.sub(lambda found: " " * len(found.group()), sentence)):
            if word.group().lower() in _READ:
                continue
            said = _SAYS.search(sentence, 0, word.start())
            says = _OPENS.search(sentence) or said
            of_before = " ".join(_FORMULA.findall(before)) if _PRONOUN.fullmatch(sentence, 0, word.start()) else ""
            if of_before and any(_names(of_before, letter) for letter in letters):
                yield " ".join(sentence[: word.end()].split()[-SHOWN:])
            if says and any(_names(_of_word(sentence, word), letter) for letter in letters):
                shown = _FORMULA.sub("…", sentence[: word.end()])
                yield " ".join(shown.split()[-SHOWN:])


AT_OPTIMUM = "say what is zero, in the words before the display: Setting $\\nabla_w J = 0$ gives"
_OPTIMUM = re.compile(
    r"\b(?:(?:at|in)\s+(?:the|an?|its|each|every)\s+(?:[a-z-]+\s+)?(?:optim\w+|minim\w+|maxim\w+|stationar\w+|critical|saddle"
    r"|fixed\s+point|equilibrium|solution)|normal\s+equations?|optimality|stationarity|solving\b"
    r"|first[- ]order\s+conditions?|optimal\s+§|\b0\s+(?:iff|if\s+and\s+only\s+if|when)\b"
    r"|(?:minimi[sz]er|maximi[sz]er|optimum|minimum|maximum|solution)\s+(?:§\s+)?(?:satisfies|is|are|solves|obeys|fulfils)"
    r"|(?:is|are|to|equals?|be)\s+(?:equal\s+to\s+)?(?:zero|0)\b|vanish\w*|fixed\s+point\s+(?:satisfies|is)"
    r"|(?:set|setting|equat\w+|put)\s+[^.§]{0,30}\b(?:to|with)\s+§)",
    re.IGNORECASE,
)
# words of a sentence that leads to a display by which it speaks of some values only
_CONDITION = re.compile(
    r"\W*(?:(?:and|but|now|so|then|hence)\s+)?(?:if|when|whenever|where(?!\s+we)|provided|assuming|given|unless)\b"
    r"(?P<clause>[^,:]*)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\W*(?:(?:and|but|now|so|then|hence)\s+)?(?:for|with|in|at|on|inside|outside|as|since|because|by|using|to|right|left"
    r"|past|above|below|beyond|under)\b(?P<clause>[^,:]*)",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:(?:in)?active|inside|outside|(?:in)?correct(?:ly)?|(?:first|second|other|active|former|latter|positive|negative)\s+"
    r"(?:cases?|regimes?|regions?|branch|half)|saturated|dead|alive|firing|fires|open|closed|unit(?:-|\s+)(?:norm|vectors?|length)"
    r"|centred|centered|whitened|separable|sums?\s+to|normali[sz]ed|standardi[sz]ed|orthogonal|orthonormal|symmetr\w+"
    r"|self-adjoint|hermitian|transpose|identical|positive|negative|non-?zero|balanced|uniform|uncorrelated|origin|kink"
    r"|threshold|branch|half-?line|interval|counts?)\b",
    re.IGNORECASE,
)
_SUMS = re.compile(  # of a sentence that names nothing: what is said of all the data or weights
    r"\b(?:sums?\s+to|centred|centered|whitened|orthogonal|orthonormal|symmetric|separable|standardi[sz]ed|(?:are|is)\s+(?:all\s+)?"
    r"(?:in)?active|(?:is|are)\s+(?:open|closed)|unit\s+(?:norm|length)|positive|non-?negative)\b",
    re.IGNORECASE,
)
_THROUGHOUT = re.compile(
    r"\b(?:in\s+what\s+follows|throughout|from\s+(?:here|now)\s+on|always|all\s+(?:our|the|its)?)\b", re.I
)
_NO_STATE = frozenset(
    {"that", "we", "have", "has", "know", "by", "definition", "the", "above", "and", "of", "a", "an", "is", "are"}
    | {"chain", "product", "sum", "rule", "this", "it", "get", "then", "as"}
)
# words of a sentence that only leads to a display: any other word may say for which values its rows hold
_HARMLESS_WORDS = """
rules quotient power derivative derivatives gradient gradients jacobian jacobians hessian loss losses cost
objective error weight weights bias biases input inputs output outputs parameter parameters layer layers first
second third last next hidden each every all any one two both example examples row rows column columns entry
entries component components matrix matrices vector vectors scalar scalars form notation term terms words short
brevity convenience simplicity respect general these those below same way manner step steps backward forward
pass batch network logit logits softmax sigmoid cross-entropy data our its their find follows to in on for with
linearity linear differentiation trace function functions activation activations score scores prediction
predictions particular detail full turn addition contrast summary total partial usual before again other them
now be can write read compute here index indices product products square squares norm sums transpose identity
name names number numbers value values result results formula formulas equation equations row-wise elementwise
entrywise model models
"""
_HARMLESS = _NO_STATE | frozenset(_HARMLESS_WORDS.split())
_RANGES = re.compile(rf"{ORDERS}|\\in\s*[(\[]")
_COMPARES = re.compile(rf"{_RANGES.pattern}|{EQUATES}")
_JOINED = re.compile(
    r"\W*(?:(?:and|or|so|hence|thus|therefore|then|which|gives|we|get|obtain|have|square|this|it)\W*)*"
)
_BEHIND = re.compile(
    r"[\s,(\[]*(?:if|for|when|where|whenever|provided|as|since|because|in|at|on|almost|here|this|we)\b",
    re.IGNORECASE,
)


def _leading(text: str, derivation: Derivation, row: Row) -> str:
    """Return the words around a display by which its rows may hold for some values only.

    "Where the ReLU is active,"; "The weights sum to one."; and above it, "The normal equations are"; behind it, "if
    $z > 0$."
    """
    words = plain(text)
    first, last = _region(words, derivation.start, row.start)
    taken = [one.start for one in derivation.rows if one.assumed]
    for start, stop in each(text):
        throughout = stop <= first and _THROUGHOUT.search(words, max(start, derivation.start), stop)
        start, stop = max(start, derivation.start if throughout else first), min(stop, last)
        said = words[start:stop]
        if start >= stop or not said.strip() or any(start <= place <= stop for place in taken):
            continue
        leads = stop == last
        condition, within = (_CONDITION.match(said), _WITHIN.match(said)) if leads else (None, None)
        told = set(re.findall(r"[a-z-]+", condition["clause"].lower())) - _NO_STATE if condition else set()
        formulas = [formula(text, start + one.start()) for one in re.finditer("§", within.group())] if within else []
        reason = within and re.match(r"\W*(?:since|because|by|using)\b", said, re.IGNORECASE)
        told |= set(re.findall(r"[a-z-]+", within["clause"].lower())) - _HARMLESS if within else set()
        some = within and not reason and any(_COMPARES.search(one) for one in formulas)
        found = _OPTIMUM.search(said) or ("§" not in said and _SUMS.search(said))
        if told or some or found:
            return _shown(said if told or some or not found else said[: found.end()])
    return _following(text, row)


def _region(words: str, begins: int, place: int) -> tuple[int, int]:
    """Return the offsets of the words that lead to a row; those that only go on, "and hence", are passed over."""
    last = place
    while True:
        first = max(begins, words.rfind("¶", begins, last) + 1)
        if first == begins or not _JOINED.fullmatch(words, first, last):
            return first, last
        last = first - 1


def _following(text: str, row: Row) -> str:
    """Return the words behind a display that restrict it, or nothing: "if $z > 0$.", "Here the unit is active."."""
    stop = behind_display(text, row.display)
    if not stop:
        return ""
    said = behind(text, stop)
    if not said.strip():  # the sentence ended in the display
        stop = min(stop + len(said) + 1, len(text))
        said = behind(text, stop)
    found = _BEHIND.match(said)
    formulas = [formula(text, stop + one.start()) for one in re.finditer("§", said)] if found else []
    restricts = found and (_STATES.search(said) or any(_RANGES.search(one) for one in formulas))
    return _shown(said) if restricts else ""


def _shown(said: str) -> str:
    """Return the first words of a sentence as a message prints them."""
    return " ".join(said.replace("§", "…").split()[:SHOWN_OF_LEAD])


SHOWN_OF_LEAD = 8  # words of a sentence that leads to a display that a message shows


def _is_read(row: Row) -> bool:
    """Tell whether words declare the names of a row as positive, as natural numbers, or as probabilities."""
    said = [segment.text for segment in row.segments]
    return row.in_words and (not said or any(HALF.search(one) or "\\Delta" in one for one in said))


_FORMULA = re.compile(r"\$([^$]*)\$|\\(?:begin|end)\{[a-z*]+\}(?:\{[^{}]*\})?")


def _of_word(sentence: str, word: re.Match[str]) -> str:
    """Return the formulas that a word speaks of: those before its "be" or "has", or the one that follows it."""
    before = [found for found in _FORMULA.finditer(sentence, 0, word.start()) if not _SIZE.fullmatch(found.group())]
    between = sentence[before[-1].end() : word.start()] if before else ""
    chosen = before[-1:] if re.search(r"\b(?:be|is|are|have|has|with)\b|^,?\s+an?\s|^\s*$", between) else []
    for one, following in zip(before[-2::-1], before[:0:-1], strict=True):
        if not chosen or not _AND.fullmatch(sentence, one.end(), following.start()):
            break
        chosen.append(one)
    after = _FORMULA.search(sentence, word.end())
    formulas = " , ".join(found[1] or "" for found in chosen or filter(None, [after]))
    return re.sub(r"\\mathbb\s*\{?R\}?|\\math[a-z]+|\\boldsymbol|\\bm|[{}]", " ", formulas)


_PRONOUN = re.compile(r"\s*(?:it|they|both|these)\s+(?:(?:is|are|have|both)\s+)*(?:(?:an?|the)\s+)?", re.IGNORECASE)
_SIZE = re.compile(r"\$\s*\w+\s*\\times\s*\w+\s*\$")
_AND = re.compile(r"\s*(?:,|and|,\s*and)\s*")


def _names(formulas: str, letter: str) -> bool:
    bare = re.sub(r"[{}]", " ", letter).strip()
    return re.search(rf"(?<![A-Za-z\\]){re.escape(bare)}(?![A-Za-z])", formulas) is not None
