"""The log of AI use that the student keeps (data/ai_usage.toml), read and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from analysis.errors import InputError


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One use of a tool, verbatim."""

    tool: str
    prompt: str
    output: str
    edits: str
    date: str = ""
    purpose: str = ""


class AiUsage(Struct, frozen=True, forbid_unknown_fields=True):
    """The declaration and its entries."""

    used: Literal["undeclared", "none", "yes"] = "undeclared"
    entry: tuple[Entry, ...] = ()


def load(path: Path | None) -> AiUsage:
    """Read the log; no file named or no file there means that nothing is declared yet.

    Raises InputError where the file is not as data/README.md describes it, or contradicts itself.
    """
    if path is None or not path.exists():
        return AiUsage()
    try:
        tree = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        usage = msgspec.convert(_dates_as_text(tree), AiUsage)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as TOML: {error}", "see data/README.md") from None
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {error}", "see data/README.md") from None
    if usage.used == "none" and usage.entry:
        raise InputError(f'{path}: used = "none", but {len(usage.entry)} entries follow', 'set used = "yes"')
    if usage.used == "yes" and not usage.entry:
        raise InputError(f'{path}: used = "yes", but no [[entry]] follows', 'add them, or set used = "none"')
    return usage


def _dates_as_text(tree: dict[str, object]) -> dict[str, object]:
    """TOML knows dates; the log prints them as they are typed."""
    entries = tree.get("entry")
    if isinstance(entries, list):
        for entry in entries:
            if isinstance(entry, dict) and hasattr(entry.get("date"), "isoformat"):
                entry["date"] = entry["date"].isoformat()
    return tree
