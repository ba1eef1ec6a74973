"""docs/templates.md names every style and nothing that does not exist."""

import re
from pathlib import Path

from report_src.numbers.formatting import FILTERS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/templates.md").read_text(encoding="utf-8")


def test_the_page_lists_every_style_and_no_other():
    table = PAGE.partition("| style | prints |")[2].partition("\n\n")[0]
    listed = [
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    ]
    assert sorted(listed) == sorted(FILTERS)


def test_the_commands_of_the_page_are_defined():
    preamble = (ROOT / "templates/preamble.tex").read_text(encoding="utf-8")
    for command in ("answer", "answered", "runin", "alternative", "reportfigure"):
        assert f"\\{command}" in PAGE
        assert f"{{\\{command}}}" in preamble


def test_the_example_keys_of_the_page_are_read_by_a_template():
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.j2"))
    for key in ("training.relu.validation_accuracy", "generalization.test_accuracy", "attribution.ranking"):
        assert key in PAGE
        assert key in templates
