"""Prepare the machine: `python3 bootstrap.py environment|tex|tools`. Standard library alone, any Python 3.8 or newer.

environment   .venv holds exactly what requirements.lock pins
tex           pdflatex and every package that templates/preamble.tex loads
tools         what the tests look at PDFs and at the preview's page with

Each leaves a stamp in .ready/ once it is done, so that make asks only when something changed.
What is missing is installed where that needs no password; otherwise the command to type is named.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)  # tomllib, and what the pinned packages ask for
NEWEST_TRIED = 14  # interpreters python3.11 … python3.14 are looked for where `python3` itself is too old
OLDEST_TEX = 2021  # siunitx 3, and tcolorbox and tabularray as the templates use them
TEX_PACKAGES = {
    "apt": "texlive-latex-recommended texlive-latex-extra texlive-science texlive-fonts-recommended"
    " texlive-pictures lmodern",
    "dnf": "texlive-collection-latexrecommended texlive-collection-latexextra texlive-collection-mathscience"
    " texlive-collection-fontsrecommended texlive-collection-pictures texlive-lm",
    "brew": "--cask mactex-no-gui",
}
TOOL_PACKAGES = {"apt": "poppler-utils", "dnf": "poppler-utils", "brew": "poppler"}
TOOLS = ("pdfinfo", "pdffonts", "pdftotext", "pdftoppm")
BROWSER_PACKAGES = {"apt": "chromium", "dnf": "chromium", "brew": "--cask chromium"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")  # any of them shows the preview to the tests
VENV_PACKAGES = {"apt": "python3-venv", "dnf": "python3", "brew": "python3"}
PYTHON_PACKAGES = {"apt": "python3 python3-venv", "dnf": "python3.12", "brew": "python@3.12"}


class Missing(Exception):
    """Something that has to be there is not; the text says what and what to type."""


# --- the environment ---------------------------------------------------------------------------------------------


def prepare_environment(root: Path) -> None:
    """Make .venv hold what requirements.lock pins; a half-made one is never taken for whole (the stamp is last)."""
    lock, venv, stamp = root / "requirements.lock", root / ".venv", root / ".ready" / "environment"
    wanted = environment_stamp(root)
    if _read(stamp) == wanted and runs(venv / "bin" / "python"):
        stamp.touch()  # make compares times: the lock may have been touched without a change
        return
    stamp.unlink(missing_ok=True)
    if venv.is_symlink():
        adopt(venv, lock)
    else:
        say(f"making {venv.name} from {lock.name} (some minutes: torch and scipy are large)")
        make_environment(venv, lock)
    write_stamp(stamp, wanted)


def environment_stamp(root: Path) -> str:
    """What the environment depends on: where it lies, which Python made it, what is pinned."""
    version = ".".join(map(str, sys.version_info[:3]))
    digest = hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()
    return f"{root / '.venv'}\npython {version}\nlock {digest}\n"


def make_environment(venv: Path, lock: Path) -> None:
    """Make the environment afresh and install the pinned packages."""
    if not has_venv():
        install("the Python module venv (ensurepip)", VENV_PACKAGES)
        if not has_venv():
            raise Missing("python3 still cannot make environments: " + how_to_install(VENV_PACKAGES))
    run([sys.executable, "-m", "venv", "--clear", str(venv)], "python3 -m venv failed")
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--requirement", str(lock)], f"pip could not install what {lock.name} pins")


def adopt(venv: Path, lock: Path) -> None:
    """Accept an environment that .venv links to if it holds every pinned package; it is never changed."""
    code = (
        "import sys\nfrom importlib.metadata import version, PackageNotFoundError\n"
        "for name, pin in (line.split('==') for line in sys.argv[1:]):\n"
        "    try: found = version(name).split('+')[0]\n"
        "    except PackageNotFoundError: found = 'nothing'\n"
        "    if found != pin: print(name, 'is pinned at', pin, 'and', found, 'is installed')\n"
    )
    python = venv / "bin" / "python"
    if not runs(python):
        raise Missing(f"{venv} is a link to an environment that does not run; remove it and run make again")
    answer = subprocess.run([str(python), "-c", code, *pinned(lock)], capture_output=True, text=True, check=False)
    if answer.stdout or answer.returncode:
        note = (answer.stdout or answer.stderr).strip().splitlines()
        say(f"note: {venv.name} is a link and is left as it is, though {note[0]} ({len(note)} differ)")


def pinned(lock: Path) -> list:
    """Return the lines name==version of a lock file."""
    lines = (line.split("#")[0].strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def has_venv() -> bool:
    """Whether this interpreter can make environments (Debian ships ensurepip apart)."""
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def newer_python() -> str | None:
    """Return an interpreter that is new enough, where this one is not."""
    for minor in range(NEWEST_TRIED, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and runs(Path(found)):
            return found
    return None


# --- TeX and tools -----------------------------------------------------------------------------------------------


def prepare_tex(root: Path) -> None:
    """See that pdflatex and every package of the preamble are there; install TeX Live's where we may."""
    needed = tex_files(root)
    missing = missing_tex(needed)
    if missing:
        install("TeX: " + ", ".join(missing), TEX_PACKAGES)
        missing = missing_tex(needed)
    if missing:
        raise Missing("TeX still lacks " + ", ".join(missing) + "; " + how_to_find(missing[0]))
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
        raise Missing(f"{shutil.which('pdflatex')} does not run; {how_to_install(TEX_PACKAGES)}")
    return answer.stdout.splitlines()[0]


