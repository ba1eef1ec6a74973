"""TODO: one line: what lives here and what never does."""
