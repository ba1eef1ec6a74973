"""Run one study of a report: `python -m analysis STUDY --config report.toml --build build`."""

import argparse
import importlib
import io
import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402 (threads are set before the first BLAS is loaded)

from analysis import contract  # noqa: E402
from analysis.compute.progress import Progress  # noqa: E402
from analysis.declaration import Study  # noqa: E402
from analysis.errors import InputError, exit_status  # noqa: E402
from analysis.results import store  # noqa: E402
from analysis.settings.load import load  # noqa: E402
from analysis.settings.schema import Settings  # noqa: E402
from analysis.study_interface import Inputs, Outcome, narrowed  # noqa: E402


def run_study(
    study: str, settings: Settings, build: Path, progress: Progress, reads: tuple[str, ...] | None = None
) -> int:
    """Run one study; write its record and its arrays below `build`, each whole or not at all.

    Return the training iterations it took.
    """
    module = importlib.import_module(f"{settings.studies[study].package}.study")
    outcome: Outcome = module.run(settings, Inputs(build, reads, settings.studies), progress)
    save_arrays(outcome.arrays, build / "arrays" / f"{study}.npz")
    store.save(outcome.record, build / "results" / f"{study}.json")
    return outcome.steps


def save_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Save arrays of numbers by name; object arrays (which would need pickle) are refused."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    store.write_whole(path, buffer.getvalue())


def _print_progress(stage: str, done: int, total: int) -> None:
    """One line a report, for whoever started us: PROGRESS<tab>stage<tab>done<tab>total."""
    print(f"PROGRESS\t{stage}\t{done}\t{total}", file=sys.stderr, flush=True)


def _print_warnings(study: Study, build: Path) -> None:
    """Print the warnings of a study about the data, one line each."""
    record = contract.load(study, build / "results" / f"{study.name}.json")
    for warning in getattr(record, "warnings", ()):
        print(f"warning: {warning}", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run one study; return the exit status (2: a mistake in a file the user edits)."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Run one study.")
    parser.add_argument("study", help="its name: that of its package")
    parser.add_argument("--config", default="report.toml", help="report.toml to read")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder for the products")
    parser.add_argument("--profile", default=None, help="quick, standard or full (instead of the file's)")
    parser.add_argument("--reads", nargs="*", default=None, help="the earlier studies it may read (default: any)")
    parser.add_argument("--settings", nargs="*", default=None, help="the sections it may read (default: any)")
    parser.add_argument("--studies", type=Path, default=None, help="the folder of the report's studies")
    options = parser.parse_args(arguments)
    return exit_status(lambda: _run(options), options.build)


def _run(options: argparse.Namespace) -> None:
    reads = None if options.reads is None else tuple(options.reads)
    settings = load(options.config, options.profile, options.studies)
    if options.study not in settings.studies:
        raise InputError(f"expected one of the studies {', '.join(settings.studies)}, got '{options.study}'")
    if options.settings is not None:
        settings = narrowed(settings, options.settings)
    steps = run_study(options.study, settings, options.build, _print_progress, reads)
    print(f"STEPS\t{steps}", file=sys.stderr, flush=True)
    _print_warnings(settings.studies[options.study], options.build)


if __name__ == "__main__":
    sys.exit(main())
