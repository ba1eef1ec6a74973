"""Slips that print, and print otherwise than they were meant: straight quotes, Markdown, HTML, placeholders, tabs."""

import re
from collections.abc import Iterator
from pathlib import Path

from report_src.prose.comments import blank_comments, without_tags
from report_src.prose.lint import by_template, prose
from report_src.system.import_graph import closure_digest

# what is typed (a regular expression; its group is the text meant) -> what it is called, and what to type;
# an expression that begins with a letter of its own takes a tenth of the time
_SLIPS = (
    (re.compile(r'"(\w[^"\n]{0,60})"'), "straight quotes", "``{}''"),
    (re.compile(r"\*\*(\w[^*\n]{0,60})\*\*"), "Markdown", r"\textbf{{{}}}"),
    (re.compile(r"\*(?<![*\w]\*)(\w[^*\n]{0,60})\*(?![*\w])"), "Markdown", r"\emph{{{}}}"),
    (re.compile(r"`(?<!``)(\w[^`'\n]{0,60})`(?!`)"), "Markdown", r"\texttt{{{}}}"),
    (re.compile(r"^\s*[-*]\s+(\w[^\n]{0,30})", re.MULTILINE), "Markdown", r"\item {} in \begin{{itemize}}"),
    (re.compile(r"\[(?<!\w\[)(\w[^\[\]\n]{0,60})\]\(https?:[^)\s]*\)"), "Markdown", r"\href{{address}}{{{}}}"),
    (re.compile(r"^\s*(```+)", re.MULTILINE), "Markdown", r"\begin{{lstlisting}} … \end{{lstlisting}}"),
    (re.compile(r"</?([bi]|em|strong|br|p|h\d|ul|li|sub|sup)\s*/?>"), "HTML", "a command of LaTeX"),
    (re.compile(r"\b(TODO|FIXME|TBD|XX+|[Ll]orem ipsum)\b|(?<!\?)(\?\?)(?!\?)"), "a placeholder", "what is meant"),
    (re.compile(r"\{\{\s*(\w+\.[^{}\n]*?)\s*\}\}"), "a tag of Jinja", r"\VAR{{{}}}"),
    (re.compile(r"(~(?<![\w)}.,;:]~)/\w[\w./-]{0,40})"), "a tilde that prints as a space", r"\textasciitilde"),
    (re.compile(r"\t(?<=\S\t)\t*(\S{0,30})"), "a tab character", "spaces before '{}'"),
    (re.compile(r"\b(?!(?:had|that)\b)([A-Za-z]+)(?: |\n[ \t]*)\1\b", re.IGNORECASE), "a doubled word", "{}"),
    (
        re.compile(r"\b(?:Figure|Table|Section|Appendix|Equation|Fig\.|Tab\.|Sec\.|Eq\.)[ ~]?(\d+)\b(?!\.\d)"),
        "a typed reference",
        r"\cref{{label}}",
    ),
    (re.compile(r"\[(insert\b[^\[\]\n]*)\]|\b([Yy]our text here)\b|(\?\?\?+)"), "a placeholder", "what is meant"),
)


