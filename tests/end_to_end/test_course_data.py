"""The course's own files: what is known of them comes out, and the report keeps within its pages."""

import hashlib
import json
from typing import Any

import pytest
from pypdf import PdfReader

from tests.analysis.tables import COURSE, needs_course_files
from tests.end_to_end.reports import ROOT, make, shipped
from tests.end_to_end.test_report import outline

pytestmark = [pytest.mark.slow, needs_course_files]

SUSPECT = "amenity_score"
MOST_BODY_PAGES, MOST_APPENDIX_PAGES = 20, 12
PUBLISHED = ROOT / "build"


def built_from_the_course() -> dict[str, Any] | None:
    """Return the results that were built last, if they were built from these very files at full length."""
    path, files = PUBLISHED / "results.json", {name: COURSE / f"{name}.csv" for name in ("train", "test")}
    if not path.is_file() or not all(file.is_file() for file in files.values()):
        return None
    found: dict[str, Any] = json.loads(path.read_bytes())
    same = all(
        found["inputs"][name]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()
    )
    return found if same and found["inputs"]["settings"]["run.profile"] != "quick" else None


@pytest.fixture(scope="module", params=["of the last build", pytest.param("built here", marks=pytest.mark.long)])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = built_from_the_course()
    if found is not None:
        return found
    if request.param == "of the last build":
        pytest.skip("the last build is no report of these files at full length; type: make report")
    folder = tmp_path_factory.mktemp("course")
    files = {name: json.dumps(str((COURSE / f"{name}.csv").resolve())) for name in ("train", "test")}
    (folder / "report.toml").write_text(shipped(**files), encoding="utf-8")
    made = make(folder / "report.toml", folder / "build", "results", profile=None)
    assert made.status == 0, made.said
    return made.results


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_both_activations_learn_the_training_table(results: dict[str, Any], activation: str) -> None:
    assert results["training"][activation]["validation_accuracy"]["mean"] >= 0.80


def test_the_suspect_is_named_before_the_test_and_leads_the_attribution(results: dict[str, Any]) -> None:
    assert results["eda"]["evidence"]["suspects"] == [SUSPECT]
    assert results["generalization"]["suspects"] == [SUSPECT]
    assert results["attribution"]["ranking"][0]["feature"] == SUSPECT


def test_the_model_on_every_feature_fails_in_the_test(results: dict[str, Any]) -> None:
    assert 0.30 <= results["generalization"]["test_accuracy"]["mean"] <= 0.42


def test_validation_with_the_suspect_drawn_at_random_foretells_the_test(results: dict[str, Any]) -> None:
    found = results["generalization"]
    assert abs(found["uniform_accuracy"]["mean"] - found["test_accuracy"]["mean"]) <= 0.03


def test_the_model_without_the_suspect_holds(results: dict[str, Any]) -> None:
    networks = [one for one in results["generalization"]["interventions"] if one["family"] != "boosting"]
    (without,) = [one for one in networks if one["kind"] == "removed" and one["features"] == [SUSPECT]]
    assert without["test"]["mean"] >= 0.61
    assert results["generalization"]["mitigated"]["test_accuracy"]["mean"] >= 0.61


def test_nothing_knows_more_of_the_test_table_than_there_is_to_know(results: dict[str, Any]) -> None:
    found = results["generalization"]
    scores = {one["name"]: one["test"]["maximum"] for one in found["interventions"]}
    assert {name: score for name, score in scores.items() if score > 0.65} == {}
    assert found["test_accuracy"]["maximum"] <= 0.65


@pytest.mark.skipif(
    built_from_the_course() is None or not (PUBLISHED / "report.pdf").is_file(), reason="no report of these files"
)
def test_the_report_keeps_within_its_pages() -> None:
    pdf = PUBLISHED / "report.pdf"
    pages = outline(pdf)
    first = next(page for title, page in pages if "Settings and environment" in title)  # opens the appendix
    log = next(page for title, page in pages if "generative AI" in title)
    assert first - 1 <= MOST_BODY_PAGES  # the title page aside; an appendix may begin in the middle of a page
    assert log - first <= MOST_APPENDIX_PAGES
    assert log < len(PdfReader(pdf).pages)
