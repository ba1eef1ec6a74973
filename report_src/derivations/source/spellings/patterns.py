r"""What several terms have in common, and what is counted from one to the next: x_1 and x_n are x_{i'} from 1 to n.

What is counted in a script is one more, or one less, in each term; all that are counted reach the last term in the same
number of steps. A term may lack a factor whose exponent is 0 there, and an exponent that is 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, pairwise

from report_src.derivations.source.tokens import Tok, group
from report_src.derivations.source.vocabulary import GREEK

_BRACES = (Tok("{", 0, 0), Tok("}", 0, 0))
NUMBER = "#"  # stands for a first factor that is counted
Form = dict[str, int]  # a sum by its letters, with its number under "": T-1 is {"T": 1, "": -1}


@dataclass
class Unit:
    """A token of a term with its scripts; what may be counted in a script is a form, every other sign is a text."""

    tok: Tok
    scripts: dict[str, list[str | Form]] = field(default_factory=dict)

    @property
    def power(self) -> bool:
        """Whether its exponent may be counted and nothing else is, so that a term with the exponent 0 lacks it."""
        return [*map(len, self.scripts.values())] == [1] and isinstance(self.scripts.get("^", [""])[0], dict)


def pattern_of(terms: list[list[Unit]]) -> list[Unit] | None:
    """Return the term that is written out the most, where all others have its pattern; None where one has not."""
    widest = max(terms, key=_written)
    return None if any(_values(term, widest) is None for term in terms) else widest


def with_counted_numbers(terms: list[list[Unit]]) -> list[list[Unit]]:
    """Return terms whose first factor is a number in all but the last one, with that number as a form: 1^2, 2^2, n^2.

    The first term may lack a 1: x_1 + 2x_2 and n x_n.
    """
    *numbers, last = [term[0].tok.text if term else "" for term in terms]
    if any(len(term) > 1 and not _is_factor(term[1].tok.text) for term in terms if term and term[0].tok.text.isalnum()):
        return terms  # 12 and n2 are no products
    counts = all(text.isdigit() for text in numbers[1:]) and any(text.isdigit() for text in numbers)
    if not (counts and last.isascii() and last.isalpha()):
        return terms
    counted = [_counted({"": int(text)} if text.isdigit() else {"": 1}, term, lacks=not text.isdigit())
               for text, term in zip(numbers, terms, strict=False)]  # fmt: skip
    return [*counted, _counted({last: 1}, terms[-1])]


def _is_factor(text: str) -> bool:
    """Tell whether a token may follow a number in a product: a letter, a name, an opening bracket, a dot."""
    return text[0].isalpha() or text[1:] in GREEK or text in _FACTORS


_FACTORS = frozenset({"(", "\\cdot", "\\mathbf", "\\boldsymbol", "\\vec", "\\hat", "\\bar", "\\tilde"})


def _counted(form: Form, term: list[Unit], *, lacks: bool = False) -> list[Unit]:
    """Return a term whose first factor is a form, which it may lack."""
    scripts = {} if lacks else term[0].scripts
    place = (term[0].tok.start, term[0].tok.end) if term else (0, 0)
    return [Unit(Tok(NUMBER, *place), {NUMBER: [form], **scripts}), *term[not lacks :]]


def series(terms: list[list[Unit]], index: list[str]) -> tuple[list[str], list[Tok]] | None:
    r"""Return the limits of an index, as they are typed, and the term that it makes of the first ones and the last.

    x_1, x_2 and x_n -> _ { i ' = 1 } ^ { n } and x _ { i ' }; None where the terms do not say how they go on.
    """
    pattern = pattern_of(terms)
    if pattern is None or len(terms) < 2:
        return None
    *first, end = [_values(term, pattern) or [] for term in terms]
    steps = [_step([values[slot] for values in first], end[slot]) for slot in range(len(end))]
    counted = [slot for slot, step in enumerate(steps) if step]
    numbers = [_plus(end[slot], first[0][slot], -1, times=steps[slot] or 0) for slot in counted]
    if None in steps or not counted or any(number != numbers[0] for number in numbers):
        return None
    lower = int(all(steps[slot] == 1 and first[0][slot] == {"": 1} for slot in counted))
    upper = _typed(_plus(numbers[0], {"": lower}, 1))
    forms = [
        _typed(_plus(start, {"": -lower}, 1), ("+" if step > 0 else "-", index)) if step else _typed(start)
        for start, step in zip(first[0], steps, strict=True)
    ]
    return ["_", "{", *index, "=", str(lower), "}", "^", "{", *upper, "}"], _written_out(pattern, forms)


def free_index(toks: list[Tok]) -> list[str]:
    """Return the tokens of an index that some tokens do not have: i'."""
    said = "".join(tok.text for tok in toks)
    return [next(name for name in "ijkrst" if f"{name}'" not in said), "'"]


def _step(first: list[Form], end: Form) -> int | None:
    """Return by how much a form grows from term to term, 1, -1 or 0; None where the terms do not say one of these."""
    if len(first) == 1:
        if first[0] == end:
            return 0
        return 1 if not set(first[0]) - {""} else -1 if not set(end) - {""} else None
    steps = [_plus(later, form, -1) for form, later in pairwise(first)]
    step = steps[0].get("", 0)
    same = all(one == steps[0] for one in steps) and not set(steps[0]) - {""} and abs(step) <= 1
    return step if same and (step or first[0] == end) else None


