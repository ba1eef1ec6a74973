"""The same results on another processor, where libraries sum in another order and training follows the last bit.

Measured in the quick profile: 1,839 of 4,223 values differ between the kernels for Sandybridge and for Haswell, by up
to several deviations over replicates, and none between two runs of the same kernels. A tolerance can't tell that from
a changed number, so the kernels are found that give the values bit for bit.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from report_src.errors import BuildError
from report_src.numbers.lookup import nodes
from report_src.project import RESULTS, ROOT, Project

KERNELS = {  # as OpenBLAS calls them, with the processor features that NumPy and PyTorch then leave unused
    "Sandybridge": ("AVX2 FMA3 AVX512F AVX512CD AVX512_SKX", "default"),
    "Haswell": ("AVX512F AVX512CD AVX512_SKX", "avx2"),
    "SkylakeX": ("", "avx512"),
}
FEW, SHARE = 20, 0.02  # numbers, and share of all: who changes numbers changes few, other kernels move a third of all

Built = tuple[Project, dict[str, Any]]


def matching(there: Mapping[str, Any], first: Built, build_with: Callable[[Project, str], Built]) -> tuple[Built, str]:
    """Return the build whose values are those of `there` but for a few, and its kernels ("": those of this processor).

    `first` is the build with this processor's kernels. Where none matches it is returned with "none".
    """
    if _few_moved(there, first[1]):
        return first, ""
    for name in KERNELS:
        try:
            built = build_with(first[0], name)
        except BuildError:
            continue  # this processor lacks what they need
        if _few_moved(there, built[1]):
            return built, name
    return first, "none"


def _few_moved(there: Mapping[str, Any], here: Mapping[str, Any]) -> bool:
    """Whether a tree has nearly all numbers of another one bit for bit."""
    values = dict(nodes(there))
    numbers = [(key, value) for key, value in nodes(here) if isinstance(value, float)]
    return sum(values.get(key) != value for key, value in numbers) <= max(FEW, SHARE * len(numbers))


def build_with(project: Project, name: str) -> Built:
    """Build a project's results with other kernels, in a process of its own: libraries choose when they are loaded."""
    features, vectors = KERNELS[name]
    folder = project.build / name
    kernels = {"OPENBLAS_CORETYPE": name, "NPY_DISABLE_CPU_FEATURES": features, "ATEN_CPU_CAPABILITY": vectors}
    command = [sys.executable, "-m", "report_src", "--config", str(project.config.resolve())]
    command += ["--build", str(folder.resolve()), "--profile", project.settings.run.profile, "results"]
    command += ["--studies", str(project.studies)] if project.studies else []
    environment = {**os.environ, **kernels, "ANALYSIS_WORKERS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(done.stderr.strip() or f"no results with the kernels for {name}", 2)
    other = project.beside(folder)
    return other, json.loads((other.work / RESULTS).read_bytes())
