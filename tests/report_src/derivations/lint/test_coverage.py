"""No displayed derivative slips past the check by standing outside a derivation."""

from pathlib import Path

import pytest

from report_src.derivations.gate import verify
from report_src.derivations.lint.coverage import findings, findings_among, findings_in
from report_src.derivations.lint.hiding import unseen
from report_src.derivations.lint.sources import sources
from report_src.errors import RenderError


@pytest.mark.parametrize(
    "sign",
    [
        r"\partial L",
        r"\nabla L",
        r"\delta_2",
        "g'(a)",
        r"\tanh'(a)",
        r"\operatorname{ReLU}'(a)",
        r"\mathrm{d} L",
        r"g_1^{\prime}(a)",
        r"\sigma'(z)",
        "∂L",
    ],
)
@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (r"\[", r"\]"),
        ("$$", "$$"),
        (r"\begin{align}", r"\end{align}"),
        (r"\begin{equation*}", r"\end{equation*}"),
        *(
            (f"\\begin{{{name}{star}}}", f"\\end{{{name}{star}}}")
            for name in ("gather", "multline", "flalign", "eqnarray", "displaymath")
            for star in ("", "*")
            if name != "displaymath" or not star
        ),
        (r"\begin{subequations}\begin{align}", r"\end{align}\end{subequations}"),
        (r"\begin{equation}\begin{split}", r"\end{split}\end{equation}"),
        (r"\begin{alignat}{2}", r"\end{alignat}"),
        (r"$\displaystyle", "$"),
        (r"\(\begin{aligned}", r"\end{aligned}\)"),
    ],
)
def test_a_displayed_derivative_outside_a_derivation_is_refused_with_its_place(begin: str, end: str, sign: str) -> None:
    (finding,) = findings_in(f"Prose.\n{begin}\n  x = {sign}\n{end}\n", "s.tex.j2")
    assert (finding.file, finding.line, finding.column) == ("s.tex.j2", 3, 7)
    assert str(finding).startswith("s.tex.j2:3:7: ")


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{derivation}{d}\[ \frac{\partial L}{\partial x} = 1 \]\end{derivation}",
        r"Inline $\partial L/\partial x$ and \(\nabla L\) are prose.",
        r"\[ x = y \] % \[ \partial \]",
        "\\[ x = y % \\partial\n \\]",
        r"\begin{algorithm}\begin{algorithmic} \State $\delta \gets \nabla L$ \end{algorithmic}\end{algorithm}",
        r"\[ \Delta = f(x) + fg \]",
    ],
)
def test_derivations_inline_mathematics_comments_and_pseudocode_are_left_alone(text: str) -> None:
    assert findings_in(text) == []


SIGNS = [
    *(
        r"\frac{dL}{dx}",
        r"\tfrac{d}{d\theta}L",
        r"\frac{\text{d}L}{\text{d}x}",
        r"\textrm{d}L",
        r"{\rm d}L",
        r"\mathsf{d}L",
    ),
    *("dL/dx", r"{dL \over dx}", r"\operatorname{d}L", r"\frac{\mathrm{dL}}{\mathrm{dx}}", r"\operatorname{grad} L"),
    *("L'(x)", r"\ell'(z)", r"J'(\theta)", r"\mathbf g'", "{g}'(x)", r"f\,'(x)", "f’(x)", r"y^{\prime}", r"\hat{g}'"),
    *(r"\pdv{L}{x}", r"\dv{L}{x}", r"\grad L", r"\dd L", r"\dot x", "𝜕L", "𝛁L", "𝛿", r"\symbol{8706} L"),
]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_derivative_is_seen_in_any_spelling(sign: str) -> None:
    assert findings_in(f"Words.\n\\[ y = {sign} \\]\n"), sign
    assert findings_in(f"Words ${sign}$ in a line.\n") == []


@pytest.mark.parametrize(
    "formula", [r"\frac{d}{d + 1}", r"\text{we don't } d(x, y) / 2", r"\frac{ad}{bd}", r"d\,x", "a/d"]
)
def test_other_letters_are_no_derivatives(formula: str) -> None:
    assert findings_in(f"\\[ y = {formula} \\]") == []


