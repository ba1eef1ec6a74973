r"""Which mathematics of the text the author states as an assumption.

    Assume that $W^\top W = I_k$ and $\lVert\mathbf v\rVert = 1$.
    Let $\mathbf x \in \mathbb{R}^{d}$ with $\lVert\mathbf x\rVert = 1$.
    At a stationary point, $\nabla_\theta J = 0$.
    Let $A \in \mathbb{R}^{n \times n}$ be symmetric and positive definite.
    Assume that $Q$ is orthogonal and that $\mathbf v$ is a unit vector.

A display is never an assumption, whatever its text says.
"""

from __future__ import annotations

import re

from report_src.derivations.source.segments import DENIALS

_MATH = re.compile(r"\$[^$]*\$|\\\(.*?\\\)", re.DOTALL)
_BREAK = re.compile(
    r"[.:!?](?=\s|$)|\n[ \t]*\n|\\(?:item|par|\\|\])(?![A-Za-z])|\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?"
)
_OPENING = re.compile(
    r"\s*(?:(?:and|now|also|further|furthermore|here|from here on),?\s+)?(?:we\s+|let\s+us\s+)?"
    r"(?:assum(?:e|ing)\b|suppose\b|at\s+(?:a|the|its)\s+(?:stationary\s+point|critical\s+point|minimum|maximum|optimum)\b)",
    re.IGNORECASE,
)
_LET = re.compile(r"\s*let\b.*\b(?:with|such\s+that)(?P<between>[^a-z]*(?:and[^a-z]*)*)$", re.IGNORECASE | re.DOTALL)
# words after which a formula follows from the assumption, or explains it, and is none itself
_FOLLOWS = frozenset(
    {"so", "then", "hence", "thus", "therefore", "implies", "gives", "means", "because", "since", "if", "when", "where"}
    | {"we", "yields", "follows", "or", "unless"}
)


# words that leave open whether an assumption holds
_WEAKENS = frozenset({"or", "either", "sometimes", "often", "usually", "otherwise", "else", "contradiction"})
_PARTLY = re.compile(r"\b(only) (?:in|for|if|when|on|at|the)\b|\b(?:in|for|on) the (first|second|last|next)\b")


# all that an assumption may say beside its formulas: any other word may limit it, or take it back
_PLAIN = frozenset(
    re.findall(
        r"\w+",
        """
    a adjoint again all also always an and antisymmetric are as assume assuming at be below bias biases both by
    centered centred class classes column columns condition conditions constant constants cost critical data
    definite derivation dimension dimensions each energy entries entry equality equation equations every everywhere
    example examples feature features following for from full function functions further furthermore given has have
    henceforth here hold holds idempotent identity in independent index indices inequality input inputs invertible
    is it its label labels let likelihood loss matrices matrix maximiser maximizer maximum minimiser minimizer
    minimum moreover negative non nonnegative nonzero norm normalised normalized now number numbers objective of on
    optimum orthogonal orthonormal output outputs parameter parameters point points positive proof rank real
    remainder respect rest risk row rows scalar scalars section self semi semidefinite simplicity size sizes skew
    square stationary suppose symmetric that the these this throughout to true unit us vector vectors we weight
    weights what whole with
    """,
    )
)
# what only explains begins with one of these; behind a comma, "where" as well
_EXPLAINS = re.compile(r"\b(?:so|then|hence|thus|therefore|because|since)\b|,\s*where\b", re.IGNORECASE)
_DROPPED = re.compile(
    r"\b(?:drop|lift|remove|relax|abandon|withdraw|discard|give up|no longer)\w*\b[^.:!?]{0,60}\b(?:assum|suppos)\w*"
    r"|\b(?:assum|suppos)\w*[^.:!?]{0,60}\b(?:dropped|lifted|removed|relaxed|abandoned|withdrawn|no longer)\b"
    r"|\b(?:arbitrary again|never the case|leads to a contradiction|later (?:drop|lift|relax|remove))",
    re.IGNORECASE,
)


_END = re.compile(r"\\end\s*\{derivation\}")


