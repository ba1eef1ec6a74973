"""How to correct a line that is not TOML: the last part of a message."""

import re

# the parser's reason, the text from its column on, the text before it (regular expressions) -> the next step
_STEPS = (
    (r"", r"<<<<<<<|=======|>>>>>>>", r"", "choose one side of the merge conflict and take its marks out"),
    (r"", r"\r|.*\r(?!$)", r"", "save it with line ends of Unix (LF)"),
    (r"overwrite", r"", r"", "the name is given twice: take one out, or write [[name]] for a table that repeats"),
    (r"declare", r"", r"", "the table begins twice: put its lines under one heading"),
    (r"unescaped|escape", r"", r"", r"put the text between single quotes '…', in which \ is a sign like any other"),
    (r"character '\\n'|[Uu]nterminated", r"", r"", "close the quote on the line where it opens"),
    (r"Expected \"(?:'''|\"\"\")", r"", r"", "close the text with three quotes, as it opens"),
    (r"[Uu]nclosed array", r"", r"", "part the entries by commas, write decimal points, and close the ]"),
    (r"'=' after a key", r"", r"", 'write name = value, as in author = "My Name"'),
    (r"value", r"[“”„‘’«»]", r"", 'use straight quotes: "…"'),
    (r"value", r"(?i:true)\b", r"", "write true, in small letters"),
    (r"value", r"(?i:false)\b", r"", "write false, in small letters"),
    (r"value", r"(?i:yes|no|on|off)\b", r"", "put text between quotes, a setting that is on or off is true or false"),
    (r"value", r"\.\d", r"", "write a digit before the decimal point"),
    (r"value", r"\s*(?:#|$)", r"", "write a value behind the =, or take the line out"),
    (r"value", r"[^\W\d_]", r"", 'put text between quotes: "…"'),
    (r"after a statement", r"//", r"", "a comment begins with #"),
    (r"after a statement", r"\s*%", r"\d$", "write the share as a number from 0 to 1"),
    (r"after a statement", r",\d", r"\d$", "write a decimal point for the comma"),
    (r"after a statement", r"[;,]", r"", "take the sign at the end of the line out"),
    (r"after a statement", r"[\d-]*-\d", r"", "write a date as year-month-day: 2026-02-07"),
    (r"after a statement", r"\d", r"=\s*0$", "put a number that begins with 0 between quotes"),
    (r"after a statement", r"", r"", "put text between quotes, and a comment behind #"),
)  # fmt: skip


def step(text: str, reason: str, line: int, column: int) -> str:
    """Return the next step for a mistake at a line and column (both from 1) of a text that is no TOML; "" if unknown.

    `seed = 600;`, column 11 -> "take the sign at the end of the line out"
    """
    lines = text.split("\n")
    typed = lines[line - 1] if line <= len(lines) else ""
    before, here = typed[: column - 1], typed[column - 1 :]
    for of_reason, of_here, of_before, said in _STEPS:
        if re.search(of_reason, reason) and re.match(of_here, here) and re.search(of_before, before):
            return said
    return ""
