"""Values to a verdict: comparison, counterexamples, which row of a chain is at fault; reads no text."""
