# ruff: noqa: E501 - rows of LaTeX are not broken
"""What is recorded once and repeated on other values is what a new record of those values gives, slopes included."""

import numpy as np
import pytest

from report_src.derivations.evaluation.instances import Instance, draw
from report_src.derivations.evaluation.tape import Tape, Var
from report_src.derivations.judging.violation import Violation
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.program import Program
from report_src.derivations.source.document import derivations

SETTING = (
    r"Let $a, b > 0$, $\mathbf{u}, \mathbf{v} \in \mathbb{R}^{d}$, $A \in \mathbb{R}^{m \times m}$, $\mathbf{z} \in \mathbb{R}^{K}$, "
    r"$x_t \in \mathbb{R},\ t = 1,\dots,T$, $h_0 \in \mathbb{R}$, $g : \mathbb{R} \to \mathbb{R}$. "
    r"\[ L \coloneqq \mathbf{v}^\top g(\mathbf{u}), \quad h_t \coloneqq \tanh(a h_{t-1} + x_t) \]"
)  # fmt: skip
ROWS = [
    r"\mathbf{u}^\top\mathbf{v} \le \lVert\mathbf{u}\rVert\lVert\mathbf{v}\rVert",
    r"\operatorname{tr}(A^{-1}) \le \det(A)",
    r"\operatorname{softmax}(\mathbf{z}) \le a\mathbf{z}",
    r"\max(0, \mathbf{u}) \odot \mathbb{1}[\mathbf{u} > \mathbf{v}] \ge \mathbf{v}",
    r"\frac{\partial L}{\partial \mathbf{u}} \le \frac{\partial L}{\partial \mathbf{v}}",
    r"\prod_i (1 + u_i^2) \le \sum_i v_i^3",
    r"h_t \le x_t + b^3",
]


def program(row: str) -> Program:
    (found,) = derivations(f"\\begin{{derivation}}{{d}}{SETTING} \\[ {row} \\]\\end{{derivation}}")
    made = read(found)
    assert not made.problems
    return made


def violation(made: Program, instance: Instance, *, relative: bool) -> Violation:
    return Violation(made, made.claims[0], instance, relative=relative)


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("row", ROWS)
def test_a_repetition_gives_what_a_new_record_gives(row: str, *, relative: bool) -> None:
    made = program(row)
    first = draw(made, 1, 0)
    movable = list(first.values)
    recorded = violation(made, first, relative=relative)
    seen = set()
    for attempt in range(6):
        other = draw(made, 1, 0, attempt, first.sizes)
        other.functions = first.functions
        fresh = violation(made, other, relative=relative)
        recorded.move(other.values)
        assert recorded.worst == fresh.worst
        for (at, slope), (there, wanted) in zip(recorded.slopes(movable), fresh.slopes(movable), strict=True):
            np.testing.assert_array_equal(at, there)
            np.testing.assert_array_equal(slope, wanted)
        seen.add(fresh.worst)
    assert relative or len(seen) > 1  # a relative violation of 1 is the largest one


def test_a_constant_that_hides_a_value_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def constant(tape: Tape, rule: object, *args: Var) -> Var:
        return tape.of(rule(tape.arithmetic, *(arg.value for arg in args)))  # type: ignore[operator]

    monkeypatch.setattr(Tape, "steady", constant)
    made = program(ROWS[3])
    first = draw(made, 1, 0)
    recorded = violation(made, first, relative=False)
    differ = False
    for attempt in range(1, 6):
        other = draw(made, 1, 0, attempt, first.sizes)
        recorded.move(other.values)
        differ = differ or recorded.worst != violation(made, other, relative=False).worst
    assert differ
