"""Index arithmetic in subscripts: t-1, t+1, T-1. A row that uses it is claimed where all its members exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_SHIFTED = re.compile(r"([A-Za-z]+)([+-])(\d{1,2})")


@dataclass(frozen=True)
class Shift:
    """The member that stands some steps from an index."""

    index: Any
    offset: int


@dataclass(frozen=True)
class Last:
    """The member that stands some steps from the last one."""

    offset: int


def shifted(text: str) -> tuple[str, int] | None:
    """Return the letter and the steps of a subscript: ``t-1`` is ``("t", -1)``."""
    found = _SHIFTED.fullmatch(text)
    return (found[1], int(found[2] + found[3])) if found else None
