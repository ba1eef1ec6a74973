"""Limited-memory BFGS with a backtracking line search: SciPy's takes longer to import than a file to check."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# a value at a point, and what returns the gradient there: most points of a line search need none
Objective = Callable[[np.ndarray], tuple[float, Callable[[], np.ndarray]]]
MEMORY = 8  # steps that the curvature is estimated from
HALVINGS = 12
SLOPE = 1e-4  # part of the predicted gain that a step must bring


def maximize(objective: Objective, start: np.ndarray, steps: int, stop: float) -> tuple[np.ndarray, float]:
    """Return the best point found and its value; ends where the value exceeds `stop`, or nothing is gained.

    See Nocedal and Wright, Numerical Optimization, algorithm 7.5.
    """
    point, (best, gradient) = start, objective(start)
    slope = gradient()
    moves: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(steps):
        if not (best <= stop and np.isfinite(slope).all()):
            break
        direction = _direction(slope, moves)
        gain = float(direction @ slope)
        if not gain > 0:
            direction, gain, moves = slope, float(slope @ slope), []
        if not gain > 0:
            break
        length = 1.0 if moves else _first_length(point, slope)
        for _ in range(HALVINGS):
            trial = point + length * direction
            found, gradient = objective(trial)
            if found >= best + SLOPE * length * gain and found > best:
                break
            length /= 4
        else:
            break
        other = gradient()
        if np.isfinite(other).all() and (trial - point) @ (slope - other) > 0:
            moves = [*moves[1 - MEMORY :], (trial - point, slope - other)]
        point, best, slope = trial, found, other
    return point, best


def _first_length(point: np.ndarray, slope: np.ndarray) -> float:
    """Return the length of a first step: about the size of the point itself."""
    return float((1 + np.abs(point).max()) / np.abs(slope).max())


def _direction(slope: np.ndarray, moves: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the direction of ascent that the last steps suggest."""
    direction, kept = slope.copy(), []
    for step, change in reversed(moves):
        weight = float(step @ direction) / float(step @ change)
        kept.append(weight)
        direction -= weight * change
    if moves:
        step, change = moves[-1]
        direction *= float(step @ change) / float(change @ change)
    for (step, change), weight in zip(moves, reversed(kept), strict=True):
        direction += step * (weight - float(change @ direction) / float(step @ change))
    return direction
