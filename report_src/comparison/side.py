"""One of the two reports: a PDF, a build folder, or a commit that is built first."""

import os
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from report_src.errors import BuildError
from report_src.project import REPORT, ROOT
from report_src.submission.attached import CANNOT, Attached, read
from report_src.system.git import git

LAST_LINES = 5  # of what a build that failed said


class Side(Struct, frozen=True):
    """A report: how it is called, its PDF and what is attached to that."""

    name: str
    pdf: Path
    attached: Attached


def side(what: str, config: Path, build: Path) -> Side:
    """Return the report that a path of a PDF, a build folder or a commit names.

    A commit is built from the data beside `config` and kept in `build`/commits. BuildError (status 2) where `what` is
    none of the three, or has no readable report.
    """
    path = Path(what)
    if path.is_dir():
        path = path / REPORT
    elif not path.exists() and (commit := git(ROOT, "rev-parse", "--verify", "--quiet", f"{what}^{{commit}}").strip()):
        path = _of_commit(commit, config, build / "commits" / commit[:10])
    if not path.is_file():
        raise BuildError(f"{what}: expected a PDF, a build folder with a {REPORT}, or a commit", CANNOT)
    return Side(what, path, read(path))


def _of_commit(commit: str, config: Path, folder: Path) -> Path:
    """Return the PDF of the report `config` at a commit, which is built unless `folder` has it.

    BuildError where it cannot be built, or no commit of this clone holds the report.
    """
    report = config.parent.resolve()
    if not report.is_relative_to(ROOT):
        step = "name two PDFs or build folders"
        raise BuildError(f"{config}: lies outside of this clone, so no commit of it holds that report; {step}", CANNOT)
    report = report.relative_to(ROOT)
    pdf = folder / "build" / REPORT
    if pdf.is_file():
        return pdf
    print(f"commit {commit[:10]} is built first, and kept in {folder}", file=sys.stderr)
    sources = folder / "sources"
    git(ROOT, "worktree", "add", "--force", "--detach", str(sources), commit)
    try:
        for data in (config.parent / "data").iterdir():
            if not (there := sources / report / "data" / data.name).exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                there.symlink_to(data.resolve())
        (sources / ".venv").symlink_to(sys.prefix)
        (sources / ".ready").symlink_to(ROOT / ".ready")
        words = {"--config": str(report / config.name), "--build": str((folder / "build").resolve())}
        command = [sys.executable, "-m", "report_src", "report", *(word for pair in words.items() for word in pair)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"commit {commit[:10]} cannot be built here: {error}", CANNOT) from None
    finally:
        git(ROOT, "worktree", "remove", "--force", str(sources))
    if done.returncode:
        said = "\n".join(done.stderr.splitlines()[-LAST_LINES:])
        raise BuildError(f"commit {commit[:10]} cannot be built here:\n{said}", CANNOT)
    return pdf
