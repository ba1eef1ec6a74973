"""Runs the steps that a target needs, then publishes their products; says why a step would run."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import importlib.util
import io
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from analysis.errors import of_storage, printable
from report_src.errors import BuildError
from report_src.build.import_graph import ImportIndex
from report_src.build.fingerprint import Memory
from report_src.project import Project
from report_src.build.pipeline import PRIVATE, STEPS, STUDIES, Step, changed_meanwhile, parts, steps_of
from report_src.system.files import build_lock, copy_whole, digest, file_clock, matching, set_aside, sweep
from report_src.system.forkserver import Forks
from report_src.tex.process import OWN as RUNNING
from report_src.tex.process import remove_left_behind
from report_src.tex.speculative import Ahead

LONGEST_LOG = 5_000_000  # bytes; a longer build.log is begun anew
LITTLE_ROOM = 2**20  # bytes; with fewer left on the disk, what fails may fail for that
TEX_FILE = re.compile(r"File `([\w.-]+\.(?:sty|cls|def|fd|cfg|clo))' not found")  # as TeX says it
SHOWN_REASONS = 3  # of why a step runs, on one line


def make(project: Project, target: str, table: tuple[Step, ...] = STEPS) -> bool:
    """Bring a target up to date; return whether anything had to be done. BuildError says what stopped it."""
    wanted = steps_of(target, table)
    with build_lock(project.build) as lock, contextlib.ExitStack() as stack:
        sweep(project.build, but=RUNNING)
        remove_left_behind(project.work)
        running = dataclasses.replace(project, lock=lock)
        if running.ahead is None and wanted[-1].name == "compile":
            running = dataclasses.replace(running, ahead=stack.enter_context(tex_ahead()))
        memory, index = memory_of(project), index_of(project)
        done = False
        for step in wanted:
            begun, now = file_clock(), parts(step, running, index)
            reasons = memory.reasons(step.name, now, project.work, step.products)
            if reasons:
                if running.log is None:
                    running = dataclasses.replace(running, log=stack.enter_context(open_log(project.build)))
                if running.forks is None and step.name in STUDIES and several_stale(wanted, running, memory, index):
                    running = dataclasses.replace(running, forks=stack.enter_context(Forks()))
                run_step(step, running, memory, now, reasons, begun)
                done = True
        index.remember()
        return publish(project, target, wanted, memory) or done


def several_stale(wanted: tuple[Step, ...], project: Project, memory: Memory, index: ImportIndex) -> bool:
    """Whether more than one study has to run: then they load their libraries together."""
    studies = [step for step in wanted if step.name in STUDIES]
    return sum(bool(memory.reasons(s.name, parts(s, project, index), project.work, s.products)) for s in studies) > 1


@contextlib.contextmanager
def tex_ahead() -> Iterator[Ahead]:
    """Hold a TeX process that a step may start for a later one; none is left at the end."""
    ahead = Ahead()
    try:
        yield ahead
    finally:
        ahead.end()


def run_step(step: Step, project: Project, memory: Memory, now: dict[str, str], reasons: list[str], read: int) -> None:
    """Run one step and remember it; its products of before are back in place if it fails.

    Where a file has changed since the key was `read` from it (file_clock), the step runs again next time.
    """
    assert project.log is not None
    shown = ", ".join(reasons[:SHOWN_REASONS]) + (f" and {len(reasons) - SHOWN_REASONS} more" * (len(reasons) > 3))
    say(f"{step.name}: {shown}", project.log)
    begun = time.monotonic()
    changed = memory.changed(step.name, now)
    forget_bytecode(project.root, changed or ())
    before = everything(project.work)
    aside = project.work / ".aside"
    if step.prepare is not None:
        step.prepare(project, changed)
    try:
        with set_aside(project.work, {*matching(project.work, step.products), *memory.products(step.name)}, aside):
            note = carried_out(step, project)
            refuse_undeclared(step, project.work, everything(project.work) - before)
    except BuildError as error:
        project.log.write(printable(f"{stamp()} {step.name}: {error}\n"))
        raise
    seconds = time.monotonic() - begun
    meanwhile = changed_meanwhile(now, project, read)
    if meanwhile:
        say(
            f"{step.name}: {', '.join(meanwhile[:SHOWN_REASONS])} changed meanwhile: it runs again next time",
            project.log,
        )
    now = now | dict.fromkeys(meanwhile, "changed while it was used")
    memory.finished(step.name, now, matching(project.work, step.products), seconds)
    say(f"{step.name}: done in {seconds:.1f} s{f', {note}' if note else ''}", project.log)


def carried_out(step: Step, project: Project) -> str | None:
    """Run a step; where it fails for want of room on the disk or of a file of TeX, what to do is said as well."""
    try:
        return step.run(project, step)
    except BuildError as error:
        if os.strerror(errno.ENOSPC) in str(error) or shutil.disk_usage(project.work).free < LITTLE_ROOM:
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise BuildError(f"{error}\n{of_storage(full, project.build)}", 2) from None
        if step.name == "compile" and (absent := TEX_FILE.search(str(error))):
            raise BuildError(f"{error}\n{absent[1]} belongs to TeX; type: python3 bootstrap.py tex", 2) from None
        raise


def forget_bytecode(root: Path, changed: Iterable[str]) -> None:
    """Remove what Python compiled of sources that changed: it goes by times and sizes, which may be what they were."""
    for kind, _, name in (part.partition(":") for part in changed):
        if kind == "code" and name.endswith(".py"):
            Path(importlib.util.cache_from_source(root / name)).unlink(missing_ok=True)


def everything(work: Path) -> set[str]:
    """Return the files below BUILD/work, hidden ones, those in hidden folders and those of a TeX that runs aside."""
    names = (path.relative_to(work) for path in work.rglob("*") if path.is_file())
    return {name.as_posix() for name in names if not any(part.startswith((".", RUNNING)) for part in name.parts)}


def refuse_undeclared(step: Step, work: Path, new: set[str]) -> None:
    """Remove files that a step's row does not declare and say so: they would go stale and never be published."""
    undeclared = sorted(new - matching(work, (*step.products, *step.scratch)).keys() - {"imports.json"})
    for name in undeclared:
        (work / name).unlink()
    if undeclared:
        wrote = f"{step.name} wrote {', '.join(undeclared)}"
        raise BuildError(f"{wrote}: not declared in its row of report_src/build/pipeline.py")


