"""Part C (b): which inputs move the trained model. Imports nothing: the report reads the record through it."""
