"""Reads a TeX log: what went wrong, at the line of the template that the author typed."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

TOLERATED_POINTS = 2.0  # an overfull line by less is not seen in print (0.7 mm)
PREAMBLE = "preamble.tex"  # copied as it is: its lines are those of templates/preamble.tex

ERROR = re.compile(r"^(?:\./)?([^\s:()]+\.\w+):(\d+): (.*)$")
BARE_ERROR = re.compile(r"^! ?(.*)$")
CONTEXT = re.compile(r"^l\.(\d+) ?(.*)$")
COMMAND = re.compile(r"\\[A-Za-z@]+|\\.")
UNDEFINED = re.compile(r"^\S.* Warning: ((?:Reference|Citation) `[^']*').* undefined on input line (\d+)")
MULTIPLE = re.compile(r"^LaTeX Warning: Label `([^']*)' multiply defined")
OVERFULL = re.compile(r"^Overfull \\([hv])box \(([\d.]+)pt too \w+\)(.*)$")
MISSING_CHARACTER = re.compile(r"^Missing character: There is no (\S+).* in font (?!nullfont)([^!]*)!")
UNCLOSED_GROUP = re.compile(r"^### (.*?) group \(level \d+\) entered at line (\d+)")
BEGUN = re.compile(r"\\begin\{([^}]*)\} on input line (\d+) ended by \\end\{([^}]*)\}")
ESCAPED_OR_COMMENT = re.compile(r"\\.|%.*")
UNFINISHED = re.compile(r"^(?:Paragraph ended before|File ended while scanning use of) (\\\S+)")
FOLLOW_UPS = ("Emergency stop", "==> Fatal error", " ==> Fatal error", "I was expecting", "(That makes")


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing the log complains of; `line` counts in the rendered file."""

    message: str
    file: str = "report.tex"
    line: int | None = None


@dataclasses.dataclass(frozen=True)
class LineMap:
    """Where each line of the rendered document comes from."""

    lines: Sequence[tuple[str, int]] = ()

    @classmethod
    def read(cls, path: Path) -> LineMap:
        """Read report.map.json: {"lines": [[template, line], …]}; without it nothing is mapped."""
        try:
            return cls([(str(name), int(line)) for name, line in json.loads(path.read_bytes())["lines"]])
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def place(self, problem: Problem) -> str:
        """Return "templates/sections/03_x.tex.j2:41", as near as is known."""
        if problem.line is None:
            return problem.file
        if problem.file == PREAMBLE:
            return f"templates/{PREAMBLE}:{problem.line}"
        if problem.file.endswith("report.tex") and 1 <= problem.line <= len(self.lines):
            template, line = self.lines[problem.line - 1]
            return f"{template}:{line}"
        return f"{problem.file}:{problem.line}"


def errors(log: str, source: Sequence[str]) -> list[Problem]:
    """Return the errors of a log, in order, without those that only follow from another one.

    `source` are the lines of the rendered document: TeX notices some mistakes at the end of the
    paragraph or of the file, and the line where they begin is looked for there.
    """
    found = [_improved(problem, source) for problem in _raw_errors(log)]
    real = [problem for problem in found if not problem.message.startswith(FOLLOW_UPS)] or found
    real += [Problem(f"a {kind} group begun here is never closed ({{ without }})", line=line)
             for kind, line in _unclosed_groups(log) if not real]  # fmt: skip
    return list(dict.fromkeys(real))


def unsettled(log: str) -> list[Problem]:
    """Return what the last pass may not say: undefined references and citations, doubled labels, lost characters."""
    problems = []
    for line in log.splitlines():
        if match := UNDEFINED.match(line):
            problems.append(Problem(f"{match[1]} is undefined", line=int(match[2])))
        elif match := MULTIPLE.match(line):
            problems.append(Problem(f"label `{match[1]}' is defined more than once"))
        elif match := MISSING_CHARACTER.match(line):
            problems.append(
                Problem(f"the character {match[1]} is not in the font {match[2].strip()} and would be lost")
            )
    return list(dict.fromkeys(problems))


def overfull(log: str) -> list[Problem]:
    """Return the boxes that are too wide or too high by more than is tolerated."""
    problems = []
    for line in log.splitlines():
        match = OVERFULL.match(line)
        if match is None or float(match[2]) <= TOLERATED_POINTS:
            continue
        at = re.search(r"lines? (\d+)", match[3])
        direction = "wide" if match[1] == "h" else "high"
        problems.append(Problem(f"{float(match[2]):.1f} pt too {direction}", line=int(at[1]) if at else None))
    return list(dict.fromkeys(problems))


def _raw_errors(log: str) -> Iterator[Problem]:
    lines = log.splitlines()
    for number, line in enumerate(lines):
        match, bare = ERROR.match(line), BARE_ERROR.match(line)
        if match is None and bare is None:
            continue
        context = _context(lines[number + 1 :])
        if match is not None:
            yield Problem(_message(match[3], lines[number + 1 :]), match[1], int(match[2]))
        elif bare is not None and bare[1]:
            at = CONTEXT.match(context)
            yield Problem(_message(bare[1], lines[number + 1 :]), line=int(at[1]) if at else None)


def _context(following: Sequence[str]) -> str:
    """Return the line l.<number> … that belongs to an error."""
    for line in following[:20]:
        if CONTEXT.match(line):
            return line
        if ERROR.match(line):
            break
    return ""


def _message(text: str, following: Sequence[str]) -> str:
    text = text.removeprefix("LaTeX Error: ").strip()
    if text.startswith("Undefined control sequence"):
        names = COMMAND.findall(following[0]) if following else []
        return f"Undefined control sequence {names[-1]}" if names else text
    if text.endswith(":") and following:
        text = f"{text} {following[0].strip()}"
    return text.rstrip(".")


def _improved(problem: Problem, source: Sequence[str]) -> Problem:
    """Return the problem at the line where the mistake begins, where TeX noticed it later."""
    if not problem.file.endswith("report.tex"):
        return problem
    if match := UNFINISHED.match(problem.message):
        start = _opening(source, match[1], problem.line or len(source))
        what = "an argument" if "@" in match[1] else match[1]
        return Problem(f"{what} is not finished: a }} is missing, or a blank line stands inside", line=start)
    if problem.line is None:
        return problem
    line = min(problem.line, len(source))
    if match := BEGUN.search(problem.message):
        text = f"\\begin{{{match[1]}}} is ended by \\end{{{match[3]}}}"
        return Problem(text, line=int(match[2]) if match[3] == "document" else line)
    while line > 1 and source and not source[line - 1].strip():
        line -= 1  # noticed at the blank line that ends the paragraph
    return dataclasses.replace(problem, line=line)


def _opening(source: Sequence[str], command: str, line: int) -> int:
    """Return the line where that begins which is still open at `line`: an environment of that name, else a brace."""
    environment = f"\\begin{{{command[1:]}}}"
    for start in range(line, 0, -1):
        if environment in source[start - 1]:
            return start
    opened: list[int] = []
    for number, text in enumerate(source[:line], start=1):
        for brace in re.findall(r"[{}]", ESCAPED_OR_COMMENT.sub("", text)):
            if brace == "{":
                opened.append(number)
            elif opened:
                opened.pop()
    return opened[-1] if opened else line


def _unclosed_groups(log: str) -> Iterator[tuple[str, int]]:
    if "(\\end occurred inside a group" not in log:
        return
    for line in log.splitlines():
        if match := UNCLOSED_GROUP.match(line):
            yield match[1], int(match[2])
