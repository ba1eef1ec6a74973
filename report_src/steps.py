"""The steps as a table: what each rests on, what it makes. A step runs when that changed, and never else.

Products are made in BUILD/work and published to BUILD when the whole target is done, so that a build which
fails leaves the last good report as it was. Products are named relative to either.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from report_src import actions
from report_src.files import changed_since, digest, matching
from report_src.imports import ImportIndex
from report_src.keys import data_parts, environment_parts, settings_parts, user_files
from report_src.project import Project

STUDIES = ("eda", "training", "gradient_flow", "attribution", "generalization", "shared_bias")
TEX_OWN = ("report.*", "report-format*")  # files that TeX writes for itself, from the moment it is started
PRIVATE = ("report.map.json", "reads.json", "findings.json", "derivations.json")  # not published


@dataclasses.dataclass(frozen=True)
class Step:
    """One row of the table. Patterns are globs below BUILD/work (products) or the project (sources)."""

    name: str
    run: Callable[[Project, Step], str | None]  # returns what is said of it beside its time
    code: tuple[str, ...]  # modules; what they import belongs to them
    settings: tuple[str, ...] = ()  # sections or single settings of report.toml
    data: tuple[str, ...] = ()  # of "train", "test"
    sources: tuple[str, ...] = ()  # files that are read as text
    user_files: bool = False  # AI log and scans
    inputs: tuple[str, ...] = ()  # products of earlier steps
    reads: tuple[str, ...] = ()  # studies whose record and arrays are read
    products: tuple[str, ...] = ()
    scratch: tuple[str, ...] = ()  # what it writes for itself
    # done before it runs, while its products of before still stand; it is told which parts of the key changed, if known
    prepare: Callable[[Project, set[str] | None], None] | None = None

    @property
    def read_products(self) -> tuple[str, ...]:
        """Patterns of every product of an earlier step that this one reads."""
        return (*self.inputs, *(p for study in self.reads for p in (f"results/{study}.json", f"arrays/{study}.npz")))


def study(name: str, *, products: tuple[str, ...] = (), **what: Any) -> Step:
    """Return the row of a study: all of them have the same shape."""
    made = (f"results/{name}.json", f"arrays/{name}.npz", f"figures/{name}-*.pdf", *products)
    return Step(
        name, actions.run_study, code=("analysis.__main__", f"analysis.studies.{name}.study"), products=made, **what
    )


QUESTION_1 = ("run", "table", "data.train")
STEPS: tuple[Step, ...] = (
    study("eda", settings=QUESTION_1, data=("train",)),
    study("training", settings=QUESTION_1, data=("train",)),
    study("gradient_flow", settings=("run", "table"), reads=("training",)),
    study("attribution", settings=QUESTION_1, data=("train",), reads=("eda", "training")),
    study("generalization", settings=(*QUESTION_1, "data.test"), data=("train", "test"),
          reads=("eda", "attribution"), products=("frozen.json",)),
    study("shared_bias", settings=("shared_bias",)),
    Step("results", actions.join, code=("analysis.collect",), settings=("run", "table", "data", "shared_bias"),
         inputs=("results/*.json",), products=("results.json",)),
    Step("verify", actions.verify, code=("report_src.derivations.gate",),
         sources=("templates/**/*",),
         inputs=("arrays/*.npz",), products=("derivations.json",), scratch=("derivations-cache.*", *TEX_OWN),
         prepare=actions.start_tex),
    Step("render", actions.render, code=("report_src.render",),
         settings=("report", "data", "table", "run", "shared_bias", "ai", "scans"),
         sources=("templates/**/*", "analysis/**/*.py", "report_src/**/*.py", "pyproject.toml"), user_files=True,
         inputs=("results.json", "derivations.json"),
         products=("report.map.json", "reads.json", "findings.json", "claims.json", "unused.json", "*.tex",
                   "scans/**/*", "attachments/**/*"), scratch=TEX_OWN, prepare=actions.start_tex),
    Step("compile", actions.compile_report, code=("report_src.latex",),
         inputs=("*.tex", "report.map.json", "figures/*.pdf", "scans/**/*", "attachments/**/*"),
         products=("report.pdf",), scratch=TEX_OWN),
)  # fmt: skip

UNTIL = {"figures": "results", "results": "results", "check": "render", "unused": "render", "draft": "compile",
         "report": "compile", "bundle": "compile", "handin": "compile"}  # fmt: skip


def steps_of(target: str, table: tuple[Step, ...] = STEPS) -> tuple[Step, ...]:
    """Return the rows that a target needs, in order; a draft is not verified."""
    last = [step.name for step in table].index(UNTIL[target])
    return tuple(step for step in table[: last + 1] if not (target == "draft" and step.name == "verify"))


def parts(step: Step, project: Project, index: ImportIndex) -> dict[str, str]:
    """Return everything a step rests on, by name (products of earlier steps as they are now)."""
    settings = project.settings
    unread = {*STUDIES} - {step.name, *step.reads} if step.name in STUDIES else ()
    found = {f"code:{path}": value for path, value in index.closure(step.code, unread).items()}
    found |= settings_parts(settings, step.settings)
    if step.data:
        found |= data_parts(settings, step.data)
    if step.user_files:
        found |= user_files(settings)
        found["file:report.toml"] = digest(settings.path)  # it is attached to the PDF as it is
    found |= {f"source:{name}": value for name, value in matching(project.root, step.sources).items()}
    found |= {f"input:{name}": value for name, value in matching(project.work, step.read_products).items()}
    if step.name == "render":
        found["draft"] = str(project.draft)
    return found | environment_parts(project.root)


def changed_meanwhile(now: Mapping[str, str], project: Project, begun: int) -> list[str]:
    """Return the parts whose files have changed since a step's key was made, or whose code since it was loaded.

    What came of the step may rest on either content; `now` is its key, `begun` a moment of file_clock().
    """
    data = {"data:train": project.settings.train_path, "data:test": project.settings.test_path}
    folders = {"code": project.root, "source": project.root, "file": project.settings.folder}
    changed = []
    for part in now:
        kind, _, name = part.partition(":")
        path = data.get(part) or (folders[kind] / name if kind in folders else None)
        if path and now[part] != "absent" and changed_since(path, project.loaded if kind == "code" else begun):
            changed.append(part)
    return changed
