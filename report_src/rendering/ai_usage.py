"""The log of AI use that the student keeps (data/ai_usage.toml), read and checked."""

import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from analysis.io import toml_file, user_file

NEXT_STEP = "see data/README.md"
OWN_FILE = "a text that holds three quotes goes into a file of its own: prompt_file, output_file, edits_file"
OWN_WORDS = "word for word, or take the entry out"
LITERAL = "write it between ''' and ''', where a backslash is a backslash"
# what data/ai_usage.toml holds as an example
EXAMPLE = {
    "tool": "Name and version of the tool",
    "purpose": "What it was asked for, in one sentence",
    "edits": "What was kept, what was changed, and how it was checked",
}
# commands of LaTeX that begin with an escape of TOML: "\nabla" would be a line break and "abla"
_ESCAPED = re.compile(
    r"(?<!\\)(?:\\\\)*(\\(?:nabla|nu|ne[qw]?|not|newcommand|newline|noindent|theta|tau|text[a-z]*|times|tanh|to|top|rho|right|rm|ref"
    r"|[bf][A-Za-z]+)(?![A-Za-z]))"
)
_QUOTED = re.compile(r'\s*[\w"]+\s*=\s*"(?!"")')
TEXTS = ("prompt", "output", "edits")  # each may be the name of a file instead: prompt_file = "transcripts/1.txt"

Line = Annotated[str, Meta(max_length=200)]
Block = Annotated[str, Meta(max_length=1_000_000)]  # about three hundred pages
Words = Annotated[Block, Meta(min_length=1)]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One use of a tool, verbatim."""

    tool: Line
    prompt: Words
    output: Block
    edits: Block
    date: Line = ""
    purpose: Annotated[str, Meta(max_length=2000)] = ""


class AiUsage(Struct, frozen=True, forbid_unknown_fields=True):
    """The declaration and its entries."""

    used: Literal["undeclared", "none", "yes"] = "undeclared"
    entry: tuple[Entry, ...] = ()


def load(path: Path | None) -> AiUsage:
    """Read the log; without a file nothing is declared yet.

    Raises InputError where the file is not as data/README.md describes it, or contradicts itself.
    """
    if path is None or not user_file.is_there(path):
        return AiUsage()
    file = toml_file.read(path, NEXT_STEP, quotes=OWN_FILE)
    usage = toml_file.convert(file, AiUsage, lambda tree: _texts_of_files(file, _dates_as_text(tree)))
    _refuse_other_words(file, usage)
    count = len(usage.entry)
    if usage.used != "yes" and count:
        expected = f"no [[entry]] after {toml_file.shown(usage.used)}"
        raise file.mistake(("used",), expected, f"{count}", 'set used = "yes", or take them out')
    if usage.used == "yes" and not count:
        raise file.mistake(("used",), "an [[entry]] after 'yes'", "none", 'add one, or set used = "none"')
    return usage


def _refuse_other_words(file: toml_file.SettingsFile, usage: AiUsage) -> None:
    """Raise InputError where an entry does not hold the words that were used: blank, the example's, or escaped."""
    lines = file.text.split("\n")
    for number, entry in enumerate(usage.entry):
        for name, text in structs.asdict(entry).items():
            keys = ("entry", number, name)
            if name in ("tool", "prompt", "output") and not text.strip():
                raise file.mistake(keys, f"the {name}", "a blank text", OWN_WORDS)
            if text.strip() == EXAMPLE.get(name):
                raise file.mistake(keys, "your own words", "those of the example", OWN_WORDS)
            typed = lines[toml_file.line_of(file.text, keys) - 1]
            if _QUOTED.match(typed) and (escaped := _ESCAPED.search(typed)):
                got = f"{escaped[1]}, which begins with an escape"
                raise file.mistake(keys, "the text as it was used", got, LITERAL)


def files(path: Path | None) -> list[str]:
    """Return the files that the entries of a log name, relative to its folder; none where it cannot be read."""
    try:
        tree = {} if path is None else tomllib.loads(user_file.kept_bytes(path).decode())
    except (OSError, ValueError, RecursionError):
        return []
    named = (entry.get(f"{text}_file") for entry in _entries(tree) for text in TEXTS)
    return [name for name in named if isinstance(name, str)]


def _entries(tree: dict[str, Any]) -> list[dict[str, Any]]:
    entries = tree.get("entry")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _texts_of_files(file: toml_file.SettingsFile, tree: dict[str, Any]) -> dict[str, Any]:
    """Put the text of each file that an entry names in its place; InputError where the text is given twice or not."""
    for number, entry in enumerate(_entries(tree)):
        read: set[str] = set()
        for text in (text for text in TEXTS if f"{text}_file" in entry):
            name, keys = entry.pop(f"{text}_file"), ("entry", number, f"{text}_file")
            if isinstance(name, str) and name in read:
                raise file.mistake(keys, "a file of its own", f"{toml_file.shown(name)}, which another text names")
            read.add(name if isinstance(name, str) else "")
            if text in entry:
                raise file.mistake(keys, f"{text} or {text}_file", "both", "take one of them out")
            if not isinstance(name, str) or not name:
                raise file.mistake(keys, "the name of a file", toml_file.shown(name))
            path = file.path.parent / name
            entry[text] = user_file.decode(user_file.read_bytes(path, "text file", f"named by {file.at(*keys)}"),
                                           str(path), "save it as UTF-8")  # fmt: skip
    return tree


def as_toml(usage: AiUsage) -> str:
    """Return a log as a TOML file that `load` reads: AiUsage("none") -> `used = "none"`."""
    lines = [f"used = {_quoted(usage.used)}"]
    for entry in usage.entry:
        lines += ["[[entry]]", *(f"{name} = {_quoted(text)}" for name, text in structs.asdict(entry).items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a string as TOML has it; JSON escapes all that TOML does but one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _dates_as_text(tree: dict[str, Any]) -> dict[str, Any]:
    """Convert TOML's dates to the text that was typed."""
    for entry in _entries(tree):
        if hasattr(entry.get("date"), "isoformat"):
            entry["date"] = entry["date"].isoformat()
    return tree
