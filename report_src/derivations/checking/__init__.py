"""A derivation to its report: the phases in order, suggestions, the cache of reports; prints nothing."""
