"""One change between two reports, and the kinds of change in the order in which they are shown."""

from collections.abc import Sequence

from msgspec import Struct

KINDS = {
    "setting": "Settings and data",
    "number": "Numbers",
    "claim": "Judging sentences",
    "derivation": "Derivations",
    "text": "Text",
    "page": "Pages",
}


class Piece(Struct, frozen=True):
    """Words of a text: `sign` is " " for words of both reports, "-" of the old one, "+" of the new one."""

    sign: str
    words: str


class Change(Struct, frozen=True):
    """What is called `name` was `old` and is `new`; None where a report has nothing of that name.

    `note` says how much that is, `page` is a page of the new report, or of the old one where the new has none.
    """

    kind: str  # of KINDS
    name: str
    old: str | None = None
    new: str | None = None
    note: str = ""
    page: int | None = None
    pieces: Sequence[Piece] = ()  # of a text whose words differ
    thumbnails: Sequence[str] = ()  # data: addresses of a page, old and new
