"""docs/architecture.md names folders and functions that exist."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`((?:analysis|report_src)\.[\w.]+)`", PAGE)))
LONGEST_WAY = 12  # lines


@pytest.mark.parametrize("name", NAMES)
def test_every_function_of_the_page_exists(name):
    module, _, function = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_page_names_functions_of_both_halves():
    assert len(NAMES) > 25
    assert {name.split(".")[0] for name in NAMES} == {"analysis", "report_src"}


@pytest.mark.parametrize("folder", ["analysis", "report_src"])
def test_the_page_has_a_line_for_every_folder(folder):
    listed = set(re.findall(r"^\| `(\w+)/", PAGE, re.MULTILINE))
    made = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    assert made <= listed


def test_each_way_has_at_most_twelve_lines():
    ways = re.split(r"^## ", PAGE, flags=re.MULTILINE)[2:]
    assert len(ways) == 3
    for way in ways:
        assert 1 < len(re.findall(r"^\d+\. ", way, re.MULTILINE)) <= LONGEST_WAY


def test_every_package_says_what_lives_there():
    silent = []
    for folder in ("analysis", "report_src"):
        for path in (ROOT / folder).rglob("__init__.py"):
            words = path.read_text(encoding="utf-8").lstrip('"').split("\n")[0]
            if not words or "TODO" in words:
                silent.append(path.relative_to(ROOT).as_posix())
    assert silent == []
