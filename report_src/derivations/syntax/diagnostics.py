"""A message as a compiler prints it: file, line, column, what is wrong, the row, a caret, a hint."""

from __future__ import annotations

import bisect

WIDEST = 110  # columns of a quoted line; a longer one is cut around the caret


class Text:
    """A text that was read, and where its lines come from."""

    def __init__(self, text: str, file: str = "", appended: tuple[int, str] | None = None) -> None:
        """Index the lines of a text; `appended` is how many lines the file has and which file goes on behind them."""
        self.text, self.file, self.appended = text, file, appended
        self.starts = [0] + [position + 1 for position, letter in enumerate(text) if letter == "\n"]

    def place(self, offset: int) -> tuple[int, int, str]:
        """Return line, column (both from 1) and file of an offset."""
        number = bisect.bisect_right(self.starts, max(offset, 0)) - 1
        column = offset - self.starts[number] + 1
        if self.appended is not None and number >= self.appended[0]:
            return number - self.appended[0] + 1, column, self.appended[1]
        return number + 1, column, self.file

    def message(self, what: str, start: int, end: int, hint: str = "") -> str:
        """Return the message with the row as typed and a caret below it."""
        line, column, file = self.place(start)
        number = bisect.bisect_right(self.starts, max(start, 0)) - 1
        stop = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(self.text)
        typed = self.text[self.starts[number] : stop].replace("\t", " ")
        width = max(1, min(end, stop) - start)
        at = column - 1
        cut = max(0, at - WIDEST // 2) if len(typed) > WIDEST else 0
        shown = typed[cut : cut + WIDEST]
        caret = " " * (at - cut) + "^" + "~" * (min(width, len(shown) - (at - cut)) - 1)
        head = f"{file}:{line}:{column}: {what}"
        lines = [head, f"  {shown.rstrip()}", f"  {caret}"]
        if hint:
            lines.append(f"  hint: {hint}")
        return "\n".join(lines)
