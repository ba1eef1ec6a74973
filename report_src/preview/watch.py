"""`make watch`: the report is built again as files change, by a process that stays warm.

    files are saved -> a burst is one change -> runner.make -> the PDF, or an error at its template's line

TeX has read the preamble and waits before a change comes. A mistake leaves the last good PDF where it is. Where
Python code changed, the process restarts, so that no old code is used.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import reason
from report_src.build import environment, runner
from report_src.errors import BuildError, Interrupted
from report_src.findings import listed
from report_src.preview.build_messages import Screen
from report_src.preview.changes import changes, names, shown
from report_src.project import DOCUMENT, REPORT, ROOT, Project
from report_src.system.files import file_clock
from report_src.tex.speculative import Ahead, beginning

if TYPE_CHECKING:
    from report_src.preview.page_state import Preview

KEPT_TEMPLATES = 2  # of those saved last; TeX waits before the text of each
LOADED = file_clock()  # code that is saved from now on is not what this process runs
# without these no process can go on
NEEDED = (
    "report_src.__main__", "report_src.preview.watch", "report_src.preview.server", "report_src.rendering.render",
    "report_src.tex.compile", "report_src.derivations.gate",
)  # fmt: skip
# what a build that had nothing to do has not imported; the last ones import PyTorch
USED_BY_STEPS = (
    "report_src.rendering.render", "report_src.numbers.provenance", "report_src.derivations.gate",
    "report_src.derivations.judging.verdict", "report_src.derivations.judging.counterexamples",
)  # fmt: skip


def run(
    config: Path, folder: Path, profile: str | None, preview: Preview | None = None, studies: Path | None = None
) -> None:
    """Build, wait for a change, build again; returns when Python code has changed. Interrupted ends it.

    A `preview` gets the outcome of each build. `studies` is the folder of the studies that the command line names.
    """
    ahead, screen, ending = Ahead(), Screen(preview), threading.Event()
    recent: list[str] = []
    stale = False  # whether code has been saved that this process does not run
    warming = threading.Thread(target=_import_the_rest, args=(ending,))
    begun = file_clock()
    try:
        latest = [build_once(config, folder, profile, ahead, screen, studies=studies)]
        warming.start()
        for paths in changes(config, lambda: latest[0], begun):
            stale = stale or any(path.suffix == ".py" for path in paths)
            if stale and (mistake := mistake_in_code()):
                _announce(
                    f"{shown(paths)} changed\nerror: {mistake}\n(the last good PDF stays; waiting for the next change)"
                )
                screen.failed(mistake)
                continue
            if stale:
                _announce(f"{shown(paths)} changed: starting again")
                return
            _announce(f"{shown(paths)} changed")
            home = latest[0].home if latest[0] else ROOT
            recent[:] = _most_recent([*names(paths, home), *recent])
            latest[0] = build_once(config, folder, profile, ahead, screen, recent, studies) or latest[0]
    except KeyboardInterrupt:  # watchfiles makes one of every signal that arrives while it waits
        raise Interrupted(signal.SIGINT) from None
    finally:
        ahead.end()
        ending.set()
        if warming.ident is not None:
            warming.join()  # an import cannot be broken off, and must not go on while Python shuts down


def build_once(
    config: Path,
    folder: Path,
    profile: str | None,
    ahead: Ahead,
    screen: Screen | None = None,
    recent: Sequence[str] = (),
    studies: Path | None = None,
) -> Project | None:
    """Bring the report up to date and say how that went; the project, or None where its settings cannot be read.

    Afterwards TeX waits behind the preamble, and where the text of each `recent` template begins.
    """
    begun, project, screen = time.monotonic(), None, screen or Screen(None)
    screen.building()
    try:
        with screen.listening():
            project = environment.open_project(config, folder, profile, studies=studies)
            changed = runner.make(project, "report", ahead=ahead, loaded=LOADED)
        seconds = time.monotonic() - begun
        _announce(f"{folder / REPORT}: {f'{seconds:.1f} s' if changed else 'is up to date'}")
        screen.built(project, seconds, changed)
    except BuildError as error:
        _announce(f"{listed(str(error))}\n(the last good PDF stays; waiting for the next change)")
        screen.failed(str(error))
    except OSError as error:
        _announce(f"error: {reason(error, folder)} (waiting for the next change)")
        screen.failed(reason(error, folder))
    if project is not None:
        with contextlib.suppress(OSError):  # no document yet
            beginnings = [beginning(project.work, DOCUMENT, {name}) for name in recent]
            ahead.start(project.work, DOCUMENT, project.epoch, [b"", *beginnings], keep_only=True)
    return project


def mistake_in_code() -> str:
    """Say why a process that began now would not get as far as this one; "" where it would."""
    command = [sys.executable, "-c", f"import {', '.join(NEEDED)}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    if not done.returncode:
        return ""
    places = re.findall(r'File "(.*)", line (\d+)', done.stderr)
    inside = [(Path(name), line) for name, line in places if Path(name).is_relative_to(ROOT)]
    place = f"{inside[-1][0].relative_to(ROOT)}:{inside[-1][1]}: " if inside else ""
    return place + (done.stderr.strip().splitlines() or ["the code cannot be imported"])[-1]


def _most_recent(templates: Iterable[str]) -> list[str]:
    """Return the first few of them, each once: who saves a template saves it again."""
    return list(dict.fromkeys(name for name in templates if name.startswith("templates/")))[:KEPT_TEMPLATES]


def _import_the_rest(ending: threading.Event) -> None:
    """Import what the next build may need, while the user reads: the edit of a derivation asks for PyTorch."""
    for name in USED_BY_STEPS:
        if not ending.is_set():
            importlib.import_module(name)


def _announce(text: str) -> None:
    """Print at once."""
    print(text, file=sys.stderr, flush=True)


def main(
    config: Path,
    folder: Path,
    profile: str | None,
    port: int | None = None,
    editor: str = "",
    studies: Path | None = None,
) -> None:
    """Watch until interrupted; after a change of code, as a new process with the same arguments.

    With a `port` (0: any that is free) a page on the loopback address shows the PDF beside the check results; a click
    there opens `editor`, the form of an address.
    """
    again: list[str] = []
    if port is None:
        run(config, folder, profile, studies=studies)
    else:
        from report_src.preview.page_state import Preview
        from report_src.preview.places import checked_editor
        from report_src.preview.server import serving

        preview = Preview(folder / REPORT, checked_editor(editor))
        with serving(preview, port) as port:
            _announce(f"preview: http://127.0.0.1:{port}/")
            run(config, folder, profile, preview, studies)
        again = ["--port", str(port)]  # the last one counts: an open page finds the new process
    os.execv(sys.executable, [sys.executable, "-m", "report_src", *sys.argv[1:], *again])