@pytest.mark.parametrize(
    "apart",
    [
        *(
            "\n\n{\\centering @\\par}",
            "\n\n@.\n\n",
            r"\begin{itemize} \item @ \end{itemize}",
            r"\makebox[\textwidth]{@}",
        ),
        *(f"\\begin{{{name}}} here @ \\end{{{name}}}" for name in ("flushright", "quotation", "verse", "tcolorbox")),
        *(
            f"\n\n{box}\n\n"
            for box in (
                r"\fbox{@}",
                r"\fbox{\parbox{5cm}{@}}",
                r"\parbox[t][2cm][c]{5cm}{\centering @}",
                r"\fcolorbox{red}{white}{@}",
                r"\fbox{\begin{minipage}{5cm}@\end{minipage}}",
                r"\resizebox{5cm}{!}{@}",
                r"\raisebox{1ex}[0pt]{@}",
            )
        ),
        *(r"\begin{own} @ \end{own}", r"\begin{figure}\centering @ \end{figure}", r"\framebox[5cm][l]{@}"),
    ],
)
def test_a_derivative_that_is_set_apart_is_seen(apart: str) -> None:
    assert findings_in(f"Words {apart.replace('@', '$x = ∇L$')} and words.")
    assert findings_in(f"Words {apart.replace('@', '$x = y$')} and words.") == []


def test_a_box_among_words_and_one_with_words_in_it_set_no_formula_apart() -> None:
    for prose in ("\n\nSo \\fbox{@} holds.\n\n", "\n\n\\fbox{\\parbox{5cm}{Here @ is meant.}}\n\n"):
        assert findings_in(f"Words {prose.replace('@', '$x = ∇L$')} and words.") == []


def test_the_cells_of_a_table_are_prose() -> None:
    assert findings_in("\\begin{tabular}{cc} $\\delta$ & $\\nabla L$ \\\\ $\\delta_2$ & 1 \\end{tabular}") == []


def test_a_display_after_a_derivation_is_seen_again() -> None:
    text = r"\begin{derivation}{d}\[ 1 = 1 \]\end{derivation} \[ \nabla L \] \[ \partial L \]"
    assert [finding.line for finding in findings_in(text)] == [1, 1]


def test_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tex"
    path.write_text("\\[\n\\delta\n\\]", encoding="utf-8")
    assert [(finding.line, finding.column) for finding in findings(path)] == [(2, 1)]


def test_a_macro_of_the_preamble_that_hides_a_derivative_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "preamble.tex").write_text(
        "\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}\n\\let\\grad\\nabla\n\\def\\twice#1{\\pd{#1}{x}}\n"
        "% \\newcommand{\\loss}{\\nabla}\n\\newcommand{\\loss}{L}\n"
    )
    path = tmp_path / "a.tex.j2"
    path.write_text(
        "\\[ \\pd{\\loss}{x} \\]\n\\[ \\grad \\loss \\]\n\\[ \\twice{\\loss} \\]\n\\[ \\loss \\]\nSo $\\pd{L}{x}$.\n"
    )
    assert [(found.file, found.line, found.column) for found in findings_among(sources(tmp_path), tmp_path)] == [
        (str(path), 1, 4),
        (str(path), 2, 4),
        (str(path), 3, 4),
    ]
    with pytest.raises(RenderError, match="∂ in displayed mathematics"):
        verify(tmp_path, tmp_path / "build", cache=None)


@pytest.mark.parametrize(
    ("definition", "begin", "end"),
    [
        (r"\newenvironment{formula}{\begin{equation*}}{\end{equation*}}", r"\begin{formula}", r"\end{formula}"),
        (r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}", r"\be", r"\ee"),
        (r"\def\shown#1{\[#1\]}", r"\shown{", "}"),
    ],
)
def test_a_macro_that_sets_a_display_is_seen_through(definition: str, begin: str, end: str, tmp_path: Path) -> None:
    (tmp_path / "preamble.tex").write_text(definition)
    (tmp_path / "a.tex.j2").write_text(f"Words.\n{begin} x = \\nabla L {end}\n\nInline $\\nabla L$ is prose.\n")
    assert [found.line for found in findings_among(sources(tmp_path), tmp_path)] == [2]


