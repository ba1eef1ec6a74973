"""The words that the engine prints in a report: those of the clone, each overridden where a report has its own."""

import copy
import difflib
import functools
from pathlib import Path
from typing import Any

from analysis.io import toml_file
from report_src.system.files import CLONE

NEXT_STEP = "templates/shared/texts.toml of the clone has them all"
FILE = "templates/shared/texts.toml"
OPEN = "programs"  # the section to which a report may add names of its own


def load(home: Path = CLONE) -> dict[str, Any]:
    """Return the texts of a report, section by section.

    InputError for one that the engine does not print, or that is of another kind (a list of words for a word).
    """
    texts = copy.deepcopy(_of_clone())
    if home == CLONE or not (home / FILE).is_file():
        return texts
    file = toml_file.read(home / FILE, NEXT_STEP)
    for section, entries in file.tree.items():
        known = texts.get(section, {})
        if not isinstance(entries, dict):
            raise file.mistake((section,), f"a section, like [{next(iter(texts))}]", toml_file.shown(entries))
        for name, text in entries.items():
            if name not in known and section != OPEN:
                every = [f"{first}.{second}" for first, second_of in texts.items() for second in second_of]
                near = difflib.get_close_matches(f"{section}.{name}", every, n=1) or every[:1]
                got = f"'{section}.{name}'"
                raise file.mistake((section, name), "a text that the engine prints", got, f"nearest: {near[0]}")
            if name in known and type(text) is not type(known[name]):
                wanted = f"{toml_file.shown(known[name])} in other words"
                raise file.mistake((section, name), wanted, toml_file.shown(text))
        texts[section] = {**known, **entries}
    return texts


@functools.cache
def _of_clone() -> dict[str, dict[str, Any]]:
    return toml_file.read(CLONE / FILE, NEXT_STEP).tree
