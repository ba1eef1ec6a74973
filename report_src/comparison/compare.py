"""`make diff OLD=… NEW=…`: what changed, from settings to pages, for a terminal, a comment or a browser."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import jinja2

from report_src.comparison import pages, texts, values
from report_src.comparison.change import KINDS, Change
from report_src.comparison.side import Side, side
from report_src.errors import BuildError
from report_src.findings import Finding, Outcome
from report_src.submission.attached import CANNOT
from report_src.submission.audit_pages import first_pages, keys_of_pages
from report_src.system.files import write_whole
from report_src.system.terminal import say

EQUAL, DIFFERENT = 0, 1  # exit status, besides CANNOT
PAGE = "diff.html"
SIGNS = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}


def run(old: str | None, new: str | None, config: Path, build: Path, form: str) -> Outcome:
    """Compare two reports, print what changed as `form` (text, markdown or html); the status is EQUAL or DIFFERENT.

    BuildError (status 2) where one of them is not named or cannot be read.
    """
    if not old or not new:
        raise BuildError("which two? type: make diff OLD=a.pdf NEW=b.pdf (or build folders, or commits)", CANNOT)
    before, after = side(old, config, build), side(new, config, build)
    found, within = changes(before, after)
    if form == "html":
        write_whole(build / PAGE, _as_html(before, after, found, within).encode())
        say(f"{build / PAGE}: {summary(found, within)}")
    else:
        say((_as_markdown if form == "markdown" else as_text)(before, after, found, within))
    findings = [_found_change(change) for change in found]
    return Outcome(DIFFERENT if found or within else EQUAL, findings)


def changes(old: Side, new: Side) -> tuple[list[Change], int]:
    """Return what changed, in the order of KINDS, and how many numbers moved within their noise."""
    found = list(values.settings(old, new))
    printed = first_pages(keys_of_pages(new.pdf))
    numbers, within = values.numbers(old, new, printed)
    found += [*numbers, *values.claims(old, new), *texts.derivations(old, new), *texts.texts(old, new)]
    return [*found, *pages.pages(old.pdf, new.pdf)], within


def summary(found: Sequence[Change], within: int) -> str:
    """Return what changed in one line: "2 numbers, 1 text changed; 3 numbers moved within their noise"."""
    counts = [(kind, sum(change.kind == kind for change in found)) for kind in KINDS]
    changes = ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts if count)
    noise = f"{within} number{'s' * (within != 1)} moved within their noise" if within else ""
    return "; ".join(filter(None, [f"{changes} changed" if changes else "", noise])) or "the two reports are equal"


def as_text(old: Side, new: Side, found: Sequence[Change], within: int) -> str:
    """Return the changes as a terminal shows them."""
    lines = [f"{old.name} → {new.name}: {summary(found, within)}"]
    for kind, group in groupby(found, key=lambda change: change.kind):
        lines += ["", KINDS[kind], *(f"  {_line(change)}" for change in group)]
    return "\n".join(lines)


def _as_markdown(old: Side, new: Side, found: Sequence[Change], within: int) -> str:
    """Return the changes as a comment on a change of the sources."""
    lines = [f"**{old.name} → {new.name}**: {summary(found, within)}"]
    for kind, group in groupby(found, key=lambda change: change.kind):
        lines += ["", f"### {KINDS[kind]}", "", *(f"- `` {_line(change)} ``" for change in group)]
    return "\n".join(lines)


def _as_html(old: Side, new: Side, found: Sequence[Change], within: int) -> str:
    """Return one page that needs no other file, with thumbnails of the pages that changed."""
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    groups = [(KINDS[kind], list(group)) for kind, group in groupby(found, key=lambda change: change.kind)]
    return engine.get_template(PAGE).render(old=old, new=new, summary=summary(found, within), groups=groups)


def _found_change(change: Change) -> Finding:
    """Return a change in the form in which every command reports findings."""
    return Finding(_line(change), "note", kind=change.kind, name=change.name, old=change.old, new=change.new,
                   page=change.page)  # fmt: skip


def _line(change: Change) -> str:
    page = f" (page {change.page})" if change.page else ""
    note = f", {change.note}" if change.note else ""
    if change.pieces:
        return f"{change.name}: {' '.join(SIGNS[piece.sign].format(piece.words) for piece in change.pieces)}"
    if change.old is None:
        return f"{change.name}{page}: new: {change.new}{note}"
    if change.new is None:
        return f"{change.name}{page}: gone: {change.old}{note}"
    return f"{change.name}{page}: {change.old} → {change.new}{note}"
