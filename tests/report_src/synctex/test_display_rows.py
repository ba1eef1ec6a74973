"""Each row of a display has its own lines, whatever it holds."""

import pytest

from report_src.synctex.display_rows import rows


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("\\begin{align}\na &= b \\\\\nc &= d \\\\\n &= e\n\\end{align}", 5, [(2, 2), (3, 3), (4, 4)]),
        ("x\n\\begin{align*}\na &= b,\\\\[2pt]\n\n&= c \\\\\n\\end{align*}\ny", 6, [(3, 3), (5, 5)]),
        ("\\begin{gather} a \\\\ b \\end{gather}", 1, [(1, 1), (1, 1)]),
        ("\\[\n a\n = b\n\\]", 4, [(2, 3)]),
        ("\\begin{equation}\na\n\\end{equation}", 3, [(2, 2)]),
        ("\\begin{align}\na &= \\begin{cases} 1 \\\\ 0 \\end{cases} \\\\\nb\n\\end{align}", 4, [(2, 2), (3, 3)]),
        ("\\begin{align}\na % no row \\\\\n\\\\\nb\n\\end{align}", 5, [(2, 2), (4, 4)]),
        ("\\begin{align}\na\n\\end{align}\ntext\n\\begin{align}\nb \\\\ c\n\\end{align}", 7, [(6, 6), (6, 6)]),
        ("plain text", 1, []),
        ("\\end{align}", 1, []),
        ("\\begin{align}\na\n\\end{align}", 2, []),
        ("", 7, []),
    ],
)
def test_the_rows_of_a_display_are_those_between_its_line_breaks(
    text: str, end: int, expected: list[tuple[int, int]]
) -> None:
    assert rows(text.split("\n"), end) == expected
