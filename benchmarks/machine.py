"""The processor that is measured, and the settings under which it counts as one without AVX-512."""

import platform
from pathlib import Path

ABOUT = Path("/proc/cpuinfo")
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
