"""The tokens of one statement: layout dropped, arguments braced, names put together, bars distinguished.

\\frac12             FRAC { NUM } { NUM }
\\hat{\\mathbf y}     NAME  (letter ŷ, bold)
\\Bigl| x \\Bigr|     LBAR NAME RBAR
\\left. … \\right|_h  LNULL … RNULL SUB { NAME }
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from report_src.derivations.source.document import MAX_DEPTH
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.spellings.dotted_arrays import ALONG, DOWN
from report_src.derivations.source.spellings.respelled import behind_colour
from report_src.derivations.source.tokens import Tok, group, tokens
from report_src.derivations.source.vocabulary import (
    ACCENTS,
    BOLD,
    FONTS,
    FRACTIONS,
    GREEK,
    OPERATOR_MACROS,
    REFUSED,
    RELATIONS,
    SIZES,
    SPACES,
    SWITCHES,
    VALUES,
)
from report_src.derivations.syntax import environments
from report_src.derivations.syntax.bars import tell_bars_apart
from report_src.derivations.syntax.fonts_and_accents import letter_of, operator, reading, unknown
from report_src.derivations.syntax.lexer_tokens import Letter, Mark, Number
from report_src.derivations.syntax.lookahead import a_shape, claims, compares, names_only, outer, sums

DIGITS = frozenset("0123456789")
MAX_TOKENS = 3000  # longest statement that is read; the longest printed one has about two hundred tokens


_SIMPLE = {
    "+": "SIGN", "-": "SIGN", "\\odot": "ODOT", "\\circ": "ODOT", "\\otimes": "ODOT", "\\langle": "LANGLE",
    "\\rangle": "RANGLE", "\\intercal": "TOP", "\\cdot": "CDOT", "/": "SLASH", "\\times": "TIMES", "*": "TIMES",
    "_": "SUB", "^": "SUP", "'": "PRIME",
    "{": "_LBRACE", "}": "_RBRACE", ",": "_COMMA", "(": "LPAR", ")": "RPAR", "[": "LSQ",
    "]": "RSQ", "\\partial": "PARTIAL", "\\nabla": "NABLA", "\\sum": "SUM", "\\prod": "SUM", "\\top": "TOP",
    "\\dots": "DOTS", "\\ldots": "DOTS", "\\cdots": "DOTS",
}  # fmt: skip
_STARS = {"*": "*", "\\ast": "*", "\\star": "star"}
_WHOLE = {":": ":", "\\cdot": "cdot"}  # in a subscript: a whole row or column, A_{i,:}
_SIGNS = frozenset({"+", "-"})  # what a superscript of its own may be: x^+, P^{-}
# finite sets of numbers, as they are typed between \{ and \}
SETS = frozenset({("0", ",", "1"), ("-", "1", ",", "1"), ("-", "1", ",", "+", "1"), ("1", ",", "-", "1")})
_BARS = {"|": ("BAR", ""), "\\vert": ("BAR", ""), "\\lvert": ("BAR", "l"), "\\rvert": ("BAR", "r")}
_BARS |= {"\\|": ("NORM", ""), "\\Vert": ("NORM", ""), "\\lVert": ("NORM", "l"), "\\rVert": ("NORM", "r")}
_TAKES_ONE = FONTS | set(ACCENTS) | {"sqrt", "operatorname", "text", "boxed", "mathbb", "underbrace", "overbrace"}


def lex(text: str) -> list[Mark]:
    """Return the tokens of a statement; refuse what is not in the language, with its place."""
    toks = tokens(text)
    if len(toks) > MAX_TOKENS:
        raise Unreadable(f"the statement has more than {MAX_TOKENS} tokens", 0)
    out: list[Mark] = []
    _Lexer(text, toks, out).run(0, len(toks), 0)
    return tell_bars_apart(out)


def _token(kind: str, value: Any, tok: Tok, end: int | None = None) -> Mark:
    return Mark(kind, tok.text, tok.start, tok.end if end is None else end, value)


# meanings of the sets \\mathbb{R}_{>0} and \\mathbb{R}_{\ge 0}
ABOVE_0 = {">": "positive", "\\ge": "nonnegative", "\\geq": "nonnegative"}


_LIMITS = ("\\limits", "\\nolimits")  # where limits are set, not what they say


class _Lexer:
    def __init__(self, text: str, toks: list[Tok], out: list[Mark]) -> None:
        self.text, self.toks, self.out = text, toks, out
        self.spliced = -1  # where the content of braces that print nothing has ended
        self.in_script = self.in_subscript = 0
        self.scripts: dict[int, str] = {}  # where scripts have ended, and their marks
        self.opened: list[str] = []  # what each \} closes: a set, or a bracket
        self.passed: dict[int, int] = {}  # where what was read ahead begins, and the index behind it

    def run(self, index: int, stop: int, depth: int) -> None:
        """Emit the tokens from `index` to `stop`."""
        if depth > MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} deep", self.toks[min(index, len(self.toks) - 1)].start)
        over = [at for at in outer(self.toks, index, stop) if self.toks[at].text == "\\over"] if depth else []
        if over:
            self.over(index, over, stop, depth)
            return
        while index < stop:
            index = self.one(index, stop, depth)

    def over(self, index: int, over: list[int], stop: int, depth: int) -> None:
        r"""Emit the fraction that {a \over b} prints."""
        tok = self.toks[over[0]]
        if len(over) > 1 or any(self.toks[at].text == "\\left" for at in outer(self.toks, index, stop)):
            raise Unreadable(REFUSED["\\over"], tok.start, tok.end, "write \\frac{a}{b}")
        opening = self.toks[index - 1] if index and self.toks[index - 1].text == "{" else self.toks[index]
        self.emit("FRAC", None, opening, index)
        for start, end in ((index, over[0]), (over[0] + 1, stop)):
            self.emit("_LBRACE", None, tok, index)
            self.run(start, end, depth + 1)
            self.emit("RBRACE", None, tok, index, self.toks[min(end, len(self.toks) - 1)].end)

    def switched(self, index: int, stop: int, depth: int) -> None:
        r"""Emit what a group prints; {\bf x} prints what \mathbf{x} prints."""
        tok = self.toks[index] if index < stop else None
        if tok is None or tok.text[0] != "\\" or tok.text[1:] not in SWITCHES:
            self.run(index, stop, depth)
            return
        inside = self.toks[index + 1 : stop]
        content = "".join(t.text for t in inside)
        word = SWITCHES[tok.text[1:]]
        if (
            letter_of(inside, depth)
            or (word in BOLD and content in ("0", "1"))
            or (word == "mathrm" and content.isalpha())
        ):
            kind, value = reading(word, inside, content, tok, inside[-1].end, depth)
            self.emit(kind, value, tok, stop, inside[-1].end)
        else:
            self.run(index + 1, stop, depth)

    def condition(self, index: int, stop: int, tok: Tok) -> int:
        """Emit 1 or I as an indicator where a bracket or a subscript with a relation follows; else return 0."""
        if tok.text not in ("1", "I") or (self.out and self.out[-1].type == "NUM" and self.out[-1].stop == tok.start):
            return 0
        return self.emit("INDICATOR", tok.text, tok, index) if compares(self.toks, index, stop) else 0

    def one(self, index: int, stop: int, depth: int) -> int:
        """Emit what begins at `index` and return the index after it."""
        tok = self.toks[index]
        word = tok.text[1:] if tok.text[0] == "\\" else tok.text
        if tok.text in SPACES or index in self.passed:
            return self.passed.get(index, index + 1)
        if tok.text in _BARS:
            kind, side = _BARS[tok.text]
            return self.emit(kind, side, tok, index + 1)
        if tok.text in SIZES or tok.text in ("\\left", "\\right"):
            return self.delimiter(tok, index + 1, stop)
        if tok.text in ("_", "^"):
            return self.script(tok, index + 1, stop, depth)
        if tok.text == "{":  # braces that are no argument print nothing, and so they group nothing
            close = group(self.toks, index)
            self.switched(index + 1, close, depth + 1)
            self.spliced = len(self.out)
            return close + 1
        if self.in_subscript and tok.text in _WHOLE and self.stands_alone(index):
            return self.emit("NAME", Letter(_WHOLE[tok.text]), tok, index + 1)
        if tok.text in _STARS and (self.in_script or self.is_subscript(index)):
            return self.emit("NAME", Letter(_STARS[tok.text]), tok, index + 1)
        if opened := self.condition(index + 1, stop, tok):
            return opened
        if _SIMPLE.get(tok.text) == "SUM" and index + 1 < stop and self.toks[index + 1].text in _LIMITS:
            return self.emit("SUM", tok.text, tok, index + 2)
        if tok.text in (DOWN, ALONG) and index + 1 < stop and self.toks[index + 1].text == "_":
            return self.emit("SUM", tok.text, tok, index + 1)
        if tok.text == "\\}":
            return self.emit(self.opened.pop() if self.opened else "RSET", tok.text, tok, index + 1)
        if tok.text in _SIMPLE:
            return self.emit(_SIMPLE[tok.text], tok.text, tok, index + 1)
        if tok.text in RELATIONS:
            return self.emit("REL", RELATIONS[tok.text], tok, index + 1)
        if tok.text in DIGITS:
            return self.number(tok, index)
        if re.fullmatch("[A-Za-z]", tok.text) or (tok.text[0] == "\\" and word in GREEK):
            return self.emit("NAME", Letter(word), tok, index + 1)
        if tok.text == "\\{":
            return self.bits(tok, index, stop)
        if tok.text == "\\begin":
            return environments.matrix(self, index, stop, depth)
        if tok.text[0] == "\\":
            return self.macro(word, tok, index, stop, depth)
        raise unknown(tok)

    def stands_alone(self, index: int) -> bool:
        """Tell whether a sign of a subscript has a comma or the brace on one of its sides: A_{i,:}, A_{:j}."""
        beside = self.toks[index - 1 : index] + self.toks[index + 1 : index + 2]
        return any(tok.text in ("{", ",", "}") for tok in beside)

    def is_subscript(self, index: int) -> bool:
        """Tell whether a sign is a whole subscript: x_*, x_{*}."""
        before, behind = self.toks[index - 1 : index], self.toks[index + 1 : index + 2]
        braced = [tok.text for tok in self.toks[max(0, index - 2) : index]] == ["_", "{"]
        return [tok.text for tok in before] == ["_"] or (braced and [tok.text for tok in behind] == ["}"])

    def emit(self, kind: str, value: Any, tok: Tok, index: int, end: int | None = None) -> int:
        self.out.append(_token(kind, value, tok, end))
        return index

    def number(self, tok: Tok, index: int) -> int:
        found = re.compile(r"[0-9]+(\.[0-9]+)?").match(self.text, tok.start)
        assert found is not None
        self.out.append(_token("NUM", Number(found.group()), tok, found.end()))
        while index < len(self.toks) and self.toks[index].start < found.end():
            index += 1
        return index

    def bits(self, tok: Tok, index: int, stop: int) -> int:
        close = next((at for at in range(index, min(index + 8, stop)) if self.toks[at].text == "\\}"), index)
        inside = tuple(t.text for t in self.toks[index + 1 : close] if t.text not in SPACES)
        if inside in SETS:
            return self.emit("BITS", inside, tok, close + 1, self.toks[close].end)
        before = self.out[-1].type if self.out else ""
        marked = before == "INDICATOR" or [t.type for t in self.out[-3:]] == ["INDICATOR", "SUB", "_LBRACE"]
        counts = before == "REL" and self.out[-1].meaning == "in"
        if marked or counts:
            self.opened.append("RSET")
            return self.emit("LSET", tok.text, tok, index + 1)
        if before == "OP" or sums(self.toks, index, stop):  # \exp\{x\} and 2\{x + y\} group as ( ) do
            self.opened.append("RPAR")
            return self.emit("LPAR", tok.text, tok, index + 1)
        message = "braces \\{ \\} are read in \\{0,1\\}, \\{-1,1\\} and \\{1, \\dots, K\\}"
        raise Unreadable(message, tok.start, tok.end, "group with ( )")

    def delimiter(self, tok: Tok, index: int, stop: int) -> int:
        """Emit the delimiter after \\left, \\right or \\big…; the side says whether it opens or closes."""
        side = "l" if tok.text == "\\left" or tok.text[-1] == "l" else ""
        side = "r" if tok.text == "\\right" or tok.text[-1] == "r" else side
        if index >= stop:
            raise Unreadable(f"{tok.text} needs a delimiter", tok.start, tok.end)
        mark = self.toks[index]
        if tok.text in ("\\left", "\\right") and mark.text == ".":
            if side == "r":
                raise Unreadable("\\right. closes nothing that is read", tok.start, mark.end)
            return self.emit("LNULL", None, tok, index + 1)
        if mark.text in _BARS:
            return self.emit(_BARS[mark.text][0], side, mark, index + 1)
        if mark.text in ("\\langle", "\\rangle"):
            return self.emit(_SIMPLE[mark.text], mark.text, mark, index + 1)
        if mark.text in ("\\{", "\\}"):
            return self.one(index, stop, 0)
        if mark.text in "()[]":
            return self.emit(_SIMPLE[mark.text], mark.text, mark, index + 1)
        raise Unreadable(f"{tok.text} is read before ( ) [ ] | \\| and .", tok.start, mark.end)

    def script(self, tok: Tok, index: int, stop: int, depth: int) -> int:
        """Emit a script with its content in braces; ^\\prime becomes a prime."""
        if index < stop and tok.text == "^":
            inner = self.toks[index : index + 3] if self.toks[index].text == "{" else [tok, self.toks[index]]
            if len(inner) > 1 and inner[1].text == "\\prime" and (len(inner) == 2 or inner[2].text == "}"):
                return self.emit("PRIME", None, inner[1], index + (1 if len(inner) == 2 else 3))
        self.in_script += tok.text == "^"
        self.in_subscript += tok.text == "_"
        if self.spliced == len(self.out) and self.scripts.get(len(self.out)) == tok.text:
            self.out.pop()  # {x^{(i)}}^T prints what x^{(i)T} prints
            start = len(self.out)
            index = self.braced(tok, index, stop, depth)
            del self.out[start]
        else:
            self.emit("SUB" if tok.text == "_" else "SUP", tok.text, tok, index)
            index = self.braced(tok, index, stop, depth)
        self.in_script -= tok.text == "^"
        self.in_subscript -= tok.text == "_"
        self.scripts[len(self.out)] = tok.text
        return index

    def braced(self, owner: Tok, index: int, stop: int, depth: int) -> int:
        """Emit the argument at `index`, a group or a single token as TeX takes it, in braces."""
        if index >= stop or self.toks[index].text in ("}", "&"):
            raise Unreadable(f"{owner.text} needs an argument", owner.start, owner.end)
        tok, closing = self.toks[index], "_RBRACE" if owner.text in ("_", "^") else "RBRACE"
        self.emit("_LBRACE", None, tok, index)
        if tok.text == "{":
            close = group(self.toks, index)
            inside = [t for t in self.toks[index + 1 : close] if t.text not in SPACES]
            if owner.text == "^" and len(inside) == 1 and inside[0].text in _SIGNS:
                self.emit("NAME", Letter(inside[0].text), inside[0], index)
            else:
                self.switched(index + 1, close, depth + 1)
            return self.emit(closing, None, self.toks[close], close + 1)
        if tok.text in DIGITS:
            index = self.emit("NUM", Number(tok.text), tok, index + 1)
        elif owner.text == "^" and tok.text in _SIGNS:
            index = self.emit("NAME", Letter(tok.text), tok, index + 1)
        elif tok.text[0] == "\\" and tok.text[1:] in FRACTIONS:
            raise Unreadable("put this fraction in braces", tok.start, tok.end)
        else:
            index = self.one(index, stop, depth + 1)
        return self.emit(closing, None, self.toks[index - 1], index)

    def macro(self, word: str, tok: Tok, index: int, stop: int, depth: int) -> int:
        """Emit a macro that takes arguments or names an operator."""
        after = index + 1
        if word in FRACTIONS:
            self.emit("FRAC", None, tok, after)
            return self.braced(tok, self.braced(tok, after, stop, depth), stop, depth)
        if word == "sqrt":
            if after < stop and self.toks[after].text == "[":
                raise Unreadable("roots other than the square root are not in the language", tok.start, tok.end)
            self.emit("SQRT", None, tok, after)
            return self.braced(tok, after, stop, depth)
        if word in ("max", "min") and after < stop and self.toks[after].text in ("_", *_LIMITS):  # along an index
            return self.emit("SUM", word, tok, after + (self.toks[after].text in _LIMITS))
        if word in OPERATOR_MACROS:
            return self.emit("OP", operator(word), tok, after)
        if word in ("boxed", "underbrace", "overbrace"):
            self.emit("GROUP", word, tok, after)
            after = self.braced(tok, after, stop, depth)
            return after if word == "boxed" else self.note(word, after, stop)
        if word == "textcolor":
            return self.coloured(tok, after, stop, depth)
        if word in _TAKES_ONE:
            return self.styled(word, tok, after, stop, depth)
        raise unknown(tok)

    def note(self, word: str, index: int, stop: int) -> int:
        """Return the index behind the note of a brace; refuse one that would be read as mathematics."""
        if index >= stop or self.toks[index].text not in ("_", "^"):
            return index
        mark, tok = ("_" if word == "underbrace" else "^"), self.toks[index]
        if tok.text != mark:
            hint = f"its note is written \\{word}{{…}}{mark}{{…}}; put a power or ^\\top behind parentheses"
            raise Unreadable(f"a {tok.text} behind \\{word} would be printed as a note", tok.start, tok.end, hint)
        if index + 1 >= stop or self.toks[index + 1].text != "{":
            raise Unreadable("put the note of this brace in braces", tok.start, tok.end)
        close = group(self.toks, index + 1)
        inside = self.toks[index + 2 : close]
        formula = names_only(inside)
        if formula is not None and not claims(inside) and not a_shape(inside):
            message = f"the note of this brace says something with {formula.text}, and a note is not checked"
            hint = "write it as a row of its own; a note is words or a name"
            raise Unreadable(message, formula.start, formula.end, hint)
        words = self.text[tok.end : self.toks[close].start]
        printed = re.sub(r"\\[A-Za-z]+", " ", " ".join(re.findall(r"\{([^{}]*)", words)))
        if value := VALUES & {*re.findall(r"[a-z]+", printed.lower())}:
            message = f"'{min(value)}' in the note of this brace states a value, and a note is not checked"
            raise Unreadable(message, tok.start, self.toks[close].end, "write it as a row of its own")
        return close + 1

    def coloured(self, tok: Tok, index: int, stop: int, depth: int) -> int:
        """Emit what \\textcolor prints; a colour groups nothing."""
        behind = behind_colour(self.toks[:stop], index - 1)
        if behind >= stop:
            raise Unreadable("\\textcolor needs an argument", tok.start, tok.end)
        return self.one(behind, stop, depth + 1)

    def styled(self, word: str, tok: Tok, index: int, stop: int, depth: int) -> int:
        """Emit a letter with its font or accent, an operator's name, or text."""
        if index < stop and self.toks[index].text == "*" and word == "operatorname":
            index += 1
        if index >= stop:
            raise Unreadable(f"{tok.text} needs an argument", tok.start, tok.end)
        if self.toks[index].text == "{":
            close = group(self.toks, index)
            inside, after = self.toks[index + 1 : close], close + 1
        else:
            inside, after = [self.toks[index]], index + 1
            if inside[0].text[0] == "\\" and inside[0].text[1:] in _TAKES_ONE and after < stop:
                end = group(self.toks, after) + 1 if self.toks[after].text == "{" else after + 1
                inside, after = self.toks[index:end], end
        end_pos = self.toks[after - 1].end
        content = "".join(t.text for t in inside)
        if word == "text" and inside:  # a blank is printed here
            gaps = [bool(t.start > before.end) for before, t in pairwise([inside[0], *inside])]
            content = "".join(" " * gap + t.text for gap, t in zip(gaps, inside, strict=True))
        if word in BOLD and len(inside) > 1 and all(t.text.isalpha() for t in inside):
            for letter in inside:  # \mathbf{AB} prints the product that \mathbf A\mathbf B prints
                self.emit("NAME", Letter(letter.text, "", bold=True), letter, after)
            return after
        kind, value = reading(word, inside, content, tok, end_pos, depth)
        if kind == "INDICATOR" and not compares(self.toks, after, stop):
            raise Unreadable("an indicator needs its condition", tok.start, end_pos, "write \\mathbb 1[i = j]")
        if kind == "ONES" and value == 1 and compares(self.toks, after, stop):
            kind, value = "INDICATOR", "bold 1"
        if kind == "REALS" and (half := self.half(after, stop)):
            value, end_pos, after = half, self.toks[after + 4].end, after + 5
        elif kind == "REALS" and after + 1 < stop and self.toks[after].text == "^":  # \mathbb R^n_{>0}
            close = group(self.toks, after + 1) if self.toks[after + 1].text == "{" else after + 1
            value = self.half(close + 1, stop)
            self.passed |= {close + 1: close + 6} if value else {}
        return self.emit(kind, value, tok, after, end_pos)

    def half(self, index: int, stop: int) -> str:
        r"""Return what the subscript of \mathbb{R}_{>0} or \mathbb{R}_{\ge 0} declares, or nothing."""
        texts = [tok.text for tok in self.toks[index : min(index + 5, stop)]]
        return ABOVE_0.get(texts[2], "") if len(texts) == 5 and [*texts[:2], *texts[3:]] == ["_", "{", "0", "}"] else ""
