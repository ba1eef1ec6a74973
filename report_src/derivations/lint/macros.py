"""Macros that hide a derivative or a display from the lint: what the definitions of a project stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from report_src.derivations.source.definitions import DEFINER, PREFIXES
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tags_and_comments import masked
from report_src.derivations.source.tokens import group, tokens

LONGEST = 2000  # characters of a definition's body that are read
FEW = 200  # characters that most definitions do not exceed: more are read where they do
_NAME = re.compile(r"\\?[A-Za-z@]+\*?")
_COPIES = frozenset({"\\let", "\\@let", "\\glet", "\\LetLtxMacro", "\\NewCommandCopy", "\\futurelet"})


def bodies(texts: Iterable[str]) -> dict[str, str]:
    r"""Return the bodies of all commands (`\pd`) and environments (`myequation`) that some texts define."""
    found: dict[str, str] = {}
    for text in texts:
        blanked = masked(text)
        for definition in DEFINER.finditer(blanked):
            prefix = PREFIXES.match(blanked, definition.end())
            name = _NAME.match(blanked, prefix.end()) if prefix else None
            if name is not None:
                body = _body(blanked, name.end(), definition.group() in _COPIES)
                found[name.group()] = f"{found.get(name.group(), '')} {body}"
    return found


def standing_for(definitions: dict[str, str], sign: Callable[[str, dict[str, str]], str]) -> dict[str, str]:
    """Return the macros whose bodies hold a sign, as `sign(body, known)` finds it, also through one another."""
    known: dict[str, str] = {}
    while True:
        more = {name: sign(body, known) for name, body in definitions.items() if name not in known}
        more = {name: found for name, found in more.items() if found}
        if not more:
            return known
        known |= more


def _body(text: str, start: int, let: bool, longest: int = FEW) -> str:
    """Return the braced groups that follow a defined name, or the command that a \\let copies."""
    toks = tokens(text, start, min(len(text), start + longest))
    if let:
        return " ".join(tok.text for tok in toks[:4])
    index, end, closed = 0, start, True
    while index < len(toks) and closed:
        if toks[index].text == "{":
            try:
                index = group(toks, index)
            except Unreadable:
                closed = False
            end = toks[index].end if closed else start + longest
        elif end > start:
            return text[start:end]
        index += 1
    if longest < LONGEST and start + longest < len(text):  # there may be more of it
        return _body(text, start, let, LONGEST)
    return text[start:end]
