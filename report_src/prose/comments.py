r"""What TeX prints of a source and what it takes for a comment: one function decides for every lint.

"a 5\% rise % a note\nin sales"  ->  "a 5\% rise in sales"
"""

import functools
import re
from collections.abc import Iterator

from report_src.derivations.source.tags_and_comments import spaces, tags

KEPT = 128  # texts that are remembered: those of all templates and the document, which every lint reads
_VERBATIM = r"verbatim\*?|Verbatim\*?|lstlisting|comment"
_TOKEN = re.compile(
    rf"\\begin\{{({_VERBATIM})\}}.*?\\end\{{\1\}}"  # a percent sign in it is printed
    r"|\\(?:verb\*?|lstinline)([^\sA-Za-z*{\[]).*?\2"  # \verb|5%|
    r"|\\(?:url|nolinkurl|path|href)\s*\{[^{}]*\}"  # an address
    r"|\\."  # \% and the like
    r"|(%[^\n]*)",
    re.DOTALL,
)
# what prints a space, or nothing, between a number and its percent sign
_GAP = r"(?:\s|~|\\[,;:! ]|\\(?:thin)?space\b|\\enspace\b|\{\})"
_BRACED = r"(?:VAR|text\w+|emph|num|qty|math\w+)\b[^\n]*\}"
_TEXT_BEFORE = re.compile(rf"(?:[^\s{{}}\\%&~]|(?:\d|{_BRACED}|\$){_GAP}*|\d\\\\|\\[%$&#_])$")
# a number at the end of a line: its percent sign loses no word, and is lost itself
_STYLE = "percent|points|count|decimal|ratio|signed|scientific|p_value|rate|bare|at_most|interval|pm|cell"  # of digits
_NUMBER_BEFORE = re.compile(rf"(?:\d\$?|\\VAR\{{[^{{}}\n]*\|\s*(?:{_STYLE})[^{{}}\n]*\}}){_GAP}*$")
# a number in words before it: "five % of all"
_WORD_BEFORE = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|half|hundred)"
    r"\s+$",
    re.IGNORECASE,
)
# a sentence without its end, and words that go on in one
_UNFINISHED = re.compile(r"(?<![\\\w])[A-Za-z][a-z]*,?\s*$")
_GOES_ON = re.compile(r"[a-z]+,?(?: \S+){2}")


def comment_spans(source: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every comment, from its percent sign up to the end of the line."""
    for token in _TOKEN.finditer(without_tags(source)):
        if token[3] is not None:
            yield token.span(3)


def code_spans(source: str) -> Iterator[tuple[int, int]]:
    r"""Yield (start, end) of what is printed letter by letter: \verb|…|, verbatim, lstlisting."""
    for token in _TOKEN.finditer(without_tags(source)):
        if token[1] or token[2]:
            yield token.span()


@functools.lru_cache(maxsize=KEPT)
def without_tags(source: str) -> str:
    r"""Blank every \VAR{…}, \BLOCK{…} and \NOTE{…} in place: a percent sign in one of them is Jinja's."""
    return blank(source, ((start, end) for start, end, _ in tag_spans(source)))


def tag_spans(source: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield (start, end, text) of every \VAR{…}, \BLOCK{…} and \NOTE{…}, as Jinja ends them."""
    for word, start, end in tags(source):
        begin = start - len(word) - 1
        yield begin, end + 1, source[begin : end + 1]


@functools.lru_cache(maxsize=KEPT)
def blank_comments(source: str) -> str:
    """Replace every comment by spaces, so that what is left keeps its line and column."""
    return blank(source, comment_spans(source))


def swallowing_percent_signs(source: str) -> Iterator[tuple[int, str, str]]:
    r"""Yield (position, word before, words lost) of each percent sign that was meant as one and starts a comment.

    A percent sign that begins a line, or follows a space behind a word, starts a comment that was meant, unless a
    sentence goes on from the words before it to those behind it. One that ends its line loses nothing but itself,
    where a number is before it.
    """
    for start, end in comment_spans(source):
        begin = source.rfind("\n", 0, start) + 1
        line, lost = source[begin:start], source[start + 1 : end].strip()
        above = source[source.rfind("\n", 0, max(begin - 1, 0)) + 1 : begin]
        before = line if line.strip() else above
        goes_on = _GOES_ON.match(lost) and (_UNFINISHED.search(before) or _NUMBER_BEFORE.search(before.rstrip("\n")))
        meant = (_TEXT_BEFORE if lost else _NUMBER_BEFORE).search(line) or (lost and _WORD_BEFORE.search(line))
        if before.strip() and ((line.strip() and meant) or goes_on):
            yield start, before.split()[-1], lost


def blank(text: str, spans: Iterator[tuple[int, int]]) -> str:
    """Replace the characters of the spans by spaces, but keep line ends."""
    pieces, last = [], 0
    for start, end in spans:
        if end > last:
            pieces += [text[last:start], spaces(text[max(start, last) : end])]
            last = end
    return "".join([*pieces, text[last:]])
