"""The whole analysis from nothing, beside what its training steps alone would take on the same machine.

    python -m benchmarks.analysis

The tables are those that report.toml names. An analysis may take 1.15 times its steps, shared out among two cores,
and 15 s for everything else: reading, describing, boosting, permuting, drawing. The steps counted are those of the
12-64-32-4 network, each as if it went through the whole training fold (some go through less); the experiment on the
shared bias trains another, small network, and its steps are left to the 15 s. The memory is that of the largest process
(resident, Linux); most of it is PyTorch's, and with PyTorch's CUDA build 0.4 GB more.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median

from benchmarks import machine, training

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 5
CORES = 2
SHARE, REST_SECONDS = 1.15, 15.0  # of the steps' own time; for everything else
DONE = re.compile(r"^(\w+): done in ([\d.]+) s(?:, ([\d,]+) training steps)?$", re.MULTILINE)
OTHER_NETWORK = "shared_bias"


def whole_analysis(build: Path) -> tuple[float, str, int]:
    """Run every study into an empty folder; return the seconds, what was said and the largest process's bytes."""
    command = [sys.executable, "-m", "report_src", "results", "--build", str(build)]
    begun = time.perf_counter()
    with (
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process,
        machine.largest(process.pid) as most,
    ):
        said = process.communicate()[1]
    if process.returncode:
        raise RuntimeError(said)
    return time.perf_counter() - begun, said, max(most)


def step_seconds() -> float:
    """Return the seconds of one iteration by one thread, the mean of ReLU and sigmoid."""
    measured = training.in_child(1, training.ROWS, 3)
    return mean(median(measured[f"numpy {g}"]) for g in ("relu", "sigmoid"))


def by_study(said: str) -> dict[str, tuple[float, int]]:
    """Return seconds and training steps of each study, as a build tells them."""
    found = DONE.findall(said)
    return {study: (float(seconds), int((steps or "0").replace(",", ""))) for study, seconds, steps in found}


def allowed(steps: int, step: float) -> float:
    """Return the seconds that an analysis with so many steps may take, where one step takes `step` seconds."""
    return SHARE * steps * step / CORES + REST_SECONDS


def measure(repeats: int = REPEATS) -> dict[str, float]:
    """Return medians: seconds in all and by study, the training steps, what they allow and the ratio to that."""
    walls, ratios, limits, studies, peaks = [], [], [], [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            wall, said, peak = whole_analysis(Path(folder))
        peaks.append(peak)
        studies.append(by_study(said))
        steps = sum(count for study, (_, count) in studies[-1].items() if study != OTHER_NETWORK)
        limits.append(allowed(steps, step_seconds()))
        walls.append(wall)
        ratios.append(wall / limits[-1])
    found = {
        "s": median(walls),
        "largest_process_gb": max(peaks) / 1e9,
        "steps": steps,
        "allowed_s": median(limits),
        "of_what_is_allowed": median(ratios),
    }
    return found | {f"{study}_s": median(run[study][0] for run in studies) for study in studies[0]}


def main() -> None:
    """Print the measurement as JSON."""
    print(json.dumps(measure(), indent=1))


if __name__ == "__main__":
    main()