def prepare_tools(root: Path) -> None:
    """See that the programs are there which the tests look at PDFs with, and if possible a browser."""
    if any(shutil.which(name) is None for name in TOOLS):
        install("poppler: " + ", ".join(name for name in TOOLS if shutil.which(name) is None), TOOL_PACKAGES)
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing:
        raise Missing(f"{', '.join(missing)} still missing: " + how_to_install(TOOL_PACKAGES))
    prepare_browser()
    write_stamp(root / ".ready" / "tools", " ".join(TOOLS) + "\n")


def prepare_browser() -> None:
    """Install a browser where none is; the tests of the preview are left out where that cannot be done."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    try:
        install("a browser: " + BROWSERS[0], BROWSER_PACKAGES)
    except Missing as missing:
        say(f"note: {missing}\n  (the tests of the preview are left out)")


# --- installing ---------------------------------------------------------------------------------------------------


def install(what: str, packages: dict) -> None:
    """Install with apt where it needs no password; Missing with the exact command otherwise."""
    prefix = privilege()
    if shutil.which("apt-get") is None or prefix is None:
        raise Missing(f"missing: {what}\n  " + how_to_install(packages))
    say(f"missing: {what}; installing {packages['apt']}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    run([*apt, "update"], "apt-get update failed")
    run([*apt, "install", "--no-install-recommends", "--yes", *packages["apt"].split()], "apt-get install failed")


def privilege() -> list | None:
    """Return what a command of root's is prefixed with: nothing for root, sudo where it asks no password, else None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def how_to_install(packages: dict) -> str:
    """Return the exact command for the package manager that is here (all three where none is)."""
    commands = {
        "apt": f"sudo apt-get update && sudo apt-get install --no-install-recommends {packages['apt']}",
        "dnf": f"sudo dnf install {packages['dnf']}",
        "brew": f"brew install {packages['brew']}",
    }
    programs = {"apt": "apt-get", "dnf": "dnf", "brew": "brew"}
    here = [command for name, command in commands.items() if shutil.which(programs[name])]
    return "type: " + (here[0] if here else "\n    or: ".join(commands.values()))


def how_to_find(file: str) -> str:
    """Return the command that installs a file of TeX which the packages named above do not hold."""
    commands = {
        "apt-get": "sudo apt-get install texlive-full",
        "dnf": f"sudo dnf install 'tex({file})'",
        "tlmgr": f"sudo tlmgr install {Path(file).stem}",
    }
    here = [command for program, command in commands.items() if shutil.which(program)]
    return "type: " + (here[0] if here else "\n    or: ".join(commands.values()))


# --- small things -------------------------------------------------------------------------------------------------


def run(command: list, complaint: str) -> None:
    """Run a command; Missing with the end of what it said if it fails."""
    done = subprocess.run(  # it inherits the lock: should it outlive us, the next make waits for it
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        close_fds=False,
    )
    if done.returncode:
        tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-8:])
        raise Missing(f"{complaint}:\n{tail}\n  the command was: {' '.join(command)}")


def runs(python: Path) -> bool:
    """Whether an interpreter is there and starts."""
    return python.exists() and subprocess.run([str(python), "-c", ""], capture_output=True).returncode == 0


def write_stamp(path: Path, text: str) -> None:
    """Write a stamp, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def say(text: str) -> None:
    """Print to standard error at once."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def lock_root(root: Path) -> object:
    """Wait until no other bootstrap runs here; the lock goes with the process and what it runs."""
    import fcntl

    (root / ".ready").mkdir(exist_ok=True)
    handle = (root / ".ready" / "lock").open("w")
    os.set_inheritable(handle.fileno(), True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("another make is preparing this clone; waiting for it")
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


PARTS = {"environment": prepare_environment, "tex": prepare_tex, "tools": prepare_tools}


def main(arguments: list | None = None) -> int:
    """Prepare the named parts; 2 where something is missing that may not be installed."""
    parser = argparse.ArgumentParser(prog="python3 bootstrap.py", description="Prepare the machine.")
    parser.add_argument("parts", nargs="+", choices=PARTS)
    options = parser.parse_args(arguments)
    if sys.version_info < OLDEST_PYTHON:
        newer = newer_python()
        if newer is not None:
            os.execv(newer, [newer, __file__, *options.parts])
        version = ".".join(map(str, sys.version_info[:3]))
        say(f"Python 3.{OLDEST_PYTHON[1]} or newer is needed, this is {version}; {how_to_install(PYTHON_PACKAGES)}")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))  # so that what runs is ended as well
    lock = lock_root(ROOT)
    try:
        for part in options.parts:
            PARTS[part](ROOT)
    except Missing as missing:
        say(str(missing))
        return 2
    finally:
        del lock
    return 0


if __name__ == "__main__":
    sys.exit(main())
