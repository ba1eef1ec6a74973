"""What each step does. Studies run as children; what follows runs here, imported when it is needed."""

import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from analysis.errors import InputError
from analysis.settings.cores import SLOTS
from report_src.build.context import BuildContext
from report_src.build.step import Step
from report_src.errors import BuildError, RenderError
from report_src.project import DOCUMENT
from report_src.system.files import write_whole

SHOWN_LINES = 15  # of the log of a child that failed in a way it did not foresee
_STUDY = re.compile(r"(?:^|/)(?:studies|analysis)/(?!compute/|__main__|study\.py)[\w/]+\.py$")  # what a student writes
_FRAME = re.compile(r'^ *File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)(?:\n +(?P<code>\S.*))?', re.M)
_RAISED = re.compile(r"[A-Za-z_][\w.]*(?:: .*)?$")
_FOLLOWS = re.compile(r"\n.*The above exception was the direct cause of the following exception.*\n")
INPUT_STATUS = 2  # exit status of a mistake in a file that the user edits


def run_study(context: BuildContext, step: Step) -> str:
    """Run `python -m analysis STUDY`, which may read what its row declares and nothing else; return what it took."""
    arguments = (step.name, "--reads", *step.reads, "--settings", *step.settings)
    steps = _run_python(context, step, "analysis", *arguments, preload=context.preload)
    return f"{steps:,} training steps" if steps else ""


def draw_figures(context: BuildContext, step: Step) -> None:
    """Run `python -m analysis.draw STUDY`, which reads what the study saved."""
    _run_python(context, step, "analysis.draw", *step.reads, "--settings", *step.settings, preload=context.preload)


def join(context: BuildContext, step: Step) -> None:
    """Join the records of the studies to results.json."""
    _run_python(context, step, "analysis.collect")


def verify(context: BuildContext, step: Step) -> None:
    """Execute the derivations as printed; a wrong, unreadable or unlisted row stops the build at its line."""
    from report_src.derivations import gate

    project = context.project
    try:
        summary = gate.verify(project.templates, project.work, cache=project.work / "derivations-cache.json")
    except RenderError as error:
        raise BuildError(str(error), INPUT_STATUS) from None
    for warning in summary.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    write_whole(project.derivations, summary.as_json())


def foresee(context: BuildContext) -> None:
    """Let TeX set the last document with the words edited since, while all else is still to be done.

    Nothing is started where no template of the document was edited.
    """
    from report_src.prose.foreseen import foreseen, looked_through

    project = context.project
    templates = looked_through(project.work, project.found)
    if not templates.texts:
        return
    ahead = context.hold_tex()
    # TeX reads its format while the words are looked for
    ahead.start(project.work, DOCUMENT, project.epoch, [] if ahead.waiting else [b""])
    uncounted, whole = foreseen(project.work, DOCUMENT, templates)
    ahead.follow(uncounted)
    if uncounted and whole != uncounted:
        from report_src.prose.blocks import counts_stay  # while TeX reads

        if counts_stay(project.templates, {project.found(name): both for name, both in templates.texts.items()}):
            ahead.follow(whole)


def start_tex(context: BuildContext) -> None:
    """Let TeX read its format while the document is still being written, where no TeX waits."""
    if context.ahead is not None and not context.ahead.waiting:
        context.ahead.start(context.project.work, DOCUMENT, context.project.epoch)


def render(context: BuildContext, step: Step) -> None:
    """Render the templates to report.tex."""
    from report_src.rendering import render as renderer
    from report_src.system.limits import bounded

    project = context.project
    ahead = None if project.draft else context.ahead
    told = (None, None) if ahead is None else (ahead.follow, partial(ahead.follow, whole=True))
    try:
        with bounded():
            findings = renderer.render(project, *told)
    except InputError as error:
        raise BuildError(str(error), INPUT_STATUS) from None
    except RenderError as error:
        raise located(error, context) from None
    for finding in findings:
        print(f"warning: {finding}", file=sys.stderr)


