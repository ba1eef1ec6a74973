"""Speculative typesetting: TeX starts on the unchanged beginning of the document while the rest is rendered.

    words were edited  -> the document of before with these words, as far as report_src.prose.foreseen knows what it
                          will be -> TeX, before anything else of a build
                       -> rendered meanwhile, and sent piece by piece as far as it begins like that
                       -> it begins otherwise? -> another TeX, at once
                       -> it is whole? -> the rest, before the last checks of the text
                       -> the whole document begins with what was sent? -> that run; else a fresh one

What TeX was given early is compared byte by byte with what is rendered, so that a wrong guess costs time and never a
page. `SPECULATE=0` in the environment switches it off: then TeX starts when the document is complete.
"""

import hashlib
import os
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from report_src.system.files import digest, matching
from report_src.tex import precompiled_preamble, process
from report_src.tex.process import AUXILIARY, Waiting
from report_src.tex.source_map import PREAMBLE, LineMap

ATTACHED = b"attachments/"  # a folder that is not whole before the document is, which itself is attached after it
RENDERED = (b"scans/", ATTACHED)  # folders that are not whole before rendering begins


class Ahead:
    """The TeX processes that wait for one document, each with another beginning of it; empty where none waits."""

    def __init__(self) -> None:
        """Begin without a process."""
        self.waiting: list[tuple[Waiting, str]] = []
        self.settled = False  # whether references are such that one pass will do; else nothing is sent ahead

    def start(
        self,
        folder: Path,
        name: str,
        epoch: int,
        beginnings: Sequence[bytes] = (b"",),
        *,
        keep_only: bool = False,
    ) -> None:
        """Let a process wait behind each beginning, if the format of before is still true; else let none wait.

        Waiting processes that are up to date are kept; with `keep_only`, only those behind one of the beginnings.
        """
        if os.environ.get("SPECULATE") == "0":
            return
        now = mark(folder, name)
        known = not keep_only and any(made == now for _, made in self.waiting)  # it has been looked at in this build
        form = precompiled_preamble.there(folder, name)
        self.settled = settled(folder, name)
        wanted = list(dict.fromkeys(beginnings if self.settled else [b""])) if form else []
        kept = [(one, made) for one, made in self.waiting
                if one.fits(folder, name, epoch) and made == now and (one.sent in wanted or not keep_only)]  # fmt: skip
        for one, _ in [pair for pair in self.waiting if pair not in kept]:
            one.end()
        self.waiting = kept
        for beginning in (beginning for beginning in wanted if beginning not in [one.sent for one, _ in kept]):
            one = process.start(folder, name, epoch, form=form)
            self.waiting.append((one, now))
            if beginning:
                one.send(beginning)
        if not known and not precompiled_preamble.ready(folder, name):  # found out while the processes read it
            self.end()

    def follow(self, known: bytes, *, whole: bool = False) -> None:
        """Send the rest of this beginning to the process that has read most of it, to a new one if all read another.

        Once the document is `whole`, with its attachments, TeX reads it to its end.
        """
        known = known if whole else known.partition(ATTACHED)[0]
        if not self.settled or not self.waiting or any(one.sent.startswith(known) for one, _ in self.waiting):
            return  # it has read as much
        if not any(known.startswith(one.sent) for one, _ in self.waiting):
            wrong, made = self.waiting[0]
            form = precompiled_preamble.form_name(wrong.name)
            self.end()
            self.waiting.append((process.start(wrong.folder, wrong.name, wrong.epoch, form=form), made))
        best = max((one for one, _ in self.waiting if known.startswith(one.sent)), key=lambda one: len(one.sent))
        best.send(known[len(best.sent) :])

    def take(self, folder: Path, name: str, epoch: int, text: bytes) -> Waiting | None:
        """Return the process that has read most of this text, with the present preamble and references."""
        now = mark(folder, name)
        fitting = [pair for pair in self.waiting if pair[0].fits(folder, name, epoch, text) and pair[1] == now]
        fitting = [pair for pair in fitting if text.startswith(pair[0].sent)]
        if not fitting:
            return None
        best = max(fitting, key=lambda pair: len(pair[0].sent))
        self.waiting.remove(best)
        return best[0]

    def end(self) -> None:
        """End the processes that wait."""
        waiting, self.waiting = self.waiting, []
        for one, _ in waiting:
            one.end()


def mark(folder: Path, name: str) -> str:
    """Return a hash of what a process has read before the document, or may read early in it."""
    form = folder / f"{precompiled_preamble.form_name(name)}.json"
    figures = sorted((path.name, path.stat()) for path in (folder / "figures").glob("*"))
    read = [digest(folder / PREAMBLE), digest(form), fingerprint(folder), repr(matching(folder, ["fonts/*"]))]
    read += [f"{path} {stat.st_ino} {stat.st_size} {stat.st_mtime_ns}" for path, stat in figures]
    return hashlib.sha256("\n".join(read).encode()).hexdigest()


def beginning(folder: Path, name: str, templates: AbstractSet[str]) -> bytes:
    """Return the lines of the last document that precede the first one from these templates.

    Empty without such a line, as the change may show anywhere, and without a last document, which a killed build may
    have moved aside.
    """
    document = folder / f"{name}.tex"
    if not document.is_file():
        return b""
    lines = document.read_bytes().splitlines(keepends=True)
    origins = LineMap.read(folder / f"{name}.map.json").lines
    for number, (line, (template, _)) in enumerate(zip(lines, origins, strict=False)):
        if template in templates or any(early in line for early in RENDERED):
            return b"".join(lines[:number]) if templates & {origin for origin, _ in origins} else b""
    return b""


def fingerprint(folder: Path) -> str:
    """Return a hash of the auxiliary files; "" before the first pass."""
    found = matching(folder, AUXILIARY)
    return hashlib.sha256(repr(found).encode()).hexdigest() if found else ""


def settled(folder: Path, name: str) -> bool:
    """Whether the auxiliary files are those that a successful run left."""
    marker = folder / f"{name}.settled"
    return marker.is_file() and marker.read_bytes() == fingerprint(folder).encode()
