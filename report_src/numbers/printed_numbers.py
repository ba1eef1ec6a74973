r"""Numbers in a document, beside the results that they claim to print.

\result{training.relu.accuracy.mean}{83.2\,\%}    the text must be a rounding of results["training"]…["mean"]
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from report_src.numbers import engine_words
from report_src.numbers.lookup import nodes
from report_src.tex.balance import closing_brace

ENGLISH = engine_words.load()["numbers"]  # the words of a report that has none of its own
_MARK = re.compile(r"\\result\{([^{}]+)\}\{")
_NUMBER = re.compile(r"([+-]?)(\d+(?:\.(\d+))?)")
_ENCODED = re.compile(r"\+([0-9A-F]{4,6})")
_NOISE = re.compile(r"\{,\}|\\ensuremath|\\[,; ]|[{}$ ]")
SCALES = (1.0, 100.0)  # a fraction is printed as a fraction or per cent
NO_SHARES = frozenset({"nats", "bits", "seconds", "megabytes"})  # units of what is no share
_PERCENT_BEHIND = re.compile(r"(?:[\s~]|\\[,;: ]|\\thinspace\b|\{\})*\\%")
_UNIT_BEHIND = re.compile(
    r"(?:[\s~-]|\\[,;: ]|\\thinspace\b|\{\})*(per\s?cent(?:age points?)?|nats?|bits?)\b", re.IGNORECASE
)
REACH = 30  # characters behind a number that are looked at
LAST_BIT = 1e-9  # relative: 0.125 may round to either side


def contradictions(document: str, results: Mapping[str, Any], words: Mapping[str, Any] = ENGLISH) -> Iterator[str]:
    """Yield a line for each number of a document that is no rounding of the result whose key it carries.

    `words` are the report's own for numbers (the section [numbers] of its texts).
    """
    values: dict[str, Any] = {}
    for key, value in nodes(results):
        values[key] = value
        if isinstance(value, list | Mapping):
            values[f"{key}.length"] = len(value)
    for key, text in marks(document):
        if key.split(".", 1)[0] not in results:
            continue  # a setting, or what the checker of derivations found
        if key not in values:
            yield f"{key}: printed as {readable(text)}, and the results have no such key"
        elif not agrees(text, values[key], words) or not _spread_agrees(text, key, values):
            yield f"{key}: printed as {readable(text)}, {values[key]!r} in the attached results"


def under_wrong_units(document: str, unit: Callable[[str], str], words: Mapping[str, Any] = ENGLISH) -> Iterator[str]:
    r"""Yield a line for each number of a document that is printed under another unit than its result has.

    \result{loss}{36.8\,\%} of nats; \result{accuracy}{0.83}\,\% of a share; a sign of per cent behind another.
    """
    for key, start, stop in _places(document):
        text, behind = document[start:stop], document[stop + 1 : stop + 1 + REACH]
        shares = "\\%" in text or str(words["percentage_points"]) in text
        again = _PERCENT_BEHIND.match(behind) is not None
        known = unit(key)
        if shares and known in NO_SHARES:
            yield f"{key}: printed as {readable(text)}, and its unit is {known}"
        elif again and ("\\%" in text or known == "fraction"):
            yield f"{key}: printed as {readable(text)} with a sign of per cent behind it; the style percent prints both"
        elif (named := _UNIT_BEHIND.match(behind)) and _is_other(named[1].lower(), known, shares=shares):
            step = _SHARE if shares or known == "fraction" else f"its unit is {known}"
            yield f"{key}: printed as {readable(text)} with '{named[1]}' behind it; {step}"


_SHARE = "the styles percent and points print the number with its unit"


_MORE = r"higher|larger|greater|bigger|more|above|exceed(?:s|ed)?"
_BETWEEN = re.compile(
    rf"[\s,~]*(?:(?:which|that|and|is|are|was|were|a|thus|clearly|much|far|slightly|even)[\s~]+)*(?:(?P<more>{_MORE})|lower|smaller"
    r"|less|fewer|below)(?:[\s~]+than)?[\s~]+(?:[a-z' -]{0,40}[\s~]+)?",
    re.IGNORECASE,
)
_COURSE = re.compile(
    r"\b(?:(?P<more>rises?|rose|grows?|grew|increases?d?|climbs?|climbed)|falls?|fell|drops?|dropped|decreases?d?|sinks?|sank|shrinks?|shrank)"
    r"[\s~]+from[\s~]+$",
    re.IGNORECASE,
)
_TO = re.compile(r"[\s~]+to[\s~]+")
_DENIED = re.compile(r"\b(?:no|not|never|nor|neither|if|whether|unless|would|should|could)\b", re.IGNORECASE)
_DASH = re.compile(r"[\s~]*(?:--|\u2013)[\s~]*")
_BETWEEN_BOTH = re.compile(r"\bbetween[\s~]+\Z", re.IGNORECASE)
BEFORE = 60  # characters before a number that may deny what is said of it, or between two that are compared


def compared_otherwise(document: str, results: Mapping[str, Any]) -> Iterator[str]:
    r"""Yield a line for each two numbers that words compare otherwise than they are: "35.0 %, higher than 83.0 %".

    Judged are two marked numbers with nothing but such words between them, "falls from … to …", and the ends of ranges.
    """
    values: dict[str, Any] = {}
    for (first, start, stop), (second, other, _) in pairwise(_places(document)):
        if other - stop > BEFORE + len(second) + REACH:
            continue
        begin = document.rfind("\\result", max(0, start - len(first) - REACH), start)
        between = document[stop + 1 : max(stop + 1, document.rfind("\\result", stop, other))]
        before = document[max(0, begin - BEFORE) : begin]
        if _is_range(before, between):
            values = values or dict(nodes(results))
            ends: list[Any] = [values.get(first), values.get(second)]
            if all(map(is_number, ends)) and ends[0] > ends[1]:
                yield f"{first}: a range from {ends[0]:.6g} to {ends[1]:.6g} ({second}) has its larger end first"
            continue
        course = _COURSE.search(before) if _TO.fullmatch(between) else None
        said = course or _BETWEEN.fullmatch(between)
        if said is None or _DENIED.search(before):
            continue
        values = values or dict(nodes(results))
        sides: list[Any] = [side for side in (values.get(first), values.get(second)) if is_number(side)]
        if len(sides) < 2:
            continue
        low, high = sides if (said["more"] is None) != (course is not None) else sides[::-1]
        if not low < high:
            yield f"{first}: '{said.group().strip(' ,~')}' is said of {sides[0]:.6g} and {sides[1]:.6g} ({second})"


def _is_range(before: str, between: str) -> bool:
    """Whether two numbers are the ends of a range: "between 35 and 83", "35--83", "[35, 83"."""
    words = re.sub(r"[\s~]+", " ", between)
    return (
        _DASH.fullmatch(between) is not None
        or (words == " and " and _BETWEEN_BOTH.search(before) is not None)
        or (words in (", ", ",") and before.rstrip().endswith("["))
    )


def is_number(value: Any) -> bool:
    """Whether a value is a number: True is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_other(word: str, known: str, *, shares: bool) -> bool:
    """Whether a unit in words is another than that of the number before it, or is printed a second time."""
    if word.startswith("per"):
        return shares or known == "fraction"
    return shares or (known in ("nats", "bits") and known[0] != word[0])


