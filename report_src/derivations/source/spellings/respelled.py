r"""The tokens of a row as the language spells them: \overset{(a)}{=}, \eqqcolon, \color, \mathbf of a formula."""

from __future__ import annotations

import re
from itertools import accumulate

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.spellings.dotted_arrays import ALONG, DOWN, dotted_arrays
from report_src.derivations.source.spellings.dotted_sums import dotted_sums
from report_src.derivations.source.spellings.ranges import sum_over_ranges
from report_src.derivations.source.tokens import Tok, group
from report_src.derivations.source.vocabulary import (
    ACCENTS,
    ALL_WORDS,
    GREEK,
    HIDING_COLOURS,
    OPERATOR_MACROS,
    RELATIONS,
    SPACES,
)

_OVER = frozenset({"\\overset", "\\stackrel"})
_REFERENCE = re.compile(
    r"(?:\\(?:text|mathrm|textrm)\{)?\(?(?:[a-zA-Z]|[ivx]+|\*+|\d+)\)?\}?|\\(?:eqref|ref|cref|Cref)\{[^{}]*\}"
)
_DEFINES = frozenset({"\\text{def}", "\\mathrm{def}", "\\text{def.}", "\\triangle", "\\Delta", "def"})
_REQUIRES = frozenset({"!", "\\text{set}", "\\mathrm{set}", "\\textrm{set}", "\\text{!}"})
_BOLD = frozenset({"\\mathbf", "\\boldsymbol", "\\bm", "\\pmb"})
_SIGNS = frozenset(
    {"+", "-", "_", "^", "(", "[", "\\nabla", "\\partial", "\\frac", "\\sum"}
)  # of a formula, not of a word
REQUIRED = "=!"  # the relation of \overset{!}{=}
_APART = SPACES | {"&", ",", "\\quad", "\\qquad"}  # behind which a brace begins no argument
_ACCENTED = frozenset({"\\vec", *(f"\\{word}" for word in ACCENTS)})
_BINOMIALS = frozenset({"\\binom", "\\dbinom", "\\tbinom"})
_OPENING, _CLOSING = frozenset({"(", "["}), frozenset({")", "]"})
NAMES = "=:"  # the relation with which a row names its right side


def respelled(toks: list[Tok]) -> list[Tok]:
    r"""Return the tokens of a row as the language spells them: \overset{(a)}{=} -> =, \eqqcolon -> =:."""
    found: list[Tok] = []
    index = 0
    while index < len(toks):
        tok = toks[index]
        made, after = [tok], index + 1
        if tok.text in ALL_WORDS and after < len(toks) and toks[after].text == "{":
            after = group(toks, after) + 1
            made = toks[index:after]
        elif tok.text in _OVER:
            made, after = _relation_below(toks, index)
        elif tok.text == "^" and (close := _primed_label(toks, after)):
            prime = Tok("'", *toks[close - 1][1:])
            made, after = [prime, tok, *toks[after : close - 1], toks[close]], close + 1
        elif tok.text == "\\eqqcolon":
            made = [Tok(NAMES, tok.start, tok.end)]
        elif tok.text == "=" and after < len(toks) and toks[after][:2] == (":", tok.end):
            made, after = [Tok(NAMES, tok.start, toks[after].end)], after + 1
        elif [one.text for one in toks[index : index + 3]] == ["."] * 3:
            made, after = [Tok("\\dots", tok.start, toks[index + 2].end)], index + 3
        elif tok.text in (DOWN, ALONG) and after < len(toks) and toks[after].text in ("_", "^"):
            raise Unreadable(f"{tok.text} carries no limits", tok.start, tok.end)
        elif tok.text in ("\\sum", "\\prod"):
            made, after = sum_over_ranges(toks, index)
        elif tok.text == "\\color" or (tok.text == "\\textcolor" and _relates(toks, behind_colour(toks, index))):
            made, after = [], behind_colour(toks, index)
        elif tok.text in ("_", "^") and (half := _half_line(toks, index)):
            made, after = half
        elif tok.text in _BINOMIALS:
            made, after = _binomial(toks, index)
        elif tok.text == "!" and (begin := _operand(found)) is not None:
            made = _applied("factorial", [found[begin:]], tok)
            del found[begin:]
        elif tok.text == "\\cfrac":
            made = [Tok("\\frac", tok.start, tok.end)]
        elif tok.text in _ACCENTED and (close := _with_script(toks, after)):
            letter = after + 2
            made = [tok, *toks[after:letter], Tok("}", *toks[letter - 1][1:]), *toks[letter:close]]
            after = close + 1
        elif tok.text == "\\partial" and after + 1 < len(toks) and toks[after].text == "_":
            made, after = _operator(toks, index)
        elif tok.text == "\\hspace" and (found_space := _forward(toks, after)):
            made, after = [Tok("\\qquad", tok.start, toks[found_space - 1].end)], found_space
        elif tok.text in _BOLD and (close := _bold_formula(toks, after)):
            made, after = respelled(toks[after : close + 1]), close + 1
        found += made
        index = after
    return dotted_sums(dotted_arrays(_opened(_mapped(_perpendicular(found)))))


