"""Nothing false reaches the document unseen, and nothing counts as checked that is not printed."""

from pathlib import Path

import pytest

from report_src.derivations.checking.check import check_text
from report_src.derivations.gate import Summary, verify
from report_src.errors import RenderError

DECLARED = r"Let $x, y \in \mathbb{R}$ and $\mathbf{a}, \mathbf{b} \in \mathbb{R}^{d}$."
TRUE = r"\begin{align} x + y &= y + x \end{align}"
FALSE = r"\[ x = 7x \]"
MAIN = '\\input{preamble}\n\\begin{document}\n\\BLOCK{include "a.tex.j2"}\n\\end{document}\n'


def derivation(body: str, name: str = "d") -> str:
    return f"\\begin{{derivation}}{{{name}}}\n{DECLARED}\n{body}\n\\end{{derivation}}\n"


def gate(folder: Path, a: str, **files: str) -> Summary:
    files = {"preamble.tex": "", "report.tex.j2": MAIN, "a.tex.j2": a} | {
        name.replace("__", "."): text for name, text in files.items()
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "derivations").mkdir(exist_ok=True)
    (folder / "derivations" / "bindings.toml").write_text("", encoding="utf-8")
    return verify(folder, folder / "build", cache=None)


@pytest.mark.parametrize(
    "begin",
    [r"\begin {derivation}{d}", "\\begin\n{derivation}{d}", "\\begin% x\n{derivation}{d}", "\\begin{deri%\nvation}{d}"],
)
def test_a_derivation_is_read_however_its_begin_is_spaced(begin: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"a\.tex\.j2:\d+:\d+: "):
        gate(tmp_path, f"{begin}\n{DECLARED}\n{FALSE}\n\\end{{derivation}}\n")


@pytest.mark.parametrize(
    "command",
    [
        r"\input{b}",
        r"\input b ",
        r"\include{b}",
        r"\input{b.tex}",
        '\\BLOCK{include "b.tex"}',
        '% \\NOTE{x}\n\\BLOCK{include "b.tex" ignore missing}',
    ],
)
def test_a_derivation_of_an_input_is_checked(command: str, tmp_path: Path) -> None:
    gate(tmp_path, command, b__tex=derivation(TRUE))
    with pytest.raises(RenderError, match=r"b\.tex:3:"):
        gate(tmp_path, command, b__tex=derivation(FALSE))


@pytest.mark.parametrize(
    "command",
    [
        r"\input{\here}",
        r"\BLOCK{include name}",
        '\\BLOCK{include "b" ~ ".tex"}',
        r"\input{gone}",
        '% \\BLOCK{include "b.tex"}',
        r"\input{../b}",
    ],
)
def test_an_include_that_cannot_be_followed_is_refused(command: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"not checked|executed|there is no template"):
        gate(tmp_path, command, b__tex=derivation(TRUE))


