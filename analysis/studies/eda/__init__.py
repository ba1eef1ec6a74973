"""Part A: what the training table holds. Imports nothing: the report reads the record through it."""
