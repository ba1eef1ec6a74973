r"""Typos of an author who writes his first section: each is named at its line, and its message says what to do."""

import json
import shutil
from pathlib import Path

import pytest

from report_src.errors import BuildError, RenderError
from report_src.numbers.values import wrap
from report_src.project import ROOT
from report_src.prose import allowances, lint, requirements, unprinted
from report_src.prose.slips import slips
from report_src.rendering.engine import environment, render_text
from report_src.rendering.source_marks import parts, take_out
from report_src.tex.compile import compile_tex
from tests.report_src.tex.formats import lend

PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,amsmath,graphicx,listings,xcolor,hyperref,cleveref}
\newcommand{\result}[2]{#2}
\newcommand{\answer}[2]{#2}
\newcommand{\alternative}[1]{}
\newcommand{\reportfigure}[2]{\begin{figure}\includegraphics{figures/#1.pdf}\caption{#2}\end{figure}}
"""
RESULTS = {"training": {"accuracy": {"mean": 0.3492, "std": 0.01}, "rows": 41348}}
REQUIREMENT = '[[requirement]]\nid = "B1"\npart = "B"\ntext = "say it"\n'

# name, what is typed, its line that is named (from 1), what is said, the next step
TYPOS = [
    ("percent sign", "An accuracy of 34.9% is poor.\nAs others say.", 1, "makes a comment of the rest", r"write \%"),
    ("percent sign apart", "It is 34.9 % right here.", 1, "makes a comment of the rest", r"write \%"),
    ("ampersand", "Rows & columns.", 1, "alignment tab character &", r"write \&"),
    ("number sign", "Number # one.", 1, "`macro parameter character #'", r"written \#"),
    ("underscore", "The room_type differs.", 1, "Missing $ inserted", r"the sign itself is \_"),
    ("caret", "It is 10^4 rows.", 1, "Missing $ inserted", "between $ and $"),
    ("dollar", "It costs 5 $ a night.", 1, "Missing $ inserted", r"\$"),
    ("misspelt key", r"\VAR{training.acuracy.mean | percent}", 1, "unknown key 'training.acuracy'",
     "nearest: training.accuracy"),
    ("no style", r"\VAR{training.accuracy.mean} of it", 1, "without a style", "expected one of | "),
    ("style", r"\VAR{training.accuracy.mean | percnt}", 1, "unknown style 'percnt'", "nearest: percent"),
    ("style in a branch", "\\BLOCK{if training.rows > 1}\n\\VAR{training.accuracy.mean | percnt}\n\\BLOCK{endif}", 2,
     "unknown style 'percnt'", "nearest: percent"),
    ("style unlike any", r"\VAR{training.rows | zzzz}", 1, "unknown style 'zzzz'", "nearest: at_most, bare"),
    ("no mean", r"\VAR{training.accuracy | percent}", 1, "'training.accuracy' is a record", "fields: mean"),
    ("no mean in a claim", '\\BLOCK{claim "c" if training.accuracy < 0.3}\nA\n\\BLOCK{otherwise}\nB\n'
     "\\BLOCK{endclaim}", 1, "'training.accuracy' is a record, not a number", "fields: mean"),
    ("no mean beside ==", '\\BLOCK{claim "c" if training.accuracy == 0.3}\nA\n\\BLOCK{otherwise}\nB\n'
     "\\BLOCK{endclaim}", 1, "'training.accuracy' is a record, not a number", "fields: mean"),
    ("record for a condition", '\\BLOCK{say "c": "a" if training.accuracy otherwise "b"}', 1,
     "'training.accuracy' is a record, not a number", "fields: mean"),
    ("one = in a claim", '\\BLOCK{claim "c" if training.rows = 3}\nA\n\\BLOCK{otherwise}\nB\n\\BLOCK{endclaim}', 1,
     "got '='", "compared with =="),
    ("claim without quotes", "\\BLOCK{claim my-gap if training.rows > 3}\nA\n\\BLOCK{otherwise}\nB\n"
     "\\BLOCK{endclaim}", 1, "name of the claim in quotes, got my", r'write \BLOCK{claim "my-name" if'),
    ("say without quotes", "\\BLOCK{say gap: \"a\" if training.rows > 3 otherwise \"b\"}", 1,
     "name of the say in quotes, got gap", r'write \BLOCK{say "my-name"'),
    ("claim of one branch", '\\BLOCK{claim "c" if training.rows > 3}\nA\n\\BLOCK{endclaim}', 1, "has one branch",
     r"add \BLOCK{otherwise}"),
    ("name of a claim twice", '\\BLOCK{say "c": "a" if training.rows > 3 otherwise "b"}\n'
     '\\BLOCK{say "c": "a" if training.rows > 4 otherwise "b"}', 2, "has the name of the claim at",
     "give one of them another name"),
    ("otherwise misspelt", '\\BLOCK{claim "c" if training.rows > 3}\nA\n\\BLOK{otherwise}\nB\n\\BLOCK{endclaim}', 3,
     r"unknown tag \BLOK{otherwise …}", r"nearest: \BLOCK{otherwise …}"),
    ("if misspelt", "\\BLOKC{if training.rows > 3}\nA\n\\BLOCK{endif}", 1, r"unknown tag \BLOKC{if …}",
     r"nearest: \BLOCK{if …}"),
    ("end misspelt", '\\BLOCK{claim "c" if training.rows > 3}\nA\n\\BLOCK{otherwise}\nB\n\\BLOCK{endclam}', 5,
     "unknown tag 'endclam'", "nearest: endclaim"),
    ("value misspelt", r"Of \VAT{training.rows | count} rows.", 1,
     r"Undefined control sequence \VAT", r"nearest: \VAR"),
    ("value in small letters", r"Of \var{training.rows | count} rows.", 1, r"Undefined control sequence \var",
     r"nearest: \VAR"),
    ("tag never closed", "Of \\VAR{training.rows | count rows.", 1, "is never closed", "its } is missing"),
    ("Greek letter", "The rate α here.", 1, "Unicode character α (U+03B1)", r"type $\alpha$"),
    ("Greek letter beyond the usual", "The noise ξ here.", 1, "Unicode character ξ (U+03BE)", r"type $\xi$"),
    ("subscript", "The input x₁ here.", 1, "Unicode character ₁ (U+2081)", "type $_{1}$"),
    ("emoji", "Fine 😀 here.", 1, "Unicode character 😀 (U+1F600)", "take it out"),
    ("package in a section", "\\usepackage{siunitx}\nWords.", 1, "templates/preamble.tex only", "move the line there"),
    ("misspelt command", "It is \\textbff{bold}.", 1, r"\textbff", "define it in templates/preamble.tex"),
    ("brace", "It is \\textbf{bold.\nMore.", 1, "is never closed", "its } is missing"),
    ("figure", "\\reportfigure{training-acuracy}{A caption.}", 1, "File `figures/training-acuracy.pdf' not found",
     "looked in figures/ of the build, where there is no picture; correct its name, have a plot in PLOTS draw it"),
    ("own picture", "Words.\n\\includegraphics[width=3cm]{photo}", 2, "File `photo' not found", "under [scans]"),
    ("own code", "Words.\n\\lstinputlisting{code.py}", 2, "File `code.py' not found", r"function with \VAR{code("),
    ("own file", "Words\nand \\input{extra} more.", 2, "File `extra.tex' not found", 'BLOCK{include "extra.tex"}'),
    ("label before its caption", "Words.\n\\begin{table}\\label{tab:a}\\caption{A}\\end{table}", 2,
     r"\label{tab:a} before \caption names the section", "put it behind the caption"),
    ("heading without words", "\\subsection{}\nWords.", 1, "is a heading without words", "type them"),
    ("section without text", "\\section{A}\n\\section{B}\nWords.", 1, r"\section{A} has no text", "write it"),
    ("tilde of a path", "It is in ~/data/x.", 1, "a tilde that prints as a space", r"\textasciitilde"),
    ("caption in the text", "\\caption{A}", 1, r"\caption outside of a figure or table", r"\begin{figure}"),
    ("itself included", '\\BLOCK{include "sections/a.tex.j2"}', 1, "recursion without end", "take one"),
    ("invisible letter in a tag", "\\VAR{training.\u200browns | count}", 1, "unexpected char",
     "take the invisible character out"),
    ("letter of another script", "\\VAR{training.r\u043ews | count}", 1, "nearest: training.rows",
     "\u043e (U+043E) is no Latin letter"),
    ("nothing to allow", '\\NOTE{allow "999": a name}\nWords.', 1, 'allow "999": …} finds nothing', "take it out"),
    ("allowed too early", '\\NOTE{allow "999": name}\nWords\nand 999.', 3, "typed number '999'", "print it by its key"),
    ("allowed without quotes", "\\NOTE{allow best: a name}\nWords.", 1, "allow best: a name … allows nothing",
     'expected \\NOTE{allow "the words": why they are right}'),
    ("reference", "See \\ref{sec:nowhere}.", 1, "`sec:nowhere' is undefined", r"there is no \label of that name"),
    ("requirement", "\\answer{B1}{Said.}\n\\answer{B7}{Said.}", 2, "the mark B7 names no requirement",
     "see templates/requirements.toml"),
    ("requirement twice", "\\answer{B1}{Said.}\n\n\\answer{B1}{Said.}", 3, "B1 is marked twice",
     "answered in one place"),
    ("typed result", "An accuracy of 34.92\\,\\% of \\VAR{training.accuracy.mean | percent(2)}.", 1,
     "typed number '34.92' equals training.accuracy.mean", r"\VAR{training.accuracy.mean | …}"),
    ("typed number", "It needs 5 and 10 steps of \\VAR{training.rows | count}.", 1, "typed number '5'",
     r'\NOTE{allow "5": reason}'),
    ("judging word", "It is much better.", 1, "judging word 'much'", r"\BLOCK{claim …}"),
    ("straight quotes", 'It is "good enough" here.', 1, "straight quotes", "type ``good enough''"),
    ("bold as in Markdown", "It is **very odd** here.", 1, "Markdown", r"type \textbf{very odd}"),
    ("list as in Markdown", "We see:\n\n- first thing", 3, "Markdown", r"type \item first thing"),
    ("link as in Markdown", "See [the page](https://a.org/b) here.", 1, "Markdown", r"type \href{address}{the page}"),
    ("code as in Markdown", "Here:\n\n```\ncode\n```", 3, "Markdown", r"type \begin{lstlisting}"),
    ("bold as in HTML", "It is <b>odd</b> here.", 1, "HTML", "type a command of LaTeX"),
    ("placeholder", "TODO write this.", 1, "a placeholder in 'TODO'", "type what is meant"),
    ("unknown reference", "See Figure ?? here.", 1, "a placeholder in '??'", "type what is meant"),
    ("value as in Jinja", "Of {{ training.rows }} rows.", 1, "a tag of Jinja", r"type \VAR{training.rows}"),
    ("block as in Jinja", "A {% if training.rows %} b.", 1, "{% if training.rows %} is a comment to TeX", r"\BLOCK{"),
    ("end of the document", "A.\n\\end{document}\nB.", 2, "what follows is not printed", "take it out"),
    ("end of the input", "A.\n\\endinput\nB.", 2, "what follows is not printed", "take it out"),
    ("text that is switched off", "A.\n\\iffalse\nB.\n\\fi", 2, "hides what follows", "begin each line with %"),
    ("bibliography", "\\bibliography{refs}", 1, "prints nothing here", "templates/references.bib"),
    ("answer without words", "\\answer{B1} It is so.", 1, "has no words in braces", r"\answer{B1}{The sentence.}"),
    ("accent of its own", "The cafe\u0301 here.", 1, "(U+0301)", "type the letter and its accent as one character"),
    ("paragraph in braces", "It is \\textbf{bold\n\nand} more.", 3, "a blank line is inside the braces of \\text",
     "take it out"),
    ("sign of percent behind a space", "It is 34.9~% of it.", 1, "makes a comment of the rest", r"write \%"),
    ("sign of percent at the end", "It is 34.9%\nAs others say.", 1, "a comment of the line's end", r"write \%"),
    ("two styles", r"\VAR{training.rows | count | percent}", 1, "two styles", "keep one of them"),
    ("count as a share", r"\VAR{training.rows | percent}", 1, "not a share", "print it with | count"),
    ("calculation", r"\VAR{100 * training.accuracy.mean | decimal(1)}", 1, "is calculated with", "they compute none"),
    ("nested tag", r"Of \VAR{\VAR{training.rows} | count} rows.", 1, "a tag begins within \\VAR{",
     "write the key only"),
    ("tag of an empty key", r"Of \VAR{} rows.", 1, "expected an expression", "name a key and a style"),
    ("colon for a bar", r"Of \VAR{training.rows : count} rows.", 1, "got ':'", "write | before the style"),
    ("two bars", r"Of \VAR{training.rows || count} rows.", 1, "got '|'", "write one | before the style"),
    ("two points", r"Of \VAR{training..rows | count} rows.", 1, "expected name", "write one point"),
    ("backslash in a key", r"Of \VAR{training.fi\_rst | count} rows.", 1, "unexpected char", "write _ without"),
    ("key in quotes", r"Of \VAR{'training.rows' | count} rows.", 1, "is text, not a number", "typed without quotes"),
    ("hyphen in a style", r"Of \VAR{training.accuracy | pm-percent} rows.", 1, "there is no 'percent'",
     "it is a style"),
    ("spread of one number", r"Of \VAR{training.rows | pm} rows.", 1, "without replicates", "print it with | count"),
    ("interval of one number", r"Of \VAR{training.accuracy.mean | interval} rows.", 1, "without replicates",
     "print it with | decimal"),
    ("digits in words", r"Of \VAR{training.accuracy.mean | decimal(two)}.", 1, "takes digits=2", "from 0 to 18"),
    ("tag in round brackets", r"Of \VAR(training.rows | count) rows.", 1, r"\VAR", r"a tag is \VAR{…}"),
    ("key as a tag", r"Of \BLOCK{training.rows} rows.", 1, "unknown tag", r"printed by \VAR{training.rows | …}"),
    ("claim without if", "\\BLOCK{claim \"c\" training.rows > 3}\nA\n\\BLOCK{otherwise}\nB\n\\BLOCK{endclaim}", 1,
     "got 'training'", "write if before the condition"),
    ("claim that compares a key with itself", "\\BLOCK{claim \"c\" if training.rows >= training.rows}\nA\n"
     "\\BLOCK{otherwise}\nB\n\\BLOCK{endclaim}", 1, "compares a key with itself", "name another key"),
    ("else in a say", "\\BLOCK{say \"c\": \"a\" if training.rows > 3 else \"b\"}", 1, "follow `otherwise`", "for else"),
    ("comma in a say", "\\BLOCK{say \"c\", \"a\" if training.rows > 3 otherwise \"b\"}", 1, "got ','",
     "write : behind"),
    ("on for in", "\\BLOCK{for w on training.rows}\nA\n\\BLOCK{endfor}", 1, "got 'on'", "write in between"),
    ("code without quotes", r"\VAR{code(studies.a.study.run)}", 1, "there is no 'studies'", "named in quotes"),
    ("table of a number", r"\VAR{table(training.rows, [('a', 'l', 'b', 'name')])}", 1, "expected a list of rows",
     "name a field that is a list"),
    ("table without columns", r"\VAR{table([], [])}", 1, "no column is named", "heading, alignment, key, style"),
    ("alignment", r"\VAR{table([], [('a', 'x', 'b', 'name')])}", 1, "alignment 'x'", "expected l, c, r"),
    ("percent in a heading", r"\VAR{table([], [('in %', 'l', 'b', 'name')])}", 1, "heading 'in %'", r"write \% for %"),
    ("mark in small letters", "\\answer{b1}{Said.}", 1, "the mark b1 names no requirement", "nearest: B1"),
    ("mark without braces", "\\answer{B1}{Said.}\n\\answered B1 so.", 2, "lacks the id of a requirement", "{Q1}"),
    ("citation of nothing", r"As \cite{} says.", 1, "a name is missing", "the key of an entry"),
    ("space in a list of labels", "Words.\\label{a}\\label{b}\nSee \\cref{a, b}.", 2, "undefined", "without the space"),
    ("label without its prefix", "\\begin{table}\\caption{A}\\label{tab:rows}\\end{table}\nSee \\cref{rows}.", 2,
     "undefined", "nearest: tab:rows"),
    ("argument missing", r"So $\frac{1}$ it is.", 1, "Missing } inserted", "lack an argument"),
    ("colour", r"\textcolor{redd}{x}", 1, "Undefined color `redd'", "define it in templates/preamble.tex"),
    ("alternative of nothing", r"\alternative{Words.}", 1, "describes no figure", r"before \reportfigure"),
    ("label without a caption", r"\begin{table}X\label{tab:a}\end{table}", 1, r"\label{tab:a} names the section",
     r"write \caption before it"),
    ("caption of nothing", r"\begin{table}\caption{ }X\end{table}", 1, "a caption without words", "type them"),
    ("phantom", r"See \phantom{hidden words}.", 1, "nobody sees", "take it out"),
    ("white", r"See \textcolor{white}{hidden}.", 1, "nobody sees", "take it out"),
    ("nearly white", r"See {\color[gray]{.97}hidden}.", 1, "nobody sees", "take it out"),
    ("tiny", r"See {\fontsize{1pt}{1pt}\selectfont hidden}.", 1, "nobody sees", "take it out"),
    ("over others", r"See \rlap{hidden}words.", 1, "words over others", "take it out"),
    ("far back", r"See \hspace{-9cm}words.", 1, "words over others", "take it out"),
    ("in a false branch", r"\iftrue See.\else hidden\fi", 1, "keeps words from the page", "take it out"),
    ("gobbled", r"\makeatletter\@gobble{Hidden.}\makeatother See.", 1, "keeps words from", "take it out"),
    ("another number", r"\setcounter{figure}{98}See.", 1, "a number that is not counted", "take it out"),
    ("link without words", r"See \href{https://a.org}{}.", 1, "a link without words", "type them"),
    ("another day", r"On \today{} we measured.", 1, "another day in each build", "type the date"),
    ("tab", "Words\tand words.", 1, "a tab character", "type spaces"),
]  # fmt: skip


def said(root: Path, text: str) -> str:
    """Return what a build of a report of one section says of it: its error, else its warnings."""
    templates = root / "templates"
    (templates / "sections").mkdir(parents=True)
    shutil.copy(ROOT / "templates/judging_words.toml", templates)
    (templates / "requirements.toml").write_text(REQUIREMENT, encoding="utf-8")
    mark = "" if "answer{" in text else "\\answer{B1}{Said.}"
    include = '\\BLOCK{include "sections/a.tex.j2"}'
    skeleton = f"\\input{{preamble}}\n\\begin{{document}}\n{mark}\n{include}\n\n\\end{{document}}\n"
    (templates / "report.tex.j2").write_text(skeleton, encoding="utf-8")
    (templates / "sections/a.tex.j2").write_text(f"{text}\n", encoding="utf-8")
    try:
        return _built(root, templates)
    except RenderError as error:
        return str(error)
    except BuildError as error:
        return str(error)


def _built(root: Path, templates: Path) -> str:
    unprinted.refuse(templates)
    engine = environment(templates)
    rendered = render_text(
        engine, "report.tex.j2", {name: wrap(tree, name, engine.ledger) for name, tree in RESULTS.items()}
    )
    document, places = take_out(rendered)
    requirements.check(requirements.load(templates / "requirements.toml"), document, places)
    work = root / "work"
    (work / "figures").mkdir(parents=True)
    (work / "preamble.tex").write_text(PREAMBLE, encoding="utf-8")
    (work / "report.tex").write_text(document, encoding="utf-8")
    lines = [[f"templates/{name}", number] for name, number in places]
    within = {line: [[at, f"templates/{name}", n] for at, name, n in found] for line, found in parts(rendered).items()}
    (work / "report.map.json").write_text(json.dumps({"lines": lines, "parts": within}), encoding="utf-8")
    typed = lint.typed_results(templates, document)
    found = [*typed, *(finding for finding in lint.check(templates) if finding.place not in {t.place for t in typed})]
    lend(work)
    compile_tex(work, "report", epoch=1, root=root)
    needless = allowances.needless(templates, lint.scans(templates))
    return "\n".join([*map(str, found), *needless, *slips(templates)])


@pytest.mark.parametrize(("text", "line", "says", "step"), [typo[1:] for typo in TYPOS], ids=[t[0] for t in TYPOS])
@pytest.mark.sampled(12)
def test_a_typo_is_named_at_its_line_with_the_next_step(tmp_path, text, line, says, step):
    first = said(tmp_path, text).split("\n")[0]
    assert says in first
    assert step in first
    assert first.startswith(f"templates/sections/a.tex.j2:{line}:")


def test_correct_words_are_passed_in_silence(tmp_path):
    text = 'Words in ``quotes\'\', \\emph{bold}, $a*b*c$ and 5\\,\\% \\NOTE{allow "5": a convention} of it.\n% a "note"'
    assert said(tmp_path, text) == ""


@pytest.mark.parametrize("folder", ["templates", "starter/templates", "tests/reports/regularisation/templates"])
def test_what_is_shipped_has_no_slip(folder):
    assert list((ROOT / folder).rglob("*.tex.j2"))
    assert slips(ROOT / folder) == []
