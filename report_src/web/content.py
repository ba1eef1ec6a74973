"""pandoc's tree of the document becomes the page's: marks become buttons, labels numbers, displays rows."""

import dataclasses
from collections.abc import Callable
from html import escape
from typing import Any

from report_src.errors import RenderError
from report_src.web import formulas, numbering, tables, tree
from report_src.web.cards import Cards
from report_src.web.numbering import Numbers
from report_src.web.source import decoded
from report_src.web.tree import Node

FORMS = ("ref", "eqref", "ref+label", "ref+Label")


@dataclasses.dataclass(frozen=True)
class Heading:
    """A line of the contents."""

    level: int
    number: str
    words: str
    anchor: str


@dataclasses.dataclass
class Content:
    """The page's content as it is made."""

    numbers: Numbers
    cards: Cards
    pictures: list[tuple[str, int]] = dataclasses.field(default_factory=list)  # path and page
    headings: list[Heading] = dataclasses.field(default_factory=list)
    places: dict[str, int] = dataclasses.field(default_factory=dict)  # of each formula's TeX: its line
    line: int = 0  # of the document, on which the formula that is read begins
    derivation: str | None = None  # the one that is being read
    alternative: str = ""  # what the next picture shows

    def rewritten(self, node: Any) -> Any:
        """Return a part of the tree as the page has it."""
        return tree.rewritten(node, self.changed)

    def changed(self, node: Node) -> list[Node] | None:
        """Return what takes a node's place, None where only its parts change."""
        if mark := tree.mark(node):
            return MARKS[mark[0]](self, mark[1], node["c"][1])
        change = NODES.get(node["t"])
        return change(self, node) if change else None

    def paragraph(self, node: Node) -> list[Node] | None:
        """Set the displays of a paragraph apart, and its title as a heading."""
        inlines = node["c"]
        if any(tree.mark(one) == ("title", "") for one in inlines):
            title = next(one["c"][1] for one in inlines if tree.mark(one))
            return [{"t": "Header", "c": [1, tree.attributes("top"), self.rewritten(title)]}]
        made: list[Node] = []
        line: list[Node] = []
        for one in [*inlines, None]:
            if one is None or (one["t"] == "Math" and one["c"][0]["t"] == "DisplayMath"):
                if any(part["t"] not in ("Space", "SoftBreak") for part in line):
                    made.append({"t": node["t"], "c": self.rewritten(line)})
                line = []
                made += self.display(one) if one else []
            else:
                line.append(one)
        return made

    def display(self, node: Node) -> list[Node]:
        """Return a display: a table's rows of cells, with the verdict before them and the number behind."""
        lines = []
        for place, row in enumerate(formulas.rows(node["c"][1])):
            cells = [tree.block([tree.plain(self.parts(cell, display=True))], "cell") for cell in row.cells]
            if self.derivation is not None:
                card, kind, label = self.cards.verdict(self.derivation, ticked=row.ticked, unchecked=row.unchecked)
                cells.insert(0, tree.block([tree.plain(tree.button(card, [], "verdict", kind, label=label))], "mark"))
            number = row.tag or self.numbers.of.get((id(node), place), "")
            if number and row.unchecked is None:
                cells.append(tree.block([tree.plain([tree.text(f"({number})")])], "number"))
            lines.append(tree.block(cells, "row", name=row.label))
        return [tree.block([tree.block(lines, "rows")], "display", tabindex="0", role="group", aria_label="Formula")]

    def parts(self, tex: str, *, display: bool = False) -> list[Node]:
        """Return a formula with its numbers as buttons."""
        if line := formulas.PLACE.search(tex):
            self.line = int(line[1])
        made: list[Node] = []
        for key, text in formulas.numbers(formulas.PLACE.sub("", tex)):
            if not key:
                whole = formulas.for_mathml(text)
                made.append(tree.formula(whole, display=display))
                self.places.setdefault(whole, self.line)
            elif text:
                made += self.number(key, formulas.number_text(text))
            else:
                made += tree.button(self.cards.number(key), [], "in-formula", label=f"in this formula: {key}")
        return made

    def number(self, key: str, content: list[Node]) -> list[Node]:
        """Return a computed number as a button; one with its interval as two, so that a line may break between them."""
        card, made, piece = self.cards.number(key), [], []  # type: tuple[str, list[Node], list[Node]]
        for one in content:
            parts = formulas.number_text(one["c"][1]) if one["t"] == "Math" else [one]
            if piece and piece[-1]["t"] == "Space" and one["t"] == "Str" and one["c"].startswith("["):
                made += [*tree.button(card, piece[:-1], "number"), piece[-1]]
                piece = []
            piece += parts
        return [*made, *tree.button(card, piece, "number")]

    def heading(self, node: Node) -> list[Node]:
        """Return a heading one level down, as the title is the first, with its number."""
        level, (anchor, classes, _), content = node["c"]
        number = self.numbers.of.get(id(node), "")
        self.headings.append(Heading(level, number, tree.words(content), anchor))
        shown = [tree.span([tree.text(number)], "count"), tree.text(" ")] if number else []
        return [{"t": "Header", "c": [level + 1, tree.attributes(anchor, classes), [*shown, *self.rewritten(content)]]}]

    def figure(self, node: Node) -> list[Node]:
        """Return a figure or an algorithm, with its name before its caption."""
        (anchor, _, _), (_, caption), blocks = node["c"]
        kind = numbering.kind_of(node)
        self.alternative = self.alternative or tree.words(caption)
        judged = [one for one in blocks if one["t"] == "Para" and all(map(tree.mark, one["c"]))]
        content = self.rewritten([one for one in blocks if one not in judged])
        if caption and judged:
            caption = [
                *caption[:-1],
                {**caption[-1], "c": [*caption[-1]["c"], *(one for part in judged for one in part["c"])]},
            ]
        named = self.captioned(kind, self.numbers.of.get(id(node), ""), caption)
        return [{"t": "Figure", "c": [tree.attributes(anchor, [kind]), [None, named], content]}]

    def captioned(self, kind: str, number: str, caption: list[Node]) -> list[Node]:
        """Return a caption behind what it is the caption of: "Figure 3. "."""
        if not caption:
            return []
        name = f"{kind.capitalize()} {number}{'' if kind == 'algorithm' else '.'} "
        first, *rest = self.rewritten(caption)
        return [{"t": first["t"], "c": [{"t": "Strong", "c": [tree.text(name)]}, *first["c"]]}, *rest]

    def table(self, node: Node) -> list[Node]:
        """Return a table with header cells, in a box that scrolls where the screen is narrow."""
        number = self.numbers.of.get(id(node), "")
        made = tables.with_head(node)
        caption = self.captioned("table", number, made["c"][1][1])
        made["c"] = self.rewritten(made["c"])
        made["c"][1] = [None, []]
        box = tree.block([made], "scroll", tabindex="0", role="group", aria_label=f"Table {number}".strip())
        return [tree.block([tree.block(caption, "caption"), box], "table")] if caption else [box]

    def division(self, node: Node) -> list[Node] | None:
        """Read a derivation, whose rows have verdicts."""
        if "derivation" not in node["c"][0][1]:
            return None
        first = next(mark for one in tree.walk(node) if (mark := tree.mark(one)) and mark[0] == "derivation")
        self.derivation = first[1]
        content = self.rewritten(node["c"][1])
        self.derivation = None
        return [tree.block(content, "derivation")]

    def image(self, node: Node) -> list[Node]:
        """Return a picture with its alternative text, which opens its card; it is put in when the page is written."""
        path, _, page = node["c"][2][0].partition(";page=")
        self.pictures.append((path, int(page or 1)))
        alternative, self.alternative = self.alternative, ""
        shown = tree.html(f'<img src="picture:{len(self.pictures) - 1}" alt="{escape(alternative)}">')
        card = self.cards.figure(path)
        return tree.button(card, [shown], "drawn") if card else [shown]

    def link(self, node: Node) -> list[Node] | None:
        """Resolve a reference."""
        values = dict(node["c"][0][2])
        if "reference" not in values:
            return None
        if values["reference-type"] not in FORMS:
            raise RenderError(f"the web page has no reference of the kind {values['reference-type']}; type \\cref{{…}}")
        labels = [label.strip() for label in values["reference"].split(",")]
        if unknown := [label for label in labels if label not in self.numbers.labels]:
            raise RenderError(f"no section, figure, table or equation has the label '{unknown[0]}'")
        return numbering.reference(labels, values["reference-type"], self.numbers.labels)

    def coloured(self, node: Node) -> list[Node] | None:
        """Return text with a class for its colour."""
        style = dict(node["c"][0][2]).get("style", "")
        if not style.startswith("color: "):
            return None
        return [tree.span(self.rewritten(node["c"][1]), f"colour-{style.removeprefix('color: ')}")]

    def citation(self, node: Node) -> list[Node]:
        r"""Return a citation: \cite[p. 3]{knuth} -> "[1, p. 3]"."""
        made: list[Node] = []
        for cited in node["c"][0]:
            place = self.numbers.labels.get(f"source:{cited['citationId']}")
            if place is None:
                raise RenderError(f"no \\bibitem of the document has the key '{cited['citationId']}'")
            made += [tree.text(", " if made else "["), numbering.link(place)]
            made += [tree.text(", "), *cited["citationSuffix"]] if cited["citationSuffix"] else []
        return [*made, tree.text("]")]


