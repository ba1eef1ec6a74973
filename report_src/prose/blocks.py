"""The templates' text, block by block: which blocks still are what this generator ships, and which the author wrote.

A block is a paragraph, an answer or a whole derivation. It is known by the hash of its words, so that an indent or
a line break changes nothing. `python -m report_src.prose.blocks` renews the list of hashes
(templates/shipped_blocks.txt) and belongs to whoever ships the templates.
"""

import functools
import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from report_src.prose.comments import blank_comments
from report_src.prose.lint import words_of
from report_src.prose.requirements import Requirement, answered
from report_src.system.cache_file import Memo
from report_src.system.import_graph import closure_digest

LIST = "shipped_blocks.txt"
FOLDERS = ("front/title", "sections/", "derivations/")  # where there is text; the rest is machinery
FEWEST_WORDS = 3  # below it a block is a table, a figure or a tag
KEPT = 128  # templates whose blocks are cached by a process that renders repeatedly
DIGITS = 16  # of a hash: no two of some hundred blocks share these
HEAD = 50  # letters of a block that make a line of the list recognisable
_STARTS = re.compile(r"\s*(?:\\answer\{|\\runin\{|\\(?:sub)*section\*?\{|\\textbf\{)")
_BRACE = re.compile(r"(?<!\\)[{}]")
_INCLUDE = re.compile(r'\s*\\BLOCK\{\s*include\s+"derivations/')


class Block(Struct, frozen=True):
    """One block: its template, first line (from 1), source and hash; `shipped` where it is as this generator has it."""

    template: str
    line: int
    source: str
    shipped: bool = False

    @property
    def hash(self) -> str:
        """The hash of its words."""
        return hashlib.sha256(" ".join(self.source.split()).encode()).hexdigest()[:DIGITS]

    @property
    def answers(self) -> list[str]:
        """The requirements that are answered in it."""
        return answered(self.source)


def blocks(template: str, source: str) -> list[Block]:
    """Return the blocks of one template that hold words; a derivation is one block."""
    return list(_blocks(template, source))


@functools.lru_cache(maxsize=KEPT)
def _blocks(template: str, source: str) -> tuple[Block, ...]:
    if not template.startswith(FOLDERS):
        return ()
    if template.startswith("derivations/"):
        return (Block(template, 1, source),)
    lines = source.split("\n")
    starts = [*_starts(lines), len(lines)]
    pieces = (Block(template, a + 1, "\n".join(lines[a:b])) for a, b in pairwise(starts))
    return tuple(piece for piece in pieces if len(words_of(piece.source)) >= FEWEST_WORDS)


def _starts(lines: list[str]) -> list[int]:
    """Return the indices of the lines that begin a block: outside braces and environments, after a gap or at a head."""
    starts, depth, gap = [], 0, True
    printed = blank_comments("\n".join(lines)).split("\n")
    for index, (line, bare) in enumerate(zip(lines, printed, strict=True)):
        if depth <= 0 and line.strip() and (gap or _STARTS.match(line)):
            starts.append(index)
        gap = not line.strip()
        depth += sum(1 if brace == "{" else -1 for brace in _BRACE.findall(bare))
        depth += len(re.findall(r"\\begin\{", bare)) - len(re.findall(r"\\end\{", bare))
    return starts


def shipped_hashes(templates: Path) -> frozenset[str]:
    """Return the hashes of the blocks that this generator ships."""
    path = templates / LIST
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return frozenset(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))


def all_blocks(templates: Path) -> list[Block]:
    """Return every block of the templates, in order, each with whether it is as shipped."""
    shipped = shipped_hashes(templates)
    found = []
    for path in sorted(templates.rglob("*.tex.j2")):
        name = path.relative_to(templates).as_posix()
        for block in blocks(name, path.read_text(encoding="utf-8")):
            found.append(Block(block.template, block.line, block.source, block.hash in shipped))
    return found


def counts(templates: Path, cache: Path) -> tuple[int, int]:
    """Return how many blocks the templates have and how many of them are as shipped; `cache` keeps them by content."""
    shipped = shipped_hashes(templates)
    memo = Memo(cache, closure_digest(__name__, cache) + "".join(sorted(shipped)), tuple[int, int])
    found = []
    for path in sorted(templates.rglob("*.tex.j2")):
        name, source = path.relative_to(templates).as_posix(), path.read_text(encoding="utf-8")
        found.append(memo.get(f"{name}\0{source}", functools.partial(_counted, name, source, shipped)))
    memo.save()
    return sum(count for count, _ in found), sum(count for _, count in found)


def counts_stay(templates: Path, texts: Mapping[Path, tuple[str, str]]) -> bool:
    """Whether edits of templates, path -> (text before, text now), change no number that `counts` returns."""
    shipped = shipped_hashes(templates)
    own = {
        path.relative_to(templates).as_posix(): both for path, both in texts.items() if path.is_relative_to(templates)
    }
    return all(_counted(name, before, shipped) == _counted(name, now, shipped) for name, (before, now) in own.items())


def _counted(template: str, source: str, shipped: frozenset[str]) -> tuple[int, int]:
    found = blocks(template, source)
    return len(found), sum(block.hash in shipped for block in found)


def unchanged_topics(found: Iterable[Block], requirements: Iterable[Requirement]) -> dict[str, list[Block]]:
    """Return topic -> its blocks, for each topic of the student's own that still is as shipped in every block."""
    topics: dict[str, list[Block]] = {}
    own = {requirement.id: requirement.own for requirement in requirements if requirement.own}
    for block in found:
        for topic in dict.fromkeys(own[name] for name in block.answers if name in own):
            topics.setdefault(topic, []).append(block)
    return {topic: parts for topic, parts in topics.items() if all(block.shipped for block in parts)}


def coloured_by_origin(template: str, source: str, shipped: frozenset[str]) -> str:
    """Return a template's source with a switch of colour before each block; no line is added."""
    lines = source.split("\n")
    switches = {b.line: rf"\{'shipped' if b.hash in shipped else 'own'}text{{}}" for b in blocks(template, source)}
    current, after_include = "", False
    for index, line in enumerate(lines):
        current = switches.get(index + 1, current)
        if index + 1 in switches or (after_include and line.strip() and not line.startswith("\\BLOCK")):
            lines[index] = current + line
            after_include = False
        after_include = after_include or bool(_INCLUDE.match(line))
    return "\n".join(lines)


def write_list(templates: Path) -> int:
    """Renew the list of shipped blocks; return how many there are."""
    found = all_blocks(templates)
    rows = [f"{block.hash}  {block.template}  {' '.join(block.source.split())[:HEAD]}" for block in found]
    head = "# The text blocks as shipped: hash, template, first letters. Written by python -m report_src.prose.blocks."
    (templates / LIST).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return len(found)


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "templates")
    print(f"{write_list(folder)} blocks in {folder / LIST}")
