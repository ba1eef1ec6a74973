"""A typed program to a verdict: instances, values, comparison, counterexamples; reads no text."""