def _with_script(toks: list[Tok], index: int) -> int:
    r"""Return the index of the brace behind a letter with a subscript, as in \hat{y_k}, read as \hat{y}_k; or 0."""
    if index + 3 >= len(toks) or toks[index].text != "{" or toks[index + 2].text != "_":
        return 0
    close = group(toks, index)
    last = group(toks, index + 3) if toks[index + 3].text == "{" else index + 3
    letter = toks[index + 1].text
    return close if last == close - 1 and (letter.isalpha() or letter[1:] in GREEK) else 0


def _operator(toks: list[Tok], index: int) -> tuple[list[Tok], int]:
    r"""Return \partial_x as \frac{\partial}{\partial x}, and the index behind it."""
    braced = toks[index + 2].text == "{"
    stop = group(toks, index + 2) if braced else index + 2
    below = toks[index + 3 : stop] if braced else [toks[index + 2]]
    opened, sign, closed = (Tok("{", *toks[index][1:]), toks[index], Tok("}", *toks[stop][1:]))
    fraction = Tok("\\frac", sign.start, sign.end)
    return [fraction, opened, sign, closed, opened, sign, *below, closed], stop + 1


def _forward(toks: list[Tok], index: int) -> int:
    r"""Return the index behind the length of a space that sets apart, as in \hspace{0.5in}, or 0."""
    if toks[index : index + 1] and toks[index].text == "*":
        index += 1
    if index >= len(toks) or toks[index].text != "{":
        return 0
    close = group(toks, index)
    length = "".join(tok.text for tok in toks[index + 1 : close])
    return close + 1 if re.fullmatch(r"\d*\.?\d+(?:in|cm|mm|em|pt|ex)", length) else 0


def _half_line(toks: list[Tok], index: int) -> tuple[list[Tok], int] | None:
    r"""Return the sign of \mathbb{R}_+ as \ge 0, of \mathbb{R}_{++} and \mathbb{R}^+ as > 0, and the index behind."""
    said = "".join(tok.text for tok in toks[max(0, index - 8) : index])
    if not re.search(r"\\mathbb\{?R\}?(?:\^(?:\w|\{[^{}]*\}))?$", said):
        return None
    close = group(toks, index + 1) if toks[index + 1 : index + 2] and toks[index + 1].text == "{" else index + 1
    inside = "".join(tok.text for tok in toks[index + 1 : close + 1]).strip("{}")
    loose = toks[index].text == "_" and inside == "+"
    if inside not in ("+", "++"):
        return None
    place = toks[index][1:]
    return [Tok(part, *place) for part in ("_", "{", "\\ge" if loose else ">", "0", "}")], close + 1


def _perpendicular(toks: list[Tok]) -> list[Tok]:
    r"""Return x \perp y as \langle x, y \rangle = 0."""
    signs = [at for at, tok in enumerate(toks) if tok.text == "\\perp"]
    if not signs or any(tok.text in RELATIONS or tok.text in ("&", ",") for tok in toks):
        return toks
    at = signs[0]
    if len(signs) > 1 or not 0 < at < len(toks) - 1:
        raise Unreadable("\\perp is read between two values", toks[at].start, toks[at].end)
    first, sign, last = toks[0].start, toks[at], toks[-1].end
    opened, comma = Tok("\\langle", first, first), Tok(",", sign.start, sign.end)
    closed = [Tok(part, last, last) for part in ("\\rangle", "=", "0")]
    return [opened, *toks[:at], comma, *toks[at + 1 :], *closed]


def _applied(name: str, arguments: list[list[Tok]], tok: Tok) -> list[Tok]:
    """Return an operator before its arguments in brackets, at the place of a token."""
    listed = [part for argument in arguments for part in (*argument, Tok(",", tok.start, tok.start))][:-1]
    bare = len(arguments) == 1 and listed[0].text == "("
    opened, closed = ([], []) if bare else ([Tok("(", tok.start, tok.start)], [Tok(")", tok.end, tok.end)])
    start = listed[0].start if bare or name == "factorial" else tok.start
    word = [Tok(part, start, start) for part in ("\\operatorname", "{", *name, "}")]
    return [*word, *opened, *listed, *closed]


