"""A new report, which is a folder: a copy of the small one in starter/, to go on from."""

import shlex
import shutil
from pathlib import Path

from report_src.errors import BuildError
from report_src.project import ROOT

STARTER = ROOT / "starter"
IGNORED = "build/\n__pycache__/\n"  # what git leaves out of a new report: its products


def write(folder: Path | None) -> str:
    """Copy the small report to a folder; return the command that builds it.

    BuildError (status 2) where no folder is named, or one that holds files.
    """
    if folder is None:
        raise BuildError("REPORT: expected a folder for the new report, got none; type: make new REPORT=path/to/it", 2)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BuildError(f"REPORT: expected a new or an empty folder, got '{folder}'; name another one", 2)
    if ROOT.is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(STARTER):
        raise BuildError(f"REPORT: expected a folder of its own, got '{folder}'; name another one", 2)
    shutil.copytree(STARTER, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"), dirs_exist_ok=True)
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
    words = {"CONFIG": folder / "report.toml", "BUILD": folder / "build"}
    if not folder.resolve().is_relative_to(ROOT):
        words["STUDIES"] = folder / "studies"
    typed = " ".join(f"{name}={shlex.quote(str(path))}" for name, path in words.items())
    return f"{folder}/report.toml\nbuild it: make report {typed}"
