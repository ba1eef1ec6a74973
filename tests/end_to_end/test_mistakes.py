r"""A mistake in any template comes back as its file and line, with that line: TeX's, those of tags, of references."""

import hashlib
import re
from collections.abc import Iterator

import pytest

from tests.end_to_end.mistakes import (
    INLINE,
    KINDS,
    MISTAKES,
    NO_MISTAKES,
    OTHERS,
    SMALL_SPOTS,
    SPOTS,
    WITHIN,
    Mistake,
    Project,
    Said,
    in_small,
)
from tests.end_to_end.reports import ROOT, Built
from tests.marks import mostly_long

pytestmark = pytest.mark.slow
EACH = [  # in every kind of template every fourth mistake, the next ones in the next kind
    (template, mistake)
    for number, template in enumerate(KINDS)
    for mistake in MISTAKES[number % 4 :: 4]
    if (template, mistake.name) not in NO_MISTAKES
]
THREE = [  # of every other template, so that all mistakes come up
    (template, MISTAKES[(11 * number + 13 * turn) % len(MISTAKES)])
    for number, template in enumerate(OTHERS)
    for turn in range(3)
]
SPREAD = [  # every mistake once, and every template
    (list(SPOTS)[number % len(SPOTS)], mistake) for number, mistake in enumerate(MISTAKES)
]
OF_FIRST = list(dict.fromkeys([*SPREAD, *EACH, *THREE]))
*TEXTS, OF_SMALL = SMALL_SPOTS
IN_SMALL = [  # every mistake once in the text of the small report, one in its derivation
    *((TEXTS[number % len(TEXTS)], in_small(mistake)) for number, mistake in enumerate(MISTAKES)),
    *((OF_SMALL, in_small(mistake)) for mistake in MISTAKES if mistake.name == "undefined reference of two"),
]
EACH_TIME = IN_SMALL[::8]  # of TeX, of references, of tags, in the derivation
CAPTION = ("sections/2_results.tex.j2", "\\reportfigure{logistic-loss}{Training loss before each")


@pytest.fixture(scope="module")
def project(first_report: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project with the first report, built and copied once; every test puts back what it changed."""
    yield from used(Project(tmp_path_factory.mktemp("project"), first_report))


@pytest.fixture(scope="module")
def small(small_report: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The same with the small report."""
    yield from used(Project(tmp_path_factory.mktemp("small"), small_report))


def used(made: Project) -> Iterator[Project]:
    with pytest.MonkeyPatch.context() as patch:
        made.use(patch)
        yield made


DERIVATIONS = "derivations/"  # folder of the templates that are checked before TeX reads them
UNREAD = "is not read in the text of a derivation"


def named(cases: list[tuple[str, Mistake]]) -> list[str]:
    return [f"{mistake.name}: {template}" for template, mistake in cases]


def refused(project: Project, template: str, text: str) -> Said:
    """Build with a template changed: status 2, one error and no traceback, and the last good PDF stays."""
    pdf = project.mine / "build" / "report.pdf"
    before = hashlib.sha256(pdf.read_bytes()).digest()
    with project.changed(template, text):
        said = project.build()
    assert said.status == 2, said.text
    assert "Traceback" not in said.text
    assert said.text.count("error: ") == 1 or template.startswith(DERIVATIONS)  # the checker names every row
    assert hashlib.sha256(pdf.read_bytes()).digest() == before
    return said


def check(project: Project, template: str, mistake: Mistake) -> None:
    """Make a mistake at a template's spot; the first problem is at its line, says what it is and shows the line."""
    text, first = project.with_lines(template, mistake.text)
    said = refused(project, template, text)
    line, says = mistake.expected(template)
    head, *rest = said.error
    assert re.match(rf"{re.escape(f'templates/{template}:{first + line - 1}')}:(?:\d+:)? ", head), said.text
    of_checker = template.startswith(DERIVATIONS) and (UNREAD in head or says in "\n".join(rest[:2]))
    assert says in head or of_checker, said.text
    typed = mistake.text.split("\n")[line - 1].strip()
    assert not typed or (rest and rest[0].strip() == typed), said.text


@pytest.mark.parametrize(
    ("template", "mistake"), mostly_long(IN_SMALL, lambda case: case in EACH_TIME), ids=named(IN_SMALL)
)
@pytest.mark.sampled(3)
def test_a_mistake_in_the_small_report_is_named_at_the_template_and_line_where_it_was_typed(
    small: Project, template: str, mistake: Mistake
) -> None:
    check(small, template, mistake)


@pytest.mark.long
@pytest.mark.parametrize(("template", "mistake"), OF_FIRST, ids=named(OF_FIRST))
def test_a_mistake_in_the_first_report_is_named_at_the_template_and_line_where_it_was_typed(
    project: Project, template: str, mistake: Mistake
) -> None:
    check(project, template, mistake)


def check_within(project: Project, template: str, behind: str, typed: str, says: str) -> None:
    """Type a mistake into a line that TeX or Jinja reads as part of something longer; that very line is named."""
    text, line = project.with_words(template, behind, typed)
    head, shown = refused(project, template, text).error[:2]
    assert head.startswith(f"templates/{template}:{line}:"), head
    assert says in head
    assert text.split("\n")[line - 1].strip().startswith(shown.strip().removesuffix(" …"))


CASES = [(within, mistake) for within in WITHIN for mistake in INLINE]


def test_a_mistake_inside_of_a_caption_is_named_at_its_own_line(small: Project) -> None:
    _, typed, says = INLINE[0]
    check_within(small, *CAPTION, typed, says)


@pytest.mark.long
@pytest.mark.parametrize(("within", "mistake"), CASES, ids=[f"{m[0]} in {w[0]}" for w, m in CASES])
def test_a_mistake_inside_of_something_longer_is_named_at_its_own_line(
    project: Project, within: tuple[str, str, str], mistake: tuple[str, str, str]
) -> None:
    check_within(project, within[1], within[2], mistake[1], mistake[2])


@pytest.mark.long
@pytest.mark.parametrize("mistake", INLINE[:1] + INLINE[2:4] + INLINE[5:6], ids=lambda mistake: mistake[0])
def test_a_mistake_in_a_macro_of_the_preamble_is_named_there_and_not_where_it_is_used(
    project: Project, mistake: tuple[str, str, str]
) -> None:
    check_within(project, "preamble.tex", "\\begin{figure}[htbp]\\centering", mistake[1], mistake[2])


def test_a_line_that_is_too_wide_is_a_warning_with_its_place_and_the_report_is_made(small: Project) -> None:
    template = "sections/1_model.tex.j2"
    text, first = small.with_lines(template, "\n\\noindent\\rule{190mm}{1pt}\n")
    with small.changed(template, text):
        said = small.build()
    assert said.status == 0, said.text
    assert re.search(rf"^warning: templates/{re.escape(template)}:{first + 1}: [\d.]+ pt too wide$", said.text, re.M)


def test_every_template_of_the_project_is_among_those_in_which_mistakes_are_made() -> None:
    folder = ROOT / "templates"
    shipped = {path.relative_to(folder).as_posix() for path in [*folder.rglob("*.tex.j2"), *folder.rglob("*.tex")]}
    assert shipped == set(SPOTS)
    assert {template for template, _ in SPREAD} == set(SPOTS)


def test_every_mistake_is_made_in_some_template_beyond_those_of_each_kind() -> None:
    assert {mistake.name for _, mistake in THREE} == {mistake.name for mistake in MISTAKES}
    assert all(len({mistake for name, mistake in THREE if name == template}) == 3 for template in OTHERS)
