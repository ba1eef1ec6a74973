"""The edits that are timed are possible: their templates hold the words that they change, and tables."""

from pathlib import Path

import pytest

from benchmarks import rebuild


@pytest.mark.parametrize("edit", [rebuild.SENTENCE, rebuild.EARLY, rebuild.HEADING], ids=["late", "early", "heading"])
def test_an_edit_that_is_timed_changes_one_line_of_its_template(tmp_path: Path, edit: tuple[str, str]) -> None:
    name, _ = edit
    (tmp_path / name).parent.mkdir(parents=True)
    rebuild.edited(tmp_path, edit, 0)
    before = (rebuild.ROOT / name).read_text(encoding="utf-8").splitlines()
    after = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize("edit", [rebuild.SENTENCE, rebuild.EARLY], ids=["late", "early"])
def test_a_sentence_that_is_timed_stands_beside_a_table_of_pylatex(edit: tuple[str, str]) -> None:
    assert "\\VAR{table(" in (rebuild.ROOT / edit[0]).read_text(encoding="utf-8")
