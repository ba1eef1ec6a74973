"""The attached document beside what is rebuilt: marked numbers, derivations, claims, templates' sentences."""

import difflib
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from report_src.errors import BuildError, RenderError
from report_src.numbers import engine_words
from report_src.numbers.lookup import nodes
from report_src.numbers.printed_numbers import ENGLISH, contradictions, marks, masked
from report_src.numbers.provenance import provenance_of
from report_src.numbers.results_diff import Tolerance, differences, undeclared
from report_src.project import DOCUMENT, Project
from report_src.submission.attached import Attached
from report_src.submission.audit_finding import Compared, difference
from report_src.system.limits import bounded

REDEFINED = re.compile(
    r"\\(?:\w*(?:newcommand|DocumentCommand)|[gex]?def|let)\*?\s*\{?\s*\\(result|printednumber|notednumber)\b"
)
SHOWN = 160  # characters of a line of the document


def compare(
    attached: Attached,
    here: Mapping[str, Any],
    folder: Path,
    project: Project | None = None,
    known: Path | None = None,
) -> Compared:
    """Compare the attached document with the attached results, and check its derivations and claims again.

    `here` is the rebuilt results tree; the document is written to `folder`, where the checker reads it. The `project`
    says how far a key may move and which words it has for numbers; without one, no key may, and they are English.
    `known` is a file of verdicts of this clone: a derivation that it has, letter by letter, is not judged again.
    """
    found, tolerance = Compared(), provenance_of(project).tolerance if project else undeclared
    words = engine_words.load(project.home)["numbers"] if project else ENGLISH
    printed = list(dict.fromkeys(contradictions(attached.document, attached.results, words)))
    for line in printed:
        key, _, rest = line.partition(": printed as ")
        there, _, value = rest.partition(", ")
        found.findings.append(difference("number", key, there, value))
    for match in REDEFINED.finditer(attached.document):
        found.findings.append(difference("number", f"\\{match[1]}", "defined again", "no template defines it"))
    found.compared.append(f"{sum(1 for _ in marks(attached.document)):,} printed numbers with the results")
    found.add(_derivations(attached.document, folder, known))
    found.add(_claims(attached, here, tolerance))
    return found


def _derivations(document: str, folder: Path, known: Path | None) -> Compared:
    """Check the rows of a document again."""
    from report_src.derivations.checking.cache import check

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "attached.tex"
    path.write_text(document, encoding="utf-8")
    cache = folder / "derivations-cache.json"
    if known is not None and known.is_file() and not cache.exists():
        shutil.copy(known, cache)
    try:
        reports = check([path], cache=cache)
    except (OSError, RenderError, ValueError, RecursionError) as error:
        return Compared(left_out=[f"the derivations, which cannot be read ({error})"])
    found = Compared(unchecked=sum(len(report.unchecked) for report in reports))
    for report in reports:
        for row in report.rows:
            if row.verdict in ("wrong", "unreadable"):
                message = re.sub(r"^\S+?:\d+(:\d+)?: ", "", row.message.partition("\n")[0])
                found.findings.append(difference("derivation", report.name, f"line {row.line} of report.tex", message))
    steps = sum(report.steps for report in reports)
    found.compared.append(f"{steps} rows of {len(reports)} derivations")
    if not reports:
        found.left_out.append("the derivations, as the document has none")
    return found


def _claims(attached: Attached, here: Mapping[str, Any], tolerance: Tolerance) -> Compared:
    """Compare the values of each claim; decide its branch again where it reads results only."""
    if attached.claims is None:
        return Compared(left_out=["the claims, as no claims.json is attached"])
    values, found, decided = dict(nodes(here)), Compared(), 0
    for claim in attached.claims:
        name, there = str(claim.get("id")), claim.get("values")
        known = {key: value for key, value in there.items() if key in values} if isinstance(there, dict) else {}
        for key, value in known.items():
            found.findings += [
                difference("claim", name, f"{key} = {one.there!r}", f"{one.here!r} rebuilt")
                for one in differences(value, values[key], tolerance, key)
            ]
        branch = _branch(claim.get("conditions"), here)
        decided += branch is not None
        if branch is not None and branch != claim.get("branch") and not claim.get("within_noise"):
            found.findings.append(difference("claim", name, f"branch {claim.get('branch')}", f"branch {branch} holds"))
    found.compared.append(f"the values of {len(attached.claims)} claims and the branches of {decided}")
    return found


def _branch(conditions: Any, results: Mapping[str, Any]) -> int | None:
    """Return the first branch that holds; None where a condition reads more than results (a loop's variable)."""
    if not isinstance(conditions, list) or len(conditions) < 2:
        return None  # of the inline form the conditions are kept as one text
    engine = SandboxedEnvironment(undefined=StrictUndefined)
    for number, condition in enumerate(conditions):
        if condition == "otherwise":
            return number
        try:
            with bounded():
                if engine.compile_expression(str(condition), undefined_to_none=False)(**results):
                    return number
        except (TemplateError, RenderError, TypeError, ValueError, ArithmeticError, MemoryError):
            return None
    return None


def with_templates(attached: Attached, project: Project, build: Any) -> Compared:
    """Compare every sentence with what the templates give here, where the PDF was made from the same commit.

    `build` renders the project to report.tex. Computed numbers are masked: those are compared by key.
    """
    made, ours = attached.commit, project.commit
    if made != ours or made.endswith("+") or not ours:
        return Compared(
            left_out=[f"the sentences with their templates: made at commit {made}, this is {ours or 'none'}"]
        )
    try:
        build(project)
        document = (project.work / f"{DOCUMENT}.tex").read_text(encoding="utf-8")
    except (BuildError, OSError) as error:
        return Compared(left_out=[f"the sentences with their templates, which do not build here: {error}"])
    there, here = masked(attached.document).split("\n"), masked(document).split("\n")
    found = [difference("sentence", f"line {line} of report.tex", left, f"{right} by the templates")
             for line, left, right in _lines(there, here)]  # fmt: skip
    return Compared(findings=found, compared=[f"{len(here):,} lines of the document with the templates"])


def _lines(there: list[str], here: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield (line, there, here) of what differs."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if kind != "equal":
            yield a + 1, _short(" ".join(there[a:b])), _short(" ".join(here[c:d]))


def _short(text: str) -> str:
    words = " ".join(text.split()) or "nothing"
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