def test_a_file_that_the_document_does_not_contain_is_named_and_not_listed(tmp_path: Path) -> None:
    files = {
        "preamble.tex": "",
        "report.tex.j2": MAIN,
        "a.tex.j2": derivation(TRUE),
        "b.tex.j2": derivation(FALSE, "e"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "derivations").mkdir()
    (tmp_path / "derivations" / "bindings.toml").write_text("", encoding="utf-8")
    summary = verify(tmp_path, tmp_path / "build", cache=None)
    assert [row.name for row in summary.table] == ["d"]
    assert [warning for warning in summary.warnings if "b.tex.j2" in warning and "nothing in it is checked" in warning]


REDEFINED = [
    r"\renewcommand{\top}{2}",
    r"\def\odot{+}",
    r"\xdef\odot{+}",
    r"\global\let\odot+",
    r"\let\odot=+",
    r"\long\gdef\cdot{+}",
    r"\RenewDocumentCommand\top{}{2}",
    r"\ProvideExpandableDocumentCommand{\top}{}{2}",
    r"\DeclareRobustCommand*{\frac}[2]{#1#2}",
    r"\DeclareMathOperator{\exp}{ln}",
    r"\mathchardef\cdot='1",
    r"\DeclareMathSymbol{\odot}{\mathbin}{operators}{`+}",
    r"\DeclareMathSymbol{x}{\mathalpha}{letters}{`y}",
    r"\mathcode`x=`y",
    r"\catcode`x=13",
    r"\expandafter\def\csname top\endcsname{2}",
    r"\makeatletter\@namedef{top}{2}",
    r"\renewenvironment{align}{}{}",
    r"\AddToHook{env/align/begin}{2}",
    r"\AddToHook{cmd/top/before}{2}",
    r"\let\mine\renewcommand \mine{\top}{2}",
    r"\newcommand\mine[1]{\def#1{2}}\mine\top",
    r"\everydisplay{2}",
    r"\lowercase{\def\top}{2}",
    r"\renewenvironment{derivation}[1]{}{}",
    r"\lstset{mathescape}",
    r"\futurelet\top\relax",
    r"\NewCommandCopy{\odot}{\oplus}",
    r"\font\mathbf=cmr10",
    r"^^5cdef\top{2}",
    r"\patchcmd{\frac}{1}{2}{}{}",
    r"\lstMakeShortInline|",
    r"\renewcommand{\url}[1]{#1}",
]


@pytest.mark.parametrize("definition", REDEFINED)
@pytest.mark.parametrize("place", ["preamble", "template", "derivation", "captured"])
def test_a_word_of_the_language_has_one_meaning(definition: str, place: str, tmp_path: Path) -> None:
    preamble = definition if place == "preamble" else ""
    a = derivation(f"{definition}\n{TRUE}" if place == "derivation" else TRUE)
    a = f"{definition}\n{a}" if place == "template" else a
    a = f"\\BLOCK{{set it}}{definition}\\BLOCK{{endset}}\n{a}" if place == "captured" else a
    with pytest.raises(RenderError):
        gate(tmp_path, a, preamble__tex=preamble)


MACRO = "\\newcommand{\\half}{\\tfrac12 x}\n" + derivation(r"\[ \half + \half = x \]")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (f"\\BLOCK{{include 'b.tex'}}\n{MACRO}", "\\renewcommand{\\half}{x}"),
        (f"{MACRO}\\input{{b}}\n", "\\def\\half{x}"),
    ],
)
def test_a_macro_has_one_definition_in_all_files(a: str, b: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"\\half"):
        gate(tmp_path, a, b__tex=b)


def test_a_macro_that_only_other_derivations_use_may_have_its_name_twice(tmp_path: Path) -> None:
    other = "\\newcommand{\\mine}{x}\\BLOCK{include 'b.tex'}\n"
    assert gate(tmp_path, other + MACRO, b__tex="\\renewcommand{\\mine}{y}").rows == 1


def test_other_definitions_are_left_alone(tmp_path: Path) -> None:
    preamble = (
        "\\newcommand{\\vect}[1]{\\mathbf{#1}}\\DeclareMathOperator{\\tanh}{tanh}% \\def\\top{2}\n"
        "\\newenvironment{derivation}[1]{\\par}{\\par}\\AddToHook{cmd/section/before}{\\par}\\verb|\\def\\top{2}|"
    )
    gate(tmp_path, derivation(TRUE), preamble__tex=preamble)


