"""Part D: why test accuracy differs. Imports nothing: the report reads the record through it."""
