"""What a computation asks of the processor: how much its cache holds."""

from __future__ import annotations

from pathlib import Path

CACHE = Path("/sys/devices/system/cpu/cpu0/cache/index2/size")  # "512K"; Linux's second level, a core's own
USUAL_BYTES = 1 << 20  # where the system does not say
UNITS = {"K": 1 << 10, "M": 1 << 20}


def cache_bytes(path: Path = CACHE) -> int:
    """Return the bytes of a core's second-level cache."""
    try:
        text = path.read_text(encoding="ascii").strip()
        return int(text[:-1]) * UNITS[text[-1]]
    except (OSError, ValueError, LookupError):
        return USUAL_BYTES
