"""The steps of this report: what each rests on, over its studies, settings, templates and data."""

import re

import pytest

from analysis.declaration import SHIPPED, shipped
from report_src.build.step import figures_of
from tests.report_src.build.keys import Keyed, copied, grown, keys, wrong_modules, wrong_settings

STUDIES = shipped()
ON_RUN = {name for name in STUDIES if name != "shared_bias"}
ON_RUN |= {figures_of(name) for name in ON_RUN}
ON_DATA = {"eda", "training", "gradient_flow", "attribution", "generalization"}
SECTIONS = {
    "report": {"render"},
    "data": {"results", "render"},
    "data.train": ON_DATA | {"results", "render"},
    "data.test": {"generalization", "results", "render"},
    "table": ON_RUN | {"results", "render"},
    "run": ON_RUN | {"results", "render"},
    "shared_bias": {"shared_bias", "shared_bias figures", "results", "render"},
    "ai": {"render"},
    "scans": {"render"},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    return copied(tmp_path_factory.mktemp("report"), data=("data/train.csv", "data/test.csv"))


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_reads_what_it_declares(study: str) -> None:
    """Each is started with --reads and no more."""
    source = (SHIPPED / study / "study.py").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.(?:record|arrays)\(\"(\w+)\"\)", source)) <= set(STUDIES[study].reads)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("analysis/studies/eda/study.py", {"eda", "render", "web"}),
        ("analysis/studies/shared_bias/study.py", {"shared_bias", "render", "web"}),
        ("analysis/studies/eda/plots.py", {"eda figures", "render", "web"}),
        ("templates/report.tex.j2", {"verify", "render"}),
        ("data/train.csv", ON_DATA),
        ("data/test.csv", {"generalization"}),
    ],
)
@pytest.mark.sampled(3)
def test_a_changed_file_changes_the_keys_of_what_reads_it(report: Keyed, name: str, expected: set[str]) -> None:
    assert grown(report.project.root / name, keys(report), report) == expected


@pytest.mark.long
def test_each_module_changes_the_keys_of_the_steps_that_reach_it_and_no_other(report: Keyed) -> None:
    assert wrong_modules(report, every=1) == {}
    assert len(report.modules) > 100


@pytest.mark.long
def test_each_template_changes_the_keys_of_what_reads_templates(report: Keyed) -> None:
    before = keys(report)
    templates = sorted(path for path in report.project.templates.rglob("*") if path.is_file())
    assert len(templates) > 30
    assert all(grown(path, before, report) == {"verify", "render"} for path in templates)


@pytest.mark.long
def test_each_setting_changes_the_keys_of_the_steps_that_declare_it(report: Keyed) -> None:
    different, seen = wrong_settings(report, SECTIONS, "part_c")
    assert different == {}
    assert seen > 40
