"""What a finished document leaves out."""

import pytest

from report_src.prose.omissions import short, uncited, undeclared_use

PLACES = [("sections/1.tex.j2", 4), ("sections/1.tex.j2", 7)]


def test_a_figure_or_table_that_no_text_refers_to_is_named() -> None:
    document = "\\reportfigure{loss}{Loss.}\n\\caption{Rows.}\\label{tab:rows} \\cref{tab:rows, fig:other}"
    assert uncited(document, PLACES) == [
        "templates/sections/1.tex.j2:4: no text refers to fig:loss; write \\cref{fig:loss} where it is read"
    ]
    assert uncited(document + " \\Cref{fig:loss}", PLACES) == []


def test_a_report_without_its_declaration_of_ai_use_is_named() -> None:
    (said,) = undeclared_use(PLACES)
    assert "no page says how AI was used" in said
    assert undeclared_use([*PLACES, ("shared/ai_usage.tex.j2", 2)]) == []


TABLE = r"""\begin{tabular}{@{}l*{2}{r}>{\raggedright}p{3cm}@{}}
\toprule
a & b & c & d \\ \midrule
1 & 2 & 3 & 4 \\[2pt]
%s
\bottomrule
\end{tabular}"""


@pytest.mark.parametrize("row", [r"1 & 2 & 3 \\", r"1 \& 2 & 3 & 4 \\"])
def test_a_row_of_a_table_without_all_its_cells_is_named(row: str) -> None:
    (said,) = short(TABLE % row, [("sections/1.tex.j2", number) for number in range(1, 9)])
    assert said.startswith("templates/sections/1.tex.j2:5: this row of a table has 3 cells, and the table 4 columns")


@pytest.mark.parametrize("row", [r"1 & 2 & 3 & 4 \\", r"1 & \multicolumn{3}{c}{x} \\", r"% 1 & 2 \\", r"\addlinespace"])
def test_a_whole_row_of_a_table_is_left_alone(row: str) -> None:
    assert short(TABLE % row, []) == []
