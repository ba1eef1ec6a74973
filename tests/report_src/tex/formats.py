"""The format of a test's preamble, dumped once a session: a document begins behind it as it would in a second build."""

import functools
import tempfile
from pathlib import Path

from report_src.tex import precompiled_preamble
from report_src.tex.source_map import PREAMBLE

FORM = precompiled_preamble.form_name("report")


def lend(folder: Path) -> None:
    """Put the format of a folder's preamble there, if it has none and the preamble can be dumped."""
    if not (folder / f"{FORM}.json").exists():
        for name, content in _dumped((folder / PREAMBLE).read_text(encoding="utf-8")).items():
            (folder / name).write_bytes(content)


@functools.cache
def _dumped(preamble: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / PREAMBLE).write_text(preamble, encoding="utf-8")
        if precompiled_preamble.dump_preamble(folder, "report", epoch=1_700_000_000) is None:
            return {}
        return {path.name: path.read_bytes() for path in folder.glob(f"{FORM}.*")}
