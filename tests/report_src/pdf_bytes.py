"""All bytes of a PDF, as they stand in it and unpacked: its pages, its objects, its attachments."""

import re
import zlib
from pathlib import Path

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def unpacked(pdf: Path) -> bytes:
    """Return a PDF's bytes, followed by those of each of its packed streams."""
    raw = pdf.read_bytes()
    return raw + b"\n".join(map(_unpacked, _STREAM.findall(raw)))


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""
