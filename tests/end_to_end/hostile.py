"""Hostile texts, the fields through which outside text enters, and projects that hold one in the other."""

import csv
import json
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from analysis.data import dataset
from analysis.settings.load import load
from analysis.settings.validate import ADDRESS
from report_src.build import starter
from report_src.fonts import shaping
from report_src.fonts.faces import face_for
from report_src.rendering import ai_usage, scans
from report_src.tex.escape import _LETTERS, _MATHEMATICS, _SPECIAL
from tests.end_to_end.front_door import TEST_ROWS, TRAIN_ROWS
from tests.end_to_end.reports import simulated, turned_picture, two_pages

CANARY = "owned"  # how the name begins of every file that a text would make if it were acted on
HUGE = 999_000  # characters: what a prompt may just have
LONGEST = 10_000  # characters of text on a page or two

PAYLOADS = {
    "file of the system": r"\input{/etc/passwd}",
    "other file of the system": r"\openin5=/etc/passwd \read5 to\x\x \lstinputlisting{/etc/passwd} \verbatiminput|",
    "shell of TeX": r"\write18{touch owned-1}\immediate\write18{touch owned-2}\input{|touch owned-3}",
    "file of TeX": r"\immediate\openout5=owned-4.txt \immediate\write5{x}\immediate\closeout5 ",
    "catcode": "\\catcode`\\%=12 \\catcode`\\{=12 \\endlinechar=-1 \\def\\par{\\par}",
    "caret notation": "^^M^^5cinput^^7b/etc/passwd^^7d^^00^^^^005c",
    "csname": r"\csname end\endcsname\expandafter\end{document}\endinput",
    "end of verbatim": r"\end{literaltext}\end{verbatim}\end{figure}\end{document}",
    "braces": r"}}{{}\} \{ \\",
    "special letters": r"# $ % & ~ _ ^ { } < > | \ ` ' / @ = + - * ( ) [ ]",
    "comment": "% the rest of the line",
    "option": "[1cm]*[",
    "ligatures": "-- --- ,, << >> !` ?` `` '' fi ffl",
    "conditional": r"\else\fi\fi\iffalse\loop\iftrue\repeat",
    "marks of our own": r"\result{eda.rows}{99} \hyperlink{number:eda.rows}{1} \answered{A1} \ref{none}",
    "Jinja block": r"\BLOCK{include '/etc/passwd'}\BLOCK{for i in range(10**9)}x\BLOCK{endfor}",
    "Jinja value": r"\VAR{settings.__class__.__mro__}\VAR{7 * 7}",
    "Jinja comment": r"\NOTE{ \BLOCK{raw} \BLOCK{endraw}",
    "Jinja as others write it": "{{ 7 * 7 }}{% raw %}{# x #}{%",
    "line mark": "\ue000sections/02_eda.tex.j2:1\ue001",
    "shell": "$(touch owned-5) ${IFS} $HOME !! ; touch owned-6 & touch owned-7 | touch owned-8 > owned-9",
    "backquote": "`touch owned-10`",
    "quotes": "\"'`'\"\"\" ''' \\\" \\'",
    "mathematics": r"$x_1^{2$ $\frac{1}{ $$ \(x\) \[x\]",
    "format": "%s %(name)s %n {0} {x!r} {",
    "format of Python": "{0.__class__} {settings}",
    "command line": "--shell-escape -fmt=x",
    "terminal": "\x1b[31mred\x1b]0;title\x07\x1b]8;;http://x\x1b\\\x7f",
    "terminal, eight bits": "\x9b31m\x90x\x9c\u0085",
    "right to left": "\u202egnp.exe\u2066\u200f\u05e9\u05dc\u05d5\u05dd",
    "emoji": "\U0001f600 \U0001f469\u200d\U0001f4bb \u2764\ufe0f",
    "letters of the world": "Zo\xeb \xc5\u03b1 \xb0C m\xb2 \xa35 \u0142 \u4e2d\u6587 e\u0301\u0323 \ufb01",
    "NUL": "a\0b",
    "line ends": "a\nb\r\nc\rd\u2028e\tf",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "formula of a spreadsheet": "=cmd|' /C touch owned-11'!A0",
    "folders above": "../../../../etc/passwd",
    "URL of a script": "javascript:alert(1)//",
    "URL of a file": "file:///etc/passwd#",
    "URL of data": "data:text/html;base64,PHNjcmlwdD4",
    "URL with a gap": "https://example.org/a b?q=1&r=%0a",
    "URL that closes": "https://example.org/\"}\\)'>(x)%5c%7d#frag~_^",
    "progress of a study": "PROGRESS\teda\t1\t1\nerror: none\nSTEPS\t9",
    "one megabyte": "x" * HUGE,
    "one megabyte of braces": "\\{" * (HUGE // 2),
}

ORDINARY = {
    "title": "Small", "author": "A. Student", "roll_number": "1", "repository": "https://example.org/small",
    "assignment": "Assignment", "course": "Course", "institution": "School", "term": "Term", "source": "drawn",
    "unit_of_observation": "listing", "target": "price", "target_meaning": "kind of price", "class": "Budget",
    "label": "low", "numerical": "nights", "meaning": "nights to stay", "unit": "nights", "categorical": "borough",
    "categorical_meaning": "part of town", "category": "Queens", "described_category": "Harbour",
    "train": "train.csv", "test": "test.csv", "log": "ai.toml", "picture": "page.jpg", "pages": "pages.pdf",
    "tool": "T 1", "date": "2026-02-07", "purpose": "ideas", "prompt": "Why?", "output": "Because.",
    "edits": "none", "config": "report.toml", "build": "build",
}  # fmt: skip
FIELDS = tuple(ORDINARY)
NAMES_OF_FILES = ("train", "test", "log", "picture", "pages", "config", "build")
ON_COMMAND_LINE = ("config", "build")
REPORT = ("title", "author", "roll_number", "repository", "assignment", "course", "institution", "term")
LOGGED = ("tool", "date", "purpose", "prompt", "output", "edits")
# fields of the small report: those that its pages print, and all
PRINTED_BY_SMALL = (*REPORT, *LOGGED, "source", "unit_of_observation")
OF_SMALL = (*PRINTED_BY_SMALL, "target", "target_meaning", "numerical", "meaning", "unit")
IN_TABLES = ("target", "label", "numerical", "categorical", "category")
LONG = ("prompt", "output", "edits")
# not at all, or (a category) in a figure only, where it is shortened
ON_NO_PAGE = frozenset(
    {"category", "label", "described_category", "meaning", "log", "picture", "pages", "config", "build"}
)
HUGE_ONES = ("one megabyte", "one megabyte of braces")
# what no system takes for a name, what would lead out of the test's folder, and a log that is not there
IMPOSSIBLE = {*((field, payload) for field in ON_COMMAND_LINE for payload in ("NUL", *HUGE_ONES)),
              ("build", "folders above"), ("log", "folders above")}  # fmt: skip


def refused(field: str, payload: str) -> bool:
    """Whether a cell of the table is to be refused; every other one is to be printed as it is."""
    if payload in HUGE_ONES:
        return field not in LONG
    if payload == "NUL" and field in IN_TABLES:
        return True
    if field in REPORT and "\n" in PAYLOADS[payload]:
        return True  # the first page prints it as one line
    if field == "config":
        return payload == "folders above"
    if field == "repository":
        return ADDRESS.fullmatch(filled(field, payload)) is None
    if field in NAMES_OF_FILES and field != "build":
        return payload == "folders above" or not filled(field, payload).isprintable()
    return False


ADDRESS_BEGINS = "https://example.org/"
CELLS = tuple((field, payload) for field in FIELDS for payload in PAYLOADS if (field, payload) not in IMPOSSIBLE)


def diagonal(number: int) -> dict[str, str]:
    """Return field -> payload of one build: no payload twice, and all builds together have every cell once."""
    names = list(PAYLOADS)
    cells = ((field, names[(number + place) % len(names)]) for place, field in enumerate(FIELDS))
    return {field: payload for field, payload in cells
            if (field, payload) not in IMPOSSIBLE and not refused(field, payload)}  # fmt: skip


def filled(field: str, payload: str) -> str:
    """Return a payload as a field holds it: an ending of its own tells it from the same one in another field."""
    suffix = f"q{FIELDS.index(field)}z"
    endings = {"picture": ".jpg", "pages": ".pdf", "config": ".toml", "train": ".csv", "test": ".csv", "log": ".toml"}
    beginning = ADDRESS_BEGINS if field == "repository" and not payload.startswith("URL") else ""
    return beginning + PAYLOADS[payload] + suffix + endings.get(field, "")


def write_project(folder: Path, texts: Mapping[str, str]) -> tuple[Path, Path]:
    """Write a small project whose fields hold `texts`, ordinary ones where none is given; return config and build."""
    every = {**ORDINARY, **texts}
    folder.mkdir(parents=True, exist_ok=True)
    config = place(folder, every["config"]) or folder / "absent" / every["config"]
    if not config.parent.is_dir():
        return config, folder / every["build"]
    config.write_text(_settings(every), encoding="utf-8")
    for name, table in zip(("train", "test"), _tables(every), strict=True):
        if path := place(config.parent, every[name]):
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(table)
    for name, content in (("picture", turned_picture()), ("pages", two_pages()), ("log", _log(every).encode())):
        if path := place(config.parent, every[name]):
            path.write_bytes(content)
    return config, folder / every["build"]


def write_small(folder: Path, texts: Mapping[str, str]) -> tuple[Path, Path]:
    """Write the report that `make new` makes, some of its fields holding `texts`; return config and build."""
    starter.write(folder)
    every = {**ORDINARY, **texts}
    config = folder / "report.toml"
    leaves = (folder / "data/leaves.csv").read_text(encoding="utf-8").splitlines()
    table = [[every["numerical"], "width", every["target"]], *(line.split(",") for line in leaves[1:])]
    with (folder / "leaves.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    (folder / "ai.toml").write_text(_log(every), encoding="utf-8")
    of = {name: toml(text) for name, text in every.items()}
    lines = ["[report]", *(f"{key} = {of[key]}" for key in REPORT)]
    lines += [f'[data]\ntrain = "leaves.csv"\nsource = {of["source"]}']
    lines += ['[run]\nprofile = "quick"\nseed = 7\nvalidation_share = 0.25\n[ai]\nlog = "ai.toml"\n[table]']
    lines += [f"{key} = {of[key]}" for key in ("unit_of_observation", "target", "target_meaning")]
    lines += [f"classes = [{of['class']}, {of['described_category']}]"]
    lines += [f"[[table.numerical]]\nname = {of['numerical']}\nmeaning = {of['meaning']}\nunit = {of['unit']}"]
    lines += ['minimum = 0\nmaximum = 500\n[[table.numerical]]\nname = "width"\nmeaning = "w"\nunit = "mm"']
    lines += ["minimum = 0\nmaximum = 500"]
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config, folder / "build"


def place(folder: Path, name: str) -> Path | None:
    """Return where a file of that name lies below the folder, its own folders made; None where it cannot lie there."""
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except (OSError, ValueError):
        return None
    return path


def _tables(texts: Mapping[str, str]) -> Iterator[list[list[str]]]:
    """Yield the training and the test table."""
    columns = {"minimum_nights": texts["numerical"], "neighbourhood_group": texts["categorical"],
               "price_class": texts["target"]}  # fmt: skip
    for frame, count in zip(simulated(), (TRAIN_ROWS, TEST_ROWS), strict=True):
        part = frame[:count].rename(columns=columns).astype(object).fillna("")
        part[texts["categorical"]] = part[texts["categorical"]].replace("Queens", texts["category"])
        part[texts["target"]] = part[texts["target"]].map({0: texts["label"], 1: "b", 2: "c", 3: "d"})
        yield [list(part.columns), *([str(cell) for cell in row] for row in part.to_numpy())]


def toml(value: str) -> str:
    """Return a text as TOML writes it on one line."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _settings(texts: Mapping[str, str]) -> str:
    of = {name: toml(text) for name, text in texts.items()}
    lines = ["[report]", *(f"{key} = {of[key]}" for key in REPORT)]
    lines += ["[data]", *(f"{key} = {of[key]}" for key in ("train", "test", "source"))]
    lines += [
        '[run]\nprofile = "quick"\nseed = 3\nvalidation_share = 0.25\nhidden = [5, 4]\niterations = 12\nreport_at = 10',
        f"learning_rates = [0.25, 0.5]\n[shared_bias]\npairs = 2\niterations = 100\n[ai]\nlog = {of['log']}",
        f"[scans]\npart_c = [{of['picture']}]\nquestion_2 = [{of['pages']}]\n[table]",
        *(f"{key} = {of[key]}" for key in ("unit_of_observation", "target", "target_meaning")),
        f'classes = [{of["class"]}, "Moderate", "Premium", "Luxury"]\nlabels = [{of["label"]}, "b", "c", "d"]',
        f"[[table.categorical]]\nname = {of['categorical']}\nmeaning = {of['categorical_meaning']}",
        '[[table.categorical]]\nname = "room_type"\nmeaning = "kind of room"',
        f'values = ["Entire home/apt", "Private room", "Shared room", {of["described_category"]}]',
        f"[[table.numerical]]\nname = {of['numerical']}\nmeaning = {of['meaning']}\nunit = {of['unit']}",
        "minimum = 1\nmaximum = 3650\ninteger = true\nlogarithmic = true",
    ]
    for name, largest in (("amenity_score", 100), ("number_of_reviews", 10000), ("availability_365", 365)):
        lines.append(
            f'[[table.numerical]]\nname = "{name}"\nmeaning = "m"\nunit = "u"\nminimum = 0\nmaximum = {largest}'
        )
    return "\n".join(lines) + "\n"


def _log(texts: Mapping[str, str]) -> str:
    return "\n".join(['used = "yes"', "[[entry]]", *(f"{key} = {toml(texts[key])}" for key in LOGGED)]) + "\n"


def read(config: Path, folder: Path) -> None:
    """Read all that a project's owner wrote, as the steps do; InputError where something is refused."""
    described = load(config)
    ai_usage.load(described.folder / str(described.ai.log))
    frozen = folder / "frozen"
    frozen.touch()
    dataset.read_test(described, dataset.read_train(described), frozen)
    for where, names in described.scans.items():
        scans.prepare(names, described.folder, folder / "read", where)


_BRACKETS = str.maketrans("{}", "[]")
_OURS = frozenset((*_LETTERS, *_MATHEMATICS, *_SPECIAL, *string.printable[:95]))
_CODE = re.compile(r"U\+[0-9A-F]{4,6}")
# what TeX and the readers of PDFs make of letters that look alike, and hyphens at the end of a line
_ALIKE = str.maketrans({"’": "'", "‘": "`", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "ˆ": "^", "˜": "~",
                        "-": None, "\u202a": None, "\u202b": None, "\u202c": None, "\xad": None, "´": "'"})  # fmt: skip


def missing(text: str, pages: Sequence[str]) -> list[str]:
    """Return what of a text the pages do not show: the text itself, or codes of letters that the fonts lack.

    pages: the text of a PDF, as read in different orders. A code is in a box, which is read separately; of a text
    over many pages, with their heads and feet in between, the letters are counted.
    """
    shown = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    if len(text) > LONGEST or unicodedata.bidirectional(text[-1:] or "a") in ("R", "AL"):
        return [] if all(not Counter(shown) - Counter(page) for page in pages) else [text[:40]]
    for page in pages:
        codes = Counter(_CODE.findall(shown)) - Counter(_CODE.findall(page))
        if not codes and squashed(_CODE.sub("", shown)) in squashed(_CODE.sub("", page)):
            return []
    return [text]


def _shown(character: str) -> str:
    """Return what a page shows of a character: itself, the name of an emoji, or its code."""
    if character in shaping.PRESENTATION + shaping.JOINERS:
        return ""
    if character in _OURS or character in "\n\r\t" or (shaping.printable(character) and face_for(character)):
        return character
    return (
        shaping.spoken_name(character).removeprefix(r"\charactername").translate(_BRACKETS)
        or f" U+{ord(character):04X} "
    )


def squashed(text: str) -> str:
    """Return a text without white space and without what typesetting changes of it."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).split())


def harmless(said: str) -> bool:
    """Whether a terminal shows a text as it is: no control characters but line ends, none that turn its direction."""
    return all(c in "\n\t" or c.isprintable() for c in said)
