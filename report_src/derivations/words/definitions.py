r"""Whether the words around an equation define a name: "Let $z = Wx$.", "Define \[ … \]", "\[ … \] where $z = Wx$."

The whole sentence has one of the forms of a small grammar; any other word may say that it is so only sometimes, or
that somebody else says so. Nothing else in the text may speak of the name otherwise.
"""

from __future__ import annotations

import re

from report_src.derivations.words.array_words import ANY_PROPERTY, ANY_SET
from report_src.derivations.words.assumption_ends import ending
from report_src.derivations.words.assumptions import ranges
from report_src.derivations.words.declarations import NAMED
from report_src.derivations.words.grammar import Grammar
from report_src.derivations.words.sentences import (
    EQUATES,
    MATH,
    ORDERS,
    REALS,
    before,
    begin,
    behind,
    end,
    formula,
    inside,
    plain,
)

ABOVE = "above"  # it stands before what uses the name
BEHIND = "behind"  # it stands directly behind the display that uses the name

_LEAD = (
    r"(?:(?:now|next|then|also|finally|further|furthermore|moreover|here|and"
    r"|for (?:brevity|short|simplicity|convenience)|in (?:linear|logistic|ridge) regression),? )?"
    r"(?:(?:we|let us) )?(?:(?:now|also|then|further) )?"
)
_VERB = r"(?:(?:let|define|denote|write|set|put|introduce|consider)(?: also| now)?|(?:assume|suppose)(?: that)?)"
_FUNCTION = r"(?:the|an?|our) (?:[a-z-]+ ){0,2}(?:function|map|loss|objective|cost|error|model|energy|penalty)"
_HEDGE = (
    r"(?:case|condition|approximation|guess|example|moment|time|hypothesis|event|constraint|equation|surrogate|attempt"
    r"|solution|option|alternative|null|bad|wrong|false|first|order)"
)
# nouns of what a formula already gives a value
_VALUED = (
    r"(?:inverse|transpose|determinant|trace|derivative|gradient|hessian|jacobian|norm|variance|minimum|maximum"
    r"|minimi[sz]er|difference|entropy|limit|root|square|length|largest|smallest|rank)"
)
_KIND = (  # whole lists: any other word may say that it is so only sometimes, or not
    r"(?:quadratic|linear|affine|logistic|ridge|softmax|cross-entropy|binary|squared|hinge|huber|training|total|empirical"
    r"|regulari[sz]ed|penali[sz]ed|negative|log|least|squares|scalar|hidden|output|input|final|following|convex|new|hat"
    r"|smooth|weighted|augmented|single|two-layer|neural|attention|gaussian|kernel|mini-batch|batch|smoothed|cosine"
    r"|discounted|recurrent|design|learning|feature|data|weight|sample|class|query|key|value|convolutional|deep|one-hot"
    r"|mean|absolute|exponential|poisson|bernoulli|multinomial|triplet|contrastive|elastic|net|lasso|residual|reward)"
)
_MADE = (  # nouns of what a text introduces
    r"(?:functions?|maps?|mapping|loss|objective|cost|error|model|energy|risk|estimator|estimates?|predictions?|scores?"
    r"|outputs?|activations?|likelihood|log-likelihood|lagrangian|matri(?:x|ces)|vectors?|layers?|logits?|probabilit(?:y|ies)"
    r"|penalty|regulari[sz]er|residuals?|criterion|network|sigmoid|softmax|density|notation|quantit(?:y|ies)|weights?"
    r"|targets?|returns?|rewards?|mini-batch|batch|mask|gates?|states?|ratio|odds|similarity|distance|embeddings?|kernel"
    r"|responsibilit(?:y|ies)|labels?|counts?|neurons?|unit|mean|average|rate|temperature|pre-activations?|features?|data"
    r"|perceptron|block|head|filter|convolution|parameters?|biases|bias|inputs?|margin|perplexity|statistics?)"
)
_OPEN = rf"(?:the|an?|our|its|their|each)(?: {_KIND})*(?: {_MADE})+"
_BEING = (
    rf"(?: (?:be |is |are )?(?:{ANY_SET}|(?:an? )?{ANY_PROPERTY}(?: matri(?:x|ces))?)"
    rf"| (?:be|is|are) (?:(?:twice )?differentiable|smooth|given|fixed|{_OPEN}))?"
)
_ITEM = rf"(?:(?:let|consider|define) )?(?:(?:{NAMED}|{_FUNCTION}|{_OPEN}|loss|cost|data|labels?|weights?) )?§{_BEING}"
_LIST = rf"{_ITEM}(?:(?:,? and|,|,? with|,? where|,? by|(?: be)? (?:given|defined) by) {_ITEM})*"
_AS = rf"(?: (?:be|denotes?|for|as) (?:the|an?|its|their|our)(?: (?!(?:{_HEDGE}|{_VALUED})s?\b)[a-z-]+){{1,4}})?"
_RANGE = r"(?: for (?:(?:(?:all|each|every) )?§|brevity|short|simplicity|convenience))?"
_OF = rf"(?: (?:of|for|on|with|in) (?:the )?(?:{_KIND} )*(?:§|{_MADE}))"
_PHRASE = rf"{_OPEN}{_OF}*"
_GIVES = r"(?:is|are|reads)(?: then| now)?(?: (?:defined|given))?(?: as| by| to be)?"
_WISH = r"(?:(?:want|wish|seek|try) to )?(?:minimi[sz]e|maximi[sz]e|study|use)"
_FORMS = {
    ABOVE: Grammar(
        rf"{_LEAD}(?:for (?:(?:{_OPEN}|{NAMED}) )?§(?: and §)*,? )?(?:we )?"
        rf"(?:{_VERB} {_LIST}|{_PHRASE} {_GIVES} {_LIST}|{_WISH} {_LIST}(?: (?:over|in|with respect to) §)?)"
        rf"{_AS}{_RANGE}"
    ),
    BEHIND: Grammar(rf"(?:where|with) {_LIST}{_AS}{_RANGE}"),
}
# what leads to a display that defines a name
_SHOWN = Grammar(
    rf"{_LEAD}(?:(?:let|with) {_LIST}(?:,? and(?=$)|(?:,? and|,) ))?(?:(?<= and)(?=$)|(?:"
    rf"(?:{_VERB}|{_WISH})(?: {_PHRASE}(?: §)?(?: (?:as|by|of|with|for) (?:§|the [a-z-]+))?)?"
    rf"|{_VERB} {_LIST}(?:,? and(?: {_VERB})?|(?: be)? (?:given|defined) (?:by|as)| be {_PHRASE})"
    rf"|{_PHRASE}(?: §)? {_GIVES}))[:,]?"
)
_LIMITS = re.compile(r"[<>]|\\(?:ne|neq|le|leq|ge|geq|ll|gg|dots|ldots|cdots)(?![A-Za-z])")
_DECLARES = re.compile(r"\\in\s*(?:\\mathbb|\\R(?![A-Za-z])|\\\{|[(\[]|\\Delta)|\\to(?![A-Za-z])|:=|\\coloneqq")
_ALL_VALUES = re.compile(rf"\\in\s*{REALS}\s*(?:\^\s*(?:\{{[^{{}}]*\}}|\w))?\s*\W*$")
# words of a sentence about a name that may give it another value, or any
_OTHERWISE = re.compile(
    r"\b(?:arbitrary|any|every|each|some|all|fix|fixed|free|replace\w*|updat\w*|chang\w*|redefin\w*|drop\w*|later|no|not|now"
    r"|anything|becomes?|instead|differs?|different|other|another|doubl\w*|general|again|new|otherwise|wrong|false)\b"
)

