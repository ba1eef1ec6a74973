"""Rows that print alike and can be read in two ways: each is refused with both readings and the way to write it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from report_src.derivations.semantics import shapes
from report_src.derivations.semantics.derivative_signs import operator
from report_src.derivations.semantics.derivatives import ancestors, with_ancestors
from report_src.derivations.semantics.items import Item, kind_of, split, text
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Dim
from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.vocabulary import GREEDY, OPERATOR_MACROS, WORDS_OF_FUNCTIONS
from report_src.derivations.syntax.names import (
    NameUse,
    only_items,
    plain_name,
    read_name,
    show_key,
    superscript,
    word_of,
)
from report_src.derivations.syntax.parser import Script, Syntax
from report_src.derivations.syntax.pretty import pretty


def behind_bracket(scope: Scope, name: str, behind: tuple[Script, ...], items: list[Item], after: int) -> None:
    """Refuse log(x)^2 and log(x)(y): what follows the bracket may belong to it; tanh(x)^2 is the square of tanh(x)."""
    powers = [script for script in behind if script.mark != "_"]
    if powers and name in ("log", "ln"):
        message = f"{name}(x)^2 can be read as ({name}(x))^2 and as {name}((x)^2)"
        raise Unreadable(message, powers[0].start, powers[0].end, "write the one you mean with parentheses")
    if after < len(items) and kind_of(items[after]) == "paren" and name in (*GREEDY, "tr"):
        message = f"{name}(x)(y) can be read as ({name}(x))(y) and as {name}((x)(y))"
        raise Unreadable(message, items[after].start, items[after].end, "write a \\cdot or the product in brackets")


def before_hadamard(scope: Scope, part: list[Item], following: Item) -> None:
    """Refuse log a ⊙ b, where ⊙ may belong to what the logarithm is taken of."""
    kinds = [kind_of(item) for item in (*part, following)]
    for place, item in enumerate(part):
        base, _ = split(item)
        if kinds[place] == "OP" and base is not None and base.meaning in GREEDY and kinds[place + 1] != "paren":
            taken = " ".join(text(scope, other) for other in part[place + 1 :])
            name, rest = f"{base.meaning} {taken}", text(scope, following)
            message = f"{name} ⊙ {rest} can be read as {base.meaning}({taken} ⊙ {rest}) and as ({name}) ⊙ {rest}"
            raise Unreadable(message, item.start, following.end, "write the one you mean with parentheses")


def derivative_before_hadamard(part: list[Item], following: Node) -> None:
    """Refuse ∇f ⊙ q of a number q, which may belong to what is differentiated."""
    if shapes.is_scalar(following.shape) and any(kind_of(item) in ("NABLA", "PARTIAL") for item in part):
        message = f"the derivative before ⊙ {following} can be read as one of the whole product"
        raise Unreadable(message, part[0].start, following.end, "write the derivative in parentheses")


def depends(scope: Scope, read: Node, bracket: Item) -> None:
    """Refuse L(t + 1) where L is defined from the number t: it reads as L at another point; so does L(1 - 1)."""
    value = read.op == "name" and read.data.symbol.kind == "definition"
    applied = scope.segment.text[read.start : read.end].rstrip().endswith(")")  # g(z)(1 - g(z)) has its argument
    if not value or applied or isinstance(bracket, Node):
        return
    base, behind = split(bracket)
    if _turned(behind) and not shapes.is_scalar(read.shape):
        return
    within = {s for s in ancestors(read.data.symbol) if s.kind != "function" and shapes.is_scalar(s.shape)}
    names = list(names_in(base))
    met = [name for name in names if (found := scope.table.find(name)) is not None and found[0] in within]
    if met or not names:
        letter, inner = text(scope, bracket), show_key((met[0].letter.letter, "", "", ())) if met else "point"
        message = f"{read}{letter} can be read as {read} at another {inner}, and as a product; {read} is a value"
        raise Unreadable(message, read.start, bracket.end, "write \\cdot between the factors")


def _turned(scripts: tuple[Script, ...]) -> bool:
    """Tell whether a transpose follows a bracket, which is then no list of arguments."""
    return any(script.mark == "^" and "transpose" in (superscript(script) or ("", ()))[1] for script in scripts)


def names_in(syntax: Any) -> Iterator[NameUse]:
    """Yield the names that occur in a tree, outside of scripts."""
    use = plain_name(syntax) if isinstance(syntax, Syntax) else None
    if use is not None:
        yield use
    elif isinstance(syntax, Syntax):
        for item in syntax.items:
            yield from names_in(item)
    elif isinstance(syntax, tuple):
        for item in syntax:
            yield from names_in(item)


def cross(sign: str, left: Node, right: Node) -> None:
    r"""Refuse a \times b and a * b of two arrays, which are read in different ways."""
    if not shapes.is_scalar(left.shape) and not shapes.is_scalar(right.shape):
        shown, other = ("*", "convolution") if sign == "*" else ("×", "cross product")
        ways = f"a matrix product, as one entry by entry, and as a {other}"
        message = f"{left} {shown} {right} can be read as {ways}"
        stated = ", or state it in the text: Here $*$ is the elementwise product." if sign == "*" else ", or a b^\\top"
        raise Unreadable(message, left.start, right.end, f"write A B or A \\odot B{stated}")


def of_one_entry(name: str, inner: Node, start: int, end: int) -> None:
    r"""Refuse softmax(z_i) and tr(A_{ij}): of one number, or of the array whose entry is named."""
    entry = inner.op == "name" and inner.data.components
    indexed = inner.indices and shapes.is_scalar(inner.shape)
    if indexed and (name in ("softmax", "diag") or (name in ("tr", "det") and entry)):
        message = f"{name} of {inner} is taken of one number here, and can be meant of the whole array"
        raise Unreadable(message, start, end, f"write the array without its index; an entry is \\{name}(\\mathbf z)_i")


def number_beside_matrix(*sides: Node) -> None:
    """Refuse A + 1 of a square matrix, where 1 can be meant as I or for each entry; in ⊙ and g( ) it is for each."""
    within = (part for outer in shapes.walk(*sides) if outer.op not in _ENTRYWISE for part in outer.args)
    for part in (*sides, *within):
        number = next((arg for arg in part.args if arg.literal and arg.data != 0), None)
        if part.op == "add" and same_square(*part.shape) and not part.literal and number is not None:
            message = f"{number} beside a square matrix can be read as a multiple of I, and as added to each entry"
            raise Unreadable(message, part.start, part.end, "write I, or \\mathbf 1\\mathbf 1^\\top")


_ENTRYWISE = frozenset({"hadamard", "function", "entrywise", "entrywise_quotient"})


def matrix_function(name: str, inner: Node, start: int, end: int) -> None:
    """Refuse exp and log of a square matrix: of the matrix, or of every entry."""
    if same_square(*inner.shape):
        message = f"{name} of {inner} can be read as {name} of the matrix, and of every entry"
        raise Unreadable(message, start, end, f"write the components: {name}(A_{{ij}})")


def behind_derivative(kind: str, read: Node, following: Node, rest: list[Item], last: Node | None, whole: Node) -> None:
    """Refuse ∇fq, the gradient of f or of fq, and ∂L/∂x y; ∇f A and ∇f · A have one meaning for an array A.

    It makes no difference where all that follows is one factor, `last`, which does not depend on x.
    `whole` is the product of what follows.
    """
    if read.op == "derivative" and last is not None and _apart([last], read):
        return
    array = kind_of(rest[0]) in ("NAME", "paren", "NUM", "CDOT") and not shapes.is_scalar(following.shape)
    array = array and not (kind == "NABLA" and shapes.is_scalar(whole.shape) and not shapes.is_scalar(read.shape))
    if kind != "NABLA" or not array:
        message = f"what follows {read} can be read as part of the derivative, and as a factor"
        raise Unreadable(message, rest[0].start, rest[-1].end, "write the derivative in parentheses")


def behind_operator(rest: list[Item], made: Node, whole: Node | None) -> None:
    """Refuse ∂/∂x (f) g and ∂/∂x f · g: what follows may belong to the derivative or not.

    It belongs to it where only the whole product is a number; it makes no difference where it does not depend on x.
    The power of a bracket is a power of the bracket.
    """
    bracket = isinstance(rest[0], Syntax) and kind_of(rest[0]) == "paren"
    signs = [item for item in rest if kind_of(item) in ("CDOT", "SLASH")]
    if not signs and bracket and len(rest) > 1 and whole is not None and whole.op == "product":
        first, *others = whole.args
        shorter = [shapes.product(list(whole.args[:count])) for count in range(1, len(whole.args))]
        apart = shapes.is_scalar(first.shape) and _apart(others, made)
        if apart or (shapes.is_scalar(whole.shape) and not any(shapes.is_scalar(part.shape) for part in shorter)):
            return
    numbers = whole is not None and shapes.is_scalar(whole.shape) and len(rest) == 1
    if signs or (bracket and not numbers and (len(rest) > 1 or split(rest[0])[1])):
        message = "what follows can be read as part of the derivative, and as a factor"
        raise Unreadable(message, rest[0].start, rest[-1].end, "put all that is differentiated in one bracket")


def _apart(factors: list[Node], derivative: Node) -> bool:
    """Tell whether factors do not depend on what a derivative is taken by."""
    met = {node.data.symbol for node in shapes.walk(*factors) if node.op == "name"}
    met |= {node.data.numerator for node in shapes.walk(*factors) if node.op == "derivative"}
    return not with_ancestors(met) & set(derivative.data.denominators)


def open_operator(scope: Scope, items: list[Item], sign: str) -> None:
    """Refuse d/dx f + g if f is in no bracket: g may belong to the derivative or not."""
    for item, following in pairwise([*items, None]):
        base = operator(scope, item) if item is not None else None
        if base is not None and not (following is not None and kind_of(following) == "paren"):
            message = f"what follows this {sign} can be read as part of the derivative, and as none"
            raise Unreadable(message, base.start, items[-1].end, "put what is differentiated in brackets")


def application(scope: Scope, item: Item, read: Node, items: list[Item], index: int) -> None:
    """Refuse a value or derivative with a bracket behind it that can be read as its argument: L(0), x(y)."""
    following = items[index] if index < len(items) else None
    if not isinstance(following, Syntax) or kind_of(following) != "paren":
        return
    kind = kind_of(item)
    base, behind = split(following)
    assert base is not None
    inner: tuple[Any, ...] = base.items[0].items if len(base.items) == 1 else ()
    shown = f"{text(scope, item)}{scope.segment.text[following.start : following.end]}"
    hint = "write \\cdot between the factors"
    if kind in ("NAME", "TEXT") and read.end > item.end:
        return  # it has its argument: σ(z)(1 - σ(z))
    if read.op == "derivative" and _turned(behind) and shapes.is_vector(read.shape):
        return  # the outer product of a gradient and a vector; a derivative at a point would be a row
    if read.op == "derivative" and len(inner) > 1 and not read.data.numerator.formula:
        by = {symbol.key for symbol in read.data.denominators}
        if not any(name.key in by for name in names_in(base)):
            return  # ∂L/∂y (x - μ) of a value L, which has no argument; at a point it would have y there
    if read.op == "derivative" and kind != "paren":
        message = f"{pretty(shown)} can be read as the derivative at a point, and as a product"
        raise Unreadable(message, item.start, following.end, hint)
    single = len(inner) == 1 and len(inner[0][1].items) == 1 and not behind
    if kind == "paren" and single and any(node.op == "derivative" for node in shapes.walk(read)):
        message = f"{pretty(shown)} can be read as the derivative at a point, and as a product"
        raise Unreadable(message, item.start, following.end, hint)
    number = inner[0][1].items[0] if single and kind_of(inner[0][1].items[0]) == "NUM" else None
    sized = any(node.op in ("norm", "norm_1", "absolute") for node in (read, *read.args))
    named = any(node.op == "name" for node in shapes.walk(read))
    if number is not None and named and (sized or number.meaning == 0):
        message = f"{pretty(shown)} can be read as the value at a point, and as a product"
        raise Unreadable(message, item.start, following.end, hint)
    if kind == "NAME" and single and read.op in ("square", "power", "elementwise_square"):
        message = f"{pretty(shown)} can be read as a power of a function's value, and as a product"
        raise Unreadable(message, item.start, following.end, hint)
    if kind not in ("NAME", "TEXT") or read.op not in ("name", "dimension", "pi"):
        return
    use = read_name(item) if isinstance(item, Syntax) else None
    logistic = read.op == "pi" or (use is not None and use.letter.letter == "sigma")
    if use is not None and len(inner) > 1 and any(name.key == use.key for name in names_in(base)):
        return  # σ(1 - σ): what occurs in the bracket by itself is a value
    if _turned(behind) and not logistic and (not shapes.is_scalar(read.shape) or (use is not None and use.subs)):
        return
    if len(inner) == 1 and any(kind_of(part) == "SUM" for part in inner[0][1].items) and not logistic:
        return
    if len(inner) == 1 and use is not None and use.subs and any(kind_of(part) == "CDOT" for part in inner[0][1].items):
        return  # a member of a family beside a product: y_i(w · x_i)
    declared = read.op == "name" and read.data.symbol.kind != "definition" and not logistic
    if declared and len(inner) == 1 and _is_no_argument(inner[0][1].items):
        return  # y(\frac{1}{h}) and \gamma(dB) of declared numbers
    entry = read.op == "dimension" or (declared and use is not None and bool(use.subs))
    argument = single and kind_of(inner[0][1].items[0]) in ("NAME", "TEXT", "NUM")
    if entry and not argument and use is not None and use.letter.letter != "sigma":
        return  # A_{ij}(x_i y_j) and n(x^\top y)^{-1}: no entry and no size is a function
    derived = len(inner) == 1 and any(
        kind_of(part) in ("NABLA", "PARTIAL", "fraction", "OP") for part in inner[0][1].items
    )
    if derived and use is not None and use.subs and not logistic:
        return  # p_k(\nabla \log p_k): a member of a family, and what is no argument
    several = len(inner) == 1 and len(inner[0][1].items) > 1
    if len(inner) > 1 and not logistic:
        return
    if several and not shapes.is_scalar(read.shape) and not logistic:
        return
    letter = (word_of(use.letter.letter) or use.letter.letter) if use is not None else ""
    message = f"{pretty(shown)} can be read as {letter} applied, and as a product; {letter} is a value"
    raise Unreadable(message, item.start, following.end, hint)


def _is_no_argument(items: tuple[Syntax, ...]) -> bool:
    """Tell whether a bracket holds one fraction, or one differential."""
    kinds = [kind_of(item) for item in items]
    return kinds == ["fraction"] or (
        kinds == ["NAME", "NAME"] and items[0].kind == "NAME" and items[0].meaning.letter == "d"
    )


def spelled(scope: Scope, items: list[Item], index: int) -> None:
    r"""Refuse log(x) typed letter by letter, which prints a product and reads as \log(x)."""
    word, found, end, unknown = "", "", 0, False
    for position, item in enumerate(items[index : index + _LONGEST_WORD], index + 1):
        base, scripts = split(item)
        use = plain_name(item) if isinstance(item, Syntax) else None
        if base is None or base.kind != "NAME" or base.meaning.accent or base.meaning.bold:
            break
        word += base.meaning.letter
        unknown = unknown or (use is not None and scope.table.find(use) is None)
        bracket = position < len(items) and kind_of(items[position]) == "paren"
        if word in WORDS_OF_FUNCTIONS and (bracket or unknown):
            found, end = word, item.end
        if scripts:
            break
    if found:
        message = f"{found} is typed letter by letter here: it prints a product, and reads as a function"
        macro = f"\\{found}" if found in OPERATOR_MACROS else f"\\operatorname{{{found}}}"
        raise Unreadable(message, items[index].start, end, f"write {macro}, or \\cdot between the factors")


_LONGEST_WORD = max(len(word) for word in WORDS_OF_FUNCTIONS)


def differential(scope: Scope, items: list[Item], index: int) -> None:
    """Refuse dL where d is a letter of a dimension: it reads as a differential."""
    first, following = items[index], items[index + 1] if index + 1 < len(items) else None
    if not isinstance(first, Syntax) or not isinstance(following, Syntax):
        return
    if first.kind == "NAME" and first.meaning.letter == "d" and kind_of(following) == "NAME":
        message = f"d{text(scope, following)} reads as a differential, and d is a number here"
        hint = "write \\frac{\\partial L}{\\partial x}, or with \\mathrm d for d; a product is d\\cdot"
        raise Unreadable(message, first.start, following.end, hint)


def letter_t(scope: Scope, base: Node, letter: str, start: int, end: int) -> None:
    """Refuse ^T where it can be a power: T is a letter of this derivation, or the base is a scalar."""
    known = letter in scope.table.dims or any(letter in (key[0], key[2], *key[3]) for key in scope.table.symbols)
    known = known or letter in scope.ranged or letter in scope.free or any(i.letter == letter for i in scope.bound)
    if known or letter in scope.table.letters or shapes.is_scalar(base.shape):
        message = f"^{letter} can be read as the transpose and as the power {letter}"
        hint = f"write ^\\top for the transpose; a power needs another letter than {letter} for its exponent"
        raise Unreadable(message, start, end, hint)


def same_square(rows: Dim, columns: Dim) -> bool:
    """Tell whether an array is a square matrix."""
    return rows.root() is columns.root() and not shapes.is_one(rows)


def bars(base: Syntax) -> None:
    """Refuse | |x| | typed as bars, which prints a norm."""
    items = only_items(base.items[0])
    if len(items) == 1 and kind_of(items[0]) == "absolute":
        raise Unreadable(
            "two bars are read as | |x| |, and print a norm", base.start, base.end, "write \\lVert … \\rVert"
        )
