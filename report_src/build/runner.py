"""Run the steps that a target needs, then publish their products; say why a step would run."""

from __future__ import annotations

import contextlib
import dataclasses
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
from report_src.build.step import Step, changed_meanwhile, parts, rests_on, waits_for
from report_src.errors import BuildError
from report_src.project import Project
from report_src.system import unchanged
from report_src.system.files import file_clock, matching, names, set_aside, sweep, write_whole
from report_src.system.import_graph import ImportIndex
from report_src.system.lock import build_lock, remove_left_behind
from report_src.tex.process import OWN as RUNNING

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

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
        if any(step.name == "compile" for step in wanted):
            foresee(context)
        index = _index_of(project)
        done = _Build(wanted, context, memory, index, lender).run()
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


@dataclasses.dataclass
class _Build:
    """The steps of a target on their way: each runs as soon as what it waits for has ended.

    Steps of the analysis are processes, as many at once as there are cores. The other steps run in this one meanwhile,
    one after the other.
    """

    wanted: Sequence[Step]
    context: BuildContext
    memory: Memory
    index: ImportIndex
    lender: Lender | None
    done: bool = False  # whether anything had to be done

    def run(self) -> bool:
        """Run every step that has to; return whether any had to. BuildError with the first that fails."""
        waiting = list(self.wanted)
        with contextlib.closing(_Running(self.context, self.memory)) as running:
            while waiting or running.steps:
                ready = (
                    at
                    for at, step in enumerate(waiting)
                    if not (step.analysis and not step.draws and running.full)
                    and not waits_for(step, [*running.steps, *waiting[:at]])
                )
                at = next(ready, None)
                if at is None:
                    running.wait()
                elif due := self._due(waiting.pop(at)):
                    self.done = True
                    self._run(due, running)
        return self.done

    def _run(self, due: Due, running: _Running) -> None:
        """Take a step's products from the lender, or begin to make them."""
        if self._lent(due):
            running.declare(due.step)
            return
        if any(one.name == "compile" for one in self.wanted):
            self.context.hold_tex()
        if not self.context.preload and due.step.analysis and self._several_stale():
            self.context.load_libraries_once()
        if due.step.analysis and cores() > 1:
            running.start(due)
        else:
            running.beside(due)

    def _due(self, step: Step) -> Due | None:
        """Return a step with its reasons to run; None where it has none."""
        begun, now = file_clock(), parts(step, self.context.project, self.index)
        reasons = self.memory.reasons(step.name, now, self.context.project.work, step.products)
        return Due(step, now, reasons, begun) if reasons else None

    def _lent(self, due: Due) -> bool:
        """Whether the lender had a step's products, which are in their place now."""
        if self.lender is None or not self.lender.lend(due.step, due.now, self.context.project, self.memory):
            return False
        self.context.note(f"{due.step.name}: taken from {self.lender.folder}")
        return True

    def _several_stale(self) -> bool:
        """Whether more than a FEW parts of the analysis have to run, as far as their keys tell before any has."""
        project, memory = self.context.project, self.memory
        stale = (
            bool(memory.reasons(step.name, parts(step, project, self.index), project.work, step.products))
            for step in self.wanted
            if step.analysis
        )
        return sum(stale) > FEW


class _Running:
    """The steps that run at once, each in a thread which waits for its process; several share the cores."""

    def __init__(self, context: BuildContext, memory: Memory) -> None:
        """With nothing that runs yet."""
        self.context, self.memory = context, memory
        self._since: list[Step] = []  # that have run since nothing did, or are lent
        self._before: set[str] = set()  # the files that were there then
        self._futures: dict[Future[Done], Step] = {}
        self._pool: ThreadPoolExecutor | None = None

    @property
    def steps(self) -> list[Step]:
        """The steps that run."""
        return [*self._futures.values()]

    @property
    def full(self) -> bool:
        """Whether as many run as there are cores: which study comes next is decided when one of them has ended."""
        return len(self._futures) >= cores()

    def declare(self, step: Step) -> None:
        """Say whose products may appear while others run."""
        self._since.append(step)

    def start(self, due: Due) -> None:
        """Start a step in a process beside those that run."""
        if not self._futures:
            self._begin()
        assert self._pool is not None
        self.declare(due.step)
        self._futures[self._pool.submit(_run_step, due, self.context, self.memory, alone=False)] = due.step

    def beside(self, due: Due) -> None:
        """Run a step here. Where it fails, those that run end first: nothing is trained twice for it."""
        alone = not self._futures
        self.declare(due.step)
        try:
            record(_run_step(due, self.context, self.memory, alone=alone), self.context, self.memory)
        except BuildError:
            with contextlib.suppress(BuildError):  # the log has it
                while self._futures:
                    self.wait()
            raise

    def wait(self) -> None:
        """Wait until one has ended, and remember it. BuildError where it has failed: `close` ends the others."""
        from concurrent.futures import FIRST_COMPLETED, wait

        ended = wait(self._futures, return_when=FIRST_COMPLETED).done
        for future in sorted(ended, key=lambda each: each.exception() is not None):  # what succeeded is remembered
            del self._futures[future]
            record(future.result(), self.context, self.memory)
        if not self._futures:
            self._end()

    def close(self) -> None:
        """End what still runs."""
        if self._pool is not None:
            self.context.stop.set()
            self._pool.shutdown(cancel_futures=True)
            self._close_display()

    def _begin(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from report_src.system import progress_bar

        context, work = self.context, self.context.project.work
        self._before, self._since = everything(work), []
        context.slots = work / ".slots"
        shutil.rmtree(context.slots, ignore_errors=True)
        for core in range(cores()):
            write_whole(context.slots / str(core), b"")
        context.display = progress_bar.display()
        self._pool = ThreadPoolExecutor(cores())

    def _end(self) -> None:
        """Nothing runs any more: look at what has been written meanwhile."""
        assert self._pool is not None
        self._pool.shutdown()
        self._pool = None
        self._close_display()
        work = self.context.project.work
        try:
            _refuse_undeclared(self._since, work, everything(work) - self._before)
        except BuildError:
            self.memory.forget(step.name for step in self._since)
            raise

    def _close_display(self) -> None:
        if self.context.display is not None:
            self.context.display.close()
        self.context.display = self.context.slots = None


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
