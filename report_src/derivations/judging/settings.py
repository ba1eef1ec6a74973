"""Numbers that both the evaluation and its torch-free callers need."""

INSTANCES = 11  # instances per claim: one of each profile of the draws
SEED = 20260217  # seed of the draws where none is given
