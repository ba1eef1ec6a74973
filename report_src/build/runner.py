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
from typing import TYPE_CHECKING, NamedTuple

from analysis.errors import of_storage, printable
from analysis.settings.cores import cores
from report_src.build.actions import foresee
from report_src.build.context import BuildContext
from report_src.build.fingerprint import sources
from report_src.build.finished_steps import Memory
from report_src.build.pipeline import steps, steps_of
from report_src.build.profiles import Lender, settle
from report_src.build.publish import publish
from report_src.build.step import Step, at_once, changed_meanwhile, parts, rests_on
from report_src.errors import BuildError
from report_src.project import Project
from report_src.system import unchanged
from report_src.system.files import file_clock, matching, names, set_aside, sweep, write_whole
from report_src.system.import_graph import ImportIndex
from report_src.system.lock import build_lock, remove_left_behind
from report_src.tex.process import OWN as RUNNING

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
        remove_left_behind(RUNNING, project.work)
        context = BuildContext(project, lock, loaded, resources, ahead)
        sets_pages, done = any(step.name == "compile" for step in wanted), False
        if sets_pages:
            foresee(context)
        index = _index_of(project)
        for group in at_once(wanted):
            due: list[Due] = []
            for step in group:
                begun, now = file_clock(), parts(step, project, index)
                reasons = memory.reasons(step.name, now, project.work, step.products)
                if reasons and lender is not None and lender.lend(step, now, project, memory):
                    context.note(f"{step.name}: taken from {lender.folder}")
                    done = True
                elif reasons:
                    due.append(Due(step, now, reasons, begun))
            if due:
                if sets_pages:
                    context.hold_tex()
                if not context.preload and group[0].analysis and _several_stale(wanted, project, memory, index):
                    context.load_libraries_once()
                _run_group(due, context, memory)
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


def _several_stale(wanted: tuple[Step, ...], project: Project, memory: Memory, index: ImportIndex) -> bool:
    """Whether more than a study and its figures have to run: then it pays to load all libraries once."""
    rows = [step for step in wanted if step.analysis]
    return sum(bool(memory.reasons(s.name, parts(s, project, index), project.work, s.products)) for s in rows) > FEW


class Due(NamedTuple):
    """A step that has to run."""

    step: Step
    now: dict[str, str]  # the parts of its key
    reasons: list[str]
    read: int  # when the key was read from the files (file_clock)


class Done(NamedTuple):
    """A step that has run."""

    step: Step
    now: dict[str, str]  # the parts of its key, marked where a file has changed since
    seconds: float
    note: str | None


def _run_group(due: Sequence[Due], context: BuildContext, memory: Memory) -> None:
    """Run steps that do not rest on one another, at once where there are several cores; record each when it ends."""
    width = min(cores(), len(due))
    if width > 1:
        _run_at_once(due, width, context, memory)
        return
    for one in due:
        record(_run_step(one, context, memory), context, memory)


def _run_at_once(due: Sequence[Due], width: int, context: BuildContext, memory: Memory) -> None:
    """Run steps, at most `width` at a time; where one fails, those that still run are ended."""
    from concurrent.futures import ThreadPoolExecutor, as_completed

    from report_src.system import progress_bar

    work, steps = context.project.work, [one.step for one in due]
    before = everything(work)
    context.slots = work / ".slots"
    shutil.rmtree(context.slots, ignore_errors=True)
    for core in range(cores()):
        write_whole(context.slots / str(core), b"")
    with contextlib.closing(progress_bar.display()) as context.display, ThreadPoolExecutor(width) as pool:
        running = [pool.submit(_run_step, one, context, memory, alone=False) for one in due]
        try:
            for ended in as_completed(running):
                record(ended.result(), context, memory)
        except BaseException:
            context.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            context.display = context.slots = None
    try:
        _refuse_undeclared(steps, work, everything(work) - before)
    except BuildError:
        memory.forget(step.name for step in steps)
        raise


def record(done: Done, context: BuildContext, memory: Memory) -> None:
    """Remember a step that has succeeded."""
    name = done.step.name
    memory.finished(name, done.now, matching(context.project.work, done.step.products), done.seconds)
    context.say(f"{name}: done in {done.seconds:.1f} s{f', {done.note}' if done.note else ''}")


def _run_step(one: Due, context: BuildContext, memory: Memory, *, alone: bool = True) -> Done:
    """Run one step; if it fails, its previous products are restored.

    Where a file has changed since the key was read from it, the step runs again next time. Where it is not `alone`,
    whoever started the others as well looks at what they wrote.
    """
    step, project = one.step, context.project
    shown = ", ".join(one.reasons[:SHOWN_REASONS])
    context.say(f"{step.name}: {shown}" + f" and {len(one.reasons) - SHOWN_REASONS} more" * (len(one.reasons) > 3))
    begun = time.monotonic()
    forget_bytecode(project.code, memory.changed(step.name, one.now) or ())
    before = everything(project.work) if alone else set()
    aside = project.work / f".aside {step.name}"
    if step.prepare is not None:
        step.prepare(context)
    try:
        with set_aside(project.work, names(project.work, step.products) | memory.products(step.name).keys(), aside):
            note = _run_or_explain(step, context)
            if alone:
                _refuse_undeclared([step], project.work, everything(project.work) - before)
    except BuildError as error:
        if not context.stop.is_set():
            context.note(f"{step.name}: {error}")
        raise
    seconds = time.monotonic() - begun
    meanwhile = changed_meanwhile(one.now, project, one.read, context.loaded)
    if meanwhile:
        context.say(f"{step.name}: {', '.join(meanwhile[:SHOWN_REASONS])} changed meanwhile: it runs again next time")
    return Done(step, one.now | dict.fromkeys(meanwhile, "changed while it was used"), seconds, note)


def _run_or_explain(step: Step, context: BuildContext) -> str | None:
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
    """Return the files below BUILD/work but for hidden ones, those in hidden folders and those of a TeX that runs."""
    found: set[str] = set()
    for folder, inner, files in os.walk(work):
        inner[:] = [name for name in inner if not name.startswith((".", RUNNING))]
        kept = [name for name in files if not name.startswith((".", RUNNING))]
        found.update(Path(folder, name).relative_to(work).as_posix() for name in kept)
    return found


def _refuse_undeclared(steps: Sequence[Step], work: Path, new: set[str]) -> None:
    """Remove files that no row of the steps declares and say so: they would go stale and never be published."""
    declared = [pattern for step in steps for pattern in (*step.products, *step.scratch)]
    undeclared = sorted(new - names(work, declared) - {"imports.json"})
    for name in undeclared:
        (work / name).unlink()
    if undeclared:
        wrote = f"{' or '.join(step.name for step in steps)} wrote {', '.join(undeclared)}"
        where = "STUDY (makes) of its __init__.py" if steps[0].analysis else "its row of report_src/build/pipeline.py"
        raise BuildError(f"{wrote}: not declared in {where}")


def why(project: Project, table: tuple[Step, ...] | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield (step, reasons to run) for the whole report; an empty list: up to date."""
    with build_lock(project.build):
        memory = settle(project)
    index = _index_of(project)
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


def _index_of(project: Project) -> ImportIndex:
    """Return the imports of the project's sources."""
    return ImportIndex(project.root, project.work / "imports.json", project.code_folder)
