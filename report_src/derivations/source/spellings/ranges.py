r"""Sums whose lower limit says the whole range: \sum_{1 \le i < j \le n}, \sum_{i \in [n]}."""

from __future__ import annotations

import re

from report_src.derivations.source.tokens import Tok, group

_LETTER = r"\\?[A-Za-z]+"
_SIZE = r"(?:\\?[A-Za-z]+|\d+)(?: [+-] (?:\\?[A-Za-z]+|\d+))*"
# a limit of a sum that says a whole range or a condition, and the limits of the sums that say the same
_RANGES = [
    (re.compile(pattern.replace("I", f"({_LETTER})").replace("N", f"({_SIZE})")), limits)
    for pattern, limits in (
        (r"1 \\le I \\le N", ["{0} = 1 @ {1}"]),
        (r"1 \\le I , I \\le N", ["{0} = 1 @ {2}", "{1} = 1 @ {2}"]),
        (r"1 \\le I < I \\le N", ["{0} = 1 @ {2}", "{1} = {0} + 1 @ {2}"]),
        (r"1 \\le I \\le I \\le N", ["{0} = 1 @ {2}", "{1} = {0} @ {2}"]),
        (r"1 \\le I \\ne I \\le N", ["{0} = 1 @ {2}", "{1} \\ne {0} @ {2}"]),
        (r"I \\in \[ N \]", ["{0} = 1 @ {1}"]),
        (r"I \\in \\{ 1 , (?:2 , )?\\dots , N \\}", ["{0} = 1 @ {1}"]),
        (r"\\substack { I = 1 \\\\ (\1 .+) } @ N", ["{1} @ {2}"]),
        (r"\\substack { I , I = 1 \\\\ \1 (?:\\ne) \2 } @ N", ["{0} = 1 @ {2}", "{1} \\ne {0} @ {2}"]),
    )
]
_SAME = {"\\leq": "\\le", "\\leqslant": "\\le", "\\ldots": "\\dots", "\\cdots": "\\dots", "\\neq": "\\ne"}


def sum_over_ranges(toks: list[Tok], index: int) -> tuple[list[Tok], int]:
    r"""Return a sum whose lower limit says the whole range as one with two limits, and the index behind it.

    \sum_{1 \le i \le n} -> \sum_{i=1}^{n}, \sum_{1 \le i < j \le n} -> \sum_{i=1}^{n}\sum_{j=i+1}^{n},
    \sum_{i \in [n]} -> \sum_{i=1}^{n}, \sum_{\substack{j=1 \\ j \ne i}}^{n} -> \sum_{j \ne i}^{n}.
    """
    sign, at = toks[index], index + 1
    if [tok.text for tok in toks[at : at + 2]] != ["_", "{"]:
        return [sign], at
    close = group(toks, at + 1)
    after = close + 1
    limit = toks[at + 2 : close]
    if after + 1 < len(toks) and toks[after].text == "^":
        last = group(toks, after + 1) if toks[after + 1].text == "{" else after + 1
        limit += [Tok("@", *toks[after][1:]), *(tok for tok in toks[after + 1 : last + 1] if tok.text not in "{}")]
        after = last + 1
    said = " ".join(_SAME.get(tok.text, tok.text) for tok in limit)
    for pattern, limits in _RANGES:
        if found := pattern.fullmatch(said):
            texts = [
                f"_ {{ {text} }}".replace("@", "} ^ {") for text in (one.format(*found.groups()) for one in limits)
            ]
            place = (toks[at + 2].start, toks[close].start)
            return [tok for text in texts for tok in (sign, *(Tok(part, *place) for part in text.split()))], after
    return [sign], at


