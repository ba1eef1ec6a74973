"""The record of the inputs: data, settings, versions. No clock time and no commit (read at rendering)."""

import contextlib
import platform
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct


class DataFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One data file."""

    name: Annotated[str, "file name as report.toml gives it, or 'simulated'"]
    sha256: Annotated[str, Meta(min_length=64, max_length=64), "SHA-256 of the file's bytes"]
    rows: Annotated[int, Meta(ge=1), "rows below the header"]


class InputsRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Data files, settings and package versions of a build."""

    simulated: Annotated[bool, "whether simulated tables replace the data files"]
    train: Annotated[DataFile | None, "the training table, where a study opened it"]
    test: Annotated[DataFile | None, "the test table, where a study opened it"]
    settings: Annotated[dict[str, str], "every setting the studies read, as text"]
    python: Annotated[str, "Python version"]
    packages: Annotated[dict[str, str], "package -> version"]
    warnings: Annotated[tuple[str, ...], "warnings from reading the data"]
    processor: Annotated[str, "name of the processor; no number is compared with it"] = ""


def processor() -> str:
    """Return the name of the processor, as the operating system reports it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
