r"""Which mathematics of the text the author states as an assumption.

    Assume that $W^\top W = I_k$ and $\lVert\mathbf v\rVert = 1$.
    Let $\mathbf x \in \mathbb{R}^{d}$ with $\lVert\mathbf x\rVert = 1$.
    At a stationary point, $\nabla_\theta J = 0$.
    Set $\frac{\partial J}{\partial \theta} = 0$.
    Let $A \in \mathbb{R}^{n \times n}$ be symmetric and positive definite.
    Assume that $Q$ is orthogonal and that $\mathbf v$ is a unit vector.

A display is never an assumption, whatever its text says. The whole sentence has one of the forms of a small grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from report_src.derivations.words.array_words import ANY_HAD, ANY_PROPERTY, ANY_SET, DRAWN, HAS, PROPERTY, STATED
from report_src.derivations.words.grammar import Grammar
from report_src.derivations.words.sentences import (
    DENIALS,
    before,
    begin,
    behind,
    behind_display,
    behind_list,
    end,
    formula,
    plain,
    since_display,
)

# the grammar: a sentence in small letters, § for each formula
_SCOPE = (
    r"(?:(?:throughout|in) (?:this|the) (?:section|derivation)|throughout|henceforth|always|here"
    r"|from (?:here|now) on|in what follows|for simplicity|without loss of generality"
    r"|for the (?:rest|remainder) of (?:this|the) (?:section|derivation))"
)
_FURTHER = r"(?:now|also|further|furthermore|moreover|in addition)"
_LEAD = (
    r"(?:(?:(?:case|step|part) \w+|setting|notation|setup|assumptions?): )?"
    rf"(?:(?:and|{_FURTHER}|finally|in the following(?=,)|{_SCOPE}),? )?"
)
_SIZE = r"(?: (?:in|of (?:size|length|dimension)) §)?"
_BE = (
    rf"(?:both )?(?:an? )?(?:{DRAWN},? )?(?:§ )?(?:{ANY_PROPERTY}|of (?:length|norm) §)"
    rf"(?:(?: §)? matri(?:x|ces))?{_SIZE}"
)
_ALL = rf"{_BE}(?:(?:,? and|,) {_BE})*"
_NOUN = (
    r"(?:an?|the|our|its) (?:(?:real|given|fixed|random|column|row|input|output|square|invertible|one-hot|arbitrary) )*"
    r"(?:vector|matrix|number|scalar|constant|input|output|weight|parameter|bias|label|target|feature|example|data|"
    r"point|direction|step|rate|cost|loss|error|function|mean|covariance)(?:e?s)?(?: matri(?:x|ces)| vectors?)?"
)
_HAD = rf"(?:an? )?(?:{ANY_HAD}|(?:norm|length) §)"
_SHAPED = rf"{ANY_SET}(?: with {_HAD}| and {_ALL}| of (?:unit )?(?:length|norm)(?: (?:one|1|§))?)?"
_FORMULA = (
    rf"(?:(?:both |{_NOUN} )?§(?: (?:is|are|be|to be) (?:{_SHAPED}|{_ALL})| (?:has|have) {_HAD})?"
    r"|(?:the|an?|our|its|all) (?:[a-z-]+ ){0,2}[a-z]+ satisf(?:y|ies) §)"
)
_LIST = rf"{_FORMULA}(?:(?:,? and|,)(?: also)?(?: that)? {_FORMULA})*"
_TAIL = (
    rf"(?: holds?)?(?:,? {_SCOPE}| \({_SCOPE}\))?(?:,? for (?:all|each|every) §)?"
    r"(?:,? as (?:usual|before|above)| \((?:unit length|unit norm|normali[sz]ed)\))?"
)
_DECLARED = (
    rf"(?:let )?(?:{_NOUN} )?§"
    rf"(?: (?:(?:be|is|are) )?(?:{_NOUN}|{_SHAPED}|given|fixed|{_ALL})| (?:have|with) {_HAD})?"
    r"(?:,? \(?(?:with|such that|where)(?: that)? §\)?)?"
)
_DERIVATIVES_VANISH = (
    r"at (?:a|the|its) (?:stationary point|critical point|minimum|maximum|optimum)(?: of §)?,?(?: we have)? "
    r"§(?:(?:,? and|,) §)*"
)
_SET = r"(?:we |let us )?(?:now )?(?:set|setting)"
_SOLVED = (
    r"(?:,? (?:and (?:solve|solving) for §|(?:and )?we (?:get|obtain|find|have)|(?:it )?(?:gives|yields)"
    r"|to (?:get|obtain|find)(?: the (?:optimum|minimum|maximum|solution))?))*[:,]?¶?"
)
_FORMS = (
    rf"{_LEAD}(?:we |let us )?(?:(?:{_FURTHER}|always|throughout) )?(?:assume|suppose)"
    rf"(?:,? (?:{_SCOPE}|{_FURTHER}),?)?(?:,? that)? {_LIST}{_TAIL}",
    rf"{_LEAD}(?:we )?let {_DECLARED}(?:(?:,? and|,) {_DECLARED})*{_TAIL}",
    rf"{_LEAD}{_DERIVATIVES_VANISH}{_TAIL}",
    rf"{_LEAD}{_SET} (?:(?:the|this|its) (?:gradient|derivative)(?: of §)? )?§{_SOLVED}",
)
_SENTENCE = Grammar("|".join(_FORMS))

_OPENING = re.compile(
    rf"\s*{_LEAD}(?:we\s+|let\s+us\s+)?(?:(?:also|now|further|always|throughout)\s+)?"
    r"(?:assum(?:e|ing)\b|suppose\b|(?P<set>set(?:ting)?\b)|(?P<at>at\s+(?:a|the|its)\s+(?:stationary\s+point|critical\s+point|minimum|maximum"
    r"|optimum)\b)(?:,?\s+we\s+have\b)?)",
    re.IGNORECASE,
)
_LET = re.compile(r"\s*let\b.*\b(?:with|such\s+that)(?P<between>[^a-z]*(?:and[^a-z]*)*)$", re.IGNORECASE | re.DOTALL)
# words after which a formula follows from the assumption, or explains it, and is none itself
_FOLLOWS = frozenset(
    {"so", "then", "hence", "thus", "therefore", "implies", "gives", "means", "because", "since", "if", "when", "where"}
    | {"we", "yields", "follows", "or", "unless"}
)
# words that leave open whether an assumption holds
WEAKENS = frozenset({"or", "either", "sometimes", "often", "usually", "otherwise", "else", "contradiction"})
# what only explains begins with one of these; behind a comma, "where" as well
_EXPLAINS = re.compile(r"\b(?:so|then|hence|thus|therefore|because|since)\b|,\s*where\b", re.IGNORECASE)
_DERIVATIVE = re.compile(r"\\nabla|\\partial|\\frac\s*\{?\s*(?:\\mathrm\s*\{?\s*)?d|'")
_VANISHES = re.compile(
    r"(?:\\nabla|\\partial|\\frac\s*\{?\s*d).*=\s*(?:\\(?:mathbf|boldsymbol|bm|vec)\s*)?\{?0\}?\s*(?:\$|\\\))",
    re.DOTALL,
)
_INDEX = re.compile(
    r"\W*[A-Za-z](?:\s*,\s*[A-Za-z])*\s*(?:=\s*1\s*,\s*\\l?dots\s*,\s*[A-Za-z_{}][A-Za-z0-9_{}+\s-]*)?\W*"
)


_DEFINITE = re.compile(r"\\succ(?:eq)?(?![A-Za-z])")


def assumed(text: str, start: int, stop: int) -> bool:
    """Tell whether the inline mathematics between two offsets of a masked text is stated as an assumption."""
    sentence = before(text, start)
    if _DEFINITE.search(text, start, stop) and plainly_declares(text, start):
        return True  # a claim would not stand among declarations: "Let § and $A \\succ 0$."
    opening = _OPENING.match(sentence)
    if opening is None:
        return _LET.match(sentence) is not None and not denied(text, start, stop)
    if opening["set"] and not _VANISHES.search(text, start, stop):
        return False
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", sentence[opening.end() :])}
    return not words & _FOLLOWS


def limited(text: str, start: int, stop: int) -> str:
    r"""Return the words by which the sentence of an assumption is none that is read, or nothing.

    "Assume $x > 0$ on average." -> `average`. What explains the assumption, "so that …", is passed over.
    """
    said = _sentence(text, start)
    opening = _OPENING.match(said)
    if _SENTENCE.fullmatch(said) is None:
        vocabulary = set(re.findall(r"[a-z]+", re.sub(r"\\[a-z]|non-\?\w+", " ", _SENTENCE.text)))
        return next((word for word in re.findall(r"[a-z]+", said) if word not in vocabulary), said)
    if opening is not None and opening["at"] and not _DERIVATIVE.search(text, start, stop):
        return opening["at"]
    over = re.search(r"for\s+(?:all|each|every)\s+(?=§)", plain(text)[begin(text, start) : end(text, start)])
    ranged = over is None or ranges(text, begin(text, start) + over.end())
    return _fragment(text, start) if ranged else "for all"


def plainly_declares(text: str, place: int) -> bool:
    """Tell whether the clause around an offset only declares or assumes: "Let § be a vector in § and § an § matrix"."""
    first, last = begin(text, place), end(text, place)
    words = plain(text)[first:last]
    openings = [found.end() for found in _WHERE.finditer(words, 0, place - first)]
    closing = _WHERE.search(words, place - first)
    clause = words[openings[-1] if openings else 0 : closing.start() if closing else None]
    if openings and _CASE.search(words[: openings[-1]]):
        return False
    said = re.sub(r"\s+(?=[,;:)?¶])", "", " ".join(clause.lower().replace("~", " ").split())).rstrip(",;: ")
    said = _LIKE_LET.sub("let ", said) if said.startswith("let ") or not openings else f"let {said}"
    asked = plain(text)[last : last + 1] == "?"
    return _SENTENCE.fullmatch(said) is not None and not asked and not _fragment(text, place)


_WHERE = re.compile(r",?\s+where\s+|(?<=¶)\s*where\s+|,?\s+and\s+(?=let\s)")
_CASE = re.compile(r"\b(?:cases?|examples?|instances?|situations?|if|when)\b", re.IGNORECASE)
_LIKE_LET = re.compile(
    r"^(?:(?:and|now|also),? )?(?:we )?"
    r"(?:here|where|with|consider|take|fix|given|throughout|in what follows),?(?: that)? "
)


def _sentence(text: str, place: int) -> str:
    """Return a sentence in small letters, without what explains; one that runs into a display ends in ¶."""
    words = plain(text)[begin(text, place) : end(text, place)]
    stop = plain(text)[end(text, place) : end(text, place) + 1]
    parts = _EXPLAINS.split(words, maxsplit=1)
    said = parts[0] + (stop if len(parts) == 1 and stop in ("¶", "?") else "")
    return re.sub(r"\s+(?=[,;:)?¶])", "", " ".join(said.lower().split())).rstrip(",; ")


def ranges(text: str, place: int) -> bool:
    r"""Tell whether the inline mathematics at an offset is an index or its range: $n$, $n = 1,\dots,N$."""
    return _INDEX.fullmatch(formula(text, place)) is not None


def _fragment(text: str, place: int) -> str:
    """Return what stands before a sentence and is none itself, or nothing: "By contradiction." """
    at = begin(text, place)
    said = " ".join(before(text, max(0, at - 1)).split()).lower() if text[max(0, at - 1) : at] == "." else ""
    words = re.findall(r"[a-z]+", said)
    whole = "§" in said or len(words) > FRAGMENT or _VERBS & set(words)
    return "" if whole or re.fullmatch(_HEADING, said) else said


@dataclass(frozen=True)
class Zeroed:
    """What words between two displays set to zero: their offsets, a formula, or the words for what stands above."""

    start: int
    end: int
    shown: str  # the derivative, where it is written as a formula
    of: str  # the name whose derivative it is, where the words say that
    several: bool  # both derivatives, these
    last: bool  # this, it: what the display above ends with


def zeroed(text: str, place: int) -> Zeroed | None:
    r"""Return what the words that lead from one display to the next at an offset set to zero, or None.

    "Setting the gradient to zero gives"; "Setting $\nabla_w J$ to zero"; "At the optimum both derivatives vanish, so"
    """
    first = since_display(text, place)
    words = plain(text)[first:place]
    said = re.sub(r"\s+(?=[,.;:])", "", " ".join(words.lower().split())).rstrip(",;: ")
    found = _ZEROED.fullmatch(said) if first else None
    if found is None or set(re.findall(r"[a-z']+", said)) & (DENIALS | WEAKENS) or _goes_on(text, place):
        return None
    what, zero = found["what"] or found["what_"], found["zero"] or found["zero_"]
    by_role: dict[str, list[str]] = {"": [], "of": [], "for": []}
    for one in re.finditer(r"(?:\b(of|for)\s+)?§", words):
        by_role[one[1] or ""].append(formula(text, first + one.end() - 1))
    zeros = [one for one in by_role[""] if _ZERO.fullmatch(one)]
    shown = next((one for one in by_role[""] if _DERIVATIVE.search(one)), "")
    names = {one.strip("$ ") for one in by_role["of"]}
    alone = (
        len(zeros) + bool(shown) == len(by_role[""]) and len(zeros) == (zero == "§") and (what == "§") == bool(shown)
    )
    if not alone or "=" in shown or len(names) > 1:
        return None
    begins = first + len(words) - len(words.lstrip())
    several, last = (re.search(pattern, what) is not None for pattern in (_SEVERAL_OF, r"^(?:this|it)$|expression"))
    return Zeroed(begins, first + len(words.rstrip()), shown, next(iter(names), ""), several, last)


def _goes_on(text: str, place: int) -> bool:
    """Tell whether a display, or its sentence behind it, speaks of all values: "which holds for all $x$"."""
    stop = behind_display(text, place)
    rest = behind(text, stop) if text[stop:].lstrip()[:1].islower() else ""
    return (
        re.search(r"\\forall|\b(?:all|any|every|each|arbitrary|always|everywhere)\b", text[place:stop] + rest)
        is not None
    )


_ZERO = re.compile(r"[\s$({\\]*(?:mathbf|boldsymbol|bm|vec|symbf)?[\s{\\]*0[\s$)}\\]*")
_SEVERAL_OF = r"these|both|them|they|gradients|derivatives|all"
_THIS = (
    r"(?:this|it|these|both|them|they|all|§|(?:the|this|these|both|our|its|that|all)(?: the| these)?"
    r"(?: (?:first|partial|two))* (?:gradient|derivative|expression)s?(?: of §)?)"
)
_POINT = r"(?:stationary|critical) points?|minimum|maximum|optimum|minimi[sz]er|maximi[sz]er|extremum"
_AT = rf"at (?:a|the|its|every|each) (?:{_POINT})(?: of §)?"
_VANISH = r"(?:must )?(?:vanish(?:es)?|(?:is|are|be|equals?|becomes?) (?:equal )?(?:to )?(?P<zero_>zero|0|§))"
_ZEROED = Grammar(  # two alternatives: one sets a derivative to zero, of the other it is said to be at an optimum
    r"(?:(?:now|next|then|finally),? )?(?:(?:we |let us )?(?:now |can )?"
    rf"(?:(?:set|put|mak|equat)(?:t?ing|e)? (?P<what>{_THIS}) (?:equal )?(?:to |with )?(?P<zero>zero|0|§)(?: {_AT})?)"
    rf"|(?P<at>{_AT},? (?:we have )?)?(?P<what_>{_THIS}) {_VANISH}(?(at)| {_AT}))"
    r"(?:[,.:]|,? (?:and|so|so that|which|this|then|hence|thus|it|we|gives|yields|leads to|results in|implies|get"
    r"|obtain|have|find|solv(?:e|ing)(?: for §)?|rearrang(?:e|ing)|the normal equations?|the conditions?))*"
)


def joins(text: str, place: int) -> bool:
    """Tell whether the words between two displays only go on with what the first says: "Hence", "or", "that is,"."""
    first = since_display(text, place)
    said = " ".join(re.sub(r"[,.:;]", " ", plain(text)[first:place].lower()).split())
    return first > 0 and _JOINS.fullmatch(said) is not None


_JOINS = re.compile(
    r"(?:(?:and|or|so|hence|thus|therefore|then|that is|i e|equivalently|which|this|it|we|gives|yields|means|is|get"
    r"|obtain|find|have|solv(?:e|ing)(?: for §)?|rearrang(?:e|ing)|the solution|the normal equations?) ?)*"
)


FRAGMENT = 4  # most words before a full stop that may be no sentence
_VERBS = frozenset({"is", "are", "has", "have", "we", "it", "let", "holds", "hold", "use", "this"})
_HEADING = (
    r"(?:(?:case|step|part|lemma|theorem|example|proposition) )?(?:\w{0,4}|\d[\d.]*)"
    r"|proof|setting|setup|notation|assumptions?"
)


def properties(text: str, start: int, stop: int) -> tuple[list[str], int]:
    r"""Return what the words behind some inline mathematics assume of its names, as LaTeX, and where they end.

    `§` stands for the name: "Assume that $Q$ is orthogonal." -> `§^\top § = I`. A sentence that is not read as an
    assumption assumes nothing.
    """
    at, further = behind_list(text, stop)
    joined = _JOINED.search(plain(text), begin(text, start), start)
    before_it = formula(text, joined.start()) if joined else ""
    if re.match(r"\$?\s*\\mathbb", text[start:stop]):
        return [], stop  # in "$x$ in $\mathbb{R}^n$ with unit norm" the vector has it
    if len({_set_of(one) for one in (text[start:stop], *further)}) > 1:
        at, further = stop, []  # in "$x \in \mathbb{R}$ and $A$ be symmetric" the last one is
    having = _HAVING.match(text, at)
    announced, said = having or _ANNOUNCED.match(text, at), HAS if having else PROPERTY
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", before(text, start))}
    if announced is None or not said.match(text, announced.end()) or words & _FOLLOWS:
        return [], stop
    if further and (announced["one"] or announced["article"]):
        return [], stop
    if denied(text, start, stop) or limited(text, start, stop):
        return [], stop
    found: list[str] = []
    at = announced.end()
    while (word := said.match(text, at)) is not None:
        stated = STATED[int((word.lastgroup or "p0")[1:])]
        sizes = _SIZES.search(text[start:stop])
        oblong = stated == "§ § = §" and sizes is not None and sizes[1].strip() != sizes[2].strip()
        found += [stated] if stated and not oblong else []  # a projection to fewer entries is any matrix
        at = word.end()
        more = _GOES_ON.match(text, at) if stated else _GOES_ON_AT_ONCE.match(text, at)
        if more is None or more["more"] is None or not said.match(text, more.end()):
            break
        at = more.end()
    alike = [one for one in (before_it, *further) if one and _set_of(one) == _set_of(text[start:stop])]
    several = alike or "," in text[start:stop].partition("\\in")[0]
    if alike and "\\in" in text[start:stop] and "both" not in text[stop : announced.end()]:
        return [], stop  # "$A \\in S$ and $B \\in S$ be symmetric" may say it of one or of both
    if (several and _ARTICLE.search(text, announced.start(), at)) or re.match(r"\s*,?\s*so\b", text[at:]):
        return [], stop  # "be a symmetric and an orthogonal matrix", "normalised so that its entries sum to one"
    if {"§ § = §", "§ = -§^\\top"} & {*found} and re.search(DRAWN, plain(text)[stop:at]):
        return [], stop  # only the identity is idempotent and invertible, and no skew matrix of odd size is
    return found, at


_JOINED = re.compile(r"§(?=\s*(?:,|and|,\s*and)\s*\Z)")
_SIZES = re.compile(r"\^\s*\{([^{}]*)\\times([^{}]*)\}")
_ARTICLE = re.compile(r"\ban?\s")


def _set_of(mathematics: str) -> str:
    r"""Return the set in which inline mathematics declares names, "" for bare names, and other mathematics as it is."""
    names, sign, space = mathematics.strip("$").partition("\\in")
    return space.strip() if sign else "" if not re.search(r"[=<>:]|\\[lg]eq?(?![A-Za-z])", names) else mathematics


_ANNOUNCED = re.compile(
    r"\s*(?:(?:(?P<one>is)|are|be|to\s+be)\s+(?:both\s+)?(?:an?\s+)?|(?P<article>an?)\s+)"
    r"(?:\$[^$]*\\times[^$]*\$\s+|(?:\$[^$]*\$-?(?:dimensional\s+)?)?vectors?\s+(?:in\s+\$[^$]*\$\s+)?(?=of\s))?"
)
_HAVING = Grammar(
    r"\s*(?:(?:be|is|are|to\s+be)\s+(?:[a-z-]+\s+){0,3}(?:\$[^$]*\$[-\s]?)?\s*(?:[a-z-]+\s+){0,2}"
    r"(?:matrix|matrices|vectors?)\s+(?:in\s+\$[^$]*\$\s+)?)?(?:(?P<one>has)|have|having|with)\s+(?P<article>an?\s+)?"
    rf"(?={ANY_HAD})"
)
_GOES_ON = re.compile(r"(?:\s+matri(?:x|ces))?(?P<more>\s*,?\s+and\s+|\s*,\s+)?")
_GOES_ON_AT_ONCE = re.compile(r"(?P<more>\s*,?\s+(?:and\s+)?|\s*,\s+)?")  # a real symmetric matrix
# words of a sentence that speak of the next one
_DOUBTED = re.compile(
    r"\b(?:\w+ by contradiction|mistakes?|false|wrong|absurd|(?:must|should|do) not|no restriction)\b", re.IGNORECASE
)
_PARTLY = re.compile(r"\b(only) (?:in|for|if|when|on|at|the)\b|\b(?:in|for|on) the (first|second|last|next)\b")


# words of an explanation that give an assumption another meaning
_ANOTHER = frozenset(
    {"general", "defines", "mean", "means", "meant", "drop", "impossible", "absurd", "fine", "respectively"}
)


def denied(text: str, start: int, stop: int) -> str:
    """Return the word of the sentence, or of the one before it, that takes back an assumption, or nothing."""
    at = begin(text, start)
    if at and text[at - 1] == "." and (doubt := _DOUBTED.search(before(text, at - 1))):
        return doubt.group().lower()
    said = f"{before(text, start)} {behind(text, stop)}".lower()
    words = re.findall(r"[a-z'’]+", re.sub(r"without\s+loss\s+of\s+generality", "", said))
    partly = _PARTLY.search(" ".join(words))
    found = (word for word in words if word.replace("’", "'") in DENIALS | WEAKENS | _ANOTHER)
    return next(found, partly.group() if partly else "")
