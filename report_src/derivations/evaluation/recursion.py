"""Recursions step by step: each member is a node of its own, so that derivatives follow the path through later ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from report_src.derivations.evaluation.symbol_values import Environment
from report_src.derivations.evaluation.tape import Shape, Var
from report_src.derivations.notation.recursion import Previous
from report_src.derivations.semantics.program import Definition
from report_src.derivations.semantics.scope import Target
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Index


def run(env: Environment, group: Sequence[Definition], value: Callable[[Environment, Node], Var]) -> None:
    """Enter the values of a recursion's definitions, all of one step before those of the next."""
    size = env.instance.size(group[0].slots[0].dim)
    env.steps |= {definition.symbol: [] for definition in group}
    for step in range(size):
        env.fixed = {definition.slots[0]: step for definition in group}
        env.known.clear()
        for definition in group:
            found = env.stacked(value(env, definition.value), ())
            rows, columns = (env.instance.size(dim) for dim in definition.symbol.shape)
            env.steps[definition.symbol].append(env.tape.copy(env.tape.expand(found, (rows, columns))))
    env.fixed = {}
    env.known.clear()
    for definition in group:
        env.values[definition.symbol] = together(env, env.steps[definition.symbol], ())


def together(env: Environment, members: Sequence[Var | None], above: Shape) -> Var:
    """Return arrays of one shape as one array, with an axis of their own behind the axes `above`."""
    total: Var | None = None
    for place, member in enumerate(members):
        if member is None:
            continue
        core = member.value.shape[len(above) :]
        chosen = np.zeros((len(members), *(1,) * len(core)))
        chosen[place] = 1
        part = env.tape.mul(env.tape.tensor(member, above, (1, *core)), env.tape.leaf(chosen))
        total = part if total is None else env.tape.add(total, part)
    assert total is not None
    return total


def member(env: Environment, target: Target) -> Var | None:
    """Return a member of a family that is being defined, at the step that is fixed; None for any other name."""
    if target.symbol not in env.steps or not env.fixed:
        return None
    index = target.slots[0]
    assert isinstance(index, Index)  # a definition inside a recursion uses other members by `Previous`
    found = env.steps[target.symbol][env.fixed[index]]
    return env.pick(found, (target.row, target.column)) if target.components else found


def before(env: Environment, data: Previous) -> Var:
    """Return the member one before an index."""
    if env.fixed:
        step = env.fixed[data.index]
        return env.values[data.given] if step == 0 else env.steps[data.family][step - 1]
    places = env.axis_values(data.index)
    first = env.tape.leaf((places == 0).astype(float))
    rest = env.tape.leaf((places > 0).astype(float))
    earlier = env.picked_at(env.values[data.family], np.maximum(places - 1, 0))
    return env.tape.add(env.tape.mul(first, env.values[data.given]), env.tape.mul(rest, earlier))
