"""Who may import whom, asserted over the imports as written."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import STUDIES

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "pandas", "sklearn", "scipy", "matplotlib", "captum"}


def imports(path):
    """Yield every module that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


FILES = {path: set(imports(path)) for folder in ("analysis", "report_src") for path in (ROOT / folder).rglob("*.py")}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_the_walk_sees_the_files():
    assert len(FILES) > 20
    assert any("torch" in names for names in FILES.values())


def test_analysis_never_knows_report_src():
    assert [relative(p) for p, names in FILES.items() if p.parts[-2] != "report_src" and "report_src" not in p.parts
            and any(name.startswith("report_src") for name in names)] == []  # fmt: skip


def test_report_src_knows_the_contract_of_analysis_and_nothing_else():
    allowed = ("analysis.results", "analysis.errors", "analysis.settings")
    bad = [
        (relative(path), name)
        for path, names in FILES.items()
        if "report_src" in path.parts
        for name in names
        if name.startswith("analysis.") and not name.startswith(allowed)
    ]
    assert bad == []


@pytest.mark.parametrize("study", STUDIES)
def test_no_study_imports_another(study):
    others = {f"analysis.{other}" for other in STUDIES if other != study}
    for path, names in FILES.items():
        if path.parent.name == "analysis" and path.stem.startswith(study):
            assert not names & others, relative(path)


def test_torch_and_captum_stand_in_one_file_of_analysis():
    users = {
        relative(path)
        for path, names in FILES.items()
        if "analysis" in path.parts and any(name.split(".")[0] in {"torch", "captum"} for name in names)
    }
    assert users == {"analysis/torch_twin.py"}


def test_the_network_from_scratch_imports_numpy_alone():
    files = ("mlp.py", "threads.py")
    names = {name for file in files for name in FILES[ROOT / "analysis" / file]}
    ours = {"analysis.threads", "analysis.threads.Team", "analysis.threads.number"}
    assert {name.split(".")[0] for name in names - ours} <= {"numpy", *sys.stdlib_module_names}


@pytest.mark.parametrize("module", ["report_src.rendering.render", "report_src.build.pipeline", "report_src.__main__"])
def test_the_render_path_imports_nothing_heavy(module):
    program = f"import sys, {module}; print(' '.join(sorted({{m.split('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())
