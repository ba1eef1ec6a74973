"""A zip of the rendered document and all it needs, which compiles unchanged where it is unpacked (Overleaf)."""

import io
import re
import zipfile
from pathlib import Path

from report_src.build.finished_steps import Memory
from report_src.build.pipeline import PRIVATE
from report_src.project import DOCUMENT, Project
from report_src.system.files import digest, write_whole
from report_src.tex.source_map import PREAMBLE

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say; the files' own times would differ from run to run
MODE = 0o100644 << 16  # a regular file, readable by all
PDFTEX_ALONE = (
    b"% !TeX program = pdflatex\n"
    b"\\ifdefined\\pdfoutput\\else\\errmessage{This document is for pdfLaTeX (Overleaf: Menu, Compiler)}\\fi\n"
)
GENERATED = (".aux", ".toc", ".out", ".lof", ".lot", ".log", ".fls", ".fmt")


def write_bundle(project: Project) -> Path:
    """Write BUILD/<roll number>-bundle.zip and return its path; the report must have been built."""
    rendered = Memory(project.build).products("render").keys() - {*PRIVATE}
    names = sorted(rendered | set(recorded_inputs(project.work, DOCUMENT)))
    roll = re.sub(r"[^A-Za-z0-9_-]+", "-", project.settings.report.roll_number).strip("-") or "report"
    target = project.build / f"{roll}-bundle.zip"
    write_whole(target, zipped(project.work, names))
    Memory(project.build).publish("bundle", {target.name: digest(target)})
    return target


def recorded_inputs(folder: Path, name: str) -> list[str]:
    """Return the files below `folder` that TeX read, by its own records (name.fls and its format's), not its own."""
    here = folder.resolve()
    found = set()
    records = [path for path in (folder / f"{name}.fls", folder / f"{name}-format.fls") if path.exists()]
    for line in (line for path in records for line in path.read_text(encoding="utf-8").splitlines()):
        kind, _, path = line.partition(" ")
        place = (here / path).resolve()
        if kind == "INPUT" and place.is_relative_to(here) and place.suffix not in GENERATED:
            found.add(place.relative_to(here).as_posix())
    return sorted(found)


def _main_file(document: bytes, preamble: bytes) -> bytes:
    r"""Return the document with its preamble in it: Overleaf takes the file with \documentclass for the main one."""
    begins = f"\\input{{{Path(PREAMBLE).stem}}}".encode()
    assert document.startswith(begins)
    return PDFTEX_ALONE + preamble + document.removeprefix(begins)


def zipped(folder: Path, names: list[str]) -> bytes:
    """Return a zip of the files, the preamble within the document; its bytes depend only on names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in (name for name in names if name != PREAMBLE):
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, MODE, 3
            content = (folder / name).read_bytes()
            if name == f"{DOCUMENT}.tex":
                content = _main_file(content, (folder / PREAMBLE).read_bytes())
            archive.writestr(entry, content)
    return buffer.getvalue()
