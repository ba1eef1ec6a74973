"""LaTeX as a message prints it: `U^{\\top}\\boldsymbol{\\delta}_2` becomes U^⊤δ₂."""

from __future__ import annotations

import re
from functools import lru_cache

from report_src.derivations.source.tokens import Tok, tokens
from report_src.derivations.source.vocabulary import ACCENTS, FONTS, FRACTIONS, GREEK, SIZES, SPACES

_SIGNS = {
    "\\partial": "∂", "\\nabla": "∇", "\\odot": "⊙", "\\circ": "⊙", "\\cdot": "·", "\\top": "⊤", "\\sum": "∑",
    "\\prod": "∏", "\\ne": "≠", "\\neq": "≠", "\\le": "≤", "\\leq": "≤", "\\ge": "≥", "\\geq": "≥", "\\limits": "",
    "\\lVert": "‖", "\\rVert": "‖", "\\|": "‖", "\\lvert": "|", "\\rvert": "|", "\\vert": "|", "\\times": "×",
    "\\prime": "′", "\\mathbb": "", "\\operatorname": "", "\\text": "", "\\left": "", "\\right": "",
    "\\ast": "*", "\\star": "⋆", "\\coloneqq": ":=", "\\over": "/", "\\vdots": "⋮", "\\hdots": "⋯",
}  # fmt: skip
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@lru_cache(maxsize=5000)
def pretty(latex: str, longest: int = 60) -> str:
    """Return `latex` in Unicode, shortened to `longest` characters."""
    shown = _FACTORIAL.sub(_factorial, _Printer(tokens(latex)).all()).replace("binom(", "C(")
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


_FACTORIAL = re.compile(r"factorial\(((?:[^()]|\([^()]*\))*)\)")


def _factorial(found: re.Match[str]) -> str:
    return f"{found[1]}!" if found[1].isalnum() else f"({found[1]})!"


_FACTORS = {*GREEK, *FONTS, *ACCENTS, *FRACTIONS, "sqrt", "sum", "prod"}  # what a fraction multiplies
_SUM = re.compile(r"\S [+-] ")
_ONE_FACTOR = re.compile(r"√?\(?[\d.]+\)?|[∂d√]?\w[̀-ͯ]?(?:[₀-₉]|_\w|_\{[^{}]*\}|\^\w|\^\{[^{}]*\})*")


class _Printer:
    def __init__(self, toks: list[Tok]) -> None:
        self.toks, self.index = toks, 0

    def all(self) -> str:
        pieces = []
        while self.index < len(self.toks):
            pieces.append(self.one())
        return "".join(pieces)

    def one(self) -> str:
        if self.index >= len(self.toks):
            return ""
        text = self.toks[self.index].text
        self.index += 1
        word = text[1:]
        if text == "{":
            return self.until_brace()
        if text == "\\begin":
            return self.matrix()
        if text in SPACES or text in SIZES:
            return ""
        if text == "_":
            below = self.one()
            return below.translate(_BELOW) if below.isdigit() else f"_{self.braced(below)}"
        if text == "^":
            above = self.one()
            return f"^{above}" if above in ("⊤", "T") or above.startswith("(") else f"^{self.braced(above)}"
        if word in FRACTIONS and text[0] == "\\":
            return self.fraction(self.one(), self.one())
        if text == "\\sqrt":
            inside = self.one()
            return f"√{inside}" if inside.isalnum() else f"√({inside})"
        if text[0] == "\\" and word in FONTS:
            return self.one()
        if text[0] == "\\" and word in ACCENTS:
            return self.one() + ACCENTS[word]
        if text[0] == "\\" and word in GREEK:
            return GREEK[word]
        if text in _SIGNS:
            return _SIGNS[text]
        return f" {text} " if text in "+=-" else text.lstrip("\\")

    def fraction(self, top: str, bottom: str) -> str:
        r"""Return a/b, with the brackets that \frac does without: \frac12 x -> (1/2)x, \frac{1}{2N} -> 1/(2N)."""
        above = f"({top})" if _SUM.search(top) else top.replace(" - ", "-")
        below = bottom if _ONE_FACTOR.fullmatch(bottom) else f"({bottom})"
        following = self.toks[self.index].text if self.index < len(self.toks) else ""
        multiplies = following[:1].isalnum() or following == "(" or following[1:] in _FACTORS
        return f"({above}/{below})" if multiplies else f"{above}/{below}"

    def matrix(self) -> str:
        r"""Return a matrix row by row: \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} -> (1 2; 3 4)."""
        name = self.one()
        pieces = []
        while self.index < len(self.toks) and self.toks[self.index].text != "\\end":
            sign = {"&": " ", "\\\\": "; "}.get(self.toks[self.index].text)
            pieces.append(sign or self.one())
            self.index += sign is not None
        self.index += 1
        self.one()
        opened, closed = ("[", "]") if name.startswith("b") else ("(", ")")
        return opened + "".join(pieces).removesuffix("; ") + closed

    def until_brace(self) -> str:
        pieces = []
        while self.index < len(self.toks) and self.toks[self.index].text != "}":
            pieces.append(self.one())
        self.index += 1
        return "".join(pieces)

    @staticmethod
    def braced(text: str) -> str:
        for sign in "+-=":
            text = text.replace(f" {sign} ", sign)
        return text if len(text) < 2 else "{" + text + "}"
