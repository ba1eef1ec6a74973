"""Prepare the machine: `python3 bootstrap.py environment|tex|tools`. Any Python 3.8 or newer runs it.

environment   .venv holds exactly what requirements.lock pins
tex           pdflatex and every package that templates/preamble.tex loads
tools         what draws the web page's pictures, and what the tests look at PDFs and pages with

Each leaves a stamp in .ready/ once it is done, so that make asks only when something changed.
What is missing is installed where that needs no password; otherwise the message has the command to type.
"""

from __future__ import annotations

import argparse
import ast
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
LOCK, CUDA_LOCK = "requirements.lock", "requirements-cuda.lock"
MADE_FROM = "made-from"  # in an environment that this file made: `unfinished`, then the stamp
OLDEST_UV = (0, 5)
RELOCATABLE = ("venv", "--quiet", "--allow-existing", "--relocatable")  # a clone may be copied or moved with it
TORCH_PAGE = ("--find-links", "https://download.pytorch.org/whl/cpu/torch/")
PLACES = ("index-url", "extra-index-url", "find-links", "trusted-host")  # as pip and uv both call them
LEADS_ELSEWHERE = re.compile("PIP_|UV_|PYTHON|VIRTUAL_ENV$|CONDA_")
REACHES = re.compile(
    "PIP_(CONFIG_FILE|NO_INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|DEFAULT_TIMEOUT|RETRIES|"
    "CACHE_DIR)$|UV_(INDEX.*|DEFAULT_INDEX|EXTRA_INDEX_URL|FIND_LINKS|INSECURE_HOST|HTTP_.*|SYSTEM_CERTS|NATIVE_TLS|"
    "CACHE_DIR|LINK_MODE|CONFIG_FILE)$"
)
OLDEST_TEX = 2021  # siunitx 3, and tcolorbox and tabularray as the templates use them
# Each package holds a file that templates/preamble.tex loads. For one more file: `apt-file search siunitx.sty`,
# `dnf provides 'tex(siunitx.sty)'`; tests/test_bootstrap.py looks each file up where dpkg is.
TEX_PACKAGES = {
    "apt": "texlive-latex-recommended texlive-latex-extra texlive-science texlive-pictures lmodern",
    "dnf": "texlive-collection-latexrecommended texlive-collection-latexextra texlive-collection-mathscience"
    " texlive-collection-pictures texlive-lm",
    "brew": "--cask mactex-no-gui",
}
TOOL_PACKAGES = {"apt": "poppler-utils", "dnf": "poppler-utils", "brew": "poppler"}
TOOLS = ("pdfinfo", "pdffonts", "pdftotext", "pdftoppm", "pdftocairo")
BROWSER_PACKAGES = {"apt": "chromium", "dnf": "chromium", "brew": "--cask chromium"}
AXE = "axe-core@4.14.1"  # checks the web page for readers who do not see it; only the tests use it
BROWSERS = ("chromium", "chromium-browser", "google-chrome")  # any of them shows the preview to the tests
VENV_PACKAGES = {"apt": "python3-venv", "dnf": "python3", "brew": "python3"}
PYTHON_PACKAGES = {"apt": "python3 python3-venv", "dnf": "python3.12", "brew": "python@3.12"}


class Missing(Exception):
    """Something required is missing; the text has what it is and what to type."""


# --- the environment ---------------------------------------------------------------------------------------------


def prepare_environment(root: Path) -> None:
    """Make .venv hold what the lock pins; the stamps are written last, so a half-made one is never used."""
    venv, stamp, lock = root / ".venv", root / ".ready" / "environment", wanted_lock(root)
    wanted = environment_stamp(root, lock)
    if not venv.is_symlink() and _read(venv / MADE_FROM) == wanted and runs(venv / "bin" / "python"):
        write_stamp(stamp, wanted)  # make compares times; the environment may have come here with a copied clone
        return
    stamp.unlink(missing_ok=True)
    if venv.is_symlink():
        adopt(venv, lock)
    else:
        set_aside(venv)
        make_environment(venv, lock)
        write_stamp(venv / MADE_FROM, wanted)
    write_stamp(stamp, wanted)


