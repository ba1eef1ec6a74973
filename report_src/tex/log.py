"""Reads a TeX log: what went wrong, at the line of the template that the author typed."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from report_src.tex.balance import first_brace, first_fault
from report_src.tex.locate import (
    Sources,
    Typed,
    blank_line,
    named_line,
    open_formula,
    paragraph,
    printed_line,
    readings,
    typed,
)
from report_src.tex.messages import clear
from report_src.tex.source_map import DOCUMENT, PREAMBLE, Problem

TOLERATED_POINTS = 2.0  # an overfull line by less is not seen in print (0.7 mm)
LONGEST_CONTEXT = 60  # lines of a log that belong to one error

ERROR = re.compile(r"^(?:\./)?([^\s:()]+\.\w+):(\d+): (.*)$")
BARE_ERROR = re.compile(r"^! ?(.*)$")
CONTEXT = re.compile(r"^l\.(\d+) ?(.*)$")
COMMAND = re.compile(r"\\[A-Za-z@]+|\\.")
UNDEFINED = re.compile(r"^\S.* Warning: ((?:Reference|Citation) `[^']*').* undefined on input line (\d+)")
MULTIPLE = re.compile(r"^LaTeX Warning: Label `([^']*)' multiply defined")
OVERFULL = re.compile(r"^Overfull \\([hv])box \(([\d.]+)pt too \w+\)(.*)$")
MISSING_CHARACTER = re.compile(r"^Missing character: There is no (\S+).* in font (?!nullfont)([^!]*)!")
PARAMETER = re.compile(r"#\d")  # in the definition of a macro that TeX shows: such a line is no message
WITH_SUFFIX = re.compile(r"\((\.\w+)\)' not found")  # as listings writes the name of a file
UNFINISHED = re.compile(r"^(?:Paragraph ended before|File ended while scanning use of) (\\\S+)")
FOLLOW_UPS = ("Emergency stop", "==> Fatal error", " ==> Fatal error", "I was expecting", "(That makes")
# an error that TeX makes of braces or environments that do not match; its own words for them help little
OF_NESTING = re.compile(
    r"Extra \}|Extra },|Too many }|Missing [{}] inserted|Missing \\(?:begin|end)group|Extra \\endgroup|Missing \\cr"
    r"|Misplaced \\|Paragraph ended|File ended|\\begin\{|Not in outer par|Forbidden control|a \{ is never closed"
    r"|Too deeply|TeX capacity exceeded"
    r"|Undefined control sequence \\(?:[A-Za-z]*@|MessageBreak$)|Missing number|You can't use `\\(?!item)"
    r"|.*allowed only in paragraph mode"
)
IN_MATHEMATICS = re.compile(r"Not in outer par mode")  # a figure or table begins inside of a formula or a box
# whatever came before it in the log, such an error is one of its own; LaTeX itself leaves \MessageBreak behind
BY_THEMSELVES = re.compile(
    r"Undefined control sequence \\(?!MessageBreak$)[A-Za-z]+$|Environment .* undefined|.*File `[^']*' not found"
    r"|Unicode character"
)


def errors(
    log: str, source: Sequence[str], preamble: Sequence[str] = (), pictures: Sequence[str] = ()
) -> list[Problem]:
    """Return the errors of a log, in order, without those that only follow from another one.

    `source` are the lines of the rendered document and `preamble` those of its preamble: TeX notices some mistakes
    at the end of a paragraph, of an argument or of the file, and the line where they were typed is looked for there.
    `pictures` are the files that the document may show.
    """
    sources = Sources(source, preamble, pictures)
    found = list(_raw_errors(log))
    real = [problem for problem in found if not problem.message.startswith(FOLLOW_UPS)] or found
    shown: list[Problem] = []
    for problem in real:
        if shown and not BY_THEMSELVES.match(problem.message):
            continue
        shown.append(_placed(problem, sources))
        if problem.message.startswith("Missing \\begin{document}"):
            break
    if not found and "(\\end occurred inside a group" in log:
        shown += [_nested(Problem("a { is never closed"), sources)]
    return _once(shown)


def unsettled(log: str, source: Sequence[str] = (), preamble: Sequence[str] = ()) -> list[Problem]:
    """Return what the last pass may not say: undefined references and citations, doubled labels, lost characters."""
    problems = []
    sources = Sources(source, preamble)
    for line in log.splitlines():
        if match := UNDEFINED.match(line):
            problems.append(_undefined(f"{match[1]} is undefined", int(match[2]), sources))
        elif match := MULTIPLE.match(line):
            problems += _doubled(match[1], source)
        elif match := MISSING_CHARACTER.match(line):
            problems.append(
                Problem(f"the character {match[1]} is not in the font {match[2].strip()} and would be lost")
            )
    return _once(problems)


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems in order, each once."""
    return list(dict.fromkeys(dataclasses.replace(problem, read=()) for problem in problems))


def _undefined(message: str, line: int, sources: Sources) -> Problem:
    """Return an undefined reference at the line where its name was typed."""
    kind = "label" if message.startswith("Reference") else "source"
    name = message.split("`")[1].split("'")[0]
    at = named_line(name, kind, paragraph(sources.document, line), line, sources)
    return _problem_at(message, at, sources)


