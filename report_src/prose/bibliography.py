r"""A report's bibliography: templates/references.bib, set by BibTeX in one run before TeX.

The keys that the rendered document cites go to BibTeX in their order, so that no pass of TeX is needed to find them.
"""

import difflib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from report_src.errors import RenderError
from report_src.prose.comments import blank_comments

FILE = "references.bib"
MARK = r"\printreferences"  # where the shared template wants them
SECONDS = 20  # BibTeX takes a fraction of one
_ENTRY = re.compile(r"^[ \t]*@(?P<kind>\w+)\s*[{(]\s*(?P<key>[^\s,{}()=]+)\s*,", re.MULTILINE)
_BEGIN = re.compile(r"^[ \t]*@(?P<kind>\w+)", re.MULTILINE)
_FIELD = re.compile(r"\b(\w+)\s*=\s*")
_TYPED_AS_IS = ("doi", "url", "eprint", "isbn", "issn", "file", "keywords", "abstract")  # fields that are not printed
_SIGN = re.compile(r"\\(?:url|href)\{[^{}]*\}|\\.|\$[^$]*\$|(?P<sign>[%&#_])", re.DOTALL)
# fields that entries have, printed or not; a misspelt one is dropped without a word
_FIELDS = frozenset(
    {"address", "annote", "author", "booktitle", "chapter", "crossref", "edition", "editor", "howpublished"}
    | {"institution", "journal", "key", "month", "note", "number", "organization", "pages", "publisher", "school"}
    | {"series", "title", "type", "volume", "year", "date", "day", "language", "urldate", "archiveprefix"}
    | {"primaryclass", "eprinttype", "eprintclass", "location", "subtitle", "copyright", "numpages", "articleno"}
    | {"bibsource", "biburl", "timestamp", "issue", "issue_date", "lastchecked", "pmid", "pmcid", "adsurl", "adsnote"}
    | set(_TYPED_AS_IS)
)
_CAPITALS = re.compile(r"\b(?=\w*[a-z0-9A-Z][A-Z])[A-Za-z0-9]{2,}\b")  # ReLU, MNIST: small letters change them
_JUNIOR = re.compile(r"\s*(?:Jr|Sr|[IVX]+)\b")
_NO_ENTRY = ("comment", "string", "preamble")
_DOI = re.compile(r"\bdoi\s*=\s*[{\"]\s*(?P<doi>[^}\"]*?)\s*[}\"]", re.IGNORECASE)
_FORM = re.compile(r"10\.\d{4,9}/\S+")
_CITE = re.compile(r"\\(?:no)?cite[a-z]*\*?\s*(?:\[[^\]]*\]\s*){0,2}\{(?P<keys>[^{}]*)\}")
_BIBITEM = re.compile(r"\\bibitem\s*(?:\[[^\]]*\])?\s*\{(?P<key>[^{}]*)\}")


class Entry(NamedTuple):
    """One entry: its key, its line (from 1) and its text."""

    key: str
    line: int
    text: str


def entries(source: str) -> list[Entry]:
    """Return the entries of a .bib file, in order."""
    found = [match for match in _ENTRY.finditer(source) if match["kind"].lower() not in _NO_ENTRY]
    ends = [*(match.start() for match in found), len(source)][1:]
    return [
        Entry(match["key"], source.count("\n", 0, match.start()) + 1, source[match.start() : end])
        for match, end in zip(found, ends, strict=True)
    ]


def entries_of(templates: Path) -> list[Entry]:
    """Return the entries of a report."""
    path = templates / FILE
    return entries(path.read_text(encoding="utf-8-sig")) if path.is_file() else []


def cited(document: str) -> list[str]:
    r"""Return the keys that a document cites, each once, in order; those of a typed `\bibitem` left out."""
    text = blank_comments(document)
    typed = {match["key"].strip() for match in _BIBITEM.finditer(text)}
    keys = (key.strip() for match in _CITE.finditer(text) for key in match["keys"].split(","))
    return [key for key in dict.fromkeys(keys) if key and key not in typed]


def printed(templates: Path, document: str) -> str:
    r"""Return a document with its bibliography, on the one line of `\printreferences`: no other line moves."""
    return document.replace(MARK, _one_line(typeset(templates, document)))


def _one_line(text: str) -> str:
    """Return LaTeX on one line: an empty line is a paragraph's end, and BibTeX breaks a long word behind a %."""
    return " ".join(line if line.strip() else r"\par" for line in text.strip().replace("%\n", "").split("\n"))


def typeset(templates: Path, document: str) -> str:
    """Return the `thebibliography` of what a document cites; "" where the report has no entries.

    Raises RenderError at the line of an entry that is doubled, not cited or has a DOI of another form, for a citation
    without an entry, and with BibTeX's message.
    """
    found = entries_of(templates)
    path = templates / FILE
    for line, message in _not_begun(path.read_text(encoding="utf-8-sig")) if path.is_file() else ():
        raise RenderError(message, f"templates/{FILE}:{line}")
    if not found:
        return ""
    keys = cited(document)
    for line, message in _mistakes(found, keys):
        raise RenderError(message, f"templates/{FILE}:{line}")
    return _bibtex(path.read_text(encoding="utf-8-sig"), keys)


