"""Does a PDF hold what its inputs give? Its results are rebuilt from what is attached to it, and compared."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from analysis.errors import InputError
from analysis.results.inputs import processor
from analysis.settings.load import load
from analysis.settings.schema import Settings
from report_src.errors import BuildError
from report_src.numbers.printed_numbers import contradictions
from report_src.numbers.results_diff import counted, differences
from report_src.project import RESULTS, ROOT, Project, commit

AGREES, DIFFERS, CANNOT = 0, 1, 2  # exit status
ATTACHED = (RESULTS, "report.toml", "report.tex")
COMMIT = re.compile(r"commit \\texttt\{([^}]*)\}")
LARGEST = 100_000_000  # bytes of an attachment that are read

Rebuild = Callable[[Project], dict[str, Any]]


class Attached(Struct, frozen=True):
    """What a PDF of this project carries."""

    results: dict[str, Any]
    settings: bytes
    document: str

    @property
    def commit(self) -> str:
        """The commit that the document names, "+" where files differed from it."""
        found = COMMIT.search(self.document)
        return found[1] if found else "none"


def run(pdf: str | None, folder: Path | None, config: Path, build: Path) -> int:
    """Audit one PDF, or every PDF of a folder; return the exit status (the largest of all)."""
    if folder is None and not pdf:
        raise BuildError("which PDF? type: make audit PDF=report.pdf, or ALL=folder for a folder of them", CANNOT)
    if folder is None:
        return audit(Path(str(pdf)), config, build)
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() == ".pdf")
    if not paths:
        raise BuildError(f"{folder}: no PDF is here", CANNOT)
    verdicts = {}
    for path in paths:
        try:
            verdicts[path] = audit(path, config, build)
        except BuildError as error:
            print(f"{path}: {error}")
            verdicts[path] = CANNOT
    words = {AGREES: "agrees", DIFFERS: "DIFFERS", CANNOT: "not audited"}
    print("\n".join(f"{words[verdict]:<13}{path}" for path, verdict in verdicts.items()))
    return max(verdicts.values())


def audit(pdf: Path, config: Path, build: Path, rebuild: Rebuild | None = None) -> int:
    """Rebuild a PDF's results and print every number that differs; return AGREES or DIFFERS.

    The numbers of its text are compared with the attached results too: the text may have been changed alone.

    `config` says where the data lie: paths of the attached report.toml are taken relative to its folder.
    BuildError (status 2) where the PDF carries no results, the data are missing or others, or nothing can be built.
    """
    attached = read(pdf)
    folder = lay_out(attached, config.parent, build / "audit")
    settings = _settings(folder / "report.toml", attached)
    project = Project(ROOT, folder / "report.toml", build / "audit", settings, settings.run.profile)
    try:
        here = (rebuild or build_results)(project)
    except BuildError as error:
        raise BuildError(f"{pdf}: cannot be rebuilt: {error}", CANNOT) from None
    found = [str(difference) for difference in differences(attached.results, here)]
    found += dict.fromkeys(contradictions(attached.document, attached.results))
    print("\n".join(_told(pdf, attached, here, found)))
    return DIFFERS if found else AGREES


def read(pdf: Path) -> Attached:
    """Return what is attached to a PDF; BuildError where it is none of this project's."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        files = PdfReader(pdf).attachments
        found = {name: files[name][0] for name in ATTACHED if name in files}
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
        return Attached(results, found["report.toml"], found["report.tex"].decode("utf-8"))
    except (ValueError, AttributeError, RecursionError) as error:
        raise BuildError(f"{pdf}: its attachments cannot be read ({error})", CANNOT) from None


def lay_out(attached: Attached, data: Path, build: Path) -> Path:
    """Write the attached report.toml below `build`, with links to the data beside it; return its folder.

    BuildError where a data file is missing below `data`, or is another than the PDF was made from.
    """
    shutil.rmtree(build / "work" / "inputs", ignore_errors=True)
    inputs = attached.results["inputs"]
    files = [] if inputs.get("simulated") is True else [_data_file(inputs, name, data) for name in ("train", "test")]
    up = max([os.path.normpath(name).split(os.sep).count("..") for name, _ in files], default=0)
    folder = (build / "work" / "inputs").joinpath(*["below"] * up)
    folder.mkdir(parents=True)
    (folder / "report.toml").write_bytes(attached.settings)  # first: nothing is written once the links are there
    for name, path in files:
        if not Path(name).is_absolute():
            place = Path(os.path.normpath(folder / name))
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                place.symlink_to(path.resolve())
    return folder


def _data_file(inputs: Mapping[str, Any], which: str, data: Path) -> tuple[str, Path]:
    """Return (name, path) of a data file once it is sure that it is the one."""
    entry = inputs.get(which)
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise BuildError(f"the attached results do not name the {which} file", CANNOT)
    name, wanted = entry["name"], str(entry.get("sha256"))
    path = data / name
    if not path.is_file():
        raise BuildError(f"{path} is missing; put the file with SHA-256 {wanted[:16]}… there", CANNOT)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != wanted:
        raise BuildError(f"{path} is another file: SHA-256 {found[:16]}…, the PDF names {wanted[:16]}…", CANNOT)
    return name, path


def _settings(path: Path, attached: Attached) -> Settings:
    """Read the attached settings, in the profile that the results were made in."""
    chosen = attached.results["inputs"].get("settings")
    try:
        return load(path, str(chosen["run.profile"]) if isinstance(chosen, dict) and "run.profile" in chosen else None)
    except InputError as error:
        raise BuildError(f"the attached report.toml cannot be used: {error}", CANNOT) from None


def build_results(project: Project) -> dict[str, Any]:
    """Run the studies one after the other on one thread and return results.json."""
    from report_src.build import runner

    with one_worker():
        runner.make(project, "results")
    tree: dict[str, Any] = json.loads(project.results.read_bytes())
    return tree


@contextlib.contextmanager
def one_worker() -> Iterator[None]:
    """Have the studies use one process each."""
    before = os.environ.get("ANALYSIS_WORKERS")
    os.environ["ANALYSIS_WORKERS"] = "1"
    try:
        yield
    finally:
        os.environ.pop("ANALYSIS_WORKERS")
        if before is not None:
            os.environ["ANALYSIS_WORKERS"] = before


def _told(pdf: Path, attached: Attached, here: dict[str, Any], found: list[str]) -> Iterator[str]:
    """Yield the lines of one PDF's audit: where it was made, where it is rebuilt, what differs."""
    inputs = attached.results["inputs"]
    data = "simulated data" if inputs.get("simulated") is True else "the same data"
    made_on = f", {inputs['processor']}" if inputs.get("processor") else ""
    yield f"{pdf}: commit {attached.commit}, Python {inputs.get('python')}{made_on}"
    yield f"  rebuilt from {data} at commit {commit(ROOT) or 'none'}, Python {platform.python_version()}, {processor()}"
    there, ours = inputs.get("packages"), here.get("inputs", {}).get("packages", {})
    if isinstance(there, dict):
        other = [f"{name} {there.get(name)} → {ours.get(name)}" for name in sorted({*there, *ours})
                 if there.get(name) != ours.get(name)]  # fmt: skip
        if other:
            yield f"  other versions: {', '.join(other)}"
    yield from (f"  differs: {difference}" for difference in found)
    total = counted(here)
    verdict = f"{len(found)} differences" if len(found) > 1 else "one difference" if found else "nothing differs"
    yield f"  {verdict}: {total} values rebuilt, and the numbers of the text compared with the attached results"
