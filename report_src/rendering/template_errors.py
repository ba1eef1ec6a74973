r"""What is wrong with the tags of a template: \VAR{…}, \BLOCK{…} and \NOTE{…}, in words and at the line of the author.

Jinja notices a block that is never closed at the end of the template, and one } too few at the next word.
"""

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

import jinja2

from report_src.derivations.source.tags_and_comments import tag_end
from report_src.numbers.formatting import FILTERS
from report_src.tex.messages import nearest

CLOSED_BY = {"if": "endif", "for": "endfor", "claim": "endclaim", "macro": "endmacro", "set": "endset",
             "call": "endcall", "filter": "endfilter", "block": "endblock", "with": "endwith"}  # fmt: skip
BETWEEN = {"else": ("if", "for"), "elif": ("if",), "otherwise": ("claim",)}
# the block that is open, and a tag that belongs to another one -> the tag that is meant
MEANT = {("claim", "else"): "otherwise", ("claim", "elif"): "otherwise if …", ("claim", "endif"): "endclaim",
         ("if", "otherwise"): "else", ("if", "endclaim"): "endif", ("for", "endif"): "endfor"}  # fmt: skip
ALONE = ("say", "include", "import", "from", "extends", "do", "break", "continue")
KNOWN = (*CLOSED_BY, *CLOSED_BY.values(), *BETWEEN, *ALONE)
# a sign of another language in a tag (a regular expression) -> what to type
SIGNS = (
    ("[\u00ad\u200b-\u200f\u2060\ufeff]", "take the invisible character out"),
    ("[“”„‘’«»]", 'use straight quotes: "…"'),
    ("&&", "write `and`"),
    (r"\\VAR\{[^}]*\|\|", "write one | before the style"),
    (r"\|\|", "write `or`"),
    (r"\\VAR\{[\w.\[\]]+ ?:", "write | before the style"),
    (r"\\VAR\{\s*\}", r"name a key and a style: \VAR{study.field | percent}"),
    (r"\w\\_", "in a tag write _ without the backslash"),
    (r"\w\.\.\w", "write one point between two names"),
    (r"\\BLOCK\{for \w+ (?!in )\w+ ", "write in between the name and the list"),
    (r"\\BLOCK\{claim \"[^\"]*\" (?!if )", "write if before the condition"),
    (r"\\BLOCK\{say \"[^\"]*\"(?!\s*:)", "write : behind the name"),
    ("=>|≥", "write >="),
    ("=<|≤", "write <="),
    ("<>|≠", "two values that differ are written !="),
    (r"\d\s*%", "a share is a number from 0 to 1: write 0.34 for 34 %"),
    (r"\d,\d", "write a decimal point for the comma"),
    ("(?<![=<>!])=(?!=)", "two values are compared with =="),
    (r"!(?!=)", "write `not`"),
    (";", "take the semicolon out"),
)
CODE = ("analysis", "report_src", "studies")  # where the names of functions begin
SHOWN_LINES = 3
UNMATCHED = ("Unexpected end of template", "Encountered unknown tag")  # as Jinja begins
_BEGIN = re.compile(r"\\(VAR|BLOCK|NOTE)\{")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*\{\s*(\w+)")
LIKENESS = 0.6  # of the name of a command to "BLOCK", from 0 to 1; below it the one is not taken for the other


@dataclasses.dataclass(frozen=True)
class Tag:
    """One tag: VAR, BLOCK or NOTE, its text between the braces, its first line, and whether its } is there."""

    kind: str
    text: str
    line: int
    closed: bool
    nested: bool = False  # whether it begins with another tag

    @property
    def word(self) -> str:
        """The first word: of a BLOCK, what it does."""
        return (self.text.split() or [""])[0]

    def __str__(self) -> str:
        """Return it as typed, shortened."""
        text = self.text if len(self.text) <= 50 else f"{self.text[:50].rsplit(' ', 1)[0]} …"
        return f"\\{self.kind}{{{' '.join(text.split())}}}"


def tags(source: str) -> Iterator[Tag]:
    """Yield the tags of a template; one that holds the beginning of another, or no }, is not closed."""
    for begin in _BEGIN.finditer(source):
        end = tag_end(source, begin.end())
        text = source[begin.end() : end if end >= 0 else None]
        other = _BEGIN.search(text)
        closed = end >= 0 and (other is None or begin[1] == "NOTE")
        text = text if closed else text[: other.start() if other else None].split("\n")[0]
        nested = end >= 0 and other is not None and not source[begin.end() : begin.end() + other.start()].strip()
        yield Tag(begin[1], text.strip(), source.count("\n", 0, begin.start()) + 1, closed, nested)


def explained(error: jinja2.TemplateError, engine: jinja2.Environment, names: Iterable[str]) -> tuple[str, str]:
    """Return (message, place) of an error of Jinja's, with the names nearest to one that it does not know.

    The place is "" where the template was being carried out: its line is in the traceback.
    """
    complaint = str(error.message)
    if isinstance(error, jinja2.TemplateSyntaxError):
        name, source = _template(error, engine)
        message, line = clear(complaint.rstrip("."), error.lineno, source, engine)
        return message, f"templates/{name}:{line}"
    if isinstance(error, jinja2.TemplateNotFound):
        return _unknown("there is no template", str(error.name), engine.list_templates()), ""
    if match := re.fullmatch(r"'(\w+)' is undefined", complaint):
        return _unknown("there is no", match[1], names) + _of_another_kind(match[1], engine), ""
    return _unknown_style(complaint, engine) or complaint, ""


def _of_another_kind(name: str, engine: jinja2.Environment) -> str:
    """Return what an undefined name is where no key is meant, and how that is typed; "" where it is nothing known."""
    if name in engine.filters:
        return "; it is a style: write it behind | in one word, as pm_percent"
    return '; a function is named in quotes: code("studies.name.study.run")' if name in CODE else ""


def _unknown_style(complaint: str, engine: jinja2.Environment) -> str:
    """Return what to say of a style or a test that is not known; "" where Jinja complains of something else."""
    match = re.match(r"No (filter|test) named '(.*?)'", complaint)  # "… found" where it is noticed while rendering
    if match is None:
        return ""
    if match[1] == "test":
        return _unknown("unknown test", match[2], engine.tests)
    near = nearest(match[2], engine.filters) or f"{', '.join(sorted(FILTERS))} (none is near)"
    return f"unknown style '{match[2]}'; nearest: {near}"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"{what} '{name}'" + (f"; nearest: {near}" if near else "")


def _template(error: jinja2.TemplateSyntaxError, engine: jinja2.Environment) -> tuple[str, str]:
    """Return name and source of the template that is at fault; Jinja may give only its path."""
    path = str(error.filename or error.name)
    for name in engine.list_templates():
        source, found, _ = engine.loader.get_source(engine, name) if engine.loader else ("", "", None)
        if error.name == name or found == path:
            return name, source
    return str(error.name), error.source or ""


def clear(complaint: str, line: int, source: str, engine: jinja2.Environment) -> tuple[str, int]:
    """Return (message, line) of a fault that Jinja found in a template's tags."""
    found = list(tags(source))
    open_tag = next((tag for tag in found if not tag.closed and tag.line <= line), None)
    if open_tag is not None and open_tag.nested:
        return f"a tag begins within \\{open_tag.kind}{{: write the key only, without a tag of its own", open_tag.line
    if open_tag is not None:
        return f"\\{open_tag.kind}{{ is never closed: its }} is missing", open_tag.line
    if unknown := _unknown_style(complaint, engine):
        return unknown, line
    if (misspelt := _misspelt_block(source)) and complaint.startswith((*UNMATCHED, "claim ")):
        return misspelt
    if complaint.startswith(UNMATCHED):
        return _unmatched([tag for tag in found if tag.kind == "BLOCK"]) or (complaint, line)
    here = [str(tag) for tag in found if tag.line == line]
    complaint = re.sub(r"(unexpected char \S+) at \d+", r"\1", complaint)  # counted from the template's beginning
    complaint = re.sub("'end of (?:print statement|statement block)'", "}", f"{complaint[:1].lower()}{complaint[1:]}")
    step = _step(complaint, " ".join(here))
    complaint = f"{complaint}, in {here[0]}" if len(here) == 1 else complaint
    return (f"{complaint}; {step}" if step else complaint), line


def _step(complaint: str, typed: str) -> str:
    """Return what to type in place of a sign that no condition holds; "" where none is in the tag."""
    if not re.search(r"unexpected|expected (token|name|an expression)", complaint):
        return ""
    return next((step for sign, step in SIGNS if re.search(sign, typed)), "")


def _misspelt_block(source: str) -> tuple[str, int] | None:
    r"""Return (message, line) of the first \BLOK{otherwise}: a command like \BLOCK that holds a word of a block."""
    for command in _COMMAND.finditer(source):
        name, word = command.groups()
        near = difflib.SequenceMatcher(None, name.upper(), "BLOCK").ratio()
        if name != "BLOCK" and word in KNOWN and near >= LIKENESS:
            line = source.count("\n", 0, command.start()) + 1
            return f"unknown tag \\{name}{{{word} …}}; nearest: \\BLOCK{{{word} …}}", line
    return None


def _unmatched(found: Sequence[Tag]) -> tuple[str, int] | None:
    """Return the first block that is not closed, closes nothing, or is no block at all."""
    opened: list[Tag] = []
    for tag in found:
        if tag.word not in KNOWN:
            step = f"; a value is printed by \\VAR{{{tag.word} | …}}" if "." in tag.word else ""
            return _unknown("unknown tag", tag.word, KNOWN) + step, tag.line
        top = opened[-1].word if opened else ""
        if tag.word in CLOSED_BY and not (tag.word == "set" and "=" in tag.text):
            opened.append(tag)
        elif tag.word in CLOSED_BY.values():
            if CLOSED_BY.get(top) != tag.word:
                return _wrong_end(tag, opened)
            opened.pop()
        elif tag.word in BETWEEN and top not in BETWEEN[tag.word]:
            return _wrong_end(tag, opened)
    return _never_closed(opened[-1], _or_inside(opened[-1], found)) if opened else None


def _wrong_end(tag: Tag, opened: Sequence[Tag]) -> tuple[str, int]:
    """Return what is wrong where a tag does not belong to the block that was opened last."""
    wanted = BETWEEN.get(tag.word) or tuple(word for word, end in CLOSED_BY.items() if end == tag.word)
    if any(one.word in wanted for one in opened):
        return _never_closed(opened[-1], f" before {tag} (line {tag.line})")
    if opened and (meant := MEANT.get((opened[-1].word, tag.word))):
        return f"{tag} is no part of {opened[-1]}; write \\BLOCK{{{meant}}}", tag.line
    begins = " or ".join(f"\\BLOCK{{{word} …}}" for word in wanted)
    return f"{tag} belongs to no block: no {begins} is open here", tag.line


def _or_inside(tag: Tag, found: Sequence[Tag]) -> str:
    """Return the lines of the blocks of a kind inside an open one: its end may as well be theirs that is missing."""
    inside = [str(one.line) for one in found[found.index(tag) + 1 :] if one.word == tag.word]
    return f" (or that of line {' or '.join(inside)}, inside it)" if 0 < len(inside) <= SHOWN_LINES else ""


def _never_closed(tag: Tag, before: str) -> tuple[str, int]:
    return f"{tag} is never closed: \\BLOCK{{{CLOSED_BY[tag.word]}}} is missing{before}", tag.line
