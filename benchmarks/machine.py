"""The processor that is measured, the settings under which it counts as one without AVX-512, and memory."""

import contextlib
import platform
import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

ABOUT = Path("/proc/cpuinfo")
LOOK_SECONDS = 0.2  # between two looks at the memory
# NumPy, OpenBLAS, PyTorch, MKL and oneDNN then use AVX2, as on a processor that has no more
WITHOUT_AVX512 = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Haswell",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}


def described(field: str) -> str:
    """Return what Linux says of the first processor, "" where it says nothing: `model name` -> "AMD EPYC"."""
    lines = ABOUT.read_text(encoding="utf-8").splitlines() if ABOUT.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == field), "")


def processor() -> str:
    """Return the processor's name and its kind: "AMD EPYC, without AVX-512"."""
    name = described("model name") or platform.processor() or platform.machine()
    return f"{name}, {'with' if has_avx512() else 'without'} AVX-512"


def has_avx512() -> bool:
    """Whether the processor has AVX-512."""
    return "avx512f" in described("flags").split()


def peak_bytes() -> int:
    """Return the most memory this process has held, in bytes (a Linux child's own, not what it was forked from)."""
    known = high_water(Path("/proc/self/status"))
    return known or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def high_water(status: Path) -> int:
    """Return the most memory a process has held, in bytes, as Linux tells in its `status`; 0 where it does not."""
    with contextlib.suppress(OSError):  # it has ended, or this is not Linux
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0


@contextlib.contextmanager
def largest(root: int) -> Iterator[list[int]]:
    """Collect the peak memory, in bytes, of each process that descends from `root`, looked at again and again."""
    found, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(LOOK_SECONDS):
            found.extend(high_water(Path(f"/proc/{process}/status")) for process in descendants(root))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        done.set()
        looking.join()


def descendants(root: int) -> list[int]:
    """Return the processes that `root`, its children and theirs have started, and `root`; [] but on Linux."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found = [root] if root in parents else []
    for process in found:
        found += [one for one, parent in parents.items() if parent == process]
    return found