def _binomial(toks: list[Tok], index: int) -> tuple[list[Tok], int]:
    r"""Return \binom{n}{k} as an operator of n and k, and the index behind it."""
    above = index + 1
    below = group(toks, above) + 1 if toks[above : above + 1] and toks[above].text == "{" else 0
    if not below or below >= len(toks) or toks[below].text != "{":
        raise Unreadable(f"{toks[index].text} needs two arguments in braces", toks[index].start, toks[index].end)
    close = group(toks, below)
    parts = [respelled(toks[above + 1 : below - 1]), respelled(toks[below + 1 : close])]
    return _applied("binom", parts, toks[index]), close + 1


def _operand(toks: list[Tok]) -> int | None:
    """Return where the number, letter or bracket begins that stands before a sign of a factorial; None for others."""
    last = toks[-1].text if toks else ""
    if last == ")":
        depths = list(accumulate((tok.text in _CLOSING) - (tok.text in _OPENING) for tok in reversed(toks)))
        begin = len(toks) - 1 - depths.index(0) if 0 in depths else 0
        begin -= toks[begin - 1].text == "\\left" if begin else 0
        before = toks[begin - 1].text if begin else ""
        return None if before[1:] in OPERATOR_MACROS or before in ("'", "}") else begin
    begin = len(toks)
    while last.isdigit() and begin and toks[begin - 1].text.isdigit():
        begin -= 1
    begin -= re.fullmatch(r"[A-Za-z]", last) is not None
    script = begin and toks[begin - 1].text in ("_", "^")
    return begin if begin < len(toks) and not script else None


def stepped_back(toks: list[Tok], above: str = "") -> tuple[list[Tok], str]:
    r"""Return the definition of the next member of a family as that of each member, and the index; else the row, "".

    `w_{t+1} := a w_t` -> `w_t := a w_{t-1}`, "t"; so is a row that goes on from one with the index `above`.
    Only where each letter t of the row is an index, t or t+1, so that both say the same of the members from 1 on.
    """
    shown = [tok.text for tok in toks if tok.text not in SPACES | {"&"}]
    letter = above if shown and shown[0] in RELATIONS else _next_member(shown)
    found = _with_index_before(toks, letter) if letter else None
    if letter and letter == above and found is None:
        message = f"this row goes on from the definition of the next member, and {letter} is more than an index here"
        raise Unreadable(message, toks[0].start, toks[-1].end, "repeat the left side in a display of its own")
    return (toks, "") if found is None else (found, letter)


def _next_member(shown: list[str]) -> str:
    r"""Return the index t of a row that defines w_{t+1} or w^{(t+1)}, and nothing else; "" of another row."""
    signs = [at for at, text in enumerate(shown) if text in (":=", "\\coloneqq", "\\triangleq")]
    script = "".join(shown[max(0, signs[0] - 8) : signs[0]]) if len(signs) == 1 else ""
    found = re.search(r"[_^]\{(?:([A-Za-z])\+1|\(([A-Za-z])\+1\))\}$", script)
    return (found[1] or found[2]) if found else ""


def _with_index_before(toks: list[Tok], letter: str) -> list[Tok] | None:
    r"""Return a row with t-1 for the index t and t for t+1; None where t is more than an index of members."""
    texts = [tok.text for tok in toks]
    found: list[Tok] = []
    index = 0
    while index < len(toks):
        tok, before = toks[index], texts[index - 1] if index else ""
        minus = [Tok("-", *tok[1:]), Tok("1", *tok[1:])]
        behind = texts[index + 1 : index + 4]
        whole = before in ("{", "(") and texts[index - 2 : index - 1] in (["_"], ["^"], ["{"])
        if tok.text != letter:
            found.append(tok)
        elif before in ("_", "^"):
            found += [Tok("{", *tok[1:]), tok, *minus, Tok("}", *tok[1:])]
        elif whole and behind[:1] in (["}"], [")"]):
            found += [tok, *minus]
        elif whole and behind in (["+", "1", "}"], ["+", "1", ")"]):
            found.append(tok)
            index += 2
        else:
            return None
        index += 1
    return found


