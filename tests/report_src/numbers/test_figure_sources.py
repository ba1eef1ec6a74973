"""A figure names the function that draws it, the fields and arrays that this reads, and the values that it prints."""

import ast
import json
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from report_src.build.environment import open_project
from report_src.numbers.figure_sources import Reading, figure_source
from report_src.project import ROOT, Project

TRAINING = {
    "iterations": 400,
    "plotted_replicate": 3,
    "majority_validation_accuracy": {"mean": 0.56324, "replicates": []},
}
PLOTS = """
def plot_x(record, arrays, settings):
    for row in record.ranking:
        row.score
    helper(1, arrays, kept=record)
    other(arrays["a"], record)
    settings.run
    return other

def other(values, result):
    result.share.mean.is_integer()
    values["b"]

def helper(count, given):
    given[f"{count}_loss"], given["c"][0]
    plot_x(given, given, count)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The first report with the results of one study and a figure that prints a field and other numbers."""
    built = open_project(ROOT / "report.toml", tmp_path, None)
    (built.work / "figures").mkdir(parents=True)
    built.results.write_text(json.dumps({"training": TRAINING}))
    figure = Figure()
    for place, text in enumerate(("56.3 %", "400", "12", "71.9", "5.63")):
        figure.text(0.5, 0.1 + 0.2 * place, text)
    figure.savefig(built.work / "figures/training-accuracy.pdf")
    return built


def test_a_figure_names_its_function_what_it_reads_and_what_it_prints(project: Project) -> None:
    source = figure_source(project, "training-accuracy")
    assert source is not None
    line = int(source.place.split(":")[1].split()[0])
    code = (ROOT / "analysis/studies/training/plots.py").read_text(encoding="utf-8").splitlines()
    assert code[line - 1].startswith("def plot_accuracy(")
    assert source.place.endswith("plot_accuracy")
    assert "training.iterations = 400" in source.fields
    assert "…_loss" in source.arrays
    assert source.printed == ("400: training.iterations = 400",)
    assert [term for term, text in source.rows() if not text] == []


@pytest.mark.parametrize("name", ["training-nothing", "elsewhere-accuracy", "", "photo"])
def test_what_no_plot_draws_has_no_source(project: Project, name: str) -> None:
    assert figure_source(project, name) is None


def test_the_record_and_the_arrays_are_followed_into_other_functions() -> None:
    functions = {node.name: node for node in ast.parse(PLOTS).body if isinstance(node, ast.FunctionDef)}
    read = Reading(functions)
    read.follow(functions["plot_x"], 0, 1)
    assert read.fields == {"ranking", "share", "share.mean", "share.mean.is_integer"}
    assert read.arrays == {"a", "…_loss", "c"}
