"""A clone of the project in a folder of its own, with small tables: made with `make`, killed, damaged, looked at."""

import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from report_src.build import starter
from tests.end_to_end.reports import BRIEF, PATIENCE, ROOT, TEST_ROWS, TRAIN_ROWS, Built, shipped, simulated

SOURCES = ("analysis", "report_src", "templates", "machine", "Makefile", "bootstrap.py", "pyproject.toml",
           "requirements.lock")  # fmt: skip
GRACE = 60.0  # seconds until a process that should have ended counts as a stray
TEMPORARY = re.compile(r"\.part$|^\.aside |^pass-|^texput|^pdflatex\d|^mkfmt")
FINAL = ("report.pdf", "results.json")
STARTER = "starter/"  # the folder of the small report in a clone that makes it
Edit = tuple[str, str, str]  # a file of the report, and two texts of one length of which it has one
WORDS: dict[str, Edit] = {
    "": ("templates/sections/09_limitations.tex.j2", "holds for this network", "holds for that network"),
    STARTER: ("templates/sections/2_results.tex.j2", "Gradient descent takes", "Gradient descent moves"),
}
SEEDS: dict[str, Edit] = {  # of the study that takes the least time
    "": ("report.toml", "seed = 2\n", "seed = 3\n"),
    STARTER: ("report.toml", "seed = 7\n", "seed = 8\n"),
}
CODE: dict[str, Edit] = {  # a line of a study that the results depend on
    "": ("analysis/studies/gradient_flow/study.py", "VANISHING_BELOW = 0.1 ", "VANISHING_BELOW = 0.2 "),
    STARTER: ("studies/logistic/study.py", "np.bincount(data.labels).max()", "np.bincount(data.labels).min()"),
}


@dataclasses.dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    status: int
    said: str


@dataclasses.dataclass(frozen=True)
class Clone:
    """A clone; whatever is made in it is looked after. Its report lies in `home`: the shipped one at the top."""

    folder: Path
    home: str = ""

    @property
    def build(self) -> Path:
        """The build folder."""
        return self.folder / "build"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of `make` here: not that of the make which may run the tests; temporary files apart."""
        of_tests = ("MAKE", "MFLAGS", "PYTEST", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(of_tests)}
        return kept | {"TMPDIR": str(self.folder / "tmp"), "PYTHON3": sys.executable}

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start `make words`, at the head of a group of processes."""
        report = (f"CONFIG={self.home}report.toml", f"STUDIES={self.home}studies") if self.home else ()
        return subprocess.Popen(
            ["make", *words, *report], cwd=self.folder, env=self.environment | environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def finish(self, process: subprocess.Popen[str]) -> Done:
        """Wait for a `make`; AssertionError where it left a process."""
        said, _ = process.communicate(timeout=PATIENCE)
        self.expect_no_process()
        return Done(process.returncode, said)

    def make(self, *words: str, **environment: str) -> Done:
        """Run `make words`; AssertionError where it left a process."""
        return self.finish(self.start(*words, **environment))

    def report(self) -> Done:
        """Run `make report`, which has to succeed and to leave nothing but products."""
        done = self.make("report")
        assert done.status == 0, done.said
        assert self.left_behind() == [], done.said
        return done

    def processes(self) -> list[str]:
        """Return the command lines of the processes that run in the clone or name it."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    line, place = (
                        (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(),
                        (entry / "cwd").readlink(),
                    )
                except OSError:  # it ended while we looked
                    continue
                if str(self.folder) in line or place.is_relative_to(self.folder):
                    found.append(f"{entry.name} {line}")
        return found

    def expect_no_process(self) -> None:
        """AssertionError where a process is still there after a while."""
        deadline = time.monotonic() + GRACE
        while strays := self.processes():
            assert time.monotonic() < deadline, strays
            time.sleep(0.02)

    def left_behind(self) -> list[str]:
        """Return the temporary files and folders in the build folder and in TMPDIR."""
        found = [path for path in self.build.rglob("*") if TEMPORARY.search(path.name)]
        found += [path for path in (self.folder / "tmp").iterdir() if not path.name.startswith("torchinductor_")]
        return sorted(str(path.relative_to(self.folder)) for path in found)

    def final(self) -> dict[str, str]:
        """Return the hashes of the PDF and of the results."""
        return {name: hashlib.sha256((self.build / name).read_bytes()).hexdigest() for name in FINAL}

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that occurs once in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"'{old}' occurs {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def toggle(self, edit: Edit) -> None:
        """Replace one of two texts in a file of the report by the other."""
        name, first, second = edit
        text = (self.folder / self.home / name).read_text(encoding="utf-8")
        self.edit(f"{self.home}{name}", *((first, second) if first in text else (second, first)))


def other_words(clone: Clone) -> None:
    """Edit a sentence of the report, or take the edit back."""
    clone.toggle(WORDS[clone.home])


def other_seed(clone: Clone) -> None:
    """Change the seed of one study, or take the change back."""
    clone.toggle(SEEDS[clone.home])


def other_code(clone: Clone) -> None:
    """Edit the code of one study, or take the edit back."""
    clone.toggle(CODE[clone.home])


def clone(folder: Path) -> Clone:
    """Copy the project's sources; the environment is linked to."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)  # with compiled modules: they save a second each time
        else:
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    for name in ("data", "tmp"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "data/ai_usage.toml", folder / "data")
    return Clone(folder)


def small_clone(folder: Path) -> Clone:
    """Return a clone with tables of a few rows and settings that take half a minute from nothing."""
    made = clone(folder)
    train, test = simulated()
    train[:TRAIN_ROWS].to_csv(folder / "data/train.csv", index=False)
    test[:TEST_ROWS].to_csv(folder / "data/test.csv", index=False)
    (folder / "report.toml").write_text(shipped(**BRIEF, profile='"quick"'), encoding="utf-8")
    return made


def make_clone(folder: Path, report: Built) -> Built:
    """Make the report in a clone that holds a session's report and its inputs, so that nothing is trained."""
    made = clone(folder)
    shutil.copytree(report.config.parent, folder, dirs_exist_ok=True)
    made.edit("report.toml", 'profile = "standard"', 'profile = "quick"')
    done = made.report()
    return Built(folder / "report.toml", made.build, done.status, done.said)


def make_starter(folder: Path, report: Built) -> Built:
    """Make the small report in a clone that holds a session's build of it, so that nothing is trained."""
    made = dataclasses.replace(clone(folder), home=STARTER)
    starter.write(folder / STARTER)
    made.edit(f"{STARTER}report.toml", 'profile = "standard"', 'profile = "quick"')
    shutil.copytree(report.build, made.build)
    done = made.report()
    return Built(folder / STARTER / "report.toml", made.build, done.status, done.said)


def copied(made: Built, folder: Path) -> Clone:
    """Copy a clone that was made."""
    source = made.build.parent
    shutil.copytree(source, folder, symlinks=True)
    return Clone(folder, STARTER if made.config.parent != source else "")
