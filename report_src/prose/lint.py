r"""The lint of prose: judging words outside claims, and numbers typed by hand.

A template is masked, not parsed: everything that is not prose (tags, mathematics, code, arguments that are
names) is blanked in place, so that what is left keeps its line and column.
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from analysis.io import toml_file
from report_src.derivations.source.tags_and_comments import spaces
from report_src.findings import Finding
from report_src.numbers.printed_numbers import marks, readable
from report_src.prose.allowances import allowances
from report_src.prose.comments import blank, blank_comments, tag_spans, without_tags
from report_src.system.cache_file import Memo
from report_src.system.files import located
from report_src.system.import_graph import closure_digest

T = TypeVar("T")
PRINTED = "#"
WORDS_STEP = 'write it as words = ["higher", "lower"]'  # the next step where judging_words.toml holds no words
_ENVIRONMENTS = (
    "equation", "align", "gather", "multline", "flalign", "alignat", "derivation", "tikzpicture", "lstlisting",
    "algorithmic", "verbatim",
)  # fmt: skip
_NOT_PROSE = [
    *(re.compile(rf"\\begin\{{{name}\*?\}}.*?\\end\{{{name}\*?\}}", re.DOTALL) for name in _ENVIRONMENTS),
    re.compile(r"\\\[.*?\\\]", re.DOTALL),
    re.compile(r"\\\(.*?\\\)", re.DOTALL),
    re.compile(r"(?<!\\)\$.*?(?<!\\)\$", re.DOTALL),
    re.compile(
        r"\\(?:label|ref|pageref|cref|Cref|eqref|cite|input|includegraphics|texttt|url|href|hypersetup|answered|result"
        r"|usepackage|pagestyle|fancyh?f?|vspace|hspace|Needspace|needspace|definecolor|color|textcolor"
        r"|cmidrule|multicolumn|multirow|resizebox|placeholdermark|hyperref|rule|linespread|addcontentsline)"
        r"\*?(?:\([^)]*\))?(?:\[[^\]]*\])?(?:\{[^{}]*\})?(?:\[[^\]]*\])?"
    ),
    re.compile(r"\\(?:setlength|setcounter|addtolength|fontsize|renewcommand\*?)\s*\{[^{}]*\}\s*\{[^{}]*\}"),
    re.compile(r"\\(?:parbox|fcolorbox\{[^{}]*\})\s*(?:\[[^\]]*\])?\{[^{}]*\}"),
    re.compile(r"\\[a-zA-Z]+\s*=\s*-?[\d.]+\s*(?:pt|em|ex|mm)?"),
    re.compile(r"\\(?:begin|end)\{[^}]*\}(?:\[[^\]]*\])*(?:\{(?:[^{}]|\{[^{}]*\})*\})*"),
    re.compile(r"\\answer\{[^}]*\}"),
    re.compile(r"\\reportfigure(?:\[[^\]]*\])?\{[^}]*\}"),
    re.compile(r"\\[a-zA-Z@]+\*?(?:\[[^\]]*\])?"),
    re.compile(r"\\\\(?:\[[^\]]*\])?"),
]
_NUMBER = re.compile(r"(?<![\w.\\])(?<![A-Za-z]-)\d[\d.,]*(?:\s*\\?%)?")
_PERCENT = re.compile(r"(?:\s|~|\\[,;: ])*\\?%")
# mathematics and code in a line of text, and the numbers in them that are no part of a formula
_SET_APART = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.)+\$|\\\(.*?\\\)|\\texttt\{[^{}]*\}", re.DOTALL)
_RESULT = re.compile(
    r"\d[\d.,{}]*(?:[\s~]|\\[,;: ]|\\thinspace)*\\%|\bp\s*(?:[<>=]|\\[lg]eq?(?![a-z]))\s*0?\.\d+"
    r"|(?<![\d.])0?\.\d{2,}(?!\d)"
)
_FEW = "one|two|three|four|five|six|seven|eight|nine"
# a share that is typed in words: two thirds, a third of, four in five, threefold
_SHARE_IN_WORDS = re.compile(
    rf"\b(?:(?:{_FEW})[ -](?:thirds|quarters|fifths|sixths|sevenths|eighths|ninths|tenths)|a (?:third|fifth|tenth) of"
    rf"|(?:{_FEW}) (?:in|out of) (?:{_FEW}|ten|twenty|a hundred|a thousand)|(?:two|three|four|five|ten)fold)\b",
    re.IGNORECASE,
)
_STRUCTURAL = re.compile(r"(?:Section|section|chapter|Part|Question|Figure|Table|edition|Springer|page)~?\s*$")
SIGNIFICANT = 3  # digits that make it likely that a typed number is a printed result
_YEAR = re.compile(r"(?:19|20)\d\d$")


class Mark(Struct, frozen=True, order=True):
    """A judging word or a typed number, its place, and whether a \\NOTE{allow …} suppresses it."""

    line: int
    column: int
    text: str
    kind: str  # "judging word" or "typed number"
    suppressed: bool
    percent: bool = False  # whether a percent sign follows the number


def finding(template: str, mark: Mark, key: str = "") -> Finding:
    """Return what is said of a mark of a template; `key` is the result that a typed number equals."""
    if key:
        advice = f"print it by that key, the next build may give another: \\VAR{{{key} | …}}"
        message = f"typed number '{mark.text}' equals {key}; {advice}"
        return Finding(message, "warning", template, mark.line, mark.column, "typed result", key, new=mark.text)
    correction = (
        "bind the sentence: \\BLOCK{claim …}"
        if mark.kind == "judging word"
        else "if it is a result, print it by its key: \\VAR{…}"
    )
    message = f"{mark.kind} '{mark.text}'; {correction}, or state why not: \\NOTE{{allow \"{mark.text}\": reason}}"
    return Finding(message, "warning", template, mark.line, mark.column, mark.kind, mark.text)


def judging_words(path: Path) -> re.Pattern[str]:
    """Return the pattern of templates/judging_words.toml; InputError where that holds no list of words.

    PRINTED in an entry stands for a number that is printed: "only #" is found in `only \\VAR{eda.rows | count}`.
    """
    file = toml_file.read(path, WORDS_STEP)
    words = file.tree.get("words")
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word.strip() for word in words):
        got = "none" if words is None else toml_file.shown(words)
        raise file.mistake(("words",), "a list of words in quotes", got)
    body = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    first = "".join(sorted({re.escape(word[0]).replace(r"\ ", r"\s") for word in words}))  # passes over most places
    return re.compile(rf"(?<![\w-])(?=[{first}])(?:{body})(?![\w-])", re.IGNORECASE)


def scan(source: str, words: re.Pattern[str]) -> list[Mark]:
    """Return the judging words and typed numbers of one template, in order, suppressed ones too."""
    allowed = allowances(source)
    text = prose(source)
    unclaimed = blank(_with_printed(text, source), _claim_spans(source))
    starts = [0, *(match.end() for match in re.finditer("\n", source))]
    found = []
    for position, typed, kind in [*_words(unclaimed, words), *_numbers(text), *_hidden_numbers(source)]:
        line = bisect_right(starts, position)
        suppressed = any(one.covers(line, typed) for one in allowed)
        percent = bool(_PERCENT.match(text, position + len(typed))) or typed.endswith("%")
        found.append(Mark(line, position - starts[line - 1] + 1, typed, kind, suppressed, percent))
    return sorted(found)


def scans(folder: Path, cache: Path | None = None) -> dict[str, list[Mark]]:
    """Return template -> marks of every template below `folder`; those of unchanged templates come from `cache`."""
    words = judging_words(located(folder.parent, "templates/judging_words.toml"))
    rules = closure_digest(__name__, cache) + words.pattern
    return by_template(folder, cache, rules, list[Mark], functools.partial(scan, words=words))


def by_template(folder: Path, cache: Path | None, rules: str, kind: type[T], of: Callable[[str], T]) -> dict[str, T]:
    """Return template -> what `of` finds in its source, for every template below `folder`, in order.

    Of unchanged templates it comes from `cache`, as long as `rules`, the digest of what decides it, are the same.
    """
    memo = Memo(cache, rules, kind)
    found = {}
    for path in sorted(folder.rglob("*.tex.j2")):
        source = path.read_text(encoding="utf-8")
        name = f"templates/{path.relative_to(folder).as_posix()}"
        found[name] = memo.get(source, functools.partial(of, source))
    memo.save()
    return found


def findings(name: str, source: str, words: re.Pattern[str]) -> list[Finding]:
    """Return the findings of one template, in order."""
    return _findings(name, scan(source, words))


def _findings(name: str, found: Iterable[Mark]) -> list[Finding]:
    return [finding(name, mark) for mark in found if not mark.suppressed]


def words_of(source: str) -> list[str]:
    """Return the words of a template's prose: what is left without tags, mathematics, code and names."""
    return re.findall(r"[A-Za-z]{2,}", prose(source))


