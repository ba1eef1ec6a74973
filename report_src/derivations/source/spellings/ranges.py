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
