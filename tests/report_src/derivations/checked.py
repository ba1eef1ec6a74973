"""A derivation of a few rows, checked: its report, and the verdicts of what it displays."""

from report_src.derivations import Report, RowReport, check_text
from report_src.derivations.judging.settings import SEED


def derivation(setting: str, *rows: str) -> str:
    r"""Return a derivation that displays rows below a setting: the setting is line 2, the first row line 4."""
    display = " \\\\\n".join(rows)
    return f"\\begin{{derivation}}{{d}}\n{setting}\n\\begin{{align}}\n{display}\n\\end{{align}}\n\\end{{derivation}}\n"


def checked(setting: str, *rows: str, before: str = "", seed: int = SEED) -> Report:
    """Return the report of such a derivation in the file d.tex, behind the text `before`."""
    (report,) = check_text(before + derivation(setting, *rows), "d.tex", seed=seed)
    return report


def displayed(report: Report) -> list[str]:
    """Return the verdict of each displayed row."""
    return [row.verdict for row in report.rows if not row.inline]


def refused(report: Report) -> list[RowReport]:
    """Return the rows with a message."""
    return [row for row in report.rows if row.message]