def _spread_agrees(text: str, key: str, values: Mapping[str, Any]) -> bool:
    r"""Whether the text after a \pm is a rounding of the standard deviation beside the mean at `key`."""
    _, sign, spread = text.partition(r"\pm")
    beside = f"{key.removesuffix('mean')}std"
    return not sign or beside not in values or agrees(spread, values[beside])


def marks(document: str) -> Iterator[tuple[str, str]]:
    """Yield (key, text) of every number that a document marks with its key."""
    for key, text, _ in marked(document):
        yield key, text


def marked(document: str) -> Iterator[tuple[str, str, int]]:
    """Yield (key, text, offset of the text) of every number that a document marks with its key."""
    for key, start, stop in _places(document):
        yield key, document[start:stop], start


def masked(document: str) -> str:
    r"""Return a document without the texts of its marked numbers: `\result{eda.rows}{200}` -> `\result{eda.rows}{}`."""
    pieces, before = [], 0
    for _, start, stop in _places(document):
        pieces.append(document[before:start])
        before = stop
    return "".join([*pieces, document[before:]])


def _places(document: str) -> Iterator[tuple[str, int, int]]:
    """Yield (key, start, stop) of the text of every marked number."""
    for mark in _MARK.finditer(document):
        yield _ENCODED.sub(lambda code: chr(int(code[1], 16)), mark[1]), mark.end(), closing_brace(document, mark.end())


def readable(text: str) -> str:
    r"""`79.6\,\ensuremath{\pm}\,0.4\,\%` -> 79.6 ± 0.4 %."""
    plain = (
        re.sub(r"\\,", " ", text.replace("{,}", ",")).replace(r"\pm", "±").replace(r"\leq", "≤").replace(r"\times", "×")
    )
    return re.sub(r"\\ensuremath|[{}\\$]", "", plain).strip()


def shown_as_zero(text: str) -> bool:
    r"""Whether a text prints a number as zero, as `0.00\,\%` and `-0.0` do; `< 0.01` and `0.0 \pm 0.1` say more."""
    bare = _NOISE.sub("", text)
    numbers = [float(number[2]) for number in _NUMBER.finditer(bare)]
    return numbers == [0.0] and not any(sign in bare for sign in ("<", r"\leq"))


def agrees(text: str, value: Any, words: Mapping[str, Any] = ENGLISH) -> bool:
    """Whether a text is a rounding of a value, or the number in words."""
    bare = _NOISE.sub("", text).replace(r"\times10", r"\times 10")
    number = _NUMBER.search(bare)
    if number is None:
        said = [known.index(text.strip()) for known in (words["words"], words["ordinals"]) if text.strip() in known]
        return value in said
    if not is_number(value):
        return False
    shown = float(number[1] + number[2])
    step = 10.0 ** -len(number[3] or "")
    exponent = re.search(r"\\times 10\^(-?\d+)", bare)
    if exponent:
        shown, step = shown * 10.0 ** int(exponent[1]), step * 10.0 ** int(exponent[1])
    scales = (100.0,) if "%" in bare else SCALES
    if r"\leq" in bare:
        return any(-LAST_BIT <= shown - value * scale <= step * (1 + LAST_BIT) for scale in scales)
    if "<" in bare or ">" in bare:
        return any(value * scale < shown if "<" in bare else value * scale > shown for scale in scales)
    return any(abs(value * scale - shown) <= 0.5 * step + LAST_BIT * abs(shown) for scale in scales)
