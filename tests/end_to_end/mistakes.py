r"""Classic mistakes of LaTeX and of tags, and where in each template of the real project one is made.

A mistake is lines that are put behind a line of a template. It counts as typed on the line that an author has to
change: of what is opened and never closed the line where that begins (where it should have ended nobody knows but the
author), of a mismatched or an extra end the line of the end, else the line itself.
"""

import contextlib
import dataclasses
import functools
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from report_src import __main__
from report_src.build import environment
from report_src.tex import compile
from tests.end_to_end.reports import ROOT, Built

DERIVATION, EARLY, PREAMBLE, ANY = "derivation", "early", "preamble", ""
NO_TAGS = "there is a Jinja tag inside a derivation"
COPIED = "preamble.tex is copied unchanged"
WORDS = "Missing \\begin{document}"  # before it words are the mistake that comes first


@dataclasses.dataclass(frozen=True)
class Mistake:
    """Lines as an author types them, the one (from 1) that is to be named, and what is said of it.

    `other` holds, for a kind of template in which something else is noticed first, that line and what is said.
    """

    name: str
    text: str
    line: int
    says: str
    other: tuple[tuple[str, int, str], ...] = ()

    def expected(self, template: str) -> tuple[int, str]:
        """Return (line of the text, what is said) for a mistake in this template."""
        others = {kind: (line, says) for kind, line, says in self.other}
        for kind in kinds_of(template):
            if kind in others:
                return others[kind]
        return self.line, self.says


def kinds_of(template: str) -> tuple[str, ...]:
    """Return what is special about a template, the most special first."""
    if template.startswith("derivations/"):
        return (DERIVATION,)
    return {"preamble.tex": (PREAMBLE, EARLY), "shared/metadata.tex.j2": (EARLY,)}.get(template, ())


def in_small(mistake: Mistake) -> Mistake:
    """Return a mistake with the names of the small report."""
    text, says, others = mistake.text, mistake.says, mistake.other
    for old, new in SMALL_NAMES.items():
        text, says = text.replace(old, new), says.replace(old, new)
        others = tuple((kind, line, words.replace(old, new)) for kind, line, words in others)
    return dataclasses.replace(mistake, text=text, says=says, other=others)


def words(name: str, text: str, says: str, line: int = 1, *other: tuple[str, int, str], early: int = 1) -> Mistake:
    """Return a mistake in text that prints: before \\begin{document} its first printing line is one in itself."""
    return Mistake(name, text, line, says, (*other, (EARLY, early, WORDS)))


def tag(name: str, text: str, says: str) -> Mistake:
    """Return a mistake in a tag: derivations hold none, and the preamble is no template."""
    return Mistake(name, text, 1, says, ((DERIVATION, 1, NO_TAGS), (PREAMBLE, 1, COPIED)))


