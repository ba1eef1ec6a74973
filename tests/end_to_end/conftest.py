"""Reports that several tests look at are built once a session, whichever worker asks first."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.reports import Built, make, write_report


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Built]) -> Built:
    """Return what `build(folder)` made, or has made in another worker of this session."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # the session's; without workers it would be that of all sessions
    folder, told = base / name, base / f"{name}.json"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            made = build(folder)
            told.write_text(json.dumps([str(made.config), str(made.build), made.status, made.said]), encoding="utf-8")
    config, place, status, said = json.loads(told.read_text(encoding="utf-8"))
    return Built(Path(config), Path(place), status, said)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A whole report from two small tables, with everything filled in."""
    built = built_once(tmp_path_factory, "report", lambda folder: make(write_report(folder), folder / "build"))
    assert built.status == 0, built.said
    return built
