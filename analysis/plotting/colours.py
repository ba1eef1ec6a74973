"""What each colour of a figure means; a colour has one meaning, and a pair differs in grey print, too.

The paths of Question 2 have two colours of their own, which `templates/preamble.tex` defines.
"""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

INK = "#222222"  # what needs no colour of its own
GREY = "#777777"  # references: a bound, a baseline
PALE = "#BDBDBD"  # the single lines behind a median
ACTIVATIONS = {"sigmoid": "#E69F00", "relu": "#0072B2"}  # Okabe and Ito (2008)
ALL_FEATURES, MITIGATED = "#882255", "#44AA99"  # the two models of Part D; Paul Tol's muted scheme
SHARES = "Greys"  # matplotlib's scale of the shares in a confusion matrix
CORRELATIONS = "PRGn_r"  # green is negative, purple positive
LIGHTEST, DARKEST = 0.92, 0.05  # the part of the scale `cividis` that the classes use
DARKENED = 0.7  # share of a line's colour that its name keeps, the rest is black: type needs more contrast


def classes(count: int) -> list[str]:
    """Return one colour a class, from light to dark on one scale."""
    return [to_hex(colormaps["cividis"](place)) for place in np.linspace(LIGHTEST, DARKEST, count)]


def for_type(colour: str) -> str:
    """Return a line's colour, darkened for the type that names the line."""
    red, green, blue = to_rgb(colour)
    return to_hex((DARKENED * red, DARKENED * green, DARKENED * blue))


def on(background: str) -> str:
    """Return the colour of a mark that lies on `background`: white on dark, INK on light."""
    red, green, blue = to_rgb(background)
    return "#FFFFFF" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else INK  # ITU-R BT.601's luma
