"""The pages of a PDF beside the pages that its attached document gives, set again with figures drawn again."""

import difflib
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageFilter
from pypdf import PdfReader

from report_src.build.profiles import Lender
from report_src.errors import BuildError
from report_src.findings import Finding
from report_src.fonts.pages import write_pages
from report_src.numbers.printed_numbers import marks, readable
from report_src.project import DOCUMENT, REPORT, Project
from report_src.submission import audit_scans
from report_src.submission.attached import Attached
from report_src.submission.audit_finding import Compared, difference
from report_src.tex import compile, file_access
from report_src.tex.precompiled_preamble import form_name
from report_src.tex.process import AUXILIARY

_HYPHEN = re.compile(r"[-\u00ad\x02\ufffe]\r?\n")  # at the end of a line
BLUR = 2.0  # points: the radius within which another processor moves a curve
# Of 255 levels of grey, after that blur. Measured: 0 for a figure drawn again from the same values, 36 to 78 where
# kernels for another processor trained the networks that it shows.
TOLERANCE = 12
BEGINNING = (*AUXILIARY, f"{DOCUMENT}.settled", f"{form_name(DOCUMENT)}.*")  # files that spare TeX passes
CONTEXT = 3  # words shown before and behind a difference
Box = tuple[int, int, int, int]  # of a figure: left, upper, right and lower side, in points from the upper left corner
FORM = 5  # pdfium's number of an object that is a picture drawn of others


def compare(pdf: Path, attached: Attached, project: Project, lender: Lender | None = None) -> Compared:
    """Set the attached document again and compare its pages with the PDF's: word by word, and as blurred pictures."""
    try:
        again = _of_templates(attached, project, lender) or _set_again(pdf, attached, project, lender)
    except (BuildError, OSError) as error:
        return Compared(left_out=[f"the pages, which cannot be set again here: {error}"])
    return of_pages(pdf, again, attached.document)


def _of_templates(attached: Attached, project: Project, lender: Lender | None) -> Path | None:
    """Return the PDF that the templates give, where they were rendered to the attached document; None elsewhere."""
    from report_src.build import runner

    document = project.work / f"{DOCUMENT}.tex"
    if attached.commit != project.commit or not document.is_file():
        return None
    if document.read_text(encoding="utf-8") != attached.document:
        return None
    runner.make(project, "report", lender=lender)
    return project.work / REPORT if document.read_text(encoding="utf-8") == attached.document else None


def _set_again(pdf: Path, attached: Attached, project: Project, lender: Lender | None = None) -> Path:
    """Typeset the attached document, shut in as every document is, and return its PDF.

    The preamble is the report's here, the figures are those that `project` has built. Scans are not built from
    anything: they are taken from the PDF. TeX begins with the references of the `lender` and goes on until they settle.
    """
    folder = project.work.parent / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "attachments").mkdir(parents=True)
    (folder / f"{DOCUMENT}.tex").write_text(attached.document, encoding="utf-8")
    shutil.copy(project.located("templates/preamble.tex"), folder)
    shutil.copytree(project.work / "figures", folder / "figures")
    write_pages(attached.document, folder)
    for name, (content, *_) in PdfReader(pdf).attachments.items():
        if f"attachments/{name}" in attached.document:
            (folder / "attachments" / Path(name).name).write_bytes(content)
    for name, content in attached.scans.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    for path in (path for pattern in BEGINNING if lender is not None for path in lender.folder.glob(pattern)):
        shutil.copy(path, folder)
    compile.compile_tex(folder, DOCUMENT, epoch=project.epoch, root=folder)
    file_access.check(folder, DOCUMENT)
    return folder / f"{DOCUMENT}.pdf"


def of_pages(pdf: Path, again: Path, document: str) -> Compared:
    """Compare the pages of two PDFs of one document."""
    with pypdfium2.PdfDocument(pdf) as left, pypdfium2.PdfDocument(again) as right:
        if len(left) != len(right):
            only = difference("sentence", "pages", f"{len(left)} pages", f"{len(right)} pages set again")
            return Compared(findings=[only], left_out=["the words and pictures of pages, as their number differs"])
        places = [boxes(page, page.get_height()) for page in right]
        there, here = _words_of(left, places), _words_of(right, places)
        keys = keys_of_pages(again)
        found = Compared(pages=first_pages(keys))
        printed = {key: readable(text) for key, text in marks(document)}
        for page, (a, b) in enumerate(zip(there, here, strict=True), start=1):
            found.findings += [
                named(a_part, b_part, page, {key: printed[key] for key in keys[page - 1] if key in printed})
                for a_part, b_part in _differing_words(a, b)
            ]
        changed = {finding.page for finding in found.findings}
        pictures = list(_pictures(left, right, places, changed, _figures_of(document)))
    found.findings += [finding for finding in pictures if isinstance(finding, Finding)]
    drawn = sum(1 for finding in pictures if isinstance(finding, int))
    found.compared.append(f"{sum(map(len, here)):,} words of {len(here)} pages")
    found.compared.append(
        f"{drawn} figure{'s' * (drawn != 1)} and the pages as pictures (blurred by {BLUR:g} points, {TOLERANCE} of 255)"
    )
    return found


