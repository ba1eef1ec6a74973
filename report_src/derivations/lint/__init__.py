"""Displayed formulas that no derivation checks are found here; formulas are not evaluated here."""
