"""What would print a formula unseen, or leave a checked one out: definitions, conditions, ends, tags in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from report_src.derivations.source.definitions import redefinitions
from report_src.derivations.source.tags_and_comments import RAW, masked, raw_bodies, swallowed, tags, without_tags
from report_src.derivations.source.tokens import BLANK_LINE, Tok, closed, environment, tokens
from report_src.derivations.source.vocabulary import PROSE_ENVIRONMENTS

# environments that print a derivation inside them
_AROUND = PROSE_ENVIRONMENTS | {"document", "minipage", "multicols", "small", "footnotesize", "samepage", "appendix"}
_ENDS = frozenset({"\\endinput", "\\stop", "\\bye"})
_SETS = re.compile(r"[-+]?\s*(?:set\s+([A-Za-z_]\w*)\s*(?:\||$|=\s*[\"'].*)|macro\s+([A-Za-z_]\w*))", re.DOTALL)

_CONDITION = re.compile(r"\\if[a-z]*|\\unless")
_ENDED = ("begin", "end")

Unseen = tuple[int, int, str, str]  # start, end, message and hint


def unseen(text: str, *, preamble: bool = False) -> Iterator[Unseen]:
    """Yield what keeps a reader of the file from seeing what is printed, with the next step."""
    for found in redefinitions(text, preamble=preamble):
        yield found.start, found.end, found.message, found.hint
    yield from _raw(text)
    yield from _tags(text)
    if not preamble:
        yield from _left_out(tokens(masked(text)))
        yield from _open(masked(text))


def _raw(text: str) -> Iterator[Unseen]:
    """Yield text as typed without its end or around another one, comments that may be none, and files of TeX."""
    blanked = masked(text)
    for start, end in swallowed(text):
        message = "it is not certain that this percent sign begins a comment: what follows it is not read"
        yield start, end, message, "put a space before a comment; write the formula on a line of its own"
    for start, body in raw_bodies(text):
        for name in re.findall(r"\\end\s*\{([^{}]*)\}", body):
            opened, closed = (
                len(re.findall(rf"\\{word}\s*\{{{re.escape(name)}\}}", blanked[:start])) for word in _ENDED
            )
            if opened > closed:
                yield start, start + 1, f"this text as typed holds the end of {name}, which is open", "close it before"
    for name in sorted(RAW):
        begins, ends = (re.findall(rf"\\{word}\s*\{{{re.escape(name)}\}}", blanked) for word in ("begin", "end"))
        if len(begins) != len(ends):
            at = blanked.rfind(begins[-1]) if begins else blanked.find(ends[0])
            yield at, at + 6, f"{name} has no beginning and end in this file", "close it in the file that opens it"
    for found in re.finditer(r"\\begin\s*\{(filecontents\*?|comment)\}", blanked):
        yield found.start(), found.end(), f"the content of {found[1]} is not read", "take it out, or comment it with %"


def _open(text: str) -> Iterator[Unseen]:
    """Yield mathematics of a masked text that does not end in its paragraph: what it takes in is not seen."""
    toks, index = tokens(text), 0
    ended, odd = 0, list[Tok]()  # where the last mathematics ended; what opens words in the paragraph
    while index < len(toks):
        tok = toks[index]
        index += 1
        if tok.text not in ("$", "\\("):
            continue
        if BLANK_LINE.search(text, ended, tok.start):
            odd.clear()
        if tok.text == "$" and index < len(toks) and toks[index].text == "$":
            index = next((at + 2 for at in range(index + 1, len(toks)) if toks[at].text == "$"), len(toks))
        else:
            stop = closed(text, toks, index - 1, "$" if tok.text == "$" else "\\)")
            if stop is None:
                first = [*odd, tok][0]
                message = f"{first.text} opens mathematics that does not end in its paragraph"
                yield first.start, first.end, message, "close it; text as typed belongs in verbatim or lstlisting"
            elif _takes_in_words(text, tok.end, toks[stop].start):
                odd.append(tok)
            index = index if stop is None else stop + 1
            ended = toks[index - 1].end


def _takes_in_words(text: str, start: int, stop: int) -> bool:
    """Tell whether mathematics looks like the text between two formulas: words, or a blank before the last dollar."""
    words = _WORDS.search(_IN_COMMAND.sub(" ", text[start:stop])) is not None
    return words or (text[stop - 1 : stop].isspace() and not text[stop + 1 : stop + 2].isspace())


_WORDS = re.compile(r"[a-z]{2,}[,.;]?\s+[a-z]{2,}")
_IN_COMMAND = re.compile(r"\\[A-Za-z]+\s*(?:\{[^{}]*\})?")


def _tags(text: str) -> Iterator[Unseen]:
    """Yield Jinja tags in comments of TeX, which Jinja executes, and in the names of environments."""
    bare = without_tags(text)
    for found in re.finditer(r"(?<!\\)(?:\\\\)*%[^\n]*", bare):
        for tag in re.finditer(r"\\BLOCK\{|\\NOTE\{[^}]*$", found.group()):
            start = found.start() + tag.start()
            yield start, start + 6, "a Jinja tag in a comment of TeX is executed", "take it out; \\NOTE{…} is a comment"
    for found in re.finditer(r"\\(?:begin|end)\s*\{[^{}]*\\(?:VAR|BLOCK|NOTE)\{", bare):
        yield found.start(), found.end(), "the name of this environment is computed", "write it in full"


def printed_formulas(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the tags in a display that print text which a template captured, wrote as a string, or passes a macro."""
    captured = {name for word, a, b in tags(text) if word == "\\BLOCK" for name in _names(text[a:b])}
    for word, a, b in tags(text):
        if word == "\\VAR" and start <= a < stop:
            content = text[a:b]
            root = re.match(r"\s*([A-Za-z_]\w*)", content)
            if (root and root[1] in captured) or re.search(r"[\"'][^\"']*\\", content) or "verbatim" in content:
                yield a, b


