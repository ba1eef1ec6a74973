"""Results as templates see them: every number knows its key, every missing key suggests the nearest ones."""

import bisect
import difflib
import re
import sys
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

from report_src.errors import RenderError
from report_src.numbers import engine_words

SHOWN_FIELDS = 6  # of a record, in a message

Frame = tuple[Any, int, int]  # a template, the id of code of its compiled form, an instruction there


class Ledger:
    """Which keys a rendering read (all of them, and those since the last `mark`), where, and which it printed."""

    def __init__(self) -> None:
        """Start empty."""
        self.used: set[str] = set()
        self.printed: dict[str, Any] = {}
        self.recent: dict[str, Any] = {}
        self.trail: list[str] = []  # keys in the order of reading, which shows what a part of a condition read
        self.texts = engine_words.load()  # the report's own words
        self.noise: dict[str, float] = {}  # key of a mean over replicates -> the half width of its interval
        self._frames: dict[str, set[Frame]] = {}
        self._codes: dict[int, CodeType] = {}  # by what stands for them in frames, as to hash code takes long

    def note(self, key: str, value: Any) -> None:
        """Record that `key` was read."""
        self.used.add(key)
        self.recent[key] = value
        self.trail.append(key)
        frame = _template_frame()
        if frame is not None:
            template, code, at = frame
            self._codes[id(code)] = code
            self._frames.setdefault(key, set()).add((template, id(code), at))

    def mark(self) -> None:
        """Forget what was read recently: a claim's condition starts."""
        self.recent, self.trail = {}, []

    @property
    def places(self) -> dict[str, list[tuple[str, int]]]:
        """Return key (indices as []) -> the templates and lines that read it."""
        read: dict[str, set[Frame]] = {}
        for key, frames in self._frames.items():
            read.setdefault(any_index(key), set()).update(frames)
        frames_read = {frame for frames in read.values() for frame in frames}
        lines: dict[Frame, tuple[str, int]] = {}
        by_code: dict[tuple[Any, int], list[int]] = {}
        for template, code, at in frames_read:
            by_code.setdefault((template, code), []).append(at)
        ways = {template: template.debug_info for template, _ in by_code}
        for (template, code), instructions in by_code.items():
            for at, line in _lines(self._codes[code], instructions):
                lines[template, code, at] = str(template.name), _authors_line(ways[template], line)
        return {key: sorted({lines[frame] for frame in frames}) for key, frames in sorted(read.items())}


def _authors_line(way: list[tuple[int, int]], number: int) -> int:
    """Return the template's line of a line of its compiled form: that of the last entry at or before it."""
    position = bisect.bisect_right(way, number, key=lambda entry: entry[1])
    return way[position - 1][0] if position else 1


