"""report.tex -> report.pdf: TeX runs, confined to its folder, until references settle."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from report_src.errors import BuildError
from report_src.synctex.pointing import Pointed
from report_src.system.files import located, write_whole
from report_src.tex import log as texlog
from report_src.tex import precompiled_preamble, process
from report_src.tex.locate import token_start
from report_src.tex.process import AUXILIARY
from report_src.tex.source_map import (
    DOCUMENT,
    PREAMBLE,
    LineMap,
    Problem,
    in_typed,
    of_message,
    preamble_of,
    shortened,
    typed_line,
    whole_line,
    with_column,
)
from report_src.tex.speculative import Ahead, fingerprint, settled

MOST_PASSES = 5  # three settle a report; one that moves after five never will
SHOWN_ERRORS = 5  # errors after the first ones rarely help


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a successful run made and had to say."""

    pdf: Path
    passes: int
    warnings: tuple[str, ...]


class TexError(BuildError):
    """TeX did not accept the document; each problem has the file and line of its template."""


def compile_tex(folder: Path, name: str, *, epoch: int, root: Path, ahead: Ahead | None = None) -> Outcome:
    """Compile folder/name.tex; TexError names what is wrong and where, with the one line that matters.

    `epoch` is the date of the PDF, `root` is where the templates lie that name.map.json points to. Every pass
    begins behind the precompiled preamble; the first one may have been started `ahead`.
    """
    _forget_unsettled(folder, name)
    text = (folder / f"{name}.tex").read_bytes()
    source, preamble, pictures = text.decode().split("\n"), preamble_of(folder), pictures_of(folder)
    line_map = LineMap.read(folder / f"{name}.map.json")
    paths = {template: located(root, template) for template, _ in line_map.lines if template}
    paths[PREAMBLE] = located(root, f"templates/{PREAMBLE}")
    synctex = Pointed([process.STANDARD_INPUT, DOCUMENT], line_map.lines, paths)
    before = fingerprint(folder)
    for passes in range(1, MOST_PASSES + 1):  # noqa: B007 (the count is returned)
        log = _run_pass(folder, name, epoch, text, synctex, draft=not before, ahead=ahead)
        stop_at(texlog.errors(log, source, preamble, pictures), line_map, source, root)
        after = fingerprint(folder)
        if after == before:
            break
        before = after
    else:
        raise TexError(f"{name}.tex: references still move after {MOST_PASSES} passes; see {folder / name}.log")
    stop_at(texlog.unsettled(log, source, preamble), line_map, source, root)
    if not (folder / f"{name}.pdf").is_file():
        raise TexError(f"{name}.tex: no page came out; see {folder / name}.log")
    write_whole(folder / f"{name}.settled", before.encode())
    synctex.write(folder / f"{name}.synctex")
    wide = (f"{line_map.place(problem)}: {problem.message}" for problem in texlog.overfull(log, source))
    return Outcome(folder / f"{name}.pdf", passes, tuple(dict.fromkeys(wide)))


def pictures_of(folder: Path) -> list[str]:
    """Return the pictures that a document of this folder may show: "figures/a.pdf", "scans/part_c-1.jpg"."""
    return sorted(
        f"{path.parent.name}/{path.name}" for kind in ("figures", "scans") for path in folder.glob(f"{kind}/*.*")
    )


def _run_pass(
    folder: Path, name: str, epoch: int, text: bytes, synctex: Pointed, *, draft: bool, ahead: Ahead | None
) -> str:
    """Run TeX once and return its log; `draft` writes no pages (a first pass: no reference is known).

    What was started ahead may have looked for a file too early: only a run that begins now is believed a mistake.
    """
    waiting = None if ahead is None else ahead.take(folder, name, epoch, text)
    if waiting is not None and waiting.sent:
        status, log = (1, "") if draft else _let_go(waiting, text, synctex, draft=False)
        waiting.end()
        if not status or process.INTERRUPTED in log:
            return log
        waiting = None
    if waiting is None:
        waiting = process.start(folder, name, epoch, form=precompiled_preamble.ensure(folder, name, epoch))
    status, log = _let_go(waiting, text, synctex, draft=draft)
    if status and not texlog.errors(log, text.decode().split("\n")):
        raise TexError(f"{name}.tex: TeX ended with status {status} and names no error; see {folder / name}.log")
    return log


def _let_go(waiting: process.Waiting, text: bytes, synctex: Pointed, *, draft: bool) -> tuple[int, str]:
    """Let a TeX process run to its end and return its status and its log."""
    written = waiting.folder / f"{waiting.name}.log"
    written.unlink(missing_ok=True)  # that of another run is of no use
    try:
        with synctex.following(waiting.own / f"{waiting.name}.synctex"):
            status = waiting.go(text, draft=draft)
    finally:
        waiting.end()
    if status < 0:
        limits = f"{process.PASS_SECONDS} s or {process.LARGEST_FILE} MB"
        raise TexError(f"{waiting.name}.tex: TeX was stopped: no end after {limits} (a loop?)")
    return status, written.read_text(encoding="utf-8", errors="replace") if written.exists() else ""


def _forget_unsettled(folder: Path, name: str) -> None:
    """Remove auxiliary files that no successful run left: a killed or failed pass may have left half of one."""
    if not settled(folder, name):
        for path in [path for pattern in AUXILIARY for path in folder.glob(pattern)]:
            path.unlink()
    (folder / f"{name}.settled").unlink(missing_ok=True)


def stop_at(problems: Sequence[Problem], line_map: LineMap, source: Sequence[str], root: Path) -> None:
    """Raise TexError with the first problems, each with the line its author typed, if there are any."""
    if not problems:
        return
    found = list(dict.fromkeys(described(problem, line_map, source, root) for problem in problems))
    shown = found[:SHOWN_ERRORS]
    if len(found) > SHOWN_ERRORS:
        shown.append(f"and {len(found) - SHOWN_ERRORS} more")
    raise TexError("\n".join(shown), status=2)


def _typed_column(problem: Problem, place: str, source: Sequence[str], root: Path) -> int | None:
    """Return the column (from 1), in the template's line at `place`, of a problem; None where it is unclear."""
    typed = whole_line(place, root)
    if problem.line is None or not typed:
        return None
    of_document = problem.file.endswith(DOCUMENT) and problem.line <= len(source)
    rendered = source[problem.line - 1] if of_document else typed
    if problem.start is None and problem.column is None:
        return of_message(typed, problem.message)
    start = problem.start
    if start is None:
        start = token_start(rendered, problem.column or 0, problem.message)
    return in_typed(typed, rendered, start)


def described(problem: Problem, line_map: LineMap, source: Sequence[str], root: Path) -> str:
    """Return "place: message" and, below it, the line as it was typed."""
    place = line_map.place(problem)
    text = typed_line(place, root)
    column = _typed_column(problem, place, source, root)
    if not text and problem.line is not None and place.startswith(f"{DOCUMENT}:") and problem.line <= len(source):
        text = shortened(source[problem.line - 1].strip())
    also = ""
    if problem.first is not None:
        first = line_map.place(Problem("", line=problem.first))
        also = "; its template is included twice" if first == place else f" (the first is at {first})"
    return f"{with_column(place, column)}: {problem.message}{also}" + (f"\n    {text}" if text else "")
