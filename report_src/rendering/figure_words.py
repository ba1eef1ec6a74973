r"""What a figure shows, in words for somebody who cannot see it: the alternative text of a PDF.

\BLOCK{filter spoken}Accuracy is \VAR{… | percent} on validation.\BLOCK{endfilter}
"""

import re

from report_src.numbers.printed_numbers import readable
from report_src.rendering.source_marks import END, START
from report_src.tex.escape import Latex, pdf_string

_PLACE = re.compile(f"{START}[^{END}]*{END}")
_MARKED = re.compile(r"\\result\{[^{}]*\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_BREAK = re.compile(r"\\allowbreak\{\}")


def as_pdf_string(sentence: str) -> Latex:
    r"""Return a rendered sentence as a PDF string: `\result{a.b}{83.0\,\%} here` -> the string "83.0 % here"."""
    return pdf_string(readable(_MARKED.sub(r"\1", _BREAK.sub("", _PLACE.sub("", sentence)))))
