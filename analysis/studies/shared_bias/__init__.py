"""Question 2: a bias that two layers share. Imports nothing: the report reads the record through it."""
