"""TeX: pdflatex and every package that templates/preamble.tex loads."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from machine import system
from machine.commands import Missing, write_stamp

OLDEST_TEX = 2021  # siunitx 3, and tcolorbox and tabularray as the templates use them
# Each package holds a file that templates/preamble.tex loads. For one more file: `apt-file search siunitx.sty`,
# `dnf provides 'tex(siunitx.sty)'`; tests/test_bootstrap.py looks each file up where dpkg is.
TEX_PACKAGES = {
    "apt": "texlive-latex-recommended texlive-latex-extra texlive-science texlive-pictures lmodern",
    "dnf": "texlive-collection-latexrecommended texlive-collection-latexextra texlive-collection-mathscience"
    " texlive-collection-pictures texlive-lm",
    "brew": "--cask mactex-no-gui",
}


def prepare_tex(root: Path) -> None:
    """See that pdflatex and every package of the preamble are there; install TeX Live's where we may."""
    needed = tex_files(root)
    missing = missing_tex(needed)
    if missing:
        system.install("TeX: " + ", ".join(missing), TEX_PACKAGES)
        missing = missing_tex(needed)
    if missing:
        raise Missing("TeX still lacks " + ", ".join(missing) + "; " + system.how_to_find(missing[0]))
    program, version = shutil.which("pdflatex"), tex_version()
    year = re.search(r"TeX Live (\d{4})", version)
    if year and int(year.group(1)) < OLDEST_TEX:
        raise Missing(
            f"TeX Live {OLDEST_TEX} or newer is needed, {year.group(1)} is installed ({program}); get a newer one "
            "(https://tug.org/texlive) and put its folder first in PATH, or upgrade the system"
        )
    write_stamp(root / ".ready" / "tex", f"{version}\n{program}\n")


def tex_files(root: Path) -> list:
    """Return the files that the preamble loads, as kpsewhich knows them."""
    preamble = root / "templates" / "preamble.tex"
    text = re.sub(r"(?<!\\)%.*", "", preamble.read_text(encoding="utf-8")) if preamble.exists() else ""
    names = ["article.cls", "lmodern.sty"]
    for command, argument in re.findall(r"\\(documentclass|usepackage|RequirePackage)\s*(?:\[[^]]*])?\{([^}]*)}", text):
        suffix = ".cls" if command == "documentclass" else ".sty"
        names += [name.strip() + suffix for name in argument.split(",") if name.strip()]
    return sorted(set(names))


def missing_tex(needed: list) -> list:
    """Return what is absent of the programs and files (one call of kpsewhich for all)."""
    programs = [name for name in ("pdflatex", "kpsewhich") if shutil.which(name) is None]
    if programs:
        return programs
    answer = subprocess.run(["kpsewhich", *needed], capture_output=True, text=True, check=False)
    found = {Path(line).name for line in answer.stdout.splitlines()}
    return [name for name in needed if name not in found]


def tex_version() -> str:
    """Return the first line of `pdflatex --version`."""
    answer = subprocess.run(["pdflatex", "--version"], capture_output=True, text=True, check=False)
    if answer.returncode or not answer.stdout:
        raise Missing(f"{shutil.which('pdflatex')} does not run; {system.how_to_install(TEX_PACKAGES)}")
    return answer.stdout.splitlines()[0]
