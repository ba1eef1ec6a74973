"""Marks that rendering leaves in the document; taken out of it, they map its lines to those of the templates."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from jinja2.ext import Extension

from report_src.numbers.formatting import MARK
from report_src.prose.blocks import coloured_by_origin

START, END = MARK, "\ue001"  # private-use characters: escaped text never holds them
PIECE = 16_000  # characters of the document after which whoever listens hears more of it
_MARK = re.compile(f"{START}([^{END}+-][^{END}]*){END}")
_CLAIM = re.compile(f"{START}([+-])(\\d+){END}")  # + where the printed branch of a claim begins, - where it ends
_ANY = re.compile(f"{START}[^{END}]*{END}")
# behind a block tag that ends a line of text: Jinja removes the line break there, and "lower" and "than" would join
_BREAK = f"{START}+{END}"
_BLANKS = rf"(?:{START}[^{END}]*{END}|[ \t])*"
_NOTHING = re.compile(rf"^{_BLANKS}{re.escape(_BREAK)}{_BLANKS}\n", re.MULTILINE)
_CAPTURED = re.compile(r"\s*\\BLOCK\{end(?:macro|call|set|filter)\b")  # a line break before it is part of a value
_TAG = re.compile(r"\\(BLOCK|VAR|NOTE)\{")
_PRINTING = re.compile(r"\\(?:VAR\{|BLOCK\{\s*say\b)")  # tags that print something themselves
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
            source = coloured_by_origin(name, source, shipped)
        source = _AFTER_COMMAND.sub(r"\1 \2", source)
        lines = source.split("\n")
        marked: list[str] = []
        depth, text = 0, False
        for number, line in enumerate(lines, start=1):
            ends, after = _tag_ends(line, depth)
            text = _prints(line, ends, depth, after) or (depth > 0 and text)
            of_block = ends and ends[-1][0] == len(line) and not ends[-1][1].startswith("\\VAR")
            if text and of_block and not _CAPTURED.match("".join(lines[number : number + 1])):
                line += _BREAK
            if not line and number == len(lines):
                marked.append(line)  # behind the last line break: what is marked here would be the next file's
            else:
                marked.append(_marked(line, f"{START}{name}:{number}{END}", ends, inside=depth > 0))
            depth = after
        return "\n".join(marked)


def _marked(line: str, mark: str, ends: list[tuple[int, str]], *, inside: bool) -> str:
    """Put the mark at a line's head and where its own text goes on behind a tag that may print another line's.

    A block tag at the head of a line has no mark before it, as Jinja removes the blanks there.
    """
    plain = not inside and not line.lstrip().startswith(("\\BLOCK{", "\\NOTE{"))
    for end, tag in reversed(ends):
        elsewhere = not plain or tag.startswith("\\BLOCK{include") or (tag.startswith("\\VAR") and "(" in tag)
        rest = line[end:].lstrip()
        if elsewhere and rest and not rest.startswith(("\\BLOCK{", "\\NOTE{")):
            line = f"{line[:end]}{mark}{line[end:]}"
    return f"{mark}{line}" if plain else line


def _prints(line: str, ends: list[tuple[int, str]], depth: int, after: int) -> bool:
    r"""Tell whether a line prints something outside its block tags and notes; a \\VAR{…} and a `say` do."""
    own, start = "", 0
    for end, tag in ends:
        own += "" if depth and not start else line[start : end - len(tag)]
        own += tag if _PRINTING.match(tag) else ""
        start = end
    rest = line[start:]
    opened = _TAG.search(rest) if after else None
    own += rest[: opened.start()] if opened else "" if depth and not start else rest
    own += opened.group() if opened and _PRINTING.match(rest, opened.start()) else ""
    return bool(own.strip())


def broken(rendered: str) -> str:
    """Return a document in which a line break behind a block tag stands where its line prints something."""
    if _BREAK not in rendered:
        return rendered
    kept = _NOTHING.sub(lambda found: "".join(mark.group() for mark in _CLAIM.finditer(found.group())), rendered)
    return kept.replace(_BREAK, "")


def _tag_ends(line: str, depth: int) -> tuple[list[tuple[int, str]], int]:
    """Return where tags end in a line (column, the tag's text on it) and the brace depth inside a tag behind it.

    `depth` is that at the line's head; 0 is outside of tags.
    """
    ends: list[tuple[int, str]] = []
    position, start = 0, 0
    while position < len(line):
        if depth == 0:
            tag = _TAG.search(line, position)
            if not tag:
                return ends, 0
            depth, position, start = 1, tag.end(), tag.start()
            continue
        depth += {"{": 1, "}": -1}.get(line[position], 0)
        position += 1
        if depth == 0:
            ends.append((position, line[start:position]))
    return ends, depth


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
    for line in broken(rendered).split("\n"):
        marks = _MARK.findall(line)
        if marks:
            name, _, number = marks[0].rpartition(":")
            place = (name, int(number))
        places.append(place)
        lines.append(_ANY.sub("", line))
        if marks:
            name, _, number = marks[-1].rpartition(":")
            place = (name, int(number))
    return "\n".join(lines), places


def reported(pieces: Iterable[str], on_text: Callable[[bytes], None]) -> Iterator[str]:
    """Yield the pieces of a document; `on_text` gets the lines so far, without marks, every PIECE characters."""
    known, waiting, size = b"", [], 0
    for piece in pieces:
        yield piece
        waiting.append(piece)
        size += len(piece)
        if size > PIECE:
            whole, newline, rest = "".join(waiting).rpartition("\n")
            known += _ANY.sub("", broken(whole + newline)).encode()
            on_text(known)
            waiting, size = [rest], len(rest)


def parts(rendered: str) -> dict[int, list[tuple[int, str, int]]]:
    """Return, of each line (from 1) that holds text of several: from which column on it is that of which place."""
    found = {}
    for number, line in enumerate(_CLAIM.sub("", rendered).split("\n"), start=1):
        if line.count(START) < 2:
            continue
        pieces, column, end = [], 0, 0
        for mark in _MARK.finditer(line):
            column += mark.start() - end
            end = mark.end()
            name, _, at = mark[1].rpartition(":")
            pieces.append((column, name, int(at)))
        if len({piece[1:] for piece in pieces}) > 1:
            found[number] = pieces
    return found


def claim_marked(number: int, text: str) -> str:
    """Return the text of a claim's printed branch with the marks of where it begins and ends."""
    return f"{START}+{number}{END}{text}{START}-{number}{END}"


def claim_places(rendered: str) -> list[tuple[int, int, int, int, int]]:
    """Return (number, line, column, last line, last column) of each claim's text, lines from 1, columns from 0."""
    found, begun = [], {}
    for line_number, line in enumerate(_MARK.sub("", rendered).split("\n"), start=1):
        taken = 0
        for mark in _CLAIM.finditer(line):
            place = (line_number, mark.start() - taken)
            taken += mark.end() - mark.start()
            number = int(mark[2])
            if mark[1] == "+":
                begun[number] = place
            elif number in begun:
                found.append((number, *begun.pop(number), *place))
    return found
