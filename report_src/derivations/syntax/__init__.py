"""The pieces of a row to syntax trees: tokens, names, grammar, messages; knows neither shapes nor values."""
