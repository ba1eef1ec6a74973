"""The words that the engine prints in a report: those of the clone, each overridden where a report has its own."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from report_src.errors import RenderError
from report_src.system.files import CLONE

FILE = "templates/shared/texts.toml"


def load(home: Path) -> dict[str, Any]:
    """Return the texts of a report, section by section; RenderError for one that the engine does not print."""
    texts, own = _read(CLONE / FILE), _read(home / FILE)
    for section, entries in own.items():
        for name, text in entries.items():
            known = texts.get(section, {})
            if name not in known and section != "programs":
                near = difflib.get_close_matches(name, known, n=1) or sorted(known or texts)
                raise RenderError(f"unknown text {section}.{name}; nearest: {', '.join(near)}", FILE)
            texts.setdefault(section, {})[name] = text
    return texts


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RenderError(f"expected valid TOML, got: {error}", FILE) from None
