"""Pinned packages of Python: installed by uv, or by pip where uv cannot be had, with their hashes."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

from machine import commands, system
from machine.commands import Missing, say

CUDA_LOCK = "requirements-cuda.lock"
OLDEST_UV = (0, 5)
RELOCATABLE = ("venv", "--quiet", "--allow-existing", "--relocatable")  # a clone may be copied or moved with it
TORCH_PAGE = ("--find-links", "https://download.pytorch.org/whl/cpu/torch/")
PLACES = ("index-url", "extra-index-url", "find-links", "trusted-host")  # as pip and uv both call them
FURTHER = ("extra-index-url", "find-links")  # of these: places beside the index
VENV_PACKAGES = {"apt": "python3-venv", "dnf": "python3", "brew": "python3"}


def usable_uv() -> str | None:
    """Return the uv on PATH if it is new enough."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run(
        [uv, "--version"], capture_output=True, text=True, env=commands.clean_environment(), check=False
    )
    version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return uv if version and tuple(map(int, version.groups())) >= OLDEST_UV else None


def make_with_pip(venv: Path, lock: Path) -> list:
    """Make an environment with the module venv, install uv's wheel into it and return what installs the rest."""
    commands.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], "python3 -m venv failed")
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    answer = subprocess.run([*pip, "--version"], capture_output=True, env=commands.clean_environment(), check=False)
    if answer.returncode:  # no pip beside this Python, or one from before 2022: the environment gets its own
        if not has_venv():
            system.install("the Python module venv (ensurepip)", VENV_PACKAGES)
            if not has_venv():
                raise Missing("python3 still cannot make environments: " + system.how_to_install(VENV_PACKAGES))
        commands.run([sys.executable, "-m", "venv", str(venv)], "python3 -m venv failed")
        pip = [str(venv / "bin" / "python"), "-m", "pip"]
    pip += ["--disable-pip-version-check", "install", "--no-compile"]  # modules are compiled on import
    uv = str(venv / "bin" / "uv")
    try:
        install_packages(pip, first_pins(lock, venv, "uv"))
        commands.run([uv, *RELOCATABLE, "--python", sys.executable, str(venv)], "uv could not renew the environment")
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


def has_venv() -> bool:
    """Whether this interpreter can make environments (Debian has ensurepip in a package of its own)."""
    command = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(command, capture_output=True, env=commands.clean_environment()).returncode == 0


def install_lock(installer: list, lock: Path, venv: Path) -> Path:
    """Install a lock file and return it; torch comes from pip's configured indexes, else from PyTorch's own page.

    For Linux PyPI has only the CUDA build, with some gigabytes of libraries. It comes where TORCH=cuda asks for it, and
    where the CPU build cannot be had but a graphics card is here.
    """
    places = package_places(venv)
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
    """Return whether an NVIDIA graphics card answers."""
    program = shutil.which("nvidia-smi")
    return program is not None and subprocess.run([program, "-L"], capture_output=True).returncode == 0


def install_packages(installer: list, requirements: Path) -> None:
    """Install a file of pinned packages; a package whose hash is not pinned is refused, and nothing else is fetched."""
    if not pins(requirements):
        return
    options = ["--quiet", "--no-deps", "--require-hashes", "--no-build-isolation", "--requirement", str(requirements)]
    commands.run([*installer, *options], f"{requirements.name} could not be installed")


def first_pins(lock: Path, venv: Path, *names: str) -> Path:
    """Write the pins of a few packages, which the others need to be installed, to a file of their own."""
    text = "".join(block for block in pins(lock) if re.split("[=; ]", block)[0] in names)
    path = venv / "first.txt"
    path.write_text(text, encoding="utf-8")
    return path


def pins(lock: Path) -> list:
    """Return the pins of a lock file, each with its marker and its hashes: `name==version ; marker \\⏎ --hash=…`."""
    return re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*\n", lock.read_text(encoding="utf-8"), re.MULTILINE)


def is_gone(name: str, place: str) -> bool:
    """Whether a further place of packages is a folder of this machine that does not exist: "/opt/wheels", "file:///x".

    An index-url that is gone stays: whoever chose it does not want another one instead.
    """
    path = unquote(place[len("file://") :]) if place.startswith("file://") else place
    return name in FURTHER and path.startswith("/") and not Path(path).exists()


def package_places(venv: Path) -> list:
    """Return the options for the places where this machine's pip looks for packages; uv does not read pip's settings.

    The pip of this Python is asked, or that of the environment, as Debian's Python may come without one. A folder that
    is not there is left out: pip passes over it, uv would stop.
    `global.find-links='/opt/wheels'` -> `['--find-links', '/opt/wheels']`
    """
    for python in (sys.executable, str(venv / "bin" / "python")):
        command = [python, "-m", "pip", "--disable-pip-version-check", "config", "list"]
        answer = subprocess.run(command, capture_output=True, text=True, env=commands.clean_environment(), check=False)
        if not answer.returncode:
            break
    settings = {}  # a later line outranks an earlier one, as in pip: files first, then the environment
    for name, value in re.findall(r"^(?:global|install|:env:)\.([a-z-]+)=(.*)$", answer.stdout, re.MULTILINE):
        if name in PLACES:
            settings[name] = ast.literal_eval(value).split()
    places = [(name, value) for name, values in settings.items() for value in values if not is_gone(name, value)]
    options = [word for name, value in places for word in (f"--{name}", value)]
    return [*options, "--no-index"] if re.search(r"\.no-index='(1|true|yes|on)'", answer.stdout, re.I) else options
