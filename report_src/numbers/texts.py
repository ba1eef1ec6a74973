"""The words that the engine prints in a report: those of the clone, each overridden where a report has its own."""

import copy
import difflib
import functools
import tomllib
from pathlib import Path
from typing import Any

from report_src.errors import RenderError
from report_src.system.files import CLONE

FILE = "templates/shared/texts.toml"
OPEN = "programs"  # the section to which a report may add names of its own


def load(home: Path = CLONE) -> dict[str, Any]:
    """Return the texts of a report, section by section.

    RenderError for one that the engine does not print, or that is of another kind (a list of words for a word).
    """
    texts = copy.deepcopy(_of_clone())
    for section, entries in (_read(home / FILE) if home != CLONE else {}).items():
        known = texts.get(section, {})
        for name, text in entries.items():
            if name not in known and section != OPEN:
                every = [f"{first}.{second}" for first, second_of in texts.items() for second in second_of]
                near = difflib.get_close_matches(f"{section}.{name}", every, n=1) or every[:1]
                raise RenderError(f"unknown text {section}.{name}; nearest: {near[0]}", FILE)
            if name in known and type(text) is not type(known[name]):
                raise RenderError(f"{section}.{name}: expected {known[name]!r} in other words, got {text!r}", FILE)
        texts[section] = {**known, **entries}
    return texts


@functools.cache
def _of_clone() -> dict[str, dict[str, Any]]:
    return _read(CLONE / FILE)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RenderError(f"expected valid TOML, got: {error}", FILE) from None