def _names(tag: str) -> list[str]:
    found = _SETS.match(tag)
    imported = re.match(r"[-+]?\s*(?:import|from)\b.*?\b(?:as|import)\s+(.*)", tag, re.DOTALL)
    return [name for name in found.groups() if name] if found else re.findall(r"\w+", imported[1]) if imported else []


def _left_out(toks: list[Tok]) -> Iterator[Unseen]:
    """Yield derivations that TeX may leave out: in braces, in a condition, in an unknown environment, behind an end."""
    depth, conditions, around, ended = 0, 0, list[str](), ""
    inside = False
    for index, tok in enumerate(toks):
        if tok.text[0] not in "\\{}":
            continue  # a word or a sign
        name = environment(toks, index) if tok.text in ("\\begin", "\\end") else ""
        if name == "derivation":
            if not inside and tok.text == "\\end":
                yield (
                    tok.start,
                    tok.end,
                    "nothing opens this derivation",
                    "put both ends at the outer level of one file",
                )
            inside = tok.text == "\\begin"
            strange = next((one for one in around if one not in _AROUND), "")
            where = (
                "in braces" if depth else "in a condition of TeX" if conditions else f"behind {ended}" if ended else ""
            )
            where = where or (f"in the environment '{strange}'" if strange else "")
            if inside and where:
                message = f"a derivation {where} is checked, but perhaps not printed"
                yield tok.start, tok.end, message, "put it at the outer level of its file; a condition is \\BLOCK{if …}"
            continue
        if inside:
            continue
        depth = max(0, depth + (tok.text == "{") - (tok.text == "}"))
        if name and tok.text == "\\begin":
            around.append(name)
        elif name and around and around[-1] == name:
            around.pop()
        if tok.text in _ENDS or (tok.text == "\\end" and name == "document"):
            ended = f"\\end{{{name}}}" if name else tok.text
        if tok.text in _ENDS and index + 1 < len(toks):
            message = f"{tok.text} ends the document here"
            yield tok.start, tok.end, message, "take out what follows instead"
        if _CONDITION.fullmatch(tok.text) and tok.text not in ("\\iff", "\\ifthenelse"):
            conditions += 1
        elif tok.text == "\\fi":
            conditions = max(0, conditions - 1)
