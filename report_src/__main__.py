"""Contents page: what can be made. `python -m report_src [--config report.toml] [--build build] TARGET`."""

from __future__ import annotations

import os
import sys

from report_src.system import unchanged

if __name__ == "__main__" and unchanged.answer_repeated(sys.argv[1:], os.path.dirname(os.path.dirname(__file__))):
    sys.exit()  # before the imports below, which take longer than all else that is left to do

import argparse
import atexit
import contextlib
import gc
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from analysis.errors import InputError, of_storage, printable, reason
from report_src.errors import BuildError, Interrupted, RenderError
from report_src.findings import Finding, Outcome, as_json, listed, parsed, relative_to_here
from report_src.system import lock, terminal

if TYPE_CHECKING:
    from report_src.project import Project

# what prints the log of AI use; handin lists its mistakes
PRINTING = ("report", "draft", "check", "unused", "bundle", "web")
PRODUCTS = ("report", "draft", "figures", "results", "web")  # targets that are one file or folder
RENDERING = ("report", "draft", "check", "bundle", "handin", "web")  # targets whose steps read the templates
ASKED = ("unused", "why", "where", "audit", "diff")  # targets that answer a question
LAST_PORT = 65535
OBJECTS = 100_000  # that are made before Python looks for cycles among them: a build makes many and keeps most
ENDED_BY_KEY = 130  # the status of Ctrl-C
ROOT = Path(__file__).resolve().parent.parent
TARGETS = (*PRODUCTS, *ASKED, "check", "bundle", "handin", "new", "new-text", "watch", "clean")


class Parser(argparse.ArgumentParser):
    """A parser whose messages name the words that are typed behind `make`: `--port` is `PORT=`."""

    def error(self, message: str) -> NoReturn:
        """Print one line and end with status 2."""
        words = re.sub(r"^argument --(\w+)", lambda match: match[1].upper(), message)
        self.exit(2, f"error: {printable(words)}\n")


def main(arguments: list[str] | None = None) -> int:
    """Make a target; return the exit status (2: a mistake in a file the user edits)."""
    parser = Parser(prog="python -m report_src", description="Build the report.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument(
        "what", nargs="?", default=None, help="where: a key; audit: a PDF; new: a folder; new-text: a section's number"
    )
    parser.add_argument("--all", type=Path, default=None, metavar="FOLDER", help="audit: every PDF of a folder")
    parser.add_argument("--old", default=None, help="diff: a PDF, a build folder or a commit")
    parser.add_argument("--new", default=None, help="diff: what it is compared with")
    parser.add_argument("--form", choices=("text", "markdown", "html"), default="text", help="diff: how it is printed")
    parser.add_argument("--config", type=Path, default=Path("report.toml"), help="report.toml to read")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder for the products")
    parser.add_argument("--profile", default=None, help="quick, standard or full (instead of the file's)")
    parser.add_argument("--studies", type=Path, default=None, help="the folder of the report's studies, which will run")
    parser.add_argument(
        "--serve", action="store_true", help="watch: show the PDF on a page that only this machine sees"
    )
    parser.add_argument("--web", action="store_true", help="handin: with the report as a web page beside it")
    parser.add_argument("--port", type=port, default=0, help="watch: of that page (0: any that is free)")
    parser.add_argument("--editor", default="", metavar="URL", help="watch: what opens {path}:{line}:{column}, or none")
    parser.add_argument("--json", action="store_true", help="end with one JSON object: status, findings, printed lines")
    parser.add_argument("--parent", type=int, default=None, help="end when this process, which started us, is gone")
    options = parser.parse_args(arguments)
    options.typed = sys.argv[1:] if arguments is None else None  # of a command, which may be repeated
    options.named = relative_to_here(options.config.parent, options.studies)
    with terminal.plain(options.named):
        return run(options)


def port(typed: str) -> int:
    """Return the number of a port; argparse shows the message of a text that is none."""
    if not typed.isdecimal() or int(typed) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to {LAST_PORT}, got '{typed}'")
    return int(typed)


def run(options: argparse.Namespace) -> int:
    """Do what was asked for; return the exit status, after a message where that is not 0."""
    if options.json and options.target != "watch":
        return _run_for_program(options)
    return attempt(options).status


def _run_for_program(options: argparse.Namespace) -> int:
    """Do what was asked for; print one JSON object to standard output instead of what a person reads there."""
    said, errors = io.StringIO(), terminal.Warnings(sys.stderr)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        outcome = attempt(options)
    warnings = [finding for text in dict.fromkeys(errors.found) for finding in parsed(text, "warning")]
    outcome.findings = [*outcome.findings, *(finding for finding in warnings if finding not in outcome.findings)]
    terminal.say(as_json(options.target, outcome, said.getvalue()))
    return outcome.status


def attempt(options: argparse.Namespace) -> Outcome:
    """Do what was asked for; what stops it is printed and becomes the outcome."""
    try:
        _refuse_clone(options.build)
        return clean(options) if options.target == "clean" else make(options)
    except BuildError as error:
        print(listed(str(error)), file=sys.stderr)
        return Outcome(error.status, [finding for problem in error.problems for finding in parsed(problem)])
    except (InputError, RenderError) as error:  # of a file that no step read
        print(listed(str(error)), file=sys.stderr)
        return Outcome(2, parsed(str(error)))
    except Interrupted as interrupted:
        if options.target == "watch" and interrupted.status == ENDED_BY_KEY:
            return Outcome()  # that is how a watch ends
        message = f"{interrupted}; the last good build is unchanged"
        print(f"\n{message}", file=sys.stderr)
        return Outcome(interrupted.status, [Finding(message)])
    except OSError as error:
        storage = of_storage(error, options.build)
        message = storage or reason(error, options.build)
        print(f"error: {message}", file=sys.stderr)
        return Outcome(1 if storage is None else 2, [Finding(message)])