def _not_begun(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, message) of each entry that BibTeX would pass over, as its beginning is not one."""
    for begin in _BEGIN.finditer(source):
        if begin["kind"].lower() not in _NO_ENTRY and not _ENTRY.match(source, begin.start()):
            wanted = f"expected @{begin['kind']}{{key, … with a key without spaces and a comma behind it"
            yield source.count("\n", 0, begin.start()) + 1, f"{wanted}; write the beginning of the entry like that"


def _fields(entry: Entry) -> Iterator[tuple[str, str, int]]:
    """Yield (name, value, line) of the fields of an entry."""
    begins = [*_FIELD.finditer(entry.text)]
    for begin, end in zip(begins, [*(other.start() for other in begins[1:]), len(entry.text)], strict=True):
        yield begin[1].lower(), entry.text[begin.end() : end], entry.line + entry.text.count("\n", 0, begin.start())


def _slips(entry: Entry) -> Iterator[tuple[int, str]]:
    """Yield (line, message) of signs that TeX takes for its own, and of authors who are not parted by `and`."""
    for name, value, line in _fields(entry):
        signs = (match["sign"] for match in _SIGN.finditer(value) if match["sign"])
        if name not in _TYPED_AS_IS and (sign := next(signs, "")):
            yield line, f"{name} of '{entry.key}': {sign} is a sign of TeX's; write \\{sign}"
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            yield line, f"'{entry.key}' has a field '{name}', which no style of BibTeX prints{meant}"
        for word in _CAPITALS.findall(_protected(value)) if name == "title" else ():
            yield line, f"title of '{entry.key}': BibTeX prints '{word.lower()}' for '{word}'; write {{{word}}}"
        for person in value.strip(' {}",\n').split(" and ") if name in ("author", "editor") else ():
            last, *others = person.split(",")
            initial_first = bool(others) and re.match(r"\s*\w\.", last)
            if initial_first or (len(others) > 1 and not _JUNIOR.match(others[0])):
                expected = f"{name} of '{entry.key}': expected names parted by `and`, got '{person.strip()}'"
                yield line, f"{expected}; write A. Author and B. Writer"


def _protected(title: str) -> str:
    """Return a title without its outer braces, and without what is in braces of its own or behind a backslash."""
    inner = title.strip().rstrip(",").strip()[1:-1]
    return re.sub(r"\{[^{}]*\}|\\\S+|\$[^$]*\$", " ", inner)


def _mistakes(found: Sequence[Entry], keys: Sequence[str]) -> Iterator[tuple[int, str]]:
    lines: dict[str, int] = {}
    for entry in found:
        if entry.key in lines:
            yield entry.line, f"two entries are called '{entry.key}', the other in line {lines[entry.key]}; rename one"
        lines[entry.key] = entry.line
        if entry.key not in keys:
            yield entry.line, f"no template cites '{entry.key}'; cite it, or take the entry out"
        yield from _slips(entry)
        doi = _DOI.search(entry.text)
        if doi and not _FORM.fullmatch(doi["doi"]):
            line = entry.line + entry.text.count("\n", 0, doi.start())
            yield line, f"doi of '{entry.key}': expected the form 10.1000/xyz, got '{doi['doi']}'"
    for key in (key for key in keys if key not in lines):
        yield 1, f"'{key}' is cited and has no entry; entries: {', '.join(lines)}"


def _bibtex(source: str, keys: Sequence[str]) -> str:
    """Run BibTeX once in a folder of its own."""
    program = shutil.which("bibtex")
    if program is None:
        raise RenderError("BibTeX is not installed; type: python3 bootstrap.py tex", f"templates/{FILE}:1")
    asked = ["\\relax", *(rf"\citation{{{key}}}" for key in keys), r"\bibstyle{unsrt}", r"\bibdata{references}"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / FILE).write_text(source, encoding="utf-8")
        (folder / "report.aux").write_text("\n".join([*asked, ""]), encoding="utf-8")
        try:
            done = subprocess.run(
                [program, "-terse", "report"], cwd=folder, capture_output=True, text=True, check=False,
                errors="replace", stdin=subprocess.DEVNULL, timeout=SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise RenderError(f"BibTeX did not end within {SECONDS} s", f"templates/{FILE}:1") from None
        said = " ".join(done.stdout.split())
        if done.returncode or "Warning" in done.stdout:
            line = re.search(r"line (\d+) of file", said)
            raise RenderError(f"BibTeX: {said}", f"templates/{FILE}:{line[1] if line else 1}")
        return (folder / "report.bbl").read_text(encoding="utf-8")