def _problem_at(message: str, at: Typed, sources: Sources) -> Problem:
    """Return a problem in clear words at the place where it was typed."""
    words = clear(message, (sources.document, sources.preamble), sources.pictures)
    return Problem(words, PREAMBLE if at.in_preamble else DOCUMENT, at.line, column=at.column, start=at.start)


def _doubled(name: str, source: Sequence[str]) -> list[Problem]:
    """Return a label that is defined again, at its second place; none for the copy that cleveref makes of each."""
    if name.endswith("@cref"):
        return []
    figure = name.removeprefix("fig:")
    shown = f"\\reportfigure{{{figure}}}"
    lines = [number for number, text in enumerate(source, start=1)
             for _ in range(text.count(f"\\label{{{name}}}") + text.count(shown) * (figure != name))]  # fmt: skip
    text = f"label `{name}' is defined more than once: give this one another name"
    if lines and shown in source[lines[-1] - 1]:
        text = f"the figure {figure} is shown more than once: take one out, and refer to it: \\cref{{{name}}}"
    first = lines[0] if len(lines) > 1 else None
    return [Problem(text, line=lines[1] if len(lines) > 1 else None, first=first)]


def overfull(log: str, source: Sequence[str] = ()) -> list[Problem]:
    """Return the boxes that are too wide or too high by more than is tolerated.

    TeX gives the first and the last line of a paragraph; the text it quotes leads to the wide line in between.
    """
    problems = []
    lines = log.splitlines()
    for number, line in enumerate(lines):
        match = OVERFULL.match(line)
        if match is None or float(match[2]) <= TOLERATED_POINTS:
            continue
        at = re.search(r"lines? (\d+)(?:--(\d+))?", match[3])
        direction = "wide" if match[1] == "h" else "high"
        place = int(at[1]) if at else None
        if at and at[2]:
            place = printed_line("".join(lines[number + 1 : number + 2]), source, int(at[1]), int(at[2])) or place
        problems.append(Problem(f"{float(match[2]):.1f} pt too {direction}", line=place))
    return _once(problems)


def _raw_errors(log: str) -> Iterator[Problem]:
    lines = log.splitlines()
    for number, line in enumerate(lines):
        match, bare = ERROR.match(line), BARE_ERROR.match(line)
        if match is None and bare is None:
            continue
        following = lines[number + 1 : number + 1 + LONGEST_CONTEXT]
        if match is not None:
            yield Problem(_message(match[3], following), match[1], int(match[2]), readings(following))
        elif bare is not None and bare[1] and not PARAMETER.search(bare[1]):
            yield Problem(_message(bare[1], following), line=_line(following), read=readings(following))


def _line(following: Sequence[str]) -> int | None:
    """Return the line that TeX was reading at an error; where it ends there, for want of a file, it says so itself."""
    for line in following:
        if match := CONTEXT.match(line):
            return int(match[1])
        if match := ERROR.match(line):
            return int(match[2]) if match[3].startswith("Emergency stop") else None
    return None


def _message(text: str, following: Sequence[str]) -> str:
    text = WITH_SUFFIX.sub(r"\1' not found", text.removeprefix("LaTeX Error: ").strip())
    if text.startswith("Undefined control sequence"):
        names = COMMAND.findall(following[0]) if following else []
        return f"Undefined control sequence {names[-1]}" if names else text
    if text.endswith(":") and following:
        text = f"{text} {following[0].strip()}"
    return text.rstrip(".")


def _placed(problem: Problem, sources: Sources) -> Problem:
    """Return the problem in clear words at the line where it was typed."""
    here = Path(problem.file).name
    if here == PREAMBLE:
        return _nested(problem, sources, in_preamble=True)
    if here != DOCUMENT or problem.line is None:
        return _nested(problem, sources)
    if match := UNFINISHED.match(problem.message):
        blank = blank_line(sources.document, match[1][1:], problem.line)
        if blank and first_fault(sources.document) is None:
            text = f"a blank line is inside \\begin{{{match[1][1:]}}}: take it out, or type % on it"
            return Problem(text, line=blank[1])
    if IN_MATHEMATICS.match(problem.message) and first_fault(sources.document) is None:
        dollar = open_formula(sources.document, problem.line)
        if dollar is not None:  # TeX still sets the formula that this dollar begins
            return _problem_at("Missing $ inserted", dollar, sources)
    if OF_NESTING.match(problem.message):
        return _nested(problem, sources)
    at = typed(problem.message, problem.line, problem.read, sources)
    return _problem_at(problem.message, at, sources)


def _nested(problem: Problem, sources: Sources, *, in_preamble: bool = False) -> Problem:
    """Return what is wrong with braces and environments, if anything is; else the problem, in clear words."""
    words = clear(problem.message, (sources.document, sources.preamble), sources.pictures)
    if OF_NESTING.match(problem.message):
        if fault := first_brace(sources.preamble):
            return Problem(fault.message, PREAMBLE, fault.line, start=fault.start)
        if not in_preamble and (fault := first_fault(sources.document)):
            return Problem(fault.message, line=fault.line, start=fault.start, column=fault.start + 1)
        if in_preamble and (fault := first_fault(sources.preamble)) and fault.line == problem.line:
            return Problem(fault.message, PREAMBLE, fault.line, start=fault.start)
    return dataclasses.replace(problem, message=words, read=())