def _refuse_clone(build: Path) -> None:
    """BuildError where the build folder is the clone itself, or a folder around it (`make BUILD=` names none)."""
    if ROOT.is_relative_to(build.resolve()):
        wanted = "expected a folder of its own, such as BUILD=build"
        raise BuildError(f"BUILD: {wanted}, got '{build}', which is or holds the clone", 2)


def make(options: argparse.Namespace) -> Outcome:
    """Make a target that rests on the settings, or answer a question about the last build."""
    from report_src.system.files import file_clock

    loaded = file_clock()
    from report_src.build import environment, profiles, runner
    from report_src.system.processes import follow, signals_raise

    if options.parent is not None:
        follow(options.parent)
    environment.check()
    if options.target == "watch":
        from report_src.preview import watch

        with signals_raise():
            port = options.port if options.serve else None
            watch.main(options.config, options.build, options.profile, port, options.editor, options.studies)
    if options.target == "audit":
        from report_src.submission import audit

        with signals_raise():
            return audit.run(options.what, options.all, options.config, options.build, options.studies)
    if options.target == "new":
        from report_src.build import starter

        print(starter.write(Path(options.what) if options.what else None))
        return Outcome()
    if options.target == "diff":
        from report_src.comparison import compare

        return compare.run(options.old, options.new, options.config, options.build, options.form)
    draft = options.target == "draft"
    said = terminal.Warnings(sys.stderr)
    with contextlib.redirect_stderr(said):
        project = environment.open_project(
            options.config,
            options.build,
            options.profile,
            draft=draft,
            studies=options.studies,
            printing=options.target in PRINTING,
        )
        if options.target in PRINTING:
            environment.check_inputs(project)
    project = profiles.of_last_build(project, options.target)
    if options.target == "where":
        from report_src.numbers import answer as where

        found = where.answer(project, options.what)
        terminal.say(where.as_text(found))
        return Outcome(findings=found)
    if options.target == "new-text":
        from report_src.prose import skeleton

        print(skeleton.write(project.templates, options.what))
        return Outcome()
    if options.target == "why":
        rows = [(step, "; ".join(said)) for step, said in runner.why_and_how_long(project)]
        terminal.say("\n".join(f"{step}: {reasons}" for step, reasons in rows))
        return Outcome(findings=[Finding(reasons, "note", kind="step", name=step) for step, reasons in rows])
    with signals_raise():
        if options.target == "handin":
            from report_src.submission import handin

            handin.check_settings(project)
        with_page = options.target == "handin" and options.web
        changed = runner.make(project, "web" if with_page else options.target, loaded=loaded)
    terminal.say(answer(options.target, project, changed, with_page=with_page))
    if options.target in PRODUCTS and options.typed is not None and not options.json:
        again = answer(options.target, project, changed=False)
        warnings = [options.named(text) for text in said.found]
        runner.remember(project, options.typed, loaded, warnings, again)
    return Outcome(findings=_known_findings(options.target, project))


def _known_findings(target: str, project: Project) -> list[Finding]:
    """Return what the steps of a target found when they last ran: they print it once, and are not run again for it."""
    from report_src.project import FINDINGS

    if target == "unused":
        from report_src.numbers import lookup

        return [Finding("no template reads it", "note", kind="key", name=key) for key in lookup.unused_keys(project)]
    path = project.work / FINDINGS
    texts = json.loads(path.read_bytes()) if target in RENDERING and path.exists() else []
    return [finding for text in texts for finding in parsed(text, "warning")]


def answer(target: str, project: Project, changed: bool, *, with_page: bool = False) -> str:
    """Return what to say of a target that was made, after what is done with it beyond the steps."""
    if target in PRODUCTS:
        from report_src.project import DRAFT, REPORT, RESULTS, WEB_PAGE

        names = {"report": REPORT, "draft": DRAFT, "figures": "figures", "results": RESULTS, "web": WEB_PAGE}
        return f"{project.build / names[target]}{'' if changed else ' is up to date'}"
    if target == "bundle":
        from report_src.submission.bundle import write_bundle

        return str(write_bundle(project))
    if target == "handin":
        from report_src.submission import handin

        return str(handin.write(project, with_page=with_page))
    from report_src.numbers import lookup

    unread = lookup.unused_keys(project) if target == "unused" else []
    return "\n".join([*unread, f"{'every check passed; ' * (target == 'check')}{lookup.summary(project)}"])


def clean(options: argparse.Namespace) -> Outcome:
    """Remove what was built; this needs no environment."""
    from report_src.build.clean import clean as remove

    if not remove(options.build) and options.build.is_dir():
        print(f"nothing is removed: {options.build} holds no build")
    return Outcome()


def leave(status: int) -> NoReturn:
    """End this process with a status; the system frees what a build has made sooner than Python does."""
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads it: Python has its own status for that
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    gc.set_threshold(OBJECTS)
    lock.keep_temporary_files_together()
    leave(main())