def _plus(form: Form, other: Form, sign: int, times: int = 1) -> Form:
    """Return a form plus or minus another one, some times; a letter that is left no times is left out."""
    found = {letter: times * (form.get(letter, 0) + sign * other.get(letter, 0)) for letter in {*form, *other}}
    return {letter: count for letter, count in found.items() if count}


def _typed(form: Form, index: tuple[str, list[str]] | None = None) -> list[str]:
    """Return a form as it is typed, with the number of steps added to it or taken from it: T-1-i'."""
    ordered = sorted(form.items(), key=lambda part: (part[1] < 0, part[0] == ""))
    terms = [("-" if count < 0 else "+", [letter] if letter else [*str(abs(count))])
             for letter, count in ordered for _ in range(abs(count) if letter else 1)]  # fmt: skip
    terms += [index] if index else []
    texts = [*chain.from_iterable((sign, *term) for sign, term in terms)]
    return (texts[1:] if texts[:1] == ["+"] else texts) or ["0"]


def units(toks: list[Tok]) -> list[Unit]:
    """Return the tokens of a term with their scripts; a lone 1 is a term of no factors, as in 1 + x + x^2."""
    found: list[Unit] = []
    index = 0
    while index < len(toks):
        if toks[index].text in ("_", "^") and index + 1 < len(toks) and found:
            braced = toks[index + 1].text == "{"
            close = group(toks, index + 1) if braced else index + 1
            found[-1].scripts[toks[index].text] = _parts(toks[index + 2 : close] if braced else [toks[index + 1]])
            index = close
        elif not (toks[index].text == "1" and len(toks) == 1):  # the 1 of 1 + x + x^2
            found.append(Unit(toks[index]))
        index += 1
    return found


def _parts(toks: list[Tok]) -> list[str | Form]:
    """Return the parts of a script: (T-1) in "(", a form, ")"; x_1 in "x", "_", "{", a form, "}"."""
    toks = [
        part
        for before, tok in pairwise([Tok("", 0, 0), *toks])
        for part in ((_BRACES[0], tok, _BRACES[1]) if before.text in ("_", "^") and tok.text != "{" else (tok,))
    ]
    found: list[str | Form] = []
    signed = 0
    for at, tok in enumerate(toks):
        scripted = at + 1 < len(toks) and toks[at + 1].text in ("_", "^")
        counts = tok.text.isdigit() or (tok.text.isalpha() and tok.text.isascii()) or tok.text[1:] in GREEK
        if tok.text in ("+", "-") and found and isinstance(found[-1], dict):
            signed = 1 if tok.text == "+" else -1
        elif counts and not scripted:
            form: Form = {"": int(tok.text)} if tok.text.isdigit() else {tok.text: 1}
            form = {letter: count for letter, count in form.items() if count}
            if signed and isinstance(found[-1], dict):
                found[-1] = _plus(found[-1], form, signed)
            else:
                found.append(form)
            signed = 0
        else:
            found += ["+" if signed > 0 else "-"] * abs(signed) + [tok.text]
            signed = 0
    return found


def _written(term: list[Unit]) -> int:
    return len(term) + sum(len(unit.scripts) for unit in term)


def _signs(parts: list[str | Form]) -> list[str]:
    """Return the signs of a script, "" for each of its forms."""
    return [part if isinstance(part, str) else "" for part in parts]


_FIRST: dict[str, list[str | Form]] = {"^": [{"": 1}]}  # the exponent of a name that carries none


def _values(term: list[Unit], pattern: list[Unit]) -> list[Form] | None:
    """Return the forms that a term has where another one has its forms, or None where it has another pattern."""
    found: list[Form] = []
    rest = iter(term)
    unit = next(rest, None)
    for wanted in pattern:
        if unit is not None and unit.tok.text == wanted.tok.text:
            scripts = unit.scripts if unit.scripts or not wanted.power else _FIRST
            if scripts.keys() != wanted.scripts.keys():
                return None
            for mark, parts in wanted.scripts.items():
                if _signs(scripts[mark]) != _signs(parts):
                    return None
                found += [part for part in scripts[mark] if isinstance(part, dict)]
            unit = next(rest, None)
        elif wanted.power:
            found.append({})
        else:
            return None
    return found if unit is None else None


def _written_out(pattern: list[Unit], forms: list[list[str]]) -> list[Tok]:
    """Return the tokens of a term with other forms in its scripts."""
    made: list[Tok] = []
    following = iter(forms)
    for unit in pattern:
        place = (unit.tok.end, unit.tok.end)
        made += [] if unit.tok.text == NUMBER else [unit.tok]
        for mark, parts in unit.scripts.items():
            texts = chain.from_iterable([part] if isinstance(part, str) else next(following) for part in parts)
            around = ("(", *texts, ")") if mark == NUMBER else (mark, "{", *texts, "}")
            made += [Tok(text, *place) for text in around]
    return made
