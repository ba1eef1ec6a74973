r"""The author's own macros, expanded: \newcommand{\bx}{\mathbf{x}} and \DeclareMathOperator{\Tr}{Tr}, with arguments.

A macro is expanded if its one definition is above, in no group and behind no condition, and if its body is a part
of a formula. A message shows the row as typed; the tokens of a body have the place of the macro.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as copy_with
from itertools import pairwise

from report_src.derivations.source.definitions import DEFINER, PREFIXES, PROTECTED
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tokens import Tok, group, tokens
from report_src.derivations.source.vocabulary import RELATIONS

_OPENS = frozenset({"{", "\\bgroup", "\\begingroup", "\\begin"})
_CLOSES = frozenset({"}", "\\egroup", "\\endgroup", "\\end"})
MAX_ROUNDS = 10  # how deep macros may be nested
MAX_TOKENS = 20_000  # most tokens of a derivation whose macros are expanded
_NAME = re.compile(r"\\[A-Za-z]+")
_COMMAND = re.compile(r"\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*(?:\[([1-9])\])?\s*(?=\{)")
# what a body holds that is more than a part of a formula, or that TeX may read differently elsewhere
_REFUSED = frozenset(
    {"&", "\\\\", "$", "\\(", "\\[", "\\begin", "\\end", "\\text", "\\label", "\\tag", "\\unchecked", "\\intertext"}
    | {"\\mbox", "\\ensuremath", "\\left", "\\right", "%", "\\color", "\\phantom"}
    | set(RELATIONS)
)


@dataclass(frozen=True)
class Macro:
    """A macro: how many arguments it takes, its body, and where it is defined."""

    arguments: int
    body: tuple[str, ...]
    start: int


def macros_of(text: str, inputs: Sequence[str] = (), elsewhere: Collection[str] = ()) -> dict[str, Macro]:
    r"""Return the macros that a text and its inputs define, each once, and that can be expanded.

    All texts have their comments and verbatim parts blanked. `elsewhere` are the names that further files define.
    """
    own, met = _macros(text)
    met += elsewhere
    for other in inputs:
        more, also = _macros(other)
        own |= {name: copy_with(macro, start=-1) for name, macro in more.items()}
        met += also
    return {name: macro for name, macro in own.items() if met.count(name) == 1}


def defined(text: str) -> frozenset[str]:
    """Return every name that a masked text defines and that is no word of the language."""
    return frozenset(name for _, name in _definitions(text))


def _definitions(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for definer in DEFINER.finditer(text):
        prefix = PREFIXES.match(text, definer.end())
        name = _NAME.match(text, prefix.end() if prefix else definer.end())
        if name is not None and name.group() not in PROTECTED:
            yield definer, name.group()


def _macros(text: str) -> tuple[dict[str, Macro], list[str]]:
    """Return the macros that can be expanded, and every name that is defined."""
    found: dict[str, Macro] = {}
    met: list[str] = []
    condition = re.search(r"\\(?:if[A-Za-z]*|unless|else|fi)(?![A-Za-z])", text)
    for definer, name in _definitions(text):
        met.append(name)
        plain = definer.group() in ("\\newcommand", "\\DeclareMathOperator") and condition is None
        if plain and _depth(text, definer.start()) == 0:
            made = _macro(text, definer)
            if made is not None:
                found[name] = made
    return found, met


def _depth(text: str, stop: int) -> int:
    toks = tokens(text, 0, stop)
    return sum((tok.text in _OPENS) - (tok.text in _CLOSES) for tok in toks)


def _macro(text: str, definer: re.Match[str]) -> Macro | None:
    start = definer.end() + (text[definer.end() : definer.end() + 1] == "*")
    head = _COMMAND.match(text, start)
    if head is None:
        return None
    toks = tokens(text, head.end())
    body = tuple(tok.text for tok in toks[1 : group(toks, 0)])
    if definer.group() == "\\DeclareMathOperator":
        return Macro(0, ("\\operatorname", "{", *body, "}"), definer.start())
    count = int(head[2] or 0)
    used = [int(after) for sign, after in pairwise(body) if sign == "#" and after.isdigit()]
    whole = body.count("#") == len(used) and all(1 <= number <= count for number in used)
    return Macro(count, body, definer.start()) if whole and not _REFUSED & set(body) else None


def expanded(toks: list[Tok], macros: dict[str, Macro]) -> list[Tok]:
    """Return tokens with all macros expanded that are defined above them."""
    for _ in range(MAX_ROUNDS):
        made = _once(toks, macros) if any(tok.text in macros for tok in toks) else toks
        if made == toks:
            return toks
        toks = made
        if len(toks) > MAX_TOKENS:
            raise Unreadable("these macros expand to too much", toks[0].start)
    first = next((tok for tok in toks if tok.text in macros), toks[0])
    raise Unreadable(f"{first.text} is defined by itself", first.start, first.end)


def _once(toks: list[Tok], macros: dict[str, Macro]) -> list[Tok]:
    made: list[Tok] = []
    index = 0
    while index < len(toks):
        tok = toks[index]
        macro = macros.get(tok.text)
        index += 1
        if macro is None or macro.start > tok.start:
            made.append(tok)
            continue
        if made and made[-1].text in ("^", "_") and len(macro.body) > 1:
            message = f"TeX takes the first sign of {tok.text} for this script"
            raise Unreadable(message, tok.start, tok.end, f"put it in braces: {{{tok.text}}}")
        arguments: list[list[Tok]] = []
        for _ in range(macro.arguments):
            if index >= len(toks):
                raise Unreadable(f"{tok.text} takes {macro.arguments} arguments", tok.start, tok.end)
            close = group(toks, index) if toks[index].text == "{" else index
            braced = toks[index].text == "{"
            arguments.append(toks[index + braced : close] if braced else [toks[index]])
            index = close + 1
        made.extend(_filled(macro, arguments, tok))
    return made


def _filled(macro: Macro, arguments: list[list[Tok]], place: Tok) -> list[Tok]:
    """Return a macro's body with its arguments; all of it has the place of the macro.

    A body of several tokens is put in braces, which print nothing: it is one argument where TeX takes it for one.
    """
    whole = len(macro.body) > 1 and macro.body[0] not in ("^", "_", "'", "#")
    made = [Tok("{", place.start, place.end)] if whole else []
    parts = iter(macro.body)
    for part in parts:
        if part == "#":
            made.extend(Tok(tok.text, place.start, place.end) for tok in arguments[int(next(parts)) - 1])
        else:
            made.append(Tok(part, place.start, place.end))
    return [*made, Tok("}", place.start, place.end)] if whole else made
