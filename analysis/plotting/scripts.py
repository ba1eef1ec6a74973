"""The system's fonts for scripts that matplotlib's own fonts lack: Chinese, Korean, Urdu, Devanagari and others.

A figure without such letters is the same on every machine: no font of the system is looked into for it.
"""

import functools
import unicodedata
from pathlib import Path

from matplotlib import font_manager

FOLDERS = (
    "/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto", "/usr/share/fonts/google-noto",
    "/usr/share/fonts/google-noto-cjk", "/usr/share/fonts/google-noto-sans-cjk-fonts", "/System/Library/Fonts",
    "/System/Library/Fonts/Supplemental",
)  # fmt: skip
FILES = ("NotoSansCJK-Regular.ttc", "NotoSans*-Regular.ttf", "NotoNaskhArabic-Regular.ttf", "PingFang.ttc",
         "Arial Unicode.ttf", "GeezaPro.ttc", "Kohinoor.ttc")  # fmt: skip
CJK = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH")  # first words of their names
COVERED = ("LATIN", "GREEK", "CYRILLIC", "COMBINING", "")  # by matplotlib's fonts, or by none

used: list[str] = []  # families whose letters were asked for in this process, in order
missing: dict[str, str] = {}  # letters that no font has -> the package, as Debian names it


@functools.cache
def files() -> tuple[Path, ...]:
    """Return the font files of the system, those of FILES that come first before the others."""
    return tuple(path for name in FILES for folder in FOLDERS for path in sorted(Path(folder).glob(name)))


@functools.cache
def _characters(path: Path) -> frozenset[int]:
    return frozenset(font_manager.get_font(path).get_charmap())


@functools.cache
def font_family_for(character: str) -> str:
    """Return the family, known to matplotlib from now on, that draws a character; "" where no font has it."""
    script = unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
    if script in COVERED:
        return ""
    path = next((path for path in files() if ord(character) in _characters(path)), None)
    if path is None:
        name = "Chinese, Japanese or Korean" if script in CJK else script.capitalize()
        missing[name] = "fonts-noto-cjk" if script in CJK else "fonts-noto-core"
        return ""
    family = _registered(path)
    if family not in used:
        used.append(family)
    return family


@functools.cache
def _registered(path: Path) -> str:
    known = font_manager.fontManager
    known.addfont(path)
    return known.ttflist[-1].name


def warnings() -> list[str]:
    """Return the warnings about scripts that were drawn as codes."""
    return [
        f"{script} letters are codes in the figures, as no font has them; install {package}"
        for script, package in sorted(missing.items())
    ]