def prose(source: str) -> str:
    """Blank everything that is not prose, in place."""
    text = without_tags(blank_comments(source))
    for pattern in _NOT_PROSE:
        text = pattern.sub(lambda match: spaces(match.group()), text)
    return text


def check(folder: Path, cache: Path | None = None) -> list[Finding]:
    """Return the findings of every template below `folder`."""
    return [finding for name, found in scans(folder, cache).items() for finding in _findings(name, found)]


def typed_results(folder: Path, document: str, cache: Path | None = None) -> list[Finding]:
    """Return the typed numbers that can only be one that the document prints by its key, suppressed or not.

    Some count or other always equals a number of one or two digits: a key is given where three significant digits,
    or a percent sign, leave only one.
    """
    computed: dict[str, set[str]] = {}
    for key, text in marks(document):
        shown = readable(text).replace(",", "")
        for match in _NUMBER.finditer(shown):
            digits = match.group().rstrip(".,% ")
            for form in (digits, f"{digits}%")[: 2 if "%" in shown else 1]:
                computed.setdefault(form, set()).add(key)
    found = []
    for name, typed in scans(folder, cache).items():
        for mark in (mark for mark in typed if mark.kind == "typed number"):
            digits = re.sub(r"[^\d.]", "", mark.text)
            keys = computed.get(f"{digits}%", set()) if mark.percent else set()
            if not keys and len(digits.replace(".", "").lstrip("0")) >= SIGNIFICANT:
                keys = computed.get(digits, set())
            if len(keys) == 1:
                found.append(finding(name, mark, *keys))
    return found


