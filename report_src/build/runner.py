"""Run the steps that a target needs, then publish their products; say why a step would run."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import of_storage, printable
from report_src.build.actions import foresee
from report_src.build.context import BuildContext
from report_src.build.fingerprint import sources
from report_src.build.pipeline import steps, steps_of
from report_src.build.profiles import Lender, settle
from report_src.build.publish import publish
from report_src.build.state import Memory
from report_src.build.step import Step, changed_meanwhile, parts
from report_src.errors import BuildError
from report_src.project import Project
from report_src.system import unchanged
from report_src.system.files import file_clock, matching, names, set_aside, sweep
from report_src.system.import_graph import ImportIndex
from report_src.system.lock import build_lock
from report_src.tex.process import OWN as RUNNING
from report_src.tex.process import remove_left_behind

if TYPE_CHECKING:
    from report_src.tex.speculative import Ahead

LITTLE_ROOM = 2**20  # bytes; with fewer left on the disk, what fails may fail for that
TEX_FILE = re.compile(r"File `([\w.-]+\.(?:sty|cls|def|fd|cfg|clo))' not found")  # in TeX's words
FEW = 2  # parts of the analysis that load what they need sooner than a server loads what all studies need
SHOWN_REASONS = 3  # of why a step runs, on one line


def make(
    project: Project,
    target: str,
    table: tuple[Step, ...] | None = None,
    *,
    ahead: Ahead | None = None,
    loaded: int | None = None,
    lender: Lender | None = None,
) -> bool:
    """Bring a target up to date; return whether anything had to be done. Raise BuildError if a step fails.

    `ahead` holds TeX processes that outlive this build. `loaded` is when the code that runs was read (file_clock).
    A step whose products the `lender` holds does not run.
    """
    wanted, loaded = steps_of(target, table or steps(project.settings)), file_clock() if loaded is None else loaded
    with build_lock(project.build) as lock, contextlib.ExitStack() as resources:
        sweep(project.build, but=RUNNING)
        memory = settle(project)
        remove_left_behind(project.work)
        context = BuildContext(project, lock, loaded, resources, ahead)
        sets_pages, done = any(step.name == "compile" for step in wanted), False
        if sets_pages:
            foresee(context)
        index = index_of(project)
        for step in wanted:
            begun, now = file_clock(), parts(step, project, index)
            reasons = memory.reasons(step.name, now, project.work, step.products)
            if reasons and lender is not None and lender.lend(step, now, project, memory):
                context.note(f"{step.name}: taken from {lender.folder}")
                done = True
            elif reasons:
                if sets_pages:
                    context.hold_tex()
                if not context.preload and step.analysis and several_stale(wanted, project, memory, index):
                    context.load_libraries_once()
                run_step(step, context, memory, now, reasons, begun)
                done = True
        index.save()
        return publish(project, target, wanted, memory) or done


def remember(project: Project, arguments: Sequence[str], begun: int, warnings: Iterable[str], answer: str) -> None:
    """Have a command whose products are up to date answered at once the next time.

    Not where a source was touched after the command had `begun` (file_clock), as the build may have read what was there
    before, nor where a product is not what its step wrote. Files are looked at before they are read: a change after
    that is seen next time.
    """
    read, memory = sources(project), Memory(project.build)
    roots = [*read, os.fspath(project.build)]
    entries = unchanged.found(roots)
    made = {name: value for step in memory.steps for name, value in memory.products(step).items()}
    published = {place: value for group in memory.published.values() for place, value in group.items()}
    as_made = matching(project.work, made) == made and matching(project.build, published) == published
    if as_made and not unchanged.touched(entries, read, begun):
        said = printable("".join(f"warning: {warning}\n" for warning in warnings))
        unchanged.remember(
            project.build,
            {
                "request": unchanged.request(arguments),
                "roots": roots,
                "found": entries,
                "commit": project.commit,
                "warnings": said,
                "answer": printable(answer),
            },
        )


def several_stale(wanted: tuple[Step, ...], project: Project, memory: Memory, index: ImportIndex) -> bool:
    """Whether more than a study and its figures have to run: then it pays to load all libraries once."""
    rows = [step for step in wanted if step.analysis]
    return sum(bool(memory.reasons(s.name, parts(s, project, index), project.work, s.products)) for s in rows) > FEW


def run_step(
    step: Step, context: BuildContext, memory: Memory, now: dict[str, str], reasons: list[str], read: int
) -> None:
    """Run one step and record it; if it fails, its previous products are restored.

    Where a file has changed since the key was `read` from it (file_clock), the step runs again next time.
    """
    project = context.project
    shown = ", ".join(reasons[:SHOWN_REASONS]) + (f" and {len(reasons) - SHOWN_REASONS} more" * (len(reasons) > 3))
    context.say(f"{step.name}: {shown}")
    begun = time.monotonic()
    forget_bytecode(project.code, memory.changed(step.name, now) or ())
    before = everything(project.work)
    aside = project.work / ".aside"
    if step.prepare is not None:
        step.prepare(context)
    try:
        with set_aside(project.work, names(project.work, step.products) | memory.products(step.name).keys(), aside):
            note = carried_out(step, context)
            refuse_undeclared(step, project.work, everything(project.work) - before)
    except BuildError as error:
        context.note(f"{step.name}: {error}")
        raise
    seconds = time.monotonic() - begun
    meanwhile = changed_meanwhile(now, project, read, context.loaded)
    if meanwhile:
        context.say(f"{step.name}: {', '.join(meanwhile[:SHOWN_REASONS])} changed meanwhile: it runs again next time")
    now = now | dict.fromkeys(meanwhile, "changed while it was used")
    memory.finished(step.name, now, matching(project.work, step.products), seconds)
    context.say(f"{step.name}: done in {seconds:.1f} s{f', {note}' if note else ''}")


def carried_out(step: Step, context: BuildContext) -> str | None:
    """Run a step; if it fails for lack of disk space or of a file of TeX, the message says what to do."""
    try:
        return step.run(context, step)
    except BuildError as error:
        if os.strerror(errno.ENOSPC) in str(error) or shutil.disk_usage(context.project.build).free < LITTLE_ROOM:
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise BuildError(f"{error}\n{of_storage(full, context.project.build)}", 2) from None
        if step.name == "compile" and (absent := TEX_FILE.search(str(error))):
            raise BuildError(f"{error}\n{absent[1]} belongs to TeX; type: python3 bootstrap.py tex", 2) from None
        raise


def forget_bytecode(find: Callable[[str], Path], changed: Iterable[str]) -> None:
    """Remove what Python compiled of sources that changed: it goes by times and sizes, which may be what they were."""
    for kind, _, name in (part.partition(":") for part in changed):
        if kind == "code" and name.endswith(".py"):
            Path(importlib.util.cache_from_source(find(name))).unlink(missing_ok=True)


def everything(work: Path) -> set[str]:
    """Return the files below BUILD/work, hidden ones, those in hidden folders and those of a TeX that runs aside."""
    names = (path.relative_to(work) for path in work.rglob("*") if path.is_file())
    return {name.as_posix() for name in names if not any(part.startswith((".", RUNNING)) for part in name.parts)}


def refuse_undeclared(step: Step, work: Path, new: set[str]) -> None:
    """Remove files that a step's row does not declare and say so: they would go stale and never be published."""
    undeclared = sorted(new - names(work, (*step.products, *step.scratch)) - {"imports.json"})
    for name in undeclared:
        (work / name).unlink()
    if undeclared:
        wrote = f"{step.name} wrote {', '.join(undeclared)}"
        where = "STUDY (makes) of its __init__.py" if step.analysis else "its row of report_src/build/pipeline.py"
        raise BuildError(f"{wrote}: not declared in {where}")


