"""Values hunted against an inequality: structured starts, then L-BFGS on its relative violation in float64."""
from __future__ import annotations
def hunt(program, claim, seed):
    return iter(())
