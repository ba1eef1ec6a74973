"""What a font, an accent or an operator's command makes of its argument: a letter, an operator, a set, a word."""

from __future__ import annotations

import difflib
import re
from typing import Any

from report_src.derivations.source.document import MAX_DEPTH
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.tokens import Tok, group
from report_src.derivations.source.vocabulary import (
    ACCENTS,
    ALIASES,
    BOLD,
    FONTS,
    GREEK,
    INSTEAD,
    KNOWN_MACROS,
    OPERATORS,
    REFUSED,
)
from report_src.derivations.syntax.lexer_tokens import Letter, Word

LETTERED = frozenset(FONTS) - BOLD - {"mathit", "mathnormal"}  # fonts whose letters a reader tells from italic ones


def operator(typed: str) -> Word:
    """Return an operator by the word that is typed: Tr and trace are tr."""
    return Word(ALIASES.get(typed, typed), typed)


def reading(word: str, inside: list[Tok], content: str, tok: Tok, end: int, depth: int) -> tuple[str, Any]:
    """Return the kind and the meaning of a styled argument."""
    if depth > MAX_DEPTH:
        raise Unreadable(f"nested more than {MAX_DEPTH} deep", tok.start)
    if word == "mathbb":
        if content in ("R", "1", "I"):
            return ("REALS", None) if content == "R" else ("INDICATOR", f"double {content}")
        hint = "an average over examples is \\frac1N\\sum_{n=1}^{N}"
        raise Unreadable("\\mathbb is read before R, 1 and I", tok.start, end, hint)
    if word in ("operatorname", "text", "mathrm", "mathsf", "mathit"):
        if content.strip() in OPERATORS:
            return "OP", operator(content.strip())
        if word == "mathrm" and content == "d":
            return "PARTIAL", "d"
        if word == "operatorname" and (not content.isalpha() or _near(content, sorted(OPERATORS))):
            hint = INSTEAD.get(content) or _near(content, sorted(OPERATORS))
            raise Unreadable(f"the operator '{content}' is not in the language", tok.start, end, hint)
        if word in ("text", "operatorname") or (len(content) > 1 and content.isalpha()):
            return "TEXT", content
    if word in BOLD and content in ("0", "1"):
        return "ONES", int(content)
    letter = letter_of(inside, depth + 1)
    if letter is None:
        raise Unreadable(
            f"{tok.text} takes one letter here, not '{content}'",
            tok.start,
            end,
            _inside_hint(word, content),
        )
    if word in ACCENTS:
        if letter.accent:
            raise Unreadable("one accent per name", tok.start, end)
        return "NAME", Letter(letter.letter, word, letter.bold)
    return "NAME", Letter(letter.letter, letter.accent, letter.bold or word in BOLD, word * (word in LETTERED))


def letter_of(inside: list[Tok], depth: int) -> Letter | None:
    """Return the letter that an argument consists of, or nothing."""
    if not inside or depth > MAX_DEPTH:
        return None
    if inside[0].text == "{":
        close = group(inside, 0)
        return letter_of(inside[1:close], depth + 1) if close == len(inside) - 1 else None
    word = inside[0].text.lstrip("\\")
    if len(inside) == 1 and (re.fullmatch("[A-Za-z]", inside[0].text) or word in GREEK):
        return Letter(word)
    if inside[0].text[0] == "\\" and (word in FONTS or word in ACCENTS):
        letter = letter_of(inside[1:], depth + 1)
        if letter is None or (letter.accent and word in ACCENTS):
            return None
        accent = word if word in ACCENTS else letter.accent
        return Letter(letter.letter, accent, letter.bold or word in BOLD)
    return None


def unknown(tok: Tok) -> Unreadable:
    """Return the error for a word that is not in the language, with what may have been meant."""
    if tok.text in REFUSED:
        return Unreadable(REFUSED[tok.text], tok.start, tok.end)
    if tok.text[0] == "\\":
        word = tok.text[1:]
        function = f"write \\operatorname{{{word}}}" if word in OPERATORS else ""
        hint = function or INSTEAD.get(word) or _near(word, sorted(KNOWN_MACROS), "\\") or _OWN
        return Unreadable(f"{tok.text} is not in the language", tok.start, tok.end, hint)
    hint = {"∂": "write \\partial", "∇": "write \\nabla", "⊙": "write \\odot"}.get(tok.text, "")
    return Unreadable(f"the character {tok.text!r} is not in the language", tok.start, tok.end, hint)


_OWN = "a macro of yours is expanded if its one \\newcommand is above, in this file or in one it inputs"
# how alike two words are where one is taken for a slip of the other: \partal and \partial, not \det and \delta
SLIP = 0.75


def _near(word: str, known: list[str], prefix: str = "") -> str:
    close = difflib.get_close_matches(word[:30], known, n=1, cutoff=SLIP)
    return f"did you mean {prefix}{close[0]}?" if close else ""


def _inside_hint(word: str, content: str) -> str:
    head, _, tail = content.partition("_")
    if not re.fullmatch(r"\\?[A-Za-z]+|\{.*\}", head):
        return f"write the formula without \\{word}"
    return f"write \\{word}{{{head}}}_{tail}" if tail else ""
