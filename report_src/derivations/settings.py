"""Numbers that both the evaluation and its torch-free callers need."""

INSTANCES = 8
"""Random instances per claim: as many as the pool of functions has members."""
