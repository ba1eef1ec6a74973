"""What a step's key is made of: settings, data, files of the user, environment. No file time is looked at."""

import functools
import hashlib
import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from analysis.settings.schema import Settings
from report_src.build.finished_steps import LONGEST_SHOWN
from report_src.fonts.faces import FOLDERS
from report_src.project import Project
from report_src.rendering import ai_usage
from report_src.system.files import digest

# what is edited most comes first: the first difference is enough to know that there is something to do
CLONE = ("templates", "analysis", "report_src", "pyproject.toml", "requirements.lock", ".ready/environment")


def settings_parts(settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """Return "setting:run.seed" -> value as text, for sections ("run") and single settings ("data.train").

    The values are those after reading: a comment, a new order or a default written out changes nothing.
    """
    found = {key: value for name in names for key, value in settings.entries(name).items()}
    texts = {key: json.dumps(value, ensure_ascii=False, sort_keys=True) for key, value in found.items()}
    return {f"setting:{key}": _short(text) for key, text in texts.items()}


def data_parts(settings: Settings, files: Iterable[str]) -> dict[str, str]:
    """Return "data:train" -> hash of the file's bytes; where the data are simulated, the seed represents them."""
    if settings.simulated:
        return {"data": "simulated", "setting:data.simulation_seed": str(settings.data.simulation_seed)}
    return {f"data:{name}": digest({"train": settings.train_path, "test": settings.test_path}[name]) for name in files}


def user_files(settings: Settings) -> dict[str, str]:
    """Return "file:<name>" -> hash of what report.toml names besides the data: scans, and the AI log with its files."""
    return {f"file:{name}": digest(settings.folder / name) for name in named_files(settings)}


def named_files(settings: Settings) -> list[str]:
    """Return the files that report.toml names besides the data, and those that the log of AI use names."""
    names, log = [name for names in settings.scans.values() for name in names], settings.ai.log
    if log is not None:
        names += [log, *(str(Path(log).parent / name) for name in ai_usage.files(settings.folder / log))]
    return names


def sources(project: Project) -> list[str]:
    """Return the files and folders outside of the build folder that a build may read, those that could appear too."""
    settings = project.settings
    folder = settings.folder
    named = [folder / name for name in named_files(settings)]
    places = [
        *(project.root / name for name in CLONE),
        *(parent / name for parent in (folder, project.home, project.code_folder) for name in ("templates", "studies")),
        *(settings.path, settings.train_path, settings.test_path),
        *(path for one in named for path in (one, folder / one.name)),  # a scan may lie beside report.toml
        *map(Path, FOLDERS),
    ]
    return list(dict.fromkeys(map(os.fspath, places)))


def environment_parts(root: Path) -> dict[str, str]:
    """Return the Python version and the hash of what requirements.lock pins (its comments aside)."""
    return {"python": platform.python_version(), "packages": _pinned((root / "requirements.lock").read_text("utf-8"))}


@functools.lru_cache(maxsize=1)
def _pinned(lock: str) -> str:
    lines = (line.split("#")[0].strip() for line in lock.splitlines())
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).hexdigest()


def _short(text: str) -> str:
    return text if len(text) < LONGEST_SHOWN else hashlib.sha256(text.encode()).hexdigest()
