"""Any text, printed as it reads: nothing in it can act as TeX, and no character of it stops the build."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST_LINE = 5000  # characters; TeX takes 200,000 bytes on a line, and a paragraph has to fit into its memory
LONGEST_WORD = 30  # characters without a break opportunity of their own; longer runs may break anywhere
CODE_WIDTH = 6  # letters that a code point takes


class Latex(str):
    """Text that is LaTeX already and goes into the document as it is."""

    __slots__ = ()


_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "-": r"-{}", "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}",
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
_GREEK = {"LAMDA": "lambda"}  # where Unicode spells a letter otherwise
_GREEK_COMMANDS = frozenset(
    ["zeta", "iota", "kappa", "nu", "xi", "upsilon", "chi", "psi", "gamma", "theta", "lambda", "pi", "phi"]
)
# letters that T1-encoded Latin Modern has, beyond ASCII
_LETTERS = frozenset(
    "¡¢£¥§©ª«®°±¶º»¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŊŋŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž"
)


def command_of(character: str) -> str:
    r"""Return what to type in a template for a character that its fonts lack; "" where nothing stands for it.

    α -> $\alpha$, ξ -> $\xi$, x₁ -> $_{1}$, ℒ -> $\mathcal{L}$, 𝑥 -> $x$
    """
    if character in _MATHEMATICS:
        return f"${_MATHEMATICS[character]}$"
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
    """Return `text` as LaTeX that prints it literally; what the fonts lack appears as its code point."""
    return Latex("".join(_pieces(unicodedata.normalize("NFC", str(text)), r"\allowbreak{}", 5)))


def verbatim(text: str) -> Latex:
    """Return a block of text, line by line as it is: indentation kept, long lines broken, typewriter letters."""
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
    """Return `text` as a PDF string in hexadecimal digits, which TeX passes on as they are: "é" -> <FEFF00E9>."""
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


def _pieces(text: str, gap: str, every: int, after: str = "") -> Iterator[str]:
    """Yield a text's characters as LaTeX, with a `gap` where a line may break: in long words and `after` some signs."""
    parts = re.compile(f" |[^ {re.escape(after)}]*[{re.escape(after)}]|[^ {re.escape(after)}]+" if after else " |[^ ]+")
    for part in parts.findall(text):
        letters = [_character(character) for character in part]
        long, run = sum(map(_width, letters)) > LONGEST_WORD, 0
        for letter in letters:
            run += _width(letter)
            yield letter
            if long and run >= every:
                yield gap
                run = 0
        if after and part[-1] in after:
            yield gap


def _width(letter: str) -> int:
    """Return about how many letters wide a character is as it is printed."""
    return CODE_WIDTH if letter.startswith(r"\codepoint") else 1


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _MATHEMATICS:
        return rf"\ensuremath{{{_MATHEMATICS[character]}}}"
    if (" " <= character <= "~") or character in _LETTERS:
        return character
    if character in "\n\r\t":
        return " "
    return rf"\codepoint{{{ord(character):04X}}}"


def _line(line: str) -> str:
    body = line.lstrip(" ")
    indent = len(line) - len(body)
    pieces = (r"\ " if piece == " " else piece for piece in _pieces(body, r"\hskip0pt{}", LONGEST_WORD))
    start = rf"\literalindent{{{indent}}}" if indent else ""
    return rf"\literalline{{{start}{''.join(pieces)}}}"
