"""Scans are turned upright, scaled down and copied under names of our own."""

import random
import struct
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter

from analysis.errors import InputError
from analysis.settings.load import load
from report_src.project import ROOT
from report_src.rendering import scans


def test_a_picture_is_turned_as_its_exif_says_and_scaled_to_200_dpi(tmp_path):
    image = Image.new("RGB", (4000, 3000), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    image.save(tmp_path / "page.jpg", exif=exif)
    (page,) = scans.prepare(("page.jpg",), tmp_path, tmp_path / "build", "part_c")
    with Image.open(tmp_path / "build" / page.path) as copy:
        assert copy.height > copy.width
        assert copy.width <= scans.PRINTED_INCHES[0] * scans.DOTS_PER_INCH
        assert copy.height <= scans.PRINTED_INCHES[1] * scans.DOTS_PER_INCH


def test_a_pdf_gives_all_its_pages_and_a_transparent_png_is_laid_on_white(tmp_path):
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(100, 100)
    writer.write(tmp_path / "hand; written.pdf")
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(tmp_path / "a.png")
    pages = scans.prepare(("hand; written.pdf", "a.png"), tmp_path, tmp_path / "build", "question_2")
    assert [(page.path, page.page) for page in pages] == [
        ("scans/question_2-1.pdf", 1), ("scans/question_2-1.pdf", 2), ("scans/question_2-1.pdf", 3),
        ("scans/question_2-2.jpg", 1),
    ]  # fmt: skip
    with Image.open(tmp_path / "build" / pages[-1].path) as copy:
        assert copy.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.heic", b"x", "heif-convert"),
        ("a.gif", b"x", "expected a JPEG, PNG or PDF"),
        ("a.jpg", b"not a picture", "cannot be read as a picture"),
        ("a.pdf", b"not a pdf", "cannot be read as a PDF"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_the_next_step(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words):
        scans.prepare((name,), tmp_path, tmp_path / "build", "part_c")


@pytest.mark.parametrize("name", ["c1.jpg", "data/scans/c1.jpg"])
def test_a_scan_in_its_folder_is_found_by_name_and_by_path(tmp_path, name):
    (tmp_path / "data/scans").mkdir(parents=True)
    Image.new("RGB", (10, 10)).save(tmp_path / "data/scans/c1.jpg")
    text = (ROOT / "report.toml").read_text(encoding="utf-8")
    assert "part_c = []" in text
    (tmp_path / "report.toml").write_text(text.replace("part_c = []", f'part_c = ["{name}"]'), encoding="utf-8")
    settings = load(tmp_path / "report.toml")
    assert settings.scans["part_c"] == ("data/scans/c1.jpg",)
    assert len(scans.prepare(settings.scans["part_c"], settings.folder, tmp_path / "build", "part_c")) == 1


def test_a_missing_scan_names_the_setting_and_where_it_was_looked_for(tmp_path):
    with pytest.raises(InputError, match=r"none.png: no such scan in .*data/scans or .*scans.part_c in report.toml"):
        scans.prepare(("none.png",), tmp_path, tmp_path / "build", "part_c")


@pytest.mark.parametrize("size", [(30_000, 30_000), (14_000, 12_500)])
def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path, size):
    head = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    parts = [struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
             for name, data in chunks]  # fmt: skip
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    with pytest.raises(InputError, match="pixels"):
        scans.prepare(("a.png",), tmp_path, tmp_path / "build", "part_c")


@pytest.mark.parametrize("name", ["a.png", "p.png", "a.jpg", "a.pdf"])
def test_a_damaged_scan_is_printed_or_refused(tmp_path, name):
    whole = tmp_path / name
    Image.new("P" if name == "p.png" else "RGB", (50, 40)).save(whole)
    content, rng = whole.read_bytes(), random.Random(1)
    fates = set()
    for _ in range(200):
        place = rng.randrange(len(content))
        whole.write_bytes(content[:place] + rng.randbytes(rng.randint(0, 8)) + content[place + rng.randint(0, 20) :])
        try:
            fates.add(bool(scans.prepare((name,), tmp_path, tmp_path / "build", "part_c")))
        except InputError:
            fates.add(None)
    assert fates >= {True, None}
