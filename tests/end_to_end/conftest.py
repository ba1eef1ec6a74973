"""Reports that several tests look at are built once a session, whichever worker asks first."""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.plotting import style
from tests.end_to_end import front_door
from tests.end_to_end.clones import make_clone, make_starter
from tests.end_to_end.reports import CLONE, Built, lend_caches, make, write_report, write_small_report

BOTH = ("small", pytest.param("whole", marks=pytest.mark.long))


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Built]) -> Built:
    """Return what `build(folder)` made, or has made in another worker of this session; it is not tried twice."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # the session's; without workers it would be that of all sessions
    folder, record = base / name, base / f"{name}.json"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            record.write_text("null", encoding="utf-8")  # remains where the build raises
            made = build(folder)
            outcome = [str(made.config), str(made.build), made.status, made.said]
            record.write_text(json.dumps(outcome), encoding="utf-8")
    outcome = json.loads(record.read_text(encoding="utf-8"))
    if outcome is None:
        pytest.fail(f"the build of '{name}' failed, as the first test that asked for it shows")
    config, place, status, said = outcome
    return Built(Path(config), Path(place), status, said)


@pytest.fixture(scope="session")
def first_report(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The first report, whole, from two small tables, with everything filled in."""

    def build(folder: Path) -> Built:
        lend_caches(CLONE, folder / "build")
        return make(write_report(folder), folder / "build")

    built = built_once(tmp_path_factory, "report", build)
    assert built.status == 0, built.said
    return built


@pytest.fixture(scope="session")
def small_report(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The report that `make new` makes, with everything filled in."""
    built = built_once(tmp_path_factory, "small", lambda folder: make(write_small_report(folder), folder / "build"))
    assert built.status == 0, built.said
    return built


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The first report without its pages: a project of a few rows with a whole build, made in this process."""
    return built_once(tmp_path_factory, "small-project", build_small_project)


def build_small_project(folder: Path) -> Built:
    """Write and build it."""
    front_door.write_project(folder)
    lend_caches(CLONE, folder / "build")
    with pytest.MonkeyPatch.context() as patch:
        front_door.without_processes(patch)
        patch.setattr(style, "saved", lambda drawn: b"%PDF\n")  # every figure is drawn; writing it takes seconds
        assert front_door.report(folder) == 0
    return Built(folder / "report.toml", folder / "build", 0, "")


@pytest.fixture(scope="session", params=BOTH)
def report(request: pytest.FixtureRequest) -> Built:
    """The small report each time, the first one in the long run."""
    built: Built = request.getfixturevalue("small_report" if request.param == "small" else "first_report")
    return built


@pytest.fixture(scope="session", params=BOTH)
def made_clone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A clone in which `make report` has run, of the small report and of the whole one; tests work in copies of it."""
    if request.param == "small":
        report = request.getfixturevalue("small_report")
        return built_once(tmp_path_factory, "small-clone", lambda folder: make_starter(folder, report))
    report = request.getfixturevalue("first_report")
    return built_once(tmp_path_factory, "clone", lambda folder: make_clone(folder, report))
