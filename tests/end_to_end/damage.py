"""How a file of the small project (`front_door`) is broken: each function returns, or is, what does it to a path."""

import os
from collections.abc import Callable
from pathlib import Path

HEADER = "neighbourhood_group,room_type,minimum_nights,amenity_score,number_of_reviews,availability_365,price_class"
COLUMNS = HEADER.split(",")


def content(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Return what rewrites a file's bytes."""

    def damage(path: Path) -> None:
        before = path.read_bytes()
        after = change(before)
        assert after != before, "nothing is broken"
        path.write_bytes(after)

    return damage


def swap(old: str, new: str | bytes) -> Callable[[Path], None]:
    """Return what replaces the first occurrence of a text."""
    return content(lambda before: before.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1))


def everywhere(old: str, new: str) -> Callable[[Path], None]:
    """Return what replaces a text wherever it occurs."""
    return content(lambda before: before.replace(old.encode(), new.encode()))


def rows(change: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[Path], None]:
    """Return what rewrites a table, row by row, the header being the first."""

    def changed(before: bytes) -> bytes:
        table = [line.split(",") for line in before.decode().splitlines()]
        return "".join(",".join(row) + "\n" for row in change(table)).encode()

    return content(changed)


def cell(line: int, column: str, text: str) -> Callable[[Path], None]:
    """Return what puts a text into one cell; lines count from 1, the header being the first."""

    def change(table: list[list[str]]) -> list[list[str]]:
        table[line - 1][COLUMNS.index(column)] = text
        return table

    return rows(change)


def whole_column(column: str, text: str) -> Callable[[Path], None]:
    """Return what puts a text into every cell of a column."""
    place = COLUMNS.index(column)
    return rows(lambda table: [table[0], *([*row[:place], text, *row[place + 1 :]] for row in table[1:])])


def with_row(line: int, text: str) -> Callable[[Path], None]:
    """Return what replaces a line."""
    return rows(lambda table: [*table[: line - 1], text.split(","), *table[line:]])


def written(text: str) -> Callable[[Path], None]:
    """Return what replaces a whole file."""
    return content(lambda _: text.encode())


def the_other_table(path: Path) -> None:
    """Put the training table in place of the test table."""
    path.write_bytes(path.with_name("train.csv").read_bytes())


def folder(path: Path) -> None:
    """Put a folder in place of a file."""
    path.unlink()
    path.mkdir()


def fifo(path: Path) -> None:
    """Put a FIFO in place of a file: who opens it waits for ever."""
    path.unlink()
    os.mkfifo(path)


def forbidden(path: Path) -> None:
    """Take away the permission to read."""
    path.chmod(0)


def dangling(path: Path) -> None:
    """Put a link to nothing in place of a file."""
    path.unlink()
    path.symlink_to("nowhere")


def swapped(first: str, second: str) -> Callable[[Path], None]:
    """Return what exchanges two columns, cells and header."""
    i, j = COLUMNS.index(first), COLUMNS.index(second)

    def exchanged(row: list[str]) -> list[str]:
        return [row[j] if k == i else row[i] if k == j else text for k, text in enumerate(row)]

    return rows(lambda table: [exchanged(row) for row in table])