def wanted_lock(root: Path) -> Path:
    """Return the lock file to install from; TORCH=cuda asks for the one with torch's CUDA build."""
    asked = os.environ.get("TORCH", "").strip().lower()
    if asked not in ("", "cpu", "cuda"):
        raise Missing(f"TORCH={asked}: expected cpu or cuda; leave it out for the build that needs no graphics card")
    return root / (CUDA_LOCK if asked == "cuda" and sys.platform == "linux" else LOCK)


def environment_stamp(root: Path, lock: Path) -> str:
    """Return what the environment depends on: which Python made it and what is pinned, wherever it lies."""
    version = ".".join(map(str, sys.version_info[:3]))
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (root / LOCK, lock)]
    return f"python {version}\nlock {digests[0]}\ninstalled {lock.name} {digests[1]}\n"


def set_aside(venv: Path) -> None:
    """Remove an environment that this file made; rename any other, as somebody may need it."""
    if not venv.exists():
        return
    if (venv / MADE_FROM).exists():
        shutil.rmtree(venv)
        return
    names = (venv.with_name(f"{venv.name}.own{number}") for number in ("", *range(2, 1000)))
    aside = next(path for path in names if not path.exists())
    venv.rename(aside)
    say(f"note: this project did not make the {venv.name} that was here; it is now {aside.name}")


def make_environment(venv: Path, lock: Path) -> None:
    """Make an environment where none is, install the pinned packages and see that they are there."""
    venv.mkdir()
    (venv / MADE_FROM).write_text("unfinished\n", encoding="utf-8")
    say(f"making {venv.name} from {lock.name} (torch and scipy are large: up to some minutes where they are fetched)")
    uv = usable_uv()
    if uv is not None:
        run([uv, *RELOCATABLE, "--python", sys.executable, str(venv)], "uv could not make an environment")
        installer = uv_install(uv, venv)
        install_packages(installer, first_pins(lock, venv, "setuptools"))
    else:
        installer = make_with_pip(venv, lock)
    installed = install_lock(installer, lock)
    absent = differences(venv, installed)
    if absent:
        raise Missing(f"{venv.name} is incomplete after installing: {absent[0]} ({len(absent)} differ)")


def usable_uv() -> str | None:
    """Return the uv on PATH if it is new enough."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run([uv, "--version"], capture_output=True, text=True, env=clean_environment(), check=False)
    version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return uv if version and tuple(map(int, version.groups())) >= OLDEST_UV else None


def make_with_pip(venv: Path, lock: Path) -> list:
    """Make an environment with the module venv, install uv's wheel into it and return what installs the rest."""
    run([sys.executable, "-m", "venv", "--without-pip", str(venv)], "python3 -m venv failed")
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    answer = subprocess.run([*pip, "--version"], capture_output=True, env=clean_environment(), check=False)
    if answer.returncode:  # no pip beside this Python, or one from before 2022: the environment gets its own
        if not has_venv():
            install("the Python module venv (ensurepip)", VENV_PACKAGES)
            if not has_venv():
                raise Missing("python3 still cannot make environments: " + how_to_install(VENV_PACKAGES))
        run([sys.executable, "-m", "venv", str(venv)], "python3 -m venv failed")
        pip = [str(venv / "bin" / "python"), "-m", "pip"]
    pip += ["--disable-pip-version-check", "install", "--no-compile"]  # modules are compiled on import
    uv = str(venv / "bin" / "uv")
    try:
        install_packages(pip, first_pins(lock, venv, "uv"))
        run([uv, *RELOCATABLE, "--python", sys.executable, str(venv)], "uv could not renew the environment")
        install_packages(uv_install(uv, venv), first_pins(lock, venv, "setuptools"))
        return uv_install(uv, venv)
    except Missing as missing:
        say(f"note: {missing}\n  so pip installs the packages, which takes longer")
        install_packages(pip, first_pins(lock, venv, "setuptools"))
        return pip


