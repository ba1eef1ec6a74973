"""Which files of the project a module depends on, read from the sources without importing them.

    closure(root, ["analysis.collect"])  ->  {"analysis/__init__.py": "<sha256>", "analysis/collect.py": …}

Imports inside functions count as well (a lazy import is a dependency like any other).
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from report_src.system.cache_file import keep, recalled

if TYPE_CHECKING:
    import ast

OWN = "studies"  # the package of a report's own studies
PACKAGES = ("analysis", "report_src", OWN)  # everything else is pinned by requirements.lock
ROOT = Path(__file__).resolve().parents[2]
COMPANIONS = (".lark", ".toml")  # a grammar or a table of numbers lies beside the module of its name that reads it
RULES = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()  # this file decides what counts as an import


class ImportIndex:
    """The imports of source files, cached by content (parsing would dominate a build with nothing to do)."""

    def __init__(self, root: Path, cache: Path | None = None, own: Path | None = None) -> None:
        """Look below `root`, for a report's own studies below `own`; `cache` is the file of the cache, if any."""
        self.root, self.cache, self.own = root, cache, own or root
        self._known: dict[str, list[str]] = {}
        self._digests: dict[Path, str] = {}
        self._modules: dict[str, tuple[dict[str, str], list[str]]] = {}
        self._there: dict[str, frozenset[str]] = {}  # the names in each folder
        self._grown = False
        if cache is not None:
            written, known = recalled(cache, tuple[str, dict[str, list[str]]]) or ("", {})
            self._known = known if written == RULES else {}

    def closure(self, modules: Iterable[str]) -> dict[str, str]:
        """Return path -> SHA-256 of every file that `modules` import, directly or not."""
        found: dict[str, str] = {}
        waiting = list(modules)
        seen: set[str] = set()
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                files, imported = self._looked_up(module)
                found |= files
                waiting += imported
        return dict(sorted(found.items()))

    def _looked_up(self, module: str) -> tuple[dict[str, str], list[str]]:
        """Return path -> SHA-256 of a module's own files, and the modules that it imports; looked up once."""
        if module not in self._modules:
            path = self.locate(module)
            files, imported = {}, []
            if path is not None:
                own = [file for file in (path, *map(path.with_suffix, COMPANIONS)) if file.is_file()]
                files = {file.relative_to(self._base(module)).as_posix(): self.digest(file) for file in own}
                imported = [*self.imports(path, module), *_parents(module)]
            self._modules[module] = files, imported
        return self._modules[module]

    def locate(self, module: str) -> Path | None:
        """Return the file of a module of the project, None for any other name."""
        path = os.path.join(self._base(module), *module.split("."))
        folder, name = os.path.split(path)
        inside = self._listed(path) if name in self._listed(folder) else ()
        found = [os.path.join(path, "__init__.py")] * ("__init__.py" in inside)
        found += [f"{path}.py"] * (f"{name}.py" in self._listed(folder))
        return next(map(Path, filter(os.path.isfile, found)), None)

    def _listed(self, folder: str) -> frozenset[str]:
        """Return the names in a folder, listed once: most of what is looked up is a name inside a module."""
        if folder not in self._there:
            try:
                self._there[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._there[folder] = frozenset()
        return self._there[folder]

    def _base(self, module: str) -> Path:
        return self.own if module.partition(".")[0] == OWN else self.root

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a file's bytes, read once."""
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._digests[path]

    def imports(self, path: Path, module: str) -> list[str]:
        """Return the project's modules that one file may import."""
        key = f"{module}:{self.digest(path)}"
        if key not in self._known:
            self._known[key] = imported_names(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")
            self._grown = True
        return self._known[key]

    def save(self) -> None:
        """Write the cache if something was parsed."""
        if self.cache is not None and self._grown:
            current = {f":{digest}" for digest in self._digests.values()}
            still = {key: names for key, names in self._known.items() if key[key.rindex(":") :] in current}
            keep(self.cache, (RULES, still))
            self._grown = False


def closure_digest(module: str, beside: Path | None = None) -> str:
    """Return a digest of the source of a module and of every module that it imports, directly or not.

    The imports themselves are cached in a file in the folder of `beside`.
    """
    index = _index(None if beside is None else beside.parent / ".imports.json")
    files = index.closure([module])
    index.save()
    return hashlib.sha256(repr(files).encode()).hexdigest()


@functools.lru_cache(maxsize=8)
def _index(cache: Path | None) -> ImportIndex:
    return ImportIndex(ROOT, cache)


@functools.lru_cache(maxsize=1024)  # each cache on disk has an index of its own, and they ask for the same files
def imported_names(source: str, module: str, is_package: bool) -> list[str]:
    """Return the names inside the project that a source imports: `from a import b` gives both a and a.b."""
    import ast  # here, as a build with nothing to do parses nothing

    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []  # running it will say so, with the place
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, is_package)
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return sorted(name for name in names if name.split(".")[0] in PACKAGES)


def _absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*parts, node.module] if node.module else parts)


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]