def test_what_a_display_includes_is_displayed(tmp_path: Path) -> None:
    (tmp_path / "part.tex.j2").write_text("x = \\partial L\n")
    (tmp_path / "outer.tex.j2").write_text('\\BLOCK{include "part.tex.j2"}\n')
    path = tmp_path / "a.tex.j2"
    path.write_text('\\[ \\BLOCK{include "outer.tex.j2"} \\]\n')
    (found,) = findings_among(sources(tmp_path), tmp_path)
    assert (found.file, found.line, found.column) == (str(path), 1, 4)
    assert "outer.tex.j2 holds it" in str(found)
    path.write_text('\\BLOCK{include "outer.tex.j2"}\n')
    assert findings_among(sources(tmp_path), tmp_path) == []


def test_what_is_kept_of_a_file_goes_when_a_file_changes_that_it_includes_through_another(tmp_path: Path) -> None:
    part, cache = tmp_path / "part.tex.j2", tmp_path / "cache.json"
    (tmp_path / "outer.tex.j2").write_text('\\BLOCK{include "part.tex.j2"}\n')
    (tmp_path / "a.tex.j2").write_text('\\[ \\BLOCK{include "outer.tex.j2"} \\]\n')
    for text, count in (("x = y\n", 0), ("x = \\partial L\n", 1), ("x = \\partial L\n", 1), ("x = y\n", 0)):
        part.write_text(text)
        assert len(findings_among(sources(tmp_path), tmp_path, cache=cache)) == count


def test_a_file_that_includes_itself_in_a_display_ends(tmp_path: Path) -> None:
    (tmp_path / "a.tex.j2").write_text('\\[ \\BLOCK{include "a.tex.j2"} \\]\n')
    assert findings_among(sources(tmp_path), tmp_path) == []


def test_a_display_without_an_end_is_named_where_it_begins_and_not_at_what_it_swallows() -> None:
    (finding,) = findings_in("\\begin{align}\nx\n\nA sentence on $\\partial L$.\n")
    assert finding.line == 1
    assert "\\begin{align} is never closed" in finding.message


def test_a_display_in_an_entry_of_the_bibliography_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "report.tex.j2").write_text("\\cite{one}", encoding="utf-8")
    entry = "@misc{one,\n  note = {\\[ \\nabla L = 1 \\]}}\n"
    (tmp_path / "references.bib").write_text(entry, encoding="utf-8")
    with pytest.raises(RenderError, match=r"references\.bib:2:14: "):
        verify(tmp_path, tmp_path / "build", cache=None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A price in $ and\nmore. It leads from $b$ to $L$; they meet in $a$.\n\nNext $x$.", 1),
        ("One $x$\nand two $y and $z$ there.\n", 2),
        ("Fine $x$ and $y$.\n\nA $ here.\n\n$z$ is fine.", 3),
        ("From $\\text{one or two}$ to $n$,\nfor $k > 0.\n", 2),
    ],
)
def test_a_dollar_without_its_partner_is_named_where_it_was_typed(text: str, line: int) -> None:
    ((start, *_),) = unseen(text)
    assert (text[start], text.count("\n", 0, start) + 1) == ("$", line)


@pytest.mark.parametrize(
    "text", [r"\renewcommand\result[2]{forty}", r"\renewcommand{\section}[1]{}", r"\def\result#1#2{9}"]
)
def test_a_template_gives_no_word_of_the_report_another_meaning(text: str) -> None:
    assert any("a word of the language" in message for _, _, message, _ in unseen(text))
    assert not list(unseen(r"\NewDocumentCommand{\result}{mm}{#2}", preamble=True))
