"""Which files reach the document: what report.tex.j2 includes and inputs, at any depth."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from report_src.derivations.source.tags_and_comments import masked, tags
from report_src.derivations.syntax.diagnostics import Text
from report_src.system.files import CLONE

MAIN = "report.tex.j2"
PREAMBLE = "preamble.tex"
REFERENCES = "references.bib"  # a field of an entry is TeX, and is printed
SHARED = CLONE / "templates"  # its preamble and its folder shared/ are read where a report has none of its own
_JINJA = re.compile(r"[-+]?\s*(include|import|extends|from)\b(.*)", re.DOTALL)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_BESIDE = re.compile(r"ignore\s+missing|with(?:out)?\s+context|(?:as|import)\s+[A-Za-z_,\s]+|[\[\](),\s+-]")
_INPUT = re.compile(
    r"\\(?:@@?input|input|include|subfile|InputIfFileExists|(?:sub)?(?:import|includefrom|inputfrom)\*?)(?![A-Za-z@])"
    r"\s*(?:\{([^{}]*)\}(?:\s*\{([^{}]*)\})?|([^\s{}\\]*))"
)
_PACKAGE = re.compile(r"\\(?:usepackage|RequirePackage|documentclass|LoadClass)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")


@dataclass
class Sources:
    """The texts that reach the document by file, the files that do not, and what cannot be followed."""

    texts: dict[Path, str]
    left_out: list[Path] = field(default_factory=list)
    # file, line and message of an include whose file is not known
    refused: list[tuple[Path, int, str]] = field(default_factory=list)


def sources(folder: Path) -> Sources:
    """Return what `report.tex.j2` of a folder leads to, in reading order; every file where there is no such file."""
    every = sorted([*folder.rglob("*.tex.j2"), *folder.rglob("*.tex")])
    found = Sources({})
    if not (folder / MAIN).is_file():
        found.texts = {path: _read(path) for path in every}
        return found
    _follow(folder, folder / MAIN, found)
    if (folder / REFERENCES).is_file():
        found.texts[folder / REFERENCES] = _read(folder / REFERENCES)
    found.left_out = [path for path in every if path not in found.texts]
    return found


def inputs(path: Path) -> list[str]:
    """Return the texts that a LaTeX file inputs, at any depth: files of its folder, and packages that lie there."""
    found = Sources({})
    _follow(path.parent, path, found)
    return [text for other, text in found.texts.items() if other != path]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _follow(folder: Path, path: Path, found: Sources) -> None:
    if path in found.texts:
        return
    found.texts[path] = text = _read(path)
    for start, name in sorted([*_included(text), *_input(text, folder, path.parent)], key=lambda one: one[0]):
        target = _target(name, folder, path.parent) if name else None
        if target is None:
            hint = "write the name of a file below templates/ in full, so that what it prints is read"
            shown = Text(text, str(path)).message(_unknown(name, folder, path.parent), start, start + 1, hint)
            found.refused.append((path, start, shown))
        else:
            _follow(folder, target, found)


def _unknown(name: str, folder: Path, here: Path) -> str:
    """Return what is wrong with the name of a file that is not read."""
    if not name:
        return "the name of this file is computed: what it prints is not checked"
    if any((root / name).is_file() for root in (folder, here)):
        return f"{name} is not below {folder.name}/: what it prints is not checked"
    known = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.tex*"))]
    near = difflib.get_close_matches(name, known)
    return f"there is no template '{name}'" + (f"; nearest: {', '.join(near)}" if near else "")


def _included(text: str) -> Iterator[tuple[int, str]]:
    """Yield the files of the Jinja tags, in TeX's comments as well; "" for a computed name."""
    for word, start, stop in tags(text):
        tag = _JINJA.match(text[start:stop]) if word == "\\BLOCK" else None
        if tag is None:
            continue
        names = [first or second for first, second in _QUOTED.findall(tag[2])]
        if not names or _BESIDE.sub("", _QUOTED.sub("", tag[2])):
            yield start, ""
        yield from ((start, name) for name in names)


def _input(text: str, folder: Path, here: Path) -> Iterator[tuple[int, str]]:
    """Yield the files of TeX's commands; packages only where their file lies in the project."""
    blanked = masked(text)
    for found in _INPUT.finditer(blanked):
        name = "/".join(part.strip() for part in found.groups() if part and part.strip()).strip('"')
        yield found.start(), "" if "\\" in name or "#" in name else name
    for found in _PACKAGE.finditer(blanked):
        for name in found.group(1).split(","):
            for suffix in (".sty", ".cls"):
                if _target(name.strip() + suffix, folder, here):
                    yield found.start(), name.strip() + suffix


def _target(name: str, folder: Path, here: Path) -> Path | None:
    """Return the file below the folder that a name means, or None."""
    candidates = [root / f"{name}{suffix}" for root in (folder, here) for suffix in ("", ".tex", ".tex.j2")]
    root = folder.resolve()
    own = (path for path in candidates if path.is_file() and path.resolve().is_relative_to(root))
    shared = (path for path in (SHARED / name, SHARED / f"{name}.tex") if path.is_file() and _is_shared(path.resolve()))
    return next(own, None) or next(shared, None)


def _is_shared(path: Path) -> bool:
    return path == SHARED / PREAMBLE or path.is_relative_to(SHARED / "shared")
