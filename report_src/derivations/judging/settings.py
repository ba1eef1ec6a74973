"""How many instances of a claim are drawn, and the seed of the draws; callers that load no numpy read it too."""

INSTANCES = 11  # instances per claim: one of each profile of the draws
SEED = 20260217  # seed of the draws where none is given
