r"""What TeX cannot read inside the braces of a command: `\verb`, and a percent sign in an address.

TeX splits an argument into commands and letters before the command in it could say that a percent sign is a letter.
"""

import re
from collections.abc import Iterator

from report_src.prose.comments import blank_comments, without_tags

_VERBATIM = re.compile(
    r"\\begin\{(verbatim\*?|Verbatim\*?|lstlisting|comment)\}.*?\\end\{\1\}"
    r"|\\(?P<letters>verb\*?|lstinline)(?P<bar>[^\sA-Za-z*{\[])(?P<shown>[^\n]*?)(?P=bar)"
    r"|\\(?P<address>url|nolinkurl|path|href)\s*\{(?P<target>[^{}\n]*)\}",
    re.DOTALL,
)
_PERCENT = re.compile(r"(?<!\\)%")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_COMMAND = re.compile(r"(\\[A-Za-z@]+\*?)(?:\s*\[[^\[\]]*\])*(?:\{[^{}]*\})*\s*$")
_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "_%#&${}"})
FARTHEST = 2000  # characters before it in which the command is looked for


def unreadable(source: str) -> Iterator[tuple[int, str]]:
    """Yield (position, message) of what is inside the braces of a command and cannot be read there."""
    text = without_tags(source)
    for found in _VERBATIM.finditer(text):
        percent = _PERCENT.search(found["target"] or "")
        if not (found["letters"] or percent):
            continue
        command = _command_around(text, found.start())
        if command and found["letters"]:
            typed = found["shown"].translate(_SIGNS).replace("\\\\", "\\textbackslash ")
            step = f"type \\texttt{{{typed}}} there"
            yield found.start(), f"\\{found['letters']} cannot be read inside the braces of {command}; {step}"
        elif command and percent:
            rest = f"makes a comment of the rest of its line inside the braces of {command}"
            yield found.start("target") + percent.start(), f"% in the address of \\{found['address']} {rest}; write \\%"


def _command_around(text: str, position: int) -> str:
    r"""Return the innermost command whose argument holds a position of the text; "" where none does.

    `\footnote{see \verb|x|}` at `\verb` -> `\footnote`
    """
    before = blank_comments(text[:position])[-FARTHEST:]
    opened: list[int] = []
    for brace in _BRACE.finditer(before):
        if brace.group() == "{":
            opened.append(brace.start())
        elif brace.group() == "}" and opened:
            opened.pop()
    commands = (_COMMAND.search(before[:start]) for start in reversed(opened))
    return next((command[1] for command in commands if command), "")
