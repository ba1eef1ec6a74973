"""From a file to the rows of its derivations: environments, displays, rows, and the statements in a row.

Nothing is executed, and only plain macros of the file are expanded; offsets always count in the text that was given,
so that a message can name the line and the column the author edits.

    Derivation   \\begin{derivation}{name} … \\end{derivation}
    Row          one row of a display, or one piece of inline mathematics
    Segment      one statement of a row (its text, and the place of each part)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field

from report_src.derivations.source.declared import (
    end_in_passing,
    leave_sizes_of_cases,
    refuse_taken_back,
    settled,
    taken_naturals,
    with_zeroed,
)
from report_src.derivations.source.definitions import redefinitions
from report_src.derivations.source.displays import alone, set_as_display
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.macros import Macro, expanded, macros_of
from report_src.derivations.source.rows import FORBIDDEN, Row, connected, split_rows
from report_src.derivations.source.rows import MAX_DEPTH as MAX_DEPTH  # the lexer's bound as well
from report_src.derivations.source.segments import PROSE, Segment
from report_src.derivations.source.tags_and_comments import JINJA, masked
from report_src.derivations.source.tokens import (
    BLANK_LINE,
    Tok,
    argument,
    behind_options,
    closed,
    environment,
    tokens,
)
from report_src.derivations.source.vocabulary import DISPLAYS, PROSE_ENVIRONMENTS, RELATIONS, UNREAD_RELATIONS
from report_src.derivations.words.array_words import ORTHOGONAL
from report_src.derivations.words.assumption_ends import ending
from report_src.derivations.words.assumptions import assumed, denied, limited, properties
from report_src.derivations.words.begins import begins_recursion, other_beginning
from report_src.derivations.words.declarations import (
    announces,
    denies_display,
    doubted,
    doubted_definition,
    restricts,
    several_ones,
)
from report_src.derivations.words.definitions import ABOVE, defines, defines_display, is_settled
from report_src.derivations.words.layout import constants, layout, other_meaning
from report_src.derivations.words.letters import spoken_of
from report_src.derivations.words.parts_of_arrays import part_of_array, unread_tie
from report_src.derivations.words.sets_in_words import set_in_words

_BREAKING = ("align", "gather", "multline", "flalign", "alignat", "eqnarray")


@dataclass
class Derivation:
    """The rows of one environment, in reading order, and what is wrong with the environment itself."""

    name: str
    start: int
    end: int
    rows: list[Row] = field(default_factory=list)
    layout: frozenset[str] = frozenset()  # what its text states about rows, columns and softmax
    spoken_of: frozenset[str] = frozenset()  # the letters such as σ to which its text may give another meaning
    constants: frozenset[str] = frozenset()  # the names that its text says are constant
    sizes: frozenset[str] = frozenset()  # the letters that its text declares as natural numbers


def derivations(text: str, inputs: Sequence[str] = (), elsewhere: Collection[str] = ()) -> Iterator[Derivation]:
    """Yield the derivations of a file in order; what cannot be read is a row with a problem.

    `inputs` are the texts that the file inputs: their macros hold, and what they change of the language is refused.
    `elsewhere` are the macros that other files of the document define: one that has two definitions is not expanded.
    """
    changed = redefinition_rows(text, inputs)
    text = masked(text)
    toks = tokens(text)
    macros = macros_of(text, [masked(other) for other in inputs], elsewhere)
    index = 0
    while index < len(toks):
        if toks[index].text == "\\begin" and environment(toks, index) == "derivation":
            derivation, index = _derivation(text, toks, index, macros)
            derivation.rows = [*changed, *derivation.rows]
            changed = []
            yield derivation
        else:
            index += 1


def redefinition_rows(text: str, inputs: Sequence[str] = ()) -> list[Row]:
    """Return a refused row for each word of the language that a text or one of its inputs changes."""
    found = [(change.start, change.end, change.message, change.hint) for change in redefinitions(text)]
    for other in inputs:
        found += [(0, 0, f"in a file that this one inputs, {one.message}", one.hint) for one in redefinitions(other)]
    return [
        Row(start, end, inline=False, problem=Unreadable(message, start, end, hint))
        for start, end, message, hint in found
    ]


def _derivation(text: str, toks: list[Tok], index: int, macros: dict[str, Macro]) -> tuple[Derivation, int]:
    start = toks[index].start
    body = index + 3 + len("derivation")
    try:
        name, body = argument(toks, body, text)
    except Unreadable as nameless:
        nameless.message = "a derivation has a name: \\begin{derivation}{name}"
        row = Row(start, toks[index + 1].end, inline=False, problem=nameless)
        return Derivation("", start, start, [row]), index + 1
    stop = next(
        (i for i in range(body, len(toks)) if toks[i].text == "\\end" and environment(toks, i) == "derivation"),
        None,
    )
    if stop is None:
        problem = Unreadable("this derivation is never closed by \\end{derivation}", start, toks[body - 1].end)
        open_tag = next((tok for tok in toks[body:] if tok.text in JINJA and _runs_on(text, tok.end)), None)
        if open_tag is not None:  # it took the \end
            problem = _never_closed(open_tag)
        rows = [Row(problem.start, problem.end, inline=False, problem=problem)]
        return Derivation(name.strip(), start, len(text), rows), len(toks)
    derivation = Derivation(name.strip(), start, toks[stop].end)
    note_conventions(derivation, text[start : toks[stop].start])
    try:
        inside = expanded(toks[body:stop], macros)
    except Unreadable as problem:
        derivation.rows.append(Row(problem.start, problem.end, inline=False, problem=problem))
        return derivation, stop + 1
    if "star" in derivation.layout:
        inside = [Tok("\\odot", *tok[1:]) if _multiplies(inside, at) else tok for at, tok in enumerate(inside)]
    rows = with_zeroed(text, list(_rows(text, inside)))
    derivation.sizes = frozenset(taken_naturals(rows))
    derivation.rows.extend(connected(settled(rows)))
    note_ends(text, derivation.rows, (start, toks[stop].start))
    return derivation, stop + 1


def _multiplies(toks: list[Tok], at: int) -> bool:
    """Tell whether a token is a star between two factors, and none of a name, w^*, of a command or an environment."""
    before, after = toks[at - 1].text if at else "", toks[at + 1].text if at + 1 < len(toks) else ""
    star = toks[at].text in ("*", "\\ast", "\\star")
    return (
        star and before not in ("", "^", "_", "{", "$", "\\operatorname", "\\tag", "\\\\") and after not in ("}", "$")
    )


def note_conventions(derivation: Derivation, said: str) -> None:
    """Note what the text of a derivation states about layout and constants; refuse what is not read."""
    derivation.layout, derivation.constants, derivation.spoken_of = layout(said), constants(said), spoken_of(said)
    if re.search(r"\b(?:invertible|non-?singular|full (?:(?:column|row) )?rank|full-rank)\b", said, re.IGNORECASE):
        derivation.layout |= {"regular"}  # plain values may be singular
    if (stated := other_meaning(said)) is not None:
        first, last = derivation.start + stated[0], derivation.start + stated[1]
        message = "this speaks of a convention, or gives a sign a meaning, in words that are not read"
        hint = "state the layout in a sentence of its own, We use the numerator layout; write another meaning out"
        problem = Unreadable(message, first, last, hint)
        derivation.rows.insert(0, Row(first, last, inline=False, problem=problem))


def note_ends(text: str, rows: list[Row], span: tuple[int, int]) -> None:
    """Note at each row what the text between the offsets of a derivation says about its definitions and assumptions.

    A definition by words that something else speaks of is none; the assumptions above a row may have ended.
    """
    shown = sorted({row.display for row in rows if not row.inline})
    for row in (row for row in rows if row.defines):
        typed = row.segments[0].text if row.segments else ""
        if not is_settled(text, row.display, typed, span, shown):
            row.defines = ""
    refuse_taken_back(text, rows, span)
    leave_sizes_of_cases(text, rows, shown)
    stated = sorted({row.display for row in rows if row.assumed or any(part.requires for part in row.segments)})
    for row in rows if stated else ():
        begin = row.segments[0].locate(0) if row.segments else row.start  # behind the words above a row
        found = ((place, ending(text, place, begin)) for place in stated)
        row.ends = {place: words for place, words in found if words}
    end_in_passing(text, rows)


def _rows(text: str, toks: list[Tok]) -> Iterator[Row]:
    """Yield the rows of a derivation's body, displays and inline mathematics, in order.

    Nothing is read behind a Jinja tag that is never closed: where it ends is not known.
    """
    index = 0
    while index < len(toks):
        tok = toks[index]
        try:
            rows, index = piece(text, toks, index)
            if rows and not rows[0].inline and (denied_by := denies_display(text, tok.start)):
                raise Unreadable(f"'{denied_by}' takes back what this display says", tok.start, tok.end, _OWN_SENTENCE)
            if rows and not rows[0].inline and defines_display(text, tok.start, toks[index - 1].end):
                for row in rows:
                    row.defines = ABOVE
        except Unreadable as problem:
            rows, index = (
                [Row(tok.start, max(tok.end, problem.end), inline=False, problem=problem)],
                index + 1,
            )
        yield from rows
        if tok.text in JINJA and _runs_on(text, tok.end):
            return


_OWN_SENTENCE = "end the sentence before the display, or leave the display out"


def _runs_on(text: str, stop: int) -> bool:
    """Tell whether a tag, whose content is blanked, ends on a later line: its brace is missing, and it took another."""
    return "\n" in text[stop + 1 : len(text) - len(text[stop + 1 :].lstrip())]


def _never_closed(tag: Tok) -> Unreadable:
    return Unreadable(f"{tag.text}{{ is never closed: its }} is missing", tag.start, tag.end + 1)


def piece(text: str, toks: list[Tok], index: int) -> tuple[list[Row], int]:
    """Read what begins at `index`: a display, inline mathematics, or a token of prose."""
    tok = toks[index]
    if tok.text in JINJA and _runs_on(text, tok.end):
        raise _never_closed(tok)
    if tok.text in JINJA:
        message = "there is a Jinja tag inside a derivation; what is printed must be what is checked"
        raise Unreadable(message, tok.start, tok.end)
    if tok.text in FORBIDDEN:
        raise Unreadable(f"{tok.text} is not allowed inside a derivation", tok.start, tok.end)
    if tok.text == "$":
        if index + 1 < len(toks) and toks[index + 1].text == "$":
            return _dollars(text, toks, index)
        return _delimited(text, toks, index, "$", inline=True)
    if tok.text == "\\(":
        return _delimited(text, toks, index, "\\)", inline=True)
    if tok.text == "\\[":
        return _delimited(text, toks, index, "\\]", inline=False)
    if tok.text == "\\begin":
        name = environment(toks, index)
        if name in DISPLAYS:
            return _display(text, toks, index, name)
        if name not in PROSE_ENVIRONMENTS:
            return _unread(toks, index, name)
        behind = behind_options(toks, index + 3 + len(name))
        plain = not any(part.text[0] in "\\$" for part in toks[index + 3 + len(name) : behind])
        return [], behind if plain else index + 3 + len(name)
    if tok.text == "\\end" and environment(toks, index) in PROSE_ENVIRONMENTS:
        return [], index + 3 + len(environment(toks, index))
    if tok.text in _FORMULA:
        hint = "write the formula in mathematics: \\[ … \\]"
        raise Unreadable(f"'{tok.text}' in the text makes a formula that is not read", tok.start, tok.end, hint)
    if tok.text[0] == "\\" and tok.text not in PROSE:
        message = f"{tok.text} is not read in the text of a derivation: it may change what is printed"
        raise Unreadable(message, tok.start, tok.end, "use it outside the derivation")
    return [], index + 1


_FORMULA = frozenset({":=", *"=<>≈≠≤≥≡∝"})  # signs that make a formula of words


def _unread(toks: list[Tok], index: int, name: str) -> tuple[list[Row], int]:
    """Refuse an environment once, and pass over what is in it."""
    ends = (k for k in range(index, len(toks)) if toks[k].text == "\\end" and environment(toks, k) == name)
    stop = next(ends, index)
    message = f"the environment '{name}' is not read"
    hint = "use align, equation, gather, multline or \\[ \\]"
    problem = Unreadable(message, toks[index].start, toks[index].end, hint)
    return [
        Row(toks[index].start, toks[stop].end, inline=False, problem=problem)
    ], stop + 1 if stop == index else stop + 3 + len(name)


def _dollars(text: str, toks: list[Tok], index: int) -> tuple[list[Row], int]:
    """Read a display between double dollars."""
    pairs = (k for k in range(index + 2, len(toks) - 1) if toks[k].text == toks[k + 1].text == "$")
    stop = next(pairs, None)
    if stop is None:
        problem = Unreadable("this display is never closed by $$", toks[index].start, toks[index + 1].end)
        return [Row(toks[index].start, toks[index + 1].end, inline=False, problem=problem)], index + 2
    rows = split_rows(text, toks[index + 2 : stop], inline=False, breaks=False)
    return [_placed(row, toks[index]) for row in rows], stop + 2


def _delimited(text: str, toks: list[Tok], index: int, close: str, *, inline: bool) -> tuple[list[Row], int]:
    stop = closed(text, toks, index, close)
    if stop is None:
        raise Unreadable(f"this mathematics is never closed by {close} in its paragraph", toks[index].start)
    inside = toks[index + 1 : stop]
    rows = list(split_rows(text, inside, inline, breaks=False))
    relation = any(segment.relations for row in rows for segment in row.segments)
    if inline and (set_as_display(inside) or _stands_out(text, toks, index, stop)):
        message = "mathematics in the text is set as a display here, and would not be checked"
        problem = Unreadable(message, toks[index].start, toks[stop].end, "write it as a display: \\[ … \\]")
        rows = [Row(toks[index].start, toks[stop].end, inline=False, problem=problem)]
    announced = inline and announces(text, toks[index].start, toks[stop].end)
    by_words = defines(text, toks[index].start, toks[stop].end) if inline else ""
    by_sign = any(":=" in segment.relations for row in rows for segment in row.segments)
    doubt = doubted_definition if by_sign or by_words else doubted
    other = other_beginning(text, toks[index].start, toks[stop].end) if inline else ""
    for row in rows:
        row.announced, row.defines = announced, by_words
        if inline and relation:
            row.restricts = restricts(text, toks[index].start, toks[stop].end)
            row.doubted = doubt(text, toks[index].start, toks[stop].end) or other
        if inline and _ZERO_OR_ONE.search(text, toks[index].start, toks[stop].end) and row.problem is None:
            _refuse_several_ones(text, row, toks[index].start, toks[stop].end)
    if inline and any(tok.text in _ORDERS for tok in inside) and assumed(text, toks[index].start, toks[stop].end):
        problem = Unreadable("this relation is not read", toks[index].start, toks[stop].end, "write $A \\succ 0$")
        rows = [Row(toks[index].start, toks[stop].end, inline=True, problem=problem)]
    says = relation or any(row.problem for row in rows)
    if inline and says and assumed(text, toks[index].start, toks[stop].end):
        made = [_assumed(text, row, toks[index].start, toks[stop].end) for row in map(copy, rows)]
        begins = begins_recursion(text, toks[index].start, toks[stop].end)
        rows = rows if begins and any(row.problem for row in made) else made
    if inline and (part := part_of_array(text, toks[index].start, toks[stop].end)):
        rows = [_part_row(rows, part, toks[index].start, toks[stop].end)]
    elif inline and (words := unread_tie(text, toks[index].start, toks[stop].end)):
        message = f"'{words}' ties these names to a matrix in words that are not read"
        hint = "declare the matrix, and say: Let $x_i^\\top$ be the $i$-th row of $X$."
        problem = Unreadable(message, toks[index].start, toks[stop].end, hint)
        rows = [Row(toks[index].start, toks[stop].end, inline=True, problem=problem)]
    if inline:
        stated = _properties(text, rows, toks[index], toks[stop])
        rows = [*_in_words(text, inside, toks[index].start, toks[stop].end), *rows, *stated]
    return [_placed(row, toks[index]) for row in rows], stop + 1


_ORDERS = frozenset({"\\prec", "\\preceq", "\\ll", "\\gg"})  # relations of an assumption that are not read


def _part_row(rows: list[Row], part: tuple[str, str], start: int, end: int) -> Row:
    """Return the row that defines what the text calls the rows or columns of a matrix; the ranges it writes stay."""
    definition, matrix = part
    ranges = [segment for row in rows for segment in row.segments if "=" in segment.relations]
    segment = Segment(definition, [(0, start)], (":=", "in") if "\\in " in definition else (":=",))
    return Row(start, end, inline=True, segments=[segment, *ranges], part_of=matrix)


def _in_words(text: str, inside: list[Tok], start: int, stop: int) -> list[Row]:
    r"""Return the declaration in words of some inline names: "Let $A$ be an $n \times n$ matrix." -> A \in …"""
    said = set_in_words(text, start, stop)
    declared = [Tok(tok.text, inside[-1].end, inside[-1].end) for tok in tokens(f" \\in {said}")] if said else []
    rows = list(split_rows(text, [*inside, *declared], inline=True, breaks=False)) if said else []
    for row in rows:
        row.in_words, row.doubted = True, doubted(text, start, stop)
    return rows


_ZERO_OR_ONE = re.compile(r"\\in\s*\\\{\s*0\s*,\s*1\s*\\\}\s*\^")


def _refuse_several_ones(text: str, row: Row, start: int, end: int) -> None:
    """Refuse a vector that the text calls a mask: it would be read as one-hot."""
    if word := several_ones(text, start, end):
        message = f"a vector of zeros and ones is read as one-hot, and '{word}' says something else"
        hint = "declare its entries: $m_i \\in \\{0,1\\}$, or say that it is one-hot"
        row.problem, row.segments = Unreadable(message, start, end, hint), []


def _properties(text: str, rows: list[Row], begin: Tok, close: Tok) -> list[Row]:
    """Return a row for each property that the text assumes of the names of some inline mathematics."""
    stated, end = properties(text, begin.start, close.end)
    segments = [segment for row in rows for segment in row.segments]
    made = []
    for property_ in stated if len(segments) == 1 else []:
        said, _, space = segments[0].text.partition("\\in")
        names = [part.strip() for part in said.split(",") if part.strip()]
        if property_ == ORTHOGONAL and len(names) == 2 and space and "\\times" not in space:  # of two vectors
            property_, names = f"{{{names[0]}}}^\\top {{{names[1]}}} = 0", names[:1]
        for name in names:
            simple = re.fullmatch(r"\\?[A-Za-z]+(?:\s*[_^].*)?|\\[A-Za-z]+\s*\{?[A-Za-z]\}?", name)
            written = property_.replace("§", f"{{{name}}}" if name.isalnum() else name if simple else f"({name})")
            sign = next(sign for macro, sign in _SIGNS.items() if macro in written)
            segment = Segment(written, [(0, begin.start)], (sign,))
            made.append(Row(begin.start, end, inline=True, segments=[segment], assumed=True))
    return made


_SIGNS = {"\\succeq": "succeq", "\\succ": "succ", "\\ge ": ">=", ">": ">", "=": "="}


def _assumed(text: str, row: Row, start: int, end: int) -> Row:
    """Return a row of the text as an assumption; refuse it where its sentence takes it back."""
    word = denied(text, start, end)
    unread = limited(text, start, end)
    if (word or unread) and row.problem is None:
        said = f"'{word}' takes back what this sentence assumes" if word else f"'{unread}' is not read in an assumption"
        row.problem = Unreadable(said, start, end, _PLAIN)
        row.segments = []
    row.assumed = True
    return row


_PLAIN = "state the assumption in a sentence of its own: Assume that $…$."


_DECLARES = re.compile(r"\\in(?![A-Za-z])|:=|\\coloneqq|\\to(?![A-Za-z])")


def _stands_out(text: str, toks: list[Tok], index: int, stop: int) -> bool:
    """Tell whether inline mathematics claims something, and is set apart from the words of the text."""
    claims = any(tok.text in RELATIONS or tok.text in UNREAD_RELATIONS for tok in toks[index:stop])
    return claims and toks[index].start in alone(text) and not _DECLARES.search(text, toks[index].start, toks[stop].end)


def _placed(row: Row, begin: Tok) -> Row:
    row.display = begin.start
    return row


def _display(text: str, toks: list[Tok], index: int, name: str) -> tuple[list[Row], int]:
    letters = index + 3 + len(name)
    if name.startswith("alignat"):
        _, letters = argument(toks, letters, text)
    stop = next(
        (i for i in range(letters, len(toks)) if toks[i].text == "\\end" and environment(toks, i) == name),
        None,
    )
    again = any(toks[i].text == "\\begin" and environment(toks, i) == name for i in range(letters, stop or letters))
    if stop is None or again:
        raise Unreadable(f"\\begin{{{name}}} is never closed", toks[index].start, toks[letters - 1].end)
    if blank := BLANK_LINE.search(text, toks[letters - 1].end, toks[stop].start):
        message = f"there is a blank line inside \\begin{{{name}}}; take it out, or type % on it"
        raise Unreadable(message, blank.start() + 1, blank.start() + 1)
    breaks = name.rstrip("*") in _BREAKING
    inside = toks[letters:stop]
    if name.startswith("eqnarray"):
        inside = _two_columns(inside)
    rows = split_rows(text, inside, inline=False, breaks=breaks, skips=name.startswith("eqnarray"))
    return [_placed(row, toks[index]) for row in rows], stop + 3 + len(name)


def _two_columns(toks: list[Tok]) -> list[Tok]:
    """Return the rows of an eqnarray, `a & = & b`, as those of an align, `a & = b`."""
    kept: list[Tok] = []
    met = depth = 0
    for tok in toks:
        depth += (tok.text in ("{", "\\begin")) - (tok.text in ("}", "\\end"))
        met = 0 if tok.text == "\\\\" and depth == 0 else met + (tok.text == "&" and depth == 0)
        if tok.text != "&" or met != 2:
            kept.append(tok)
    return kept