def _words_of(document: pypdfium2.PdfDocument, places: Sequence[Sequence[Box]]) -> list[list[str]]:
    """Return the words of each page, in the order in which they are set, without those in its figures (`places`)."""
    return [_outside(document[number], boxes) for number, boxes in enumerate(places)]


def _outside(page: Any, boxes: Sequence[Box]) -> list[str]:
    text, height = page.get_textpage(), page.get_height()
    letters = []
    for index in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(index)
        x, y = (left + right) / 2, height - (bottom + top) / 2
        if not any(a <= x <= c and b <= y <= d for a, b, c, d in boxes):
            letters.append(chr(pdfium.FPDFText_GetUnicode(text.raw, index)))
    return _HYPHEN.sub("", "".join(letters)).split()


def _differing_words(there: Sequence[str], here: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (there, here) of words that differ, with some words around them.

    `is much worse than` -> ("is much better than", "is much worse than")
    """
    if there == here:
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if kind != "equal":
            before = " ".join(here[max(0, c - CONTEXT) : c])
            after = " ".join(here[d : d + CONTEXT])
            yield tuple(" ".join(f"{before} {' '.join(part)} {after}".split()) for part in (there[a:b], here[c:d]))  # type: ignore[misc]


def named(there: str, here: str, page: int, printed: dict[str, str]) -> Finding:
    """Return a difference of words as a finding: that of a number carries the key that is printed there."""
    if re.sub(r"[\d.,]+", "#", there) != re.sub(r"[\d.,]+", "#", here):
        return difference("sentence", "text", f"“{there}”", f"“{here}” set again", page)
    left, right = re.findall(r"[\d.,]*\d", there), re.findall(r"[\d.,]*\d", here)
    moved = [after for before, after in zip(left, right, strict=False) if before != after]
    keys = [key for key, text in printed.items() if any(number in re.findall(r"[\d.,]*\d", text) for number in moved)]
    return difference("number", " or ".join(keys) or "text", f"“{there}”", f"“{here}” set again", page)


def keys_of_pages(pdf: Path) -> list[list[str]]:
    """Return, of each page, the keys of the numbers that carry a note."""
    found = []
    for page in PdfReader(pdf).pages:
        notes = [str(note.get_object().get("/Contents", "")) for note in page.get("/Annots", [])]
        found.append(list(dict.fromkeys(re.split(r"[\s=:]", note, maxsplit=1)[0] for note in notes if note)))
    return found


def first_pages(keys: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return key -> the first page (from 1) that prints it."""
    return {key: page for page, names in reversed([*enumerate(keys, 1)]) for key in names}


def _figures_of(document: str) -> list[str]:
    """Return the names of a document's figures, in order."""
    return [Path(path).stem for path, _ in audit_scans.pictures_of(document) if path.startswith("figures/")]


def _pictures(
    left: pypdfium2.PdfDocument,
    right: pypdfium2.PdfDocument,
    places: Sequence[Sequence[Box]],
    changed: set[int | None],
    names: list[str],
) -> Iterator[Finding | int]:
    """Yield a finding for each figure, or page of unchanged words, that looks different; else 0."""
    count = 0
    for page in range(len(right)):
        there, here = page_in_grey(left[page]), page_in_grey(right[page])
        worst = 0
        for box in places[page]:
            moved = apart(there.crop(box), here.crop(box))
            worst = max(worst, moved)
            name = names[count] if count < len(names) else str(count + 1)
            count += 1
            yield 0 if moved <= TOLERANCE else _drawn("figure", name, page, moved)
        if page + 1 not in changed and worst <= TOLERANCE:
            moved = apart(there, here)
            if moved > TOLERANCE:
                yield _drawn("figure", "drawing", page, moved)


def _drawn(kind: str, name: str, page: int, moved: int) -> Finding:
    return difference(kind, name, f"differs by {moved} of 255", f"drawn again, may be {TOLERANCE}", page + 1)


def boxes(page: Any, height: float) -> list[Box]:
    """Return where figures are on a page, in pixels from its upper left corner."""
    found = [each.get_bounds() for each in page.get_objects(max_depth=1) if each.type == FORM]
    return [
        (round(a), round(height - d), round(c), round(height - b)) for a, b, c, d in found if c - a > 1 and d - b > 1
    ]


def page_in_grey(page: Any) -> Image.Image:
    """Return a page as a picture in grey, one pixel a point."""
    return page.render(scale=1, may_draw_forms=False, draw_annots=False).to_pil().convert("L")


def apart(there: Image.Image, here: Image.Image) -> int:
    """Return the largest difference of two blurred pictures (of 255); 255 where their sizes differ."""
    if there.size != here.size:
        return 255
    blurred = (picture.filter(ImageFilter.GaussianBlur(BLUR)) for picture in (there, here))
    return max(level for level, pixels in enumerate(ImageChops.difference(*blurred).histogram()) if pixels)
