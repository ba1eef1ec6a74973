"""Notation beyond names and products: functions of the author, powers, sums with conditions, matrices, recursions."""
