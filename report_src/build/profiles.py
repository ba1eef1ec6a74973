"""Products of every profile are kept: those of the one built last in BUILD/work, the others in BUILD/.kept.

Another build of the same inputs takes them from there.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.settings.schema import PROFILES
from report_src.build.finished_steps import KEPT, Memory, key_of
from report_src.build.step import Step
from report_src.project import Project
from report_src.system.files import copy_whole, matching, names, write_whole

MARK = ".profile"  # below work/: whose products these are
ABOUT_THE_LAST = ("unused", "draft", "check", "bundle", "where", "why")  # targets that take the profile built last


@dataclasses.dataclass
class Lender:
    """The finished steps of a build folder in one profile, and the names of those that it lent."""

    folder: Path  # of the products
    steps: Mapping[str, Mapping[str, Any]]
    lent: list[str] = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, build: Path, profile: str) -> Lender:
        """Return what a build folder can lend to a report in a profile."""
        memory = Memory(build)
        if profile == memory.profile:
            return cls(build / "work", memory.steps)
        return cls(build / KEPT / profile, memory.kept.get(profile, {}))

    def lend(self, step: Step, parts: Mapping[str, str], project: Project, memory: Memory) -> bool:
        """Copy a step's products to the project and remember them; return whether they were made of the same `parts`.

        Products that are no longer what the step wrote are not lent.
        """
        entry = self.steps.get(step.name)
        if entry is None or entry["key"] != key_of(parts):
            return False
        products = entry["products"]
        if matching(self.folder, step.products) != products:
            return False
        for name in names(project.work, step.products) | memory.products(step.name).keys():
            (project.work / name).unlink(missing_ok=True)
        for name in products:
            copy_whole(self.folder / name, project.work / name)
        if matching(project.work, step.products) != products:  # written meanwhile
            return False
        memory.finished(step.name, parts, products, entry["seconds"])
        self.lent.append(step.name)
        return True


def settle(project: Project) -> Memory:
    """Put the products of the project's profile in BUILD/work, and return what is known of its steps.

    Memory and folder each say whose they are, so a build killed between two moves goes on from there.
    """
    profile, memory = project.settings.run.profile, Memory(project.build)
    memory.choose(profile)
    mark = project.work / MARK
    said = mark.read_text(encoding="utf-8", errors="replace") if mark.is_file() else ""
    owner = said if said in PROFILES else profile  # a damaged mark says nothing: products are compared anyway
    if owner != profile:
        _move(project.work, project.build / KEPT / owner)
        if (project.build / KEPT / profile).is_dir():
            _move(project.build / KEPT / profile, project.work)
    elif not project.work.exists() and (project.build / KEPT / profile).is_dir():
        _move(project.build / KEPT / profile, project.work)
    project.work.mkdir(parents=True, exist_ok=True)
    if said != profile:
        write_whole(mark, profile.encode())
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
