"""Code in the report comes from the source by name."""

import pytest

from report_src.errors import RenderError
from report_src.project import ROOT
from report_src.rendering import listings


def test_a_function_is_pulled_without_its_docstring():
    text, path, line = listings.excerpt(ROOT.joinpath, "analysis.network.mlp.backward")
    assert text.startswith("def backward(")
    assert '"""' not in text
    assert (ROOT / path).read_text().split("\n")[line - 1] == text.split("\n")[0]


def test_a_head_too_wide_for_print_is_broken_behind_its_parenthesis():
    text, *_ = listings.excerpt(ROOT.joinpath, "analysis.network.mlp.forward")
    wide = text.split("\n")[0]
    assert len(wide) > listings.WIDEST
    printed = listings.broken_head(text).split("\n")
    end = printed.index(") -> Array:")
    assert printed[0] + " ".join(line.strip() for line in printed[1:end]) + printed[end] == wide
    assert all(len(line) <= listings.WIDEST for line in printed)
    assert listings.broken_head("def f(x: int) -> int:\n    return x") == "def f(x: int) -> int:\n    return x"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("analysis.network.mlp.nothing", "defines no 'nothing'"),
        ("analysis.none.f", "there is no analysis/none.py"),
        ("analysis.network.descent.gradient_descent", "expected at most 25"),
    ],
)
def test_what_is_not_there_or_too_long_is_refused(name, words):
    with pytest.raises(RenderError, match=words):
        listings.code(ROOT.joinpath, name)
