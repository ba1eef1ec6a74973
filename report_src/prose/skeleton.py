r"""A section without its sentences (`make new-text SECTION=03`): what a student starts from to write it in other words.

The skeleton keeps the heading, the marks of the requirements with their words, figures, tables, algorithms and
derivations, and lists the keys that the shipped text prints, each with its style.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from report_src.errors import BuildError
from report_src.prose import requirements

OWN = ".own.tex.j2"  # ends the name of a skeleton
_PIECE = re.compile(
    r"\\(?:sub)*section\{[^\n]*"
    r"|\\BLOCK\{macro .*?\\BLOCK\{endmacro\}"
    r"|\\begin\{(?P<float>table|algorithm|figure)\}.*?\\end\{(?P=float)\}"
    r"|\\answer(?:ed)?\{(?P<ids>[A-Z0-9, ]+)\}"
    r"|\\reportfigure(?:\[[^\]]*\])?\{(?P<figure>[\w-]+)\}"
    r'|\\BLOCK\{(?:include "[^"]*"|set [^\n]*)\}',
    re.DOTALL,
)
_PRINTED = re.compile(r"\\VAR\{([^{}]*\|[^{}]*)\}")


def write(templates: Path, number: str | None) -> str:
    """Write the skeleton of the section whose file begins with `number`; return what to do with it.

    BuildError (status 2) where no section, or more than one, begins so, or the skeleton is there already.
    """
    folder = templates / "sections"
    names = sorted(path.name for path in folder.glob("[0-9]*.tex.j2") if not path.name.endswith(OWN))
    found = [name for name in names if number and name.startswith(number)]
    if len(found) != 1:
        raise BuildError(f"which section? got '{number or ''}', expected the start of one of {', '.join(names)}; "
                         f"type: make new-text SECTION={(names or ['03'])[0].partition('_')[0]}", 2)  # fmt: skip
    path = folder / found[0].replace(".tex.j2", OWN)
    if path.exists():
        raise BuildError(f"{path} is there already; move it away, or write on in it", 2)
    known = {row.id: row.text for row in requirements.load(templates / "requirements.toml")}
    path.write_text(skeleton((folder / found[0]).read_text(encoding="utf-8"), known), encoding="utf-8")
    return f"{path}\nwrite your sentences there, then name it in templates/report.tex.j2 instead of {found[0]}"


def skeleton(source: str, texts: dict[str, str]) -> str:
    """Return a section's template without its sentences; `texts` says what each requirement asks."""
    keys = dict.fromkeys(" ".join(printed.split()) for printed in _PRINTED.findall(source))
    listed = "\n".join(key for key in keys if not key.startswith(("loop", '"')))
    return "\n".join([*_pieces(source, texts), f"\\NOTE{{Numbers at hand, each with its style:\n{listed}\n}}", ""])


def _pieces(source: str, texts: dict[str, str]) -> Iterator[str]:
    marked: set[str] = set()
    for piece in _PIECE.finditer(source):
        if piece["ids"]:
            ids = [name for name in piece["ids"].replace(" ", "").split(",") if name not in marked]
            marked.update(ids)
            if ids:
                asked = "; ".join(f"{name}: {texts.get(name, '')}" for name in ids)
                yield f"\n\\NOTE{{{asked}}}\n\\answer{{{','.join(ids)}}}{{Head.}}\nYour sentences."
        elif piece["figure"]:
            yield f"\n{piece.group()}{{Your caption.}}"
        else:
            yield piece.group()
