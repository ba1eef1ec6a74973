"""Numbers that both the evaluation and its torch-free callers need."""

INSTANCES = 11
"""Instances per claim: one of each profile of the draws."""
SEED = 20260217
"""Seed of the draws where none is given."""
