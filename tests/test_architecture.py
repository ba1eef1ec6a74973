"""Who may import whom, asserted over the imports as written."""

import ast
import functools
import graphlib
import subprocess
import sys
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from analysis.declaration import shipped

ROOT = Path(__file__).resolve().parent.parent
STUDIES = tuple(shipped())
HEAVY = {"torch", "pandas", "sklearn", "scipy", "matplotlib", "captum", "pylatex"}


LARGEST_FOLDER = 12  # modules, `__init__` not counted

# A room imports what is before it and itself; the rooms of a tuple do not know each other.
# A name is that of a module or a package below the root; where several match, the longest decides.
ORDER = {
    "analysis": [
        "errors", "io", "declaration", "settings", ("data", "statistics", "compute"), "results",
        ("network", "plotting"), "contract", "study_interface", "studies", ("collect", "draw"), "__main__",
    ],
    "report_src": [
        "errors", "findings", "system", "fonts", ("project", "synctex", "derivations"), "tex", "numbers", "prose",
        "rendering", "web", "build", ("preview", "submission", "editor"), "comparison", "__main__",
    ],
    "report_src.derivations": [
        "words", "source", "syntax", "printing", "semantics", "notation", "reader", "evaluation",
        "assumptions", "judging", "checking", "lint", "binding", "gate",
        "__main__",
    ],
}  # fmt: skip
ROOTS = ["analysis", "report_src", "report_src.derivations"]


def imports(path):
    """Yield every module that a file imports, at its top, under TYPE_CHECKING or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: expected an import by its full name, got a relative one"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def modules():
    """Return every module of the two packages -> all that it imports."""
    paths = [path for folder in ("analysis", "report_src") for path in (ROOT / folder).rglob("*.py")]
    return {path: set(imports(path)) for path in paths}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def module_name(path):
    """Return `analysis/io/csv_file.py` -> `analysis.io.csv_file`, `analysis/io/__init__.py` -> `analysis.io`."""
    return relative(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def graph_of(root):
    """Return module -> the modules below `root` that it imports; a package counts only where it is imported itself."""
    names = {module_name(path): found for path, found in modules().items() if module_name(path).startswith(f"{root}.")}
    graph = {}
    for module, found in names.items():
        known = found & names.keys()
        graph[module] = {name for name in known if not any(other.startswith(f"{name}.") for other in known)}
    return graph


def room(module, root, order):
    """Return (place in the order, name of the room) of a module; None where it has no room."""
    inside = module.removeprefix(f"{root}.")
    entries = [(place, name) for place, entry in enumerate(order)
               for name in (entry if isinstance(entry, tuple) else (entry,))]  # fmt: skip
    fitting = [
        (place, name) for place, name in entries if fnmatchcase(inside, name) or fnmatchcase(inside, f"{name}.*")
    ]
    return max(fitting, key=lambda found: len(found[1]), default=None)


def out_of_order(graph, root, order):
    """Return a line for each module without a room and each import of a later room or of a neighbour in a tuple."""
    found = []
    for module, names in sorted(graph.items()):
        own = room(module, root, order)
        if own is None:
            found.append(f"{module} has no room in ORDER")
            continue
        for name in sorted(names):
            theirs = room(name, root, order)
            if theirs is not None and theirs != own and theirs[0] >= own[0]:
                found.append(f"{module} imports {name}: '{theirs[1]}' is not before '{own[1]}'")
    return found


def circle(graph):
    """Return the modules of one circle of imports, [] where no circle exists."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def too_full(paths):
    """Return folder -> number of modules for every folder that holds more than LARGEST_FOLDER."""
    count = Counter(path.parent for path in paths if path.name != "__init__.py")
    return {relative(folder): modules for folder, modules in count.items() if modules > LARGEST_FOLDER}


@pytest.mark.parametrize("root", ROOTS)
def test_each_package_imports_only_what_is_before_it(root):
    graph = graph_of(root)
    assert len(graph) > 20
    assert sum(map(len, graph.values())) > 20
    assert out_of_order(graph, root, ORDER[root]) == []


@pytest.mark.parametrize("root", ROOTS)
def test_no_circle_of_imports(root):
    assert circle(graph_of(root)) == []


@pytest.mark.parametrize("root", ROOTS)
def test_no_folder_holds_too_many_modules(root):
    folder = ROOT / root.replace(".", "/")
    assert too_full(path for path in modules() if path.is_relative_to(folder)) == {}