def _words(prose: str, words: re.Pattern[str]) -> Iterator[tuple[int, str, str]]:
    for match in words.finditer(prose):
        yield match.start(), " ".join(match.group().replace(PRINTED, " ").split()), "judging word"


def _with_printed(prose: str, source: str) -> str:
    r"""Return the prose of a source with PRINTED where it prints a number: `only \VAR{x}` -> `only #      `."""
    pieces, before = [], 0
    for begin, _, tag in tag_spans(source):
        if tag.startswith("\\VAR"):
            pieces.append(prose[before:begin])
            before = begin + len(PRINTED)
    return PRINTED.join([*pieces, prose[before:]])


def _numbers(prose: str) -> Iterator[tuple[int, str, str]]:
    for match in _SHARE_IN_WORDS.finditer(prose):
        yield match.start(), " ".join(match.group().split()), "typed number"
    for match in _NUMBER.finditer(prose):
        text = match.group().rstrip(".,").strip()
        if _YEAR.match(text) or _STRUCTURAL.search(prose[max(0, match.start() - 12) : match.start()]):
            continue
        yield match.start(), text, "typed number"


def _hidden_numbers(source: str) -> Iterator[tuple[int, str, str]]:
    r"""Yield the numbers that only a result can be, in mathematics and code: $83\,\%$, $p < 0.01$, \texttt{0.83}."""
    typed = without_tags(blank_comments(source))
    for part in _SET_APART.finditer(typed):
        for match in _RESULT.finditer(part.group()):
            yield part.start() + match.start(), match.group(), "typed number"


def _claim_spans(source: str) -> Iterator[tuple[int, int]]:
    start = None
    for begin, end, tag in tag_spans(source):
        if re.match(r"\\BLOCK\{\s*claim\b", tag):
            start = begin
        elif re.match(r"\\BLOCK\{\s*endclaim\b", tag) and start is not None:
            yield start, end
            start = None