def _dropped(text: str, start: int) -> re.Match[str] | None:
    """Return the words of the same derivation, behind an offset, that drop an assumption, or None."""
    stop = _END.search(text, start)
    return _DROPPED.search(text, start, stop.start() if stop else len(text))


def limited(text: str, start: int, end: int) -> str:
    r"""Return the first word of an assumption's sentence that is not read, or what drops it further on, or nothing.

    "Assume $x > 0$ on average." -> `average`; "Assume that one of $x > 0$, $y > 0$ holds." -> `one`. What explains the
    assumption, "so that …", is passed over.
    """
    sentence = _sentence_before(text, start)
    opening = _OPENING.match(sentence)
    words = _words(sentence[opening.end() :]) if opening is not None else []
    words += _words(_rest_of_sentence(text[end:]))
    dropped = _dropped(text, end)
    return next((word for word in words if word not in _PLAIN), dropped.group() if dropped else "")


def _rest_of_sentence(behind: str) -> str:
    """Return what follows in a sentence, without its mathematics and without what explains."""
    after = _MATH.sub("§", behind)
    stop = _BREAK.search(after)
    return _EXPLAINS.split(after[: stop.start() if stop else len(after)], maxsplit=1)[0]


def _words(text: str) -> list[str]:
    """Return the words of a text in small letters, without commands."""
    return re.findall(r"(?<![\\A-Za-z])[a-z]+", text.lower())


# what a word says of a matrix or a vector; § stands for its name
_PROPERTIES = {
    r"(?:skew-symmetric|antisymmetric)": r"§ = -§^\top",
    r"(?:orthogonal|orthonormal)": r"§^\top § = I",
    r"(?:symmetric )?positive[ -]definite": r"§ \succ 0",
    r"(?:symmetric )?positive[ -]semi-?definite": r"§ \succeq 0",
    r"(?:symmetric|self-adjoint)": r"§ = §^\top",
    r"(?:unit vectors?|of unit (?:length|norm)|of (?:length|norm) (?:one|1|\$1\$)|normali[sz]ed)": (
        r"\lVert § \rVert = 1"
    ),
    r"idempotent": r"§ § = §",
}
_PROPERTY = re.compile("|".join(f"(?P<p{number}>{words})" for number, words in enumerate(_PROPERTIES)))
_ANNOUNCED = re.compile(r"\s*(?:is|are|be)\s+(?:both\s+)?(?:an?\s+)?")
_GOES_ON = re.compile(r"(?:\s+matri(?:x|ces))?(?P<more>\s*,?\s+and\s+|\s*,\s+)?")
_STATES = re.compile(r"\s*(?:let|assum(?:e|ing)|suppose|we assume)\b", re.IGNORECASE)
_STOPS = re.compile(r"(?:\s+matri(?:x|ces))?\s*(?:[.;,]|$|(?:and|with)\b)")


def properties(text: str, start: int, end: int) -> tuple[list[str], int]:
    r"""Return what the words behind some inline mathematics assume of its names, as LaTeX, and where they end.

    `§` stands for the name: "Assume that $Q$ is orthogonal." -> `§^\top § = I`. A sentence that denies, explains or
    goes on with a condition assumes nothing.
    """
    sentence = _sentence_before(text, start)
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", sentence)}
    announced = _ANNOUNCED.match(text, end)
    taken_back = _denied(sentence, text[end:]) or _dropped(text, end)
    if announced is None or not _STATES.match(sentence) or words & _FOLLOWS or taken_back:
        return [], end
    found: list[str] = []
    at = announced.end()
    while (word := _PROPERTY.match(text, at)) is not None:
        found.append(list(_PROPERTIES.values())[int((word.lastgroup or "p0")[1:])])
        at = word.end()
        more = _GOES_ON.match(text, at)
        if more is None or more["more"] is None or not _PROPERTY.match(text, more.end()):
            break
        at = more.end()
    read = found and _STOPS.match(text, at) and all(word in _PLAIN for word in _words(_rest_of_sentence(text[at:])))
    return (found, at) if read else ([], end)


_DECLARES = re.compile(
    r"\s*(?:(?:and|now|also|here|then)\b,?\s*)?(?:we\s+)?(?:let|assume|suppose|take|set|write|where|with|for)\b",
    re.IGNORECASE,
)


