"""The styles in which a number may be printed. None of them takes a number that has no key."""

import functools
import inspect
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from report_src.errors import RenderError
from report_src.numbers.values import Branch, Number, Whole
from report_src.tex.escape import Latex, breakable, metadata, pdf_string, tex, xml_text

ENGLISH = " and "  # between names that come from no report
SMALLEST_P = 0.001  # below it, and above 1 - it, only the bound is printed
LEVELS = (0.001, 0.01, 0.05, 0.1)  # of significance
LONGEST_NAME = 24  # characters of a name on one line of a cell
SPREAD = 4  # characters of a spread in a column: 10.2
MARK = "\ue000"  # begins a mark of rendering, which no text holds: report_src.rendering.source_marks
MOST_DIGITS = 18  # behind the point; no two floats near a level agree in as many
BOUND_REACHED = 1e-9  # of the last digit: a bound that is met exactly is not rounded upwards
PLAIN = (1e-4, 1e6)  # a setting outside of this range is printed with a power of ten


def percent(value: Any, digits: int = 1) -> Latex:
    r"""0.8324 -> 83.2\,\%; 0.99999 -> > 99.9\,\%; 0.0001 -> < 0.1\,\%: a bound is printed only where it is reached."""
    if isinstance(value, Whole) and abs(value) > 1:
        raise RenderError(f"'{value.key}' is a whole number, {value}, not a share; print it with | count")
    return _mark(value, _share(_number(value), digits) + r"\,\%")


def points(value: Any, digits: int = 1, signed: bool = False) -> Latex:
    """0.0512 -> 5.1 percentage points."""
    return _mark(value, f"{_fixed(100 * _number(value), digits, signed)} {_text(value, 'percentage_points')}")


def count(value: Any) -> Latex:
    """41348 -> 41,348."""
    return _mark(value, _grouped(_whole(value)))


def decimal(value: Any, digits: int = 2) -> Latex:
    """1.1114 -> 1.11, in text or in a table's cell."""
    return _mark(value, _fixed(_number(value), digits))


def signed(value: Any, digits: int = 2) -> Latex:
    """0.41 -> +0.41."""
    return _mark(value, _fixed(_number(value), digits, True))


def scientific(value: Any, digits: int = 1) -> Latex:
    r"""0.00123 -> 1.2 \times 10^{-3}."""
    return _mark(value, _scientific(_number(value), digits))


def p_value(value: Any) -> Latex:
    """0.0213 -> = 0.021, 1e-9 -> < 0.001, 0.9999 -> > 0.999: relation included, to follow a `p`.

    Digits are added where the rounded value would meet a level that the value itself does not: 0.0501 -> = 0.0501.
    """
    number = _number(value)
    if number < SMALLEST_P:
        return _mark(value, rf"\ensuremath{{<{SMALLEST_P}}}")
    if 1 - SMALLEST_P < number < 1:
        return _mark(value, rf"\ensuremath{{>{1 - SMALLEST_P}}}")
    digits = next(d for d in range(3, MOST_DIGITS) if number in LEVELS or round(number, d) not in LEVELS)
    return _mark(value, rf"\ensuremath{{={number:.{digits}f}}}")


def rate(value: Any, digits: int = 6) -> Latex:
    r"""0.50 -> 0.5, 1.0 -> 1, 1e-5 -> 1 \times 10^{-5}: shortest form of a setting.

    `digits` is how many are printed at most, where a whole number does not need more: 48.2494 -> 48.25 for 4.
    """
    number = _number(value)
    if number and not PLAIN[0] <= abs(number) < PLAIN[1]:
        digits = len(f"{number:.11e}".partition("e")[0].partition(".")[2].rstrip("0"))
        return _mark(value, _scientific(number, digits))
    before_the_point = len(str(int(abs(number))))
    text = f"{number:.{max(digits, before_the_point)}g}"
    return _mark(value, rf"\ensuremath{{{text}}}" if number < 0 else text)


def words(value: Any) -> Latex:
    """5 -> five; above twelve in digits."""
    number, known = _whole(value), _text(value, "words")
    return _mark(value, known[number] if 0 <= number < len(known) else _grouped(number))


def ordinal(value: Any) -> Latex:
    """2 -> second, 21 -> 21st, 111 -> 111th."""
    number, known, endings = _whole(value), _text(value, "ordinals"), _text(value, "ordinal_endings")
    if 0 <= number < len(known):
        return _mark(value, known[number])
    own = number % 10 < len(endings) and number % 100 not in (11, 12, 13)
    return _mark(value, f"{_grouped(number)}{endings[number % 10 if own else 0]}")