NODES: dict[str, Callable[[Content, Node], list[Node] | None]] = {
    "Para": Content.paragraph, "Plain": Content.paragraph, "Header": Content.heading, "Figure": Content.figure,
    "Table": Content.table, "Div": Content.division, "Image": Content.image, "Link": Content.link,
    "Span": Content.coloured, "Cite": Content.citation,
    "CodeBlock": lambda content, node: [{"t": "CodeBlock", "c": [tree.attributes(tabindex="0"), node["c"][1]]}],
    "Math": lambda content, node: content.parts(node["c"][1]),
}  # fmt: skip


def _answered(content: Content, requirements: str, inside: list[Node]) -> list[Node]:
    names = requirements.split(",")
    anchors = "".join(f'<span id="req:{escape(name)}"></span>' for name in names)
    return [tree.html(anchors), tree.span([tree.text(", ".join(names))], "answers"), {"t": "Space"}]


def _alternative(content: Content, digits: str, inside: list[Node]) -> list[Node]:
    content.alternative = decoded(digits.strip("<>"))
    return []


def _judged(content: Content, number: str, inside: list[Node]) -> list[Node]:
    card = content.cards.claim(int(number))
    return tree.button(card, [], "judged", label=f"why: {content.cards.claims[int(number)]['id']}")


