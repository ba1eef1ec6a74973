"""Scans of hand-written pages: turned upright, scaled down and copied below the build under names of our own."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from analysis.errors import InputError
from analysis.settings.load import SCANS

DOTS_PER_INCH = 200  # legible handwriting at a tenth of a phone picture's size
PRINTED_INCHES = (6.3, 9.0)  # the largest a scan is printed, width and height
JPEG_QUALITY = 85
LARGEST_PIXELS = 170_000_000  # a picture above this is refused rather than unpacked


class Scan(Struct, frozen=True):
    """One page to include: path below the build, page number inside it (1 for pictures)."""

    path: str
    page: int


class Scans(dict[str, list[Scan]]):
    """The pages of each place; a place without any is empty, and the places that a template asks for are noted."""

    def __init__(self, pages: Mapping[str, list[Scan]]) -> None:
        """Begin with none asked for."""
        super().__init__(pages)
        self.asked: set[str] = set()

    def __getitem__(self, place: str) -> list[Scan]:
        """Return the pages of a place."""
        self.asked.add(place)
        return self.get(place, [])

    def refuse_unprinted(self) -> None:
        """Raise InputError for a place with pages that no template has asked for."""
        for place in (place for place, pages in self.items() if pages and place not in self.asked):
            known = ", ".join(sorted(self.asked)) or "none"
            raise InputError(
                f"scans.{place}: expected a place where a template prints scans ({known}), got '{place}'",
                "write one of these, or include shared/scans.tex.j2 where the pages belong",
            )


def prepare(sources: tuple[str, ...], folder: Path, build: Path, place: str) -> list[Scan]:
    """Copy the scans of one place to build/scans; return the pages in order.

    Raises InputError for a missing file, an unknown type, or a picture that cannot be read.
    """
    pages: list[Scan] = []
    for number, source in enumerate(sources, start=1):
        path = folder / source
        if not path.is_file():
            raise InputError(
                f"{source}: no such scan in {folder / SCANS} or {folder}",
                f"put it into {SCANS}/, or correct scans.{place} in report.toml",
            )
        suffix = path.suffix.lower()
        if suffix in {".heic", ".heif"}:
            raise InputError(f"{path}: HEIC cannot be printed", f"convert it: heif-convert '{path}' '{path.stem}.jpg'")
        if suffix == ".pdf":
            pages += _pdf(path, build, f"{place}-{number}.pdf")
        elif suffix in {".jpg", ".jpeg", ".png"}:
            pages.append(_picture(path, build, f"{place}-{number}.jpg"))
        else:
            raise InputError(f"{path}: expected a JPEG, PNG or PDF, got '{suffix}'")
    return pages


def _pdf(path: Path, build: Path, name: str) -> list[Scan]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        count = len(PdfReader(path).pages)
    except (PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as a PDF ({error})") from None
    target = build / "scans" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return [Scan(f"scans/{name}", page) for page in range(1, count + 1)]


def _picture(path: Path, build: Path, name: str) -> Scan:
    from PIL import Image, ImageOps, UnidentifiedImageError

    target = build / "scans" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with Image.open(path) as raw:
            if raw.width * raw.height > LARGEST_PIXELS:
                raise InputError(f"{path}: {raw.width} x {raw.height} pixels; expected at most {LARGEST_PIXELS:,}")
            upright = ImageOps.exif_transpose(raw)
            image = _on_white(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{path}: cannot be read as a picture ({error})") from None
    image.thumbnail((int(PRINTED_INCHES[0] * DOTS_PER_INCH), int(PRINTED_INCHES[1] * DOTS_PER_INCH)))
    image.save(target, "JPEG", quality=JPEG_QUALITY, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return Scan(f"scans/{name}", 1)


def _on_white(image):  # type: ignore[no-untyped-def]  # PIL is imported only where a scan is
    """Return an RGB picture; transparency is laid on white."""
    from PIL import Image

    if image.mode in {"RGBA", "LA", "P"}:
        rgba = image.convert("RGBA")
        white = Image.new("RGB", rgba.size, "white")
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white
    return image.convert("RGB")