def _lines(code: CodeType, instructions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (instruction, its line) for some instructions of code; one pass, as code has more lines than are asked."""
    spans = code.co_lines()
    stop, line = -1, None
    for at in sorted(instructions):
        while at >= stop:
            _, stop, line = next(spans)
        yield at, line or 0


def any_index(key: str) -> str:
    """`eda.features[3].name` -> `eda.features[].name`: the items of a list are read by the same lines."""
    return re.sub(r"\[\d+\]", "[]", key) if "[" in key else key


def _template_frame() -> tuple[Any, CodeType, int] | None:
    """Return the template that is being rendered and the place in its compiled form; None outside of one.

    The place is code and instruction, as Python looks for the line of one through all lines before it.
    """
    frame = sys._getframe(1)
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return template, frame.f_code, frame.f_lasti
        frame = frame.f_back  # type: ignore[assignment]
    return None


class Number(float):
    """A number of the results, with its key."""

    key: str
    ledger: Ledger


class Whole(int):
    """A whole number of the results, with its key."""

    key: str
    ledger: Ledger


class Text(str):
    """A string of the results, with its key."""

    key: str


class Branch:
    """A record or a list of the results; attributes and items are read by key."""

    def __init__(self, tree: dict[str, Any] | list[Any] | tuple[Any, ...], key: str, ledger: Ledger) -> None:
        """Wrap a tree of dicts and lists whose dotted key is `key`."""
        self._tree, self._key, self._ledger = tree, key, ledger

    def __getattr__(self, name: str) -> Any:
        """Return the field `name`."""
        if name.startswith(("_", "jinja_")):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: Any) -> Any:
        """Return a field or a list's item; RenderError with the nearest keys if it does not exist."""
        if isinstance(name, slice):
            indices = range(*name.indices(len(self._tree)))
            return [self[index] for index in indices]
        if isinstance(self._tree, dict):
            key = f"{self._key}.{name}"
            if name not in self._tree:
                raise RenderError(f"unknown key '{key}'{self._nearest(str(name))}")
            if name == "mean" and isinstance(self._tree.get("half_width"), int | float):
                self._ledger.noise[key] = float(self._tree["half_width"])
            return wrap(self._tree[str(name)], key, self._ledger)
        key = f"{self._key}[{name}]"
        if not isinstance(name, int) or not -len(self._tree) <= name < len(self._tree):
            raise RenderError(f"unknown key '{key}'; '{self._key}' is a list of {len(self._tree)}")
        return wrap(self._tree[name], f"{self._key}[{name % len(self._tree)}]", self._ledger)

    def __iter__(self) -> Iterator[Any]:
        """Yield a record's field names, or a list's items."""
        if isinstance(self._tree, dict):
            return iter(self._tree)
        return (self[index] for index in range(len(self._tree)))

    def __len__(self) -> int:
        """Return the number of fields or items."""
        self._ledger.note(f"{self._key}.length", len(self._tree))
        return len(self._tree)

    def __contains__(self, value: object) -> bool:
        """Return whether a record has a field, or a list an item."""
        return value in self._tree

    def items(self) -> list[tuple[str, Any]]:
        """Return (name, value) of every field."""
        return [(name, self[name]) for name in self]

    def values(self) -> list[Any]:
        """Return the value of every field or item."""
        return [self[name] for name in self] if isinstance(self._tree, dict) else list(self)

    @property
    def number_of(self) -> Whole:
        """The number of fields or items, as a number with a key."""
        return wrap(len(self), f"{self._key}.length", self._ledger)

    @property
    def is_record(self) -> bool:
        """Whether it has fields with names, so is not a list."""
        return isinstance(self._tree, dict)

    def described(self) -> str:
        """Return what to say where a number was expected: the record's or the list's key, and what to name."""
        if isinstance(self._tree, dict):
            fields = list(self._tree)
            shown = f"{', '.join(fields[:SHOWN_FIELDS])}{', …' if len(fields) > SHOWN_FIELDS else ''}"
            return f"'{self._key}' is a record, not a number; name one of its fields: {shown}"
        return f"'{self._key}' is a list of {len(self._tree)}, not a number; name one of its items: {self._key}[0]"

    def _no_number(self, *_: Any) -> Any:
        raise RenderError(self.described())

    __lt__ = __le__ = __gt__ = __ge__ = _no_number
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _no_number
    __neg__ = __abs__ = __float__ = __round__ = _no_number

    def _nearest(self, name: str) -> str:
        near = difflib.get_close_matches(name, list(self._tree), n=3, cutoff=0.5) or sorted(self._tree)[:6]
        other = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in dict.fromkeys(name) if not letter.isascii())
        strange = f"; {other} is no Latin letter: type the name again" if other else ""
        return (f"; nearest: {', '.join(f'{self._key}.{n}' for n in near)}" if near else "") + strange


def wrap(value: Any, key: str, ledger: Ledger) -> Any:
    """Return `value` as templates see it; leaves are noted in the ledger."""
    if isinstance(value, dict | list | tuple):
        return Branch(value, key, ledger)
    ledger.note(key, value)
    if value is None or isinstance(value, bool):
        return value
    keyed: Any = Number(value) if isinstance(value, float) else Whole(value) if isinstance(value, int) else Text(value)
    keyed.key, keyed.ledger = key, ledger
    return keyed
