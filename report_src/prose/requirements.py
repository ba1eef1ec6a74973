"""The assignment's requirements as data, and the proof that each has its place in the rendered document."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from msgspec import Struct

from report_src.errors import RenderError
from report_src.prose.comments import blank_comments

_MARK = re.compile(r"\\answer(?:ed)?\{([A-Z0-9, ]+)\}")


class Requirement(Struct, frozen=True):
    """One row: `proof` says how it is shown where a mark in the text cannot show it.

    `own` names what a student is asked to think about there; text as shipped is no answer to that.
    """

    id: str
    part: str
    text: str
    proof: str = ""
    own: str = ""


def load(path: Path) -> list[Requirement]:
    """Read templates/requirements.toml."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["requirement"]
    return [Requirement(**row) for row in rows]


def answered(document: str) -> list[str]:
    """Return the ids marked in a rendered document, in order of appearance; a mark in a comment is not printed."""
    return [name.strip() for marks in _MARK.findall(blank_comments(document)) for name in marks.split(",")]


def check(requirements: list[Requirement], document: str) -> None:
    """Raise RenderError where a requirement has no place, two places, or a mark names none."""
    known = [requirement.id for requirement in requirements]
    marks = answered(document)
    unknown = sorted(set(marks) - set(known))
    if unknown:
        raise RenderError(f"the mark {unknown[0]} names no requirement; see templates/requirements.toml")
    missing = [requirement for requirement in requirements if requirement.id not in marks]
    if missing:
        listed = "".join(f"\n    {requirement.id}: {requirement.text}" for requirement in missing)
        raise RenderError(
            f"no sentence answers {'this requirement' if len(missing) == 1 else 'these requirements'}:{listed}\n"
            f"  mark the one that does in its template: \\answer{{{missing[0].id}}}{{The sentence.}}"
        )
    doubled = sorted({name for name in marks if marks.count(name) > 1})
    if doubled:
        raise RenderError(f"{doubled[0]} is marked twice; a requirement is answered in one place")