def uv_install(uv: str, venv: Path) -> list:
    """Return the start of uv's command; best-match lets a hash decide between indexes, not their order."""
    python = str(venv / "bin" / "python")
    return [uv, "pip", "install", "--python", python, "--index-strategy", "unsafe-best-match"]


def install_lock(installer: list, lock: Path) -> Path:
    """Install a lock file and return it; torch comes from pip's configured indexes, else from PyTorch's own page.

    For Linux PyPI has only the CUDA build, with some gigabytes of libraries. It comes where TORCH=cuda asks for it, and
    where the CPU build cannot be had but a graphics card is here.
    """
    places = package_places()
    if lock.name == CUDA_LOCK or sys.platform != "linux":
        install_packages([*installer, *places], lock)
        return lock
    complaints = []
    for extra in ([places] if places else []) + [[*places, *TORCH_PAGE]]:
        try:
            install_packages([*installer, *extra], lock)
            return lock
        except Missing as missing:
            complaints.append(str(missing))
    cuda = lock.with_name(CUDA_LOCK)
    if not has_graphics_card():
        hint = f"  where {TORCH_PAGE[1]} cannot be reached, TORCH=cuda takes torch from PyPI (about 3 GB)"
        raise Missing("\n".join([*dict.fromkeys(complaints), hint]))
    say(f"note: torch's CPU build cannot be had and a graphics card is here: installing {cuda.name}")
    install_packages([*installer, *places], cuda)
    return cuda


def has_graphics_card() -> bool:
    """Return whether a graphics card of NVIDIA's answers."""
    program = shutil.which("nvidia-smi")
    return program is not None and subprocess.run([program, "-L"], capture_output=True).returncode == 0


def install_packages(installer: list, requirements: Path) -> None:
    """Install a file of pinned packages; a package whose hash is not pinned is refused, and nothing else is fetched."""
    if not pins(requirements):
        return
    options = ["--quiet", "--no-deps", "--require-hashes", "--no-build-isolation", "--requirement", str(requirements)]
    run([*installer, *options], f"{requirements.name} could not be installed")


def first_pins(lock: Path, venv: Path, *names: str) -> Path:
    """Write the pins of a few packages, which the others need to be installed, to a file of their own."""
    text = "".join(block for block in pins(lock) if re.split("[=; ]", block)[0] in names)
    path = venv / "first.txt"
    path.write_text(text, encoding="utf-8")
    return path


def pins(lock: Path) -> list:
    """Return the pins of a lock file, each with its marker and its hashes: `name==version ; marker \\⏎ --hash=…`."""
    return re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*\n", lock.read_text(encoding="utf-8"), re.MULTILINE)


def package_places() -> list:
    """Return as options where this machine's pip looks for packages: they serve uv too, which does not ask pip.

    `global.find-links='/opt/wheels'` -> `['--find-links', '/opt/wheels']`
    """
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
    settings = {}  # a later line outranks an earlier one, as in pip: files first, then the environment
    for name, value in re.findall(r"^(?:global|install|:env:)\.([a-z-]+)=(.*)$", answer.stdout, re.MULTILINE):
        if name in PLACES:
            settings[name] = ast.literal_eval(value).split()
    options = [word for name, values in settings.items() for value in values for word in (f"--{name}", value)]
    return [*options, "--no-index"] if re.search(r"\.no-index='(1|true|yes|on)'", answer.stdout, re.I) else options


def clean_environment() -> dict:
    """Return the environment without what leads pip, uv or Python elsewhere (PIP_TARGET, UV_OFFLINE, PYTHONPATH …).

    Variables with the indexes of packages and the way to reach them are kept.
    """
    kept = {name: value for name, value in os.environ.items() if not LEADS_ELSEWHERE.match(name) or REACHES.match(name)}
    if "PIP_CERT" in kept:
        kept.setdefault("SSL_CERT_FILE", kept["PIP_CERT"])  # uv reads this one
    return kept