def publish(project: Project, target: str, wanted: tuple[Step, ...], memory: Memory) -> bool:
    """Copy products from BUILD/work to BUILD where they differ, drop what is no longer made; return whether any did."""
    if target in ("check", "unused"):
        return False
    changed = False
    for step in wanted:
        group = "draft" if project.draft else step.name
        if project.draft and step.name != "compile":
            continue
        products = {name: value for name, value in memory.products(step.name).items() if name not in PRIVATE}
        places = {name: "report-draft.pdf" if project.draft else name for name in products}
        before = memory.published.get(group, {})
        for name, place in places.items():
            if digest(project.build / place) != products[name]:
                copy_whole(project.work / name, project.build / place)
                changed = True
        for place in before.keys() - set(places.values()):
            if not (project.build / place).is_dir():
                (project.build / place).unlink(missing_ok=True)
            changed = True
        memory.published[group] = {place: products[name] for name, place in places.items()}
        if memory.published[group] != before:
            memory.save()
    return changed


def why(project: Project, table: tuple[Step, ...] = STEPS) -> Iterator[tuple[str, list[str]]]:
    """Yield (step, reasons to run) for the whole report; an empty list: up to date."""
    memory, index = memory_of(project), index_of(project)
    stale: list[Step] = []
    for step in steps_of("report", table):
        reasons = memory.reasons(step.name, parts(step, project, index), project.work, step.products)
        waits = [before.name for before in stale if rests_on(step, before)]
        if not reasons and waits:
            reasons = [f"may have to, after {', '.join(waits)}"]
        if reasons:
            stale.append(step)
        yield step.name, reasons


def rests_on(step: Step, before: Step) -> bool:
    """Whether a step reads a product of an earlier one."""
    return any(Path(made.replace("*", "x")).match(read) for made in before.products for read in step.read_products)


def memory_of(project: Project) -> Memory:
    """Return what is known of finished steps."""
    return Memory(project.build / "steps.json")


def index_of(project: Project) -> ImportIndex:
    """Return the imports of the project's sources."""
    return ImportIndex(project.root, project.work / "imports.json")


class LogFile(io.FileIO):
    """A file that drops what does not fit on a full disk: what the disk was full for is told by the build itself."""

    def write(self, data: Any) -> int:
        """Write what can be written."""
        with contextlib.suppress(OSError):
            super().write(data)
        return len(data)


@contextlib.contextmanager
def open_log(build: Path) -> Iterator[IO[str]]:
    """Open BUILD/build.log for adding; one that has grown too long is begun anew."""
    path = build / "build.log"
    if path.is_dir():
        path.rmdir()
    mode = "w" if path.exists() and path.stat().st_size > LONGEST_LOG else "a"
    with io.TextIOWrapper(LogFile(path, mode), encoding="utf-8", write_through=True) as log:
        yield log


def stamp() -> str:
    """Return the time of day for the log."""
    return datetime.now().strftime("%Y-%m-%d %H:%M:%S")


def say(text: str, log: IO[str]) -> None:
    """Tell the user and the log."""
    print(text, file=sys.stderr, flush=True)
    log.write(printable(f"{stamp()} {text}\n"))
    log.flush()
