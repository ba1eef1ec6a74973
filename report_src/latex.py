"""report.tex -> report.pdf: TeX is run, shut in its folder, until references settle."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

from report_src import tex_format, tex_process, texlog
from report_src.errors import BuildError
from report_src.files import digest, matching, write_whole
from report_src.places import shortened, typed_line

MOST_PASSES = 5  # three settle a report; one that moves after five never will
SHOWN_ERRORS = 5  # of the first error's followers, few tell more
AUXILIARY = ("*.aux", "*.toc", "*.out", "*.lof", "*.lot")  # what one pass tells the next


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a successful run made and had to say."""

    pdf: Path
    passes: int
    warnings: tuple[str, ...]


class TexError(BuildError):
    """TeX did not accept the document; each problem stands at its template's file and line."""


def compile_tex(folder: Path, name: str, *, epoch: int, root: Path, ahead: Ahead | None = None) -> Outcome:
    """Compile folder/name.tex; TexError names what is wrong and where, with the one line that matters.

    `epoch` is the date of the PDF, `root` is where the templates lie that name.map.json points to. Every pass
    begins behind the preamble (tex_format); the first one may have been started `ahead`.
    """
    forget_unsettled(folder, name)
    source = (folder / f"{name}.tex").read_text(encoding="utf-8").split("\n")
    preamble = texlog.preamble_of(folder)
    line_map = texlog.LineMap.read(folder / f"{name}.map.json")
    before = fingerprint(folder)
    for passes in range(1, MOST_PASSES + 1):  # noqa: B007 (how many it took is told)
        log = run_pass(begun(folder, name, epoch, ahead), draft=not before)
        stop_at(texlog.errors(log, source, preamble), line_map, source, root)
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
    wide = (f"{line_map.place(problem)}: {problem.message}" for problem in texlog.overfull(log, source))
    return Outcome(folder / f"{name}.pdf", passes, tuple(dict.fromkeys(wide)))


def begun(folder: Path, name: str, epoch: int, ahead: Ahead | None) -> tex_process.Waiting:
    """Return a TeX process that waits to be let go: the one that was started ahead, else a new one."""
    waiting = None if ahead is None else ahead.take(folder, name, epoch)
    return waiting or tex_process.start(folder, name, epoch, form=tex_format.ensure(folder, name, epoch))


def run_pass(waiting: tex_process.Waiting, *, draft: bool) -> str:
    """Let TeX run to its end and return its log; `draft` writes no pages (a first pass: no reference is known)."""
    status = waiting.go(draft=draft)
    if status < 0:
        limits = f"{tex_process.PASS_SECONDS} s or {tex_process.LARGEST_FILE} MB"
        raise TexError(f"{waiting.name}.tex: TeX was stopped: no end after {limits} (a loop?)")
    return (waiting.folder / f"{waiting.name}.log").read_text(encoding="utf-8", errors="replace")


class Ahead:
    """A TeX process that is started while its document is still being written; empty where none waits."""

    def __init__(self) -> None:
        """Begin without a process."""
        self.waiting: tex_process.Waiting | None = None

    def start(self, folder: Path, name: str, epoch: int) -> None:
        """Start TeX behind the preamble of before, if that is still true; else nothing is gained and nothing done."""
        if self.waiting is not None and self.waiting.fits(folder, name, epoch):
            return
        self.end()
        form = tex_format.ready(folder, name)
        if form is not None:
            self.waiting = tex_process.start(folder, name, epoch, form=form)
            self.made = self.mark(folder, name)

    def take(self, folder: Path, name: str, epoch: int) -> tex_process.Waiting | None:
        """Hand out the process, if it waits for this document behind the preamble as it is now."""
        waiting, self.waiting = self.waiting, None
        if waiting is None or (waiting.fits(folder, name, epoch) and self.made == self.mark(folder, name)):
            return waiting
        waiting.end()
        return None

    @staticmethod
    def mark(folder: Path, name: str) -> tuple[str, ...]:
        """Return what the format was made of: where it differs, another one has been dumped since."""
        return digest(folder / "preamble.tex"), digest(folder / f"{tex_format.form_name(name)}.json")

    def end(self) -> None:
        """End the process that waits, if any."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting.end()


def fingerprint(folder: Path) -> str:
    """Return a hash of what one pass tells the next; "" where no pass has been."""
    told = matching(folder, AUXILIARY)
    return hashlib.sha256(repr(told).encode()).hexdigest() if told else ""


def forget_unsettled(folder: Path, name: str) -> None:
    """Remove auxiliary files that no successful run left: a killed or failed pass may have left half of one."""
    marker = folder / f"{name}.settled"
    if not marker.exists() or marker.read_text(encoding="utf-8") != fingerprint(folder):
        for path in [path for pattern in AUXILIARY for path in folder.glob(pattern)]:
            path.unlink()
    marker.unlink(missing_ok=True)


def stop_at(problems: Sequence[texlog.Problem], line_map: texlog.LineMap, source: Sequence[str], root: Path) -> None:
    """TexError with the first problems, each with the line its author typed; nothing to do where there is none."""
    if not problems:
        return
    found = list(dict.fromkeys(described(problem, line_map, source, root) for problem in problems))
    shown = found[:SHOWN_ERRORS]
    if len(found) > SHOWN_ERRORS:
        shown.append(f"and {len(found) - SHOWN_ERRORS} more")
    raise TexError("\n".join(shown), status=2)


def described(problem: texlog.Problem, line_map: texlog.LineMap, source: Sequence[str], root: Path) -> str:
    """Return "place: message" and, below it, the line as it was typed."""
    place = line_map.place(problem)
    text = typed_line(place, root)
    if not text and problem.line is not None and place.startswith("report.tex:") and problem.line <= len(source):
        text = shortened(source[problem.line - 1].strip())
    return f"{place}: {problem.message}" + (f"\n    {text}" if text else "")
