"""Any text, printed as it reads: nothing in it can act as TeX, and no character of it stops the build."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NoReturn

from report_src.errors import RenderError
from report_src.fonts import shaping

LONGEST_LINE = 5000  # characters; TeX takes 200,000 bytes on a line, and a paragraph has to fit into its memory
LONGEST_WORD = 30  # characters without a break opportunity of their own; longer runs may break anywhere
CODE_WIDTH = 6  # letters that a code point takes


class Latex(str):
    """Text that is LaTeX already and enters the document unchanged."""

    __slots__ = ()

    def __mul__(self, times: Any) -> NoReturn:
        """Raise RenderError: in `100 * share | decimal` the style comes first, and its text would be repeated."""
        raise RenderError("a number is calculated with behind its style; templates print results, they compute none")

    __rmul__ = __mod__ = __rmod__ = __mul__


_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "-": r"-{}", "–": r"\textendash{}", "—": r"\textemdash{}", "‘": r"\textquoteleft{}", "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}", "”": r"\textquotedblright{}", "…": r"\ldots{}",
    "•": r"\textbullet{}",
    "\u00a0": "~", "€": r"\texteuro{}", "™": r"\texttrademark{}", ",": ",{}", "?": "?{}", "!": "!{}",
    "[": "{[}", "]": "{]}", "*": "{*}",  # of an optional argument, or behind the end of a table's row
}  # fmt: skip
_MATHEMATICS = {
    "→": r"\rightarrow", "←": r"\leftarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "≤": r"\leq", "≥": r"\geq",
    "≠": r"\neq", "≈": r"\approx", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "√": r"\surd",
    "∈": r"\in", "⊙": r"\odot", "⊤": r"\top", "−": "-", "·": r"\cdot", "×": r"\times", "ℓ": r"\ell", "ℝ": r"\mathbb{R}",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta", "θ": r"\theta",
    "λ": r"\lambda", "μ": r"\mu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi",
    "ω": r"\omega",     "Δ": r"\Delta", "Σ": r"\Sigma", "Ω": r"\Omega", "✓": r"\checkmark",
}  # fmt: skip
_IN_TEXT = _MATHEMATICS.keys() - {*"≠∑√ℝμΔΩ"}  # of the others, drawn by TeX's fonts, a viewer copies another character
_GREEK = {"LAMDA": "lambda"}  # where Unicode spells a letter otherwise
_GREEK_COMMANDS = frozenset(
    ["zeta", "iota", "kappa", "nu", "xi", "upsilon", "chi", "psi", "gamma", "theta", "lambda", "pi", "phi"]
)
# what Latin Modern has in its encodings T1 and TS1, beyond ASCII
_LETTERS = frozenset(
    "¡¢£¤¥¦§¨©ª«¬®¯°±´µ¶¸º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŊŋŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž"
)
_KNOWN = _LETTERS | _SPECIAL.keys() | {chr(code) for code in range(0x20, 0x7F)} | {*"\n\r\t"}
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")


def command_of(character: str) -> str:
    r"""Return what to type in a template for a character that its fonts lack; "" where there is no replacement.

    α -> $\alpha$, ξ -> $\xi$, x₁ -> $_{1}$, ℒ -> $\mathcal{L}$, 𝑥 -> $x$
    """
    if character in _MATHEMATICS:
        return f"${_MATHEMATICS[character]}$"
    if len(character) > 1:  # what ⅓ is put together of
        return ""
    name = unicodedata.name(character, "")
    if greek := re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", name):
        command = _GREEK.get(greek[2], greek[2].lower())
        return f"$\\{command if greek[1] == 'SMALL' else command.capitalize()}$" if command in _GREEK_COMMANDS else ""
    kind, _, codes = unicodedata.decomposition(character).rpartition("> ")
    plain = "".join(chr(int(code, 16)) for code in codes.split()) if kind else ""
    if not plain:
        return ""
    if "SCRIPT CAPITAL" in name:
        return rf"$\mathcal{{{plain}}}$"
    return {"<sub": f"$_{{{plain}}}$", "<super": f"$^{{{plain}}}$", "<font": command_of(plain) or f"${plain}$"}.get(
        kind, ""
    )


def tex(text: str) -> Latex:
    """Return `text` as LaTeX that prints it literally; what no font has appears as its code point."""
    return Latex("".join(_pieces(unicodedata.normalize("NFC", str(text)), r"\allowbreak{}", 5)))


def verbatim(text: str) -> Latex:
    """Return a block of text line by line, unchanged: indentation kept, long lines broken, typewriter letters."""
    given = unicodedata.normalize("NFC", str(text))
    lines = given.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).rstrip("\n").split("\n")
    parts = (line[at : at + LONGEST_LINE] for line in lines for at in range(0, len(line) or 1, LONGEST_LINE))
    return Latex("\\begin{literaltext}\n" + "\n".join(map(_line, parts)) + "\n\\end{literaltext}")


def metadata(text: str) -> Latex:
    """Return `text` for the PDF's own title, author and bookmarks, which show every character and no box."""
    normal = unicodedata.normalize("NFC", str(text))
    return Latex("".join(_SPECIAL[c] if c in _SPECIAL and c < "\x7f" else c if " " <= c < "\x7f"
                         else rf'\unichar{{"{ord(c):04X}}}' for c in normal))  # fmt: skip


