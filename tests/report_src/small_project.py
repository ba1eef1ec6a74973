"""A project of a few lines in the shape of a real one: studies that take no time, one figure each, real TeX."""

import atexit
import contextlib
import dataclasses
import functools
import json
import shutil
import tempfile
from pathlib import Path

from analysis.settings.load import load
from report_src.build import context as build_context
from report_src.build import runner
from report_src.build.context import BuildContext
from report_src.build.environment import open_project
from report_src.build.pipeline import steps
from report_src.build.step import Step
from report_src.project import CLAIMS, FINDINGS, READS, REPORT, SOURCE_MAP, WEB_PAGE, Project

MAIN = """
import argparse, importlib, json, sys, tomllib
from pathlib import Path

parser = argparse.ArgumentParser()
for name in ("study", "--config", "--build", "--profile"):
    parser.add_argument(name)
parser.add_argument("--studies")
parser.add_argument("--reads", nargs="*")
parser.add_argument("--settings", nargs="*")
options = parser.parse_args()
build = Path(options.build)
run = tomllib.loads(Path(options.config).read_text())["run"]
for folder in ("results", "arrays"):
    (build / folder).mkdir(parents=True, exist_ok=True)
print(f"PROGRESS\\t{options.study}\\t1\\t2", file=sys.stderr)
value = importlib.import_module(f"studies.{options.study}.study").run(run, build)
(build / "arrays" / f"{options.study}.npz").write_text(str(value))
(build / "results" / f"{options.study}.json").write_text(json.dumps(value))
if options.study == "trial":
    (build / "frozen.json").write_text("{}")
"""
DRAW = """
import argparse, importlib
from pathlib import Path

parser = argparse.ArgumentParser()
for name in ("study", "--config", "--build", "--profile"):
    parser.add_argument(name)
parser.add_argument("--studies")
parser.add_argument("--settings", nargs="*")
options = parser.parse_args()
build = Path(options.build)
(build / "figures").mkdir(exist_ok=True)
drawn = importlib.import_module(f"studies.{options.study}.plots").drawn
text = drawn((build / "arrays" / f"{options.study}.npz").read_text())
(build / "figures" / f"{options.study}-plot.pdf").write_text(text)
"""
JOIN = """
import argparse, json
from pathlib import Path
import analysis.contract

parser = argparse.ArgumentParser()
for name in ("--config", "--build", "--profile", "--studies"):
    parser.add_argument(name)
build = Path(parser.parse_args().build)
tree = {path.stem: json.loads(path.read_text()) for path in sorted((build / "results").glob("*.json"))}
(build / "results.json").write_text(json.dumps(tree))
"""
STUDY = """
{imports}
import analysis.contract
def run(settings, build):
    return {value}
"""
ON_TABLE = 'settings=("run", "table", "data.train"), data=("train",)'
DECLARED = {  # in their order
    "survey": f'part="A", {ON_TABLE}',
    "fit": f'part="B", {ON_TABLE}',
    "curve": f'part="C", {ON_TABLE}, reads=("fit",)',
    "trial": 'part="D", settings=("run", "table", "data.train", "data.test"), data=("train", "test"), '
    'reads=("survey", "fit"), makes=("frozen.json",)',
    "aside": 'part="E", settings=("aside",), section=AsideSettings',
}
BODIES = {
    "survey": ("from analysis.data.dataset import rows", "rows()"),
    "fit": (
        "from analysis.data.dataset import rows\nfrom analysis.network.mlp import step",
        "[rows(), step(settings['seed'])]",
    ),
    "curve": ("", "(build / 'arrays' / 'fit.npz').read_text()"),
    "trial": ("from analysis.data.dataset import rows\nfrom analysis.network.mlp import step", "[rows(), 1]"),
    "aside": ("", "1"),
}
STUDIES = tuple(DECLARED)
DECLARATION = """
from analysis.declaration import Study
{imports}
STUDY = Study(__name__, record="Record", {rest})
"""
SECTION = """
from analysis.declaration import Section

class AsideSettings(Section, frozen=True, forbid_unknown_fields=True):
    rate: float = 1.0
"""
# what a study of the small project needs of the engine's module
DECLARATIONS = """
class Section:
    def __init_subclass__(cls, **options):
        pass

def Study(*words, **more):
    pass
"""
SETTINGS = """[report]
title = "A small report"
author = "Your Name"
roll_number = "00000000"
repository = "https://github.com/your-name/your-repository"
example = true

[data]
train = "data/train.csv"
test = "data/test.csv"
source = "the two tables of a test"
simulation_seed = 5

[run]
profile = "standard"
seed = 600
iterations = 400
row_limit = 0  # all rows

[aside]
rate = 0.5

[ai]
log = "data/ai_usage.toml"

[table]
target = "kind"
classes = ["one", "two"]

[[table.numerical]]
name = "days"
meaning = "days"
unit = "days"
minimum = 0
maximum = 365
"""
TEMPLATE = r"""\documentclass{article}
\pdfinfoomitdate=1 \pdftrailerid{} \pdfsuppressptexinfo=-1
\begin{document}
\section{One}\label{one}
See \ref{one}. SENTENCE
RESULTS
\end{document}
"""
DATA = "neighbourhood_group,room_type\nBronx,Private room\n"


