"""Records as JSON files: written whole or not at all, and read against their schema."""

import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from analysis.io.user_file import kept_bytes


def save(record: Struct, path: Path) -> None:
    """Write a record as indented JSON, whole or not at all; ValueError names the first value that is not finite."""
    tree = msgspec.to_builtins(record)
    for key, value in leaves(tree):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{path.stem}.{key} is {value}: results hold only finite numbers")
    text = msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n"
    write_whole(path, text)


def leaves(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted key, value) of every leaf of a tree of dicts and lists."""
    if isinstance(tree, dict):
        for name, branch in tree.items():
            yield from leaves(branch, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(tree, list):
        for index, branch in enumerate(tree):
            yield from leaves(branch, f"{prefix}[{index}]")
    else:
        yield prefix, tree


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary file beside `path`, then rename: no reader ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def decode(path: Path, kind: type[Any]) -> Any:
    """Read a record; ValueError names file and field where it does not fit `kind`."""
    try:
        return msgspec.json.decode(kept_bytes(path), type=kind)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}; run `make results`") from None
