"""A row and its statements: where one ends, which words are passed over, and which commas belong to a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.source.spellings.respelled import NAMES
from report_src.derivations.source.tokens import Tok, argument, group
from report_src.derivations.source.vocabulary import ALL_WORDS, BOUNDS, DOTS, OPERATORS, RELATIONS, SPACES, WORDS
from report_src.derivations.words.sentences import DENIALS

# commands that prose inside a derivation may use: none of them changes how a formula is printed
PROSE = frozenset(
    {"\\emph", "\\textbf", "\\textit", "\\textrm", "\\textsf", "\\texttt", "\\mbox", "\\footnote", "\\enquote"}
    | {"\\cref", "\\Cref", "\\ref", "\\eqref", "\\pageref", "\\cite", "\\label", "\\item", "\\par", "\\noindent"}
    | {"\\smallskip", "\\medskip", "\\bigskip", "\\ldots", "\\dots", "\\S", "\\\\", "\\ ", "\\,", "\\-", "\\/", "\\@"}
    | {"\\%", "\\&", "\\#", "\\_", "\\$", "\\quad", "\\qquad", "\\'", '\\"', "\\`", "\\^", "\\~", "\\ss", "\\o"}
)
# words that lead from one statement of a row to the next
CONNECTIVES = frozenset(
    {"whenever", "provided", "and", "or", "so", "thus", "hence", "therefore", "but", "where", "with", "for"}
    | {"all", "every", "each", "any", "since", "as", "because", "then", "now", "let", "also"}
    | {"that", "is", "are", "we", "have", "get", "obtain", "gives", "which", "means"}
    | {"i.e.", "by", "from", "the", "a", "an", "in", "on", "of", "it"}
    | {"its", "if", "when", "here", "finally", "likewise", "similarly", "while", "whereas", "again"}
    | {"first", "second", "of", "both", "same", "rule", "chain", "product", "sum", "definition"}
    | {"linearity", "symmetry"}
)
# parts of a rule's name; \text{the sum of } x is a part of the formula
_NOUNS = frozenset({"sum", "product", "quotient", "power"})
# first words of a note without brackets; any other may be read with the formula before it: A transposed
_STEPS = frozenset(
    {"by", "from", "using", "use", "since", "because", "as", "see", "expand", "expanding", "substitute", "substituting"}
    | {"insert", "inserting", "plug", "plugging", "rearrange", "rearranging", "reorder", "regroup", "collect"}
    | {"collecting", "simplify", "simplifying", "apply", "applying", "completing", "complete", "distribute"}
)
# words that alone may say what is done to the formula before them: A^{-1} = A (inverse)
_OBJECTS = frozenset(
    {"inverse", "transpose", "determinant", "norm", "gradient", "derivative", "derivatives", "logarithm", "logarithms"}
    | {"exponential", "exponents", "square", "factor", "factors", "index", "indices", "matrix", "vector", "scalar"}
    | {"inner", "dot", "series", "out", "the", "of", "a", "an", "and"}
)
# words of a note that explains a row; any other word may change what the row says
_EXPLAINING = frozenset(
    CONNECTIVES
    | _STEPS
    | _OBJECTS
    | {"step", "steps", "row", "rows", "line", "equation", "eq", "lemma", "theorem", "part", "above", "below", "before"}
    | {"last", "previous", "trivially", "trivial", "clearly", "symmetric", "quotient", "power", "cyclic", "cyclicity"}
    | {"trace", "property", "identity", "orthogonality", "assumption", "hypothesis", "induction", "substitution"}
    | {"terms", "leibniz", "jensen", "cauchy-schwarz", "inequality", "taylor", "associativity", "commutativity"}
    | {"distributivity", "difference", "squares", "binomial", "formula", "formulas", "identities", "factoring"}
    | {"factorise", "factorize", "common", "denominator", "numerator", "expansion", "regrouping", "reordering"}
    | {"distributing", "distributive", "associative", "commutative", "law", "laws", "rules", "properties", "add"}
    | {"adding", "subtract", "subtracting", "multiply", "multiplying", "divide", "dividing", "cancel", "cancelling"}
    | {"canceling", "simplification", "evaluate", "take", "taking", "differentiate", "differentiating", "transposing"}
    | {"orthogonal", "orthonormal", "idempotent", "telescoping", "geometric", "triangle", "cauchy", "schwarz", "bayes"}
    | {"woodbury", "sherman", "morrison", "pythagoras", "euler", "lagrange", "claimed", "required", "desired", "third"}
    | {"notation", "definitions", "algebra", "arithmetic", "calculus", "rearrangement", "cancellation"}
    | {"differentiation", "expectation", "independence"}
)
# first words of a note that tells the step to a row
_TELLING = frozenset(
    _STEPS - {"as"}
    | {"swap", "swapping", "switch", "switching", "exchange", "exchanging", "interchange", "interchanging", "pull"}
    | {"pulling", "push", "pushing", "move", "moving", "bring", "bringing", "write", "writing", "rewrite", "rewriting"}
    | {"express", "expressing", "split", "splitting", "separate", "separating", "combine", "combining", "merge"}
    | {"merging", "group", "grouping", "gather", "gathering"}
    | {"factor", "factoring", "cancel", "cancelling", "canceling"}
    | {"evaluate", "evaluating", "compute", "computing", "calculate", "calculating", "differentiate", "differentiating"}
    | {"recall", "recalling", "recognise", "recognize", "recognising", "recognizing", "invoke", "invoking", "employ"}
    | {"employing", "exploit", "exploiting", "unroll", "unrolling", "unfold", "unfolding", "isolate", "isolating"}
    | {"definition", "def", "defn", "property", "properties", "linearity", "independence", "symmetry", "identity"}
    | {"law", "rule", "chain", "product", "quotient", "power", "theorem", "lemma", "follows"}
)
# what follows such a word: names of what a row is made of, and the words between them; any other may change the row
_PLAIN = frozenset(
    {"the", "a", "an", "of", "out", "in", "into", "to", "from", "with", "and", "both", "each", "its", "this", "that"}
    | {"as", "front", "inside", "outside", "sides", "side", "is", "are", "we", "it", "again", "together", "apart", "by"}
    | {"sum", "sums", "product", "products", "factor", "factors", "term", "terms", "constant", "constants", "scalar"}
    | {"scalars", "matrix", "matrices", "vector", "vectors", "derivative", "derivatives", "gradient", "gradients"}
    | {"definition", "definitions", "variance", "covariance", "trace", "norm", "inner", "outer", "dot", "rule", "rules"}
    | {"chain", "quotient", "power", "law", "laws", "identity", "property", "properties", "linearity", "symmetry"}
    | {"associativity", "commutativity", "distributivity", "distributive", "associative", "commutative", "index"}
    | {"indices", "logarithm", "logarithms", "log", "exponent", "exponents", "exponential", "exponentials", "fraction"}
    | {"denominator", "numerator", "bracket", "brackets", "parentheses", "row", "rows", "column", "columns", "entries"}
    | {"component", "components", "series", "geometric", "binomial"}
    | {"softmax", "sigmoid", "logistic", "entropy", "loss"}
    | {"likelihood", "jacobian", "hessian", "previous", "above", "last", "first", "second", "third", "equation", "step"}
    | {"line", "result", "formula", "recursion", "notation", "order", "summation", "common", "like", "variables"}
    | {"commutes", "commute", "linear", "follows", "cyclic", "transpose", "inverse", "bayes", "leibniz", "taylor"}
    | {"cauchy-schwarz", "jensen", "lemma", "theorem", "assumption", "induction", "hypothesis", "substitution"}
)
_REFERENCE = re.compile(
    r"(?:\\(?:[cC]ref|ref|eqref|pageref)\s*\{[^{}]*\}"
    r"|\b(?:by|from|see|using|steps?|rows?|rule|eq|equation|line|lemma|theorem|part|definition|assumption)[.~\s]+"
    r"\(?[A-Z]?\d+(?:\.\d+)*[a-z]?\b\)?)"
)
_NUMBER = re.compile(r"[(\[]?(?:[A-Za-z]|[A-Z]{0,4}\d+(?:\.\d+)*[a-z]?|[ivxIVX]+|\*+)'*[)\]]?\.?")
# words behind which a formula says where the row holds
CONDITIONS = frozenset({"if", "when", "whenever", "for", "provided", "unless"})
_MILD = frozenset({"with", "where", "that"})  # words behind which a bound says so, and an equality is a statement
_CITED = frozenset({"\\cref", "\\Cref", "\\ref", "\\eqref"})
_INSIDE = _CITED | {"\\emph", "\\ ", "\\,", "\\-", "\\%", "\\&", "\\_", "\\#", "\\'", '\\"', "\\`", "\\quad", "\\qquad"}
_PASSED = SPACES | {"\\quad", "\\qquad", "\\nonumber", "\\notag", "{", "}"}
_ENDS = frozenset({",", ".", ";", "\\label", "\\tag", "\\unchecked"})
_DROPPED = frozenset({"\\nonumber", "\\notag"})
_DROPPED_WITH_ARGUMENT = frozenset({"\\label", "\\tag"})
_SEPARATORS = frozenset({",", "\\quad", "\\qquad", "\\Rightarrow", "\\implies", "\\therefore"})
_BINDING = frozenset({"(", "[", "_", "^", "'", "+", "-", "\\odot", "\\circ", "\\cdot", "/"} | set(RELATIONS))
_SIZES = frozenset({"left", *(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l"))})
_OPEN, _CLOSE = frozenset({"(", "[", "\\{", "\\langle"}), frozenset({")", "]", "\\}", "\\rangle"})


@dataclass
class Segment:
    """One statement: its text and, for each part of the text, the offset in the file it came from."""

    text: str
    parts: list[tuple[int, int]]
    relations: tuple[str, ...] = ()
    first: str = ""
    separator: str = ""
    cell: int = 0  # number of & before its first token
    cells: tuple[int, ...] = ()  # number of & before each relation; one before its & counts it
    condition: bool = False  # whether it says where the formula beside it holds
    everywhere: bool = False  # whether that is for all values of what it names
    leads: tuple[str, ...] = ()  # the words, arrows and spaces before it, back to the formula beside it
    aside: bool = False  # whether it explains a formula before it, behind "where": the row below does not go on from it

    @property
    def bounds(self) -> bool:
        r"""Whether its relations are <, >, \le, \ge and \ne alone, so that it may say where another formula holds."""
        return bool(self.relations) and BOUNDS.issuperset(self.relations)

    @property
    def requires(self) -> bool:
        r"""Whether it says what is to hold, and holds in the rows below: a \overset{!}{=} b."""
        return "required" in self.relations

    def locate(self, offset: int) -> int:
        """Return the offset in the file of an offset in `text`."""
        begin, place = max((part for part in self.parts if part[0] <= offset), default=self.parts[0])
        return place + offset - begin

    def join(self, other: Segment, glue: str = " ") -> Segment:
        """Return both texts as one statement."""
        shift = len(self.text) + len(glue)
        parts = self.parts + [(shift + begin, place) for begin, place in other.parts]
        relations = self.relations + other.relations
        cells = self.cells + other.cells
        text = self.text + glue + other.text
        mine = (self.condition, self.everywhere)
        return Segment(text, parts, relations, self.first, other.separator, self.cell, cells, *mine)


def split(text: str, toks: list[Tok]) -> tuple[list[Segment], str | None]:
    """Split a row into its statements; return them and the reason of an unchecked row."""
    found: list[Segment] = []
    current: list[Tok] = []
    cells: list[int] = []
    unchecked = None
    leads: list[str] = []
    condition = everywhere = mild = where = False
    index = depth = columns = 0
    _refuse_mathematics_in_words(toks)

    def close(separator: str) -> None:
        nonlocal condition, everywhere, mild, where
        while current and current[-1].text == ".":
            current.pop()
            cells.pop()
        if current:
            inside = _bracketed(current)
            beside = inside != slice(None) and bool(found)
            made = [_segment(text, *part, separator) for part in _named(current[inside], cells[inside])]
            made[-1].condition, made[-1].everywhere = condition or beside or (mild and made[-1].bounds), everywhere
            made[-1].aside, made[0].leads = where and bool(found), tuple(leads)
            leads.clear()
            found.extend(made)
            condition = everywhere = mild = where = False
        leads.extend([] if separator in ("text", "end") else [separator])
        current.clear()
        cells.clear()

    while index < len(toks):
        tok = toks[index]
        if tok.text == "{":
            stop = group(toks, index)
            current.extend(toks[index : stop + 1])
            cells.extend([columns] * (stop + 1 - index))
            index = stop + 1
            continue
        if tok.text == "\\begin" and (stop := _matrix(toks, index)):
            current.extend(toks[index:stop])
            cells.extend([columns] * (stop - index))
            index = stop
            continue
        if tok.text == "}":
            raise Unreadable("this brace closes nothing", tok.start)
        if tok.text == "(" and (after := _behind_note(text, toks, index)):
            close("text")
            index = after
            continue
        depth = max(0, depth + (tok.text in _OPEN) - (tok.text in _CLOSE))
        index += 1
        if tok.text in _DROPPED:
            continue
        if tok.text in _DROPPED_WITH_ARGUMENT:
            bare = index < len(toks) and toks[index].text == "*"  # printed without brackets
            words, index = argument(toks, index + bare, text)
            if tok.text == "\\tag" and (denied := DENIALS & set(re.findall(r"[a-z']+", words.lower()))):
                raise Unreadable(f"'{min(denied)}' takes back what the row says", tok.start, tok.end, _OUTSIDE)
            single = words.strip() if bare and re.fullmatch(r"\s*(?:\w|\*+)\s*", words) else ""  # a factor
            if tok.text == "\\tag" and (unread := _unexplaining(words) or single):
                raise Unreadable(f"'{unread}' in a tag is printed as a part of the row", tok.start, tok.end, _OUTSIDE)
        elif tok.text == "\\unchecked":
            unchecked, index = argument(toks, index, text)
            unchecked = unchecked.strip() or "no reason given"
        elif tok.text in WORDS and not (current and current[-1].text in "_^"):
            words, after = argument(toks, index, text)
            if words.strip() in OPERATORS or words in _names_of_words(text):
                current.append(tok)
                cells.append(columns)
                continue
            _refuse_word(words, tok, toks[after:])
            if tok.text == "\\text":
                _refuse_sentence(words, toks[index - 1 : after], toks[: index - 1], toks[after:], bool(current))
            elif not re.search(r"[.:;,]\s*\Z", words) or _BELOW.search(
                words
            ):  # the row below goes on with the sentence
                _refuse_denial(words, tok)
            close("text")
            said = set(re.findall(r"[a-z]+", words.lower()))
            leads.append(words.strip(" ,;:.~").lower())
            condition, mild, where = (
                tok.text == "\\text" and bool(CONDITIONS & said),
                bool(_MILD & said),
                words.strip(" ,;") in ("where", "with"),
            )
            goes_on = words.strip() == "and" and bool(found) and found[-1].everywhere and not found[-1].relations
            everywhere = goes_on or _EVERYWHERE.search(words) is not None
            index = after
        elif tok.text == "\\forall":
            close("text")
            leads.append("for all")
            condition = everywhere = True
        elif tok.text == "&":
            columns += 1
            if columns % 2 == 0:
                close("&")
        elif tok.text in _SEPARATORS and depth == 0:
            close(tok.text)
        else:
            current.append(tok)
            cells.append(columns + (tok.text in RELATIONS and index < len(toks) and toks[index].text == "&"))
    close("end")
    return found, unchecked


def _behind_note(text: str, toks: list[Tok], index: int) -> int:
    r"""Return the index behind a note that ends a row with its brackets outside, (\text{by symmetry}); 0 elsewhere."""
    apart = index > 0 and toks[index - 1].text in _APART
    if not apart or index + 2 >= len(toks) or toks[index + 1].text != "\\text" or toks[index + 2].text != "{":
        return 0
    words, stop = argument(toks, index + 2, text)
    if not re.search(r"[A-Za-z]{2}", words):
        return 0  # a factor
    ends = stop < len(toks) and toks[stop].text == ")" and all(tok.text in _AFTER for tok in toks[stop + 1 :])
    return stop + 1 if ends and not _unexplaining(words) else 0


_APART = frozenset({"&", "\\quad", "\\qquad"})
_AFTER = _PASSED | {",", ".", ";"}
_EVERYWHERE = re.compile(r"\bfor (?:all|each|every|any)\s*\Z", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![_^{])\\text\{([A-Za-z]{2,20})\}\s*(?:\([^()]*\)|_\{?\w+\}?)?\s*&?\s*(?::=|\\coloneqq?(?![a-z])|\\in(?![a-z]))"
)


@lru_cache(maxsize=8)
def _names_of_words(text: str) -> frozenset[str]:
    r"""Return the words that are names, because a text defines or declares them: \text{MSE} \coloneqq."""
    return frozenset(_NAMED.findall(text)) - CONNECTIVES - DENIALS


def _bracketed(toks: list[Tok]) -> slice:
    r"""Return the place of what a bracket around a whole statement holds: (i \\ne j) says i \\ne j."""
    places = [at for at, tok in enumerate(toks) if tok.text not in SPACES]
    depths = list(accumulate((toks[at].text in _OPEN) - (toks[at].text in _CLOSE) for at in places))
    closed = toks[places[0]].text == "(" and 0 not in depths[:-1] and toks[places[-1]].text == ")" if places else False
    says = any(depth == 1 and toks[at].text in RELATIONS for at, depth in zip(places, depths, strict=True))
    return slice(places[0] + 1, places[-1]) if closed and says else slice(None)


def _matrix(toks: list[Tok], index: int) -> int:
    r"""Return the index behind the \end of the innermost \begin at `index`; rows.py lets only matrices through."""
    depth = 0
    for at in range(index, len(toks)):
        depth += (toks[at].text == "\\begin") - (toks[at].text == "\\end")
        if depth == 0:
            return group(toks, at + 1) + 1
    return 0


def _refuse_word(words: str, tok: Tok, rest: list[Tok]) -> None:
    """Refuse a bare word that is printed as a function or as a side: what is left of the row would be another row."""
    following = next((other.text for other in rest if other.text != "&" and other.text[1:] not in _SIZES), "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", words) or following not in _BINDING:
        return
    near = next((name for name in OPERATORS if name.lower() == words.lower()), "")
    if near:
        hint = f"did you mean \\operatorname{{{near}}}?"
    elif following in ("(", "["):
        hint = f"the operators are {', '.join(sorted(OPERATORS))}; words that lead to a row end in a space"
    else:
        hint = "declare a name for it; words that lead to a row end in a space, \\text{so }"
    raise Unreadable(f"the word '{words}' is part of the formula here, and no name", tok.start, tok.end, hint)


# what prints nothing before the first sign of a row: a row that begins with {}+ begins with +
_BEFORE = frozenset({"\\,", "\\;", "\\:", "\\!", "\\ ", "~", "{", "}"})


def _named(toks: list[Tok], cells: list[int]) -> list[tuple[list[Tok], list[int]]]:
    r"""Return what a statement says that names its right side: a = b =: g says a = b and g := b."""
    opened, closed = _OPEN | {"{"}, _CLOSE | {"}"}
    depths = accumulate((tok.text in opened) - (tok.text in closed) for tok in toks)
    signs = [
        at for at, depth in enumerate(depths) if depth == 0 and (toks[at].text in RELATIONS or toks[at].text == NAMES)
    ]
    if not signs or toks[signs[-1]].text != NAMES:
        return [(toks, cells)]
    at, relation = signs[-1], signs[-2] if len(signs) > 1 else -1
    defined = [*toks[at + 1 :], Tok(":=", *toks[at][1:]), *toks[relation + 1 : at]]
    places = [*cells[at + 1 :], cells[at], *cells[relation + 1 : at]]
    return [*([(toks[:at], cells[:at])] if relation >= 0 else []), (defined, places)]


def _segment(text: str, toks: list[Tok], cells: list[int], separator: str) -> Segment:
    """Make a segment of its tokens; what was left out of the row becomes spaces."""
    start, pieces, at = toks[0].start, [], toks[0].start
    parts, length = [(0, start)], 0
    for tok in toks:
        gap = " " * (tok.start - at)
        if length + len(gap) != tok.start - parts[-1][1] + parts[-1][0]:  # a macro was expanded
            gap = gap or " "
            parts.append((length + len(gap), tok.start))
        pieces.append(gap + tok.text)
        length += len(pieces[-1])
        at = tok.end
    depth, relations, aligned = 0, [], []
    for tok, cell in zip(toks, cells, strict=True):
        depth += (tok.text in ("{", "(", "[")) - (tok.text in ("}", ")", "]"))
        if depth == 0 and tok.text in RELATIONS:
            relations.append(RELATIONS[tok.text])
            aligned.append(cell)
    first = next((tok.text for tok in toks if tok.text not in _BEFORE), "")
    return Segment("".join(pieces), parts, tuple(relations), first, separator, cells[0], tuple(aligned))


def joined_lists(segments: list[Segment]) -> list[Segment]:
    """Join what a comma only seemed to separate: `W, U \\in …`, `n = 1, \\dots, N` and `n = 1, 2, \\dots, N`."""
    joined: list[Segment] = []
    index = 0
    while index < len(segments):
        segment = segments[index]
        following = segments[index + 1].text.strip() if index + 1 < len(segments) else ""
        if segment.text.strip() == "2" and joined and following in DOTS:
            joined[-1] = joined[-1].join(segment, ",")
            index += 1
            continue
        if segment.text.strip() in DOTS and joined and index + 1 < len(segments):
            joined[-1] = joined[-1].join(segment, ",").join(segments[index + 1], ",")
            index += 2
            continue
        while (
            not segment.relations
            and segment.separator == ","
            and index + 1 < len(segments)
            and (set(segments[index + 1].relations) & {"in", ":", ">", ">="} or not segments[index + 1].relations)
            and segments[index + 1].text.strip() not in DOTS
        ):
            index += 1
            segment = segment.join(segments[index], ",")
        joined.append(segment)
        index += 1
    return joined


# what makes words a formula; a relation is one without dollars too
_MATHEMATICS = frozenset({"$", "\\(", "\\[", "\\ensuremath", "\\begin", *"=<>≈≠≤≥≡∝"})


def _refuse_mathematics_in_words(toks: list[Tok]) -> None:
    r"""Refuse mathematics and commands in \text, \intertext, \mbox and \tag, at any depth of a row.

    A command that is not known to print words may print a formula.
    """
    for index, tok in enumerate(toks):
        if tok.text not in ALL_WORDS or index + 1 >= len(toks):
            continue
        at = index + 2 if toks[index + 1].text == "*" else index + 1
        for inner in toks[at : group(toks, at)] if at < len(toks) and toks[at].text == "{" else toks[at : at + 1]:
            if inner.text in _MATHEMATICS:
                hint = "write the formula in the row, or in the text between two displays"
                raise Unreadable(f"mathematics inside {tok.text} is not read", inner.start, inner.end, hint)
            if inner.text[0] == "\\" and inner.text not in _INSIDE:
                raise Unreadable(f"{inner.text} is not read inside {tok.text}", inner.start, inner.end)


def _refuse_denial(words: str, tok: Tok, end: int | None = None) -> None:
    """Refuse words beside a formula that take back what it says: "it is false that"."""
    found = [word.strip(".'") for word in re.findall(r"[a-z][a-z.'’-]*", words.lower())]
    denied = next((word for word in found if word.replace("’", "'") in DENIALS or word.startswith("non-")), "")
    if denied:
        what = f"'{denied}' takes back what the row says, and the row is checked as true"
        raise Unreadable(what, tok.start, tok.end if end is None else end, _OUTSIDE)


def _refuse_sentence(words: str, place: list[Tok], before: list[Tok], after: list[Tok], beside: bool) -> None:
    r"""Refuse the words of a \text that a reader would take for a part of the formula, or that deny it.

    `x\text{2}` -> refused; `x = y \text{, and } z = w` -> passed over. `before` and `after` are the other tokens of
    the row; `beside` is whether a formula comes directly before.
    """
    start, end = place[0].start, place[-1].end
    follows = [tok for tok in after if tok.text not in _PASSED]
    leads = bool(follows) and follows[0].text not in _ENDS
    formula = any(tok.text not in _PASSED | {"&"} for tok in [*before, *after])
    plain = " ".join(re.sub(r"\\(?:[cC]ref|ref|eqref|emph)\s*\{([^{}]*)\}|\\[ ,]|~", r" \1 ", words).split())
    found = [word.lower() for word in re.findall(r"[A-Za-z][A-Za-z.'’-]*", plain)]
    bare = [word if word in CONNECTIVES else word.strip(".'") for word in found]
    if formula:
        _refuse_denial(" ".join(bare), place[0], end)
    gaps = _PASSED - {"\\!", "{", "}"} | {"&"}
    spaced = bool(before) and before[-1].text in gaps | {","}
    glued = beside and not spaced and not re.match(r"[\s,;:.(~]|\\ ", words)
    if glued or (leads and not re.search(r"[\s:~]$|\\ $", words) and after[0].text not in gaps):
        split_note = plain.strip(".") == ")" or (bool(before) and before[-1].text == "(")
        hint = _NOTE if split_note else _SPACE
        raise Unreadable(f"the words '{plain}' are printed as a part of the formula", start, end, hint)
    unknown = next((word for word in bare if word not in CONNECTIVES), "")
    named = pairwise([*bare, ""])
    unknown = unknown or next((word for word, rest in named if word in _NOUNS and rest != "rule"), "")
    other = re.search(r"[^A-Za-z\s.,;:()'’-]", plain) or (not bare and plain.strip(",.;:"))
    note = re.fullmatch(r"[,;]?\s*\([^()]*(?:\([^()]*\)[^()]*)*\)[.,;]?", plain) is not None
    apart = bool(before) and before[-1].text in _APART and not follows  # in a cell of its own at the end of a row
    note = note or (apart and (not _TELLING.isdisjoint(bare[:1]) or _tells_step(bare)))
    if note:
        unknown, other = _unexplaining(words), False
    if formula and (unknown or other):
        near = next((name for name in OPERATORS if name.lower() == unknown), "")
        what = f"'{unknown or plain}' is not a word that leads from one statement to the next"
        raise Unreadable(what, start, end, f"did you mean \\operatorname{{{near}}}?" if near else _OUTSIDE)


def _unexplaining(words: str) -> str:
    """Return what a note or a tag holds beside a number and words that explain a row, or an empty string."""
    plain = re.sub(r"\\(?:emph\b|[ ,])|[{}~]", " ", _REFERENCE.sub(" ", words))
    if _NUMBER.fullmatch(plain.strip()):
        return ""
    other = re.search(r"[^A-Za-z\s.,;:()'’-]", plain)
    found = re.findall(r"[a-z](?:[a-z'’]|-(?!-))*", plain.lower())
    if found and _OBJECTS.issuperset(found) and found[1:2] != ["out"]:
        return found[0]
    named = pairwise([*found, ""])
    wrong = (word for word, rest in named if word not in _EXPLAINING or (word in _NOUNS and rest != "rule"))
    one = re.search(r"[.;:]\s+\w", plain) is None  # sentence
    return other.group() if other else "" if one and _tells_step(found) else next(wrong, "")


def _tells_step(words: list[str]) -> bool:
    """Whether the words of a note tell the step to its row, and nothing of the row: "pull out the constant"."""
    if words[:1] == ["we"] or words[1:2] == ["follows"]:
        words = words[1:]  # we pull it out, which follows from linearity
    if len(words) == 1:
        return words[0] in _TELLING and words[0].endswith("ing")
    return bool(words) and words[0] in _TELLING and _PLAIN.issuperset(words[1:])


_BELOW = re.compile(r"\b(?:following|below|next)\b", re.IGNORECASE)  # words that speak of the row below
_OUTSIDE = "write it in the text outside the display; a note at the end of a row belongs in parentheses"
_NOTE = "a note at the end of a row has its brackets inside, \\text{(by symmetry)}, and holds no formula"
_SPACE = "words that lead to a row end in a space, \\text{so }; words behind a formula begin with one, \\text{ and }"
