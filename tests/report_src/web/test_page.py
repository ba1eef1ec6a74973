"""The page: what a reader finds on it, and what stops it."""

import hashlib
import html
import re
from pathlib import Path

import pytest

from report_src.errors import RenderError
from tests.report_src.web.page_of import FRONT, TITLE, page_of

FIRST = FRONT.count("\n") + 1  # the line of the document on which a test's text begins
NOTE = b"eda.rows = 200\nnumber of rows\nanalysis/studies/eda/study.py:50".hex().upper()


def words(page: str) -> str:
    """Return the text of the page's content, without its formulas."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)[0]  # type: ignore[index]
    bare = re.sub(r"<[^>]*>", "", re.sub(r"<math.*?</math>", "∎", main, flags=re.DOTALL))
    return " ".join(html.unescape(bare).split())


def test_the_page_has_the_title_and_the_language_of_the_report(tmp_path: Path) -> None:
    page = page_of(tmp_path, "Words.")
    assert f"<title>{html.escape(TITLE)}</title>" in page
    assert '<html lang="en-GB">' in page


def test_a_number_is_a_button_with_its_card(tmp_path: Path) -> None:
    page = page_of(tmp_path, f"We have \\result{{eda.rows}}{{200}} rows.\n\\numbernote{{eda.rows}}{{<{NOTE}>}}%")
    button = re.search(r'<button type="button" class="number" popovertarget="([\w-]+)">200</button>', page)
    assert button
    card = re.search(rf'<aside class="card" popover id="{button[1]}".*?</aside>', page, re.DOTALL)
    assert card
    for said in ("eda.<wbr>rows", "200", "number of rows", "analysis/studies/eda/study.py:50"):
        assert said in card[0]


@pytest.mark.parametrize(
    ("formula", "read"),
    [
        (r"$\eta = \result{a.b}{0.5}$.", "∎0.5."),
        (r"$\result{a.b}{\ensuremath{-}0.5}\,L_0$", "−0.5∎"),
        (r"$(\result{a.b}{1},\ \result{a.b}{\ensuremath{1.8 \times 10^{-9}}})$", "∎1∎1.8 × 10−9∎"),
        (r"$x^{\result{a.b}{2}}$", "∎"),
        (r"$\frac{1}{\result{a.b}{2}}$", "∎"),
        (r"$\result{a.b}{2}^3$", "∎"),
        (r"\[ n = \result{a.b}{2} \]", "∎2"),
    ],
)
def test_a_number_in_a_formula_is_a_button_beside_the_formula(tmp_path: Path, formula: str, read: str) -> None:
    page = page_of(tmp_path, formula)
    assert words(page) == read
    assert page.count('popovertarget="number-1"') - 1 == formula.count(r"\result")  # one more closes the card
    assert not re.search(r"<math[^>]*>(?:(?!</math>).)*<button", page, re.DOTALL)


def test_an_interval_is_a_button_of_its_own(tmp_path: Path) -> None:
    page = page_of(tmp_path, r"It is \result{a.b}{\ensuremath{-}0.1 percentage points [\ensuremath{-}0.5, 0.4]} here.")
    assert words(page) == "It is −0.1 percentage points [−0.5, 0.4] here."
    assert len(re.findall(r'class="number"', page)) == 2


def test_a_judging_sentence_has_its_condition_and_values(tmp_path: Path) -> None:
    claim = {
        "id": "gap", "template": "a.tex.j2", "line": 5, "conditions": ["a.b > 1", "otherwise"], "branch": 0,
        "condition": "", "values": {"a.b": 2.5, "a.c": True}, "margin": 1.5, "within_noise": True,
    }  # fmt: skip
    text = "The gap is \\emph{large}.\nIt is."
    place = (0, FIRST, 0, FIRST + 1, 0)
    page = page_of(tmp_path, text, claims=[claim], places=[place])
    assert re.search(
        r'<span class="claim">The gap is <em>large</em>\.</span><button [^>]*popovertarget="claim-1"', page
    )
    card = re.search(r'<aside class="card" popover id="claim-1".*?</aside>', page, re.DOTALL)
    assert card
    for said in ("a.b &gt; 1", "a.b = 2.5", "a.c = yes", "1.5", "less than the noise", "templates/a.tex.j2:5"):
        assert said in card[0]


DERIVATION = r"""\begin{derivation}{chain}
Let $y$ be given.
\begin{align}
  a &\coloneqq b \\
  c &= d \\
  e &= f \unchecked{no domain}
