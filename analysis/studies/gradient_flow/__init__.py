"""Part B (b): gradient magnitudes across layers. Imports nothing: the report reads the record through it."""
