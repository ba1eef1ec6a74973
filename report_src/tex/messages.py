r"""TeX's messages in words that say what to do; an unknown name comes with the nearest known ones."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from report_src.tex.escape import command_of

SHOWN_NAMES = 3
SHOWN_PICTURES = 12
PICTURES = (".pdf", ".png", ".jpg", ".jpeg", ".eps", ".svg", ".ps", ".gif")  # how the name of a picture ends
PACKAGES = (".sty", ".cls", ".def", ".fd", ".clo", ".cfg")  # how that of a file of TeX's own ends
LIKENESS = 0.75  # of two names, from 0 to 1; below it the one is not taken for the other
OF_TEMPLATES = ("\\VAR", "\\BLOCK", "\\NOTE")

# TeX's words (a regular expression) -> ours; its first group, if any, is the name that is not known
MEANINGS: tuple[tuple[str, str], ...] = (
    (r"Interruption", "TeX was stopped here, as it comes to no end: does a loop end?"),
    (
        r"Missing \\begin\{document\}",
        "Missing \\begin{document}: words or a printing command before it, where only settings and definitions may "
        "stand; take them out",
    ),
    (
        r"Missing \$ inserted",
        "Missing $ inserted: mathematics (_, ^, a symbol) goes between $ and $; the sign itself is \\_ or \\$",
    ),
    (
        r"Misplaced alignment tab character &",
        "Misplaced alignment tab character &: outside of a table or align write \\&",
    ),
    (
        r"Extra alignment tab has been changed to \\cr",
        "Extra alignment tab: this row has more cells than the table has columns; take an & out, or end the row "
        "before with \\\\",
    ),
    (
        r"You can't use `macro parameter character #' in [\w ]+ mode",
        "You can't use `macro parameter character #' here: in words it is written \\#",
    ),
    (
        r"Illegal parameter number in definition of (\S+)",
        "Illegal parameter number in the definition of {}: in words a # is written \\#",
    ),
    (
        r"Can be used only in preamble",
        "this command is for templates/preamble.tex only: move the line there (\\usepackage and the like)",
    ),
    (r"Lonely \\item.*", "Lonely \\item: put it between \\begin{itemize} and \\end{itemize}"),
    (r"Something's wrong--perhaps a missing \\item", "a list has words before its first \\item"),
    (r"Double (super|sub)script", "Double {}script: put braces around one of the two, x^{ab} or {x^a}^b"),
    (r"Missing \\right\. inserted", "Missing \\right: a \\left needs its \\right in the same row"),
    (r"Extra \\right", "Extra \\right: a \\right needs its \\left in the same row"),
    (r"Illegal unit of measure \(pt inserted\)", "Illegal unit of measure: a length has a unit, as 3pt, 3mm or 3em"),
    (r"Missing number, treated as zero", "Missing number: a number or a length is expected here"),
    (
        r"Paragraph ended before (\\[A-Za-z]+)(?:@\w*)? was complete",
        "a blank line is inside the braces of {}: take it out, or close the brace before it",
    ),
    (r"There's no line here to end", "There's no line here to end: take the \\\\ out"),
    (
        r"Unicode character (.+ \(U\+[0-9A-F]+\))(?: not set up.*)?",
        "Unicode character {} is not in the document's fonts: take it out, or have a command print it",
    ),
    (
        r"Argument of \\caption@\w+ has an extra }",
        "a \\footnote inside \\caption: put its words into the caption or the text",
    ),
    (
        r"(?:Package caption Error: )?\\caption outside float",
        "\\caption outside of a figure or table: put it between \\begin{figure} and \\end{figure}",
    ),
    (r"Missing } inserted", "Missing } inserted: does a command lack an argument, as \\frac{{1}} does?"),
    (
        r"Package xcolor Error: +Undefined color `([^']*)'",
        "Undefined color `{}': define it in templates/preamble.tex, or take another name",
    ),
    (
        r"Package array Error: +Illegal pream-token \(([^)]*)\).*",
        "a column of a table is l, c, r or p{{3cm}}, got `{}'",
    ),
    (r"Misplaced \\noalign", "a line across a table (\\hline, \\midrule) comes behind the \\\\ of a row"),
    (
        r"(\\\w+) allowed only in math mode",
        "{} allowed only in math mode: put the formula between $ and $",
    ),
)
NAMED: tuple[tuple[str, str, str], ...] = (  # TeX's words, ours, and what kind of name is not known
    (r"Undefined control sequence (\\.+)", "Undefined control sequence {}", "command"),
    (r"Environment (.+) undefined", "Environment {} undefined", "environment"),
    (r"(?:Package \S+ Error: )?File `([^']+)' not found.*", "File `{}' not found", "file"),
    (r"Reference `(.*)' is undefined", "Reference `{}' is undefined", "label"),
    (r"Citation `(.*)' is undefined", "Citation `{}' is undefined", "source"),
)
_FOUND_BY = {
    "command": r"(\\[A-Za-z@]+)",
    "environment": r"\\(?:begin|newenvironment)\{([^{}]+)\}",
    "label": r"\\label\{([^{}]+)\}",
    "source": r"\\bibitem(?:\[[^]]*\])?\{([^{}]+)\}",
}
_FIGURE = re.compile(r"\\reportfigure\{([^{}]+)\}")  # labels its figure fig:name
_TO_NAME = {"label": "that of a \\label", "source": "the key of an entry of templates/references.bib"}
_TO_DO = {
    "command": "define it in templates/preamble.tex, or take it out",
    "environment": "define it in templates/preamble.tex, or take it out",
    "label": "there is no \\label of that name",
    "source": "templates/references.bib has no entry of that name",
}


def _typed_for(character: str) -> str:
    """Return what to type for a character that the fonts lack; "" where nothing replaces it."""
    return "the letter and its accent as one character" if unicodedata.combining(character) else command_of(character)


def clear(message: str, sources: Sequence[Sequence[str]], pictures: Sequence[str] = ()) -> str:
    """Return TeX's message with what to do about it; names near to an unknown one are looked for in `sources`.

    `pictures` are the files that a document may show.
    """
    if control := re.match(r"Unicode character \^\^\S+ \((U\+[0-9A-F]+)\)", message):
        return f"the control character {control[1]} prints nothing; take it out"
    unknown = unknown_name(message)
    if unknown and unknown[1] == "character" and (command := _typed_for(unknown[0])):
        character = f"{unknown[0]} (U+{ord(unknown[0]):04X})"
        return f"Unicode character {character} is not in the document's fonts: type {command}"
    for pattern, meant in MEANINGS:
        if match := re.fullmatch(pattern, message):
            return meant.replace("{}", match[1]) if match.lastindex else meant
    for pattern, meant, kind in NAMED:
        if match := re.fullmatch(pattern, message):
            step = _of_file(match[1], pictures) if kind == "file" else _advice(match[1], kind, sources)
            return f"{meant.replace('{}', match[1])}; {step}"
    return message


def unknown_name(message: str) -> tuple[str, str] | None:
    """Return (name, kind) of what a message of TeX calls unknown; None where it names nothing."""
    for pattern, _, kind in NAMED:
        if match := re.fullmatch(pattern, message):
            return match[1], kind
    match = re.match(r"Unicode character (\S) \(U\+", message)
    return (match[1], "character") if match else None


def _advice(name: str, kind: str, sources: Sequence[Sequence[str]]) -> str:
    """Return the names nearest to an unknown one, or what to do where none is near."""
    if name in OF_TEMPLATES:
        return f"a tag is {name}{{…}}, with braces, in a template (*.tex.j2); preamble.tex is copied unchanged"
    if kind == "command" and "@" in name:
        return "it is one of LaTeX's own: is its environment begun, is its package loaded?"
    if kind in ("label", "source") and not name.strip():
        return f"a name is missing between its braces: {_TO_NAME[kind]}"
    known = {found for lines in sources for line in lines for found in re.findall(_FOUND_BY[kind], line)}
    known |= {*OF_TEMPLATES} if kind == "command" else set()
    if kind == "label":
        known |= {f"fig:{found}" for lines in sources for line in lines for found in _FIGURE.findall(line)}
        if name.strip() in known:
            return f"write {name.strip()} without the space beside it"
    near = nearest(name, known) or ", ".join(sorted(one for one in known if one.partition(":")[2] == name))
    return f"nearest: {near}" if near else _TO_DO[kind]


def _of_file(name: str, pictures: Sequence[str]) -> str:
    r"""Return where a file was looked for and what to do: TeX reads only what the build puts into its folder.

    "figures/training-acuracy.pdf" -> "nearest: figures/training-accuracy.pdf (looked in figures/ of the build)"
    """
    if name.endswith(PACKAGES):
        return "this TeX has no such package; install it, or take its line out"
    if name.endswith(".tex"):
        return f'TeX reads no other template; read it with \\BLOCK{{include "{name}"}}, by its name below templates/'
    if re.search(r"\.\w+$", name) and not name.endswith(PICTURES):
        return 'TeX reads no file of yours; print a function with \\VAR{code("studies.name.module.function")}'
    folders = " and ".join(sorted({picture.partition("/")[0] + "/" for picture in pictures}) or ["figures/"])
    near = nearest(name if "/" in name else f"figures/{name}", pictures)
    if near:
        return f"nearest: {near} (looked in {folders} of the build)"
    shown = ", ".join(pictures[:SHOWN_PICTURES]) or "no picture"
    more = f" and {len(pictures) - SHOWN_PICTURES} more" if len(pictures) > SHOWN_PICTURES else ""
    step = "correct its name, have a plot in PLOTS draw it, or name your page under [scans] of report.toml"
    return f"looked in {folders} of the build, where there is {shown}{more}; {step}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known names that are most like `name`, joined by commas; "" where none is."""
    others = sorted(set(known) - {name})
    in_case = [other for other in others if other.lower() == name.lower()]
    return ", ".join(in_case or difflib.get_close_matches(name, others, n=SHOWN_NAMES, cutoff=LIKENESS))
