"""What a computation asks of the processor: how much cache a core can count on, and which products are quick."""

from pathlib import Path
from typing import Any

import numpy as np

CACHES = Path("/sys/devices/system/cpu/cpu0/cache")  # Linux; index2 is the second level, index3 the third
OWN, SHARED = "index2/size", "index3/size"  # files that hold "512K" or "32M"
SHARERS = 8  # cores that share a third level; a virtual machine shows only its own, so the number is the usual one
MOST = 8  # times its second level that a core can count on, where few cores share a large third level
USUAL_BYTES = 4 << 20  # where the system does not say
UNITS = {"K": 1 << 10, "M": 1 << 20}
AVX512 = ("X86_V4", "AVX512")  # how NumPy's names of it begin


def cache_bytes(caches: Path = CACHES) -> int:
    """Return the bytes of cache that one core can count on: its share of the third level, or its own second level."""
    own, shared = (level_bytes(caches / level) for level in (OWN, SHARED))
    return max(own, min(shared // SHARERS, MOST * own)) or USUAL_BYTES


def level_bytes(path: Path) -> int:
    """Return the bytes of one level, from a file that holds "512K"; 0 where it is not there or holds anything else."""
    try:
        text = path.read_text(encoding="ascii").strip()
        return int(text[:-1]) * UNITS[text[-1]]
    except (OSError, ValueError, LookupError):
        return 0


def unpacked_products() -> bool:
    """Whether BLAS has a kernel for small products, which copies no operand first: OpenBLAS has one with AVX-512."""
    known: Any = np.show_config(mode="dicts")["SIMD Extensions"]
    return any(name.startswith(AVX512) for kind in ("baseline", "found") for name in known.get(kind, ()))