HIDDEN = [
    r"$\displaystyle x = 7x$",
    r"\begin{center}$x = 7x$\end{center}",
    r"\begin{quote}$x = 7x$\end{quote}",
    r"\footnote{$\begin{gathered} x = 7x \end{gathered}$}",
    r"\begin{align} x &= x \text{ so $x = 7x$} \end{align}",
    r"\begin{align} x &= x \\ \intertext{so \(x = 7x\)} y &= y \end{align}",
    r"\[ x = x \text{\mbox{ $x = 7x$}} \]",
    r"\[ x = x \tag{$x = 7x$} \]",
    r"\[ \underbrace{x}_{\text{$=7x$}} = x \]",
    r"\verb|x|",
    r"\begin{verbatim} x \end{verbatim}",
    r"\iffalse x \fi",
    r"\begin{tabular}{c} x \end{tabular}",
    r"\textsuperscript{2}",
    r"\begin{equation} y = x \\ x = x \end{equation}",
    r"\[ \begin{aligned}[t] x &= tx \end{aligned} \]",
    r"\ensuremath{x = 7x}",
    r"\[ \begin{aligned} x &= x \end{aligned} \begin{aligned} y &= y \end{aligned} \]",
    r"\[ 2 \begin{aligned} x &= x \end{aligned} \]",
    r"\[ x = \begin{aligned} x \\ y = y \end{aligned} \]",
    r"\begin{align} x &= x \\[2] y &= 2y \end{align}",
    r"\begin{align} x &= x, & y &= y \\ &= x \end{align}",
    r"\begin{align} x &= x \\ & - y = -y \end{align}",
    r"\[ x = x \] With $y \coloneqq 2x$ \[ = x \]",
    r"\begin{align} x &= x \\ y &= \foo \\ &= x \end{align}",
    r"\[ x = x\text{2} \]",
    r"\[ x = x\,\text{sgn} \]",
    r"\[ \text{never } x = x \]",
    r"\[ x = x \quad\text{ is wrong} \]",
    r"\[ \text{minus } x = x \]",
    r"\begin{gather} x = x, \quad y = y \\ = x \end{gather}",
    *(
        rf"\[ x = x \text{{ ({note})}} \]"
        for note in ("up to sign", "transposed", "its opposite", "inverse", "percent")
    ),
    *(rf"\[ x = x \text{{ ({note})}} \]" for note in (r"\%", "which is zero", "to the power two", "of 2", "mod 2")),
    *(rf"\[ x = x \tag{{{tag}}} \]" for tag in ("plus y", "+ 1", "twice", "times 2")),
    *(rf"\[ \underbrace{{x}}_{{\text{{{note}}}}} = x \]" for note in ("twice", "zero", "equals one", "squared")),
    *(r"\[ (x + y\right) = x + y \]", r"\[ \left(x + y) = x + y \]", r"\[ \frac{\left(x}{\right)2} = \frac x2 \]"),
    *(r"\begin{align} \left(x &+ y\right) = x + y \end{align}", r"\[ x + \!\!\!{}\!\!\!y = x + y \]"),
    *(r"Let $X,= A, B \in \mathbb{R}$.", r"Let $= p \in \mathbb{R}$."),
]


@pytest.mark.parametrize("body", HIDDEN)
def test_what_a_derivation_displays_is_read_or_refused(body: str) -> None:
    (report,) = check_text(derivation(f"{TRUE}\n{body}"))
    assert not report.accepted, body


@pytest.mark.parametrize(
    "body",
    [
        r"\begin{align} x \\ &= x \end{align}",
        r"\[ \left(x + \left[y + \frac{\left(x\right)}2\right]\right) = \tfrac32 x + y \]",
        r"\[ \left(\begin{bmatrix} x & y \end{bmatrix}\right)^\top = \begin{bmatrix} x \\ y \end{bmatrix} \]",
        r"\[ \begin{aligned}[t] x &= x \\[0.1in] &= 2x - x \end{aligned} \]",
        r"\begin{align} x = x \Rightarrow y &= y \\ &= y \end{align}",
        r"\[ x = x \text{ (by the rule of step 2)} \]",
        r"\[ x = x\text{, and hence } y = y \]",
        *(r"\[ x = x \text{ (by \cref{eq:a}, using the chain rule)} \]", r"\[ x = x \tag{by symmetry} \]"),
        *(r"\[ x = x \quad\text{(1)} \]", r"\[ x = x \tag{*} \]", r"\[ x = x \tag{2.1a} \]"),
        r"\[ \underbrace{x}_{\text{direct path}} = x \]",
        r"A note\footnote{with $x$, \emph{inline}} and \mbox{$x$}.",
    ],
)
def test_what_is_printed_in_order_is_read(body: str) -> None:
    (report,) = check_text(derivation(f"{TRUE}\n{body}"))
    assert report.accepted, [row.message for row in report.rows if row.message]


