"""Everything that is measured, in one run: BUILD/bench.json and a table. `python -m benchmarks --build build`.

The report must have been built. Ratios are to something measured in the same run; seconds are of this machine.
"""

import argparse
import importlib
import json
import os
import platform
from pathlib import Path

from benchmarks import machine
from report_src.system.files import write_whole

SCRIPTS = ("training", "scaling", "cluster", "derivations", "rebuild", "preview", "analysis")


def table(found: dict[str, dict[str, object]]) -> str:
    """Return one line a number, under the name of its script."""
    lines = []
    for script, numbers in found.items():
        lines.append(script)
        lines += [f"  {name:42s} {value:12.4g}" for name, value in numbers.items() if isinstance(value, int | float)]
    return "\n".join(lines)


def main() -> None:
    """Run every script, write the JSON file, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure training, checks and rebuilds.")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder of a finished report")
    parser.add_argument("--only", nargs="*", choices=SCRIPTS, default=SCRIPTS, help="the scripts to run")
    options = parser.parse_args()
    found: dict[str, dict[str, object]] = {}
    for script in options.only:
        module = importlib.import_module(f"benchmarks.{script}")
        found[script] = module.measure(options.build) if script in ("rebuild", "preview") else module.measure()
    here = {"processor": machine.processor(), "cores": os.cpu_count(), "system": platform.platform()}
    here["python"] = platform.python_version()
    write_whole(options.build / "bench.json", json.dumps({"machine": here} | found, indent=1).encode() + b"\n")
    print(", ".join(map(str, here.values())))
    print(table(found))
    print(f"{options.build / 'bench.json'}")


if __name__ == "__main__":
    main()
