"""Products of every profile are kept: those of the one built last in BUILD/work, the others in BUILD/.kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from report_src.build.state import KEPT, Memory
from report_src.project import Project

MARK = ".profile"  # below work/: whose products these are
ABOUT_THE_LAST = ("unused", "draft", "check", "bundle", "where", "why")  # targets that take the profile built last


def settle(project: Project) -> Memory:
    """Put the products of the project's profile in BUILD/work, and return what is known of its steps.

    Memory and folder each say whose they are, so a build killed between two moves goes on from there.
    """
    profile, memory = project.settings.run.profile, Memory(project.build)
    memory.choose(profile)
    mark = project.work / MARK
    owner = mark.read_text(encoding="utf-8") if mark.exists() else profile
    if owner != profile:
        _move(project.work, project.build / KEPT / owner)
        if (project.build / KEPT / profile).is_dir():
            _move(project.build / KEPT / profile, project.work)
    elif not project.work.exists() and (project.build / KEPT / profile).is_dir():
        _move(project.build / KEPT / profile, project.work)
    project.work.mkdir(parents=True, exist_ok=True)
    if owner != profile or not mark.exists():
        mark.write_text(profile, encoding="utf-8")
    return memory


def of_last_build(project: Project, target: str) -> Project:
    """Return the project in the profile built last, for a target that asks about that build and names no profile."""
    last = Memory(project.build).profile
    if target not in ABOUT_THE_LAST or project.profile is not None or last in ("", project.settings.run.profile):
        return project
    wanted = project.settings.run.profile
    print(f"note: profile {last}, which was built last; PROFILE={wanted} is that of {project.config}", file=sys.stderr)
    return project.in_profile(last)


def _move(folder: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(folder, place)
