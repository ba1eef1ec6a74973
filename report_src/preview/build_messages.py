"""What `make watch` shows of each build: new warnings on the terminal, everything on the page."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from report_src.preview import check_lists
from report_src.system.terminal import Warnings

if TYPE_CHECKING:
    from report_src.preview.page_state import Preview
    from report_src.project import Project


class Screen:
    """Keep the warnings of the last build that did something, and update the page if there is one."""

    def __init__(self, preview: Preview | None) -> None:
        """Nothing has been built yet."""
        self.preview = preview
        self.printed: list[str] = []
        self.warnings: list[str] = []

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Hear the warnings that are printed in the block."""
        ear = Warnings(sys.stderr, self.printed)
        try:
            with contextlib.redirect_stderr(ear):
                yield
        finally:
            self.printed = ear.found

    def building(self) -> None:
        """Say that a build has begun."""
        self._show(status="building", said="building …")

    def built(self, project: Project, seconds: float, changed: bool) -> None:
        """Say that a build is done, and what its checks found."""
        if changed or not self.warnings:
            self.warnings = self.printed
        said = f"built at {time.strftime('%H:%M:%S')} in {seconds:.1f} s"
        self._show(status="good", said=said, error="", lists=check_lists.lists(project.work, self.warnings),
                   project=project)  # fmt: skip

    def failed(self, error: str) -> None:
        """Say why there is no new PDF."""
        self._show(status="error", said="not built; the pages are those of the last good build", error=error)

    def _show(self, **state: Any) -> None:
        if self.preview is not None:
            self.preview.show(**state)
