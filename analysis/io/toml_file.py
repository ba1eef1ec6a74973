"""A TOML file that the user edits -> a typed record; an error names line, key and value."""

import dataclasses
import datetime
import difflib
import math
import re
import tomllib
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from analysis.errors import InputError
from analysis.io import toml_mistakes, user_file

Record = TypeVar("Record")
Keys = Sequence[str | int]  # of a value in the tree: ("table", "numerical", 2, "minimum")

ANY = "[...]"  # an entry, whatever its name, as msgspec places it
SHOWN = 40  # characters of a text that a message quotes
WORDS = {"int": "a whole number", "float": "a number", "str": "text in quotes", "bool": "true or false",
         "object": "a table", "array": "a list", "null": "nothing"}  # fmt: skip
BOUNDS = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
EXPECTED = re.compile(
    r"Expected `(?P<types>[^`]+)`(?P<length> of length)?(?: (?P<bound>[<>]=?))?(?: ?(?P<number>[\d.e+-]+))?"
)
# strings of one or several lines and comments, in which a line may look like a key or a table
TOKENS = re.compile(r"'''.*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"|#[^\n]*", re.DOTALL)
TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]=]+?)\s*\]")
KEY = re.compile(r"\s*([\w.\-\"' ]+?)\s*=")


@dataclasses.dataclass(frozen=True)
class SettingsFile:
    """A file's text and its tree; `next_step` closes its messages."""

    path: Path
    text: str
    tree: dict[str, Any]
    next_step: str

    def at(self, *keys: str | int) -> str:
        """Return the place of a value as messages name it: "report.toml:17: run.seed"."""
        line = line_of(self.text, keys)
        return f"{self.path}{f':{line}' if line else ''}: {shown_keys(keys)}"

    def mistake(self, keys: Keys, expected: str, got: str, next_step: str = "") -> InputError:
        """Return the error for a value that is not allowed."""
        return InputError(f"{self.at(*keys)}: expected {expected}, got {got}", next_step or self.next_step)


def read(path: Path, next_step: str, quotes: str = "") -> SettingsFile:
    """Read a TOML file; InputError where it is not readable UTF-8, not TOML, or has a number of thousands of digits.

    `quotes` is a further next step where a file that is not TOML has a text between three quotes.
    """
    text = user_file.decode(user_file.read_bytes(path, "TOML file", next_step), str(path), next_step)
    try:
        tree = tomllib.loads(text)
    except (RecursionError, ValueError) as error:  # TOMLDecodeError, or a number with too many digits
        raise _no_toml(path, text, error, next_step, quotes) from None
    file = SettingsFile(path, text, tree, next_step)
    for keys, value in _leaves(tree):
        if isinstance(value, float) and not math.isfinite(value):
            raise file.mistake(keys, "a finite number", str(value))
    return file


def _no_toml(path: Path, text: str, error: Exception, next_step: str, quotes: str) -> InputError:
    """Return the message of a text that is no TOML, with the place that the parser gives."""
    said = "a number of thousands of digits" if "int_max_str_digits" in str(error) else str(error)
    said = "brackets within brackets without end" if isinstance(error, RecursionError) else said
    said = re.sub(r"\('([^']*)',\)", r"'\1'", said)  # a key as the parser holds it
    reason, _, where = said.partition(" (at line ")
    line, _, column = where.rstrip(")").partition(", column ")
    if reason.endswith(" (at end of document)"):
        reason, typed = reason.removesuffix(" (at end of document)"), text.rstrip("\n").split("\n")
        line, column = str(len(typed)), str(len(typed[-1]) + 1)
    known = line.isdigit() and column.isdigit()
    mend = toml_mistakes.step(text, reason, int(line), int(column)) if known else ""
    steps = [mend or next_step, *([quotes] if quotes and "'''" in text else [])]
    place = f"{path}:{line}:{column}" if known else f"{path}"
    return InputError(f"{place}: expected valid TOML, got: {reason[:1].lower()}{reason[1:]}", "; ".join(steps))


def convert(file: SettingsFile, kind: type[Record], prepare: Callable[[Any], Any] = lambda tree: tree) -> Record:
    """Return the tree as a record; InputError for an unknown or missing key and a value of a wrong type or size."""
    try:
        return msgspec.convert(prepare(file.tree), kind)
    except msgspec.ValidationError as error:
        raise _named(file, str(error), kind) from None


def line_of(text: str, keys: Keys) -> int:
    """Return the line (from 1) of a value, else that of the closest table around it, else 0."""
    best, found = 0, 0
    for line, place in _places(text):
        if place[: len(keys)] == tuple(keys):
            return line
        depth = next(
            (i for i, (a, b) in enumerate(zip(place, keys, strict=False)) if a != b), min(len(place), len(keys))
        )
        if depth == len(place) and depth > best:
            best, found = depth, line
    return found