MISTAKES = (
    words("missing brace", "Words with \\textbf{bold print\nand more.", "\\textbf{ is never closed: its } is missing"),
    words("brace too many", "Words with two} braces.", "Too many }'s: nothing is open"),
    words("missing dollar", "An index x_1 in text.", "Missing $ inserted: mathematics"),
    words("a single dollar", "A price in $ and\nmore.", "in its paragraph"),
    words("ampersand in text", "this & that.", "Misplaced alignment tab character &: outside of a table"),
    words("number sign in text", "Number # one.",
          "You can't use `macro parameter character #' here: in words it is written \\#"),
    words("character without a glyph", "Snow ☃ comes.", "Unicode character ☃ (U+2603) is not in the document's fonts"),
    Mistake("unknown macro", "\\foobar", 1, "Undefined control sequence \\foobar; "),
    words("misspelt macro", "Then \\textbff{bold}.", "Undefined control sequence \\textbff; nearest: \\textbf"),
    Mistake("unknown environment", "\\begin{nowhere}\nwords\n\\end{nowhere}", 1, "Environment nowhere undefined; ",
            ((DERIVATION, 1, "the environment 'nowhere' is not read"),)),
    words("mismatched end", "\\begin{itemize}\n\\item a\n\\end{enumerate}",
          "\\begin{itemize} is ended by \\end{enumerate}: write \\end{itemize}", 3, early=2),
    words("environment never ended", "\\begin{itemize}\n\\item a\n", "\\begin{itemize} is never closed", early=2),
    Mistake("environment never begun", "\\end{itemize}", 1, "\\end{itemize} without its \\begin{itemize}"),
    words("group never closed", "{\\bfseries bold for ever", "a { is never closed: its } is missing"),
    words("blank line in align", "\\begin{align}\na &= b \\\\\n\nc &= d\n\\end{align}",
          "a blank line is inside \\begin{align}", 3,
          (DERIVATION, 3, "there is a blank line inside \\begin{align}")),
    words("align never ended", "\\begin{align}\na &= b", "\\begin{align} is never closed"),
    words("row with too many cells", "\\begin{tabular}{cc}\na & b \\\\\na & b & c \\\\\n\\end{tabular}",
          "Extra alignment tab: this row has more cells", 3,
          (DERIVATION, 1, "the environment 'tabular' is not read")),
    Mistake("item outside of a list", "\\item lost", 1, "Lonely \\item: put it between"),
    words("two superscripts", "Then $x^2^3$.", "Double superscript: put braces", 1,
          (DERIVATION, 1, "x^2^3")),
    words("left without right", "Then\n\\[ \\left( x \\]", "Missing \\right: a \\left needs its \\right", 2,
          (DERIVATION, 2, "has no partner here")),
    words("mathematics in text", "The gradient \\nabla is.", "Missing $ inserted"),
    Mistake("length without unit", "\\vspace{3}", 1, "Illegal unit of measure: a length has a unit"),
    words("missing figure", "\\includegraphics{figures/none.pdf}", "File `figures/none.pdf' not found; "),
    words("figure's name misspelt", "\\reportfigure{training-acuracy}{A caption.}",
          "File `figures/training-acuracy.pdf' not found; nearest: figures/training-accuracy.pdf", 1,
          (DERIVATION, 1, "\\reportfigure is not read in the text of a derivation")),
    words("undefined reference", "See \\ref{sec:trainig}.",
          "Reference `sec:trainig' is undefined; nearest: sec:training"),
    words("undefined reference of two", "See \\cref{sec:training,sec:elsewhere}.",
          "Reference `sec:elsewhere' is undefined; "),
    words("undefined citation", "See \\cite{nobody}.",
          "Citation `nobody' is undefined; templates/references.bib has no entry"),
    words("label twice", "One.\\label{mine}\nTwo.\\label{mine}", "label `mine' is defined more than once", 2),
    tag("misspelt key", "\\VAR{training.iteratons | count} updates.",
        "unknown key 'training.iteratons'; nearest: training.iterations"),
    tag("misspelt study", "\\VAR{trainig.iterations | count} updates.", "there is no 'trainig'; nearest: training"),
    tag("misspelt style", "\\VAR{training.iterations | cuont} updates.", "unknown style 'cuont'; nearest: count"),
    tag("number without style", "\\VAR{training.learning_rate} is the rate.", "is a number without a style"),
    Mistake("tag never closed", "\\VAR{training.iterations | count updates.", 1,
            "\\VAR{ is never closed: its } is missing", ((PREAMBLE, 1, COPIED),)),
    tag("if never closed", "\\BLOCK{if draft}\nWords.", "\\BLOCK{if draft} is never closed: \\BLOCK{endif} is missing"),
    tag("claim never closed", '\\BLOCK{claim "mine" if draft}\nWords.',
        "is never closed: \\BLOCK{endclaim} is missing"),
    tag("end of nothing", "\\BLOCK{endmacro}", "\\BLOCK{endmacro} belongs to no block"),
    tag("misspelt tag", "\\BLOCK{iff draft}", "unknown tag 'iff'; nearest: if"),
    Mistake("missing template", '\\BLOCK{include "sections/03_trainig.tex.j2"}', 1,
            "there is no template 'sections/03_trainig.tex.j2'; nearest: sections/03_training.tex.j2"),
)  # fmt: skip