\end{align}
\end{derivation}"""


def test_each_row_of_a_derivation_has_its_verdict(tmp_path: Path) -> None:
    document = f"{FRONT}{DERIVATION}\n\\end{{document}}\n"
    row = {
        "name": "chain", "file": "a.tex.j2", "digest": hashlib.sha256(document.encode()).hexdigest(), "instances": 7,
        "largest_error": 1e-30, "assumptions": ["b > 0"], "checked": [[FIRST + 4, 3]],
    }  # fmt: skip
    page = page_of(tmp_path, DERIVATION, table=[row])
    assert re.findall(r'class="verdict (\w+)"', page) == ["definition", "checked", "unchecked"]
    for said in ("agree on 7 random instances", "1e-30", "b &gt; 0", "no domain"):
        assert said in page


def test_a_derivation_that_the_checker_did_not_see_is_not_called_checked(tmp_path: Path) -> None:
    assert set(re.findall(r'class="verdict (\w+)"', page_of(tmp_path, DERIVATION))) == {"unchecked"}


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("One.\n\nTwo \\frobnicate{words} three.", 2, r"\frobnicate"),
        ("One $x$.\n\n\nTwo $\\frobnicate x$ three.", 3, r"\frobnicate"),
        ("\\begin{align}\n a &= b \\\\\n c &= \\frobnicate\n\\end{align}", 2, r"\frobnicate"),
        ("One\n\\begin{frobnicated}\nlost\n\\end{frobnicated}", 1, r"\begin{frobnicated}"),
        ("\\begin{tabular}{ll}\na & \\frobnicate{b}\\\\\n\\end{tabular}", 1, r"\frobnicate"),
        ("One.\n\nTwo \\unhbox0 three.", 2, r"\unhbox"),
    ],
)
def test_what_the_page_does_not_know_is_an_error_at_its_line(tmp_path: Path, text: str, line: int, name: str) -> None:
    with pytest.raises(RenderError) as raised:
        page_of(tmp_path, text)
    assert name in raised.value.message
    assert raised.value.place == f"templates/a.tex.j2:{FIRST + line}"


def test_a_macro_of_the_preamble_that_is_an_abbreviation_needs_no_second_meaning(tmp_path: Path) -> None:
    preamble = "\\newcommand{\\risk}[1]{\\mathbb{E}[#1]}\n\\newcommand{\\where}{over there}\n"
    assert "over there" in page_of(tmp_path, "It is \\where{}: $\\risk{x}$.", preamble=preamble)


def test_a_macro_of_the_preamble_that_only_tex_can_carry_out_is_named_where_it_is_used(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"\\unhbox.*in what \\boxed"):
        page_of(tmp_path, "One \\boxedtext{two}.", preamble="\\newcommand{\\boxedtext}[1]{\\unhbox0 #1}\n")


NUMBERED = r"""\section{One}\label{sec:one}
\begin{equation}\label{eq:first} a = b \end{equation}
\begin{align} c &= d \notag \\ e &= f \label{eq:second} \end{align}
\begin{figure}\includegraphics{picture.png}\caption{First.}\label{fig:a}\end{figure}
\begin{figure}\includegraphics{picture.png}\caption{Second.}\label{fig:b}\end{figure}
\begin{figure}\includegraphics{picture.png}\caption{Third.}\label{fig:c}\end{figure}
\subsection{Inner}\label{sec:inner}
\begin{table}\caption{A table.}\label{tab:t}
\begin{tabular}{l@{\hspace{1em}}r} \toprule a & b \\ \midrule c & 1 \\ \bottomrule \end{tabular}\end{table}
\appendix
\section{Last}\label{app:last}
"""


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        (r"\cref{fig:b}", "Fig. 2"),
        (r"\Cref{fig:a,fig:c}", "Figures 1 and 3"),
        (r"\cref{fig:c,fig:a,fig:b}", "Figs. 1 to 3"),
        (r"\cref{sec:inner}", "Section 1.1"),
        (r"\cref{tab:t,fig:a}", "Fig. 1 and Table 1"),
        (r"\Cref{app:last}", "Appendix A"),
        (r"\eqref{eq:second}", "(2)"),
        (r"\cref{eq:first,eq:second}", "Eqs. 1 and 2"),
        (r"\ref{sec:one}", "1"),
    ],
)
def test_references_have_the_numbers_of_the_pdf(tmp_path: Path, typed: str, printed: str) -> None:
    picture(tmp_path)
    page = page_of(tmp_path, f"{NUMBERED}\nSee {typed} here.")
    assert f"See {printed} here." in words(page).replace("\u00a0", " ")
    for anchor in re.findall(r'<a href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_an_unknown_label_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="fig:none"):
        page_of(tmp_path, r"See \cref{fig:none}.")


SOURCES = """\\begin{thebibliography}{9}
\\bibitem{knuth} D. Knuth, \\emph{The book}.
\\bibitem[L]{lamport} L. Lamport.
\\end{thebibliography}"""


def test_citations_lead_to_their_sources(tmp_path: Path) -> None:
    page = page_of(tmp_path, f"As \\cite{{lamport,knuth}} and \\cite[p.~3]{{knuth}} say.\n\n{SOURCES}")
    read = words(page).replace("\u00a0", " ")
    assert read == "As [2, 1] and [1, p. 3] say. References [1] D. Knuth, The book. [2] L. Lamport."
    assert set(re.findall(r'href="#(source:\w+)"', page)) == set(re.findall(r'id="(source:\w+)"', page))


def test_the_bibliography_that_bibtex_set_is_read(tmp_path: Path) -> None:
    blocks = "D.~Knuth. \\newblock {\\em The book}. \\newblock Press, 1984."
    line = f"\\begin{{thebibliography}}{{1}} \\par \\bibitem{{knuth}} {blocks} \\par \\end{{thebibliography}}"
    read = words(page_of(tmp_path, f"See \\cite{{knuth}}.\n{line}"))
    assert read.replace("\u00a0", " ") == "See [1]. References [1] D. Knuth. The book. Press, 1984."


def test_a_citation_without_a_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="turing"):
        page_of(tmp_path, f"As \\cite{{turing}} says.\n\n{SOURCES}")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Text\\footnote{A note.} more.", "Text1 more. A note.↩︎"),
        ("\\begin{multicols}{2}\nleft\n\nright\n\\end{multicols}", "left right"),
        ("\\begin{description}\n\\item[Term] said\n\\end{description}", "Term said"),
        ("\\begin{tabular}{lr}\\toprule a & \\multicolumn{1}{c@{}}{b} \\\\ \\midrule\n\\multirow{2}{*}{x} & 1 \\\\\n"
         " & 2 \\\\ \\bottomrule\\end{tabular}", "a b x 1 2"),
        ("\\begin{longtable}{lr}\n\\caption{Long.}\\\\\na & b \\\\ \\midrule\n\\endfirsthead\na & b \\\\ \\midrule\n"
         "\\endhead\n1 & 2 \\\\\n\\end{longtable}", "Table 1. Long. a b 1 2"),
        ("It's ``so'' --- 100\\,\\% \\& caf\\'e: \\verb|a_b{}|.", "It’s “so” — 100 % & café: a_b{}."),
    ],
)  # fmt: skip
def test_what_authors_type_is_read_as_the_pdf_has_it(tmp_path: Path, text: str, read: str) -> None:
    assert words(page_of(tmp_path, text)) == read


def picture(folder: Path) -> None:
    """Write the picture that NUMBERED shows."""
    from PIL import Image

    Image.new("RGB", (2, 2)).save(folder / "picture.png")


def test_a_table_has_header_cells_and_a_picture_its_words(tmp_path: Path) -> None:
    picture(tmp_path)
    shown = b"Rows by class".hex()
    page = page_of(tmp_path, f"{NUMBERED}\n\\alternative{{<{shown}>}}\\withwords{{\\includegraphics{{picture.png}}}}")
    table = re.search(r"<table.*?</table>", page, re.DOTALL)[0]  # type: ignore[index]
    cells = [("th", "left", "a"), ("th", "right", "b"), ("th", "left", "c"), ("td", "right", "1")]
    assert re.findall(r"<(t[hd]) class=\"(\w+)\">(\w+)", table) == cells
    assert 'alt="Rows by class"' in page
    assert re.findall(r'<img src="(\w+:\w+/\w+);', page) == ["data:image/png"] * 4


def test_a_tikz_picture_is_drawn(tmp_path: Path) -> None:
    drawing = "\\begin{tikzpicture}\n\\node[draw] at (0,0) {$\\vect{x}$};\n\\end{tikzpicture}"
    page = page_of(tmp_path, f"\\begin{{figure}}\n{drawing}\n\\caption{{A node.}}\\end{{figure}}")
    assert re.findall(r'<img src="data:image/svg\+xml;base64,\w+', page)
    assert [path.suffix for path in (tmp_path / "web").iterdir()] == [".svg"]


def test_pseudocode_is_text_with_its_lines(tmp_path: Path) -> None:
    text = ("\\begin{algorithm}[h]\n\\caption{Steps.}\n\\begin{algorithmic}[1]\n\\Require a list\n\\For{$i = 1$}\n"
            "\\If{$a$}\n\\State go \\Comment{on}\n\\Else\n\\State stay\n\\EndIf\n\\EndFor\n\\State \\Return it\n"
            "\\end{algorithmic}\n\\end{algorithm}")  # fmt: skip
    read = words(page_of(tmp_path, text))
    assert read == "Input: a list for ∎ do if ∎ then go on else stay end if end for return it Algorithm 1 Steps."


def test_the_page_needs_no_other_file_and_runs_no_script(tmp_path: Path) -> None:
    page = page_of(tmp_path, r"A \href{https://example.org/}{link}.")
    assert "default-src 'none'" in page
    assert not re.search(r"<(?:script|link|iframe|object)\b|\bon\w+=|src=\"(?!data:)", page)


HOSTILE = "<script>alert(1)</script> & \"quotes\" '</aside>'"


def test_what_an_author_typed_is_text_on_the_page(tmp_path: Path) -> None:
    note = f"a.b = 1\n{HOSTILE}\nsource".encode().hex()
    page = page_of(tmp_path, "\\result{a.b}{1} \\texttt{<script>}\n" + f"\\numbernote{{a.b}}{{<{note}>}}%")
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2


def test_text_as_it_was_typed_keeps_its_lines_and_letters(tmp_path: Path) -> None:
    from report_src.tex.escape import tex, verbatim

    typed = "def f(x):\n    return {'a': [x ** 2, \"\\n\"]}  # ~^&%$ — “é” → ≤\n-- done -- ``quoted'' << ?` €|™"
    page = page_of(tmp_path, f"{tex('x → y')}\n\n{verbatim(typed)}")
    lines = [
        re.sub(r"<[^>]*>", "", line) for line in re.findall(r'<span class="line">(.*?)</span></p>', page, re.DOTALL)
    ]
    assert len(lines) == 3

    read = [html.unescape(line).replace("\u00a0", " ") for line in lines]
    assert read[0] == "def f(x):"
    assert read[1].startswith("    return {'a': [x ** 2, \"\\n\"]} # ~^&%$ — “é”".replace("} #", "}  #"))
    assert read[2] == "-- done -- ``quoted'' << ?` €|™"