# words of a derivation that may take back what it says elsewhere
_DOUBTS = re.compile(
    r"\?|\b(?:wrong\w*|contrary|false|incorrect\w*|mistak\w*|contradict\w*|attempts?|quotes?|errors?|fails?|failed|refut\w*)\b"
)

# what begins with another matter: Case 2. Lemma 3:
_HEADING = re.compile(
    r"(?:\A|[.:;¶]\s*|\n\s*)(?:case|lemma|theorem|proposition|corollary|exercise|example|claim|question|problem)s?\b",
    re.I,
)


def defines(text: str, start: int, stop: int) -> str:
    """Return how inline mathematics may define what nothing else declares, `ABOVE` or `BEHIND`, or nothing."""
    own = _DECLARED.sub("", inside(text[start:stop]))
    outside = _outside(own)
    if outside.count("=") != 1 or _LIMITS.search(outside) or "," in outside:
        return ""
    at, over = begin(text, start), end(text, stop)
    said = " ".join(plain(text)[at:over].split())
    shown = plain(text)[at - 1 : at] == "¶"
    sentence = re.sub(r"\s+(?=[,;:)])", "", said).rstrip(",;: ")
    lower = sentence.lower()
    found = BEHIND if shown and _FORMS[BEHIND].fullmatch(sentence) else ABOVE if _FORMS[ABOVE].fullmatch(lower) else ""
    asked = plain(text)[over : over + 1] == "?"
    places = [at + place.start() for place in re.finditer("§", plain(text)[at:over])]
    header = "(" in own.partition("=")[0]
    clear = all(_is_clear(text, place, start, own, header) for place in places if place != start)
    ranges_over = (formula(text, at + one.end()) for one in _OVER.finditer(plain(text)[at:over]))
    whole = all(_is_whole(text, one) for one in ranges_over)
    return found if found and clear and whole and not asked else ""


