"""Numbers that both the evaluation and its torch-free callers need."""

INSTANCES = 11
"""Instances per claim: one of each profile of the draws."""
SEED = 20260217
"""Seed of the draws where none is given."""
LineMap = list[tuple[str, int]]
"""For each line of a rendered text (0-based), the template and the line (1-based) it came from."""
