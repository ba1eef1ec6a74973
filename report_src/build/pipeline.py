"""The steps as a table: what each rests on, what it makes. A step runs when that changed, and never else.

Products are made in BUILD/work and published to BUILD when the whole target is done, so that a build which
fails leaves the last good report unchanged. Paths of products are relative to either.
"""

from collections.abc import Mapping

from analysis.declaration import Study, read_settings
from analysis.settings.schema import Settings
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
TEMPLATES = ("templates/**/*",)
PLOTS = ("analysis/studies/*/*.py", "studies/*/*.py")
PRIVATE = (SOURCE_MAP, READS, FINDINGS, DERIVATIONS)  # not published


def study(declared: Study, studies: Mapping[str, Study]) -> Step:
    """Return the row of a study."""
    code = (
        "analysis.__main__",
        f"{declared.package}.study",
        *_records(declared, *(studies[name] for name in declared.reads)),
    )
    return Step(declared.name, actions.run_study, code, declared.settings, declared.data, reads=declared.reads,
                products=(f"results/{declared.name}.json", f"arrays/{declared.name}.npz", *declared.makes),
                analysis=True)  # fmt: skip


def figures(declared: Study) -> Step:
    """Return the row that draws a study's figures: a changed plot trains nothing again, a broken one loses nothing."""
    code = ("analysis.draw", f"{declared.package}.plots", *_records(declared))
    return Step(figures_of(declared.name), actions.draw_figures, code, declared.plot_settings, reads=(declared.name,),
                products=(f"figures/{declared.name}-*.pdf",), analysis=True)  # fmt: skip


def longest_first(studies: Mapping[str, Study]) -> list[Study]:
    """Return the studies, those with the longest chain of others that rest on them first: begun late, it ends last.

    aside, fit, curve (reads fit) -> fit, aside, curve
    """

    def chain(name: str) -> int:
        return max((1 + chain(other.name) for other in studies.values() if name in other.reads), default=0)

    return sorted(studies.values(), key=lambda one: -chain(one.name))


def steps(settings: Settings) -> tuple[Step, ...]:
    """Return the rows of a report, in order: its studies, their figures, and what every report has."""
    declared = settings.studies
    records = _records(*declared.values())
    return (
        *(study(one, declared) for one in longest_first(declared)),
        *(figures(one) for one in declared.values() if one.has_plots),
        Step("results", actions.join, ("analysis.collect", *records), ("data", *read_settings(declared)),
             inputs=("results/*.json",), products=(RESULTS,)),
        Step("verify", actions.verify, code=("report_src.derivations.gate",), sources=TEMPLATES,
             inputs=("arrays/*.npz",), products=(DERIVATIONS,), scratch=("derivations-cache.*", *TEX_OWN)),
        Step("render", actions.render, ("report_src.rendering.render", *records), (*settings.visible, "ai", "scans"),
             sources=(*TEMPLATES, "analysis/**/*.py", "report_src/**/*.py", "studies/**/*.py", "pyproject.toml"),
             user_files=True, inputs=(RESULTS, DERIVATIONS),
             products=(SOURCE_MAP, READS, FINDINGS, CLAIMS, UNUSED, "*.tex", "fonts/*",
                       "scans/**/*", "attachments/**/*"), scratch=TEX_OWN, prepare=actions.start_tex),
        Step("compile", actions.compile_report, code=("report_src.tex.compile",),
             inputs=("*.tex", SOURCE_MAP, "fonts/*", "figures/*.pdf", "scans/**/*", "attachments/**/*"),
             products=(REPORT, SYNCTEX), scratch=TEX_OWN),
        Step("web", actions.web, code=("report_src.web.page",), sources=("report_src/web/*.*", *PLOTS),
             inputs=("*.tex", SOURCE_MAP, DERIVATIONS, CLAIMS, RESULTS, "figures/*.pdf", "scans/**/*"),
             products=(WEB_PAGE,), scratch=("web/*", *TEX_OWN)),
    )  # fmt: skip


def _records(*studies: Study) -> tuple[str, ...]:
    return tuple(f"{one.package}.record" for one in studies)


UNTIL = {"figures": "results", "results": "results", "check": "render", "unused": "render", "draft": "compile",
         "report": "compile", "bundle": "compile", "handin": "compile", "web": "web"}  # fmt: skip


def steps_of(target: str, table: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the rows that a target needs, in order; a draft is not verified."""
    last = [step.name for step in table].index(UNTIL[target])
    return tuple(step for step in table[: last + 1] if not (target == "draft" and step.name == "verify"))