def pm_percent(value: Branch, digits: int = 1) -> Latex:
    r"""Mean and standard deviation of a Replicated: 83.2 ± 0.4\,\%."""
    mean, std = 100 * _number(_replicated(value).mean), 100 * _number(value.std)
    return _mark(value.mean, rf"{_fixed(mean, digits)}\,\ensuremath{{\pm}}\,{std:.{digits}f}\,\%")


def pm_cell(value: Branch, digits: int = 1) -> Latex:
    """Mean and standard deviation of a Replicated in a column whose head has %, signs below each other: 83.2 ± 0.4."""
    mean, std = 100 * _number(_replicated(value).mean), f"{100 * _number(value.std):.{digits}f}"
    printed = _mark(value.mean, rf"{_fixed(mean, digits)}\,\ensuremath{{\pm}}\,{std}")
    return Latex(printed + r"\digitspace{}" * (SPREAD - len(std)))


def pm(value: Branch, digits: int = 2) -> Latex:
    """Mean and standard deviation of a Replicated: 2.39 ± 0.12."""
    mean, std = _number(_replicated(value).mean), _number(value.std)
    return _mark(value.mean, rf"{_fixed(mean, digits)}\,\ensuremath{{\pm}}\,{std:.{digits}f}")


def interval(value: Branch, digits: int = 2) -> Latex:
    """Mean and t interval of a Replicated, ends rounded outwards: -0.03 [-0.04, -0.02]."""
    return _mark(_replicated(value).mean, _with_interval(value, digits, 1, ""))


def interval_points(value: Branch, digits: int = 1) -> Latex:
    """Mean and t interval of a Replicated that holds fractions: -0.4 percentage points [-1.0, 0.2]."""
    return _mark(
        _replicated(value).mean, _with_interval(value, digits, 100, f" {_text(value.mean, 'percentage_points')}")
    )


def _with_interval(value: Branch, digits: int, factor: int, unit: str) -> str:
    """Return mean, unit and interval; a value of a single replicate has no interval.

    Ends of an interval without zero have as many digits as it takes to print neither as zero: 0.44 [0.03, 0.85].
    """
    mean, half = factor * _number(value.mean), factor * _number(value.half_width)
    if len(value.replicates) == 1:
        return _fixed(mean, digits) + unit
    low, high = _outwards(mean - half, mean + half, digits)
    while low * high == 0 and abs(mean) > half and digits < MOST_DIGITS:
        digits += 1
        low, high = _outwards(mean - half, mean + half, digits)
    return f"{_fixed(mean, digits)}{unit} [{_fixed(low, digits)}, {_fixed(high, digits)}]"


def _outwards(low: float, high: float, digits: int) -> tuple[float, float]:
    step = 10.0**-digits
    return step * math.floor(low / step), step * math.ceil(high / step)


def at_most(value: Any, digits: int = 2, unit: str = "") -> Latex:
    r"""0.2445 -> \leq 0.25, 0 -> 0.00: a bound is rounded upwards; `unit` is "", "percent" or "points"."""
    step, scale = 10.0**-digits, 100 if unit else 1
    number = step * math.ceil(scale * _number(value) / step - BOUND_REACHED)
    after = {"": "", "percent": r"\,\%", "points": f" {_text(value, 'percentage_points')}"}[unit]
    relation = r"\ensuremath{\leq}\," if number else ""
    return _mark(value, f"{relation}{_fixed(number, digits)}{after}")


def cell_percent(value: Any, digits: int = 1) -> Latex:
    """0.8324 -> 83.2: a table's cell whose head has %."""
    return _mark(value, _share(_number(value), digits))


def bare(value: Any, digits: int = 2) -> Latex:
    """Only digits, for a column that siunitx aligns (a link in one is a TeX error)."""
    number = _number(value)
    value.ledger.printed[value.key] = value
    return Latex(_bare(number, digits))


def name(value: Any) -> Latex:
    """Return a column's name in typewriter letters, breakable after its underscores."""
    return Latex(rf"\texttt{{{breakable(value)}}}")


def cell_name(value: Any) -> Latex:
    """Return a column's name as a cell of a table."""
    return in_lines(value, name(value))


