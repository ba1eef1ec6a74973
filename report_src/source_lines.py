"""From a line of the rendered document back to the template's line that its author typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jinja2.ext import Extension

from report_src.text_blocks import tinted

START, END = "\ue000", "\ue001"  # private-use characters: escaped text never holds them
_MARK = re.compile(f"{START}([^{END}]*){END}")
_TAG = re.compile(r"\\(BLOCK|VAR|NOTE)\{")
_AFTER_COMMAND = re.compile(r"(\\(?!BLOCK|VAR|NOTE)[A-Za-z]+)(\\VAR\{)")  # \small\VAR{x} must not print \smallx


class SourceLines(Extension):
    """Marks each template line's beginning with its place before Jinja sees it."""

    priority = 50  # before every other extension

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Put a mark at the head of every line that starts outside a tag and not with a block tag."""
        environment = self.environment
        if hasattr(environment, "source_of"):
            environment.source_of[name] = source
        shipped = getattr(environment, "tinted", None)
        if shipped is not None and name is not None:
            source = tinted(name, source, shipped)
        source = _AFTER_COMMAND.sub(r"\1 \2", source)
        marked, depth = [], 0
        for number, line in enumerate(source.split("\n"), start=1):
            starts_inside = depth > 0
            depth = _depth_after(line, depth)
            stripped = line.lstrip()
            plain = not starts_inside and stripped and not stripped.startswith(("\\BLOCK{", "\\NOTE{"))
            marked.append(f"{START}{name}:{number}{END}{line}" if plain else line)
        return "\n".join(marked)


def _depth_after(line: str, depth: int) -> int:
    """Return the brace depth inside a Jinja tag at the end of `line` (0: outside)."""
    position = 0
    while position < len(line):
        if depth == 0:
            tag = _TAG.search(line, position)
            if not tag:
                return 0
            depth, position = 1, tag.end()
        else:
            depth += {"{": 1, "}": -1}.get(line[position], 0)
            position += 1
    return depth


def last_place(pieces: Sequence[str]) -> str:
    """Return template:line of the last line that pieces of a rendered document begin."""
    for piece in reversed(pieces):
        if marks := _MARK.findall(piece):
            return f"templates/{marks[-1]}"
    return ""


def take_out(rendered: str) -> tuple[str, list[tuple[str, int]]]:
    """Return (document without marks, per line the template and line it comes from)."""
    lines, places = [], []
    place = ("", 0)
    for line in rendered.split("\n"):
        marks = _MARK.findall(line)
        if marks:
            name, _, number = marks[0].rpartition(":")
            place = (name, int(number))
        places.append(place)
        lines.append(_MARK.sub("", line))
        if marks:
            name, _, number = marks[-1].rpartition(":")
            place = (name, int(number))
    return "\n".join(lines), places
