"""Corrections of wrong rows are searched for where a test reads them, and everywhere in the long run."""

import pytest

from report_src.derivations.checking import suggestions
from tests.marks import is_long

SEARCHED = suggestions.MAX_ROWS


@pytest.fixture(autouse=True)
def without_corrections(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search for none in `make test`: of a wrong row that takes as long as its verdict."""
    if not is_long(request.config):
        monkeypatch.setattr(suggestions, "MAX_ROWS", 0)


@pytest.fixture
def corrections(without_corrections: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search for the corrections of wrong rows in this test."""
    monkeypatch.setattr(suggestions, "MAX_ROWS", SEARCHED)
