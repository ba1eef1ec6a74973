"""What the language server answers, of one report: the text of a hover, places of a definition, verdicts."""

import inspect
from pathlib import Path
from typing import Any

from report_src.derivations.checking.cache import check_text
from report_src.derivations.checking.records import SEVERITIES, Report, finding
from report_src.derivations.judging.settings import SEED
from report_src.editor.typed import Word, about
from report_src.errors import BuildError
from report_src.findings import Finding
from report_src.numbers.answer import finding_of_answer, keyed_values
from report_src.numbers.formatting import FILTERS
from report_src.numbers.lookup import where
from report_src.numbers.provenance import provenance_of
from report_src.project import Project
from report_src.prose import lint

SHOWN = ("value", "meaning", "unit", "computed at", "claims")  # of a key


class Answers:
    """The last build of a report, and the reports of its derivations so far."""

    def __init__(self, project: Project) -> None:
        """Answer for `project`, which need not be built yet."""
        self.project, self.means = project, provenance_of(project)
        self._reports: dict[str, dict[str, Report]] = {}  # of each file, as it was checked last

    def results(self) -> dict[str, Any]:
        """Return what keys lead to in the last build; {} before there is one."""
        try:
            return keyed_values(self.project)
        except (OSError, ValueError):
            return {}

    def hover(self, word: Word) -> str:
        """Return what is known of a key or a style, as Markdown."""
        if word.kind == "style":
            return f"**{word.name}**\n\n{about(FILTERS[word.name])}"
        if word.kind != "key":
            return ""
        rows = [f"- {name}: {'; '.join(texts)}" for name, texts in self._known(word.name).items() if any(texts)]
        return "\n".join([f"**{word.name}**", "", *rows])

    def definition(self, word: Word) -> list[Finding]:
        """Return the places of a word: the field and the line that computes it, a style's function, a template."""
        if word.kind == "style":
            style = FILTERS[word.name]
            path, (_, line) = Path(inspect.getfile(style)), inspect.getsourcelines(style)
            return [Finding(word.name, "note", str(path), line)]
        if word.kind == "template":
            return [Finding(word.name, "note", f"templates/{word.name}", 1)]
        found = self._known(word.name, ("field", "computed at"))
        lines = [finding_of_answer(name, word.name, text) for name, texts in found.items() for text in texts]
        return [line for line in lines if line.line]

    def verdicts(self, text: str, file: str) -> list[Finding]:
        """Return what the checker says of each row of a text, and the prose check of its words."""
        reports = check_text(text, file, SEED, self._reports.get(file, {}))
        self._reports[file] = {report.digest: report for report in reports}
        words = lint.judging_words(self.project.located("templates/judging_words.toml"))
        rows = ((report, row) for report in reports for row in report.rows)
        found = [finding(report, row, file) for report, row in rows if row.verdict in ("ok", *SEVERITIES)]
        return [*found, *lint.findings(file, text, words)]

    def _known(self, key: str, names: tuple[str, ...] = SHOWN) -> dict[str, list[str]]:
        try:
            found = where(key, self.results(), self.project.work, self.means, self.project.root)
        except (BuildError, OSError, ValueError):
            return {}
        return {name: found[name] for name in names}