def _letters(content: Content, digits: str, inside: list[Node]) -> list[Node]:
    return [tree.text(bytes.fromhex(digits).decode("utf-16-be"))]


def _source(content: Content, key: str, inside: list[Node]) -> list[Node]:
    place = content.numbers.labels[f"source:{key}"]
    return [tree.span([tree.text(f"[{place.number}]")], "source", name=place.anchor), {"t": "Space"}]


def _span(*classes: str) -> Callable[[Content, str, list[Node]], list[Node]]:
    return lambda content, argument, inside: [tree.span(content.rewritten(inside), *classes)]


def _nothing(content: Content, argument: str, inside: list[Node]) -> list[Node]:
    return []


MARKS: dict[str, Callable[[Content, str, list[Node]], list[Node]]] = {
    "result": lambda content, key, inside: content.number(key, inside),
    "answered": _answered, "alternative": _alternative, "judged": _judged, "letters": _letters, "source": _source,
    "letter": lambda content, code, inside: [tree.text(chr(int(code, 16)))],
    "indent": lambda content, count, inside: [tree.text("\u00a0" * int(count))],
    "contents": lambda content, argument, inside: [tree.html("<!--contents-->")],
    "placeholder": _span("placeholder"), "quiet": _span("quiet"), "codepoint": _span("codepoint"),
    "comment": _span("comment"), "line": _span("line"), "turned": _span("line", "turned"), "claimed": _span("claim"),
    "unnumbered": lambda content, argument, inside: [tree.span([], "unnumbered")],
    "claim": _nothing, "appendix": _nothing, "derivation": _nothing, "algorithm": _nothing, "rule": _nothing,
}  # fmt: skip


def with_sentences(node: Any) -> Any:
    """Return a tree in which the text between the two marks of a claim is one node, where they are in one list."""
    if isinstance(node, dict):
        return {key: with_sentences(value) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    made: list[Any] = []
    for child in map(with_sentences, node):
        mark = tree.mark(child)
        begun = [at for at, one in enumerate(made) if mark and tree.mark(one) == ("claim", mark[1])]
        if mark and mark[0] == "judged" and begun:
            sentence = {"t": "Link", "c": [tree.attributes(), made[begun[0] + 1 :], ["web:claimed:", ""]]}
            made[begun[0] :] = [sentence]
        made.append(child)
    return made
