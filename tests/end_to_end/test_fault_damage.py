"""Any file of the build folder may be half there, empty, altered, gone or a folder: the next report is right."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from tests.end_to_end.clones import STARTER, Clone, copied, other_words, small_clone
from tests.end_to_end.reports import Built

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for strays in /proc")]
# what a study makes takes seconds to be made again; everything else is damaged in every way
OF_STUDIES = ("work/results/", "work/arrays/", "work/figures/", "work/frozen.json")
LEAST = {"": 80, STARTER: 25}  # files that are damaged, of a report
FEW = 6  # makes in which files are damaged a few at a time: one that is damaged may be hidden by another
SHARED_BY_ALL = ("steps.json",)  # where this is damaged everything is made again


def halve(path: Path) -> None:
    """Leave the first half."""
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    """Leave nothing."""
    os.truncate(path, 0)


def alter(path: Path) -> None:
    """Turn one bit in the middle over; size and time stay."""
    content, times = bytearray(path.read_bytes()), path.stat()
    if content:
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def put_folder(path: Path) -> None:
    """Put an empty folder in its place."""
    path.unlink()
    path.mkdir()


KINDS: tuple[Callable[[Path], None], ...] = (halve, empty, alter, Path.unlink, put_folder)


def files(clone: Clone) -> list[str]:
    """Return every file of the build folder, the lock aside (it holds nothing)."""
    found = (path.relative_to(clone.build).as_posix() for path in clone.build.rglob("*") if path.is_file())
    return sorted(name for name in found if name != ".lock")


class Damaged:
    """A clone whose right bytes are known in two states: what is damaged is read when the state is changed."""

    def __init__(self, clone: Clone) -> None:
        """Build both states; the clone ends in the first."""
        self.clone, self.final = clone, []
        for _ in range(2):
            other_words(clone)
            clone.report()
            self.final.append(clone.final())
        self.rounds = 0

    def made_again(self, damages: Iterable[tuple[str, Callable[[Path], None]]]) -> list[str]:
        """Damage files, change the state, make; return what is wrong then, and mend it."""
        damaged = []
        for name, kind in damages:
            kind(self.clone.build / name)
            damaged.append(f"{name}: {kind.__name__}")
        other_words(self.clone)
        done = self.clone.make("report")
        right, self.rounds = self.final[self.rounds % 2], self.rounds + 1
        wrong = []
        if done.status or "Traceback" in done.said:
            wrong.append(f"status {done.status}: {done.said[-2000:]}")
        elif self.clone.final() != right:
            wrong.append("another report came out")
        if wrong:
            self.clone.make("clean")
            self.clone.report()
        return [f"{', '.join(damaged)}: {text}" for text in wrong]


def rotated(names: Sequence[str], by: int) -> list[tuple[str, Callable[[Path], None]]]:
    """Return a way to damage each file, another one for every `by`."""
    return [(name, KINDS[(place + by) % len(KINDS)]) for place, name in enumerate(names)]


@pytest.mark.long
def test_a_build_folder_damaged_throughout_gives_the_same_report(
    tmp_path_factory: pytest.TempPathFactory, made_clone: Built
) -> None:
    damaged = Damaged(copied(made_clone, tmp_path_factory.mktemp("damage") / "clone"))
    cheap = [name for name in files(damaged.clone) if not name.startswith((*OF_STUDIES, *SHARED_BY_ALL))]
    assert len(cheap) > LEAST[damaged.clone.home]
    assert damaged.made_again(rotated(cheap, 0)) == []


@pytest.mark.long
def test_whatever_file_is_damaged_the_report_is_the_same(tmp_path: Path) -> None:
    clone = small_clone(tmp_path / "clone")
    clone.report()
    damaged = Damaged(clone)
    for by in range(len(KINDS)):
        assert damaged.made_again(rotated(files(clone), by)) == []
    studies = [name for name in files(clone) if name.startswith(OF_STUDIES)][::2]
    others = [name for name in files(clone) if name.startswith("work/")]
    others = [name for name in others if not name.startswith((*OF_STUDIES, "work/.templates/"))]
    for names in (studies, others):
        cases = rotated(names, 0)
        for few in (cases[place::FEW] for place in range(FEW)):
            there = [(name, kind) for name, kind in few if (clone.build / name).is_file()]  # others were not needed
            assert damaged.made_again(there) == []
