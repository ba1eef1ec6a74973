"""The preamble as a format: packages and macros are read once and dumped; every pass begins behind them.

The format is kept as long as the preamble, every file that it read and the format itself are what they were.
Where the preamble has a mistake nothing is dumped: the plain pass that follows names its line.
"""

import gzip
import hashlib
import json
from pathlib import Path

from report_src.system.files import digest, write_whole
from report_src.system.processes import end_group
from report_src.tex.process import OPTIONS, ended, launch
from report_src.tex.source_map import PREAMBLE

GZIP = b"\x1f\x8b"  # begins a compressed file
FIRST_LINE = r"\input{preamble}"
# the document asks for the preamble in its first line: it is there already, and the next \input is a real one
DUMPED = rf"{FIRST_LINE}\let\inputagain\input\def\input#1{{\let\input\inputagain}}\dump"


def form_name(name: str) -> str:
    """Return the name that the format of a document has, below its folder."""
    return f"{name}-format"


def there(folder: Path, name: str) -> str | None:
    """Return the format of folder/name.tex if there is one, true or not, else None."""
    form = form_name(name)
    return form if all((folder / f"{form}.{ending}").is_file() for ending in ("fmt", "json")) else None


def ready(folder: Path, name: str) -> str | None:
    """Return the format of folder/name.tex if it is there and still true, else None."""
    made, document = folder / f"{form_name(name)}.json", folder / PREAMBLE
    try:
        known = json.loads(made.read_bytes())
        same = known["dumped"] == DUMPED and known["preamble"] == digest(document)
        same = same and known["format"] == digest(folder / f"{form_name(name)}.fmt")
        return form_name(name) if same and known["read"] == contents(known["names"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ensure(folder: Path, name: str, epoch: int) -> str | None:
    """Return the format of folder/name.tex, made again where it is out of date.

    None where the document does not begin with the preamble, or where that cannot be dumped.
    """
    with (folder / f"{name}.tex").open(encoding="utf-8") as document:
        if document.readline().partition("%")[0].strip() != FIRST_LINE:
            return None
    return ready(folder, name) or dump_preamble(folder, name, epoch)


def dump_preamble(folder: Path, name: str, epoch: int) -> str | None:
    """Dump the preamble; None where TeX complains of it."""
    from report_src.tex import log as texlog  # a build that has its format need not wait for this import

    form = form_name(name)
    for ending in ("fmt", "json"):
        (folder / f"{form}.{ending}").unlink(missing_ok=True)
    preamble = digest(folder / PREAMBLE)
    command = ["pdflatex", "-ini", *OPTIONS, f"-jobname={form}", "&pdflatex", DUMPED]
    process = launch(command, folder, epoch)
    try:
        status = ended(process)
    finally:
        end_group(process.pid, lambda: process.poll() is None)
    log = folder / f"{form}.log"
    if status or not log.exists() or texlog.errors(log.read_text(encoding="utf-8", errors="replace"), []):
        return None
    _unpack(folder / f"{form}.fmt")
    names = sorted(outside(folder, form))
    known = {
        "dumped": DUMPED,
        "preamble": preamble,
        "format": digest(folder / f"{form}.fmt"),
        "names": names,
        "read": contents(names),
    }
    write_whole(folder / f"{form}.json", json.dumps(known, indent=1).encode())
    return form


def _unpack(form: Path) -> None:
    """Decompress a format that TeX has written: it is read at every pass, five times as fast."""
    written = form.read_bytes()
    if written.startswith(GZIP):
        write_whole(form, gzip.decompress(written))


def outside(folder: Path, form: str) -> set[str]:
    """Return the files that TeX read for the format: packages, fonts and the format it began with."""
    lines = (folder / f"{form}.fls").read_text(encoding="utf-8", errors="replace").splitlines()
    paths = (line.removeprefix("INPUT ") for line in lines if line.startswith("INPUT "))
    return {path for path in paths if Path(path).is_absolute()}


def contents(names: list[str]) -> str:
    """Return one hash of the files' bytes."""
    hasher = hashlib.sha256()
    for name in names:
        hasher.update(f"{name}\0{digest(Path(name))}\0".encode())
    return hasher.hexdigest()
