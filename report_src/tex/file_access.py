r"""What TeX read, by its own record: only below its folder and in its distribution.

`openin_any=p` keeps TeX's \input and \openin to that; pdfTeX's \pdfobj … file {…} does not ask it.
"""

import os
import re
from pathlib import Path

from report_src.errors import BuildError

DISTRIBUTION = re.compile(r"\.?(texmf|texlive)")  # how a folder's name begins that holds one, or its fonts and settings
OWN_TREES = ("TEXMFHOME", "TEXMFLOCAL")  # environment variables that name a tree of the user's, whatever it is called


def check(folder: Path, name: str) -> None:
    """BuildError where a run on folder/name.tex read a file that is neither; its PDF is removed."""
    record = folder / f"{name}.fls"
    lines = record.read_text(encoding="utf-8", errors="replace").splitlines() if record.exists() else []
    read = dict.fromkeys(line.removeprefix("INPUT ") for line in lines if line.startswith("INPUT "))
    foreign = [path for path in read if outside(Path(path), folder)]
    if foreign:
        (folder / f"{name}.pdf").unlink(missing_ok=True)
        raise BuildError(f"{name}.tex: expected TeX to read only below the build folder, got {foreign[0]}; "
                         "take out what reads it, or put the file there", 2)  # fmt: skip


def outside(path: Path, folder: Path) -> bool:
    """Whether a file lies neither below the folder nor in a TeX distribution or a tree of the user's own."""
    trees = [folder, *(Path(os.environ[name]) for name in OWN_TREES if os.environ.get(name))]
    if any(DISTRIBUTION.match(part) for part in path.parts[:-1]) and ".." not in path.parts:
        return False
    return not any(Path(folder, path).resolve().is_relative_to(tree.resolve()) for tree in trees)
