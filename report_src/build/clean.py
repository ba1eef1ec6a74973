"""`make clean`: removes what building made and nothing else. Needs no environment."""

import contextlib
import json
import shutil
from pathlib import Path

from report_src.build.finished_steps import KEPT, STATE
from report_src.system.lock import LOCK, build_lock
from report_src.system.unchanged import FILE as UNCHANGED

OWN = ("build.log", STATE, UNCHANGED)


def clean(build: Path) -> bool:
    """Remove what was published to a build folder and what making it left there; keep what others put there.

    A folder without the lock or the record of a build is not touched, as nothing in it is known to be a product.
    Return whether it was a build.
    """
    if not any((build / mark).is_file() for mark in (LOCK, STATE)):
        return False
    clean(build / "audit")
    with build_lock(build):
        for own in ("work", KEPT):
            shutil.rmtree(build / own, ignore_errors=True)
        names = (*_recorded_products(build), *OWN)
        for name in names:
            if not (build / name).is_dir():
                (build / name).unlink(missing_ok=True)
        folders = {build / folder for name in names for folder in Path(name).parents} | {build / "audit"}
        for folder in sorted(folders - {build}, reverse=True):
            with contextlib.suppress(OSError):  # not empty: something there is not ours
                folder.rmdir()
        (build / LOCK).unlink(missing_ok=True)
    return True


def _recorded_products(build: Path) -> list[str]:
    """Return the files below `build` that steps.json records."""
    try:
        groups = json.loads((build / STATE).read_bytes())["published"].values()
        names = [name for group in groups for name in group]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return []
    return [name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts]
