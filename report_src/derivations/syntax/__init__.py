"""Text to syntax trees: rows, tokens, names, grammar and where a message points; knows neither shapes nor values."""
