"""One step of the build: what it rests on, what it makes, and the parts of its key."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from report_src.build.context import BuildContext
from report_src.build.fingerprint import data_parts, environment_parts, settings_parts, user_files
from report_src.fonts.faces import system_files
from report_src.project import Project
from report_src.system.files import changed_since, digest, matching
from report_src.system.import_graph import ImportIndex

# the templates of the clone that every report may read
SHARED = ("templates/shared/*", "templates/preamble.tex", "templates/judging_words.toml")


def figures_of(study: str) -> str:
    """Return the name of the step that draws a study's figures: "eda" -> "eda figures"."""
    return f"{study} figures"


@dataclasses.dataclass(frozen=True)
class Step:
    """One row of the table. Patterns are globs below BUILD/work (products) or the project (sources)."""

    name: str
    run: Callable[[BuildContext, Step], str | None]  # returns a note for the log, beside its time
    code: tuple[str, ...]  # modules; what they import belongs to them
    settings: tuple[str, ...] = ()  # sections or single settings of report.toml
    data: tuple[str, ...] = ()  # of "train", "test"
    sources: tuple[str, ...] = ()  # files that are read as text
    user_files: bool = False  # AI log and scans
    inputs: tuple[str, ...] = ()  # products of earlier steps
    reads: tuple[str, ...] = ()  # studies whose record and arrays are read
    products: tuple[str, ...] = ()
    scratch: tuple[str, ...] = ()  # what it writes for itself
    analysis: bool = False  # runs a study, or draws its figures, in a process of its own
    prepare: Callable[[BuildContext], None] | None = None  # done before it runs, while its previous products exist

    @property
    def draws(self) -> bool:
        """Whether it draws the figures of a study."""
        return self.name == figures_of(self.name.partition(" ")[0])

    @property
    def read_products(self) -> tuple[str, ...]:
        """Patterns of every product of an earlier step that this one reads."""
        return (*self.inputs, *(p for study in self.reads for p in (f"results/{study}.json", f"arrays/{study}.npz")))


def rests_on(step: Step, before: Step) -> bool:
    """Whether a step reads a product of an earlier one."""
    return any(Path(made.replace("*", "x")).match(read) for made in before.products for read in step.read_products)


def waits_for(step: Step, before: Iterable[Step]) -> bool:
    """Whether a step has to wait for one of those before it that have not ended.

    It waits for what it reads. Figures wait for all studies, so that no training is ended for a plot that fails.
    What is no part of the analysis goes one after the other.

    gradient_flow (reads training) waits for training, not for eda; results for both, not for their figures
    """
    return any(rests_on(step, one) or (one.run != step.run if step.analysis else not one.analysis) for one in before)


def parts(step: Step, project: Project, index: ImportIndex) -> dict[str, str]:
    """Return everything a step rests on, by name (present products of earlier steps)."""
    settings = project.settings
    found = {f"code:{path}": value for path, value in index.closure(step.code).items()}
    found |= settings_parts(settings, step.settings)
    if step.data:
        found |= data_parts(settings, step.data)
    if step.user_files:
        found |= user_files(settings)
        found["file:report.toml"] = digest(settings.path)  # it is attached to the PDF unchanged
    found |= {f"source:{name}": value for name, value in sources(step.sources, project).items()}
    found |= {f"input:{name}": value for name, value in matching(project.work, step.read_products).items()}
    if step.name == "render":
        found |= {"draft": str(project.draft), "commit": project.commit}
    if step.name == "render" or step.draws:
        found["fonts"] = " ".join(path.name for path in system_files())
    return found | environment_parts(project.root)


def sources(patterns: Iterable[str], project: Project) -> dict[str, str]:
    """Return relative path -> hash of the sources of a report: its own templates and studies, and the clone's files."""
    if project.home == project.root:
        return matching(project.root, patterns)
    own = [pattern for pattern in patterns if pattern.startswith("templates/")]
    code = [pattern for pattern in patterns if pattern.startswith("studies/")]
    rest = [pattern for pattern in patterns if pattern not in (*own, *code)]
    found = matching(project.root, (*rest, *(SHARED if own else ()))) | matching(project.home, own)
    return dict(sorted((found | matching(project.code_folder, code)).items()))


def changed_meanwhile(now: Mapping[str, str], project: Project, begun: int, loaded: int) -> list[str]:
    """Return the parts whose files have changed since a step's key was made, or whose code since it was loaded.

    What came of the step may rest on either content; `now` is its key. Its files were read at `begun` and the code
    that runs at `loaded`, both moments of file_clock().
    """
    data = {"data:train": project.settings.train_path, "data:test": project.settings.test_path}
    find: dict[str, Callable[[str], Path]] = {
        "code": project.code,
        "source": project.found,
        "file": project.settings.folder.joinpath,
    }
    changed = []
    for part in now:
        kind, _, name = part.partition(":")
        path = data.get(part) or (find[kind](name) if kind in find else None)
        if path and now[part] != "absent" and changed_since(path, loaded if kind == "code" else begun):
            changed.append(part)
    return changed
