"""A file to derivations, rows and pieces of a row: what is displayed, what is prose; formulas are not parsed here."""