def write_sources(root: Path) -> None:
    """Lay the small project's files below `root`."""
    files = {
        "analysis/__init__.py": "",
        "analysis/__main__.py": MAIN,
        "analysis/draw.py": DRAW,
        "analysis/collect.py": JOIN,
        "analysis/data/dataset.py": "def rows():\n    return 3\n",
        "analysis/network/mlp.py": "def step(seed):\n    return seed + 1\n",
        "analysis/contract.py": "",
        "analysis/declaration.py": DECLARATIONS,
        "studies/__init__.py": "",
        "studies/aside/settings.py": SECTION,
        "report_src/__init__.py": "",
        "report_src/rendering/__init__.py": "",
        "report_src/rendering/render.py": "import analysis.contract\nfrom report_src.numbers import formatting\n",
        "report_src/numbers/__init__.py": "",
        "report_src/numbers/formatting.py": "",
        "report_src/tex/__init__.py": "",
        "report_src/tex/compile.py": "from report_src.tex import log\n",
        "report_src/tex/log.py": "",
        "report_src/web/__init__.py": "",
        "report_src/web/page.py": "",
        "report_src/derivations/__init__.py": "",
        "report_src/derivations/gate.py": "",
        "report_src/derivations/gate.lark": "",
        "analysis/data/dataset.toml": "",
        "templates/report.tex.j2": TEMPLATE,
        "requirements.lock": "# comment\nnumpy==1.0\n",
        "data/train.csv": DATA,
        "data/test.csv": DATA,
        "data/ai_usage.toml": "",
        "report.toml": SETTINGS,
    }
    for study, (imports, value) in BODIES.items():
        own = "from studies.aside.settings import AsideSettings" if study == "aside" else ""
        files |= {
            f"studies/{study}/__init__.py": DECLARATION.format(imports=own, rest=DECLARED[study]),
            f"studies/{study}/study.py": STUDY.format(imports=imports, value=value),
            f"studies/{study}/plots.py": "import analysis.contract\ndef drawn(text):\n    return text\n",
            f"studies/{study}/record.py": "class Record:\n    pass\n",
        }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def render(context: BuildContext, step: Step) -> None:
    """Stand in for the renderer: the template with the results in it."""
    work = context.project.work
    text = (context.project.templates / "report.tex.j2").read_text(encoding="utf-8")
    results = context.project.results.read_text(encoding="utf-8").replace("_", r"\_")
    (work / "report.tex").write_text(text.replace("RESULTS", results), encoding="utf-8")
    lines = [["templates/report.tex.j2", number] for number in range(1, text.count("\n") + 1)]
    (work / SOURCE_MAP).write_text(str({"lines": lines}).replace("'", '"'), encoding="utf-8")
    findings = ["templates/report.tex.j2:1:1: judging word 'best'"] if "best" in text else []
    (work / FINDINGS).write_text(json.dumps(findings), encoding="utf-8")
    (work / READS).write_text(json.dumps({"survey": [["report.tex.j2", 6]]}), encoding="utf-8")
    claim = {"id": "few-rows", "template": "report.tex.j2", "line": 6, "conditions": ["survey < 4"], "branch": 0}
    claims = [claim | {"values": {"survey": 3}, "within_noise": False}]
    (work / CLAIMS).write_text(json.dumps(claims), encoding="utf-8")


def verify(context: BuildContext, step: Step) -> None:
    """Stand in for the checker of derivations: one of them, every row checked."""
    lines = (context.project.templates / "report.tex.j2").read_text(encoding="utf-8").splitlines()
    checked = [[number, 1] for number, line in enumerate(lines, start=1) if "&=" in line]
    row = {"name": "chain-rule", "unchecked": [], "file": "report.tex.j2", "checked": checked, "steps": len(checked)}
    row |= {"instances": 9, "largest_error": 1e-16}
    context.project.derivations.write_text(json.dumps({"table": [row]}), encoding="utf-8")


def compile_quickly(context: BuildContext, step: Step) -> None:
    """Stand in for TeX where its pages do not matter."""
    (context.project.work / REPORT).write_bytes(b"%PDF " + (context.project.work / "report.tex").read_bytes())


def write_page(context: BuildContext, step: Step) -> None:
    """Stand in for pandoc: a page with the document's text."""
    (context.project.work / WEB_PAGE).write_bytes((context.project.work / "report.tex").read_bytes())


def table(*, tex: bool = False) -> tuple[Step, ...]:
    """Return the real table with the small renderer, and TeX only where asked for."""
    instead = {"render": render, "verify": verify, "web": write_page} | ({} if tex else {"compile": compile_quickly})
    return tuple(dataclasses.replace(step, run=instead.get(step.name, step.run)) for step in STEPS)


def project(root: Path) -> Project:
    """Open the small project as `make STUDIES=studies` would."""
    return open_project(Path("report.toml"), Path("build"), None, root=root, studies=root / "studies")


def build(root: Path) -> None:
    """Build the report in its current folder; of what a first build made once a process, a copy is taken."""
    shutil.copytree(_first_build(), root / "build", symlinks=True)
    runner.make(project(root), "report", table())


@functools.cache
def _first_build() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    write_sources(folder)
    with contextlib.chdir(folder):
        runner.make(project(folder), "report", table())
    return folder / "build"


def declared_steps() -> tuple[Step, ...]:
    """Return the engine's table of steps for the small project's studies."""
    with tempfile.TemporaryDirectory() as folder:
        write_sources(Path(folder))
        return steps(load(Path(folder) / "report.toml", studies=Path(folder) / "studies"))


STEPS = declared_steps()
build_context.LIBRARIES = ("json",)  # the small studies need none, and a server takes seconds to load them all
