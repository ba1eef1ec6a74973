"""Slips that print, and print otherwise than they were meant: straight quotes, Markdown, HTML, placeholders, tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from report_src.prose.lint import prose

# what is typed (a regular expression; its group is the text meant) -> what it is called, and what to type
_SLIPS = (
    (re.compile(r'"(\w[^"\n]{0,60})"'), "straight quotes", "``{}''"),
    (re.compile(r"\*\*(\w[^*\n]{0,60})\*\*"), "Markdown", r"\textbf{{{}}}"),
    (re.compile(r"(?<![*\w])\*(\w[^*\n]{0,60})\*(?![*\w])"), "Markdown", r"\emph{{{}}}"),
    (re.compile(r"(?<!`)`(\w[^`'\n]{0,60})`(?!`)"), "Markdown", r"\texttt{{{}}}"),
    (re.compile(r"^\s*[-*]\s+(\w[^\n]{0,30})", re.MULTILINE), "Markdown", r"\item {} in \begin{{itemize}}"),
    (re.compile(r"(?<!\w)\[(\w[^\[\]\n]{0,60})\]\(https?:[^)\s]*\)"), "Markdown", r"\href{{address}}{{{}}}"),
    (re.compile(r"^\s*(```+)", re.MULTILINE), "Markdown", r"\begin{{lstlisting}} … \end{{lstlisting}}"),
    (re.compile(r"</?([bi]|em|strong|br|p|h\d|ul|li|sub|sup)\s*/?>"), "HTML", "a command of LaTeX"),
    (re.compile(r"\b(TODO|FIXME|TBD|XX+|[Ll]orem ipsum)\b|(?<!\?)(\?\?)(?!\?)"), "a placeholder", "what is meant"),
    (re.compile(r"\{\{\s*(\w+\.[^{}\n]*?)\s*\}\}"), "a tag of Jinja", r"\VAR{{{}}}"),
    (re.compile(r"(?<=\S)\t+(\S{0,30})"), "a tab character", "spaces before '{}'"),
)


def slips(folder: Path) -> list[str]:
    """Return "templates/name:line:column: what is typed; what to type" of every slip below `folder`, in order."""
    found = []
    for path in sorted(folder.rglob("*.tex.j2")):
        name = f"templates/{path.relative_to(folder).as_posix()}"
        found += [f"{name}:{place}" for place in _slips(path.read_text(encoding="utf-8"))]
    return found


def _slips(source: str) -> Iterator[str]:
    text = prose(source)
    for pattern, kind, meant in _SLIPS:
        for slip in pattern.finditer(text):
            begin = slip.start() + len(slip.group()) - len(slip.group().lstrip())
            line, column = source.count("\n", 0, begin) + 1, begin - source.rfind("\n", 0, begin)
            yield f"{line}:{column}: {kind} in '{slip.group().strip()}'; type {meant.format((slip[1] or '').strip())}"
