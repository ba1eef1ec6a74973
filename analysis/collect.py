"""Join the studies' records to results.json: `python -m analysis.collect --config … --build …`."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import sys
from pathlib import Path
from typing import Any

import msgspec

from analysis import contract
from analysis.errors import exit_status
from analysis.results.inputs import InputsRecord, processor
from analysis.settings.load import load
from analysis.settings.schema import Settings

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ("run", "table", "shared_bias")  # what the studies read, besides the data


def collect_inputs(settings: Settings, eda: Any, generalization: Any) -> InputsRecord:
    """Return the record of the inputs; the two studies that read the files report them with their warnings."""
    return InputsRecord(
        simulated=settings.simulated,
        train=eda.data,
        test=generalization.test_data,
        settings=settings_as_text(settings),
        python=platform.python_version(),
        packages=package_versions(ROOT / "requirements.lock"),
        warnings=tuple(dict.fromkeys((*eda.warnings, *generalization.warnings))),
        processor=processor(),
    )


def settings_as_text(settings: Settings) -> dict[str, str]:
    """Return "run.seed" -> "600" for every setting that a study reads (the seed of the simulator where it stood in)."""
    found = {"data.train": settings.data.train, "data.test": settings.data.test}
    if settings.simulated:
        found["data.simulation_seed"] = str(settings.data.simulation_seed)
    for section in SECTIONS:
        for name, value in msgspec.to_builtins(getattr(settings, section)).items():
            found[f"{section}.{name}"] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return found


def package_versions(lock: Path) -> dict[str, str]:
    """Return the installed version of every package that a lock file pins; "absent" where one is not installed."""
    versions = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        name, pin, _ = line.split("#")[0].partition("==")  # other lines hold hashes
        if pin:
            try:
                versions[name] = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                versions[name] = "absent"
    return versions


def main(arguments: list[str] | None = None) -> int:
    """Write results.json below the build folder; 2 for a mistake in report.toml."""
    parser = argparse.ArgumentParser(prog="python -m analysis.collect", description="Join the records of the studies.")
    parser.add_argument("--config", default="report.toml", help="report.toml to read")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder of the products")
    parser.add_argument("--profile", default=None, help="quick, standard or full (instead of the file's)")
    options = parser.parse_args(arguments)
    return exit_status(lambda: _collect(options), options.build)


def _collect(options: argparse.Namespace) -> None:
    folder = options.build / "results"
    settings = load(options.config, options.profile)
    eda, generalization = (contract.load(name, folder / f"{name}.json") for name in ("eda", "generalization"))
    contract.join(collect_inputs(settings, eda, generalization), folder, options.build / "results.json")


if __name__ == "__main__":
    sys.exit(main())
