""".venv holds exactly what requirements.lock pins."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from machine import commands, packages
from machine.commands import Missing, read, runs, say, write_stamp

LOCK = "requirements.lock"
MADE_FROM = "made-from"  # in an environment that we made: `unfinished`, then the stamp


def prepare_environment(root: Path) -> None:
    """Make .venv hold what the lock pins; the stamps are written last, so a half-made one is never used."""
    venv, stamp, lock = root / ".venv", root / ".ready" / "environment", wanted_lock(root)
    wanted = environment_stamp(root, lock)
    if not venv.is_symlink() and read(venv / MADE_FROM) == wanted and runs(venv / "bin" / "python"):
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
    return root / (packages.CUDA_LOCK if asked == "cuda" and sys.platform == "linux" else LOCK)


def environment_stamp(root: Path, lock: Path) -> str:
    """Return what the environment depends on: which Python made it and what is pinned, wherever it lies."""
    version = ".".join(map(str, sys.version_info[:3]))
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (root / LOCK, lock)]
    return f"python {version}\nlock {digests[0]}\ninstalled {lock.name} {digests[1]}\n"


def set_aside(venv: Path) -> None:
    """Remove an environment that we made; rename any other, as somebody may need it."""
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
    uv = packages.usable_uv()
    if uv is not None:
        command = [uv, *packages.RELOCATABLE, "--python", sys.executable, str(venv)]
        commands.run(command, "uv could not make an environment")
        installer = packages.uv_install(uv, venv)
        packages.install_packages(installer, packages.first_pins(lock, venv, "setuptools"))
    else:
        installer = packages.make_with_pip(venv, lock)
    installed = packages.install_lock(installer, lock, venv)
    absent = differences(venv, installed)
    if absent:
        raise Missing(f"{venv.name} is incomplete after installing: {absent[0]} ({len(absent)} differ)")


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
    wanted = [re.split(r"\s*\\\n", pin)[0].strip() for pin in packages.pins(lock)]
    command = [str(venv / "bin" / "python"), "-I", "-c", code, *wanted]
    answer = subprocess.run(command, capture_output=True, text=True, env=commands.clean_environment(), check=False)
    if answer.returncode:
        return ["its packages cannot be listed: " + answer.stderr.strip().splitlines()[-1]] if wanted else []
    return answer.stdout.splitlines()
