"""Where a build takes from and where it puts: handed to every step."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING

from analysis.settings.schema import Settings
from report_src.files import file_clock

if TYPE_CHECKING:
    from report_src.ahead import Ahead
    from report_src.forks import Forks

ROOT = Path(__file__).resolve().parent.parent
EPOCH_WITHOUT_GIT = 1767225600  # 2026-01-01: a date for the PDF where there is no commit to take it from


@dataclasses.dataclass(frozen=True)
class Project:
    """One report: its sources, its settings, its build folder and what a running build holds open."""

    root: Path  # where analysis/, report_src/ and templates/ lie
    config: Path
    build: Path
    settings: Settings
    profile: str | None = None
    loaded: int = dataclasses.field(default_factory=file_clock)  # when the code that runs was read, or just before
    draft: bool = False
    log: IO[str] | None = None
    lock: int | None = None  # descriptor of the build's lock
    forks: Forks | None = None  # what studies are run by, where several have to
    ahead: Ahead | None = None  # TeX, started while the document is still being written

    @property
    def work(self) -> Path:
        """Where products are made before they are published."""
        return self.build / "work"


def source_date_epoch(root: Path) -> int:
    """Return the time that stands in the PDF: $SOURCE_DATE_EPOCH, else the commit's, else a constant."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        except FileNotFoundError:
            answer = ""
        if answer.isdigit():
            return int(answer)
    return EPOCH_WITHOUT_GIT