def announces(text: str, start: int, end: int) -> bool:
    r"""Tell whether the sentence around inline mathematics declares: it begins with Let or has an \in before it.

    "Nothing changes for $m = k$." declares nothing.
    """
    sentence = _sentence_before(text, start)
    declares = _DECLARES.match(sentence) or re.search(r"\\in(?![A-Za-z])", text[start - len(sentence) : start])
    stands = _STANDS.match(_MATH.sub("§", text[end:]))
    return bool(declares and stands) and not _denied(sentence, text[end:])


# what may follow `m = k` where it makes two dimensions one: "where $m = k$ is excluded" says something else
_STANDS = re.compile(
    r"\s*(?:$|[.,;:)]|\\begin|\\\[|\\par\b|\n[ \t]*\n"
    r"|(?:and|with|where|throughout|here|below|everywhere|so that|such that|for simplicity)\b|is assumed\b)"
)


def doubted(text: str, start: int, end: int) -> str:
    r"""Return the word of the text around inline mathematics that leaves open whether it declares, or nothing.

    "We do not assume $x > 0$." -> `not`; "Let $x > 0$ or $y > 0$." -> `or`.
    """
    clause = re.split("[,;§()]", _sentence_before(text, start))[-1]
    behind = re.split("[.,;:§()\\\\\n]", _MATH.sub("§", text[end:]), maxsplit=1)[0].split()[:_NEAR]
    between = re.findall(r"\bor\s*\Z", text[:start]) + behind[:1]
    words = re.findall(r"[a-z'’]+", " ".join([clause, *behind]).lower())
    taken_back = (word for word in words if word.replace("’", "'") in (DENIALS | _WEAKENS | _DOUBTS) - _HARMLESS)
    ends = re.search(r"[.!?](?=\s|$)", text[end:])
    asked = "?" if ends is not None and ends.group() == "?" else ""
    return "or" if "or" in between else next(taken_back, asked)


_NEAR = 3  # words behind a formula that may take it back
_DOUBTS = frozenset(
    {"mistake", "rarely", "seldom", "possible", "possibly", "perhaps", "maybe", "nobody", "none", "only", "why"}
    | {"whether", "counterexample", "fail", "wrongly", "supposedly", "allegedly", "instead", "violates", "violate"}
    | {"excluded"}
)
_HARMLESS = frozenset({"without", "about", "or", "else"})  # "without loss of generality", "x > 0 (or x = 1)"


def several_ones(text: str, start: int, end: int) -> str:
    r"""Return the word of a sentence by which a vector of zeros and ones may have several ones, or nothing.

    "Let $\mathbf{m} \in \{0,1\}^{d}$ be a dropout mask." -> `dropout`.
    """
    sentence = (_sentence_before(text, start) + " " + _rest_of_sentence(text[end:])).lower()
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


def assumed(text: str, start: int, end: int) -> bool:
    """Tell whether the inline mathematics between two offsets of a masked text is stated as an assumption."""
    sentence = _sentence_before(text, start)
    opening = _OPENING.match(sentence)
    if opening is None:
        return _LET.match(sentence) is not None and not _denied(sentence, text[end:])
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", sentence[opening.end() :])}
    return not words & _FOLLOWS


def denied(text: str, start: int, end: int) -> str:
    """Return the word of the sentence that takes back an assumption, or nothing."""
    return _denied(_sentence_before(text, start), text[end:])


def _sentence_before(text: str, start: int) -> str:
    """Return a sentence as far as an offset, as long as it is in the text: § and spaces for its mathematics."""
    before = _MATH.sub(lambda found: "§".ljust(len(found.group())), text[:start])
    return before[max((found.end() for found in _BREAK.finditer(before)), default=0) :]


def _denied(before: str, behind: str) -> str:
    after = _MATH.sub("§", behind)
    stop = _BREAK.search(after)
    sentence = before + " " + after[: stop.start() if stop else len(after)]
    words = re.findall(r"[A-Za-z'’]+", sentence.lower())
    partly = _PARTLY.search(" ".join(words))
    found = (word for word in words if word.replace("’", "'") in DENIALS | _WEAKENS)
    return next(found, partly.group() if partly else "")
