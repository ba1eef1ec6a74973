"""report.tex -> report.pdf: TeX is run, shut in its folder, until references settle."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from report_src import texlog
from report_src.children import end_group, limits
from report_src.errors import BuildError
from report_src.files import matching, write_whole

MOST_PASSES = 5  # three settle a report; one that moves after five never will
PASS_SECONDS = 120  # a pass over thirty pages takes three; a template that loops would take for ever
LARGEST_FILE = 512  # megabytes a pass may write into one file
SHOWN_ERRORS = 5  # of the first error's followers, few tell more
AUXILIARY = ("*.aux", "*.toc", "*.out", "*.lof", "*.lot")  # what one pass tells the next
OPTIONS = ("-interaction=nonstopmode", "-file-line-error", "-no-shell-escape", "-recorder")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a successful run made and had to say."""

    pdf: Path
    passes: int
    warnings: tuple[str, ...]


class TexError(BuildError):
    """TeX did not accept the document; each problem stands at its template's file and line."""


def compile_tex(folder: Path, name: str, *, epoch: int, root: Path) -> Outcome:
    """Compile folder/name.tex; TexError names what is wrong and where, with the one line that matters.

    TeX reads and writes below `folder` alone, has no shell, a limit of time and of size, and takes dates
    from `epoch`. `root` is where the templates lie that name.map.json points to.
    """
    forget_unsettled(folder, name)
    source = (folder / f"{name}.tex").read_text(encoding="utf-8").splitlines()
    line_map = texlog.LineMap.read(folder / f"{name}.map.json")
    before = fingerprint(folder)
    for passes in range(1, MOST_PASSES + 1):  # noqa: B007 (how many it took is told)
        log = run_pass(folder, name, epoch, draft=not before)
        stop_at(texlog.errors(log, source), line_map, source, root)
        after = fingerprint(folder)
        if after == before:
            break
        before = after
    else:
        raise TexError(f"{name}.tex: references still move after {MOST_PASSES} passes; see {folder / name}.log")
    stop_at(texlog.unsettled(log), line_map, source, root)
    if not (folder / f"{name}.pdf").is_file():
        raise TexError(f"{name}.tex: no page came out; see {folder / name}.log")
    write_whole(folder / f"{name}.settled", before.encode())
    warnings = tuple(f"{line_map.place(problem)}: {problem.message}" for problem in texlog.overfull(log))
    return Outcome(folder / f"{name}.pdf", passes, warnings)


def run_pass(folder: Path, name: str, epoch: int, *, draft: bool) -> str:
    """Run TeX once and return its log; `draft` writes no pages (a first pass, whose references are all unknown)."""
    command = ["pdflatex", *OPTIONS, *(["-draftmode"] if draft else []), f"{name}.tex"]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(epoch),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=limits(PASS_SECONDS, LARGEST_FILE),
        )
    except FileNotFoundError:
        raise BuildError("pdflatex is not installed; type: python3 bootstrap.py tex", 2) from None
    try:
        status = process.wait(timeout=PASS_SECONDS)
    except subprocess.TimeoutExpired:
        status = -1
    finally:
        end_group(process)
    if status < 0:
        raise TexError(f"{name}.tex: TeX was stopped: no end after {PASS_SECONDS} s or {LARGEST_FILE} MB (a loop?)")
    return (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def environment(epoch: int) -> dict[str, str]:
    """Return TeX's environment: its folder alone, long log lines, the given date, no bitmap fonts made."""
    kept = {key: value for key, value in os.environ.items() if key not in ("TEXMFOUTPUT", "TEXINPUTS")}
    return kept | {
        "openin_any": "p",
        "openout_any": "p",
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
        "SOURCE_DATE_EPOCH": str(epoch),
        "FORCE_SOURCE_DATE": "1",
        "MKTEXPK": "0",
        "TZ": "UTC",
    }


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
    shown = [described(problem, line_map, source, root) for problem in problems[:SHOWN_ERRORS]]
    if len(problems) > SHOWN_ERRORS:
        shown.append(f"and {len(problems) - SHOWN_ERRORS} more")
    raise TexError("\n".join(shown), status=2)


def described(problem: texlog.Problem, line_map: texlog.LineMap, source: Sequence[str], root: Path) -> str:
    """Return "place: message" and, below it, the line as it was typed."""
    place = line_map.place(problem)
    template, _, line = place.rpartition(":")
    text = ""
    if line.isdigit() and (root / template).is_file():
        typed = (root / template).read_text(encoding="utf-8").splitlines()
        text = typed[int(line) - 1] if int(line) <= len(typed) else ""
    elif problem.line is not None and problem.file.endswith("report.tex") and problem.line <= len(source):
        text = source[problem.line - 1]
    return f"{place}: {problem.message}" + (f"\n    {text.strip()}" if text.strip() else "")