# template -> the line behind which a mistake is made, by its first letters; one template of each kind first
KINDS = {
    "report.tex.j2": '\\BLOCK{include "sections/03_training.tex.j2"}',  # the skeleton
    "preamble.tex": "\\DeclareMathOperator{\\relu}",
    "shared/metadata.tex.j2": "\\pagestyle{fancy}",  # before \begin{document}
    "front/title.tex.j2": "\\textbf{Abstract.}",
    "sections/03_training.tex.j2": "ReLU has $g' = 1$",  # running text
    "sections/02_eda.tex.j2": "\\subsection{Expectation and suspicion}",  # behind a caption of several lines
    "derivations/first-order.tex.j2": "The rate at which",
    "shared/number_notes.tex.j2": "\\numbernote",  # in a loop that writes hundreds of lines
    "shared/scans.tex.j2": "\\includegraphics",  # a figure in a loop
}
OTHERS = {
    "shared/attachments.tex.j2": "\\attachment{report.tex}",
    "sections/04_gradient_flow.tex.j2": "We need both measures.",
    "sections/01_introduction.tex.j2": "This report asks",
    "sections/05_attribution_analytical.tex.j2": "The products",
    "sections/06_attribution.tex.j2": "We differentiate three",
    "sections/07_generalization.tex.j2": "Only then do we open",
    "sections/08_shared_bias.tex.j2": "There is no third",
    "sections/09_limitations.tex.j2": "Question 1 rests on",
    "shared/environment.tex.j2": "Every number of this report",
    "sections/91_backpropagation.tex.j2": "We begin with the loss",
    "sections/91_shared_bias_forms.tex.j2": "Sums over a batch",
    "sections/91_walkthrough.tex.j2": "PyTorch gives the same",
    "shared/derivations.tex.j2": "A program reads each displayed row",
    "shared/ai_usage.tex.j2": "This report was made with",
    "derivations/backpropagation-batch.tex.j2": "\\end{align}",
    "derivations/backpropagation.tex.j2": "\\end{align}",
    "derivations/forward-loss.tex.j2": "\\end{align}",
    "derivations/independent-bias.tex.j2": "\\end{align}",
    "derivations/input-gradient.tex.j2": "\\end{align}",
    "derivations/loss-and-probability.tex.j2": "\\end{align}",
    "derivations/shared-bias-components.tex.j2": "\\end{align}",
    "derivations/shared-bias-hessian.tex.j2": "\\end{align}",
    "derivations/shared-bias.tex.j2": "\\end{align}",
    "derivations/softmax-delta.tex.j2": "\\end{align}",
    "derivations/winning-class.tex.j2": "\\end{align}",
    "shared/title.tex.j2": "\\thispagestyle{empty}",
    "shared/references.tex.j2": "\\BLOCK{endif}",
}
SPOTS = KINDS | OTHERS
SMALL_SPOTS = {  # of the small report
    "sections/1_model.tex.j2": "Each feature is scaled",
    "sections/2_results.tex.j2": "Gradient descent takes",
    "report.tex.j2": '\\BLOCK{include "sections/1_model.tex.j2"}',
    "derivations/logistic.tex.j2": "The $N$ rows",
}
SMALL_NAMES = {  # of the first report -> of the small one
    "training-acuracy": "logistic-los", "training-accuracy": "logistic-loss",
    "sec:trainig": "sec:modle", "sec:training": "sec:model",
    "03_trainig.tex": "1_modle.tex", "03_training.tex": "1_model.tex",
    "training.iteratons": "logistic.rowz", "training.iterations": "logistic.rows", "trainig": "logistik",
    "logistik.iterations": "logistik.rows", "training.learning_rate": "logistic.commonest", "training": "logistic",
    "there is no \\bibitem": "templates/references.bib has no entry",
}  # fmt: skip
# before \begin{document} no label is written, so that none can be there twice
NO_MISTAKES = {("preamble.tex", "label twice")}

