"""The line of a template that a message is about, as it was typed."""

from __future__ import annotations

from pathlib import Path

LONGEST_LINE = 200  # characters of a typed line that are shown


def typed_line(place: str, root: Path) -> str:
    """Return the line at "templates/sections/03_x.tex.j2:41" without its indent; "" where there is none."""
    name, _, line = place.rpartition(":")
    path = root / name
    if not line.isdigit() or not path.is_file():
        return ""
    typed = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return shortened(typed[int(line) - 1].strip()) if 1 <= int(line) <= len(typed) else ""


def with_line(message: str, place: str, root: Path) -> str:
    """Return a message and, below it, the line of its place; the message alone where it quotes lines itself."""
    line = "" if "\n" in message else typed_line(place, root)
    return f"{message}\n    {line}" if line else message


def shortened(line: str) -> str:
    """Return a line cut to what a terminal shows well."""
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 2]} …"
