"""What a PDF of this project carries, and the folder in which it is built again."""

import hashlib
import json
import logging
import os
import re
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from analysis.errors import InputError
from analysis.settings.load import load
from analysis.settings.schema import Settings
from report_src.errors import BuildError
from report_src.project import AI_LOG, CLAIMS, RESULTS
from report_src.submission import audit_scans

CANNOT = 2  # exit status of what cannot be audited
DRAFT = "\n\\draftkeys\n"  # in the document of `make draft`
ATTACHED = (RESULTS, "report.toml", "report.tex")
COMMIT = re.compile(r"commit \\texttt\{([^}]*)\}")
LARGEST = 100_000_000  # bytes of an attachment that are read


class Attached(Struct, frozen=True):
    """What a PDF of this project carries."""

    results: dict[str, Any]
    settings: bytes
    document: str
    claims: list[dict[str, Any]] | None = None  # None where the PDF is of a version that attached none
    ai_log: bytes = b""
    scans: Mapping[str, bytes] = {}  # by the paths that the document gives them

    @property
    def commit(self) -> str:
        """The commit that the document names, "+" where files differed from it."""
        found = COMMIT.search(self.document)
        return found[1] if found else "none"


def read(pdf: Path) -> Attached:
    """Return what is attached to a PDF; raise BuildError if it is not one of this project's."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if not pdf.is_file():
        raise BuildError(
            f"{pdf}: expected a PDF, got {'a folder; type ALL=' + str(pdf) if pdf.is_dir() else 'no file'}", CANNOT
        )
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of a broken file is in the error below
    try:
        files = PdfReader(pdf).attachments
        found = {name: files[name][0] for name in (*ATTACHED, CLAIMS, AI_LOG) if name in files}
    except (OSError, PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BuildError(f"{pdf}: cannot be read as a PDF ({error})", CANNOT) from None
    missing = [name for name in ATTACHED if name not in found]
    if missing:
        raise BuildError(
            f"{pdf}: {', '.join(missing)} is not attached; only a PDF of this project can be audited", CANNOT
        )
    try:
        if max(map(len, found.values())) > LARGEST:
            raise ValueError("larger than any that this project writes")
        results = json.loads(found[RESULTS])
        if not isinstance(results.get("inputs"), dict):
            raise ValueError("it names no inputs")
        claims = json.loads(found[CLAIMS]) if CLAIMS in found else None
        if claims is not None and not all(isinstance(claim, dict) for claim in claims):
            raise ValueError("its claims are no list of objects")
        document = found["report.tex"].decode("utf-8")
        if DRAFT in document:
            raise BuildError(
                f"{pdf}: is a draft, whose pages show more than the report; audit the PDF of make report", CANNOT
            )
        return Attached(results, found["report.toml"], document, claims, found.get(AI_LOG, b""))
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise BuildError(f"{pdf}: its attachments cannot be read ({error})", CANNOT) from None


def lay_out(attached: Attached, data: Path, build: Path) -> Path:
    """Write the attached report.toml, log of AI use and scans below `build`, with links to the data beside them.

    Returns the folder of report.toml.

    BuildError where a data file is missing below `data`, or is another than the PDF was made from.
    """
    shutil.rmtree(build / "work" / "inputs", ignore_errors=True)
    inputs = attached.results["inputs"]
    opened = [name for name in ("train", "test") if inputs.get(name) is not None or name == "train"]
    files = [] if inputs.get("simulated") is True else [_data_file(inputs, name, data) for name in opened]
    beside = {**_files_of_settings(attached), "report.toml": attached.settings}
    named = [os.path.normpath(name) for name in (*beside, *(name for name, _ in files))]
    up = max(name.split(os.sep).count("..") for name in named)
    folder = (build / "work" / "inputs").joinpath(*["below"] * up)
    for name, content in beside.items():  # first: nothing is written once the links are there
        if place := _place(folder, name):
            place.write_bytes(content)
    for name, path in files:
        if (place := _place(folder, name)) and not place.exists():
            place.symlink_to(path.resolve())
    return folder


def _place(folder: Path, name: str) -> Path | None:
    """Return the place that a name means, its folder made; None for an absolute path, which means itself."""
    if Path(name).is_absolute():
        return None
    place = Path(os.path.normpath(folder / name))
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _files_of_settings(attached: Attached) -> dict[str, bytes]:
    """Return the scans and the log of AI use by the names that the attached report.toml gives them."""
    try:
        settings = tomllib.loads(attached.settings.decode("utf-8"))
    except ValueError:
        return {}  # reading the settings reports what is wrong
    log = settings["ai"].get("log") if isinstance(settings.get("ai"), dict) else None
    found = audit_scans.names(attached.scans, settings)
    return {**found, log: attached.ai_log} if isinstance(log, str) and attached.ai_log else found


def _data_file(inputs: Mapping[str, Any], which: str, data: Path) -> tuple[str, Path]:
    """Return (name, path) of a data file once it is sure that it is the one."""
    entry = inputs.get(which)
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise BuildError(f"the attached results do not name the {which} file", CANNOT)
    name, wanted = entry["name"], str(entry.get("sha256"))
    path = data / name
    if not path.is_file():
        raise BuildError(f"{path} is missing; put the file with SHA-256 {wanted[:16]}… there, or name the "
                         "folder of the report: CONFIG=path/to/report.toml", CANNOT)  # fmt: skip
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != wanted:
        raise BuildError(f"{path} is another file: SHA-256 {found[:16]}…, the PDF names {wanted[:16]}…", CANNOT)
    return name, path


def settings_of(path: Path, attached: Attached, studies: Path) -> Settings:
    """Read the attached settings, in the profile that the results were made in; `studies` is the report's code."""
    chosen = attached.results["inputs"].get("settings")
    profile = str(chosen["run.profile"]) if isinstance(chosen, dict) and "run.profile" in chosen else None
    try:
        return load(path, profile, studies)
    except InputError as error:
        raise BuildError(f"the attached report.toml cannot be used: {error}", CANNOT) from None
