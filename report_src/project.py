"""One report: where its files lie, its settings, its commit and date. Nothing here is open or running."""

from __future__ import annotations

import dataclasses
import os
from functools import cached_property
from pathlib import Path

from analysis.declaration import FOLDER as OWN
from analysis.declaration import folder_of
from analysis.settings.load import load
from analysis.settings.schema import Settings
from report_src.system.files import located
from report_src.system.git import commit, git

ROOT = Path(__file__).resolve().parent.parent
EPOCH_WITHOUT_GIT = 1767225600  # 2026-01-01: a date for the PDF where there is no commit to take it from

DOCUMENT = "report"  # the document's name, before .tex and .pdf
RESULTS = "results.json"  # the records of all studies
DERIVATIONS = "derivations.json"  # what the checker found
FINDINGS = "findings.json"  # of the prose check
CLAIMS = "claims.json"  # each claim with its conditions and the branch that was printed
READS = "reads.json"  # each key with the template lines that read it
AI_LOG = "ai_usage.toml"  # the log of AI use, as it is attached to the report
UNUSED = "unused.json"  # keys that no template reads
SOURCE_MAP = f"{DOCUMENT}.map.json"  # each line of the document with its template and line
REPORT = f"{DOCUMENT}.pdf"
SYNCTEX = f"{DOCUMENT}.synctex.gz"  # each place on a page with its template and line
DRAFT = f"{DOCUMENT}-draft.pdf"
WEB_PAGE = f"{DOCUMENT}.html"


@dataclasses.dataclass(frozen=True)
class Project:
    """One report: its sources, its settings and its build folder."""

    root: Path  # where analysis/ and report_src/ lie
    config: Path
    build: Path
    settings: Settings
    profile: str | None = None
    draft: bool = False
    studies: Path | None = None  # the folder of its studies, where the command line names one
    folder: Path | None = None  # the report's, where report.toml lies elsewhere (an audit's)

    @property
    def work(self) -> Path:
        """Where products are made before they are published."""
        return self.build / "work"

    @property
    def home(self) -> Path:
        """The folder that holds templates/: the report's, or the clone where the report brings none."""
        return home_of(self.folder or self.config.parent, self.root)

    @property
    def templates(self) -> Path:
        """The folder of the templates."""
        return self.home / "templates"

    def located(self, name: str) -> Path:
        """Return a file by its path, like "templates/preamble.tex": the report's own, else the clone's."""
        return located(self.home, name)

    def found(self, name: str) -> Path:
        """Return a file by the path that a message gives it: a template, a file of code, or in full."""
        return self.code(name) if name.startswith(f"{OWN}/") else self.located(name)

    @property
    def code_folder(self) -> Path:
        """The folder that holds the report's own studies/."""
        return folder_of(self.folder or self.config.parent, self.studies).parent

    def code(self, name: str) -> Path:
        """Return a file of code by its path: "studies/…" is the report's own, everything else the clone's."""
        return (self.code_folder if name.startswith(f"{OWN}/") else self.root) / name

    @property
    def results(self) -> Path:
        """The records of all studies, as the last join wrote them."""
        return self.work / RESULTS

    @property
    def derivations(self) -> Path:
        """What the checker found when it last ran."""
        return self.work / DERIVATIONS

    @property
    def ai_log(self) -> Path | None:
        """The log of AI use that report.toml names; None where it names none."""
        return self.settings.folder / self.settings.ai.log if self.settings.ai.log else None

    def in_profile(self, profile: str) -> Project:
        """Return the same report in another profile."""
        return dataclasses.replace(self, settings=load(self.config, profile, self.studies), profile=profile)

    def beside(self, build: Path) -> Project:
        """Return the same report with another build folder."""
        return dataclasses.replace(self, build=build)

    @cached_property
    def commit(self) -> str:
        """The commit of the sources, with "+" where files differ from it; "" outside a repository."""
        return commit(self.root)

    @cached_property
    def epoch(self) -> int:
        """The date of the PDF, in seconds since 1970."""
        return source_date_epoch(self.root)


def home_of(report: Path, root: Path = ROOT) -> Path:
    """Return the folder that holds the templates of the report in a folder: its own, or the clone."""
    return report if (report / "templates").is_dir() else root


def source_date_epoch(root: Path) -> int:
    """Return the time that the PDF carries: $SOURCE_DATE_EPOCH, else the commit's, else a constant."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    answer = git(root, "log", "-1", "--format=%ct").strip()
    return int(answer) if answer.isdigit() else EPOCH_WITHOUT_GIT
