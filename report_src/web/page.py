"""BUILD/work/report.tex -> BUILD/work/report.html: one file with its pictures, its look and its cards."""

import functools
import json
import re
from pathlib import Path

import jinja2

from report_src.numbers import engine_words
from report_src.numbers.figure_sources import figure_source
from report_src.project import CLAIMS, DERIVATIONS, DOCUMENT, SOURCE_MAP, WEB_PAGE, Project
from report_src.rendering.render import ticked
from report_src.system.files import write_whole
from report_src.tex.source_map import PREAMBLE, LineMap
from report_src.web import formulas, numbering, pandoc, pictures, source
from report_src.web.cards import Cards
from report_src.web.content import Content, with_sentences

HERE = Path(__file__).parent
COLOURS = re.compile(r"\\definecolor\{(\w+)\}\{HTML\}\{([0-9A-Fa-f]{6})\}")
EMPTY = re.compile(r"<th([^>]*)></th>")
NUMBER = re.compile(
    r'[(\[“‘–]*<button type="button" class="number"[^>]*>(?:(?!</button>).)*</button>[)\]”’.,;:–]*'
)  # no line ends in it


def write(project: Project) -> None:
    """Write the page; raise RenderError at the template's line for what it cannot show, BuildError without pandoc."""
    work = project.work
    line_map = LineMap.read(work / SOURCE_MAP)
    document = (work / f"{DOCUMENT}.tex").read_text(encoding="utf-8")
    preamble = (work / PREAMBLE).read_text(encoding="utf-8")
    derivations = json.loads((work / DERIVATIONS).read_bytes())["table"]
    templates = [(name.removeprefix("templates/"), line) for name, line in line_map.lines]
    prepared = source.for_pandoc(ticked(document, templates, derivations, project.templates), line_map.claims)
    ours = (HERE / PREAMBLE).read_text(encoding="utf-8")
    blocks = with_sentences(pandoc.read(prepared.text, source.simple_macros(preamble, ours) + ours, line_map))
    claims = json.loads((work / CLAIMS).read_bytes())
    drawn = functools.partial(figure_source, project)
    cards = Cards(prepared.notes, {row["name"]: row for row in derivations}, claims, drawn)
    content = Content(numbering.numbered(blocks), cards)
    body = pandoc.write(content.rewritten(blocks), content.places, line_map)
    shown = pictures.addresses(content.pictures, prepared.pictures, work, project.epoch)
    body = EMPTY.sub(r"<td\1></td>", NUMBER.sub(r'<span class="together">\g<0></span>', formulas.coloured(body)))
    body = re.sub(r'src="picture:(\d+)"', lambda found: f'src="{shown[int(found[1])]}"', body)
    write_whole(work / WEB_PAGE, _page(project, preamble, body, content).encode("utf-8"))


def _page(project: Project, preamble: str, body: str, content: Content) -> str:
    """Return the whole page around its content."""
    engine = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined)
    front, contents, rest = body.partition("<!--contents-->")
    return engine.get_template("page.html").render(
        language=engine_words.load(project.home)["document"]["language"],
        title=project.settings.report.title,
        style=(HERE / "page.css").read_text(encoding="utf-8"),
        colours=COLOURS.findall(preamble),
        headings=[heading for heading in content.headings if heading.level == 1],
        before=front if contents else "",
        after=rest if contents else front,
        cards=content.cards.made.values(),
    )
