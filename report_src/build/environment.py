"""Is the environment the pinned one; which report is meant."""

import hashlib
import sys
from pathlib import Path

from analysis.errors import InputError
from analysis.io.user_file import decode, is_there, kept_bytes
from analysis.settings.header import check_test_header
from analysis.settings.load import load, place, unfilled
from report_src.errors import BuildError
from report_src.project import ROOT, Project
from report_src.rendering import ai_usage

TEXT = (".j2", ".tex", ".toml", ".txt")  # of the files below templates/


def check(root: Path = ROOT) -> None:
    """Raise BuildError unless the environment was made from the present requirements.lock.

    make compares file times, which a clock set back deceives; here the content is compared.
    """
    stamp = root / ".ready" / "environment"
    pinned = hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()
    if not stamp.exists() or f"lock {pinned}" not in stamp.read_text(encoding="utf-8").splitlines():
        raise BuildError(
            "the environment is not what requirements.lock pins; type: python3 bootstrap.py environment", 2
        )


def open_project(
    config: Path,
    build: Path,
    profile: str | None,
    *,
    draft: bool = False,
    root: Path = ROOT,
    studies: Path | None = None,
    printing: bool = True,
) -> Project:
    """Read the settings of a report; BuildError for a mistake in them. For `printing`, say what is to be filled in."""
    try:
        settings = load(config, profile, studies)
        project = Project(root, config, build, settings, profile, draft, studies)
        check_text(project.templates, project.home)
    except InputError as error:
        raise BuildError(str(error), 2) from None
    for lack in unfilled(settings) if printing else ():
        print(f"warning: {lack}", file=sys.stderr)
    for override in settings.overridden:
        print(f"warning: {config}: {override}", file=sys.stderr)
    return project


def check_text(templates: Path, root: Path) -> None:
    """Raise InputError at the first byte of a template, or of a table beside the templates, that is no UTF-8."""
    for path in sorted(path for path in templates.rglob("*") if path.suffix in TEXT and path.is_file()):
        typed = kept_bytes(path)
        if not typed.isascii() or b"\0" in typed:
            decode(typed, path.relative_to(root).as_posix(), "take it out")


def check_inputs(project: Project) -> None:
    """Raise BuildError for what would come to light after minutes of training; warn of simulated data.

    That is a mistake in the log of AI use, or a test table without its labels.
    """
    if project.settings.simulated:
        files = f"{project.settings.train_path} and {project.settings.test_path}"
        print(f"warning: {files}: neither is there, so the data are simulated", file=sys.stderr)
    if project.ai_log is not None and not is_there(project.ai_log):
        print(f"warning: {place(project.settings, 'ai', 'log')}: there is no {project.ai_log}, so the use of AI is not "
              "declared; correct the name, or take the line out", file=sys.stderr)  # fmt: skip
    try:
        check_test_header(project.settings)
        ai_usage.load(project.ai_log)
    except InputError as error:
        raise BuildError(str(error), 2) from None
