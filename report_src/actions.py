"""What each step does. Studies run as children; what follows runs here, imported when it is needed."""

from __future__ import annotations

import io
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import InputError
from report_src import progress
from report_src.bounds import bounded
from report_src.children import run_child, study_environment
from report_src.errors import BuildError, RenderError
from report_src.files import write_whole
from report_src.places import with_line
from report_src.project import Project, source_date_epoch

if TYPE_CHECKING:
    from report_src.forks import Forks
    from report_src.steps import Step

SHOWN_LINES = 15  # of the log of a child that failed in a way it did not foresee
INPUT_STATUS = 2  # exit status of a mistake in a file that the user edits


def run_study(project: Project, step: Step) -> str:
    """Run `python -m analysis STUDY`, which may read what its row declares and nothing else; return what it took."""
    arguments = (step.name, "--reads", *step.reads, "--settings", *step.settings)
    steps = run_python(project, step, "analysis", *arguments, forks=project.forks)
    return f"{steps:,} training steps" if steps else ""


def join(project: Project, step: Step) -> None:
    """Join the records of the studies to results.json."""
    run_python(project, step, "analysis.collect")


def verify(project: Project, step: Step) -> None:
    """Execute the derivations as printed; a wrong, unreadable or unlisted row stops the build at its line."""
    from report_src.derivations import gate

    try:
        summary = gate.verify(project.root / "templates", project.work, cache=project.work / "derivations-cache.json")
    except RenderError as error:
        raise BuildError(str(error), INPUT_STATUS) from None
    for warning in summary.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    write_whole(project.work / "derivations.json", summary.as_json())


def start_tex(project: Project, changed: Collection[str] | None) -> None:
    """Let TeX set pages while the document is still being written: those before the first template that changed.

    `changed` are parts of the step's key, None where they are not known: then TeX reads its format and no more.
    """
    from report_src.ahead import beginning

    if project.ahead is not None:
        templates = {part.removeprefix("source:") for part in changed or () if part.startswith("source:templates/")}
        sure = templates and len(templates) == len(changed or ())
        told = beginning(project.work, "report", templates) if sure else b""
        project.ahead.start(project.work, "report", source_date_epoch(project.root), [told])


def render(project: Project, step: Step) -> None:
    """Render the templates to report.tex."""
    from report_src import render as renderer

    heard = None if project.ahead is None or project.draft else project.ahead.follow
    try:
        with bounded():
            findings = renderer.render(
                project.config, project.work, draft=project.draft, profile=project.profile, heard=heard
            )
    except InputError as error:
        raise BuildError(str(error), INPUT_STATUS) from None
    except RenderError as error:
        raise BuildError(with_line(str(error), error.place, project.root), INPUT_STATUS) from None
    for finding in findings:
        print(f"warning: {finding}", file=sys.stderr)


def compile_report(project: Project, step: Step) -> None:
    """Run TeX until references settle; say what is wider than its line."""
    from report_src import latex, tex_reads

    epoch = source_date_epoch(project.root)
    outcome = latex.compile_tex(project.work, "report", epoch=epoch, root=project.root, ahead=project.ahead)
    tex_reads.check(project.work, "report")
    for warning in outcome.warnings:
        print(f"warning: {warning}", file=sys.stderr)


def run_python(project: Project, step: Step, module: str, *arguments: str, forks: Forks | None = None) -> int:
    """Run a module of the analysis as a child; return the training iterations it took.

    What it warns of is printed. BuildError with its message, or the end of its log, if it fails.
    """
    command = [sys.executable, "-m", module, *arguments, "--config", str(project.config), "--build", str(project.work)]
    if project.profile is not None:
        command += ["--profile", project.profile]
    display = progress.display()
    said: list[str] = []
    took: list[int] = []

    def heard(line: str) -> None:
        report, steps = progress.parse(line), progress.parse_steps(line)
        if report is not None:
            display(*report)
        elif steps is not None:
            took.append(steps)
        else:
            said.append(line.rstrip("\n"))

    try:
        status = run_child(
            command,
            environment=study_environment(project.build, source_date_epoch(project.root)),
            log=project.log or io.StringIO(),
            heard=heard,
            keep_open=() if project.lock is None else (project.lock,),
            forks=forks,
        )
    finally:
        display.close()
    if status:
        raise failure(step.name, status, said, project.build / "build.log")
    for line in said:
        if line.startswith("warning: "):
            print(line, file=sys.stderr)
    return sum(took)


def failure(step: str, status: int, said: list[str], log: Path) -> BuildError:
    """Return what to show of a child that failed: its one message, or the end of what it printed."""
    messages = [line.removeprefix("error: ") for line in said if line.startswith("error: ")]
    if status == INPUT_STATUS and messages:
        return BuildError(messages[-1], INPUT_STATUS)
    reason = f"was killed by signal {-status}" if status < 0 else f"failed with status {status}"
    tail = "\n".join(f"    {line}" for line in said[-SHOWN_LINES:])
    return BuildError(f"{step} {reason}:\n{tail}\nsee {log}")