def _mapped(toks: list[Tok]) -> list[Tok]:
    r"""Return a function with its rule as a definition: f : S \to T, x \mapsto a -> f : S \to T, f(x) := a."""
    texts = [tok.text for tok in toks]
    if texts.count("\\mapsto") != 1 or ":" not in texts[: texts.index("\\mapsto")]:
        return toks
    colon, sign = texts.index(":"), texts.index("\\mapsto")
    begin = 1 + max(at for at in range(colon, sign) if at == colon or texts[at] in _APART)
    name, argument = toks[:colon], toks[begin:sign]
    bare = texts[begin : begin + 1] == ["("]
    place = toks[begin][1:]
    header = [*name, *([] if bare else [Tok("(", *place)]), *argument, *([] if bare else [Tok(")", *place)])]
    told = [] if begin == colon + 1 else [*toks[:begin], *([] if texts[begin - 1] == "," else [Tok(",", *place)])]
    return [*told, *header, Tok(":=", *toks[sign][1:]), *toks[sign + 1 :]]


def _relation_below(toks: list[Tok], index: int) -> tuple[list[Tok], int]:
    r"""Return the relation that a reference is set over, \overset{(a)}{=}, and the index behind it."""
    whole = [toks[index]], index + 1
    if index + 1 >= len(toks) or toks[index + 1].text != "{":
        return whole
    middle = group(toks, index + 1)
    if middle + 1 >= len(toks) or toks[middle + 1].text != "{":
        return whole
    last = group(toks, middle + 1)
    over, relation = "".join(tok.text for tok in toks[index + 2 : middle]), toks[middle + 2 : last]
    if len(relation) != 1 or relation[0].text not in RELATIONS:
        return whole
    if over in _DEFINES and relation[0].text == "=":
        return [Tok(":=", *relation[0][1:])], last + 1
    if over in _REQUIRES and relation[0].text == "=":
        return [Tok(REQUIRED, *relation[0][1:])], last + 1
    return (relation, last + 1) if _REFERENCE.fullmatch(over) else whole


def _primed_label(toks: list[Tok], index: int) -> int:
    r"""Return the index of the brace behind a label with a prime, g^{[1]'}, g^{(l)\prime}; 0 for other scripts."""
    if index >= len(toks) or toks[index].text != "{":
        return 0
    close = group(toks, index)
    *_, bracket, prime = ["", "", *(tok.text for tok in toks[index + 1 : close])]
    return close if prime in ("'", "\\prime") and bracket in (")", "]") else 0


def _bold_formula(toks: list[Tok], index: int) -> int:
    r"""Return the index of the brace that closes a formula in bold letters, \mathbf{X w - y}; 0 for a letter or word.

    A bold 1 or 0 in it would be an array of ones or zeros.
    """
    if index >= len(toks) or toks[index].text != "{":
        return 0
    close = group(toks, index)
    inside = toks[index + 1 : close]
    signs = any(tok.text in _SIGNS or tok.text in RELATIONS for tok in inside)
    return close if signs and not any(tok.text in ("0", "1") for tok in inside) else 0


def behind_colour(toks: list[Tok], index: int) -> int:
    r"""Return the index behind the colour of \color{red} or \textcolor{red}; refuse one that is hardly seen."""
    tok = toks[index]
    if index + 1 >= len(toks) or toks[index + 1].text != "{":
        raise Unreadable(f"{tok.text} needs a colour in braces", tok.start, tok.end)
    close = group(toks, index + 1)
    colour = "".join(one.text for one in toks[index + 2 : close])
    if not colour.isalpha() or any(part in colour.lower() for part in HIDING_COLOURS):
        message = f"what is printed in the colour '{colour}' may not be seen on paper"
        raise Unreadable(message, tok.start, toks[close].end, "give a darker colour a name of its own")
    return close + 1


def _relates(toks: list[Tok], index: int) -> bool:
    """Tell whether the group at an index holds a relation at its own level and goes on over no cell or row."""
    if toks[index : index + 1] == [] or toks[index].text != "{":
        return False
    inside = toks[index + 1 : group(toks, index)]
    depths = accumulate((one.text == "{") - (one.text == "}") for one in inside)
    relates = any(one.text in RELATIONS and not depth for one, depth in zip(inside, depths, strict=True))
    return relates and not any(one.text in ("&", "\\\\") for one in inside)


def _opened(toks: list[Tok]) -> list[Tok]:
    """Return a row without the braces around a whole relation: {a = b} prints what a = b prints."""
    for at, tok in enumerate(toks):
        before = toks[at - 1].text if at else "&"
        if tok.text == "{" and (before in RELATIONS or before in _APART) and _relates(toks, at):
            close = group(toks, at)
            return _opened([*toks[:at], *toks[at + 1 : close], *toks[close + 1 :]])
    return toks
