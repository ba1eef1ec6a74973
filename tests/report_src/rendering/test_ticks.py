"""A draft ticks the rows that were found true, and only while their file is the one that was checked."""

import hashlib

from report_src.rendering.engine import TEMPLATES
from report_src.rendering.render import ticked

NAME = "derivations/first-order.tex.j2"
DIGEST = hashlib.sha256((TEMPLATES / NAME).read_bytes()).hexdigest()


def test_a_true_row_is_ticked_at_its_column():
    table = [{"file": NAME, "digest": DIGEST, "checked": [[7, 3]]}]
    assert ticked("a\n  x &= y", [(NAME, 6), (NAME, 7)], table, TEMPLATES) == "a\n  \\rowtick{}x &= y"


def test_a_row_of_a_file_that_has_changed_since_is_not_ticked():
    table = [{"file": NAME, "digest": "0" * 64, "checked": [[7, 3]]}]
    assert ticked("x &= y", [(NAME, 7)], table, TEMPLATES) == "x &= y"
