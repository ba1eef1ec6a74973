"""The assignment's requirements as data, and the proof that each has its place in the rendered document."""

import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from analysis.io import toml_file
from report_src.errors import RenderError
from report_src.prose.comments import blank_comments
from report_src.tex.messages import nearest

WANTED = 'a setting, a sign and a number, like "settings.run.iterations >= 200"'  # of a condition
NEXT_STEP = "write it like the others: [[requirement]] with id, part and text"
_CONDITION = re.compile(r"([\w.]+)\s*(>=|<=|==|>|<)\s*(-?\d+(?:\.\d+)?)")
_HOLDS = {">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt}
_BARE = re.compile(r"\\answer\s*\{([^{}#]*)\}(?!\s*\{)")  # a mark without its sentence
_MARK = re.compile(r"\\answer(?:ed)?\s*\{([^{}#]*)\}")
_UNBRACED = re.compile(r"\\answer(?:ed)?(?![A-Za-z])(?!\s*\{)")


class Requirement(Struct, frozen=True, forbid_unknown_fields=True):
    """One row: `proof` says how it is shown where a mark in the text cannot show it.

    `own` names what a student is asked to think about there; text as shipped is no answer to that. `condition` is
    what the settings must satisfy, like "settings.run.iterations >= 200".
    """

    id: Annotated[str, Meta(pattern="^[A-Z0-9]+$")]
    part: str
    text: str
    proof: str = ""
    own: str = ""
    condition: str = ""


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """What templates/requirements.toml holds."""

    requirement: tuple[Requirement, ...] = ()


def load(path: Path) -> list[Requirement]:
    """Read templates/requirements.toml; a report without it has none. Raise InputError for a mistake in it."""
    if not path.is_file():
        return []
    file = toml_file.read(path, NEXT_STEP)
    rows = toml_file.convert(file, Table).requirement
    for number, row in enumerate(rows):
        if row.id in {other.id for other in rows[:number]}:
            raise file.mistake(("requirement", number, "id"), "each id once", f"'{row.id}' twice", "rename one of them")
        if row.condition and not _CONDITION.fullmatch(row.condition.strip()):
            raise file.mistake(("requirement", number, "condition"), WANTED, f"'{row.condition}'", "correct it")
    return list(rows)


def answered(document: str) -> list[str]:
    """Return the ids marked in a rendered document, in order of appearance; a mark in a comment is not printed."""
    return [name.strip() for marks in _MARK.findall(blank_comments(document)) for name in marks.split(",")]


def check(requirements: list[Requirement], document: str, places: Sequence[tuple[str, int]] = ()) -> None:
    """Raise RenderError where a requirement has no place, two places, or a mark names none.

    `places` holds the template and line of each line of the document: a wrong mark is reported at its line.
    """
    known = [requirement.id for requirement in requirements]
    marks = answered(document)
    if unbraced := _UNBRACED.search(blank_comments(document)):
        line = document.count("\n", 0, unbraced.start())
        raise RenderError(
            f"{unbraced[0]} lacks the id of a requirement in braces; write {unbraced[0]}{{Q1}}", _at(line, places)
        )
    unknown = sorted(set(marks) - set(known))
    if unknown:
        near = nearest(unknown[0], known)
        step = f"nearest: {near}" if near else "see templates/requirements.toml"
        raise RenderError(
            f"the mark {unknown[0]} names no requirement; {step}",
            _place(unknown[0], document, places),
        )
    if bare := _BARE.search(blank_comments(document)):
        raise RenderError(
            f"\\answer{{{bare[1]}}} has no words in braces; write \\answer{{{bare[1]}}}{{The sentence.}}",
            _place(bare[1].split(",")[0].strip(), document, places),
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
        first, last = (_place(doubled[0], document, places, number) for number in (0, -1))
        why = "its template is included twice" if last and first == last else f"first at {first}" if first else ""
        marked = f"{doubled[0]} is marked twice" + (f" ({why})" if why else "")
        raise RenderError(f"{marked}; a requirement is answered in one place", last)


def _place(name: str, document: str, places: Sequence[tuple[str, int]], which: int = -1) -> str:
    """Return template:line of a mark of that name, by default the last; "" where the places are not known."""
    marks = [mark for mark in _MARK.finditer(blank_comments(document)) if name in re.split(r"[\s,]+", mark[1])]
    line = document.count("\n", 0, marks[which].start()) if marks else len(places)
    return _at(line, places)


def _at(line: int, places: Sequence[tuple[str, int]]) -> str:
    """Return template:line of a line (from 0) of the document; "" where the places are not known."""
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
            raise RenderError(
                f"requirement {requirement.id}: condition '{requirement.condition}' cannot be read; expected {WANTED}",
                "templates/requirements.toml",
            )
        if not _HOLDS[read[2]](value, float(read[3])):
            yield requirement, read[1], value