_STRING = re.compile(
    r"\\VAR\{\s*(?P<quote>[\"'])(?:(?!(?P=quote))[^\n])*(?:[A-Za-z]{3}|\d)(?:(?!(?P=quote))[^\n])*(?P=quote)[^{}\n]*\}"
)
_WORDS = r"\{[^{}]*[A-Za-z]{3}[^{}]*\}"
_FAR = r"-\s*(?:\d*[1-9]\d*(?:\.\d+)?\s*(?:cm|in)|\d{2,}(?:\.\d+)?\s*(?:mm|pt|em|ex|bp))"  # more than a letter or two
_PALE = r"(?:\{(?:white(?:!\d+)?|[^{}]*!0!white)\}|\[gray\]\{(?:0?\.9\d*|1(?:\.0*)?)\})"
_COUNTED = "(?:section|subsection|figure|table|equation)"
_NOBODY = "prints words that nobody sees; take it out"
_OVER = "prints words over others, or beside the page; take it out"
_LOST = "keeps words from the page; take it out"
_OTHER_NUMBER = "prints a number that is not counted; take it out"
# what keeps words from a reader, or a number from what it counts (a regular expression), and what to do
_UNSEEN = (
    (rf"\\v?phantom\s*{_WORDS}", _NOBODY),
    (rf"\\(?:text)?color\s*{_PALE}", _NOBODY),
    (r"\\fontsize\s*\{\s*(?:[0-3](?:\.\d+)?|\.\d+)\s*(?:pt|bp|mm)?\s*\}", _NOBODY),
    (r"\\resizebox\s*\{\s*(?:[0-9](?:\.\d+)?|\.\d+)\s*(?:pt|bp|mm)\s*\}", _NOBODY),
    (rf"\\[rl]lap\s*{_WORDS}", _OVER),
    (rf"\\makebox\s*\[0(?:pt|cm|mm|em)?\]\s*(?:\[\w\])?{_WORDS}", _OVER),
    (rf"\\[hv]space\*?\s*\{{\s*{_FAR}\s*\}}", _OVER),
    (r"\\begin\{tikzpicture\}\s*\[[^\]]*\boverlay\b[^\]]*\]", _OVER),
    (r"\\hsize\s*=", _OVER),
    (r"\\(?:savebox|setbox|@gobble)(?![A-Za-z@])", _LOST),
    (r"\\begin\{lrbox\}", _LOST),
    (r"\\iftrue(?![A-Za-z@])(?=(?:(?!\\fi(?![A-Za-z@])).)*\\else)", _LOST),
    (r"\\(?:re)?newcommand\*?\s*\{?\\\w+\}?\s*\[\d\]\s*\{\s*\}", _LOST),
    (rf"\\setcounter\s*\{{{_COUNTED}\}}", _OTHER_NUMBER),
    (rf"\\renewcommand\*?\s*\{{?\\the{_COUNTED}\b", _OTHER_NUMBER),
    (r"\\href\s*\{[^{}]*\}\s*\{\s*\}", "is a link without words; type them"),
    (r"\\footnotemark\b(?!.*\\footnotetext\b)", "has no \\footnotetext; write \\footnote{…}"),
    (r"\\(?:result|printednumber)\s*\{", "is written by a style only; print a number by \\VAR{key | style}"),
    (r"\\(?:step|addto)counter\s*\{", _OTHER_NUMBER),
    (
        r"\\answer\{[^{}]*\}\{[^{}]*\}(?=(?:\s|\\label\{[^{}]*\}|\\relax\b|\{\})*\\answer\b)",
        "has no text; answer it, or take the mark out",
    ),
    (r"\\today\b", "prints another day in each build; type the date"),
)
# how LaTeX is typed that prints otherwise than it reads (a regular expression), and what to do
_TYPED = (
    (
        re.compile(
            r"\\begin\{(?:figure|table)\*?\}(?:(?!\\caption\b|\\reportfigure\b|\\end\{(?:figure|table)).)*?(?P<at>\\label\{[^{}]*\})"
            r"(?=(?:(?!\\end\{(?:figure|table)).)*\\caption\b)",
            re.DOTALL,
        ),
        "before \\caption names the section; put it behind the caption",
    ),
    (
        re.compile(
            r"(?P<at>\\alternative)\b(?=(?:(?!\\(?:reportfigure|includegraphics|withwords)\b).)*(?:\\alternative\b|\Z))",
            re.DOTALL,
        ),
        "describes no figure; put it before \\reportfigure, or take it out",
    ),
    (
        re.compile(
            r"\\begin\{(?:figure|table)\*?\}(?:(?!\\caption\b|\\reportfigure\b|\\end\{(?:figure|table)).)*?(?P<at>\\label\{[^{}]*\})"
            r"(?=(?:(?!\\caption\b|\\end\{(?:figure|table)).)*\\end\{(?:figure|table))",
            re.DOTALL,
        ),
        "names the section, as nothing here has a caption; write \\caption before it",
    ),
    (re.compile(r"(?P<at>\\caption\s*\{\s*\})"), "is a caption without words; type them"),
    *((re.compile(rf"(?P<at>{typed})", re.DOTALL), said) for typed, said in _UNSEEN),
    (re.compile(r"(?P<at>\\(?:sub)*section\*?\{\s*\})"), "is a heading without words; type them, or take it out"),
    (
        re.compile(r"(?P<at>\\section\*?\{[^{}]+\})(?:\s|\\label\{[^{}]*\})*(?=\\section\b)"),
        "has no text before the next section; write it, or take the heading out",
    ),
)


def slips(folder: Path, cache: Path | None = None) -> list[str]:
    """Return "templates/name:line:column: what is typed; what to type" of every slip below `folder`, in order.

    Those of unchanged templates come from `cache`.
    """
    rules = closure_digest(__name__, cache)
    found = by_template(folder, cache, rules, list[str], lambda source: list(_slips(source)))
    return [f"{name}:{place}" for name, places in found.items() for place in places]


def _slips(source: str) -> Iterator[str]:
    text = prose(source)
    typed = blank_comments(without_tags(source))
    for slip in _STRING.finditer(source):
        yield f"{_at(source, slip.start())}: {slip.group()} prints a typed text, and no lint reads it; type it as text"
    for pattern, meant in _TYPED:
        for slip in pattern.finditer(typed):
            yield f"{_at(source, slip.start('at'))}: {slip['at']} {meant}"
    for pattern, kind, meant in _SLIPS:
        for slip in pattern.finditer(text if kind != "a typed reference" else text.replace("~", " ")):
            begin = slip.start() + len(slip.group()) - len(slip.group().lstrip())
            step = meant.format((slip[1] or "").strip())
            yield f"{_at(source, begin)}: {kind} in '{slip.group().strip()}'; type {step}"


def _at(source: str, position: int) -> str:
    return f"{source.count(chr(10), 0, position) + 1}:{position - source.rfind(chr(10), 0, position)}"
