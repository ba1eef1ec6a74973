"""Training that runs away, through the front door: the rate is named, and the last good report stays as it was."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.network import torch_network
from analysis.network.replicates import Fold
from analysis.settings.schema import Settings
from analysis.studies.generalization import selection
from analysis.studies.training import runs, study
from analysis.studies.training.runs import Trained
from tests.end_to_end import front_door
from tests.end_to_end.damage import rows, swap
from tests.end_to_end.reports import Built
from tests.end_to_end.test_carried_on import printed

EXPECTED = r"expected a rate at which training descends, got "
LOSS = r"loss (nan|[\d.e+]+) after update \d+"
RATES = "learning_rates = [0.25, 0.5]"

pytestmark = pytest.mark.slow


@pytest.fixture
def project(small_project: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project with a whole build beside its files."""
    front_door.without_processes(monkeypatch)
    return Path(shutil.copytree(small_project.config.parent, tmp_path / "project"))


def line_of(project: Path, start: str) -> int:
    """Return the line of report.toml that starts so."""
    lines = (project / "report.toml").read_text(encoding="utf-8").splitlines()
    return 1 + next(number for number, line in enumerate(lines) if line.startswith(start))


def refused(project: Path, capsys: pytest.CaptureFixture[str], message: str) -> None:
    """Ask for the report; there is this one message, status 2, no traceback, and the build is unchanged."""
    before = {name: content for name, content in front_door.products(project).items() if not name.startswith("work/")}
    capsys.readouterr()
    assert front_door.report(project) == 2
    printed = capsys.readouterr()
    said = printed.out + printed.err
    (error,) = [line for line in said.splitlines() if line.startswith("error:")]
    assert re.fullmatch(rf"error: {re.escape(str(project))}/report.toml:{message}", error)
    assert "Traceback" not in said + (project / "build/build.log").read_text(encoding="utf-8")
    after = {name: content for name, content in front_door.products(project).items() if not name.startswith("work/")}
    assert {name for name in before if after[name] != before[name]} <= {"steps.json"}  # which steps are done
    assert "report.pdf" in before


def test_a_sweep_that_diverges_at_every_rate_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swap(RATES, "learning_rates = [1e30, 1e6]")(project / "report.toml")
    line = line_of(project, "learning_rates")
    smallest = rf"sigmoid at learning rate 1e\+06: {LOSS}"
    refused(
        project, capsys,
        rf"{line}: run\.learning_rates: {EXPECTED}none among 2 \(smallest: {smallest}\); name smaller ones",
    )  # fmt: skip


@pytest.mark.parametrize("rate", ["100", "1e6", "1e30"])
def test_the_experiment_on_the_shared_bias_is_refused_where_an_arm_diverges(
    rate: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swap("[shared_bias]", f"[shared_bias]\nlearning_rate = {rate}")(project / "report.toml")
    line = line_of(project, "learning_rate = ")
    arm = rf"the (shared|independent|doubled) arm at learning rate {re.escape(f'{float(rate):g}')}: {LOSS}"
    refused(
        project, capsys,
        rf"{line}: shared_bias\.learning_rate: {EXPECTED}{arm}; name a smaller rate in its place",
    )  # fmt: skip


@pytest.mark.long
def test_a_replicate_that_diverges_at_the_chosen_rate_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train_one = study.train_one

    def runs_away(settings: Settings, fold: Fold, replicate: int, activation: str, rate: float) -> Trained:
        return train_one(settings, fold, replicate, activation, 1e6 if replicate == 1 else rate)

    monkeypatch.setattr(study, "train_one", runs_away)
    swap("iterations = 12", "iterations = 13")(project / "report.toml")
    line = line_of(project, "learning_rates")
    run = rf"sigmoid at learning rate 1e\+06: {LOSS}"
    chosen = rf"0\.(25|5), chosen from the sweep, where replicate 1 diverged \({run}\)"
    refused(project, capsys, rf"{line}: run\.learning_rates: {EXPECTED}{chosen}; name a smaller rate in its place")


def faster(function: Callable[..., Any], place: int | str) -> Callable[..., Any]:
    """Return the function with a learning rate of a million in place of its own."""

    def changed(*arguments: Any, **named: Any) -> Any:
        if isinstance(place, str):
            return function(*arguments, **{**named, place: 1e6})
        return function(*(1e6 if i == place else argument for i, argument in enumerate(arguments)), **named)

    return changed


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "name", "place", "run"),
    [
        (
            torch_network, "train", "learning_rate",
            rf"0\.(25|5), chosen from the sweep, where replicate \d diverged "
            rf"\(PyTorch, relu at learning rate 1e\+06: {LOSS}\)",
        ),
        (
            selection, "train", 4,
            rf"relu at learning rate 1e\+06: {LOSS}, intervention '[a-z_ ]+', replicate 0",
        ),
    ],
    ids=["by PyTorch", "generalization"],
)  # fmt: skip
def test_a_network_that_diverges_behind_the_sweep_is_refused(
    module: Any, name: str, place: int | str, run: str, project: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert runs.torch_network is torch_network
    monkeypatch.setattr(module, name, faster(getattr(module, name), place))
    swap("iterations = 12", "iterations = 13")(project / "report.toml")
    line = line_of(project, "learning_rates")
    refused(project, capsys, rf"{line}: run\.learning_rates: {EXPECTED}{run}; name a smaller rate in its place")


@pytest.mark.long
def test_one_diverging_rate_among_others_is_said_and_stops_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swap(RATES, "learning_rates = [0.25, 1e6]")(project / "report.toml")
    assert front_door.report(project) == 0, capsys.readouterr().err
    text = printed(project / "build")
    assert "Of the runs, two diverged; such a rate is not eligible." in text
    assert re.search(r"0\.25\D.*diverged and diverged at ", text, re.DOTALL)


@pytest.mark.long
@pytest.mark.parametrize("scale", ["e13", "e-200"])
def test_a_feature_of_any_scale_gives_the_same_accuracies(
    scale: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def scaled(table: list[list[str]]) -> list[list[str]]:
        at = table[0].index("amenity_score")
        return [table[0], *([*row[:at], row[at] and f"{row[at]}{scale}", *row[at + 1 :]] for row in table[1:])]

    before = (project / "build/work/results/training.json").read_bytes()
    for name in ("train.csv", "test.csv"):
        rows(scaled)(project / name)
    swap("minimum = 0\nmaximum = 100\n", "minimum = 0\nmaximum = 1e15\n")(project / "report.toml")
    assert front_door.report(project) == 0, capsys.readouterr().err
    after = (project / "build/work/results/training.json").read_bytes()
    found = [re.findall(rb'"validation_accuracy": {\s*"mean": ([\d.]+)', record) for record in (before, after)]
    assert found[0] == found[1] != []
