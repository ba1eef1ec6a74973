"""Join the studies' records to results.json: `python -m analysis.collect --config … --build …`."""

import argparse
import importlib.metadata
import json
import platform
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from analysis import contract
from analysis.declaration import read_settings
from analysis.errors import exit_status
from analysis.results.inputs import InputsRecord, processor
from analysis.settings.load import load
from analysis.settings.schema import Settings

ROOT = Path(__file__).resolve().parent.parent
FILES = {"train": "data", "test": "test_data"}  # the record of a study that opens a file has this field (DataFile)


def _collect_inputs(settings: Settings, records: Collection[Any]) -> InputsRecord:
    """Return the record of the inputs; a study that opened a file has it in its record, with its warnings."""
    opened = {
        role: [getattr(record, name) for record in records if hasattr(record, name)] for role, name in FILES.items()
    }
    files = {role: found[0] for role, found in opened.items() if found}
    return InputsRecord(
        simulated=settings.simulated,
        train=files.get("train"),
        test=files.get("test"),
        settings=settings_as_text(settings),
        python=platform.python_version(),
        packages=package_versions(ROOT / "requirements.lock"),
        warnings=tuple(dict.fromkeys(warning for record in records for warning in getattr(record, "warnings", ()))),
        processor=processor(),
    )


def settings_as_text(settings: Settings) -> dict[str, str]:
    """Return "run.seed" -> "600" for every setting that a study reads (the seed of the simulator where it stood in)."""
    declared = {name for study in settings.studies.values() for name in study.settings}
    names: list[str] = [name for name in ("data.train", "data.test") if name in declared]
    names += ["data.simulation_seed"] if settings.simulated else []
    names += ["run.profile", *read_settings(settings.studies)]  # every section may depend on the profile
    found = {key: value for name in names for key, value in settings.entries(name).items()}
    return {k: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for k, value in found.items()}


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
    parser.add_argument("--studies", type=Path, default=None, help="the folder of the report's studies")
    options = parser.parse_args(arguments)
    return exit_status(lambda: _collect(options), options.build)


def _collect(options: argparse.Namespace) -> None:
    folder = options.build / "results"
    settings = load(options.config, options.profile, options.studies)
    records = contract.load_records(folder, settings.studies)
    contract.join(
        _collect_inputs(settings, records.values()), records, options.build / "results.json", settings.studies
    )


if __name__ == "__main__":
    sys.exit(main())