def why(project: Project, table: tuple[Step, ...] | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield (step, reasons to run) for the whole report; an empty list: up to date."""
    with build_lock(project.build):
        memory = settle(project)
    index = index_of(project)
    stale: list[Step] = []
    for step in steps_of("report", table or steps(project.settings)):
        reasons = memory.reasons(step.name, parts(step, project, index), project.work, step.products)
        waits = [before.name for before in stale if rests_on(step, before)]
        if not reasons and waits:
            reasons = [f"may have to, after {', '.join(waits)}"]
        if reasons:
            stale.append(step)
        yield step.name, reasons


def why_and_how_long(project: Project, table: tuple[Step, ...] | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield (step, what is to be said of it): reasons to run, or that it is up to date, and how long it took last."""
    rows = list(why(project, table))
    memory = Memory(project.build)  # of the profile that `why` has settled
    for step, reasons in rows:
        seconds = memory.seconds(step)
        took = [] if seconds is None else [f"took {seconds:.1f} s"]
        yield step, [*(reasons or ["up to date"]), *took]


def rests_on(step: Step, before: Step) -> bool:
    """Whether a step reads a product of an earlier one."""
    return any(Path(made.replace("*", "x")).match(read) for made in before.products for read in step.read_products)


def index_of(project: Project) -> ImportIndex:
    """Return the imports of the project's sources."""
    return ImportIndex(project.root, project.work / "imports.json", project.code_folder)
