"""Does a PDF hold what its inputs give? Its results are built again from what is attached, and all is compared."""

import contextlib
import functools
import json
import os
import platform
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import structs

from analysis.declaration import folder_of
from analysis.results.inputs import processor
from report_src.build.profiles import Lender
from report_src.errors import BuildError
from report_src.findings import Outcome
from report_src.numbers.provenance import provenance_of
from report_src.numbers.results_diff import counted, differences
from report_src.project import ROOT, Project, home_of
from report_src.submission import audit_document, audit_folder, audit_pages, audit_scans, other_processors
from report_src.submission.attached import CANNOT, Attached, lay_out, read, settings_of
from report_src.submission.audit_finding import Audited, Compared, difference
from report_src.system.git import commit

AGREES, DIFFERS, PARTLY = 0, 1, 3  # exit status, besides CANNOT
WORDS = {AGREES: "agrees", PARTLY: "agrees in part", DIFFERS: "DIFFERS", CANNOT: "not audited"}  # best to worst
FEWEST_ITERATIONS = 200  # of a report that is no first look

OTHER_PROCESSOR = (
    "whether another processor made these numbers: most differ, and none of the kernels that this processor can run "
    f"({', '.join(other_processors.KERNELS)}) gives them; audit it on the processor that it names"
)

TAKEN = "as {0} holds them, made there of the same inputs by the same code (without {0} they are built again)"

Rebuild = Callable[[Project], dict[str, Any]]
Pages = Callable[[Path, Attached, Project], Compared]


def run(pdf: str | None, folder: Path | None, config: Path, build: Path, studies: Path | None = None) -> Outcome:
    """Audit one PDF, or every PDF of a folder, and print what was found; the status is the worst of all."""
    if folder is None and not pdf:
        raise BuildError("which PDF? type: make audit PDF=report.pdf, or ALL=folder for a folder of them", CANNOT)
    if folder is None:
        return reported(audited(Path(str(pdf)), config, build, studies=studies))
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() == ".pdf")
    if not paths:
        raise BuildError(f"{folder}: no PDF is here", CANNOT)
    audits = []
    for path in paths:
        try:
            audits.append(audited(path, config, build, studies=studies))
        except BuildError as error:
            audits.append(Audited(path, CANNOT, [f"{path}: {error}"]))
        print("\n".join(audits[-1].lines))
    audit_folder.report(audits, WORDS, build / "audit", home_of(config.parent) / "templates")
    worst = max((each.status for each in audits), key=[*WORDS].index)
    return Outcome(worst, [finding for each in audits for finding in each.findings])


def reported(found: Audited) -> Outcome:
    """Print what an audit found; the status is AGREES, PARTLY or DIFFERS."""
    print("\n".join(found.lines))
    return Outcome(found.status, found.findings)


def audited(
    pdf: Path,
    config: Path,
    build: Path,
    rebuild: Rebuild | None = None,
    pages: Pages | None = None,
    studies: Path | None = None,
) -> Audited:
    """Build a PDF's results again and compare them, its document and its pages with what is in it.

    `config` gives the folder of the data, the templates and the studies: paths of the attached report.toml are taken
    relative to it. No code comes from the PDF.
    BuildError (status 2) where the PDF carries no results, the data are missing or others, or nothing can be built.
    """
    attached = read(pdf)
    attached = structs.replace(attached, scans=audit_scans.take(pdf, attached.document))
    folder = lay_out(attached, config.parent, build / "audit")
    code = folder_of(config.parent, studies)
    settings = settings_of(folder / "report.toml", attached, code)
    project = Project(ROOT, folder / "report.toml", build / "audit", settings, settings.run.profile, studies=code,
                      folder=config.parent)  # fmt: skip
    lender = Lender.of(build, settings.run.profile)
    try:
        here = rebuild(project) if rebuild else build_results(project, lender)
    except BuildError as error:
        raise BuildError(f"{pdf}: cannot be rebuilt: {error}", CANNOT) from None
    (project, here), chosen = other_processors.matching(attached.results, (project, here), other_processors.build_with)
    tolerance = provenance_of(project).tolerance
    sentences = audit_document.with_templates(attached, project, functools.partial(_build_document, lender=lender))
    found = pages(pdf, attached, project) if pages else audit_pages.compare(pdf, attached, project, lender)
    verdicts = lender.folder / "derivations-cache.json"
    found.add(audit_document.compare(attached, here, build / "audit" / "document", project, verdicts))
    found.add(sentences)
    found.findings[:0] = [
        difference("number", each.key, *each.described, found.pages.get(each.key))
        for each in differences(attached.results, here, tolerance)
    ]
    how = f", built with the kernels for {chosen}" if chosen else f", {TAKEN.format(build)}" if lender.lent else ""
    found.compared.insert(0, f"{counted(here):,} values{how}")
    if chosen == "none":
        found.left_out.append(OTHER_PROCESSOR)
    status = DIFFERS if found.findings else PARTLY if found.left_out else AGREES
    return Audited(
        pdf, status, list(_report_lines(pdf, attached, project, here, found, WORDS[status])), attached, found
    )


