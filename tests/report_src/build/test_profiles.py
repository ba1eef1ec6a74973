"""The products of one profile outlast the build of another, and a question about the last build builds nothing."""

import shutil
from pathlib import Path

import pytest

from analysis.settings.load import load
from report_src.build import profiles, runner
from report_src.build.finished_steps import Memory
from report_src.project import Project
from tests.report_src import small_project


def make(root: Path, profile: str, target: str = "report") -> bool:
    return runner.make(small_project.project(root).in_profile(profile), target, small_project.table())


def ran(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = capsys.readouterr().err.splitlines()
    return [line.partition(":")[0] for line in lines if ": done in" in line]


@pytest.mark.parametrize("target", ["unused", "check", "report", "bundle", "handin", "figures"])
@pytest.mark.sampled(6)
def test_no_step_runs_because_another_profile_was_built_last(
    root: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    small_project.build(root)
    ran(capsys)
    make(root, "quick")
    assert "fit" in ran(capsys)
    for profile in ("standard", "quick", "standard"):
        make(root, profile, target)
        assert ran(capsys) == []


def test_what_is_published_is_that_of_the_profile_asked_for(root: Path) -> None:
    edit = root / "studies/aside/study.py"
    edit.write_text(edit.read_text(encoding="utf-8").replace("return 1", "return settings['seed']"), encoding="utf-8")
    make(root, "standard")
    standard = (root / "build/report.pdf").read_bytes()
    settings = root / "report.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("seed = 600", "seed = 7"), encoding="utf-8")
    make(root, "quick")
    assert (root / "build/report.pdf").read_bytes() != standard
    settings.write_text(text, encoding="utf-8")
    make(root, "standard")
    assert (root / "build/report.pdf").read_bytes() == standard


@pytest.mark.parametrize("killed_after", ["memory", "first move"])
@pytest.mark.sampled(2)
def test_a_switch_that_was_killed_goes_on(root: Path, capsys: pytest.CaptureFixture[str], killed_after: str) -> None:
    small_project.build(root)
    make(root, "quick")
    ran(capsys)
    Memory(root / "build").choose("standard")
    if killed_after == "first move":
        (root / "build/work").rename(root / "build/.kept/quick")
    make(root, "standard")
    make(root, "quick")
    assert ran(capsys) == []


def test_a_question_about_the_last_build_is_answered_from_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(root, "quick")
    asked = small_project.project(root)
    for target in profiles.ABOUT_THE_LAST:
        capsys.readouterr()
        assert profiles.of_last_build(asked, target).settings.run.profile == "quick"
        assert "profile quick, which was built last" in capsys.readouterr().err
    for target in ("report", "handin", "results", "figures"):
        assert profiles.of_last_build(asked, target) is asked
    named: Project = asked.in_profile("standard")
    assert profiles.of_last_build(named, "unused") is named
    shutil.rmtree(root / "build")
    assert profiles.of_last_build(asked, "unused") is asked


def overridden(root: Path, profile: str) -> tuple[str, ...]:
    return load(root / "report.toml", profile, root / "studies").overridden


def test_a_setting_that_the_profile_replaces_is_named(root: Path) -> None:
    path = root / "report.toml"
    text = path.read_text(encoding="utf-8")
    assert overridden(root, "quick") == ()
    path.write_text(text.replace("iterations = 400", "iterations = 300"), encoding="utf-8")
    assert overridden(root, "quick") == ("run.iterations: profile quick takes 60 instead of 300",)
    assert overridden(root, "standard") == ()


def make_beside(root: Path, profile: str = "standard") -> list[str]:
    """Build in a folder of its own what the build folder may lend; return the steps that were lent."""
    project, lender = small_project.project(root).in_profile(profile), profiles.Lender.of(root / "build", profile)
    runner.make(project.beside(root / "other"), "report", small_project.table(), lender=lender)
    return lender.lent


@pytest.mark.parametrize("built_last", ["standard", "quick"])
def test_another_build_of_the_same_inputs_takes_the_products(
    root: Path, capsys: pytest.CaptureFixture[str], built_last: str
) -> None:
    small_project.build(root)
    make(root, built_last)
    ran(capsys)
    assert {*make_beside(root)} == {step.name for step in small_project.table() if step.name != "web"}
    assert ran(capsys) == []
    make(root, "standard")
    assert (root / "other/report.pdf").read_bytes() == (root / "build/report.pdf").read_bytes()


def test_a_product_that_was_edited_and_one_of_other_code_are_not_lent(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_project.build(root)
    product = root / "build/work/results/fit.json"
    product.write_text(product.read_text(encoding="utf-8") + " ", encoding="utf-8")
    study = root / "studies/survey/study.py"
    study.write_text(study.read_text(encoding="utf-8") + "\nX = 1\n", encoding="utf-8")
    ran(capsys)
    lent = make_beside(root)
    assert {"fit", "survey"} <= {*ran(capsys)}
    assert not {"fit", "survey"} & {*lent}
    assert "aside" in lent


def test_an_empty_folder_lends_nothing(root: Path) -> None:
    assert make_beside(root) == []


@pytest.mark.parametrize("damage", ["emptied", "halved", "a folder"])
@pytest.mark.long
def test_a_damaged_mark_of_the_profile_loses_nothing(root: Path, damage: str) -> None:
    make(root, "quick")
    make(root, "standard")
    mark = root / "build/work" / profiles.MARK
    text = mark.read_text(encoding="utf-8")
    mark.unlink()
    if damage == "a folder":
        mark.mkdir()
    else:
        mark.write_text(text[: len(text) // 2] if damage == "halved" else "", encoding="utf-8")
    project = small_project.project(root)
    assert not runner.make(project, "report", small_project.table())
    assert mark.read_text(encoding="utf-8") == "standard"
