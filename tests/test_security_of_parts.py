"""The parts keep what SECURITY.md says of them: the workflow is bound, and the code loads no code from data."""

import ast
import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent

# --- the workflow -----------------------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github").rglob("*.y*ml"))
OF_PAGES = {"pages": "write", "id-token": "write"}  # of the job that only publishes what another job built
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
OF_STRANGERS = re.compile(r"\$\{\{[^}]*(github\.(event|head_ref|actor)|inputs\.)")  # text that a stranger can choose


def faults(workflow: Mapping[Any, Any]) -> list[str]:
    """Return what a workflow may not have: permissions, actions that can change, text of strangers in a command."""
    found = [] if workflow.get("permissions") == {"contents": "read"} else ["permissions"]
    on = workflow.get("on", workflow.get(True))  # YAML reads the bare word as a truth value
    found += [f"on {name}" for name in ("pull_request_target", "workflow_run", "issue_comment") if name in (on or ())]
    for job in workflow["jobs"].values():
        publishes = [str(step.get("uses", "")).partition("@")[0] for step in job["steps"]] == ["actions/deploy-pages"]
        found += ["permissions of a job"] if job.get("permissions", OF_PAGES) != OF_PAGES else []
        found += ["a job that runs code may publish"] if "permissions" in job and not publishes else []
        for step in job["steps"]:
            used = step.get("uses")
            if used and not PINNED.fullmatch(used):
                found.append(f"{used} is not pinned")
            if used and used.startswith("actions/checkout@") and step.get("with", {}).get("persist-credentials", True):
                found.append("checkout leaves its token behind")
            if OF_STRANGERS.search(str(step.get("run", ""))):
                found.append("text of strangers in a command")
    if "secrets." in str(workflow):
        found.append("a secret is used")
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_workflow_reads_and_its_actions_are_pinned(path: Path) -> None:
    assert faults(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_there_is_a_workflow_and_every_fault_of_one_is_seen() -> None:
    good = yaml.safe_load(WORKFLOWS[0].read_text(encoding="utf-8"))
    steps = good["jobs"]["report"]["steps"]
    checkout = next(index for index, step in enumerate(steps) if "checkout" in step.get("uses", ""))

    def bad(change: Any) -> list[str]:
        workflow = copy.deepcopy(good)
        change(workflow, workflow["jobs"]["report"], workflow["jobs"]["report"]["steps"])
        return faults(workflow)

    assert bad(lambda w, j, s: w.pop("permissions")) == ["permissions"]
    assert bad(lambda w, j, s: w.update(permissions="write-all")) == ["permissions"]
    assert bad(lambda w, j, s: w.update({True: ["pull_request_target"]})) == ["on pull_request_target"]
    assert bad(lambda w, j, s: w["jobs"]["publish"].update(permissions={"contents": "write"})) == [
        "permissions of a job"
    ]
    assert bad(lambda w, j, s: j.update(permissions=OF_PAGES)) == ["a job that runs code may publish"]
    assert bad(lambda w, j, s: s.append({"uses": "actions/cache@v4"})) == ["actions/cache@v4 is not pinned"]
    assert bad(lambda w, j, s: s[checkout].pop("with")) == ["checkout leaves its token behind"]
    assert bad(lambda w, j, s: s.append({"run": "echo ${{ github.event.pull_request.title }}"})) == [
        "text of strangers in a command"
    ]
    assert bad(lambda w, j, s: s.append({"run": "echo ${{ secrets.TOKEN }}"})) == ["a secret is used"]


# --- what the code loads and runs -------------------------------------------------------------------------

FOLDERS = ("analysis", "report_src", "benchmarks", "machine")
SOURCES = [*(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")), ROOT / "bootstrap.py"]
MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "dbm", "code", "pty"}
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv",
    "joblib.load", "torch.load", "torch.hub.load", "pandas.read_pickle", "pd.read_pickle", "yaml.load",
    "yaml.unsafe_load", "subprocess.getoutput", "subprocess.getstatusoutput",
}  # fmt: skip
ARGUMENTS = {"shell", "allow_pickle"}  # may not be true
# each with its reason in SECURITY.md or beside the call
EXCEPTIONS = {
    ("report_src/rendering/bytecode_cache.py", "marshal"),  # templates as compiled before: "The build folder"
    ("report_src/preview/watch.py", "os.execv"),  # itself again, with its own arguments
    ("bootstrap.py", "os.execv"),  # itself, in a newer Python
}


def dangers(source: str) -> Iterator[str]:
    """Yield what of a module's source loads code from data, or hands text to a shell."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            yield from (name.split(".")[0] for name in module if name.split(".")[0] in MODULES)
            if isinstance(node, ast.ImportFrom):
                yield from (name for one in node.names if (name := f"{node.module}.{one.name}") in CALLS)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            safe = name == "torch.load" and any(
                word.arg == "weights_only" and ast.unparse(word.value) == "True" for word in node.keywords
            )
            if name in CALLS and not safe:
                yield name
            for word in node.keywords:
                if word.arg in ARGUMENTS and ast.unparse(word.value) != "False":
                    yield f"{word.arg}="


def test_nothing_is_unpickled_and_no_text_is_run() -> None:
    found = {(path.relative_to(ROOT).as_posix(), danger) for path in SOURCES
             for danger in dangers(path.read_text(encoding="utf-8"))}  # fmt: skip
    assert len(SOURCES) > 80
    assert found == EXCEPTIONS


@pytest.mark.parametrize(
    ("source", "danger"),
    [
        ("import pickle", "pickle"),
        ("def f():\n    from pickle import loads", "pickle"),
        ("import os, shelve as s", "shelve"),
        ("import dill.source", "dill"),
        ("import marshal", "marshal"),
        ("import joblib\njoblib.load(p)", "joblib.load"),
        ("from joblib import load", "joblib.load"),
        ("torch.load(p)", "torch.load"),
        ("torch.load(p, weights_only=False)", "torch.load"),
        ("np.load(p, allow_pickle=True)", "allow_pickle="),
        ("np.load(p, allow_pickle=chosen)", "allow_pickle="),
        ("pd.read_pickle(p)", "pd.read_pickle"),
        ("yaml.load(t)", "yaml.load"),
        ("eval(t)", "eval"),
        ("exec(t)", "exec"),
        ("os.system(t)", "os.system"),
        ("subprocess.run(t, shell=True)", "shell="),
    ],
)
def test_each_danger_is_seen_where_it_is_planted(source: str, danger: str) -> None:
    assert list(dangers(source)) == [danger]


def test_what_only_looks_alike_is_no_danger() -> None:
    harmless = "model.eval()\nre.compile(x)\nnp.load(p, allow_pickle=False)\ntorch.load(p, weights_only=True)"
    assert list(dangers(harmless)) == []
