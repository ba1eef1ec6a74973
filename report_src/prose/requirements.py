"""The assignment's requirements as data, and the proof that each has its place in the rendered document."""

from __future__ import annotations

import operator
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from report_src.errors import RenderError
from report_src.prose.comments import blank_comments

_CONDITION = re.compile(r"([\w.]+)\s*(>=|<=|==|>|<)\s*(-?\d+(?:\.\d+)?)")
_HOLDS = {">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt}
_MARK = re.compile(r"\\answer(?:ed)?\{([A-Z0-9, ]+)\}")


class Requirement(Struct, frozen=True):
    """One row: `proof` says how it is shown where a mark in the text cannot show it.

    `own` names what a student is asked to think about there; text as shipped is no answer to that. `condition` is
    what the settings must satisfy, like "settings.run.iterations >= 200".
    """

    id: str
    part: str
    text: str
    proof: str = ""
    own: str = ""
    condition: str = ""


def load(path: Path) -> list[Requirement]:
    """Read templates/requirements.toml; a report without it has none."""
    if not path.is_file():
        return []
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["requirement"]
    return [Requirement(**row) for row in rows]


def answered(document: str) -> list[str]:
    """Return the ids marked in a rendered document, in order of appearance; a mark in a comment is not printed."""
    return [name.strip() for marks in _MARK.findall(blank_comments(document)) for name in marks.split(",")]


def check(requirements: list[Requirement], document: str, places: Sequence[tuple[str, int]] = ()) -> None:
    """Raise RenderError where a requirement has no place, two places, or a mark names none.

    `places` holds the template and line of each line of the document: a wrong mark is reported at its line.
    """
    known = [requirement.id for requirement in requirements]
    marks = answered(document)
    unknown = sorted(set(marks) - set(known))
    if unknown:
        raise RenderError(
            f"the mark {unknown[0]} names no requirement; see templates/requirements.toml",
            _place(unknown[0], document, places),
        )
    missing = [requirement for requirement in requirements if requirement.id not in marks]
    if missing:
        listed = "".join(f"\n    {requirement.id}: {requirement.text}" for requirement in missing)
        raise RenderError(
            f"no sentence answers {'this requirement' if len(missing) == 1 else 'these requirements'}:{listed}\n"
            f"  mark the one that does in its template: \\answer{{{missing[0].id}}}{{The sentence.}}"
        )
    doubled = sorted({name for name in marks if marks.count(name) > 1})
    if doubled:
        place = _place(doubled[0], document, places)
        raise RenderError(f"{doubled[0]} is marked twice; a requirement is answered in one place", place)


def _place(name: str, document: str, places: Sequence[tuple[str, int]]) -> str:
    """Return template:line of the last mark of that name; "" where the places are not known."""
    marks = [mark for mark in _MARK.finditer(blank_comments(document)) if name in re.split(r"[\s,]+", mark[1])]
    line = document.count("\n", 0, marks[-1].start()) if marks else len(places)
    return "templates/{}:{}".format(*places[line]) if line < len(places) else ""


def unmet(requirements: Iterable[Requirement], settings: object) -> Iterator[tuple[Requirement, str, Any]]:
    """Yield (requirement, name, value) of every condition that does not hold for the settings.

    Raises RenderError for a condition that is not "name >= number" or names no setting.
    """
    for requirement in (row for row in requirements if row.condition):
        read = _CONDITION.fullmatch(requirement.condition.strip())
        first, *parts = read[1].split(".") if read else [""]
        value: Any = settings if first == "settings" else None
        for part in parts:
            value = getattr(value, part, None)
        if read is None or not isinstance(value, int | float):
            wanted = 'expected a setting, a sign and a number, like "settings.run.iterations >= 200"'
            raise RenderError(
                f"requirement {requirement.id}: condition '{requirement.condition}' cannot be read; {wanted}",
                "templates/requirements.toml",
            )
        if not _HOLDS[read[2]](value, float(read[3])):
            yield requirement, read[1], value