def adopt(venv: Path, lock: Path) -> None:
    """Accept an environment that .venv links to; it is never changed, and what differs from the lock is noted."""
    if not runs(venv / "bin" / "python"):
        raise Missing(f"{venv} is a link to an environment that does not run; remove it and run make again")
    note = differences(venv, lock)
    if note:
        say(f"note: {venv.name} is a link and is not changed, though {note[0]} ({len(note)} differ)")


def differences(venv: Path, lock: Path) -> list:
    """Return a line for each pinned package that the environment lacks or has in another version."""
    code = (
        "import sys\nfrom importlib.metadata import version, PackageNotFoundError\n"
        "from packaging.requirements import Requirement\n"
        "for wanted in map(Requirement, sys.argv[1:]):\n"
        "    if wanted.marker and not wanted.marker.evaluate(): continue\n"
        "    try: found = version(wanted.name)\n"
        "    except PackageNotFoundError: found = 'nothing'\n"
        "    if found != 'nothing' and wanted.specifier.contains(found, prereleases=True): continue\n"
        "    print(f'{wanted.name} is pinned at {wanted.specifier} and {found} is installed')\n"
    )
    wanted = [re.split(r"\s*\\\n", pin)[0].strip() for pin in pins(lock)]
    command = [str(venv / "bin" / "python"), "-I", "-c", code, *wanted]
    answer = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
    if answer.returncode:
        return ["its packages cannot be listed: " + answer.stderr.strip().splitlines()[-1]] if wanted else []
    return answer.stdout.splitlines()


def has_venv() -> bool:
    """Whether this interpreter can make environments (Debian ships ensurepip apart)."""
    command = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(command, capture_output=True, env=clean_environment()).returncode == 0


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
    prepare_axe(root)
    write_stamp(root / ".ready" / "tools", " ".join(TOOLS) + "\n")


def prepare_browser() -> None:
    """Install a browser where none is; the tests of the preview are left out where that cannot be done."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    try:
        install("a browser: " + BROWSERS[0], BROWSER_PACKAGES)
    except Missing as missing:
        say(f"note: {missing}\n  (the tests of the preview are left out)")


def prepare_axe(root: Path) -> None:
    """Install axe-core where npm is; the test of the web page's accessibility is left out where that cannot be done."""
    folder = root / ".ready" / "npm"
    npm = shutil.which("npm")
    if npm is None or (folder / "node_modules" / "axe-core").is_dir():
        return
    try:
        run([npm, "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", str(folder), AXE], "npm failed")
    except Missing as missing:
        say(f"note: {missing}\n  (the test of the web page's accessibility is left out)")


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
    """Return the command that installs a file of TeX which the packages above do not hold."""
    commands = {
        "apt-get": "sudo apt-get install texlive-full",
        "dnf": f"sudo dnf install 'tex({file})'",
        "tlmgr": f"sudo tlmgr install {Path(file).stem}",
    }
    here = [command for program, command in commands.items() if shutil.which(program)]
    return "type: " + (here[0] if here else "\n    or: ".join(commands.values()))


# --- small things -------------------------------------------------------------------------------------------------


def run(command: list, complaint: str) -> None:
    """Run a command; raise Missing with the end of its output if it fails."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True}
    try:  # it inherits the lock: should it outlive us, the next make waits for it
        done = subprocess.run(command, close_fds=False, env=clean_environment(), **options)
    except OSError as error:
        raise Missing(f"{complaint}: {error}") from None
    if done.returncode:
        tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-8:])
        raise Missing(f"{complaint}:\n{tail}\n  the command was: {' '.join(command)}")


def runs(python: Path) -> bool:
    """Whether an interpreter is there and starts."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", ""], capture_output=True, env=clean_environment()).returncode == 0


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
    """Prepare the given parts; return 2 if something is missing that may not be installed."""
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
