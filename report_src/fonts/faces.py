"""The fonts that print what TeX's fonts lack: those that come with matplotlib, then those of the system.

matplotlib's cover Latin, Greek, Cyrillic, Hebrew, most of Arabic, arrows and mathematical letters on every machine.
"""

import dataclasses
import functools
import importlib.util
import os
import re
import unicodedata
from fnmatch import translate
from pathlib import Path
from typing import Any

SERIF = ("DejaVuSerif", "DejaVuSans", "STIXGeneral")  # in running text, first choice first
TYPEWRITER = ("DejaVuSansMono", *SERIF[1:])  # in text printed line by line
FOLDERS = (
    "/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/droid",
    "/usr/share/fonts/truetype/lohit-devanagari", "/usr/share/fonts/truetype/wqy", "/usr/share/fonts/google-noto",
    "/usr/share/fonts/google-noto-vf", "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-sans-cjk-fonts", "/System/Library/Fonts", "/System/Library/Fonts/Supplemental",
)  # fmt: skip
NAMES = ("Noto*-Regular.[ot]t[fc]", "Noto*-VF.[ot]t[fc]", "Noto*[[]wght[]].ttf", "Lohit-*.ttf",
         "DroidSansFallback*.ttf", "wqy-*.ttc", "Arial Unicode.ttf", "PingFang.ttc", "GeezaPro.ttc",
         "Kohinoor.ttc")  # fmt: skip
_NAMED = re.compile("|".join(map(translate, NAMES)))
CJK = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH")  # first words of their names


@dataclasses.dataclass(frozen=True)
class Face:
    """One font file; `name` is what TeX calls it."""

    name: str
    path: Path

    @functools.cached_property
    def shaper(self) -> Any:
        """The font as HarfBuzz reads it."""
        import uharfbuzz

        return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(self.path))))

    def has(self, text: str) -> bool:
        """Whether the font has a glyph for each character."""
        return all(self.shaper.get_nominal_glyph(ord(character)) for character in text)


@functools.cache
def matplotlib_fonts() -> dict[str, Face]:
    """Return the fonts that come with matplotlib, by name; matplotlib itself is not imported."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "mpl-data/fonts/ttf"
    return {name: Face(name, folder / f"{name}.ttf") for name in dict.fromkeys((*SERIF, *TYPEWRITER))}


def system_files() -> list[Path]:
    """Return the font files of the system that are looked into, sorted."""
    listed = ((folder, next(os.walk(folder), ("", [], []))[2]) for folder in FOLDERS)  # nothing of one that is closed
    return sorted(Path(folder, file) for folder, files in listed for file in files if _NAMED.match(file))


@functools.cache
def installed() -> dict[str, Face]:
    """Return the fonts of the system by name."""
    return {_name_of(path): Face(_name_of(path), path) for path in system_files()}


def _name_of(path: Path) -> str:
    """`NotoSans[wght].ttf` -> `NotoSanswght`: letters and digits."""
    return "".join(filter(str.isalnum, path.stem))


@functools.lru_cache(maxsize=4096)
def face_for(text: str, typewriter: bool = False) -> Face | None:
    """Return the first font that has every character of a text; None where no font has."""
    order = (matplotlib_fonts()[name] for name in (TYPEWRITER if typewriter else SERIF))
    return next((face for faces in (order, installed().values()) for face in faces if face.has(text)), None)


def package_for(character: str) -> str:
    """Return the package, as Debian and Ubuntu name it, with a font for a character."""
    return "fonts-noto-cjk" if script(character) in CJK else "fonts-noto-core"


def script(character: str) -> str:
    """Return the first word of a character's name: "Ж" -> "CYRILLIC"; "" where it has none."""
    return unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