@pytest.mark.parametrize(
    ("module", "imported", "message"),
    [
        ("r.low.a", "r.high.a", "'high' is not before 'low'"),
        ("r.left.a", "r.right.a", "'right' is not before 'left'"),
        ("r.made.x.record", "r.made.x.study", "'made' is not before 'made.*.record'"),
        ("r.stray", "r.low.a", "r.stray has no room"),
    ],
)
def test_an_import_out_of_order_is_found(module, imported, message):
    order = ["low", ("left", "right"), "made.*.record", "made", "high"]
    (found,) = out_of_order({module: {imported}}, "r", order)
    assert message in found


def test_an_import_in_order_is_accepted():
    order = ["low", ("left", "right"), "made.*.record", "made", "high"]
    graph = {
        "r.high.a": {"r.low.a", "r.made.x.record"},
        "r.made.x.study": {"r.made.x.record"},
        "r.left.a": {"r.left.b"},
    }
    assert out_of_order(graph, "r", order) == []


def test_a_circle_is_found():
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


def test_a_full_folder_is_found():
    paths = [ROOT / "flat" / f"m{number}.py" for number in range(LARGEST_FOLDER)]
    assert too_full([*paths, ROOT / "flat/__init__.py"]) == {}
    assert too_full([*paths, ROOT / "flat/one_more.py"]) == {"flat": LARGEST_FOLDER + 1}


def test_imports_under_type_checking_and_inside_functions_count(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("if TYPE_CHECKING:\n    from a.b import C\ndef f():\n    import d.e\n")
    assert {"a.b", "d.e"} <= set(imports(path))


def test_the_walk_sees_the_files():
    assert len(modules()) > 20
    assert any("torch" in names for names in modules().values())


def test_analysis_never_knows_report_src():
    assert [relative(p) for p, names in modules().items() if p.parts[-2] != "report_src" and "report_src" not in p.parts
            and any(name.startswith("report_src") for name in names)] == []  # fmt: skip


def test_report_src_knows_the_contract_of_analysis_and_nothing_else():
    allowed = ("contract", "declaration", "errors", "io", "results", "settings")
    bad = [
        (relative(path), name)
        for path, names in modules().items()
        if "report_src" in path.parts
        for name in names
        if name.startswith("analysis.") and name.split(".")[1] not in allowed
    ]
    assert bad == []


@pytest.mark.parametrize("study", STUDIES)
def test_no_study_imports_another(study):
    others = tuple(f"analysis.studies.{other}" for other in STUDIES if other != study)
    own = {path: names for path, names in modules().items() if path.is_relative_to(ROOT / "analysis/studies" / study)}
    assert {"study.py", "record.py"} <= {path.name for path in own}
    for path, names in own.items():
        assert not [name for name in names if name.startswith(others)], relative(path)


def test_the_package_of_a_study_imports_what_it_declares_and_its_own_settings():
    """A build with nothing to do reads every declaration."""
    for study in STUDIES:
        found = modules()[ROOT / "analysis/studies" / study / "__init__.py"]
        assert {name for name in found if not name.startswith("analysis.declaration")} <= {
            name for name in found if name.startswith(f"analysis.studies.{study}.settings")
        }


def test_no_module_outside_of_a_study_names_one():
    """What goes through the studies reads their declarations."""
    named = [
        (relative(path), study)
        for path, names in modules().items()
        for study in STUDIES
        if not path.is_relative_to(ROOT / "analysis/studies")
        and any(name.startswith(f"analysis.studies.{study}") for name in names)
    ]
    assert named == []


def test_two_files_of_analysis_import_torch_or_captum():
    users = {
        relative(path)
        for path, names in modules().items()
        if "analysis" in path.parts and any(name.split(".")[0] in {"torch", "captum"} for name in names)
    }
    assert users == {"analysis/network/torch_network.py", "analysis/studies/shared_bias/torch_check.py"}


def test_the_network_from_scratch_imports_numpy_alone():
    files = ("network/mlp.py", "network/descent.py", "compute/threads.py", "compute/processor.py", "settings/cores.py")
    ours = tuple(f"analysis.{file.removesuffix('.py').replace('/', '.')}" for file in files)
    names = {name for file in files for name in modules()[ROOT / "analysis" / file] if not name.startswith(ours)}
    assert {name.split(".")[0] for name in names} <= {"numpy", *sys.stdlib_module_names}


@pytest.mark.parametrize("module", ["report_src.rendering.render", "report_src.build.runner", "report_src.__main__"])
def test_the_render_path_imports_nothing_heavy(module):
    program = f"import sys, {module}; print(' '.join(sorted({{m.split('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())