# where TeX or Jinja reads on before it carries out: (what it is, template, words of one line that the mistake follows)
WITHIN = (
    ("a caption of several lines", "sections/02_eda.tex.j2", "Categorical features: class shares"),
    ("the argument of an answer", "sections/03_training.tex.j2", "\\answer{B4}{Backward"),
    ("a row of a table in a loop", "sections/02_eda.tex.j2", "\\VAR{gaps.feature | name}"),
    ("text behind a block tag", "sections/02_eda.tex.j2", "\\BLOCK{endif}\\BLOCK{endif} missing values:"),
    ("a macro of the template", "sections/02_eda.tex.j2", '\\BLOCK{if trial.name == "median_mode"}as chosen:'),
    ("another branch of a macro", "sections/02_eda.tex.j2", '\\BLOCK{elif trial.name == "min_max"}scaling:'),
    ("a paragraph that ends with its section", "sections/09_limitations.tex.j2", "The files do not record how"),
    ("a listing's caption", "sections/03_training.tex.j2", "\\caption{Backward propagation as it runs"),
)  # fmt: skip
INLINE = (
    ("unknown macro", " \\foobar ", "Undefined control sequence \\foobar"),
    ("missing dollar", " x_1 ", "Missing $ inserted"),
    ("character without a glyph", " ☃ ", "Unicode character ☃"),
    ("undefined reference", " \\ref{sec:trainig} ", "Reference `sec:trainig' is undefined"),
    ("misspelt key", " \\VAR{training.iteratons | count} ", "unknown key 'training.iteratons'"),
    ("two superscripts", " $x^2^3$ ", "Double superscript"),
    ("number sign", " # ", "written \\#"),
)


@dataclasses.dataclass(frozen=True)
class Said:
    """How a build ended, and what it said from its error on."""

    status: int
    text: str

    @property
    def error(self) -> list[str]:
        """The lines of the error, the first without its prefix."""
        lines = self.text.splitlines()
        start = next((number for number, line in enumerate(lines) if line.startswith("error: ")), len(lines))
        return [line.removeprefix("error: ") for line in lines[start:]]


class Project:
    """A copy of a report and the engine, built, in which one mistake after the other can be made."""

    def __init__(self, root: Path, report: Built) -> None:
        """Copy the sources and the report; `spots` says behind which line of a template a mistake is made."""
        self.root, self.mine, self.report = root, root / "mine", report
        self.spots = SPOTS if report.studies is None else SMALL_SPOTS
        for name in ("analysis", "report_src", "templates"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "requirements.lock"):
            shutil.copy(ROOT / name, root / name)
        shutil.copytree(report.config.parent, self.mine)
        self.work = self.mine / "build" / "work"
        self.kept = {path: path.read_bytes() for path in self._of_tex()}

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Let the command line of this process build this project."""
        patch.setattr(environment, "check", lambda: None)
        patch.setattr(environment, "open_project", functools.partial(environment.open_project, root=self.root))

    def build(self) -> Said:
        """Run `make report`; return what a user sees."""
        said = io.StringIO()
        place = ["--config", str(self.mine / "report.toml"), "--build", str(self.mine / "build")]
        place += ["--studies", str(self.mine / "studies")] if self.report.studies else []
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = __main__.main(["report", "--profile", "quick", *place])
        return Said(status, said.getvalue().replace(f"{self.mine}/templates/", "templates/"))

    @contextlib.contextmanager
    def changed(self, template: str, text: str) -> Iterator[None]:
        """Have a template read `text`; it and what passes of TeX tell each other are as before at the end."""
        path = self.path(template)
        before = path.read_bytes()
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_bytes(before)
            for path in set(self._of_tex()) - set(self.kept):
                path.unlink()
            for path, content in self.kept.items():
                path.write_bytes(content)

    def _of_tex(self) -> list[Path]:
        return [path for pattern in (*compile.AUXILIARY, "*.settled") for path in self.work.glob(pattern)]

    def path(self, template: str) -> Path:
        """Return where a template lies: the report's own, or the clone's."""
        own = self.mine / "templates" / template
        return own if own.exists() else self.root / "templates" / template

    def source(self, template: str) -> list[str]:
        """Return the lines of a template."""
        return self.path(template).read_text(encoding="utf-8").split("\n")

    def with_lines(self, template: str, text: str) -> tuple[str, int]:
        """Return a template with `text` put at its spot, and the line on which that begins."""
        lines = self.source(template)
        spot = next(number for number, line in enumerate(lines, start=1) if line.startswith(self.spots[template]))
        return "\n".join([*lines[:spot], text, *lines[spot:]]), spot + 1

    def with_words(self, template: str, behind: str, text: str) -> tuple[str, int]:
        """Return a template with `text` put into a line, behind the first such words, and that line."""
        lines = self.source(template)
        number = next(number for number, line in enumerate(lines) if behind.lower() in line.lower())
        end = lines[number].lower().index(behind.lower()) + len(behind)
        lines[number] = lines[number][:end] + text + lines[number][end:]
        return "\n".join(lines), number + 1
