"""What TeX prints of a row as typed, as a list of atoms: each a glyph with its scripts.

    {x+y}z                x + y z               braces that are no argument print nothing
    2{5}\\,x              2 5 x                  spacing, colour, size and \\left print nothing here
    W^{\\top}_{ij}        W (below: i j, above: ⊤)
    \\frac12              fraction (1, 2)

This module shares no code with the reader of rows: an error of one does not hide in the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"%[^\n]*\n?|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_NOTHING = frozenset(
    {"\\,", "\\;", "\\:", "\\!", "\\ ", "~", "&", "\\displaystyle", "\\textstyle", "\\left", "\\right"}
)
_NOTHING |= {"\\quad", "\\qquad", "\\enspace", "\\thinspace", "\\negthinspace", "\\medspace", "\\thickspace"}
_NOTHING |= {"\\left", "\\right", "\\limits", "\\nolimits"}
_SIZE = re.compile(r"\\[bB]igg?[lrm]?")
_BOLD = frozenset({"\\mathbf", "\\textbf", "\\boldsymbol", "\\bm", "\\pmb", "\\vec", "\\underline"})
_FONTS = _BOLD | {"\\mathcal", "\\mathsf", "\\mathit", "\\mathscr"}
_SWITCHES = {"\\bf": "\\mathbf", "\\rm": "\\mathrm", "\\it": "\\mathit", "\\cal": "\\mathcal", "\\sf": "\\mathsf"}
_WORDS = frozenset({"\\operatorname", "\\text", "\\mathrm", "\\mathsf", "\\mathit"})
_ACCENTS = frozenset({"\\hat", "\\tilde", "\\bar", "\\check", "\\breve", "\\widehat", "\\widetilde", "\\overline"})
_IN_WORDS, _BLANK = re.compile(r"(\\text\s*\{)([^{}%\\]*)\}"), "\0"  # blanks in words are printed
_SAME = {
    "\\lVert": "‖", "\\rVert": "‖", "\\|": "‖", "\\Vert": "‖", "\\lvert": "|", "\\rvert": "|", "\\vert": "|",
    "\\leq": "\\le", "\\geq": "\\ge", "\\colon": ":", "\\rightarrow": "\\to",
    "\\circ": "\\odot", "\\ldots": "\\dots", "\\cdots": "\\dots",
    "\\prime": "'", "\\coloneqq": ":=", "\\log": "log", "\\ln": "ln", "\\exp": "exp", "\\tanh": "tanh", "\\max": "max",
    "\\sin": "sin", "\\cos": "cos",
    "\\min": "min", "\\det": "det", "\\triangleq": ":=", "\\leqslant": "\\le", "\\geqslant": "\\ge", "\\neq": "\\ne",
    "\\intercal": "\\top", "\\ast": "*",
}  # fmt: skip


@dataclass(slots=True)
class Atom:
    """A glyph, or what is built of rows of atoms, with its scripts."""

    glyph: str
    parts: tuple[tuple[Atom, ...], ...] = ()
    below: tuple[Atom, ...] = ()
    above: tuple[Atom, ...] = ()


class Unprintable(Exception):
    """What is typed has no printed form that is known here."""


def typed(text: str) -> list[Atom]:
    """Return what TeX prints of a statement; raise Unprintable for what TeX itself refuses."""
    text = _IN_WORDS.sub(lambda found: found[1] + _BLANK.join(found[2].split()) + "}", text)
    toks = _switched([t for t in _TOKEN.findall(text) if t[0] != "%" and not t.isspace()])
    row, index = _Typed(toks).row(0, stop="")
    if index < len(toks):
        raise Unprintable(f"{toks[index]} closes nothing")
    return row


def _switched(toks: list[str]) -> list[str]:
    r"""Return tokens with {\bf x} written as \mathbf{x}."""
    made: list[str] = []
    for tok in toks:
        if tok in _SWITCHES and made and made[-1] == "{":
            made[-1:] = [_SWITCHES[tok], "{"]
        else:
            made.append(tok)
    return made


class _Typed:
    def __init__(self, toks: list[str]) -> None:
        self.toks = toks
        # the last atom of a group that has just ended: TeX lets it carry the same script again
        self.sealed: Atom | None = None

    def row(self, index: int, stop: str) -> tuple[list[Atom], int]:
        """Return the atoms up to `stop` and the index of `stop`."""
        row: list[Atom] = []
        while index < len(self.toks) and self.toks[index] != stop:
            if self.toks[index] == "}":
                break
            if self.toks[index] == "\\over":
                bottom, index = self.row(index + 1, stop)
                return [Atom("\\frac", (tuple(row), tuple(bottom)))], index
            if self.toks[index] == "\\end" or (stop == "\\end" and self.toks[index] in ("&", "\\\\")):
                break
            index = self.one(index, row)
        return row, index

    def one(self, index: int, row: list[Atom]) -> int:
        """Add what begins at `index` to the row and return the index behind it."""
        tok = self.toks[index]
        if tok == "\\begin":
            return self.matrix(index + 1, row)
        if tok in _NOTHING or _SIZE.fullmatch(tok):
            if tok == "\\left" and self.toks[index + 1 : index + 2] == ["."]:
                row.append(Atom("null"))
                return index + 2
            return index + 1
        if tok in ("_", "^", "'"):
            return self.script(tok, index, row)
        if tok == "{":
            inner, close = self.argument(index)
            row.extend(inner)
            self.sealed = inner[-1] if inner else None
            return close
        row.append(Atom("?"))
        glyph, parts, after = self.built(tok, index + 1)
        row.pop()
        if glyph:
            row.append(Atom(glyph, parts))
        else:
            row.extend(parts[0])
        return after

    def matrix(self, index: int, row: list[Atom]) -> int:
        """Add a matrix to the row: its entries, and their number in each of its rows."""
        name, index = self.raw(index)
        cells: list[tuple[Atom, ...]] = []
        counts = [0]
        while True:
            cell, index = self.row(index, "\\end")
            tok = self.toks[index] if index < len(self.toks) else ""
            if tok not in ("&", "\\\\", "\\end"):
                raise Unprintable(f"{name} is never closed")
            if cell or tok == "&" or counts[-1]:
                cells.append(tuple(cell))
                counts[-1] += 1
            index += 1
            if tok == "\\end":
                _, index = self.raw(index)
                row.append(Atom(f"{name} {','.join(str(count) for count in counts if count)}", tuple(cells)))
                return index
            if tok == "\\\\":
                counts.append(0)

    def script(self, mark: str, index: int, row: list[Atom]) -> int:
        """Set a script or a prime at the atom before it."""
        base = row[-1] if row else None
        if base is None:
            raise Unprintable("a script has no base")
        inner, after = ([Atom("'")], index + 1) if mark == "'" else self.argument(index + 1)
        if mark == "_":
            if base.below and base is not self.sealed:
                raise Unprintable("one symbol has two subscripts")
            base.below = (*base.below, *inner)
        else:
            if base.above and base is not self.sealed and any(atom.glyph != "'" for atom in base.above):
                raise Unprintable("one symbol has two superscripts")
            base.above = (*base.above, *inner)
        return after

    def argument(self, index: int) -> tuple[list[Atom], int]:
        """Return the atoms of an argument, a group or one token, and the index behind it."""
        if index >= len(self.toks):
            raise Unprintable("an argument is missing")
        if self.toks[index] == "{":
            row, close = self.row(index + 1, "}")
            if close >= len(self.toks):
                raise Unprintable("a brace is never closed")
            return row, close + 1
        row = []
        return row, self.one(index, row)

    def raw(self, index: int) -> tuple[str, int]:
        """Return the letters of an argument as they are typed, and the index behind it."""
        if index < len(self.toks) and self.toks[index] == "*":
            index += 1
        if index >= len(self.toks):
            raise Unprintable("an argument is missing")
        if self.toks[index] != "{":
            return self.toks[index], index + 1
        depth, at = 0, index
        while at < len(self.toks):
            depth += (self.toks[at] == "{") - (self.toks[at] == "}")
            if depth == 0:
                return "".join(self.toks[index + 1 : at]), at + 1
            at += 1
        raise Unprintable("a brace is never closed")

    def built(self, tok: str, index: int) -> tuple[str, tuple[tuple[Atom, ...], ...], int]:
        """Return glyph and parts of what a token prints; without a glyph the parts print by themselves."""
        if tok in _WORDS:
            word, after = self.raw(index)
            word = word.replace(_BLANK, " ")
            if len(word) > 1 and word.replace("-", "").replace(" ", "").isalpha():
                return word, (), after
            if tok in ("\\text", "\\operatorname") or (word == "d" and tok == "\\mathrm"):
                return f"upright {word}", (), after
        if tok in _FONTS or tok == "\\mathrm":
            inner, after = self.argument(index)
            if [atom.glyph for atom in inner] in (["0"], ["1"]) and tok in _BOLD:
                return f"bold {inner[0].glyph}", (), after
            return "", (tuple(inner),), after
        if tok == "\\mathbb":
            letter, after = self.raw(index)
            return f"double {letter}", (), after
        if tok in _ACCENTS:
            inner, after = self.argument(index)
            return tok, (tuple(inner),), after
        if tok in ("\\frac", "\\tfrac", "\\dfrac"):
            top, after = self.argument(index)
            bottom, after = self.argument(after)
            return "\\frac", (tuple(top), tuple(bottom)), after
        if tok in ("\\sqrt", "\\boxed"):
            inner, after = self.argument(index)
            return tok, (tuple(inner),), after
        if tok in ("\\underbrace", "\\overbrace"):
            inner, after = self.argument(index)
            if self.toks[after : after + 1] == ["_" if tok == "\\underbrace" else "^"]:
                _, after = self.raw(after + 1)
            return tok, (tuple(inner),), after
        if tok == "\\textcolor":
            _, after = self.raw(index)
            inner, after = self.argument(after)
            return "", (tuple(inner),), after
        if tok + "".join(self.toks[index : index + 1]) in (":=", "=!"):
            return tok + self.toks[index], (), index + 1
        return _SAME.get(tok, tok), (), index
