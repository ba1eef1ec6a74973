"""PyTorch agrees: both sides of every claim of the shipped derivations and of the tables of rows, to 1e-9."""

import numpy as np
import pytest
import torch

from report_src.derivations.evaluation.arithmetic import Balls
from report_src.derivations.evaluation.instances import draw
from report_src.derivations.evaluation.interpreter import define, value
from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.judging.verdict import BITS
from report_src.derivations.reader.analyzer import read
from report_src.derivations.semantics.program import Definition, Program
from report_src.derivations.source.document import Derivation, derivations
from tests.report_src.derivations import second_opinion
from tests.report_src.derivations.cases import CASES
from tests.report_src.derivations.checked import derivation
from tests.report_src.derivations.judging import test_attacks
from tests.report_src.derivations.judging.test_inequalities import INEQUALITIES, SETTING, with_constant
from tests.report_src.derivations.notation.test_places import ENTRIES
from tests.report_src.derivations.notation.test_points import AT_A_POINT, BAR
from tests.report_src.derivations.second_opinion import SecondOpinion
from tests.report_src.derivations.shipped import SHIPPED


def of_row(setting: str, row: str) -> Derivation:
    (found,) = derivations(derivation(setting, row))
    return found


FALSE = {
    f"{name}, {slip}": (setting, row) for name, setting, _, row, slip in CASES if read(of_row(setting, row)).claims
}
TRUE = {name: (setting, row) for name, setting, row, *_ in CASES}
BOUNDS = {name: (SETTING, with_constant(row, "1")) for name, (row, _) in INEQUALITIES.items()}
TIGHT = {f"{name}, tight": (SETTING, with_constant(row, tight)) for name, (row, tight) in INEQUALITIES.items()}
ATTACKS = {name: (test_attacks.SETTING, row) for name, row in (test_attacks.TRUE | test_attacks.FALSE).items()}
PLACES = {row: (setting, row) for setting, *rows in ENTRIES for row in rows}
POINTS = {row: (BAR, row) for row, _ in AT_A_POINT}
ROWS = TRUE | FALSE | BOUNDS | TIGHT | ATTACKS | PLACES | POINTS
MODEST = 0.3  # factor of the values: large ones saturate a softmax, where float64 has no digits left
AGREE = 1e-9


def disagreement(derivation: Derivation) -> float:
    """Return the largest difference of the two evaluations, relative to the largest entry of a side (at least 1)."""
    program = read(derivation)
    assert program.claims
    worst, compared = 0.0, 0
    for number in (0, 2, 5):  # values of order 1: at other scales float64 has fewer digits than are compared
        instance = draw(program, 7, number)
        instance.values = {k: v * MODEST if k.kind == "real" else v for k, v in instance.values.items()}
        ours = _ours(program, instance)
        try:
            theirs = SecondOpinion(program, instance).sides()
        except torch.linalg.LinAlgError:  # a class without a member
            continue
        compared += 1
        for one, (_, *sides) in zip(ours, theirs, strict=True):
            for mine, other in zip(one, sides, strict=True):
                found = other.detach().numpy()
                assert mine.shape == found.shape
                both = np.isfinite(mine) & np.isfinite(found)
                assert both.any() or not np.isfinite(mine).any()
                scale = max(1.0, np.abs(mine[both]).max(initial=0.0))
                worst = max(worst, float(np.abs(mine - found)[both].max(initial=0.0)) / scale)
    assert compared
    return worst


def _ours(program: Program, instance: object) -> list[tuple[np.ndarray, np.ndarray]]:
    environment = Environment(program, instance, Balls(BITS))  # type: ignore[arg-type]
    found = []
    for step in program.order:
        if isinstance(step, Definition):
            define(environment, step)
        else:
            sides = (value(environment, side).value for side in (step.left, step.right))
            found.append(tuple(np.vectorize(float, otypes=[float])(side) for side in sides))
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("derivation", SHIPPED, ids=[derivation.name for derivation in SHIPPED])
def test_pytorch_agrees_on_every_shipped_derivation(derivation: Derivation) -> None:
    assert disagreement(derivation) < AGREE


@pytest.mark.parametrize(("setting", "row"), ROWS.values(), ids=list(ROWS))
@pytest.mark.sampled(4)
def test_pytorch_agrees_on_the_rows_of_the_tables(setting: str, row: str) -> None:
    assert disagreement(of_row(setting, row)) < AGREE


def test_there_are_enough_rows_for_a_second_opinion() -> None:
    assert len(ROWS) >= 200


def test_a_slip_in_a_derivative_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    (derivation,) = [derivation for derivation in SHIPPED if derivation.name == "backpropagation"]
    monkeypatch.setitem(second_opinion.PLAIN, "log", torch.log1p)
    assert disagreement(derivation) > AGREE