def pdf_string(text: str) -> Latex:
    """Return `text` as a PDF string in hexadecimal digits, which TeX passes on unchanged: "é" -> <FEFF00E9>."""
    plain = text.isascii()
    return Latex(
        f"<{text.encode('ascii').hex().upper()}>" if plain else f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
    )


def xml_text(text: str) -> Latex:
    r"""Return `text` for XML in a PDF, all but letters and digits by their numbers: "a&b" -> a&\string#38;b."""
    normal = unicodedata.normalize("NFC", str(text))
    return Latex("".join(c if c.isascii() and (c.isalnum() or c == " ") else rf"&\string#{ord(c)};" for c in normal))


def breakable(text: str) -> Latex:
    """Return a name in which a line may break after punctuation (column names, paths)."""
    return Latex("".join(_pieces(unicodedata.normalize("NFC", str(text)), r"\allowbreak{}", 5, after="_/.-")))


def _pieces(text: str, gap: str, every: int, after: str = "", *, typewriter: bool = False) -> Iterator[str]:
    """Yield a text's characters as LaTeX, with a `gap` where a line may break: in long words and `after` some signs."""
    pieces = _broken(text, gap, every, after, typewriter)
    return shaping.directed(list(pieces)) if _RIGHT_TO_LEFT.search(text) else (latex for _, latex in pieces)


def _broken(text: str, gap: str, every: int, after: str, typewriter: bool) -> Iterator[tuple[str, str]]:
    """Yield (characters, LaTeX) in the order in which they are read, with the gaps."""
    parts = re.compile(f" |[^ {re.escape(after)}]*[{re.escape(after)}]|[^ {re.escape(after)}]+" if after else " |[^ ]+")
    for part in parts.findall(text):
        letters = list(_letters(part, typewriter))
        long, run = sum(_width(latex) for _, latex in letters) > LONGEST_WORD, 0
        for place, (characters, latex) in enumerate(letters, start=1):
            run += _width(latex)
            yield characters, latex
            if (long and run >= every) or _breaks(characters, letters[place][0] if place < len(letters) else ""):
                yield "", gap
                run = 0
        if after and part[-1] in after:
            yield "", gap


def _width(latex: str) -> int:
    """Return about how many letters wide a printed character is."""
    return CODE_WIDTH if latex.startswith(r"\codepoint") else 1


def _breaks(character: str, following: str) -> bool:
    """Whether a line may break between two characters of a script without spaces: not before its punctuation."""
    wide = character > "\u2e7f" and unicodedata.east_asian_width(character[0]) == "W"
    return wide and bool(following) and unicodedata.category(following[0])[0] != "P"


def _letters(part: str, typewriter: bool) -> Iterator[tuple[str, str]]:
    """Yield (characters, LaTeX) of each glyph of a word; what the document's fonts lack is set in another one."""
    if _KNOWN.issuperset(part):
        yield from ((character, _character(character)) for character in part)
        return
    for word in shaping.words(part):
        symbols = len(word) < shaping.LONGEST_WORD or shaping.script_of(word[0]) != "GREEK"
        if all(c in _KNOWN or (c in _IN_TEXT and symbols) for c in word):
            yield from ((character, _character(character)) for character in word)
        elif not shaping.printable(word):
            yield from ((character, _unprintable(character)) for character in word)
        elif made := shaping.glyphs(word, typewriter):
            yield from ((word, latex) for latex in made)
        else:
            for character in word:
                alone = (
                    character not in _KNOWN and shaping.printable(character) and shaping.glyphs(character, typewriter)
                )
                yield from ((character, latex) for latex in alone or [_unprintable(character)])


def _unprintable(character: str) -> str:
    """Return an emoji by its name, nothing for what only chooses its looks, other characters as they are printed."""
    if character in shaping.PRESENTATION + shaping.JOINERS:
        return ""
    return _character(character) if character in _KNOWN else shaping.spoken_name(character) or _character(character)


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _IN_TEXT:
        return rf"\ensuremath{{{_MATHEMATICS[character]}}}"
    if (" " <= character <= "~") or character in _LETTERS:
        return character
    if character in "\n\r\t":
        return " "
    return rf"\codepoint{{{ord(character):04X}}}"


def _line(line: str) -> str:
    body = line.lstrip(" ")
    indent = len(line) - len(body)
    given = _pieces(body, r"\hskip0pt{}", LONGEST_WORD, typewriter=True)
    pieces = (r"\ " if piece == " " else piece for piece in given)
    start = rf"\literalindent{{{indent}}}" if indent else ""
    command = "turnedline" if shaping.reads_from_the_right(body) else "literalline"
    return rf"\{command}{{{start}{''.join(pieces)}}}"
