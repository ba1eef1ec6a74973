"""A folder of audited PDFs: a table, a CSV with a row a PDF, and who shares text or arrays with whom."""

import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from report_src.errors import BuildError
from report_src.numbers.lookup import nodes
from report_src.numbers.printed_numbers import masked
from report_src.prose import requirements
from report_src.prose.comments import blank_comments
from report_src.submission import audit_marker
from report_src.submission.attached import Attached
from report_src.submission.audit_finding import KINDS, Audited
from report_src.system.files import CLONE, write_whole

TABLE = "audit.csv"
FEWEST_WORDS = 12  # of a block of text that two authors do not write by chance
FEWEST_VALUES = 5  # of a list of replicates or an array that two seeds do not give by chance
RUN = 3  # words in a row that two authors do not write by chance
SHOWN = 60  # letters of a shared text
_TAG = re.compile(r"\\(?:VAR|BLOCK|NOTE)\{(?:[^{}]|\{[^{}]*\})*\}")
_NOT_TEXT = re.compile(
    r"\\begin\{(tabular\*?|longtable|lstlisting|figure|table)\}.*?\\end\{\1\}|\\numbernote\{[^{}]*\}\{[^{}]*\}|<[0-9A-F]+>",
    re.DOTALL,
)
_RESULT = re.compile(r"\\result\{[^{}]*\}\{\}")
_MARKUP = re.compile(r"\$[^$]*\$|\\[A-Za-z@]+\*?|[{}~\\]")
_WORD = re.compile(r"[^\W\d_]+")
TEMPLATES = CLONE / "templates"
COLUMNS = (
    "pdf",
    "verdict",
    *(f"{kind}s" for kind in KINDS),
    "unanswered",
    "unchecked_rows",
    "shipped_share",
    "shares_with",
)


def report(audits: Sequence[Audited], words: Mapping[int, str], folder: Path, templates: Path) -> None:
    """Print the table of a folder's audits and write it to `folder`/audit.csv; `templates` are those of the report."""
    shipped = shipped_runs(templates)
    groups = sharing(audits, shipped)
    wanted = [requirement.id for requirement in requirements.load(templates / "requirements.toml")]
    rows = [row(each, words, shipped, groups, wanted) for each in audits]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(folder / TABLE, buffer.getvalue().encode())
    widths = {name: max(len(name), *(len(str(each[name])) for each in rows)) for name in COLUMNS}
    for each in [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows]:
        print("  ".join(f"{each[name]!s:<{widths[name]}}" for name in COLUMNS).rstrip())
    for what, names in groups:
        print(f"{', '.join(names)} share {what}")
    print(folder / TABLE)
    try:
        print(audit_marker.write(audits, rows, folder))
    except BuildError as error:
        print(f"warning: the audit's PDF cannot be set: {error}")


def row(
    each: Audited,
    words: Mapping[int, str],
    shipped: frozenset[str],
    groups: Sequence[tuple[str, list[str]]],
    wanted: Sequence[str],
) -> dict[str, Any]:
    """Return a PDF's row of the table; what is not known of it is empty. `wanted` are the ids of the requirements."""
    found: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {"pdf": each.pdf.name, "verdict": words[each.status]}
    if each.attached is None:
        return found
    kinds = Counter(finding.kind for finding in each.compared.findings)
    answered = requirements.answered(each.attached.document)
    others = {name for _, names in groups if each.pdf.name in names for name in names} - {each.pdf.name}
    return found | {
        **{f"{kind}s": kinds[kind] for kind in KINDS},
        "unanswered": " ".join(name for name in wanted if name not in answered),
        "unchecked_rows": each.compared.unchecked,
        "shipped_share": _shipped_share(each.attached.document, shipped),
        "shares_with": " ".join(sorted(others)),
    }


def _shipped_share(document: str, shipped: frozenset[str]) -> str:
    """Return how much of a document's text blocks is as shipped: "71 %"; "" of a document without text."""
    found = blocks(document)
    return f"{sum(_is_shipped(block, shipped) for block in found) / len(found):.0%}" if found else ""


def blocks(document: str) -> list[str]:
    """Return the paragraphs of a document as their words, computed numbers masked, in lower case."""
    document = _NOT_TEXT.sub(" ", document.partition(r"\section")[2] or document)
    plain = _MARKUP.sub(" ", blank_comments(_RESULT.sub(" ", masked(document))))
    found = (" ".join(_WORD.findall(paragraph.lower())) for paragraph in re.split(r"\n\s*\n|\\par\b", plain))
    return [block for block in found if block.count(" ") >= FEWEST_WORDS]


def runs(block: str) -> set[str]:
    """Return every run of some words of a block."""
    words = block.split()
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def shipped_runs(templates: Path) -> frozenset[str]:
    """Return the runs of words of a report's templates and of those of this clone, which are what is shipped."""
    paths = {path for folder in (templates.resolve(), TEMPLATES) for path in folder.rglob("*.j2")}
    texts = [path.read_text(encoding="utf-8") for path in sorted(paths)]
    texts += [_TAG.sub(" ", text) for text in texts]  # the words in a tag may be printed, and those around it
    plain = (" ".join(_WORD.findall(_MARKUP.sub(" ", text).lower())) for text in texts)
    return frozenset(run for text in plain for run in runs(text))


def _is_shipped(block: str, shipped: frozenset[str]) -> bool:
    """Whether at least half of the runs of words of a block are shipped ones."""
    found = runs(block)
    return 2 * len(found & shipped) >= len(found)


def sharing(audits: Sequence[Audited], shipped: frozenset[str]) -> list[tuple[str, list[str]]]:
    """Return (what, names of PDFs) of each text of their own, or study's replicates, that several share."""
    holders: dict[str, list[str]] = defaultdict(list)
    for each in audits:
        if each.attached is not None:
            own = {f"the text “{block[:SHOWN]}…”": None for block in blocks(each.attached.document)
                   if not _is_shipped(block, shipped)}  # fmt: skip
            for what in [*own, *replicates(each.attached)]:
                holders[what].append(each.pdf.name)
    return [
        (what.partition("\0")[0], names)
        for what, names in holders.items()
        if len(names) > 1 and _strange(what, names, audits)
    ]


def replicates(attached: Attached) -> Iterator[str]:
    """Yield a name of each study's replicates that is the same for the same values."""
    for study, record in attached.results.items():
        values = [value for key, value in nodes({study: record}) if ".replicates[" in key]
        if len(set(map(repr, values))) >= FEWEST_VALUES:
            digest = hashlib.sha256(json.dumps(values).encode()).hexdigest()
            yield f"the replicates of {study}\0{digest}"


def _strange(what: str, names: Sequence[str], audits: Sequence[Audited]) -> bool:
    """Whether sharing is evidence: replicates of one seed are the same in all honest reports."""
    if "\0" not in what:
        return True
    study = what.partition("\0")[0].rpartition(" ")[2]
    seeds = {_seed(each.attached.results["inputs"].get("settings"), study) for each in audits
             if each.attached is not None and each.pdf.name in names}  # fmt: skip
    return len(seeds) > 1


def _seed(settings: Any, study: str) -> str:
    """Return the seed of a study: that of its own section, else that of [run]."""
    table = settings if isinstance(settings, dict) else {}
    return str(table.get(f"{study}.seed", table.get("run.seed")))
