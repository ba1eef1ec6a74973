"""Steps run when what they rest on changed, and never else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.declaration import Study
from report_src.build import runner
from report_src.build.pipeline import longest_first
from report_src.build.step import figures_of, parts, waits_for
from report_src.errors import BuildError
from report_src.system.import_graph import ImportIndex
from tests.report_src import small_project
from tests.report_src.small_project import STEPS, STUDIES


def all_parts(root: Path) -> dict[str, dict[str, str]]:
    project, index = small_project.project(root), ImportIndex(root)
    return {step.name: parts(step, project, index) for step in STEPS}


def changed_steps(root: Path, change: Callable[[], None]) -> set[str]:
    before = all_parts(root)
    change()
    after = all_parts(root)
    return {name for name in before if before[name] != after[name]}


def edit(path: Path, old: str, new: str) -> Callable[[], None]:
    def change() -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def grow(path: Path) -> Callable[[], None]:
    return lambda: path.write_text(path.read_text(encoding="utf-8") + "\n# grown\n", encoding="utf-8")


FIGURES = {*map(figures_of, STUDIES)}
ASIDE = {"aside", "aside figures"}
ON_DATA = {"survey", "fit", "curve", "trial"}


# render prints excerpts of any module, so every source file is in its key; the web page has what draws each figure
@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("studies/survey/study.py", {"survey", "render", "web"}),
        ("analysis/data/dataset.py", {"survey", "fit", "trial", "render"}),
        ("analysis/network/mlp.py", {"fit", "trial", "render"}),
        ("studies/aside/study.py", {"aside", "render", "web"}),
        ("analysis/collect.py", {"results", "render"}),
        ("analysis/__main__.py", {*STUDIES, "render"}),
        ("analysis/draw.py", {*FIGURES, "render"}),
        ("studies/survey/plots.py", {"survey figures", "render", "web"}),
        ("studies/survey/record.py", {"survey", "trial", "survey figures", "results", "render", "web"}),
        ("studies/aside/record.py", {*ASIDE, "results", "render", "web"}),
        ("report_src/numbers/formatting.py", {"render"}),
        ("report_src/tex/log.py", {"compile", "render"}),
        ("report_src/derivations/gate.py", {"verify", "render"}),
        ("report_src/derivations/gate.lark", {"verify"}),
        ("analysis/data/dataset.toml", {"survey", "fit", "trial"}),
        ("templates/report.tex.j2", {"verify", "render"}),
        ("requirements.lock", set()),
    ],
)
def test_a_changed_file_changes_the_keys_of_what_imports_it(root: Path, module: str, expected: set[str]) -> None:
    assert changed_steps(root, grow(root / module)) == expected


def test_a_new_package_version_changes_every_key(root: Path) -> None:
    change = edit(root / "requirements.lock", "numpy==1.0", "numpy==1.1")
    assert changed_steps(root, change) == {step.name for step in STEPS}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('author = "Your Name"', 'author = "A. Student"', {"render"}),
        ('source = "the', 'source = "from the', {"results", "render"}),
        ("seed = 600", "seed = 601", {*STUDIES, *FIGURES, "results", "render"} - ASIDE),
        ("rate = 0.5", "rate = 0.25", {*ASIDE, "results", "render"}),
        ("maximum = 365\n", "maximum = 366\n", {*STUDIES, *FIGURES, "results", "render"} - ASIDE),
        ("simulation_seed = 5", "simulation_seed = 1", {"results", "render"}),
        ("[run]", "# a comment\n[run]", {"render"}),
        ("row_limit = 0 ", "row_limit = 0 # said again\n#", {"render"}),
        ('log = "data/ai_usage.toml"', "", {"render"}),
    ],
)
def test_a_changed_setting_changes_the_keys_of_what_reads_it(
    root: Path, old: str, new: str, expected: set[str]
) -> None:
    assert changed_steps(root, edit(root / "report.toml", old, new)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train.csv", ON_DATA),
        ("test.csv", {"trial"}),
        ("ai_usage.toml", {"render"}),
    ],
)
def test_a_changed_data_file_changes_the_keys_of_what_reads_it(root: Path, name: str, expected: set[str]) -> None:
    assert changed_steps(root, grow(root / "data" / name)) == expected


def test_where_replicates_are_computed_is_part_of_no_key(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask_for_a_cluster() -> None:
        monkeypatch.setenv("ANALYSIS_CLUSTER", "tcp://127.0.0.1:8786")
        monkeypatch.setenv("ANALYSIS_WORKERS", "7")

    assert changed_steps(root, ask_for_a_cluster) == set()


def test_the_simulator_is_keyed_by_its_seed(root: Path) -> None:
    for name in ("train.csv", "test.csv"):
        (root / "data" / name).unlink()
    change = edit(root / "report.toml", "simulation_seed = 5", "simulation_seed = 1")
    assert changed_steps(root, change) == ON_DATA | {"results", "render"}


def test_nothing_to_do_runs_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small_project.project(root)
    assert runner.make(project, "report", small_project.table())
    capsys.readouterr()
    assert not runner.make(project, "report", small_project.table())
    assert capsys.readouterr().err == ""
    assert all(not reasons for _, reasons in runner.why(project, small_project.table()))
    said = dict(runner.why_and_how_long(project, small_project.table()))
    assert all(re.fullmatch(r"up to date; took \d+\.\d s", "; ".join(words)) for words in said.values()), said


def test_a_step_that_never_ran_has_taken_no_time(root: Path) -> None:
    said = dict(runner.why_and_how_long(small_project.project(root), small_project.table()))
    assert said["survey"] == ["it has not run yet"]


def test_an_edit_reruns_what_depends_on_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small_project.project(root)
    small_project.build(root)
    edit(root / "analysis/network/mlp.py", "seed + 1", "seed + 2")()
    reasons = dict(runner.why(project, small_project.table()))
    assert reasons["fit"] == ["code:analysis/network/mlp.py changed"]
    assert reasons["curve"] == ["may have to, after fit"]
    assert not reasons["survey"]
    capsys.readouterr()
    runner.make(project, "report", small_project.table())
    ran = [line.split(":")[0] for line in capsys.readouterr().err.splitlines() if ": done in" in line]
    drawn = [figures_of(study) for study in STUDIES[1:3]]  # trial gave what it gave before
    assert ran[:1] == ["fit"]
    assert {*ran[1:3]} == {"curve", "trial"}
    assert {*ran[3:-1]} == {*drawn, "results", "verify", "render"}  # figures are drawn beside the others
    assert [step for step in ran if step not in drawn][3:] == ["results", "verify", "render", "compile"]
    assert "602" in (root / "build/report.pdf").read_text()


def test_an_edit_that_changes_no_product_stops_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small_project.project(root)
    small_project.build(root)
    grow(root / "analysis/network/mlp.py")()
    capsys.readouterr()
    runner.make(project, "figures", small_project.table())
    ran = [line.split(":")[0] for line in capsys.readouterr().err.splitlines() if ": done in" in line]
    assert ran == ["fit", "trial"]


def test_a_changed_plot_is_drawn_again_and_nothing_is_trained(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small_project.project(root)
    small_project.build(root)
    edit(root / "studies/fit/plots.py", "return text", "return text * 2")()
    capsys.readouterr()
    runner.make(project, "figures", small_project.table())
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines() if ": done in" in line] == [
        "fit figures"
    ]


def test_a_plot_that_fails_throws_no_training_away(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small_project.project(root)
    edit(root / "studies/fit/plots.py", "return text", "return text.nothing")()
    with pytest.raises(BuildError, match=r"^studies/fit/plots\.py:3: AttributeError: .*, in drawn\n"):
        runner.make(project, "figures", small_project.table())
    edit(root / "studies/fit/plots.py", "text.nothing", "text")()
    capsys.readouterr()
    runner.make(project, "figures", small_project.table())
    ran = {line.split(":")[0] for line in capsys.readouterr().err.splitlines() if ": done in" in line}
    assert {figures_of("fit")} <= ran <= {*map(figures_of, STUDIES), "results"}


def test_a_step_waits_for_what_it_reads_and_figures_for_every_study() -> None:
    table = small_project.table()
    waits = {
        step.name: {before.name for before in table[:at] if waits_for(step, [before])} for at, step in enumerate(table)
    }
    drawn = {figures_of(study) for study in STUDIES}
    assert {study: waits[study] for study in STUDIES} == {
        "survey": set(), "fit": set(), "curve": {"fit"}, "trial": {"survey", "fit"}, "aside": set()
    }  # fmt: skip
    assert all(waits[figures] == set(STUDIES) for figures in drawn)
    assert waits["results"] == set(STUDIES)
    assert waits["verify"] == {*STUDIES, "results"}
    assert waits["render"] == {"results", "verify"}
    assert waits["compile"] == {*drawn, "results", "verify", "render"}


def test_studies_on_which_others_rest_come_first() -> None:
    reads = {"aside": (), "fit": (), "curve": ("fit",), "trial": ("fit", "aside"), "last": ("curve",)}
    studies = {name: Study(name, "", reads=own) for name, own in reads.items()}
    assert [one.name for one in longest_first(studies)] == ["fit", "aside", "curve", "trial", "last"]


@pytest.mark.parametrize("place", ["build/report.pdf", "build/results.json", "build/figures/survey-plot.pdf"])
@pytest.mark.parametrize("how", ["edited", "removed"])
def test_a_product_that_was_touched_is_put_back(root: Path, place: str, how: str) -> None:
    project = small_project.project(root)
    small_project.build(root)
    whole = (root / place).read_bytes()
    if how == "edited":
        (root / place).write_bytes(b"spoilt")
    else:
        (root / place).unlink()
    assert runner.make(project, "report", small_project.table())
    assert (root / place).read_bytes() == whole


@pytest.mark.parametrize("name", ["results/survey.json", "report.pdf", "steps.json"])
def test_a_spoilt_workshop_is_made_anew(root: Path, name: str) -> None:
    project = small_project.project(root)
    small_project.build(root)
    whole = (root / "build/report.pdf").read_bytes()
    path = root / "build" / ("" if name == "steps.json" else "work") / name
    path.write_bytes(b"\x00spoilt")
    assert runner.make(project, "report", small_project.table())
    assert (root / "build/report.pdf").read_bytes() == whole
    assert not runner.make(project, "report", small_project.table())


def test_a_figure_that_is_no_longer_drawn_goes(root: Path) -> None:
    project = small_project.project(root)
    small_project.build(root)
    edit(root / "analysis/draw.py", "-plot.pdf", "-picture.pdf")()
    runner.make(project, "report", small_project.table())
    assert (root / "build/figures/survey-picture.pdf").exists()
    assert not (root / "build/figures/survey-plot.pdf").exists()
    assert not (root / "build/work/figures/survey-plot.pdf").exists()


@pytest.mark.parametrize(("at_once", "sure"), [("1", ["survey"]), ("2", ["survey", "fit"])])
def test_a_file_that_no_row_declares_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, at_once: str, sure: list[str]
) -> None:
    """The message names the studies that ran until nothing did: how many began depends on how long each took."""
    monkeypatch.setenv("ANALYSIS_WORKERS", at_once)
    edit(root / "studies/survey/study.py", "return", "(build / 'notes.txt').write_text('x'); return")()
    for _ in range(2):
        with pytest.raises(BuildError, match=r" wrote notes\.txt: not declared in STUDY") as failed:
            runner.make(small_project.project(root), "figures", small_project.table())
        named = str(failed.value).partition(" wrote")[0].split(" or ")
        assert named[: len(sure)] == sure
        assert set(named) == set(sure) if at_once == "1" else set(named) <= set(STUDIES)