def _build_document(project: Project, lender: Lender | None = None) -> None:
    """Render the document of a project from its templates."""
    from report_src.build import runner

    with one_worker():
        runner.make(project, "check", lender=lender)


def build_results(project: Project, lender: Lender | None = None) -> dict[str, Any]:
    """Run the studies that the `lender` has no products of, one after the other on one thread; return results.json."""
    from report_src.build import runner

    with one_worker():
        runner.make(project, "results", lender=lender)
    tree: dict[str, Any] = json.loads(project.results.read_bytes())
    return tree


@contextlib.contextmanager
def one_worker() -> Iterator[None]:
    """Have the studies use one process each."""
    before = os.environ.get("ANALYSIS_WORKERS")
    os.environ["ANALYSIS_WORKERS"] = "1"
    try:
        yield
    finally:
        os.environ.pop("ANALYSIS_WORKERS")
        if before is not None:
            os.environ["ANALYSIS_WORKERS"] = before


def _report_lines(
    pdf: Path, attached: Attached, project: Project, here: dict[str, Any], found: Compared, verdict: str
) -> Iterator[str]:
    """Yield the lines of one PDF's audit: where it was made, with which settings, what differs, what was compared."""
    inputs = attached.results["inputs"]
    data = "simulated data" if inputs.get("simulated") is True else "the same data"
    made_on = f", {inputs['processor']}" if inputs.get("processor") else ""
    ours = commit(ROOT) or "none"
    if found.left_out and ours != attached.commit:
        yield f"{pdf}: {_at_another_commit(pdf, attached.commit, ours)}"
    yield f"{pdf}: commit {attached.commit}, Python {inputs.get('python')}{made_on}"
    yield from (f"  beware: {warning}" for warning in warnings(attached, project))
    yield f"  rebuilt from {data} at commit {ours}, Python {platform.python_version()}, {processor()}"
    there, installed = inputs.get("packages"), here.get("inputs", {}).get("packages", {})
    if isinstance(there, dict):
        other = [f"{name} {there.get(name)} → {installed.get(name)}" for name in sorted({*there, *installed})
                 if there.get(name) != installed.get(name)]  # fmt: skip
        if other:
            yield f"  other versions: {', '.join(other)}"
    yield from (f"  differs: {finding}" for finding in found.findings)
    yield f"  compared: {'; '.join(found.compared)}"
    yield from (f"  not compared: {reason}" for reason in found.left_out)
    number = len(found.findings)
    yield f"  {verdict}: {f'{number} differences' if number > 1 else 'one difference' if number else 'nothing differs'}"


def _at_another_commit(pdf: Path, made: str, ours: str) -> str:
    """Return why part of a PDF is not compared where this clone has other code, and what to type to compare all."""
    if made == "none" or made.endswith("+"):
        return f"made of code that no commit has; this clone is at {ours}, so only what the two share is compared"
    step = f"git checkout {made} && make audit PDF={shlex.quote(str(pdf))}"
    first = "commit your changes, then " if ours.endswith("+") else ""
    return (f"made at commit {made}, and this clone is at {ours}: only what the two share is compared. "
            f"To compare all of it, {first}type: {step}")  # fmt: skip


def warnings(attached: Attached, project: Project) -> Iterator[str]:
    """Yield what a reader has to know before any number: a first look, few iterations, code that nobody has."""
    run = project.settings.run
    if run.profile == "quick":
        yield f"profile quick, a first look: {run.iterations} iterations, at most {run.row_limit:,} rows"
    elif run.iterations < FEWEST_ITERATIONS:
        yield f"{run.iterations} iterations, where at least {FEWEST_ITERATIONS} are usual"
    if attached.commit.endswith("+"):
        yield f"commit {attached.commit}: made by code that differs from that commit and is in no repository"
    elif attached.commit == "none":
        yield "the document names no commit: the code that made it is unknown"
