"""A computation in float64 that is recorded once and repeated on other values of the same shapes.

What is repeated are the operations of the tape, gradients included: no node is read, no index is looked up again.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from report_src.derivations.evaluation.arithmetic import Floats
from report_src.derivations.evaluation.environment import Environment
from report_src.derivations.evaluation.instances import Instance
from report_src.derivations.evaluation.interpreter import define
from report_src.derivations.evaluation.tape import COMPUTED, Var
from report_src.derivations.semantics.program import Program
from report_src.derivations.semantics.symbols import Symbol


class Repetition:
    """The definitions of a program on an instance, and what its user records beside them in `env`."""

    def __init__(self, program: Program, instance: Instance) -> None:
        """Record the definitions."""
        self.env = Environment(program, instance, Floats())
        self.steps: list[Var] = []
        self.env.tape.kept = self.steps
        for definition in program.definitions:
            define(self.env, definition)

    def move(self, values: Mapping[Symbol, np.ndarray]) -> None:
        """Give all declared symbols other values; what was recorded holds the old ones until it is repeated."""
        self.env.values.declared = values
        for symbol, leaf in self.env.values.items():
            if symbol in values:
                leaf.value = np.asarray(values[symbol], dtype=np.float64)

    def repeat(self, start: int = 0, stop: int | None = None) -> None:
        """Compute a part of what was recorded once more, from the present values."""
        arithmetic = self.env.tape.arithmetic
        for node in self.steps[start:stop]:
            node.value = COMPUTED[node.op](node, arithmetic)