ALONE = [
    r"\begin{itemize} \item[(a)] $x = 7x$ \end{itemize}",
    r"\begin{itemize} \item{$x = 7x$} \end{itemize}",
    r"\begin{itemize} \item $x = 7x$ and $y = 7y$ \end{itemize}",
    r"\begin {center} $x \approx 7x$ \end {center}",
    *("x = 7x", r"\textit{x} = 7\textit{x}"),
    *(r"\qquad $x = 7x$ \qquad (2)", "(ii) $x = 7x$", r"$x = 7x$\label{e}", "{$x = 7x$}", r"\mbox{$x = 7x$}"),
    *(r"\emph{$x = 7x$}", r"\smallskip $x = 7x$", "$x = 7x$, $y = 7y$.", "$x$ $= 7x$", r"$x = 7x$ \cite[p. 3]{a}"),
    *("$x = 7x$! % a comment", r"$x = 7x$\footnote{as above}", r"\enquote{$x = 7x$}", r"$x \approx 7x$", "$x > 0$"),
    *(r"Hence\\[1ex] $x = 7x$\\[1ex] as stated", r"Hence\\* \( x = 7x \)\\* as stated"),
]


@pytest.mark.parametrize("line", ALONE)
def test_a_formula_that_is_alone_in_its_line_is_read_as_a_display(line: str) -> None:
    (report,) = check_text(derivation(f"{TRUE}\n\n{line}\n\nand so on."))
    assert not report.accepted, line


@pytest.mark.parametrize(
    "text",
    [
        "Hence $x = y$ holds at times.",
        "$x = y$ is what we want, (1) and $y = x$ as well.",
        r"$p \in \mathbb{R}^{d}$, $q > 0$, $n = 3$ is an example.",
        r"$p \in \mathbb{R}^{d}$, $q > 0$",
        r"\begin{enumerate}[nosep=true] \item With $x = y$, \emph{say}. \end{enumerate}",
        r"\begin{itemize} \item $x$ and $y$ \end{itemize}",
    ],
)
def test_formulas_among_words_are_prose(text: str) -> None:
    (report,) = check_text(derivation(f"{TRUE}\n\n{text}\n\nand so on."))
    assert report.accepted, [row.message for row in report.rows if row.message]


def test_a_left_side_of_its_own_opens_the_chain() -> None:
    (report,) = check_text(derivation("\\begin{align}\n x &= x \\\\\n & y \\\\\n =& x \\\\\n \\end{align}"))
    assert [row.verdict for row in report.rows if not row.inline] == ["ok", "wrong"]


OUTSIDE = [
    r"\iffalse @ \fi",
    r"\begin{comment} @ \end{comment}",
    r"\begin{lrbox}{\z} @ \end{lrbox}",
    r"\mbox{ @ }",
    "x \\endinput\n@",
    r"\begin{filecontents}{x.tex} @ \end{filecontents}",
    r"\end{document} @",
    "\\begin{verbatim}\n@",
]


@pytest.mark.parametrize("around", OUTSIDE)
def test_a_derivation_that_is_perhaps_not_printed_is_refused(around: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError):
        gate(tmp_path, around.replace("@", derivation(TRUE)))


