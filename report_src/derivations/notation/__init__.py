"""Notation beyond names and products: functions of the author, expressions without a name, powers, matrices."""
