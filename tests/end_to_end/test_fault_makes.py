"""Several makes at once, and clocks that run wrong: one waits for the other, and no time of a file is believed."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.end_to_end.clones import CODE, WORDS, Clone, copied, other_code, other_seed, other_words
from tests.end_to_end.reports import Built

WAITS = "another make is running in this folder; waiting for it"
YEARS = {"1990": 631152000, "2090": 3786912000}  # seconds since 1970

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for strays in /proc")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, made_clone: Built) -> Clone:
    return copied(made_clone, tmp_path_factory.mktemp("makes") / "clone")


@pytest.mark.long
def test_of_two_makes_at_once_one_waits_and_both_end_in_the_same_report(clone: Clone) -> None:
    other_seed(clone)
    processes = [clone.start("report") for _ in range(2)]
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    clone.expect_no_process()
    assert any(WAITS in text for text in said)  # both, where one waited while the other saw whether there is work
    assert sum("render: done" in text for text in said) == 1
    final = clone.final()
    other_words(clone)
    done = clone.make("-j8", "report", "figures", "check")
    assert done.status == 0, done.said
    assert WAITS in done.said  # one that begins when nothing is left to do waits for none
    assert done.said.count("render: done") == 1
    assert clone.final() != final
    assert clone.left_behind() == []


def date(folder: Path, seconds: int) -> None:
    """Give a time to every file and folder (the environment aside: make compares a link by what it points to)."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (seconds, seconds))


@pytest.mark.parametrize("year", [pytest.param("1990", marks=pytest.mark.long), "2090"])
@pytest.mark.long
def test_with_the_times_of_another_year_nothing_is_made_again_unless_it_changed(clone: Clone, year: str) -> None:
    final = clone.final()
    date(clone.folder, YEARS[year])
    done = clone.report()
    assert "is up to date" in done.said
    assert "done in" not in done.said
    other_words(clone)
    date(clone.folder, YEARS[year])  # what was edited has time and size of before
    done = clone.report()
    assert f"render: source:{clone.home}{WORDS[clone.home][0]} changed" in done.said
    assert clone.final() != final
    assert "is up to date" in clone.report().said
    other_words(clone)
    date(clone.folder, YEARS[year] - 1)  # older than what was made of it
    clone.report()
    assert clone.final() == final


@pytest.mark.long
def test_code_of_the_same_time_and_size_runs_as_it_is_now(clone: Clone) -> None:
    name = CODE[clone.home][0]
    module = clone.folder / clone.home / name
    before, times = clone.final(), module.stat()
    for same in (False, True):
        other_code(clone)
        os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
        done = clone.make("results")
        assert re.search(rf"code:\S*{re.escape(name)} changed", done.said), done.said
        assert (clone.final() == before) == same