@pytest.mark.parametrize(
    "text",
    [
        r"\VAR{x % 2} \[ \partial L \]",
        "\\BLOCK{if x}%\\BLOCK{endif} \\[ \\partial L \\]",
        r"\[ \VAR{'\\partial'} \]",
        "\\BLOCK{set f}x = 7x\\BLOCK{endset}\\[ \\VAR{f} \\]",
        "\\BLOCK{macro f(x)}x\\BLOCK{endmacro}\\[ \\VAR{f(2)} \\]",
        r"\begin{\VAR{name}} x \end{\VAR{name}}",
        r"\begin{center}$\partial L = 7$\end{center}",
        r"\begin{quote}$\partial L = 7$\end{quote}",
        r"\begin{flushleft} so $\partial L = 7$ \end{flushleft}",
        r"\ensuremath{\displaystyle \nabla L}",
        "\\newcommand\\ds{\\displaystyle}$\\ds \\nabla L$",
        "\\NOTE{\\begin{verbatim}}\n\\[ \\nabla L \\]\n\\NOTE{\\end{verbatim}}",
        r"\verb|\begin{verbatim}| \[ \nabla L \]",
        r"\centerline{$\partial L = 7$}",
    ],
)
def test_a_display_outside_is_seen(text: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError):
        gate(tmp_path, text)


RAW = [
    r"\url{a%20b}", r"\href{a%20b}{c}", r"\nolinkurl{a%20b}", r"\path{a%b}", r"\Verb|%|", r"\Verb{a % b}", r"\verb |%|",
    r"\lstinline{a % b}", r"\lstinline[language=C]|a % b|", r"\mintinline{python}{a % b}", r"\mintinline{c}|%|",
    r"\footnote{\url{a%20b}}", r"\unknown{a % b}", "unknown%", "\\begin{own}\n\\begin{verbatim}\n\\end{own}\n",
]  # fmt: skip
AFTER = "\n\\begin{verbatim}\n\\end{verbatim}\n"


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize(
    "shown", [r"\[ \nabla L = 7 \]", derivation(FALSE).replace("\n", " ")], ids=["display", "derivation"]
)
def test_a_percent_sign_that_is_printed_hides_nothing(raw: str, shown: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"a\.tex\.j2:\d+:\d+: "):
        gate(tmp_path, f"{derivation(TRUE, 'true')}See {raw} {shown}{AFTER}")


def test_a_percent_sign_that_is_printed_is_no_comment(tmp_path: Path) -> None:
    (row,) = gate(tmp_path, f"{' and '.join(RAW[:12])} {derivation(TRUE)} % \\[ \\nabla L \\]\n").table
    assert row.steps == 1


@pytest.mark.parametrize(
    "text",
    [
        "\\begin{own}\n$ ls\n\\end{own}\n\\[ x = \\nabla L \\]",
        "\\begin{own}\n$ ls\n\\end{own} and 5$",
        "A price of 5$.\n\nAnother of 6$.",
    ],
)
def test_mathematics_ends_in_its_paragraph(text: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="opens mathematics that does not end in its paragraph"):
        gate(tmp_path, f"{derivation(TRUE)}{text}\n")
    (report,) = check_text(derivation(f"{TRUE}\n{text}"))
    assert not report.accepted


def test_the_end_of_a_derivation_that_nothing_opens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="nothing opens this derivation"):
        gate(tmp_path, f"{derivation(TRUE)}% \\begin{{derivation}}{{e}}\n\\end{{derivation}}")


@pytest.mark.parametrize(
    "option", ["mathescape", "escapeinside=||", "caption={a [b]}, escapechar=|", "commandchars=|[]"]
)
@pytest.mark.parametrize("name", ["lstlisting", "minted", "Verbatim"])
def test_a_listing_prints_no_formulas(option: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="a listing prints formulas"):
        gate(tmp_path, f"\\begin{{{name}}}[{option}]{{c}}\n$\\nabla L$\n\\end{{{name}}}\n")


def test_verbatim_text_and_comments_are_no_formulas(tmp_path: Path) -> None:
    text = "\\begin{verbatim}\n\\[ \\nabla L \\]\n\\end{verbatim}\n\\verb|$$\\partial$$| % \\[ \\nabla L \\]\n"
    gate(tmp_path, text + derivation(TRUE))


def test_the_appendix_lists_what_a_derivation_assumes(tmp_path: Path) -> None:
    (row,) = gate(tmp_path, derivation("Assume $x = 2y$.\n\\[ x - y = y \\]")).table
    assert (row.steps, row.assumptions) == (1, ["x = 2y"])