def compile_report(context: BuildContext, step: Step) -> None:
    """Run TeX until references settle; say what is wider than its line."""
    from report_src.tex import compile, file_access

    project = context.project
    outcome = compile.compile_tex(project.work, DOCUMENT, epoch=project.epoch, root=project.home, ahead=context.ahead)
    file_access.check(project.work, DOCUMENT)
    for warning in outcome.warnings:
        print(f"warning: {warning}", file=sys.stderr)


def web(context: BuildContext, step: Step) -> None:
    """Write the report as a web page."""
    from report_src.web import page

    try:
        page.write(context.project)
    except RenderError as error:
        raise located(error, context) from None


def located(error: RenderError, context: BuildContext) -> BuildError:
    """Return an error of rendering as one of the build, with the line of the template that it is about."""
    from report_src.tex.source_map import of_message, whole_line, with_column, with_line

    home = context.project.home
    column = of_message(whole_line(error.place, home), error.message)
    placed = RenderError(error.message, with_column(error.place, column))
    return BuildError(with_line(str(placed), placed.place, home), INPUT_STATUS)


def _run_python(context: BuildContext, step: Step, module: str, *arguments: str, preload: Sequence[str] = ()) -> int:
    """Run a module of the analysis, with libraries that a fork server loads; return the training iterations it took.

    Its warnings are printed. Raise BuildError with its message, or the end of its log, if it fails.
    """
    from report_src.system import progress_bar
    from report_src.system.forkserver import run_module
    from report_src.system.processes import study_environment

    project = context.project
    command = [module, *arguments, "--config", str(project.config), "--build", str(project.work)]
    if project.profile is not None:
        command += ["--profile", project.profile]
    if project.studies is not None:
        command += ["--studies", str(project.studies)]
    display = context.display or progress_bar.display()
    printed: list[str] = []
    took: list[int] = []

    def on_line(line: str) -> None:
        report, steps = progress_bar.parse(line), progress_bar.parse_steps(line)
        if report is not None:
            display(*report)
        elif steps is not None:
            took.append(steps)
        else:
            printed.append(line.rstrip("\n"))

    environment = study_environment(project.build, project.epoch)
    if context.slots is not None:
        environment[SLOTS] = str(context.slots.resolve())
    try:
        status = run_module(
            command,
            environment=environment,
            log=context.log,
            on_line=on_line,
            keep_open=[context.lock],
            preload=preload,
            stop=context.stop,
        )
    finally:
        if display is not context.display:
            display.close()
    if status:
        raise failure_message(step.name, status, printed, project.build / "build.log")
    for line in printed:
        if line.startswith("warning: "):
            print(line, file=sys.stderr)
    return sum(took)


def failure_message(step: str, status: int, printed: list[str], log: Path) -> BuildError:
    """Return what to show of a child that failed: its one message, or the end of what it printed."""
    messages = [line.removeprefix("error: ") for line in printed if line.startswith("error: ")]
    if status == INPUT_STATUS and messages:
        return BuildError(messages[-1], INPUT_STATUS)
    reason = f"was killed by signal {-status}" if status < 0 else f"failed with status {status}"
    if at := mistake(printed):
        return BuildError(f"{at}\n{step} {reason}; the whole traceback is in {log}")
    tail = "\n".join(f"    {line}" for line in printed[-SHOWN_LINES:])
    return BuildError(f"{step} {reason}:\n{tail}\nsee {log}")


def mistake(printed: Sequence[str]) -> str:
    """Return place, exception, function and line of a traceback's innermost frame in a study; "" where it has none.

    Of exceptions that follow from one another the first one counts, as a worker's comes before that of its pool.
    """
    text = "\n".join(printed)
    for part in _FOLLOWS.split(text):
        frames = [frame for frame in _FRAME.finditer(part) if _STUDY.search(frame["file"])]
        raised = [line for line in part[frames[-1].end() :].splitlines() if _RAISED.match(line)] if frames else []
        if raised:
            at = frames[-1]
            place = at["file"][_STUDY.search(at["file"]).start() :].lstrip("/")  # type: ignore[union-attr]
            return f"{place}:{at['line']}: {raised[0]}, in {at['function']}\n    {at['code'] or ''}".rstrip()
    return ""
