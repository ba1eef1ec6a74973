"""The template engine: Jinja with LaTeX delimiters; every failure of a template is an error at its line."""

import functools
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2

from report_src.errors import RenderError
from report_src.numbers import formatting
from report_src.numbers.values import Ledger
from report_src.project import ROOT
from report_src.rendering import listings, tables, template_errors
from report_src.rendering.claims import Claim, Claims
from report_src.rendering.figure_words import as_pdf_string
from report_src.rendering.source_marks import SourceLines, broken, last_place, reported
from report_src.tex.escape import verbatim
from report_src.tex.graph import graph

TEMPLATES = ROOT / "templates"
LARGEST_DOCUMENT = 50_000_000  # characters; a template that loops is stopped here


class Shared(jinja2.FileSystemLoader):
    """What every report has, by names like "shared/title.tex.j2"; a report's own file of such a name comes first."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text, the file and whether it is unchanged; raise TemplateNotFound for any other template."""
        if not template.startswith("shared/"):
            raise jinja2.TemplateNotFound(template)
        return super().get_source(environment, template)

    def list_templates(self) -> list[str]:
        """Return the names of all of them."""
        return [name for name in super().list_templates() if name.startswith("shared/")]


class Environment(jinja2.Environment):
    """Jinja for LaTeX, with the ledger of keys read and the claims decided."""

    root: Path  # of the project whose templates are read
    code: Callable[[str], Path]  # the file of a path like "analysis/collect.py"
    ledger: Ledger
    claims: list[Claim]
    source_of: dict[str | None, str]
    tinted: frozenset[str] | None  # hashes of the text blocks as shipped, where the draft tints them


def environment(templates: Path = TEMPLATES, *, cache: jinja2.BytecodeCache | None = None) -> Environment:
    r"""Return the template engine: \VAR{…}, \BLOCK{…}, \NOTE{…}; undefined names and bare numbers are errors.

    The sources that a template lists, and the places of errors, are below the folder in which `templates` lies.
    """
    made = Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(templates), Shared(TEMPLATES)]),
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\NOTE{",
        comment_end_string="}",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        optimized=False,  # folding constants takes a quarter of a translation and gives the same text
        undefined=jinja2.StrictUndefined,
        finalize=formatting.finalize,
        autoescape=False,  # finalize escapes, as only it can tell LaTeX from text
        extensions=[SourceLines, Claims],
        bytecode_cache=cache,
    )
    made.root, made.code = templates.parent, ROOT.joinpath
    made.ledger, made.claims, made.source_of, made.tinted = Ledger(), [], {}, None
    made.filters.update({name: formatting.called(name, style) for name, style in formatting.FILTERS.items()})
    made.filters |= {name: _of_no_number(made.filters[name]) for name in _OF_STRINGS}
    made.filters["verbatim"] = _of_no_number(verbatim)
    made.filters["spoken"] = as_pdf_string
    made.globals["code"] = lambda name: listings.code(made.code, name)
    made.globals["table"] = tables.table
    made.globals["graph"] = graph
    return made


# filters of Jinja that make another text of a text
_OF_STRINGS = ("capitalize", "center", "format", "indent", "lower", "replace", "reverse", "string", "striptags",
               "title", "trim", "truncate", "upper", "wordwrap")  # fmt: skip


def _of_no_number(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses a number with its style."""

    @functools.wraps(function)
    def checked(*given: Any, **named: Any) -> Any:
        for value in given:
            formatting.refuse_styled(value)
        formatting.refuse_unstyled(given[0])
        return function(*given, **named)

    return checked


def render_text(
    engine: Environment, name: str, context: dict[str, Any], on_text: Callable[[bytes], None] | None = None
) -> str:
    """Render one template; every failure is a RenderError with the template's file and line."""
    pieces, size = [], 0
    try:
        rendered = engine.get_template(name).generate(context)
        for piece in rendered if on_text is None else reported(rendered, on_text):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_DOCUMENT:
                grown = f"the document grows beyond {LARGEST_DOCUMENT:,} characters; does a loop end?"
                raise RenderError(grown, last_place(pieces))
    except RenderError as error:
        raise RenderError(error.message, error.place or _place(error, engine.root)) from None
    except jinja2.TemplateError as error:
        message, place = template_errors.explained(error, engine, context)
        raise RenderError(message, place or _place(error, engine.root)) from None
    except MemoryError as error:
        raise RenderError(
            "more memory is needed than there is for it; does a loop end?", _place(error, engine.root)
        ) from None
    except RecursionError as error:
        raise _endless(error, engine.root) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise RenderError(f"{type(error).__name__}: {error}", _place(error, engine.root)) from None
    return broken("".join(pieces))


def _endless(error: RecursionError, root: Path) -> RenderError:
    """Return the error of a line that is reached from itself, by an include, a macro or a recursive loop."""
    places = list(_places(error, root))
    first = next((at for at, place in enumerate(places) if place in places[:at]), None)
    if first is None:
        return RenderError(f"{type(error).__name__}: {error}", places[-1] if places else "")
    way = places[places.index(places[first]) : first + 1]
    message = f"recursion without end: {' → '.join(way)}; take one of these lines out"
    return RenderError(message, way[0])


def _place(error: BaseException, root: Path) -> str:
    """Return template:line of the innermost template frame of a traceback."""
    return next(reversed([*_places(error, root)]), "")


def _places(error: BaseException, root: Path) -> Iterator[str]:
    """Yield template:line of each template frame of a traceback, the outermost first."""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith(".j2"):
            path = Path(frame.filename)
            yield f"{path.relative_to(root) if path.is_relative_to(root) else path}:{frame.lineno}"
