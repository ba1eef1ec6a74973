"""Packages of the system: installed with apt where that needs no password, else the command to type."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from machine import commands
from machine.commands import Missing, say


def install(what: str, packages: dict) -> None:
    """Install with apt where it needs no password; Missing with the exact command otherwise."""
    prefix = privilege()
    if shutil.which("apt-get") is None or prefix is None:
        raise Missing(f"missing: {what}\n  " + how_to_install(packages))
    say(f"missing: {what}; installing {packages['apt']}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    commands.run([*apt, "update"], "apt-get update failed")
    chosen = ["--no-install-recommends", "--yes", *packages["apt"].split()]
    commands.run([*apt, "install", *chosen], "apt-get install failed")


def privilege() -> list | None:
    """Return what a command of root's is prefixed with: nothing for root, sudo where it asks no password, else None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def how_to_install(packages: dict) -> str:
    """Return the exact command for the package manager that is here (all three where none is)."""
    ways = {
        "apt": f"sudo apt-get update && sudo apt-get install --no-install-recommends {packages['apt']}",
        "dnf": f"sudo dnf install {packages['dnf']}",
        "brew": f"brew install {packages['brew']}",
    }
    programs = {"apt": "apt-get", "dnf": "dnf", "brew": "brew"}
    here = [command for name, command in ways.items() if shutil.which(programs[name])]
    return "type: " + (here[0] if here else "\n    or: ".join(ways.values()))


def how_to_find(file: str) -> str:
    """Return the command that installs a file of TeX which tex.TEX_PACKAGES do not hold."""
    ways = {
        "apt-get": "sudo apt-get install texlive-full",
        "dnf": f"sudo dnf install 'tex({file})'",
        "tlmgr": f"sudo tlmgr install {Path(file).stem}",
    }
    here = [command for program, command in ways.items() if shutil.which(program)]
    return "type: " + (here[0] if here else "\n    or: ".join(ways.values()))
