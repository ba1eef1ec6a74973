"""The steps as a table: what each rests on, what it makes. A step runs when that changed, and never else.

Products are made in BUILD/work and published to BUILD when the whole target is done, so that a build which
fails leaves the last good report unchanged. Paths of products are relative to either.
"""

from __future__ import annotations

from typing import Any

from report_src.build import actions
from report_src.build.step import Step, figures_of
from report_src.project import (
    CLAIMS,
    DERIVATIONS,
    FINDINGS,
    READS,
    REPORT,
    RESULTS,
    SOURCE_MAP,
    SYNCTEX,
    UNUSED,
    WEB_PAGE,
)

TEX_OWN = ("report.*", "report-format*")  # files that TeX writes for itself, from the moment it is started
PRIVATE = (SOURCE_MAP, READS, FINDINGS, DERIVATIONS)  # not published


def study(name: str, *, products: tuple[str, ...] = (), **what: Any) -> Step:
    """Return the row of a study: all of them have the same shape."""
    made = (f"results/{name}.json", f"arrays/{name}.npz", *products)
    return Step(
        name, actions.run_study, code=("analysis.__main__", f"analysis.studies.{name}.study"), products=made, **what
    )


def figures(study: str, *settings: str) -> Step:
    """Return the row that draws a study's figures: a changed plot trains nothing again, a broken one loses nothing."""
    code = ("analysis.draw", f"analysis.studies.{study}.plots")
    return Step(figures_of(study), actions.draw_figures, code=code, settings=settings, reads=(study,),
                products=(f"figures/{study}-*.pdf",))  # fmt: skip


QUESTION_1 = ("run", "table", "data.train")
STEPS: tuple[Step, ...] = (
    study("eda", settings=QUESTION_1, data=("train",)),
    study("training", settings=QUESTION_1, data=("train",)),
    study("gradient_flow", settings=QUESTION_1, data=("train",), reads=("training",)),
    study("attribution", settings=QUESTION_1, data=("train",), reads=("eda", "training")),
    study("generalization", settings=(*QUESTION_1, "data.test"), data=("train", "test"),
          reads=("eda", "training", "attribution"), products=("frozen.json",)),
    study("shared_bias", settings=("shared_bias",)),
    *(figures(name, "run", "table") for name in ("eda", "training", "gradient_flow", "attribution", "generalization")),
    figures("shared_bias", "shared_bias"),
    Step("results", actions.join, code=("analysis.collect",), settings=("run", "table", "data", "shared_bias"),
         inputs=("results/*.json",), products=(RESULTS,)),
    Step("verify", actions.verify, code=("report_src.derivations.gate",),
         sources=("templates/**/*",),
         inputs=("arrays/*.npz",), products=(DERIVATIONS,), scratch=("derivations-cache.*", *TEX_OWN),
         prepare=actions.start_tex),
    Step("render", actions.render, code=("report_src.rendering.render",),
         settings=("report", "data", "table", "run", "shared_bias", "ai", "scans"),
         sources=("templates/**/*", "analysis/**/*.py", "report_src/**/*.py", "pyproject.toml"), user_files=True,
         inputs=(RESULTS, DERIVATIONS),
         products=(SOURCE_MAP, READS, FINDINGS, CLAIMS, UNUSED, "*.tex", "fonts/*",
                   "scans/**/*", "attachments/**/*"), scratch=TEX_OWN, prepare=actions.start_tex),
    Step("compile", actions.compile_report, code=("report_src.tex.compile",),
         inputs=("*.tex", SOURCE_MAP, "fonts/*", "figures/*.pdf", "scans/**/*", "attachments/**/*"),
         products=(REPORT, SYNCTEX), scratch=TEX_OWN),
    Step("web", actions.web, code=("report_src.web.page",), sources=("report_src/web/*.*",),
         inputs=("*.tex", SOURCE_MAP, DERIVATIONS, CLAIMS, "figures/*.pdf", "scans/**/*"),
         products=(WEB_PAGE,), scratch=("web/*", *TEX_OWN)),
)  # fmt: skip

UNTIL = {"figures": "results", "results": "results", "check": "render", "unused": "render", "draft": "compile",
         "report": "compile", "bundle": "compile", "handin": "compile", "web": "web"}  # fmt: skip


def steps_of(target: str, table: tuple[Step, ...] = STEPS) -> tuple[Step, ...]:
    """Return the rows that a target needs, in order; a draft is not verified."""
    last = [step.name for step in table].index(UNTIL[target])
    return tuple(step for step in table[: last + 1] if not (target == "draft" and step.name == "verify"))