def shown_keys(keys: Keys) -> str:
    """("run", "hidden", 0) -> "run.hidden[0]"."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")


def shown(value: Any) -> str:
    """Return a value as a message shows it: short, and as TOML writes it."""
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN else value[: SHOWN - 1] + "…")
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return f"the date {value.isoformat()}"
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _leaves(tree: Any, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[Keys, Any]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if inner is None:
        yield keys, tree
        return
    for key, value in inner:
        yield from _leaves(value, (*keys, key))


def _places(text: str) -> Iterator[tuple[int, Keys]]:
    """Yield (line, keys) of every table's header and of every key at the start of a line."""
    table: list[str | int] = []
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(TOKENS.sub(_blank, text).split("\n"), start=1):
        if header := TABLE.match(line):
            names = _names(header[2])
            table = list(names)
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
                table.append(counts[names])
            yield number, tuple(table)
        elif key := KEY.match(line):
            yield number, (*table, *_names(key[1]))


def _blank(token: re.Match[str]) -> str:
    """Keep a text on one line (it may be a key in quotes); of others keep the line ends."""
    text = token[0]
    return text if text[0] in "'\"" and "\n" not in text and text[:3] not in ("'''", '"""') else "\n" * text.count("\n")


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip(" \"'") for name in dotted.split("."))


def _named(file: SettingsFile, message: str, kind: Any) -> InputError:
    """Return msgspec's message with place, expected, got and next step."""
    text, _, place = message.partition(" - at `$")
    keys: list[str | int] = [
        int(part[1:-1]) if part[0] == "[" and part != ANY else part
        for part in re.findall(r"[^.\[\]`]+|\[(?:\d+|\.\.\.)\]", place)
    ]
    if ANY in keys:
        keys = _entry(file.tree, keys, kind)
    if unknown := re.match(r"Object contains unknown field `(.*)`", text, re.DOTALL):
        known = [field.name for field in msgspec.structs.fields(_type_at(kind, keys))]
        near = difflib.get_close_matches(unknown[1], known, n=1)
        hint = f"write '{near[0]}' if it is meant" if near else "take it out"
        return file.mistake([*keys, unknown[1]], f"one of the keys {', '.join(known)}", shown(unknown[1]), hint)
    if missing := re.match(r"Object missing required field `(.*)`", text):
        return file.mistake([*keys, missing[1]], "a value", "none", f"add it; {file.next_step}")
    value: Any = file.tree
    for key in keys:
        value = value[key]
    if "enum" in text:
        choices = typing.get_args(_type_at(kind, keys))
        return file.mistake(keys, f"one of {', '.join(map(shown, choices))}", shown(value))
    return file.mistake(keys, _expected(text), shown(value))


def _entry(tree: Any, keys: list[str | int], kind: Any) -> list[str | int]:
    """Return the keys with the name of the wrongly typed entry in a table of any names."""
    at = keys.index(ANY)
    for key in keys[:at]:
        tree = tree[key]
    kind = _type_at(kind, [*keys[:at], ANY])
    for name, value in tree.items():
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            return [*keys[:at], name, *keys[at + 1 :]]
    raise ValueError(f"no entry of {shown_keys(keys[:at])} is of a wrong type")


def _type_at(kind: Any, keys: Keys) -> Any:
    """Return the type that a record's field has; the one of an entry where the field is a list or a table of names."""
    for key in keys:
        if typing.get_origin(kind) in (dict, Mapping):
            kind = typing.get_args(kind)[1]
        elif isinstance(key, str):
            kind = typing.get_type_hints(kind)[key]
        else:
            kind = next(one for one in (kind, *typing.get_args(kind)) if typing.get_origin(one) is tuple)
            kind = typing.get_args(kind)[0]
    return kind


def _expected(text: str) -> str:
    """ "Expected `array` of length >= 1" -> "a list with at least 1 entry"."""
    if form := re.search(r"matching regex '\^?(.*?)\$?'", text):
        return f"text of the form {form[1]}"
    match = EXPECTED.match(text)
    if match is None:
        return text[:1].lower() + text[1:]
    words = " or ".join(WORDS.get(name, name) for name in match["types"].split(" | ") if name != "null")
    if match["number"] is None:
        return words
    number = f"{float(match['number']):.12g}"
    bound = f"{BOUNDS[match['bound']]} {number}" if match["bound"] else number
    if match["length"]:
        of = "character" if match["types"] == "str" else "entr"
        return (
            f"{words} with {bound} {of}{('y' if number == '1' else 'ies') if of == 'entr' else 's' * (number != '1')}"
        )
    return f"{words} {'of ' if bound.startswith('at') else ''}{bound}"
