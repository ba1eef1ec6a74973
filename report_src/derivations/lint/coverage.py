"""No derivative is displayed outside a derivation: ∂, ∇, δ, g' and d in display mathematics are refused there.

Inline mathematics is prose and may speak of derivatives, also inside `algorithm` environments, whose
displays would be refused like any other. A macro that stands for one of the signs counts as the sign, what a
display includes counts as displayed, and inline mathematics set as a display is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from report_src.derivations.checking.cache import checker_digest
from report_src.derivations.lint.hiding import printed_formulas, unseen
from report_src.derivations.lint.macros import bodies, standing_for
from report_src.derivations.lint.sources import Sources
from report_src.derivations.source.displays import displays, opened
from report_src.derivations.source.tags_and_comments import masked, may_begin
from report_src.derivations.source.tokens import tokens
from report_src.derivations.syntax.diagnostics import Text
from report_src.findings import Finding
from report_src.system.cache_file import Memo

_REFUSED = {"\\partial": "∂", "∂": "∂", "\\nabla": "∇", "∇": "∇", "\\delta": "δ", "δ": "δ", "ⅆ": "d"}
# derivatives of packages, other letters that print a sign, and characters by their number
_REFUSED |= {
    word: word
    for word in re.findall(
        r"\S+",
        r"\pdv \dv \odv \fdv \mdv \jdv \dd \dif \diff \Dif \grad \gradient \laplacian \derivative \partialderivative"
        r" \dot \ddot \textpartial \bigtriangledown \triangledown \eth \symbol \char \mathchar \Umathchar \unichar",
    )
}
_SUBSCRIPT = r"(?:_(?:\{[^{}]*\}|[^{}\s\\]))?"
_PRIMED = re.compile(
    r"(?:\\[A-Za-z]+\s*(?:\{[^{}]*\})?|[^\s{}\\])?" + _SUBSCRIPT + r"(?:\s|\\[,!;:])*(?:['′’]|\^\s*\{?\s*\\prime)"
)
_UPRIGHT = r"(?:\\(?:math|text)(?:rm|sf|up|normal|it|tt)|\\text|\\operatorname\*?|\\mathop)(?![A-Za-z])"
_D = rf"(?:{_UPRIGHT}\s*\{{?\s*d|\{{?\s*\\(?:rm|sf|it)\s+d|d)"
_NAME = r"\s*\}?\s*(?:[A-Za-z]|\\[A-Za-z])"
_DIFFERENTIAL = re.compile(
    rf"\\operatorname\*?\s*\{{\s*grad|{_UPRIGHT}\s*(?:\{{\s*d\s*[A-Za-z]?\s*\}}|d(?![A-Za-z]))|\\(?:rm|sf)\s+d(?![A-Za-z])"
    rf"|\\[dtc]?frac\s*\{{?\s*{_D}(?:[^{{}}]|\{{[^{{}}]*\}})*\}}?\s*\{{\s*{_D}{_NAME}"
    rf"|(?<![A-Za-z\\]){_D}{_NAME}?[^+=&$-]{{0,20}}(?:/|\\over(?![A-Za-z]))\s*\(?\s*{_D}{_NAME}"
)
_WORDS = re.compile(r"\\(?:text[a-z]*|mbox|intertext|shortintertext|tag\*?|label|[cC]?ref|eqref)\s*\{[^{}]*\}")
_INCLUDE = re.compile(r"""\\BLOCK\{-?\s*include\s*["']([^"']+)["']|\\(?:input|include)\s*\{([^{}]+)\}""")


class Hidden(msgspec.Struct, frozen=True):
    """What macros hide: the sign that a command stands for, and the names that set a display."""

    signs: dict[str, str] = {}
    displays: frozenset[str] = frozenset()


def findings_among(found_sources: Sources, folder: Path, *, cache: Path | None = None) -> list[Finding]:
    """Return the findings of every collected file; `folder` is where includes are looked up.

    The findings of a file are read from `cache` while its text, those it includes, all macros and this package are
    unchanged.
    """
    texts = found_sources.texts
    known = hidden(texts.values())
    memo = Memo(cache, f"{checker_digest()} {msgspec.json.encode(known, order='deterministic')!r}", list[Finding])
    found = [_at(Text(texts[path], str(path)), start, message) for path, start, message in found_sources.refused]
    for path, text in texts.items():
        read = "\0".join((str(path), text, *_included_texts(text, folder)))
        found += memo.get(read, partial(findings_in, text, str(path), known, folder))
    memo.save()
    return found


def _at(shown: Text, start: int, message: str) -> Finding:
    """Return a message of `shown`, which begins with its place, as a finding."""
    line, column, file = shown.place(start)
    return Finding(message.removeprefix(f"{file}:{line}:{column}: "), "error", file, line, column)


def findings(path: Path, known: Hidden | None = None, root: Path | None = None) -> list[Finding]:
    """Return the places where a file displays ∂, ∇, δ or g' outside a `derivation` environment.

    `known` has the macros defined elsewhere; files that a display includes are looked up below `root`.
    """
    return findings_in(path.read_bytes().decode("utf-8", "replace"), str(path), known, root)


def findings_in(text: str, file: str = "", known: Hidden | None = None, root: Path | None = None) -> list[Finding]:
    """Return the findings of a text, each with file, line, column, the row and a caret."""
    shown, known = Text(text, file), known or hidden([text])
    signs = _REFUSED | known.signs
    found = [
        _at(shown, start, shown.message(message, start, end, hint))
        for start, end, message, hint in unseen(text, preamble=Path(file).name == "preamble.tex")
    ]
    for start, stop in displays(text, _spans(text), known.displays):
        here = _shown(shown, start, stop, signs, root)
        if here and stop == len(text):  # no end was found: what follows is displayed by mistake
            begin = re.match(r"\\begin\{[^{}]*\}|\S\S", text[start:])
            opened = begin[0] if begin else "this display"
            message = shown.message(f"{opened} is never closed in its file", start, start + len(opened))
            here = [_at(shown, start, message)]
        found += here
    return found


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where the derivations of a text begin and end."""
    if not may_begin(text, "derivation"):
        return []
    from report_src.derivations.source.document import derivations  # takes longer than a file without one

    return [(derivation.start, derivation.end) for derivation in derivations(text)]


def _shown(shown: Text, start: int, stop: int, signs: Mapping[str, str], root: Path | None) -> list[Finding]:
    """Return the findings of one display."""
    found = []
    for begin, end, sign in _derivatives(shown.text, start, stop, signs):
        found.append(_finding(shown, begin, end, sign, "put the display into \\begin{derivation}{name}"))
    for start_of, end_of in printed_formulas(shown.text, start, stop):
        what = "what this tag prints in a display is not read: a formula may come from it"
        hint = "write the formula in the display; a number comes from the results"
        found.append(_at(shown, start_of, shown.message(what, start_of, end_of, hint)))
    for include in _INCLUDE.finditer(shown.text, start, stop):
        sign = _included(include, root, signs)
        if sign:
            hint = f"{include.group(1) or include.group(2)} holds it; put both into one derivation"
            found.append(_finding(shown, include.start(), include.end(), sign, hint))
    return found


def _finding(shown: Text, begin: int, end: int, sign: str, hint: str) -> Finding:
    what = f"{sign} in displayed mathematics outside a derivation environment is not checked"
    return _at(shown, begin, shown.message(what, begin, end, hint))


def _included(include: re.Match[str], root: Path | None, signs: Mapping[str, str]) -> str:
    """Return the first sign of a file that a display includes, or of one that this includes."""
    texts = _included_texts(include.group(), root)
    return next((sign for text in texts for _, _, sign in _derivatives(text, 0, len(text), signs)), "")


def _included_texts(text: str, root: Path | None) -> Iterator[str]:
    """Yield the texts of the files that a text includes, and of those that these include, each once."""
    left, seen = [text], set[Path]()
    while left:
        for include in _INCLUDE.finditer(left.pop(0)):
            name = include.group(1) or include.group(2)
            found = [root / name, root / f"{name}.tex"] if root is not None else []
            path = next((path for path in found if path.is_file()), None)
            if path is not None and path not in seen:
                seen.add(path)
                left.append(path.read_bytes().decode("utf-8", "replace"))
                yield left[-1]


def hidden(texts: Iterable[str]) -> Hidden:
    r"""Return the macros of some texts that stand for a sign (`\pd` → ∂) or set a display (`myequation`)."""
    definitions = bodies(texts)
    signs = standing_for(definitions, lambda body, known: _sign(body, _REFUSED | known))
    shown = standing_for(definitions, lambda body, known: opened(body, known.keys()))
    return Hidden(
        signs={name: sign for name, sign in signs.items() if name not in _REFUSED},
        displays=frozenset(shown) - {"derivation"},
    )


def _sign(body: str, signs: Mapping[str, str]) -> str:
    found = _derivatives(body, 0, len(body), signs)
    return found[0][2] if found else ""


def _derivatives(text: str, start: int, stop: int, signs: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Return the places of ∂, ∇, δ, g' and their macros in a span, in order; comments do not count."""
    blanked = masked(text)[start:stop]
    known = {tok: signs[plain] for tok in set(blanked) if (plain := unicodedata.normalize("NFKC", tok)) in signs}
    known |= signs
    found = [(start + tok.start, start + tok.end, known[tok.text]) for tok in tokens(blanked) if tok.text in known]
    formulas = _WORDS.sub(lambda words: " " * len(words.group()), blanked)
    for pattern, searched in ((_PRIMED, formulas), (_DIFFERENTIAL, blanked)):
        found += [(start + m.start(), start + m.end(), m.group()) for m in pattern.finditer(searched)]
    return sorted(found)
