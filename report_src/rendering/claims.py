r"""Judging sentences bound to the numbers they judge.

    \BLOCK{claim "id" if a > b} sentence \BLOCK{otherwise if a < b} sentence \BLOCK{otherwise} sentence \BLOCK{endclaim}
    \BLOCK{say "id": "higher" if a > b otherwise "lower"}

One branch is printed; where none holds the build stops. Every claim is kept with its condition and its values,
and marked where it holds by less than its noise: the half width of the interval over replicates of what it compares.
"""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from report_src.errors import RenderError
from report_src.numbers.claim_records import Claim, Comparison, noise_of
from report_src.numbers.conditions import never_decides
from report_src.numbers.values import Branch
from report_src.rendering.source_marks import claim_marked, take_out

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}
_BRANCH = re.compile(r"\\BLOCK\{\s*(?:otherwise|claim\s+\"[^\"]*\")\s*(?:if\s+(.*?))?\s*\}", re.DOTALL)


_LATEX = re.compile(r"\\[A-Za-z]*|\$|[\x00-\x08\x0b-\x1f]")  # what the words of a say are not
Branches = list[tuple[nodes.Expr | None, list[nodes.Node]]]  # each a condition, None of the last, and what it prints


def _never_printed(branches: Branches) -> str:
    """Return why a branch of a claim can't be printed, or makes no difference; "" where each may be."""
    conditions = [condition for condition, _ in branches]
    if None in conditions[:-1]:
        return "the branch behind \\BLOCK{otherwise} is never printed; take it out, or write \\BLOCK{otherwise if …}"
    if any(test is not None and nodes.Not(test).find(nodes.Name) is None for test in conditions):
        return "a condition reads no result, so that it is always true or always false; name a key in it"
    if any(_compares_itself(test) for test in conditions if test is not None):
        return "a condition compares a key with itself, so that it is always true or always false; name another key"
    if wrong := never_decides(conditions):
        return wrong
    texts = [_printed_pieces(body) for _, body in branches]
    if any(text in texts[:number] for number, text in enumerate(texts)):
        return "two branches print the same, whatever the results are; write the sentence without a claim"
    return ""


def _compares_itself(test: nodes.Expr) -> bool:
    """Whether a condition has the same expression on both sides."""
    compared = nodes.Not(test).find_all(nodes.Compare)
    return any(one.expr == operand.expr for one in compared for operand in one.ops)


def _printed_pieces(body: list[nodes.Node]) -> list[Any]:
    """Return what a branch prints, without the marks of its place."""
    pieces = [piece for node in body for piece in (node.nodes if isinstance(node, nodes.Output) else [node])]
    return [take_out(one.data)[0].split() if isinstance(one, nodes.TemplateData) else one for one in pieces]


