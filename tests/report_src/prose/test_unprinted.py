"""Words that TeX never reaches are an error at the place that keeps them from the page."""

import pytest

from report_src.errors import RenderError
from report_src.project import ROOT
from report_src.prose import unprinted


def test_all_of_them_are_named_with_their_place(tmp_path):
    folder = tmp_path / "templates"
    (folder / "sections").mkdir(parents=True)
    (folder / "sections/01.tex.j2").write_text("One.\nThe rate of 5% is low.\n100% of it\n", encoding="utf-8")
    (folder / "sections/02.tex").write_text("x 3% y\n", encoding="utf-8")
    with pytest.raises(RenderError, match=r"write \\% for the percent sign") as caught:
        unprinted.refuse(folder)
    assert caught.value.place == "templates/sections/01.tex.j2:2:14"
    assert "templates/sections/01.tex.j2:3:4: " in caught.value.message
    assert "templates/sections/02.tex:1:4: " in caught.value.message


def test_the_templates_that_ship_swallow_nothing():
    unprinted.refuse(ROOT / "templates")


@pytest.mark.parametrize(
    "hides",
    [
        r"\end{document}",
        r"\end {document}",
        r"\endinput",
        r"\stop",
        r"\iffalse",
        r"\begin{comment}",
        r"\bibliography{a}",
        r"\BLOCK{if x}\endinput\BLOCK{endif}",
        "{% if x %}",
        "{%- endif -%}",
    ],
)
def test_what_ends_or_hides_the_text_is_refused_at_its_place(tmp_path, hides):
    (tmp_path / "a.tex.j2").write_text(f"One.\n{hides}\nTwo.\n", encoding="utf-8")
    with pytest.raises(RenderError) as refused:
        unprinted.refuse(tmp_path)
    assert refused.value.place.startswith(f"{tmp_path.name}/a.tex.j2:2:")


@pytest.mark.parametrize(
    "printed",
    [
        r"\endinputs",
        r"\stopped",
        r"% \end{document}",
        r"\NOTE{\iffalse}",
        r"\verb|\endinput|",
        r"\{\% a \%\}",
        "{% a note\n}",
    ],
)
def test_what_hides_nothing_is_left_alone(tmp_path, printed):
    (tmp_path / "a.tex.j2").write_text(f"One.\n{printed}\nTwo.\n", encoding="utf-8")
    unprinted.refuse(tmp_path)


def test_the_main_template_ends_the_document_in_its_last_line_and_nowhere_else(tmp_path):
    main = tmp_path / unprinted.MAIN
    main.write_text("One.\n\\end{document}\n% a note\n", encoding="utf-8")
    unprinted.refuse(tmp_path)
    main.write_text("One.\n\\end{document}\nTwo.\n\\end{document}\n", encoding="utf-8")
    with pytest.raises(RenderError, match="what follows is not printed") as refused:
        unprinted.refuse(tmp_path)
    assert refused.value.place.endswith(f"{unprinted.MAIN}:2:1")


@pytest.mark.parametrize(
    ("source", "place", "says"),
    [
        (r"\begin{table}\caption{A\footnote{lost}}\end{table}", "1:24", r"inside of \begin{table} is not printed"),
        ("\\begin{tabular}{l}\na\\footnote{lost}\\\\\n\\end{tabular}", "2:2", "below as a sentence"),
        (r"\begin{align*}x&=y\footnote{lost}\end{align*}", "1:19", r"inside of \begin{align*} is not printed"),
        (r"A \mbox{x\footnote{lost}}", "1:10", r"inside of \mbox is not printed; write it behind the box"),
        (r"A \parbox{2cm}{x\footnote{lost}}", "1:17", r"inside of \parbox is not printed"),
        ("One. \\NOTE{check\nTwo is lost.\n\\emph{three} remains.", "1:6", "a note ends at its first }"),
        ("One. \\NOTE{check\nTwo is lost.} Three.", "1:6", "begin the text on a line of its own"),
        ("A share of five % of all.", "1:17", r"write \% for the percent sign"),
        (r"See \footnote{at \verb|a_b|}.", "1:18", r"the braces of \footnote; type \texttt{a\_b} there"),
        (r"\emph{a} \section[x]{Of \verb+c%+}", "1:25", r"the braces of \section; type \texttt{c\%} there"),
        (r"A\footnote{at \url{https://e.org/a%20b} it} b", "1:35", r"inside the braces of \footnote; write \%"),
        (r"\emph{\href{https://e.org/%41}{x}}", "1:27", r"the address of \href makes a comment"),
    ],
)
def test_words_that_a_box_or_an_argument_loses_are_refused_at_their_place(tmp_path, source, place, says):
    (tmp_path / "a.tex.j2").write_text(source, encoding="utf-8")
    with pytest.raises(RenderError) as refused:
        unprinted.refuse(tmp_path)
    assert refused.value.place == f"{tmp_path.name}/a.tex.j2:{place}"
    assert says in refused.value.message


@pytest.mark.parametrize(
    "printed",
    [
        r"\begin{tabular}{l}\verb|a_b|\\\end{tabular} and {\small \verb|x| \url{https://e.org/a%20b}}",
        r"\emph{a} \verb|b| \url{https://e.org/a%20b} \footnote{\url{https://e.org/a\%20b}}",
        r"\begin{table}\begin{minipage}{3cm}a\footnote{kept}\end{minipage}\end{table}\footnote{kept}",
        r"\begin{table}a\footnotemark\end{table}\footnotetext{kept}",
        "\\NOTE{one\ntwo}\nWords. \\NOTE{three} More. % a comment\nRows % another\n",
        r"\mbox{x}\footnote{kept} \fbox{a}\footnotemark",
        "% \\emph{\\verb|x|}\n\\begin{lstlisting}\nf(\\emph{\\verb|x|})\n\\end{lstlisting}",
        r"\VAR{code(r'\verb|x|')} \textbf{\VAR{a.b | percent}} \verb|\emph{\verb+x+}|",
    ],
)
def test_what_is_printed_in_a_box_or_an_argument_is_left_alone(tmp_path, printed):
    (tmp_path / "a.tex.j2").write_text(printed, encoding="utf-8")
    unprinted.refuse(tmp_path)
