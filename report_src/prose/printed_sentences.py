r"""What a finished document's sentences say of their numbers: of which alternative they are, and whether they are seen.

ReLU ends at \result{training.sigmoid.accuracy.mean}{35.0\,\%}.      the number is sigmoid's
The difference is \result{eda.gain}{0.00}.                           the number is 0.0031
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from report_src.numbers.printed_numbers import is_number, marked, readable, shown_as_zero
from report_src.prose.comments import blank, blank_comments
from report_src.tex.source_map import place_of

Places = Sequence[tuple[str, int]]  # of each line of a document: the template that it comes from, and its line there

# what holds no sentences, and arguments that are no words of one
_APART = re.compile(
    r"\\begin\{(tabular\*?|tabularx|longtable|lstlisting|verbatim|tikzpicture|equation|align|gather|multline)(\*?)\}"
    r".*?\\end\{\1\2\}|\\\[.*?\\\]",
    re.DOTALL,
)
_NO_WORDS = re.compile(
    r"\\(?:[cC]?ref|label|cite|answer|answered|reportfigure|input|result)\*?(?:\[[^\]]*\])?\{[^{}]*\}"
)
_END = re.compile(r"[.!?][})]*(?=\s)|\n[ \t]*\n|\\(?:par|item|section|subsection|caption|runin)\b")
_PART = re.compile(r"[^.\[\]]+|\[\d+\]")
Alternatives = dict[str, tuple[str, dict[str, str]]]  # part of a key -> its name; part and name of those beside it
SHORTEST = 3  # letters of a name that a sentence can be searched for


def unlike_their_sentences(document: str, places: Places, results: Mapping[str, Any]) -> list[str]:
    """Return what is to be said of the marked numbers in a document's sentences, each with its place."""
    text = blank_comments(document)
    text = blank(text, (found.span() for found in _APART.finditer(text)))
    found, named = [], dict[tuple[str, ...], Alternatives]()
    for sentence, numbers in _sentences(text):
        keys = [_PART.findall(key) for key, _, _ in numbers]
        for parts, (key, printed, start) in zip(keys, numbers, strict=True):
            value, other = _value_and_other(sentence, parts, keys, results, named)
            said = f"{key}: {other or _vanished(printed, value)}"
            if said != f"{key}: ":
                found.append(f"{place_of(places, document.count(chr(10), 0, start))}: {said}")
    return found


def _sentences(text: str) -> Iterator[tuple[str, list[tuple[str, str, int]]]]:
    """Yield each sentence with numbers, without their keys, and (key, text, offset) of each of them."""
    numbers, at, begin = list(marked(text)), 0, 0
    for end in [*(found.end() for found in _END.finditer(text)), len(text)]:
        first = at
        while at < len(numbers) and numbers[at][2] < end:
            at += 1
        if at > first:
            yield _NO_WORDS.sub(" ", text[begin:end]), numbers[first:at]
        begin = end


def _value_and_other(
    sentence: str,
    parts: Sequence[str],
    keys: Sequence[Sequence[str]],
    results: Any,
    named: dict[tuple[str, ...], Alternatives],
) -> tuple[Any, str]:
    """Return the value of a key, and what is wrong where its sentence names only another alternative; "" elsewhere.

    `keys` has those of all numbers of the sentence: where one is that alternative's, the sentence names it for that.
    `named` keeps the alternatives below the start of a key.
    """
    tree, said = results, ""
    for depth, part in enumerate(parts):
        start = tuple(parts[:depth])
        if start not in named:
            named[start] = _alternatives(tree)
        own, beside = named[start].get(part, ("", {}))
        if own and not said and not _says(sentence, own):
            counted = {key[depth] for key in keys if len(key) > depth and tuple(key[:depth]) == start}
            others = (name for at, name in beside.items() if at not in counted and name not in _ORDINARY)
            other = next((name for name in others if _says(sentence, name, as_written=part.startswith("["))), "")
            other = "" if _TURNS.search(sentence) else other
            said = f"its sentence names {other} and not {own}; print the number of what it is about" if other else ""
        try:
            tree = tree[int(part[1:-1])] if part.startswith("[") else tree[part]
        except (KeyError, IndexError, TypeError):
            return None, ""  # a setting, or what the checker of derivations found
    return tree, said


def _alternatives(tree: Any) -> Alternatives:
    """Return the records with the same fields below a tree: `relu` and `sigmoid`, `[0]` and `[1]` by their `name`."""
    if isinstance(tree, list) and tree and isinstance(tree[0], dict) and "name" in tree[0]:
        return _each_with_others({f"[{at}]": str(item["name"]) for at, item in enumerate(tree)})
    alike: dict[tuple[str, ...], dict[str, str]] = {}
    for name, branch in tree.items() if isinstance(tree, dict) else ():
        if isinstance(branch, dict) and not branch.keys() & _SPREAD:
            alike.setdefault(tuple(branch), {})[name] = name
    return {part: found for names in alike.values() for part, found in _each_with_others(names).items()}


def _each_with_others(names: dict[str, str]) -> Alternatives:
    return {part: (name, {other: n for other, n in names.items() if n != name}) for part, name in names.items()}


_SPREAD = {"mean", "median"}  # fields of a quantity over replicates, which stands beside other quantities


# names that a sentence may have as words of its own, and words by which it may speak of another record than it names
_ORDINARY = frozenset(
    {"start", "end", "loss", "logit", "margin", "probability", "first", "last", "step", "full", "other"}
)
_TURNS = re.compile(
    r"\b(?:other|others|second|next|besides?|contrast|replac\w+|instead|without|unlike|than|not|where|when|against|whereas"
    r"|compared|given|neither|nor|except|but|while|rather|before|after)\b",
    re.IGNORECASE,
)


def _says(sentence: str, name: str, *, as_written: bool = False) -> bool:
    """Whether a sentence has a name, in any case or `as_written`; its underscores may be blanks or hyphens."""
    if len(name) < SHORTEST:
        return True  # a letter is not looked for
    words = r"(?:\\?_|[-\s])".join(map(re.escape, re.split(r"[_\s-]+", name)))
    case = re.NOFLAG if as_written else re.IGNORECASE
    return re.search(rf"(?<![A-Za-z]){words}(?![A-Za-z])", sentence, case) is not None


def _vanished(printed: str, value: Any) -> str:
    """Return what is wrong where a number is printed as zero and is none; "" elsewhere, and beside a spread."""
    if not is_number(value) or value == 0 or not shown_as_zero(printed):
        return ""
    return f"printed as {readable(printed)}, and it is {value:.2g}; give the style more digits"