def in_lines(value: Any, shown: Latex) -> Latex:
    """Return a long text as a cell of several lines, so that it makes no table wider than its page."""
    return Latex(rf"\parbox[t]{{9em}}{{\raggedright\strut {shown}\strut}}") if len(str(value)) > LONGEST_NAME else shown


def feature(value: Any, start: bool = False) -> Latex:
    """Return a column's name in words: amenity_score -> amenity score, at a `start` Amenity score."""
    text = str(value).replace("_", " ").strip() or str(value)
    return breakable(text[:1].upper() + text[1:] if start else text)


def join_names(values: Iterable[Any], style: str = "name", last: str = "") -> Latex:
    """[a, b, c] -> a, b and c; `style` is "name" (typewriter), "feature" or "text"."""
    values = list(values)
    styles: dict[str, Callable[[Any], Latex]] = {"name": name, "feature": feature, "text": tex}
    styled = [styles[style](value) for value in values]
    if len(styled) < 2:
        return Latex("".join(styled))
    between = last or (f" {_text(values[0], 'and')} " if hasattr(values[0], "ledger") else ENGLISH)
    return Latex(", ".join(styled[:-1]) + between + styled[-1])


def index(value: int) -> Latex:
    """Return a number that counts rows of a list (not a result)."""
    return Latex(str(int(value)))


def path(value: str) -> Latex:
    """Return a path below the build, made by us: only letters, digits, `-`, `_`, `.` and `/`."""
    if not re.fullmatch(r"[A-Za-z0-9_./-]+", value):
        raise RenderError(f"{value!r} is not a path of the build")
    return Latex(value)


def target(value: str) -> Latex:
    """Return a key made by `_key_in_tex` as the name of a link's target."""
    return Latex(_key_in_tex(value))


def mathematics(value: str) -> Latex:
    """Return LaTeX that somebody typed (a formula of a derivation, a list of requirements) unchanged."""
    return Latex(value)


def refuse_styled(value: Any) -> None:
    """Raise RenderError for a number that has its style: a filter behind it would change it, or print its code."""
    if isinstance(value, Latex) and r"\result{" in value:
        raise RenderError("a style is the last filter of a number; take out what follows it")


def refuse_unstyled(value: Any) -> None:
    """Raise RenderError for a number or a record where a text is asked for: it would be printed as Python prints it."""
    if isinstance(value, Branch):
        raise RenderError(value.described().replace("not a number", "no text"))
    if isinstance(value, bool | int | float):
        key = getattr(value, "key", None)
        what = f"'{key}'" if key else repr(value)
        raise RenderError(f"{what} is no text; a number is printed by a style such as | decimal")


def called(style: str, function: Callable[..., Latex]) -> Callable[..., Latex]:
    """Return a style that answers wrong arguments, such as | percent("2"), with a RenderError."""
    takes = list(inspect.signature(function).parameters.values())[1:]

    @functools.wraps(function)
    def checked(value: Any, *given: Any, **named: Any) -> Latex:
        if style in _OF_NAMES:
            refuse_styled(value)
        if style in _OF_TEXTS:
            refuse_unstyled(value)
        if not (given or named):
            return function(value)
        found = {**dict(zip((one.name for one in takes), given, strict=False)), **named}
        digits = found.get("digits", 1)
        wrong = len(given) > len(takes) or not found.keys() <= {one.name for one in takes}
        if wrong or not isinstance(digits, int) or isinstance(digits, bool) or not 0 <= digits <= MOST_DIGITS:
            shown = ", ".join([*map(repr, given), *(f"{name}={value!r}" for name, value in named.items())])
            known = ", ".join(f"{one.name}={one.default!r}" for one in takes) or "nothing"
            bounds = f"; digits is a whole number from 0 to {MOST_DIGITS}" if "digits=" in known else ""
            raise RenderError(f"style '{style}' takes {known}, got {shown}{bounds}")
        return function(value, *given, **named)

    return checked


FILTERS: dict[str, Callable[..., Latex]] = {
    "percent": percent, "points": points, "count": count, "decimal": decimal, "ratio": decimal, "signed": signed,
    "scientific": scientific, "p_value": p_value, "rate": rate, "words": words, "ordinal": ordinal,
    "pm_percent": pm_percent, "interval": interval, "interval_points": interval_points, "at_most": at_most,
    "pm_cell": pm_cell, "pm": pm, "cell": decimal, "cell_percent": cell_percent,
    "bare": bare, "name": name, "cell_name": cell_name, "text": tex, "join_names": join_names, "index": index,
    "path": path, "mathematics": mathematics, "latex": mathematics, "target": target,
    "feature": feature, "metadata": metadata, "pdf_string": pdf_string, "xml_text": xml_text,
}  # fmt: skip


