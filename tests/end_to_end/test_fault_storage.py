"""A full disk or a closed folder: one message with what to do, the last good report stays, the next one is right."""

import contextlib
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.end_to_end.clones import STARTER, Clone, Done, copied, other_seed, other_words
from tests.end_to_end.reports import Built

SIZE = 64  # megabytes of the small disk
SECTIONS = "templates/sections/*"
ROOM = {"": 300, STARTER: 12}  # kilobytes: less than the document and what comes of it before TeX begins
FINAL: dict[str, dict[str, str]] = {}  # hash of the sources -> hashes of an undisturbed build

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk with tmpfs")]
of_the_whole_report = pytest.mark.parametrize("made_clone", ["whole"], indirect=True)  # the sizes below are its files'


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, made_clone: Built) -> Iterator[Clone]:
    """A clone whose build folder is a disk of its own."""
    made = copied(made_clone, tmp_path_factory.mktemp("storage") / "clone")
    with small_disk(made):
        yield made


@contextlib.contextmanager
def small_disk(clone: Clone) -> Iterator[None]:
    """Move the build folder to a small disk, mounted in its place; it is unmounted whatever happens."""
    clone.build.rename(clone.folder / "before")
    clone.build.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "none", str(clone.build)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        shutil.copytree(clone.folder / "before", clone.build, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", str(clone.build)], check=True)


@contextlib.contextmanager
def full_but_for(clone: Clone, kilobytes: int) -> Iterator[None]:
    """Fill the disk but for some kilobytes, and free it again."""
    ballast = clone.build / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(clone.build).free - kilobytes * 1024))
    try:
        yield
    finally:
        ballast.unlink()


def made_where_full(clone: Clone, kilobytes: int) -> Done:
    """Return what `make report` says where the disk has some room; the last good report has to stay."""
    good = (clone.build / "report.pdf").read_bytes()
    with full_but_for(clone, kilobytes):
        done = clone.make("report")
        assert (clone.build / "report.pdf").read_bytes() == good
    assert done.status == 2, done.said
    assert done.said.endswith("Error 2\n"), done.said
    assert "Traceback" not in done.said
    assert clone.left_behind() == []
    said = done.said.splitlines()[-2]  # the last line is make's
    assert "no room is left" in said, done.said
    assert "build" in said
    assert "free some space" in said
    return done


def sources(clone: Clone) -> str:
    """Return what the changes below change, by its hash."""
    home = clone.folder / clone.home
    texts = [path.read_bytes() for path in (home / "report.toml", *sorted(home.glob(SECTIONS)))]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def changed(clone: Clone, change: Callable[[Clone], None]) -> dict[str, str]:
    """Apply a change; return the hashes that an undisturbed build gives then, found out once."""
    change(clone)
    if sources(clone) not in FINAL:
        clone.report()
        FINAL[sources(clone)] = clone.final()
        change(clone)
        clone.report()
        change(clone)
    return FINAL[sources(clone)]


def expect(clone: Clone, right: dict[str, str]) -> None:
    """Make the report, which has to be the right one."""
    clone.report()
    assert clone.final() == right


@pytest.mark.long
def test_a_disk_that_fills_while_the_document_is_written_is_named(clone: Clone) -> None:
    right = changed(clone, other_words)
    done = made_where_full(clone, ROOM[clone.home])
    assert "render: done" not in done.said
    expect(clone, right)


def test_a_read_only_folder_is_named_and_the_report_stays(clone: Clone) -> None:
    other_words(clone)
    good = clone.final()
    for mode in ("ro", "rw"):
        subprocess.run(["mount", "-o", f"remount,{mode}", str(clone.build)], check=True)
        if mode == "ro":
            done = clone.make("report")
            assert done.status == 2
            assert "error: build: cannot be written (Read-only file system); choose another" in done.said
            assert "Traceback" not in done.said
            assert clone.final() == good
    clone.report()
    assert clone.final() != good


@pytest.mark.long
@of_the_whole_report
@pytest.mark.parametrize("kilobytes", [0, 100, 800])
def test_a_disk_with_too_little_room_gives_no_wrong_report(clone: Clone, kilobytes: int) -> None:
    right = changed(clone, other_words)
    made_where_full(clone, kilobytes)
    expect(clone, right)


@pytest.mark.long
@of_the_whole_report
@pytest.mark.parametrize("kilobytes", [1100, 1400])
def test_a_disk_that_hardly_has_room_gives_the_right_report_or_none(clone: Clone, kilobytes: int) -> None:
    right = changed(clone, other_words)
    with full_but_for(clone, kilobytes):
        done = clone.make("report")
        assert "no room is left" in done.said if done.status else clone.final() == right, done.said
    expect(clone, right)


@pytest.mark.long
@of_the_whole_report
@pytest.mark.parametrize("kilobytes", [0, 8, 64])
def test_a_disk_that_fills_while_a_study_is_written_is_named(clone: Clone, kilobytes: int) -> None:
    right = changed(clone, other_seed)
    done = made_where_full(clone, kilobytes)
    assert "shared_bias: done" not in done.said
    expect(clone, right)


@pytest.mark.long
@of_the_whole_report
@pytest.mark.parametrize("kilobytes", [100, 3000, 7000])
def test_a_disk_that_fills_while_tex_begins_anew_is_named(clone: Clone, kilobytes: int) -> None:
    right = changed(clone, other_words)
    for path in (clone.build / "work").glob("report-format.*"):
        path.unlink()
    made_where_full(clone, kilobytes)
    expect(clone, right)


@pytest.mark.long
@of_the_whole_report
def test_a_disk_that_fills_at_the_last_copy_is_named(clone: Clone) -> None:
    final = clone.final()
    (clone.build / "results.json").unlink()
    (clone.build / "report.tex").unlink()
    made_where_full(clone, 40)
    expect(clone, final)
