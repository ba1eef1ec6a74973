"""Part B (a): the perceptron trained twice. Imports nothing: the report reads the record through it."""