_OF_NAMES = frozenset({"name", "cell_name", "text", "feature"})  # styles of texts that hold no number with its style
_OF_TEXTS = _OF_NAMES | {"mathematics", "latex"}


def finalize(value: Any) -> str:
    """Let LaTeX through, escape text, refuse everything that has no style."""
    if isinstance(value, Latex):
        return value
    if isinstance(value, str):
        if MARK in value:
            raise RenderError("what a macro or \\BLOCK{set} holds is LaTeX already; print it with | mathematics")
        return tex(value)
    key = getattr(value, "key", None) or getattr(value, "_key", None)
    what = f"'{key}'" if key else repr(value)
    if isinstance(value, bool) or value is None:
        raise RenderError(f"{what} is {value}, which cannot be printed; test it with \\BLOCK{{if …}}")
    if isinstance(value, int | float):
        raise RenderError(f"{what} is a number without a style; expected one of | {', | '.join(sorted(FILTERS))}")
    raise RenderError(f"{what} is a {type(value).__name__}, which cannot be printed")


def _number(value: Any) -> float:
    if isinstance(value, Number | Whole):
        if not math.isfinite(value):
            raise RenderError(f"'{value.key}' is {float(value)}, which has no digits; test it with \\BLOCK{{if …}}")
        return value
    if isinstance(value, Branch):
        raise RenderError(value.described())
    if isinstance(value, int | float):
        raise RenderError(f"{value!r} has no key: templates print results, they compute none")
    if isinstance(value, Latex):
        raise RenderError("a number has two styles; keep one of them")
    if not hasattr(value, "key"):
        raise RenderError(f"{value!r} is text, not a number; a key is typed without quotes")
    raise RenderError(f"{value!r} is not a number (key '{value.key}'); print it with | text")


def _replicated(value: Any) -> Any:
    """Return a field with replicates; RenderError for a single number, which has no spread."""
    if isinstance(value, Number | Whole):
        step = "count" if isinstance(value, Whole) else "decimal"
        raise RenderError(f"'{value.key}' is one number, without replicates; print it with | {step}")
    if not isinstance(value, Branch):
        _number(value)
    return value


def _text(value: Any, name: str) -> Any:
    """Return one of the report's own words for numbers."""
    return value.ledger.texts["numbers"][name]


def _whole(value: Any) -> int:
    """Return a count: a number in words has no digits to round."""
    number = _number(value)
    if number != int(number):
        raise RenderError(f"'{value.key}' is {number}, not a whole number; print it with | decimal")
    return int(number)


def _share(share: float, digits: int) -> str:
    """Return per cent, with a relation where rounding would reach 0 or 100 and the share does not."""
    step = 10.0**-digits
    if share > 0 and 100 * share < step / 2:
        return rf"\ensuremath{{<{step:.{digits}f}}}"
    if share < 1 and float(_bare(100 * share, digits)) == 100:
        return rf"\ensuremath{{>{100 - step:.{digits}f}}}"
    return _fixed(100 * share, digits)


def _key_in_tex(key: str) -> str:
    """Return a key in letters that no TeX macro trips over; the names of other tables' columns may hold any."""
    return re.sub(r"[^A-Za-z0-9_.\[\]]", lambda match: f"+{ord(match[0]):04X}", key)


def _mark(value: Any, text: str) -> Latex:
    value.ledger.printed[value.key] = value
    return Latex(rf"\result{{{_key_in_tex(value.key)}}}{{{text}}}")


def _bare(number: float, digits: int) -> str:
    text = f"{number:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def _fixed(number: float, digits: int, with_sign: bool = False) -> str:
    """Return the digits, in letters that follow the text's weight; only the sign is mathematics."""
    text = _bare(number, digits)
    if with_sign and float(text) > 0:
        return r"\ensuremath{+}" + text
    return r"\ensuremath{-}" + text[1:] if text[0] == "-" else text


def _grouped(number: int) -> str:
    """Return 41{,}348: no space after the comma, in text as in mathematics."""
    return f"{number:,}".replace(",", "{,}")


def _scientific(number: float, digits: int) -> str:
    mantissa, _, exponent = f"{number:.{digits}e}".partition("e")
    if number == 0:
        return "0"
    return rf"\ensuremath{{{mantissa} \times 10^{{{int(exponent)}}}}}"
