"""Draw the figures of one study from what it saved: `python -m analysis.draw STUDY --config … --build …`."""

import argparse
import importlib
import sys
from pathlib import Path

from analysis.compute.parallel import START, here
from analysis.errors import exit_status
from analysis.plotting import scripts, style
from analysis.results.store import write_whole
from analysis.settings.cores import cores
from analysis.settings.load import load
from analysis.settings.schema import Settings
from analysis.study_interface import Inputs, Plot, narrowed


def draw_study(study: str, settings: Settings, build: Path) -> None:
    """Draw every figure in PLOTS of a study below `build`, each whole or not at all."""
    plots = importlib.import_module(f"{settings.studies[study].package}.plots").PLOTS
    drawings = [(plot, study, settings, build) for plot in plots]
    count = min(cores(), len(drawings)) if START == "fork" else 1  # starting a worker from scratch takes longer
    for _ in here(draw, drawings, count):
        pass


def draw(plot: Plot, study: str, settings: Settings, build: Path) -> None:
    """Draw one figure of a study from its record and its arrays, and save it as a PDF without dates."""
    inputs = Inputs(build, None, settings.studies)
    content = style.saved(plot(inputs.record(study), inputs.arrays(study), settings))
    write_whole(build / "figures" / _figure_name(study, plot.__name__), content)
    for warning in scripts.warnings():
        print(f"warning: {_figure_name(study, plot.__name__)}: {warning}", file=sys.stderr, flush=True)


def _figure_name(study: str, function: str) -> str:
    """`plot_class_distribution` of `eda` -> `eda-class-distribution.pdf`."""
    return f"{study}-{function.removeprefix('plot_').replace('_', '-')}.pdf"


def main(arguments: list[str] | None = None) -> int:
    """Draw the figures of one study; return the exit status (2: a mistake in a file the user edits)."""
    parser = argparse.ArgumentParser(prog="python -m analysis.draw", description="Draw the figures of one study.")
    parser.add_argument("study", help="whose record and arrays lie below the build folder")
    parser.add_argument("--config", default="report.toml", help="report.toml to read")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder of the products")
    parser.add_argument("--profile", default=None, help="quick, standard or full (instead of the file's)")
    parser.add_argument("--settings", nargs="*", default=(), help="the sections that the plots may read")
    parser.add_argument("--studies", type=Path, default=None, help="the folder of the report's studies")
    options = parser.parse_args(arguments)
    return exit_status(lambda: _draw(options), options.build)


def _draw(options: argparse.Namespace) -> None:
    settings = narrowed(load(options.config, options.profile, options.studies), options.settings)
    draw_study(options.study, settings, options.build)


if __name__ == "__main__":
    sys.exit(main())