_INDEX = "[a-zA-Z]"
_NUMBERED = r"(?:\\?[A-Za-z]+|\d+)(?: [+-] (?:\\?[A-Za-z]+|\d+))*"
_BEGINS, _STOPS = r"(?:^|(?<=, )|(?<=\\quad )|(?<=\\, )|(?<=\\; ))", r"(?=$| ,| \\quad| \.)"
# ranges of indices as the text writes them, and as they are read: their letters and the last number
_WRITTEN = [
    re.compile(
        _BEGINS
        + pattern.replace("I", rf"(?P<letters>{_INDEX}(?: , {_INDEX})*)").replace("N", f"(?P<last>{_NUMBERED})")
        + _STOPS
    )
    for pattern in (
        r"I \\in \[ N \]",
        r"I = 1 : N",
        r"I = 1 (?:\\dots|\\cdots|\\ldots) N",
        r"1 (?:\\le|\\leq|\\leqslant) I (?:\\le|\\leq|\\leqslant) N",
        r"(?=[^=]* ,)I = 1 , (?:2 , )?(?:\\dots|\\cdots|\\ldots) , N",
    )
]
_NAME = r"(?:\\(?:mathbf|boldsymbol|bm|vec|tilde|hat|bar) )?(?:\{ )?\\?[A-Za-z]+(?: \})?"
_LISTED = re.compile(
    rf"(?P<name>{_NAME}) (?P<mark>_|\^) (?P<first>1|\{{ 1 \}}|\{{ \( 1 \) \}}) , (?:(?P=name) (?P=mark) [^,]+ , )?"
    rf"(?:\\dots|\\cdots|\\ldots) , (?P=name) (?P=mark) (?P<last>{_INDEX}|\{{ (?:\( )?{_NUMBERED}(?: \))? \}})"
    r"(?= ,| \\in | > | \\geq? |$)"
)
_COUNTERS = ("\\iota", "\\upsilon", "\\zeta", "\\chi")  # letters of indices that the text leaves out


def written_ranges(text: str, toks: list[Tok]) -> list[Tok]:
    r"""Return the tokens of some inline mathematics with its ranges as they are read.

    i \in [n], 1 \le i \le n, i = 1:n -> i = 1,\dots,n;  x_1, \dots, x_n \in S -> x_\iota \in S, \iota = 1,\dots,n;
    x_1, \dots, x_n > 0 likewise
    """
    said = changed = " ".join(tok.text.replace("\\ ", "\\,") for tok in toks)
    natural = {letter for found in _NATURALS.findall(text) for letter in re.findall("[A-Za-z]", found)}
    for pattern in _WRITTEN:
        changed = pattern.sub(lambda found: _as_ranges(found, natural), changed)
    ranges: dict[str, str] = {}
    if re.search(r"\\in(?![a-z])|(?:>|\\geq?) 0$", changed):
        counters = _counters(text)
        changed = _LISTED.sub(lambda found: _one_for_all(found, counters, ranges), changed)
    changed += "".join(f" , \\quad {letter} = 1 , \\dots , {last}" for letter, last in ranges.items())
    if changed == said:
        return toks
    place = (toks[0].start, toks[0].start)
    return [Tok(part, *place) for part in changed.split(" ") if part]


_NATURALS = re.compile(r"([A-Za-z](?:\s*,\s*[A-Za-z])*)\s*\\in\s*\\mathbb\s*\{?\s*[NZ]")


def _as_ranges(found: re.Match[str], natural: set[str]) -> str:
    """Return the ranges of some indices; 1 <= k <= n of a natural number k compares it."""
    letters = found["letters"].split(" , ")
    if natural.intersection(letters):
        return found.group()
    return " , ".join(f"{letter} = 1 , \\dots , {found['last']}" for letter in letters)


def _one_for_all(found: re.Match[str], counters: dict[str, str], ranges: dict[str, str]) -> str:
    """Return the name of a listed family with an index, and note the range of the index."""
    last = re.sub(r"[{}() ]", "", found["last"])
    if last not in counters:
        return found.group()
    ranges[counters[last]] = " ".join(re.findall(r"\\?[A-Za-z]+|\d|[+-]", last))
    inner = f"( {counters[last]} )" if "(" in found["first"] else counters[last]
    return f"{found['name']} {found['mark']} {{ {inner} }}"


def _counters(text: str) -> dict[str, str]:
    """Return the letters of indices that a text leaves out, by the last number: those of x_1, \\dots, x_n."""
    listed = re.findall(r",\s*\\[lc]?dots\s*,\s*\$?[^$,_^]*[_^]\s*\{?\(?\s*([A-Za-z](?:\s*[+-]\s*[A-Za-z0-9]+)*)", text)
    sizes = dict.fromkeys(re.sub(r"\s", "", last) for last in listed)
    return dict(zip(sizes, _COUNTERS, strict=False))
