"""Products of finished steps are copied from BUILD/work to BUILD, where the user finds them."""

import sys
from pathlib import Path

from report_src.build.finished_steps import Memory
from report_src.build.pipeline import PRIVATE
from report_src.build.step import Step
from report_src.project import DOCUMENT, DRAFT, Project
from report_src.system.files import copy_whole, digest


def _keep_edit(path: Path) -> None:
    """Copy a generated file that somebody edited beside itself, and say so: it is about to be overwritten."""
    kept = path.with_name(f"{path.name}.edited")
    copy_whole(path, kept)
    print(
        f"warning: {path}: was edited, and is generated: the edit is kept in {kept}; make it in templates/ instead",
        file=sys.stderr,
    )


def publish(project: Project, target: str, wanted: tuple[Step, ...], memory: Memory) -> bool:
    """Copy products from BUILD/work to BUILD where they differ, drop what is no longer made; return whether any did."""
    if target in ("check", "unused"):
        return False
    changed = False
    for step in wanted:
        group = "draft" if project.draft else step.name
        if project.draft and step.name != "compile":
            continue
        products = {name: value for name, value in memory.products(step.name).items() if name not in PRIVATE}
        places = {name: name.replace(DOCUMENT, Path(DRAFT).stem, 1) if project.draft else name for name in products}
        before = memory.published.get(group, {})
        for name, place in places.items():
            now = digest(project.build / place)
            if now != products[name]:
                edited = now not in (before.get(place, now), "absent") and (project.build / place).is_file()
                if edited and name == f"{DOCUMENT}.tex":
                    _keep_edit(project.build / place)
                copy_whole(project.work / name, project.build / place)
                changed = True
        changed |= memory.publish(group, {place: products[name] for name, place in places.items()})
    return changed