class Claims(Extension):
    """The tags `claim` and `say`. `environment.ledger` and `environment.claims` hold what was read and decided."""

    tags = {"claim", "say"}  # noqa: RUF012 (jinja2 asks for a set)

    def parse(self, parser: Parser) -> nodes.Node:
        """Parse one claim, block or inline."""
        token = next(parser.stream)
        identity = self._name(parser, token.value)
        branches = self._block(parser) if token.value == "claim" else self._inline(parser)
        conditions = [condition for condition, _ in branches]
        if len(branches) < 2:
            parser.fail(
                f"claim '{identity}' has one branch; expected at least two, as it could not be false: "
                "add \\BLOCK{otherwise} and the sentence for when it does not hold",
                token.lineno,
            )
        if conditions[0] is None:
            parser.fail(
                f"claim '{identity}' starts without a condition; write \\BLOCK{{claim \"{identity}\" if …}}",
                token.lineno,
            )
        if wrong := _never_printed(branches):
            parser.fail(f"claim '{identity}': {wrong}", token.lineno)
        arguments = [identity, parser.name or "?", token.lineno, self._source(parser, identity), len(branches)]
        return self._decision(branches, arguments, token.lineno)

    @staticmethod
    def _name(parser: Parser, tag: str) -> str:
        """Return a claim's name, which is in quotes."""
        found = parser.stream.current
        if found.type != "string":
            parser.fail(
                f"expected the name of the {tag} in quotes, got {found.value}; "
                f'write \\BLOCK{{{tag} "my-name"{" if …" if tag == "claim" else ": …"}}}',
                found.lineno,
            )
        return str(next(parser.stream).value)

    def _block(self, parser: Parser) -> Branches:
        branches: Branches = []
        condition = self._condition(parser)
        while True:
            body = parser.parse_statements(("name:otherwise", "name:endclaim"))
            branches.append((condition, body))
            if next(parser.stream).value == "endclaim":
                return branches
            condition = self._condition(parser)

    def _inline(self, parser: Parser) -> Branches:
        parser.stream.expect("colon")
        branches: Branches = []
        more = True
        while more:
            words = parser.parse_primary()
            line = words.lineno
            if isinstance(words, nodes.Const) and (latex := _LATEX.search(str(words.value))):
                parser.fail(
                    f"the words of a say are printed as they are typed, and {latex.group()!r} is none of them; "
                    "write LaTeX in a \\BLOCK{claim …}",
                    line,
                )
            condition = self._condition(parser)
            if parser.stream.current.test("name:else"):
                parser.fail("the words for when it does not hold follow `otherwise`: write that for else", line)
            branches.append((condition, [nodes.Output([words], lineno=line)]))
            more = bool(parser.stream.skip_if("name:otherwise"))
        return branches

    @staticmethod
    def _condition(parser: Parser) -> nodes.Expr | None:
        return parser.parse_expression(with_condexpr=False) if parser.stream.skip_if("name:if") else None

    def _source(self, parser: Parser, identity: str) -> tuple[str, ...]:
        """Return the conditions as the author typed them."""
        source = getattr(self.environment, "source_of", {}).get(parser.name, "")
        start = re.search(rf'\\BLOCK\{{\s*(?:claim|say)\s+"{re.escape(identity)}"', source)
        if not start:
            return ()
        if "say" in start.group():
            end = min(source.find(mark, start.end()) % (len(source) + 1) for mark in ("}", "\n"))
            return (source[start.end() : end].strip(" :"),)
        end = source.find("endclaim", start.end())
        tags = _BRANCH.findall(source[start.start() : end])
        return tuple(" ".join(tag.split()) or "otherwise" for tag in tags)

    def _decision(self, branches: Branches, arguments: list[Any], line: int) -> nodes.Node:
        begun = self.call_method("_begin", [nodes.Const(argument) for argument in arguments])
        chain: list[nodes.Node] = [nodes.Output([self.call_method("_none_holds", [])])]
        for number, (condition, body) in reversed(list(enumerate(branches))):
            test = nodes.Const(True) if condition is None else self._watched(condition)
            marked = self.call_method("_mark", []) if number else begun
            decided = self.call_method("_decide", [nodes.Const(number), test])
            printed = nodes.CallBlock(self.call_method("_printed", []), [], [], body)
            chain = [nodes.If(nodes.And(marked, decided), [printed], [], chain)]
        return chain[0].set_lineno(line)

    def _watched(self, expression: nodes.Expr) -> nodes.Expr:
        """Route comparisons of two values through `_compare`, which keeps what it saw."""
        if isinstance(expression, nodes.And | nodes.Or):
            kind = type(expression)
            return kind(self._watched(expression.left), self._watched(expression.right))
        if isinstance(expression, nodes.Not):
            return nodes.Not(self._watched(expression.node))
        if isinstance(expression, nodes.Compare) and len(expression.ops) == 1 and expression.ops[0].op in _OPERATORS:
            operand = expression.ops[0]
            before = self.call_method("_keys_so_far", [])
            return self.call_method("_compare", [before, expression.expr, nodes.Const(operand.op), operand.expr])
        return expression

    def _begin(self, identity: str, template: str, line: int, conditions: tuple[str, ...], branches: int) -> bool:
        environment: Any = self.environment
        for other in environment.claims:
            if other.id == identity and (other.template, other.line) != (template, line):
                raise RenderError(
                    f"claim '{identity}' has the name of the claim at templates/{other.template}:{other.line}; "
                    "give one of them another name",
                    f"templates/{template}:{line}",
                )
        environment.claims.append(Claim(identity, template, line, conditions, branches))
        return self._mark()

    def _mark(self) -> bool:
        """Forget the values that earlier conditions read."""
        environment: Any = self.environment
        environment.ledger.mark()
        return True

    def _keys_so_far(self) -> int:
        environment: Any = self.environment
        return len(environment.ledger.trail)

    def _compare(self, before: int, left: Any, operator: str, right: Any) -> bool:
        """Compare two operands, and keep them with the keys that were read since `before` to find their values."""
        environment: Any = self.environment
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Branch) and isinstance(other, int | float):
                raise RenderError(side.described())
        try:
            holds = bool(_OPERATORS[operator](left, right))
        except TypeError:
            sides = " and ".join("text" if isinstance(side, str) else f"{side!r}" for side in (left, right))
            raise RenderError(f"{sides} are compared; compare two numbers, or two texts with ==") from None
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (left, right)):
            own = (getattr(value, "key", None) for value in (left, right))
            keys = tuple(dict.fromkeys([*environment.ledger.trail[before:], *(key for key in own if key)]))
            noise = noise_of(keys, environment.ledger.noise)
            environment.claims[-1].comparisons.append(
                Comparison(float(left), operator, float(right), holds, keys, noise)
            )
        return holds

    def _decide(self, number: int, holds: Any) -> bool:
        environment: Any = self.environment
        claim = environment.claims[-1]
        claim.values.update(environment.ledger.recent)
        if isinstance(holds, Branch) and holds.is_record:  # a list may be empty, a record is always true
            wrong = f"the condition of claim '{claim.id}': {holds.described()}"
            raise RenderError(wrong, f"templates/{claim.template}:{claim.line}")
        if holds:
            claim.branch = number
        return bool(holds)

    def _printed(self, caller: Callable[[], str]) -> str:
        """Keep the text of the branch that holds, and print it between the marks of its place."""
        environment: Any = self.environment
        number = len(environment.claims) - 1
        text = caller()
        environment.claims[number].printed = " ".join(take_out(text)[0].split())
        return claim_marked(number, text)

    def _none_holds(self) -> str:
        environment: Any = self.environment
        claim = environment.claims[-1]
        values = ", ".join(f"{key} = {value}" for key, value in claim.values.items())
        raise RenderError(
            f"claim '{claim.id}': no branch holds ({' | '.join(claim.conditions)}) with {values}; "
            "add an \\BLOCK{otherwise} branch whose sentence is true of these values",
            f"templates/{claim.template}:{claim.line}",
        )