def _is_whole(text: str, said: str) -> bool:
    """Tell whether a formula behind "for" or "over" leaves its names all their values: it only declares them."""
    positive = re.fullmatch(r"[$\\(\s]*(\\?[A-Za-z]+)\s*>\s*0[$\\)\s]*", said)
    if positive:
        declared = rf"\$[^$]*{re.escape(positive[1])}(?![A-Za-z])[^$]*\\in(?![A-Za-z])"
        return re.search(declared, text) is None
    return not _COMPARES.search(said)


_OVER = re.compile(r"\b(?:for|over|in|with respect to)\s+(?:[a-z-]+\s+){0,4}(?=§)", re.IGNORECASE)
_COMPARES = re.compile(rf"{ORDERS}|{EQUATES}")
_DECLARED = re.compile(
    r"^[^,=]*:[^,=]*\\(?:to|rightarrow)(?![A-Za-z])[^,=]*(?:,|\\quad)"
)  # f : S \to T before its rule
_DEEPER = re.compile(r"\{[^{}()\[\]]*\}|\([^{}()\[\]]*\)|\[[^{}()\[\]]*\]")  # what is in brackets


def _outside(mathematics: str) -> str:
    r"""Return mathematics without what is in brackets: `\max(0, 1 - y(w + b))` -> `\max`."""
    shorter = _DEEPER.sub("", mathematics)
    return mathematics if shorter == mathematics else _outside(shorter)


def _is_clear(text: str, place: int, start: int, own: str, header: bool) -> bool:
    """Tell whether another formula of the sentence declares, defines or is the range of an index of the equation."""
    said = formula(text, place)
    if place < start:
        return True
    if ranges(text, place):
        index = re.sub(r"[^A-Za-z].*", "", said.strip("$\\( "))
        return re.search(rf"_\s*(?:\{{[^{{}}]*)?{index}(?![A-Za-z])", own) is not None
    bare = re.search(r"[=<>:]|\\(?:in|to|leq?|geq?|neq?|succ\w*|perp|mid)(?![A-Za-z])", said) is None
    plainly = bare or _DECLARES.search(said) or (said.count("=") == 1 and not _LIMITS.search(said))
    return bool(plainly) and not (header and "\\in" in said and not _ALL_VALUES.search(said))


def defines_display(text: str, start: int, stop: int) -> bool:
    r"""Tell whether a display is a definition by the words before it: "Define \[ … \]"."""
    said = " ".join(before(text, start).split())
    if not said:
        return False
    inside, after = text[start:stop], text[stop:].lstrip()
    ends = not after or not (after[0].islower() or after[0] in ",;:($")
    ends = ends or (_WHERE.match(after) is not None and not _ONLY.search(behind(text, stop)))
    plainly = not re.search(r"[<>]|\\(?:ne|neq|le|leq|ge|geq|text|mbox|if|quad\s*\\text)(?![A-Za-z])", inside)
    return bool(_SHOWN.fullmatch(said[:1].lower() + said[1:])) and ends and plainly


_WHERE = re.compile(r"(?:where|with|and let)\s+(?:(?:the|an?)\s+[a-z]+\s+)?\$")
_ONLY = re.compile(r"\b(?:if|when|unless|only|not|no|some)\b")


_NUMBERED = re.compile(  # a name with numbers: z_1, z^{(1)}
    r"\s*\\?[A-Za-z]+\s*((?:_\s*\{?\s*\d+\s*\}?|\^\s*\{\s*[(\[]\s*\d+\s*[)\]]\s*\})+)"
)


def is_settled(text: str, place: int, typed: str, span: tuple[int, int], displays: list[int]) -> bool:
    """Tell whether nothing else between two offsets speaks of the name that an equation at `place` defines.

    typed: the equation; displays: the offsets of the displays.
    """
    stem = re.split(r"[=_(]|:=", typed, maxsplit=1)[0].strip()
    own = re.compile(rf"\s*{re.escape(stem)}(?![A-Za-z])")
    if _DOUBTS.search(plain(text)[slice(*span)].lower()):
        return False
    later = [shown for shown in displays if shown > place]
    if not stem or any(ending(text, place, shown) for shown in later):
        return False
    if later and _HEADING.search(plain(text)[place : later[-1]]):
        return False
    for found in MATH.finditer(text, *span):
        said = inside(found.group())
        if found.start() == place or typed.strip() == said or not own.match(said):
            continue
        numbers = {(_NUMBERED.match(name) or ["", ""])[1] for name in (typed, said)}
        if len(numbers) == 2 and "" not in numbers:
            continue  # z_1 beside z_2
        rest = said[len(stem) :].strip()
        sentence = plain(text)[begin(text, found.start()) : end(text, found.start())].lower()
        if re.search(r"[=<>]|\\(?:in|ne|neq|le|leq|ge|geq|sim|approx)(?![A-Za-z])", rest):
            return False
        if not rest and _OTHERWISE.search(sentence):
            return False
    return True
