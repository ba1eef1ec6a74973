r"""The letters with a meaning of their own, σ, π, e, I and δ, to which the text of a derivation may give another one.

Let $\sigma$ be an activation function.        σ(x) is refused: it would be read as the logistic function
Here $\sigma$ is the logistic function.        says what is read
"""

from __future__ import annotations

import re

from report_src.derivations.words.sentences import begin, end

# by letter: words of a sentence, or a value, with which it says what is read
_MEANT = {
    "sigma": r"logistic|sigmoid|1\s*\+\s*(?:e\s*\^\s*\{\s*-|\\exp\s*\\?\(\s*-)",
    "pi": r"circle|angle|3\.14",
    "e": r"\beuler|\bexponential\b|\bbase\b|\\exp",
    "I": r"\bidentity\b",
    "delta": r"\bkronecker",
}
_ALONE = re.compile(
    r"\$\s*\\?(sigma|pi|delta|e|I)(?![A-Za-z])\s*(?:_\s*(?:\{[^{}$]*\}|\w))?\s*'*\s*(?:\([^()$]*\))?\s*(?:\$|(?<!\\)=[^$]*\$)"
)


def spoken_of(text: str) -> frozenset[str]:
    """Return the letters that stand alone in a masked text whose sentence does not say what is read."""
    found = set()
    for letter in _ALONE.finditer(text):
        sentence = text[begin(text, letter.start()) : end(text, letter.end())]
        if not re.search(_MEANT[letter[1]], sentence, re.IGNORECASE):
            found.add(letter[1])
    return frozenset(found)
