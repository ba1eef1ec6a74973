"""The log of AI use that the student keeps (data/ai_usage.toml), read and checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from analysis.io import toml_file

NEXT_STEP = "see data/README.md"


Line = Annotated[str, Meta(max_length=200)]
Block = Annotated[str, Meta(max_length=1_000_000)]  # about three hundred pages


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One use of a tool, verbatim."""

    tool: Line
    prompt: Block
    output: Block
    edits: Block
    date: Line = ""
    purpose: Annotated[str, Meta(max_length=2000)] = ""


class AiUsage(Struct, frozen=True, forbid_unknown_fields=True):
    """The declaration and its entries."""

    used: Literal["undeclared", "none", "yes"] = "undeclared"
    entry: tuple[Entry, ...] = ()


def load(path: Path | None) -> AiUsage:
    """Read the log; without a file nothing is declared yet.

    Raises InputError where the file is not as data/README.md describes it, or contradicts itself.
    """
    if path is None or not _there(path):
        return AiUsage()
    file = toml_file.read(path, NEXT_STEP)
    usage = toml_file.convert(file, AiUsage, _dates_as_text)
    count = len(usage.entry)
    if usage.used != "yes" and count:
        expected = f"no [[entry]] after {toml_file.shown(usage.used)}"
        raise file.mistake(("used",), expected, f"{count}", 'set used = "yes", or take them out')
    if usage.used == "yes" and not count:
        raise file.mistake(("used",), "an [[entry]] after 'yes'", "none", 'add one, or set used = "none"')
    return usage


def as_toml(usage: AiUsage) -> str:
    """Return a log as a TOML file that `load` reads: AiUsage("none") -> `used = "none"`."""
    lines = [f"used = {_quoted(usage.used)}"]
    for entry in usage.entry:
        lines += ["[[entry]]", *(f"{name} = {_quoted(text)}" for name, text in structs.asdict(entry).items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a string as TOML has it; JSON escapes all that TOML does but one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _there(path: Path) -> bool:
    """Whether something is at the place; where that cannot be known, reading it says why."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True


def _dates_as_text(tree: dict[str, object]) -> dict[str, object]:
    """Convert TOML's dates to the text that was typed."""
    entries = tree.get("entry")
    if isinstance(entries, list):
        for entry in entries:
            if isinstance(entry, dict) and hasattr(entry.get("date"), "isoformat"):
                entry["date"] = entry["date"].isoformat()
    return tree
