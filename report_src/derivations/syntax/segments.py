"""A row and its statements: where one ends, which words are passed over, and which commas belong to a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from report_src.derivations.syntax.errors import Unreadable
from report_src.derivations.syntax.tokens import Tok, argument, group
from report_src.derivations.syntax.vocabulary import OPERATORS, RELATIONS

_DROPPED = frozenset({"\\nonumber", "\\notag"})
_DROPPED_WITH_ARGUMENT = frozenset({"\\label", "\\tag"})
_SEPARATORS = frozenset({",", "\\quad", "\\qquad", "\\Rightarrow", "\\implies"})
_WORDS = frozenset({"\\text", "\\intertext", "\\shortintertext"})
_BINDING = frozenset({"(", "[", "_", "^", "'", "+", "-", "\\odot", "\\circ", "\\cdot", "/"} | set(RELATIONS))
_SIZES = frozenset({"left", *(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l"))})
_DOTS = frozenset({"\\dots", "\\ldots", "\\cdots"})
_OPEN, _CLOSE = frozenset({"(", "[", "\\{"}), frozenset({")", "]", "\\}"})


@dataclass
class Segment:
    """One statement: its text and, for each part of the text, the offset in the file it came from."""

    text: str
    parts: list[tuple[int, int]]
    relations: tuple[str, ...] = ()
    first: str = ""
    separator: str = ""

    def locate(self, offset: int) -> int:
        """Return the offset in the file of an offset in ``text``."""
        begin, place = max((part for part in self.parts if part[0] <= offset), default=self.parts[0])
        return place + offset - begin

    def join(self, other: Segment, glue: str = " ") -> Segment:
        """Return both texts as one statement."""
        shift = len(self.text) + len(glue)
        parts = self.parts + [(shift + begin, place) for begin, place in other.parts]
        relations = self.relations + other.relations
        return Segment(self.text + glue + other.text, parts, relations, self.first, other.separator)


def split(text: str, toks: list[Tok]) -> tuple[list[Segment], str | None]:
    """Split a row into its statements; return them and the reason of an unchecked row."""
    found: list[Segment] = []
    current: list[Tok] = []
    unchecked = None
    index = depth = columns = 0

    def close(separator: str) -> None:
        while current and current[-1].text == ".":
            current.pop()
        if current:
            found.append(_segment(text, current, separator))
        elif separator == "&" and found:
            found[-1].separator = "&"  # a comma before the & ends a column as well
        current.clear()

    while index < len(toks):
        tok = toks[index]
        if tok.text == "{":
            stop = group(toks, index)
            current.extend(toks[index : stop + 1])
            index = stop + 1
            continue
        if tok.text == "}":
            raise Unreadable("this brace closes nothing", tok.start)
        depth = max(0, depth + (tok.text in _OPEN) - (tok.text in _CLOSE))
        index += 1
        if tok.text in _DROPPED:
            continue
        if tok.text in _DROPPED_WITH_ARGUMENT:
            _, index = argument(toks, index, text)
        elif tok.text == "\\unchecked":
            unchecked, index = argument(toks, index, text)
            unchecked = unchecked.strip() or "no reason given"
        elif tok.text in _WORDS and not (current and current[-1].text in "_^"):
            words, after = argument(toks, index, text)
            if words.strip() in OPERATORS:
                current.append(tok)
                continue
            _refuse_word(words, tok, toks[after:])
            close("text")
            index = after
        elif tok.text == "&":
            columns += 1
            if columns % 2 == 0:
                close("&")
        elif tok.text in _SEPARATORS and depth == 0:
            close(tok.text)
        else:
            current.append(tok)
    close("end")
    return found, unchecked


def _refuse_word(words: str, tok: Tok, rest: list[Tok]) -> None:
    """Refuse a bare word that is printed as a function or as a side: what is left of the row would be another row."""
    following = next((other.text for other in rest if other.text != "&" and other.text[1:] not in _SIZES), "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", words) or following not in _BINDING:
        return
    near = next((name for name in OPERATORS if name.lower() == words.lower()), "")
    if near:
        hint = f"did you mean \\operatorname{{{near}}}?"
    elif following in ("(", "["):
        hint = f"the operators are {', '.join(sorted(OPERATORS))}; words that lead to a row end in a space"
    else:
        hint = "declare a name for it; words that lead to a row end in a space, \\text{so }"
    raise Unreadable(f"the word '{words}' is part of the formula here, and no name", tok.start, tok.end, hint)


def _segment(text: str, toks: list[Tok], separator: str) -> Segment:
    """Make a segment of its tokens; what was left out of the row becomes spaces."""
    start, pieces, at = toks[0].start, [], toks[0].start
    for tok in toks:
        pieces.append(" " * (tok.start - at) + tok.text)
        at = tok.end
    depth, relations = 0, []
    for tok in toks:
        depth += (tok.text in ("{", "(", "[")) - (tok.text in ("}", ")", "]"))
        if depth == 0 and tok.text in RELATIONS:
            relations.append(RELATIONS[tok.text])
    first = next((tok.text for tok in toks if tok.text not in ("\\,", "\\;", "\\:", "\\!", "\\ ", "~")), "")
    return Segment("".join(pieces), [(0, start)], tuple(relations), first, separator)


def joined_lists(segments: list[Segment]) -> list[Segment]:
    """Join what a comma only seemed to separate: ``W, U \\in …`` and ``n = 1, \\dots, N``."""
    joined: list[Segment] = []
    index = 0
    while index < len(segments):
        segment = segments[index]
        if segment.text.strip() in _DOTS and joined and index + 1 < len(segments):
            joined[-1] = joined[-1].join(segment, ",").join(segments[index + 1], ",")
            index += 2
            continue
        while (
            not segment.relations
            and segment.separator == ","
            and index + 1 < len(segments)
            and (set(segments[index + 1].relations) & {"in", ":", ">"} or not segments[index + 1].relations)
            and segments[index + 1].text.strip() not in _DOTS
        ):
            index += 1
            segment = segment.join(segments[index], ",")
        joined.append(segment)
        index += 1
    return joined
