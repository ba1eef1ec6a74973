"""pandoc, which reads LaTeX and writes HTML; what it would leave out is an error at the template's line."""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from report_src.errors import BuildError, RenderError
from report_src.tex.source_map import DOCUMENT, LineMap, Problem
from report_src.web.tree import Node

SECONDS = 120  # the limit of one run
MACROS = "macros.tex"
# they move what is printed, or print nothing: a page has its own layout
DECLARATIONS = """
    allowbreak arraybackslash centering raggedright raggedleft tiny scriptsize footnotesize small normalsize large Large
    LARGE huge strut null newpage bigskip medskip smallskip sloppy frenchspacing noindent indent leavevmode protect
    nobreak FloatBarrier
"""
LAYOUT = """
    bgroup egroup hspace vspace hskip vskip hfill vfill setlength addtolength setcounter addtocontents renewcommand
    Needspace needspace thispagestyle pagestyle phantom hphantom vphantom pagebreak nopagebreak linebreak nolinebreak
    place suppressfloats pdfnames pdfcatalog color relax looseness label par
"""
ENVIRONMENTS = frozenset(("derivation", "literaltext", "multicols", "center", "flushleft", "flushright", "minipage"))
_COMMAND = re.compile(r"\\(?:(?:begin|end)\{(?P<environment>[^}]*)\}|(?P<name>[A-Za-z@]+\*?|.))", re.DOTALL)
_STOPPED = re.compile(
    r'Error at "[^"]*?(?P<file>[\w.-]*)" \(line (?P<line>\d+), column (?P<column>\d+)\):\s*(?P<why>.*)', re.DOTALL
)
_UNKNOWN = re.compile(r"unexpected control sequence (\\\S+)")


def path() -> str:
    """Return pandoc's path; BuildError where its wheel is not installed."""
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        raise BuildError("make web needs pandoc; type: .venv/bin/pip install pypandoc-binary", 2) from None


def read(text: str, macros: str, line_map: LineMap) -> list[Node]:
    """Return the blocks of a LaTeX document; RenderError at the template's line where pandoc would lose some of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = "".join(f"\\newcommand{{\\{name}}}{{}}\n" for name in DECLARATIONS.split())
        (folder / MACROS).write_text(empty + macros, encoding="utf-8")
        (folder / DOCUMENT).write_text(text, encoding="utf-8")
        done, log = _run(folder, "-f", "latex", "-t", "json", MACROS, DOCUMENT)
    if done.returncode:
        raise _stopped(done.stderr, line_map)
    for entry in log:
        _refuse_left_out(entry, text, macros, line_map)
    return list(json.loads(done.stdout)["blocks"])


def _refuse_left_out(entry: Mapping[str, Any], text: str, macros: str, line_map: LineMap) -> None:
    """RenderError where an entry of pandoc's log says that it left something out that is printed."""
    if entry["type"] not in ("SkippedContent", "ParsingUnescaped"):
        return
    found = _COMMAND.match(entry["contents"])
    lost = found[0] if found else entry["contents"].strip()
    if found and (found["name"] in LAYOUT.split() or found["environment"] in ENVIRONMENTS):
        return
    line = int(entry["line"])
    here = _COMMAND.match(text.split("\n")[line - 1][int(entry["column"]) - 1 :])
    of = f" (in what {here[0]} expands to)" if here and here[0] != lost and f"{{{here[0]}}}" in macros else ""
    raise RenderError(_advice(lost, of), line_map.place(Problem("", line=line, column=int(entry["column"]))))


def _advice(lost: str, of: str = "") -> str:
    return (f"the web page does not know {lost}{of}, and would lose what it prints; define it as an abbreviation in "
            "templates/preamble.tex, or for the page in report_src/web/preamble.tex")  # fmt: skip


def _stopped(said: str, line_map: LineMap) -> RenderError:
    """Return the error for a document that pandoc cannot read."""
    found = _STOPPED.search(said)
    if not found:
        return RenderError(f"pandoc failed: {said.strip()[-500:]}")
    why = " ".join(found["why"].replace("^", " ").split())
    return RenderError(f"the web page cannot be read from here on: {why}",
                       line_map.place(Problem("", found["file"], int(found["line"]))))  # fmt: skip


def write(blocks: list[Node], places: Mapping[str, int], line_map: LineMap) -> str:
    """Return blocks as HTML with MathML; RenderError for a formula that has no MathML.

    `places` has the line of each formula in the document.
    """
    document = json.dumps({"pandoc-api-version": [1, 23], "meta": {}, "blocks": blocks})
    with tempfile.TemporaryDirectory() as name:
        done, log = _run(
            Path(name), "-f", "json", "-t", "html5", "--mathml", "--wrap=none", "--no-highlight", given=document
        )
    if done.returncode:
        raise RenderError(f"pandoc failed: {done.stderr.strip()[-500:]}")
    for entry in log:
        if entry["type"] == "CouldNotConvertTeXMath":
            unknown = _UNKNOWN.search(entry["message"])
            why = _advice(unknown[1]) if unknown else f"a formula has no MathML: {' '.join(entry['message'].split())}"
            raise RenderError(why, line_map.place(Problem("", line=places.get(entry["contents"]))))
    return done.stdout


def _run(
    folder: Path, *arguments: str, given: str = ""
) -> tuple[subprocess.CompletedProcess[str], Sequence[dict[str, Any]]]:
    """Run pandoc in a folder, where it reads only the files that are named; return what came of it and its log."""
    command = [path(), "--sandbox", "--log=log.json", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, encoding="utf-8",
                              timeout=SECONDS, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BuildError(f"pandoc took more than {SECONDS} s and was ended") from None
    log = folder / "log.json"
    return done, json.loads(log.read_bytes()) if log.exists() else []
