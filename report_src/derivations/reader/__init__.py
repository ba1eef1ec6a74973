"""From parsed rows to a program of definitions and claims; nothing is evaluated here."""
